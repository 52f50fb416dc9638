//! The end of an agreement (D6).

use domain::InstitutionId;
use jiff::Timestamp;
use serde_json::{Value, json};
use store::Scope;

use crate::form::{now, settings};
use crate::pool::{Setup, event};

fn next_year() -> Timestamp {
    "2027-11-20T09:00:00Z".parse().unwrap()
}

async fn onboarded() -> Setup {
    let setup = Setup::default();
    for name in ["institution", "cohort", "contact"] {
        setup.send(&event(name)).await.unwrap();
    }
    setup
}

fn institution() -> InstitutionId {
    settings().institution
}

/// Whether the sample cohort can be read.
async fn is_there(setup: &Setup) -> bool {
    let scope = Scope::new(institution(), settings().id);
    let today = runtime::clock::today(now());
    let one = setup.world.store().cohort(&scope, today).await.unwrap().is_some();
    let all = setup.world.store().cohorts(&institution(), today).await.unwrap().len();
    assert_eq!(one, all == 1);
    one
}

fn actions(setup: &Setup) -> Vec<String> {
    let held = setup.world.held();
    let entries = held.items.values().filter_map(|item| item.get("action"));
    entries.map(|action| action.as_s().unwrap().clone()).collect()
}

fn end(more: &Value) -> Value {
    let mut request = event("offboard");
    let members = request["deactivate_institution"].as_object_mut().unwrap();
    members.extend(more.as_object().unwrap().clone());
    request
}

#[tokio::test]
async fn d6_a_deactivated_institution_is_out_of_reach_at_once_and_comes_back_if_it_is_revoked() {
    let setup = onboarded().await;
    assert!(is_there(&setup).await);
    let done = setup.send(&event("offboard")).await.unwrap();
    assert!(done.created);
    assert_eq!(done.erase_on.unwrap().to_string(), "2027-11-20", "a year, if nothing is agreed");
    assert!(!is_there(&setup).await);
    assert!(actions(&setup).contains(&"institution.deactivate".to_owned()));

    // Again, it is recognised; nothing is registered for it; another instruction is a conflict.
    let again = setup.send_at(&event("offboard"), next_year).await.unwrap();
    assert_eq!((again.created, again.erase_on), (false, done.erase_on));
    for name in ["cohort", "contact", "contact-viewer", "institution-privacy-contact"] {
        assert_eq!(setup.send(&event(name)).await.unwrap_err().name, "Gone", "{name}");
    }
    let other = end(&json!({ "reference": "2026-999" }));
    assert_eq!(setup.send(&other).await.unwrap_err().name, "Conflict");

    let back = setup.send(&event("offboard-revoked")).await.unwrap();
    assert!(back.replaced);
    assert!(is_there(&setup).await);
    assert!(!setup.send(&event("offboard-revoked")).await.unwrap().replaced);
    let once_more = end(&json!({ "reference": "2027-1", "erase_on": "2026-11-20" }));
    let done = setup.send(&once_more).await.unwrap();
    assert_eq!((done.created, done.erase_on.unwrap().to_string()), (true, "2026-11-20".into()));
    assert!(!is_there(&setup).await);
}

#[tokio::test]
async fn d6_on_its_day_a_deactivation_is_not_taken_back_any_more() {
    let setup = onboarded().await;
    setup.send(&event("offboard")).await.unwrap();
    let late = setup.send_at(&event("offboard-revoked"), next_year).await.unwrap_err();
    assert_eq!(late.name, "Gone");
    assert!(!is_there(&setup).await);
}

#[tokio::test]
async fn d6_an_instruction_that_cannot_be_followed_changes_nothing_and_stands_in_the_trail() {
    for (more, named) in [
        (json!({ "given_on": "2026-11-21" }), &["given_on"][..]),
        (json!({ "erase_on": "2026-11-19" }), &["erase_on"]),
        (json!({ "erase_on": "2028-11-21" }), &["erase_on"]),
        (json!({ "given_on": "2027-01-01", "erase_on": "2020-01-01" }), &["given_on", "erase_on"]),
    ] {
        let setup = onboarded().await;
        let error = setup.send(&end(&more)).await.unwrap_err();
        assert_eq!(error.name, "BadRequest");
        for name in named {
            assert!(error.cause.contains(name), "{}", error.cause);
        }
        assert!(is_there(&setup).await);
        assert!(actions(&setup).contains(&"institution.deactivate.refused".to_owned()));
    }
    let setup = onboarded().await;
    let mut without = event("offboard");
    without["deactivate_institution"].as_object_mut().unwrap().remove("reference");
    assert_eq!(setup.send(&without).await.unwrap_err().name, "BadRequest");
    let mut foreign = event("offboard");
    foreign["deactivate_institution"]["institution"] = json!("ins_nobody");
    assert_eq!(setup.send(&foreign).await.unwrap_err().name, "NotFound");
    assert!(is_there(&setup).await);
}
