//! The documents for data protection officers say what is so.

use std::collections::BTreeSet;

use dev::layout::Layout;
use dev::privacy;

fn found() -> (Layout, privacy::Source) {
    let layout = Layout::find().expect("tests run inside the repository");
    let source = privacy::read(&layout).expect("the source is in order");
    (layout, source)
}

#[test]
fn the_documents_are_current() {
    let (layout, source) = found();
    privacy::are_current(&layout, &source).expect("`cargo dev privacy` writes them again");
}

#[test]
fn each_duty_names_code_and_tests_that_are_there() {
    let (layout, source) = found();
    let missing = privacy::missing(&layout, &source).expect("the code can be read");
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn each_kind_of_key_is_in_the_data_map() {
    let (layout, source) = found();
    let unmapped = privacy::unmapped(&layout, &source).expect("the crate `keys` can be read");
    assert!(unmapped.is_empty(), "not in the data map: {unmapped:?}");
}

#[test]
fn each_privacy_requirement_has_tests_of_its_name() {
    let (layout, source) = found();
    let named: BTreeSet<&str> =
        source.duties.iter().flat_map(|duty| &duty.tests).map(String::as_str).collect();
    let there = privacy::tests(&layout).expect("the code can be read");
    for number in 1..=11 {
        let prefix = format!("d{number}_");
        assert!(there.iter().any(|test| test.starts_with(&prefix)), "no test of D{number}");
        assert!(
            named.iter().any(|test| test.starts_with(&prefix)),
            "the table shows none of D{number}"
        );
    }
}

#[test]
fn what_is_not_there_is_found_missing() {
    let (layout, mut source) = found();
    source.duties[0].code.push("shared/domain/src/nowhere.rs".into());
    source.duties[0].tests.push("d1_nobody_wrote_this".into());
    source.places.retain(|place| place.keys().all(|key| key != "STUDENT#"));
    let missing = privacy::missing(&layout, &source).expect("the code can be read");
    assert_eq!(missing.len(), 2, "{missing:?}");
    let unmapped = privacy::unmapped(&layout, &source).expect("the crate `keys` can be read");
    assert_eq!(unmapped, ["STUDENT#"]);
    privacy::are_current(&layout, &source).expect_err("another source makes other documents");
}
