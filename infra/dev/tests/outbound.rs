//! What is deployed talks to sub-processors in the register, and to nobody else (D8).

use dev::layout::Layout;
use dev::outbound;

#[test]
fn d8_code_talks_to_nobody_who_is_not_in_the_register() {
    let layout = Layout::find().unwrap();
    let strangers = outbound::strangers(&layout, subprocessors::register()).unwrap();
    let told: Vec<String> = strangers.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
}

#[test]
fn d8_without_its_entry_typeform_and_amazon_are_strangers() {
    let layout = Layout::find().unwrap();
    let mut register = subprocessors::register().clone();
    register.entries.retain(|entry| entry.id.as_str() != "aws");
    let strangers = outbound::strangers(&layout, &register).unwrap();
    assert!(strangers.len() >= 8, "every client of AWS is found: {strangers:?}");
    let manifest = strangers.iter().find(|found| found.what.contains("dynamodb")).unwrap();
    assert_eq!(manifest.file.to_str(), Some("Cargo.toml"));
    assert!(manifest.line > 1, "{manifest}");
}
