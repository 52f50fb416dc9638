//! Every file in `events/onboarding/`, by its name.

use domain::cohort::{Hardness, Rule, Settings};

use crate::form::settings;
use crate::pool::{Setup, event};

#[tokio::test]
async fn every_event_is_answered_as_its_name_says() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/onboarding");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "cohort",
            "cohort-refused",
            "contact",
            "contact-leaves",
            "contact-viewer",
            "institution",
            "institution-privacy-contact",
            "offboard",
            "offboard-revoked",
        ]
    );
    let setup = Setup::default();
    assert!(setup.send(&event("institution")).await.unwrap().created);
    for name in names {
        let refused = name.ends_with("-refused");
        match setup.send(&event(&name)).await {
            Ok(done) => {
                let expected = match name.as_str() {
                    "institution" => (false, false, false),
                    "institution-privacy-contact" | "offboard-revoked" => (false, true, false),
                    "contact-leaves" => (false, false, true),
                    _ => (true, false, false),
                };
                let found = (done.created, done.replaced, done.removed);
                assert_eq!((found, refused), (expected, false), "{name}");
            }
            Err(error) => {
                assert_eq!((error.name, refused), ("BadRequest", true), "{name}: {error}");
            }
        }
    }
}

#[test]
fn g2_the_sample_cohort_uses_what_a_cohort_can_ask_for() {
    let settings: Settings = settings();
    assert_eq!(settings.problems(), []);
    let rules = |wanted: fn(&Rule) -> bool| settings.criteria.iter().any(|c| wanted(&c.rule));
    assert!(rules(|rule| matches!(rule, Rule::Align { .. })));
    assert!(rules(|rule| matches!(rule, Rule::Mix { .. })));
    assert!(rules(|rule| matches!(rule, Rule::Balance { .. })));
    assert!(rules(|rule| matches!(rule, Rule::Overlap { .. })));
    assert!(rules(|rule| matches!(rule, Rule::NeverAlone { .. })));
    assert!(rules(|rule| matches!(rule, Rule::Cover { .. })));
    for hardness in [Hardness::Must, Hardness::Should, Hardness::Could] {
        assert!(settings.criteria.iter().any(|criterion| criterion.hardness == hardness));
    }
    assert_eq!(settings.sections.len(), 4);
    // With name, e-mail, student number and section about twenty questions.
    assert!((15..=20).contains(&settings.questions.len()));
}
