//! Every file in `events/portal-web/`, by its name.

use crate::answers::{answer, event};

#[test]
fn every_event_is_answered_as_its_name_says() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/portal-web");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    let expected = [
        ("cohort-page", 200, Some("text/html; charset=utf-8")),
        ("origin", 302, None),
        ("settings", 200, Some("application/json")),
        ("signed-in", 200, Some("text/html; charset=utf-8")),
        ("unknown-asset", 404, Some("text/plain; charset=utf-8")),
        ("wrong-method", 405, Some("text/plain; charset=utf-8")),
    ];
    assert_eq!(names, expected.map(|(name, ..)| name));
    for (name, status, kind) in expected {
        let answer = answer(&event(name));
        assert_eq!(answer.status_code, status, "{name}");
        assert_eq!(answer.headers.get("content-type").map(String::as_str), kind, "{name}");
    }
}
