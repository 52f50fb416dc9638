//! Who is in a published group and has not answered the evaluation is asked for it (M2): nobody else, once each.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::cohort::Settings;
use domain::mailing::{Audience, MailingStatus};
use serde_json::json;
use store::keys;

use crate::mailing::students;
use crate::sample::{profile, settings, student_id};
use crate::world::World;

/// Everybody: no section.
const ALL: Audience = Audience::NotEvaluated { section: None };

fn with_evaluation() -> Settings {
    let mut settings = settings();
    let evaluation = json!({ "form": "Ev4Lu8Te", "hidden": "token", "questions": [] });
    settings.evaluation = Some(serde_json::from_value(evaluation).unwrap());
    settings
}

/// So many students in published groups of section A and of section B.
async fn published(a: usize, b: usize) -> World {
    let world = World::with(with_evaluation(), a, b).await;
    world.up_to("publish").await;
    world
}

impl World {
    /// A student's answer to the evaluation, as far as it says who gave it.
    fn evaluates(&self, number: usize, token: &str) {
        let key = keys::evaluation(&self.scope, &token.parse().unwrap());
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let item = [
            ("pk", text(&key.pk)),
            ("sk", text(&key.sk)),
            ("token", text(token)),
            ("student", text(student_id(number).as_str())),
        ];
        let item = item.map(|(name, value)| (name.to_owned(), value)).into();
        self.table.held().items.insert((key.pk, key.sk), item);
    }
}

#[tokio::test]
async fn m2_the_mail_goes_to_members_of_published_groups_who_have_not_answered() {
    let of = |section: &str| Audience::NotEvaluated { section: Some(section.parse().unwrap()) };
    let all: BTreeSet<String> = students([1, 2, 4, 5, 6, 7]);
    for (audience, expected) in
        [(ALL, all), (of("A"), students([1, 2, 4])), (of("B"), students([5, 6, 7]))]
    {
        let world = published(5, 4).await;
        // Came after the groups were formed, and is in none of them.
        world.answers(20, "A", "token-late", 5, profile(1)).await;
        for (number, token) in [(0, "ev-1"), (3, "ev-2"), (3, "ev-3"), (8, "ev-4")] {
            world.evaluates(number, token);
        }
        world.mailing(audience).await;
        world.address().await;
        assert_eq!(world.addressed().await, expected);
        let known = world.known().await;
        assert_eq!(
            (known.status, known.recipients as usize, known.left_out),
            (MailingStatus::Sent, expected.len(), 0)
        );
        // Ids and nothing else, in the messages as in the queue: no link, no form.
        for ((_, sk), item) in &world.table.held().items {
            assert!(!sk.starts_with("MESSAGE#") || !format!("{item:?}").contains("Ev4Lu8Te"));
        }
        assert_eq!(world.outside().queued.len(), expected.len());
    }
}

#[tokio::test]
async fn m4_a_mail_that_is_sent_again_from_its_beginning_asks_nobody_twice() {
    let world = published(5, 4).await;
    world.mailing(ALL).await;
    world.outside().refuses = usize::MAX;
    assert_eq!(world.mailing_step("address").await.unwrap_err().name, "Transient");
    world.outside().refuses = 0;
    // One has answered before it goes on; the message that was made for them is not made again.
    world.evaluates(1, "ev-1");
    world.address().await;
    assert_eq!(world.addressed().await, students(0..9));
    assert_eq!(world.known().await.recipients, 8);
    assert_eq!(world.table.count("MESSAGE#"), 9);
}

#[tokio::test]
async fn m2_a_long_list_is_read_page_by_page_and_nobody_is_left_out() {
    let world = published(5, 4).await;
    for (number, token) in [(2, "ev-1"), (6, "ev-2")] {
        world.evaluates(number, token);
    }
    for limit in [1, 2, 3, 5, 100] {
        let (mut found, mut from) = (BTreeSet::new(), None);
        loop {
            let store = world.table.store();
            let page = store.recipients(&world.scope, &ALL, from.as_ref(), limit).await.unwrap();
            assert!(page.items.len() <= usize::try_from(limit).unwrap(), "{limit}");
            found.extend(page.items.into_iter().map(|one| one.student.to_string()));
            from = page.next;
            if from.is_none() {
                break;
            }
        }
        assert_eq!(found, students([0, 1, 3, 4, 5, 7, 8]), "{limit}");
    }
}

#[tokio::test]
async fn d4_nobody_is_asked_who_is_restricted_objects_or_is_being_erased() {
    let world = published(5, 4).await;
    for (number, attribute, value) in [
        (0, "restricted", "2026-12-01T10:00:00Z"),
        (1, "objected", "2026-12-01T10:00:00Z"),
        (2, "erasure", "era_1"),
        (3, "suppressed", "bounced"),
    ] {
        world.note(number, attribute, value);
    }
    world.mailing(ALL).await;
    world.address().await;
    // Whose address bounced has a message, so that the result says why nothing came.
    assert_eq!(world.addressed().await, students(3..9));
    assert_eq!(world.known().await.left_out, 2);
}

#[tokio::test]
async fn m2_nobody_is_asked_without_published_groups_or_an_evaluation() {
    let unpublished = World::with(with_evaluation(), 5, 4).await;
    let unnamed = World::with_students(5, 4).await;
    unnamed.up_to("publish").await;
    for (world, why) in [(unpublished, "not_published"), (unnamed, "no_evaluation")] {
        world.mailing(ALL).await;
        world.address().await;
        let known = world.known().await;
        assert_eq!((known.status, known.failure.as_deref()), (MailingStatus::Stopped, Some(why)));
        assert_eq!(world.addressed().await, BTreeSet::new());
    }
}
