use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::StudentId;
use domain::student::Suppression;
use intake::{About, IngestError, Outcome};
use store::{Scope, keys};

use crate::form::{bytes, complete, now, settings};
use crate::world::World;

const EARLY: &str = "2026-11-19T08:20:00Z";

fn scope() -> Scope {
    Scope::new(settings().institution, settings().id)
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.into())
}

fn map<const N: usize>(values: [(&str, AttributeValue); N]) -> AttributeValue {
    AttributeValue::M(values.map(|(name, value)| (name.to_owned(), value)).into())
}

/// A roster of one, to whose address a reminder came back.
fn bounced(world: &World, student: &StudentId) {
    let list = "ros_0123456789abcdef".parse().unwrap();
    let roster = keys::roster(&scope());
    let page = keys::expected(&scope(), 1, &list, student);
    let mut held = world.held();
    held.items.insert(
        (roster.pk.clone(), roster.sk.clone()),
        HashMap::from([
            ("version".to_owned(), AttributeValue::N("1".into())),
            ("list".into(), text(list.as_str())),
            ("changed_at".into(), text("2026-11-01T08:00:00Z")),
            ("changed_by".into(), text("usr_anna-lund")),
        ]),
    );
    let entry = map([
        ("email", text("ane.holm@example.dk")),
        ("section", text("A")),
        ("suppressed", text("bounced")),
    ]);
    held.items.insert(
        (page.pk, page.sk),
        HashMap::from([("entries".to_owned(), map([(student.as_str(), entry)]))]),
    );
}

/// A cohort in which nobody has answered, and the id of who will.
async fn waiting() -> (World, StudentId) {
    let world = World::default();
    world.onboard(settings(), now()).await;
    world
        .intake()
        .ingest(&bytes(&complete("tok0", EARLY)), now(), &mut About::default())
        .await
        .unwrap();
    let student = world.store().all_students(&scope()).await.unwrap().remove(0).id;
    let world = World::default();
    world.onboard(settings(), now()).await;
    (world, student)
}

async fn suppressed(world: &World) -> Option<Suppression> {
    world.store().all_students(&scope()).await.unwrap().remove(0).suppressed
}

#[tokio::test]
async fn m5_who_answers_after_a_reminder_came_back_gets_no_mail_there() {
    let (world, student) = waiting().await;
    bounced(&world, &student);
    let body = bytes(&complete("tok1", EARLY));
    let receipt = world.intake().ingest(&body, now(), &mut About::default()).await.unwrap();
    assert_eq!(receipt.outcome, Outcome::Current);
    assert_eq!(suppressed(&world).await, Some(Suppression::Bounced));
}

#[tokio::test]
async fn m5_a_run_that_died_before_it_looked_is_completed_by_the_next_delivery() {
    let (world, student) = waiting().await;
    bounced(&world, &student);
    let body = bytes(&complete("tok1", EARLY));
    world.held().down = vec!["update_item"];
    let died = world.intake().ingest(&body, now(), &mut About::default()).await;
    assert!(matches!(died, Err(IngestError::Store(error)) if error.is_transient()));
    assert_eq!(suppressed(&world).await, None, "the record is there, the note is not");
    world.held().down.clear();
    let receipt = world.intake().ingest(&body, now(), &mut About::default()).await.unwrap();
    assert_eq!(receipt.outcome, Outcome::Duplicate);
    assert_eq!(suppressed(&world).await, Some(Suppression::Bounced));
}

#[tokio::test]
async fn m5_an_address_that_was_put_right_since_stays_free() {
    let (world, student) = waiting().await;
    let body = bytes(&complete("tok1", EARLY));
    world.intake().ingest(&body, now(), &mut About::default()).await.unwrap();
    bounced(&world, &student);
    let key = keys::student(&scope(), &student);
    world
        .held()
        .items
        .get_mut(&(key.pk, key.sk))
        .unwrap()
        .insert("email_since".into(), AttributeValue::N("1795000000000".into()));
    let again = bytes(&complete("tok2", "2026-11-19T10:00:00Z"));
    world.intake().ingest(&again, now(), &mut About::default()).await.unwrap();
    assert_eq!(suppressed(&world).await, None);
}
