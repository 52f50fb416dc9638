//! The outbox (M1, M4, G9).

use std::collections::BTreeSet;

use domain::formation::FormationStatus;
use domain::message::{About, Message, MessageStatus};
use jiff::SignedDuration;
use serde_json::json;

use crate::sample::settings;
use crate::world::{World, now};

async fn messages(world: &World) -> Vec<Message> {
    world.table.store().messages(&(&world.scope).into(), None, None).await.unwrap().items
}

#[tokio::test]
async fn m1_every_student_gets_one_message_about_their_group() {
    let world = World::with_students(13, 12).await;
    world.up_to("publish").await;
    assert_eq!(world.step("announce").await.unwrap(), json!({"messages": 25}));
    let messages = messages(&world).await;
    let groups = world.table.store().all_groups(&world.scope, &World::id()).await.unwrap();
    assert_eq!(messages.len(), 25);
    for message in &messages {
        let About::Group { student, section, group, .. } = &message.about else {
            panic!("a formation announces groups");
        };
        let of = |known: &&domain::formation::Group| known.members.contains(student);
        let known = groups.iter().find(of).unwrap();
        assert_eq!((section, *group), (&known.section, known.number));
        assert_eq!((message.status, message.attempts), (MessageStatus::Queued, 0));
    }
    let recorded: BTreeSet<_> = messages.iter().map(|message| message.id.clone()).collect();
    let outside = world.outside();
    let queued: BTreeSet<_> = outside.queued.iter().map(|queued| queued.message.clone()).collect();
    assert_eq!((outside.queued.len(), queued), (25, recorded));
}

#[tokio::test]
async fn m1_no_message_unless_the_institution_agreed() {
    let mut settings = settings();
    settings.mail_agreed = false;
    let world = World::with(settings, 5, 4).await;
    world.up_to("publish").await;
    assert_eq!(world.step("announce").await.unwrap(), json!({"messages": 0}));
    assert_eq!((world.table.count("MESSAGE#"), world.outside().queued.len()), (0, 0));
}

#[tokio::test]
async fn m4_announcing_again_queues_only_what_still_waits() {
    let world = World::with_students(5, 4).await;
    world.up_to("announce").await;
    let store = world.table.store();
    let sent = &messages(&world).await[0];
    let lease = now() + SignedDuration::from_secs(60);
    store.claim_message(&(&world.scope).into(), sent, now(), lease).await.unwrap().unwrap();
    world.outside().queued.clear();
    assert_eq!(world.step("announce").await.unwrap(), json!({"messages": 8}));
    assert_eq!(world.table.count("MESSAGE#"), 9);
    assert!(world.outside().queued.iter().all(|queued| queued.message != sent.id));
}

#[tokio::test]
async fn m4_a_run_that_died_before_the_queue_is_made_up_for() {
    let world = World::with_students(5, 4).await;
    world.up_to("publish").await;
    world.outside().refuses = usize::MAX;
    assert_eq!(world.step("announce").await.unwrap_err().name, "Transient");
    assert_eq!(world.table.count("MESSAGE#"), 9);
    world.outside().refuses = 0;
    assert_eq!(world.step("announce").await.unwrap(), json!({"messages": 9}));
    assert_eq!(world.outside().queued.len(), 9);
}

#[tokio::test]
async fn m4_messages_that_sqs_refuses_out_of_a_batch_are_sent_again() {
    let world = World::with_students(5, 4).await;
    world.up_to("publish").await;
    world.outside().refuses = 3;
    world.step("announce").await.unwrap();
    let outside = world.outside();
    let queued: BTreeSet<_> = outside.queued.iter().map(|queued| queued.message.clone()).collect();
    assert_eq!((outside.queued.len(), queued.len()), (9, 9));
}

#[tokio::test]
async fn m4_groups_that_others_have_replaced_are_not_announced() {
    let world = World::with_students(5, 4).await;
    world.up_to("publish").await;
    replace_groups(&world);
    assert_eq!(world.step("announce").await.unwrap(), json!({"messages": 0}));
}

#[tokio::test]
async fn g1_groups_that_are_not_published_are_not_announced() {
    let world = World::with_students(5, 4).await;
    world.up_to("commit").await;
    assert_eq!(world.step("announce").await.unwrap_err().name, "Ended");
    assert_eq!(world.formation().await.status, FormationStatus::Running);
    assert_eq!(world.table.count("MESSAGE#"), 0);
}

/// Another formation is published.
fn replace_groups(world: &World) {
    let key = store::keys::cohort(&world.scope);
    let other = aws_sdk_dynamodb::types::AttributeValue::S("for_newer".into());
    let mut held = world.table.held();
    held.items.get_mut(&(key.pk, key.sk)).unwrap().insert("published_formation".into(), other);
}
