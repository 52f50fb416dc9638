use domain::{ContactId, InstitutionId};
use jiff::Timestamp;
use jiff::civil::date;
use serde_json::{Value, json};
use store::keys;
use suppression::SuppressionList;

use crate::form::now;
use crate::pool::{Setup, event};

/// The first instant of the day on which the sample cohort's data must be gone.
fn due() -> Timestamp {
    "2027-08-14T22:00:00Z".parse().unwrap()
}

async fn with_institution() -> Setup {
    let setup = Setup::default();
    setup.send(&event("institution")).await.unwrap();
    setup
}

async fn with_cohort() -> Setup {
    let setup = with_institution().await;
    setup.send(&event("cohort")).await.unwrap();
    setup
}

async fn refused(setup: &Setup, request: &Value) -> (&'static str, String) {
    let error = setup.send(request).await.unwrap_err();
    (error.name, error.to_string())
}

fn replacing() -> Value {
    json!({ "replace_cohort": event("cohort")["cohort"] })
}

#[tokio::test]
async fn everything_can_be_sent_again() {
    let setup = Setup::default();
    for name in ["institution", "cohort", "contact"] {
        let first = setup.send(&event(name)).await.unwrap();
        let items = setup.world.held().items.clone();
        let second = setup.send(&event(name)).await.unwrap();
        assert_eq!((first.created, second.created), (true, false), "{name}");
        assert_eq!((first.contact, first.delete_on), (second.contact, second.delete_on));
        assert_eq!(setup.world.held().items, items, "{name}");
    }
    assert_eq!(setup.pool.state().invitations, 1);
}

#[tokio::test]
async fn d7_the_privacy_contact_is_replaced_recorded_and_taken_back() {
    let setup = with_institution().await;
    let wanted = event("institution-privacy-contact");
    let done = setup.send(&wanted).await.unwrap();
    assert!(done.replaced && !done.created);
    let id = domain::InstitutionId::parse("ins_example-university").unwrap();
    let known = async || setup.world.store().institution(&id).await.unwrap().unwrap();
    assert_eq!(known().await.privacy_address().as_str(), "dpo@example.edu");
    assert_eq!(known().await.language, domain::institution::Language::En);
    assert!(!setup.send(&wanted).await.unwrap().replaced, "the same again changes nothing");
    let mut without = wanted.clone();
    without["replace_institution"].as_object_mut().unwrap().remove("privacy_contact");
    assert!(setup.send(&without).await.unwrap().replaced);
    assert_eq!(known().await.privacy_address().as_str(), "studiestart@example.edu");
    let mut unknown = wanted;
    unknown["replace_institution"]["id"] = json!("ins_unknown");
    assert_eq!(refused(&setup, &unknown).await.0, "NotFound");
}

#[tokio::test]
async fn d1_the_deletion_date_is_eight_months_after_the_deadline() {
    let setup = with_institution().await;
    let done = setup.send(&event("cohort")).await.unwrap();
    assert_eq!(done.delete_on, Some(date(2027, 8, 15)));
    let mut late = event("cohort");
    late["cohort"]["id"] = json!("coh_late");
    late["cohort"]["form"] = json!("LateForm");
    let error = setup.send_at(&late, due).await.unwrap_err();
    assert_eq!(error.name, "BadRequest");
    assert!(error.to_string().contains("2027-08-15"));
}

#[tokio::test]
async fn all_problems_of_settings_are_said_at_once_and_by_name() {
    let (name, message) = refused(&with_institution().await, &event("cohort-refused")).await;
    assert_eq!(name, "BadRequest");
    for item in [
        "cohort.aproval: is not a setting",
        "cohort.name:",
        "cohort.sizes:",
        "cohort.identity.section:",
        "cohort.questions.ambition:",
        "cohort.criteria.hours: the weight",
        "cohort.criteria.hours: names a question",
    ] {
        assert!(message.contains(item), "{item} in {message}");
    }
}

#[tokio::test]
async fn a_setting_that_cannot_be_read_is_named_by_its_place_and_not_quoted() {
    let setup = with_institution().await;
    let mut cohort = event("cohort");
    cohort["cohort"]["questions"][3]["refs"] = json!("ane@example.dk");
    let (name, message) = refused(&setup, &cohort).await;
    assert_eq!(name, "BadRequest");
    assert!(message.starts_with("cohort.questions[3].refs: "), "{message}");
    assert!(!message.contains("ane@"), "{message}");

    let mut contact = event("contact");
    contact["contact"]["role"] = json!("Karen Holm");
    let (_, message) = refused(&setup, &contact).await;
    assert!(message.contains("coordinator") && !message.contains("Karen"), "{message}");
    contact["contact"]["role"] = json!("viewer");
    contact["contact"]["email"] = json!("Karen Holm");
    let (_, message) = refused(&setup, &contact).await;
    assert!(message.starts_with("contact.email: ") && !message.contains("Karen"), "{message}");
    let mut twice = event("cohort");
    twice["cohort"]["sizes"]["maximum"] = json!(7);
    let (_, message) = refused(&setup, &twice).await;
    assert!(message.contains("maximum"), "{message}");
}

#[tokio::test]
async fn a_request_is_one_known_thing() {
    let setup = Setup::default();
    let both = json!({ "institution": event("institution")["institution"], "contact": {} });
    for bad in [json!({}), json!([]), json!({ "student": {} }), both] {
        let (name, message) = refused(&setup, &bad).await;
        assert_eq!(name, "BadRequest");
        assert!(message.contains("replace_cohort"));
    }
    assert!(setup.world.held().items.is_empty());
}

#[tokio::test]
async fn nothing_is_registered_for_an_unknown_institution() {
    for name in ["cohort", "contact"] {
        let setup = Setup::default();
        assert_eq!(refused(&setup, &event(name)).await.0, "NotFound", "{name}");
        assert!(setup.world.held().items.is_empty());
        assert!(setup.pool.state().subjects.is_empty());
    }
}

#[tokio::test]
async fn what_is_there_is_not_overwritten_by_something_else() {
    let setup = with_cohort().await;
    setup.send(&event("contact")).await.unwrap();
    let items = setup.world.held().items.clone();
    for (name, pointer, value, says) in [
        ("institution", "/institution/name", "Other University", "replace_institution"),
        ("cohort", "/cohort/name/da", "Andet", "replace_cohort"),
        ("contact", "/contact/role", "viewer", "another role"),
        ("contact", "/contact/name", "Somebody Else", "another role or name"),
    ] {
        let mut request = event(name);
        *request.pointer_mut(pointer).unwrap() = json!(value);
        let (name, message) = refused(&setup, &request).await;
        assert_eq!(name, "Conflict");
        assert!(message.contains(says), "{message}");
    }
    assert_eq!(setup.world.held().items, items);
}

#[tokio::test]
async fn a_form_belongs_to_one_cohort() {
    let setup = with_cohort().await;
    let mut second = event("cohort");
    second["cohort"]["id"] = json!("coh_second");
    let (name, message) = refused(&setup, &second).await;
    assert_eq!(name, "Conflict");
    assert!(message.contains("coh_computer-science-2026 of ins_example-university"), "{message}");
    assert!(!setup.world.keys("INS#ins_example-university").contains(&"COHORT#coh_second".into()));
}

#[tokio::test]
async fn p2_an_address_acts_for_one_institution() {
    let setup = with_institution().await;
    setup.send(&event("contact")).await.unwrap();
    let mut other = event("institution");
    other["institution"]["id"] = json!("ins_other");
    setup.send(&other).await.unwrap();
    let mut contact = event("contact");
    contact["contact"]["institution"] = json!("ins_other");
    let (name, message) = refused(&setup, &contact).await;
    assert_eq!(name, "Conflict");
    assert!(message.contains("another institution"));
}

#[tokio::test]
async fn p2_an_account_without_a_record_gets_its_record() {
    let setup = with_institution().await;
    let subject = "7d1e0c2a-0000-4000-8000-00000000000f";
    setup.pool.state().subjects.insert("coordinator@example.edu".into(), subject.into());
    let mut contact = event("contact");
    contact["contact"]["email"] = json!("Coordinator@Example.edu");
    let done = setup.send(&contact).await.unwrap();
    assert_eq!((done.created, done.contact.unwrap().as_str()), (true, subject));
    assert_eq!(setup.pool.state().invitations, 0);
}

#[tokio::test]
async fn d10_what_the_pool_says_about_an_address_stays_inside() {
    for (code, name) in
        [("InvalidParameterException", "Permanent"), ("TooManyRequestsException", "Transient")]
    {
        let setup = with_institution().await;
        setup.pool.state().refuses_with = Some(code);
        let (found, message) = refused(&setup, &event("contact")).await;
        assert_eq!(found, name);
        assert!(message.contains(code) && !message.contains("coordinator"), "{message}");
    }
}

#[tokio::test]
async fn q4_settings_are_replaced_and_what_hangs_on_them_is_not() {
    let setup = with_cohort().await;
    let mut mended = replacing();
    mended["replace_cohort"]["sections"][0]["answers"] = json!(["Hold 1", "Hold 1 (dag)"]);
    let done = setup.send(&mended).await.unwrap();
    assert_eq!(
        (done.created, done.replaced, done.delete_on),
        (false, true, Some(date(2027, 8, 15)))
    );
    assert!(!setup.send(&mended).await.unwrap().replaced, "it is as asked already");

    let mut other = replacing();
    other["replace_cohort"]["form"] = json!("Another1");
    other["replace_cohort"]["deadline"] = json!("2027-01-01T00:00:00Z");
    other["replace_cohort"]["sections"].as_array_mut().unwrap().remove(3);
    let (name, message) = refused(&setup, &other).await;
    assert_eq!(name, "BadRequest");
    for item in ["form", "deadline", "sections.D"] {
        assert!(message.contains(&format!("replace_cohort.{item}: cannot")), "{message}");
    }
    let mut missing = replacing();
    missing["replace_cohort"]["id"] = json!("coh_missing");
    assert_eq!(refused(&setup, &missing).await.0, "NotFound");
}

#[tokio::test]
async fn d2_a_cohort_whose_data_is_due_is_gone_for_the_operator_too() {
    let setup = with_cohort().await;
    let error = setup.send_at(&replacing(), due).await.unwrap_err();
    assert_eq!(error.name, "Gone");
    // Under way since a moment: the date has not come, the erasure has.
    setup
        .world
        .held()
        .items
        .get_mut(&("INS#ins_example-university".into(), "COHORT#coh_computer-science-2026".into()))
        .unwrap()
        .insert("erasure".into(), aws_sdk_dynamodb::types::AttributeValue::S("era_1".into()));
    assert!(now() < due());
    assert_eq!(refused(&setup, &event("cohort")).await.0, "Gone");
    let mut mended = replacing();
    mended["replace_cohort"]["approval"] = json!(true);
    assert_eq!(refused(&setup, &mended).await.0, "Gone");
}

#[tokio::test]
async fn a_store_that_is_down_is_transient() {
    let setup = with_institution().await;
    setup.world.held().down = vec!["transact"];
    assert_eq!(refused(&setup, &event("cohort")).await.0, "Transient");
    setup.world.held().down.clear();
    assert!(setup.send(&event("cohort")).await.unwrap().created);
}

/// A request to remove the sample contact.
async fn removal(setup: &Setup) -> Value {
    let known = setup.send(&event("contact")).await.unwrap();
    json!({ "remove_contact": { "institution": known.institution, "contact": known.contact } })
}

/// What stands in the audit trail.
fn actions(setup: &Setup) -> Vec<String> {
    let held = setup.world.held();
    let entries = held.items.values().filter_map(|item| item.get("action"));
    entries.map(|action| action.as_s().unwrap().clone()).collect()
}

fn contacts(setup: &Setup) -> usize {
    setup.world.held().items.keys().filter(|(pk, _)| pk.starts_with("CONTACT#")).count()
}

#[tokio::test]
async fn p2_a_contact_who_leaves_loses_access_and_their_data_goes() {
    let setup = with_institution().await;
    let removal = removal(&setup).await;
    let address = event("contact")["contact"]["email"].as_str().unwrap().to_owned();
    for listed in [address.as_str(), "somebody.else@example.edu"] {
        setup.suppressed.add(listed);
    }
    let done = setup.send(&removal).await.unwrap();
    assert_eq!((done.removed, done.created), (true, false));
    assert_eq!(setup.suppressed.addresses(), ["somebody.else@example.edu"]);
    assert_eq!((contacts(&setup), setup.pool.state().subjects.len()), (0, 0));
    assert!(!setup.send(&removal).await.unwrap().removed, "there is nobody any more");
    // Who comes back is a new contact.
    assert!(setup.send(&event("contact")).await.unwrap().created);
}

#[tokio::test]
async fn d1_institutions_and_contacts_are_listed_while_they_are_there() {
    let setup = with_institution().await;
    let removal = removal(&setup).await;
    let store = setup.world.store();
    let institution: InstitutionId =
        serde_json::from_value(removal["remove_contact"]["institution"].clone()).unwrap();
    let contact: ContactId =
        serde_json::from_value(removal["remove_contact"]["contact"].clone()).unwrap();
    assert_eq!(store.institutions().await.unwrap(), std::slice::from_ref(&institution));
    assert_eq!(store.contacts_of(&institution).await.unwrap(), std::slice::from_ref(&contact));
    let record = store.contact(&contact).await.unwrap().unwrap();
    assert_eq!(record.last_active_on, Some(runtime::clock::today(now())), "onboarded today");
    let other = InstitutionId::parse("ins_other").unwrap();
    assert!(store.contacts_of(&other).await.unwrap().is_empty());

    // Those who were there before there were lists come onto them when they are onboarded again.
    setup
        .world
        .held()
        .items
        .retain(|(pk, _), _| pk != keys::INSTITUTIONS && !pk.ends_with("#CONTACTS"));
    for name in ["institution", "contact"] {
        assert!(!setup.send(&event(name)).await.unwrap().created);
    }
    assert_eq!(store.institutions().await.unwrap(), std::slice::from_ref(&institution));
    assert_eq!(store.contacts_of(&institution).await.unwrap(), [contact]);

    setup.send(&removal).await.unwrap();
    assert!(store.contacts_of(&institution).await.unwrap().is_empty());
}

#[tokio::test]
async fn p2_a_removal_that_dies_anywhere_is_completed_by_the_next() {
    for dies_before in 0.. {
        let setup = with_institution().await;
        let removal = removal(&setup).await;
        setup.world.held().journal.clear();
        setup.world.held().dies_before = Some(dies_before);
        let died = setup.send(&removal).await;
        setup.world.held().dies_before = None;
        setup.send(&removal).await.unwrap();
        assert_eq!((contacts(&setup), setup.pool.state().subjects.len()), (0, 0), "{dies_before}");
        if died.is_ok() {
            assert!(dies_before > 3, "read, record, revoke, delete");
            break;
        }
    }
}

#[tokio::test]
async fn p2_access_ends_before_the_account_goes() {
    let setup = with_institution().await;
    let removal = removal(&setup).await;
    setup.pool.state().refuses_with = Some("TooManyRequestsException");
    let (name, message) = refused(&setup, &removal).await;
    assert_eq!(name, "Transient");
    assert!(!message.contains('@'), "{message}");
    let held = setup.world.held();
    let contact = held.items.iter().find(|((pk, _), _)| pk.starts_with("CONTACT#")).unwrap();
    assert_eq!(contact.1["active"].as_bool(), Ok(&false));
}

#[tokio::test]
async fn d1_who_is_still_on_the_list_of_bounces_is_not_forgotten() {
    let setup = with_institution().await;
    let removal = removal(&setup).await;
    setup.suppressed.add(event("contact")["contact"]["email"].as_str().unwrap());
    setup.suppressed.keep_everything();
    assert_eq!(refused(&setup, &removal).await.0, "Transient");
    assert_eq!(contacts(&setup), 1, "their address stays known until it is off the list");
}

#[tokio::test]
async fn p2_only_contacts_of_the_named_institution_are_removed() {
    let setup = with_institution().await;
    let mut removal = removal(&setup).await;
    removal["remove_contact"]["institution"] = json!("ins_other");
    assert_eq!(refused(&setup, &removal).await.0, "NotFound");
    assert_eq!((contacts(&setup), setup.pool.state().subjects.len()), (1, 1));
}

#[tokio::test]
async fn d5_no_contact_comes_or_goes_unrecorded() {
    let setup = with_institution().await;
    let removal = removal(&setup).await;
    assert_eq!(actions(&setup), ["contact.add"]);
    setup.world.held().down = vec!["transact"];
    assert_eq!(refused(&setup, &removal).await.0, "Transient");
    assert_eq!(contacts(&setup), 1, "who cannot be recorded changes nothing");
    let mut another = event("contact-viewer");
    another["contact"]["email"] = json!("somebody.else@example.edu");
    assert_eq!(refused(&setup, &another).await.0, "Transient");
    assert_eq!(setup.pool.state().invitations, 1);
    setup.world.held().down.clear();
    let setup = with_institution().await;
    let accounts = onboarding::accounts::Accounts::new(setup.pool.client(), "pool");
    let store = setup.world.store();
    let onboarding = onboarding::Onboarding::new(
        store,
        setup.world.audit(),
        accounts,
        SuppressionList::new(setup.suppressed.client(&setup.ses_gate)),
        now,
    );
    for (request, id) in [(event("contact"), "request-1"), (removal, "request-2")] {
        onboarding.run(onboarding::Request::parse(&request).unwrap(), id).await.unwrap();
    }
    assert_eq!(actions(&setup), ["contact.add", "contact.remove"]);
}
