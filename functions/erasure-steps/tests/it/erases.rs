//! What an erasure leaves behind.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::export::ExportStatus;
use serde_json::{Value, json};
use store::keys;

use crate::machine::{End, Machine};
use crate::world::{
    APP, AUDIT, DUE, FORM, LEDGER, NOW, OTHER, STUDENTS, World, erasure, input, now, run, scope,
    task,
};

#[tokio::test]
async fn d2_a_due_cohort_is_erased_everywhere_and_certified() {
    let world = World::new().await;
    world.exported().await;
    let cohort = keys::cohort(&scope(DUE));
    let mut items = world.tables.items(APP);
    // Criteria name students, too: who is to be apart.
    let map = |name: &str, value| AttributeValue::M([(name.to_owned(), value)].into());
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let set = AttributeValue::L(vec![text("stu_one"), text("stu_two")]);
    let AttributeValue::M(mut apart) =
        map("rule", map("apart", map("sets", AttributeValue::L(vec![set]))))
    else {
        unreachable!("it is a map");
    };
    apart.insert("id".to_owned(), text("apart"));
    apart.insert("weight".to_owned(), AttributeValue::N("1".into()));
    apart.insert("hardness".to_owned(), text("must"));
    let criteria = AttributeValue::L(vec![AttributeValue::M(apart)]);
    items.get_mut(&(cohort.pk, cohort.sk)).unwrap().insert("criteria".into(), criteria);
    world.tables.put(APP, items);
    let (other_items, other_versions) = (world.items_of(OTHER), world.versions_of(OTHER));
    let systems = world.systems();
    let mut machine = Machine::new();
    assert_eq!(machine.run(&systems, input()).await, End::Succeeded);

    assert_eq!((world.items_of(DUE), world.versions_of(DUE)), (0, 0));
    assert!(world.typeform.tokens(FORM).is_empty(), "unfinished ones, too");
    assert!(world.typeform.webhooks(FORM).is_empty());
    assert_eq!(world.suppressed.addresses(), ["somebody@example.dk"]);
    assert_eq!((world.items_of(OTHER), world.versions_of(OTHER)), (other_items, other_versions));
    assert_eq!(world.typeform.tokens("Kq7Lm2Xb").len(), STUDENTS + 2);

    let certificates = world.certificates();
    assert_eq!(certificates.len(), 1);
    let ledger_entry = certificates[0]["ledger_entry"].as_str().unwrap();
    assert_eq!(
        certificates[0],
        json!({
            "erasure": erasure(), "institution": "ins_example-university", "cohort": DUE,
            "scope": "cohort", "reason": "retention_ended", "delete_on": "2027-08-15", "started_at": NOW,
            "verified_at": NOW, "ledger_entry": ledger_entry,
            "deleted": {
                "dynamodb.formations": 1, "dynamodb.groups": 1, "dynamodb.messages": 11,
                "dynamodb.quarantines": 1, "dynamodb.responses": 11, "dynamodb.students": 11,
                // Two versions of each questionnaire, three of the groups, two of a list, and a file of each of
                // the institution's exports.
                "s3.object_versions": 29,
                "ses.suppressed_addresses": 2,
                "typeform.responses": 13,
            },
            "left_over": { "dynamodb": 0, "s3": 0, "ses": 0, "typeform": 0 },
        })
    );
    let over = [ExportStatus::Expired, ExportStatus::Failed, ExportStatus::Expired];
    assert_eq!(world.exports().await, (over.to_vec(), 0), "the cohort was in them");
    let ledger = world.tables.items(LEDGER);
    assert!(ledger.keys().any(|(pk, _)| pk == ledger_entry) && ledger.len() == 2, "and its sign");
    assert!(!format!("{ledger:?}").contains(DUE), "the ledger holds keyed hashes only");
    let audit = world.tables.plain(AUDIT);
    let entries: Vec<&Value> =
        audit.iter().filter(|(key, _)| key.contains("/ENTRY#")).map(|(_, entry)| entry).collect();
    assert_eq!(entries.len(), 1, "{audit:?}");
    assert_eq!(
        (&entries[0]["action"], &entries[0]["subjects"], &entries[0]["sequence"]),
        (&json!("cohort.erase"), &json!("11"), &json!("1"))
    );

    let record = systems.store.erasure(&scope(DUE).institution, &erasure()).await.unwrap().unwrap();
    assert_eq!(record.completed_at, Some(now()));
    let due = systems.store.due("2030-01-01".parse().unwrap()).await.unwrap();
    assert_eq!(due, [scope(OTHER)], "the sweep finds it no more");
    // The record outlives the cohort; a student's id in it would be one too many.
    assert!(!format!("{record:?}").contains("stu_"));
    let tombstone =
        world.tables.plain(APP)[&format!("INS#ins_example-university/COHORT#{DUE}")].clone();
    assert_eq!(tombstone["erasure"], json!(erasure()));
    assert_eq!(tombstone["criteria"], json!([]));
}

#[tokio::test]
async fn d2_from_its_start_on_nobody_sees_the_cohort() {
    let world = World::new().await;
    let systems = world.systems();
    let before = "2027-08-01".parse().unwrap();
    assert!(systems.store.cohort(&scope(DUE), before).await.unwrap().is_some());
    assert!(erasure_steps::handle(&systems, task("begin")).await.unwrap().done);
    assert!(systems.store.cohort(&scope(DUE), before).await.unwrap().is_none());
    let cohorts = systems.store.cohorts(&scope(DUE).institution, before).await.unwrap();
    assert_eq!(cohorts.len(), 1);
}

#[tokio::test]
async fn d2_an_erasure_that_is_run_again_changes_nothing() {
    let world = World::new().await;
    let systems = world.systems();
    assert_eq!(Machine::new().run(&systems, input()).await, End::Succeeded);
    let once = world.snapshot();
    assert_eq!(Machine::new().run(&systems, input()).await, End::Succeeded);
    assert_eq!(world.snapshot(), once);
}

#[tokio::test]
async fn d2_what_is_written_late_is_found_and_deleted() {
    let world = World::new().await;
    let systems = world.systems();
    run(&systems, &["begin", "typeform", "suppressions", "objects", "items"]).await;
    world
        .bucket
        .add(&format!("institutions/ins_example-university/cohorts/{DUE}/late.json"), Some(b"{}"));
    world.typeform.add(FORM, "completed", &["late"]);
    let verified = erasure_steps::handle(&systems, task("verify")).await.unwrap();
    assert!(!verified.done);
    let left_over = verified.left_over.unwrap();
    assert_eq!(json!(left_over), json!({ "dynamodb": 0, "s3": 1, "ses": 0, "typeform": 1 }));

    assert_eq!(Machine::new().run(&systems, input()).await, End::Succeeded);
    assert_eq!((world.versions_of(DUE), world.typeform.tokens(FORM).len()), (0, 0));
}

#[tokio::test]
async fn d10_the_history_holds_nothing_personal() {
    let world = World::new().await;
    let mut machine = Machine::new();
    machine.run(&world.systems(), input()).await;
    for personal in ["@", "Student ", "-t00", "tfp_"] {
        assert!(!machine.history.contains(personal), "{personal}");
    }
    assert!(machine.history.contains("stu_"), "the cursor is there, an opaque id");
}

#[tokio::test]
async fn d2_typeform_is_asked_less_and_less_often() {
    let world = World::new().await;
    let systems = world.systems();
    erasure_steps::handle(&systems, task("begin")).await.unwrap();
    let mut waits = Vec::new();
    for since in ["2027-08-14T22:30:00Z", "2027-08-14T22:00:00Z", "2027-08-14T08:00:00Z"] {
        world.typeform.add(FORM, "completed", &["another"]);
        world.typeform.keep("another");
        let mut task = task("typeform");
        task.since = Some(since.parse().unwrap());
        waits.push(erasure_steps::handle(&systems, task).await.unwrap().wait_seconds);
    }
    assert_eq!(waits, [10, 180, 600]);
}

#[tokio::test]
async fn d2_a_form_that_typeform_does_not_know_is_gone_on_an_operators_word_only() {
    let world = World::new().await;
    let systems = world.systems();
    let record = format!("INS#ins_example-university/ERASURE#{}", erasure());
    world.typeform.remove(FORM);
    let end = Machine::new().run(&systems, input()).await;
    assert_eq!(end, End::Failed("FormMissing".into()));
    assert_eq!(world.tables.plain(APP)[&record]["failure"], "typeform_form_missing");
    assert!(world.certificates().is_empty() && world.items_of(DUE) > 0);

    let mut said = task("form_gone");
    assert!(erasure_steps::handle(&systems, said.clone()).await.is_err(), "no reference");
    for reference in ["2027-114", "2027-115"] {
        said.reference = Some(reference.parse().unwrap());
        assert!(erasure_steps::handle(&systems, said.clone()).await.unwrap().done);
    }
    assert_eq!(Machine::new().run(&systems, input()).await, End::Succeeded);
    let certificate: &Value = &world.certificates()[0];
    assert_eq!(certificate["form_gone"]["reference"], "2027-114", "the first word stays");
    assert_eq!(certificate["left_over"].get("typeform"), None, "it was not read back");
    assert_eq!(certificate["deleted"]["typeform.responses"], 0);
    // Nothing is noted on what is completed.
    assert!(erasure_steps::handle(&systems, said).await.unwrap().done, "the first word stands");

    // A form that is there after all is read back like any other.
    let world = World::new().await;
    let systems = world.systems();
    erasure_steps::handle(&systems, task("begin")).await.unwrap();
    let mut said = task("form_gone");
    said.reference = Some("2027-116".parse().unwrap());
    erasure_steps::handle(&systems, said).await.unwrap();
    assert_eq!(Machine::new().run(&systems, input()).await, End::Succeeded);
    let certificate: &Value = &world.certificates()[0];
    assert_eq!(certificate.get("form_gone"), None);
    assert_eq!(certificate["left_over"]["typeform"], 0);
}

#[tokio::test]
async fn d1_an_extended_term_ends_too_and_the_certificate_names_the_instruction() {
    let world = World::new().await;
    world.extend(DUE).await;
    assert!(format!("{:?}", world.tables.plain(APP)).contains("Karen Holm"));
    assert_eq!(Machine::new().run(&world.systems(), input()).await, End::Succeeded);
    assert_eq!(world.certificates()[0]["extended_by"], "2026-417");
    assert!(
        !format!("{:?}", world.tables.plain(APP)).contains("Karen Holm"),
        "a name outlives the erasure"
    );
}

#[tokio::test]
async fn d2_a_form_that_goes_after_it_was_emptied_needs_no_word() {
    let world = World::new().await;
    let systems = world.systems();
    run(&systems, &["begin", "typeform", "suppressions", "objects", "items"]).await;
    world.typeform.remove(FORM);
    assert_eq!(Machine::new().run(&systems, input()).await, End::Succeeded);
    assert_eq!(world.certificates()[0]["left_over"]["typeform"], 0);
}
