//! Every file in `events/public-pages/`, by its name.

use crate::pages::{answer, event};

#[test]
fn every_event_is_answered_as_its_name_says() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/public-pages");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    let expected = [
        ("data", 200, "application/json", "\"entries\""),
        ("page-danish", 200, "text/html; charset=utf-8", "<html lang=\"da\">"),
        ("page-english", 200, "text/html; charset=utf-8", "<html lang=\"en\">"),
        ("unknown-path", 404, "text/plain; charset=utf-8", "Not found"),
        ("wrong-method", 405, "text/plain; charset=utf-8", "not allowed"),
    ];
    assert_eq!(names, expected.map(|(name, ..)| name));
    for (name, status, kind, part) in expected {
        let answer = answer(&event(name));
        assert_eq!(answer.status_code, status, "{name}");
        assert_eq!(answer.headers["content-type"], kind, "{name}");
        assert!(answer.body.contains(part), "{name}: {}", answer.body);
    }
}
