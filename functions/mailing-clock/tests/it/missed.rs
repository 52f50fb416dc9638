//! Mailings that do not go any more, and what their page says (M2).

use domain::mailing::{Audience, MailingStatus};
use jiff::Timestamp;
use mailing_clock::Answer;
use serde_json::{Value, json};
use store::keys;

use crate::world::{PLANNED, World, at, contact, now, scope};

/// What happens before the time comes, and the word that the page then has.
type Case = (&'static str, Audience, fn() -> Timestamp, fn(&World));

fn of_cohort(world: &World, name: &str, value: &Value) {
    world.set(&keys::cohort(&scope()), name, value);
}

fn of_contact(world: &World, name: &str, value: &Value) {
    world.set(&keys::contact(&contact()), name, value);
}

fn cases() -> Vec<Case> {
    let all = Audience::Cohort;
    let reminder = Audience::NotAnswered { section: None };
    let group = Audience::Group {
        formation: "for_1".parse().unwrap(),
        section: "A".parse().unwrap(),
        group: 1,
    };
    let asks = Audience::NotEvaluated { section: None };
    let none: fn(&World) = |_| {};
    vec![
        ("archived", all.clone(), now, |world| {
            of_cohort(world, "archived_at", &json!("2026-11-30T10:00:00Z"));
        }),
        ("mail_not_agreed", all.clone(), now, |world| {
            of_cohort(world, "mail_agreed", &json!(false));
        }),
        ("mail_language", all.clone(), now, |world| of_cohort(world, "language", &json!("en"))),
        ("superseded", group, now, none),
        ("no_evaluation", asks, now, none),
        ("deadline_passed", reminder.clone(), || at("2026-12-15T11:00:00Z"), none),
        ("deadline_moved", reminder, now, |world| {
            of_cohort(world, "deadline", &json!("2026-12-20T11:00:00Z"));
        }),
        ("contact_left", all.clone(), now, |world| of_contact(world, "active", &json!(false))),
        ("contact_left", all.clone(), now, |world| of_contact(world, "role", &json!("viewer"))),
        ("contact_left", all.clone(), now, |world| {
            of_contact(world, "institution", &json!("ins_other"));
        }),
        ("contact_left", all.clone(), now, |world| {
            let key = keys::contact(&contact());
            world.table.held().items.remove(&(key.pk, key.sk));
        }),
        ("too_late", all, || at("2026-12-01T13:00:01Z"), none),
    ]
}

#[tokio::test]
async fn m2_what_may_not_go_any_more_is_a_draft_again_and_says_why() {
    for (why, audience, clock, change) in cases() {
        let (world, id) = World::with_plan(audience).await;
        change(&world);
        let answer = world.tick_at(clock).await.unwrap();
        assert_eq!(answer, Answer { due: 1, missed: 1, ..Answer::default() }, "{why}");
        let mailing = world.mailing(&id).await;
        assert_eq!((mailing.status, mailing.plan), (MailingStatus::Draft, None), "{why}");
        let missed = mailing.missed.unwrap();
        assert_eq!((missed.why.as_str(), missed.at), (why, at(PLANNED)));
        assert_eq!((world.executions().len(), world.listed().await), (0, 0), "{why}");
        let trail = world.trail();
        assert!(trail.len() == 1 && trail[0].contains("mailings.miss"), "{trail:?}");
        assert_eq!(world.tick_at(clock).await.unwrap(), Answer::default());
    }
}

#[tokio::test]
async fn m2_a_missed_minute_is_made_up_for_and_what_else_moved_stops_nothing() {
    // Six hours late to the second; and the deadline of those who have answered is nobody's concern.
    let (world, _) = World::with_plan(Audience::Cohort).await;
    of_cohort(&world, "deadline", &json!("2026-12-20T11:00:00Z"));
    let answer = world.tick_at(|| at("2026-12-01T13:00:00Z")).await.unwrap();
    assert_eq!(answer.started, 1);
}

#[tokio::test]
async fn d2_of_a_cohort_that_is_due_or_being_erased_nothing_goes_and_nothing_is_written() {
    let gone: [fn(&World); 3] = [
        |world| of_cohort(world, "erasure", &json!("era_1")),
        |world| of_cohort(world, "delete_on", &json!("2026-12-01")),
        |world| {
            let key = keys::cohort(&scope());
            world.table.held().items.remove(&(key.pk, key.sk));
        },
    ];
    for change in gone {
        let (world, id) = World::with_plan(Audience::Cohort).await;
        change(&world);
        let before = world.table.held().items.clone();
        assert_eq!(world.tick().await, Answer { due: 1, left: 1, ..Answer::default() });
        assert_eq!(world.executions().len(), 0);
        assert!(world.table.held().items == before, "{id} is as it was");
    }
}

#[tokio::test]
async fn d2_a_mailing_that_is_erased_meanwhile_does_not_come_back() {
    let (world, id) = World::with_plan(Audience::Cohort).await;
    let planned = world.mailing(&id).await;
    let key = keys::mailing(&scope(), &id);
    world.table.held().items.remove(&(key.pk.clone(), key.sk.clone()));
    let begun = planned.begun(now()).unwrap();
    let store = world.table.store();
    assert!(!store.begin_planned(&scope(), &planned, &begun).await.unwrap());
    let missed = planned.missed("archived", now()).unwrap();
    assert!(!store.move_mailing(&scope(), &planned, &missed).await.unwrap());
    store.planned_done(&scope(), &begun).await.unwrap();
    assert!(!world.table.held().items.contains_key(&(key.pk, key.sk)));
}
