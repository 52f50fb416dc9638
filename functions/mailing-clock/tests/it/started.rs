//! Mailings that go (M2, M4).

use domain::mailing::{Audience, MailingStatus};
use mailing_clock::Answer;
use serde_json::json;

use crate::world::{PLANNED, World, at, contact, now, scope};

#[tokio::test]
async fn m2_a_planned_mailing_starts_once_when_its_time_has_come() {
    let (world, id) = World::with_plan(Audience::Cohort).await;
    let early = world.tick_at(|| at("2026-12-01T06:59:59Z")).await.unwrap();
    assert_eq!((early, world.executions().len()), (Answer::default(), 0));
    assert_eq!(world.mailing(&id).await.status, MailingStatus::Planned);

    assert_eq!(world.tick().await, Answer { due: 1, started: 1, ..Answer::default() });
    assert_eq!(world.executions(), ["mlg_1-1"]);
    let mailing = world.mailing(&id).await;
    assert_eq!((mailing.status, mailing.runs), (MailingStatus::Sending, 1));
    let confirmed = mailing.confirmed.unwrap();
    assert_eq!((confirmed.by, confirmed.at), (contact(), now()));
    assert_eq!(mailing.plan.unwrap().at, at(PLANNED), "when it was to go stays");

    assert_eq!(world.tick().await, Answer::default());
    let starts = world.runs.lock().unwrap().starts;
    assert_eq!((starts, world.executions().len()), (1, 1));
}

#[tokio::test]
async fn d10_its_execution_and_the_trail_hold_ids_alone() {
    let (world, id) = World::with_plan(Audience::Cohort).await;
    world.tick().await;
    let runs = world.runs.lock().unwrap();
    let input: serde_json::Value = serde_json::from_str(&runs.executions["mlg_1-1"]).unwrap();
    let of = scope();
    assert_eq!(input, json!({"institution": of.institution, "cohort": of.cohort, "mailing": id}));
    let trail = world.trail();
    assert_eq!(trail.len(), 1);
    assert!(trail[0].contains("mailings.start") && trail[0].contains("mailing-clock"), "{trail:?}");
    assert!(trail[0].contains("mlg_1") && !trail[0].contains("A1"), "{trail:?}");
}

#[tokio::test]
async fn m4_two_looks_at_once_start_one() {
    let (world, _) = World::with_plan(Audience::Cohort).await;
    let (one, other) = tokio::join!(world.tick(), world.tick());
    assert!((1..=2).contains(&(one.started + other.started)), "{one:?} {other:?}");
    assert_eq!((one.missed + other.missed, world.executions()), (0, vec!["mlg_1-1".to_owned()]));
    assert_eq!(world.mailing(&"mlg_1".parse().unwrap()).await.runs, 1);
}

#[tokio::test]
async fn m4_a_start_that_was_not_heard_of_is_made_up_for_under_the_same_name() {
    let (world, id) = World::with_plan(Audience::Cohort).await;
    world.runs.lock().unwrap().down = true;
    let error = world.tick_at(now).await.unwrap_err();
    assert_eq!(error.name, "Transient");
    assert_eq!(world.mailing(&id).await.status, MailingStatus::Sending);
    assert_eq!((world.executions().len(), world.listed().await), (0, 1));

    world.runs.lock().unwrap().down = false;
    assert_eq!(world.tick().await.started, 1);
    assert_eq!((world.executions(), world.listed().await), (vec!["mlg_1-1".to_owned()], 0));
    assert_eq!(world.trail().len(), 1, "it was put on its way once");
}

#[tokio::test]
async fn m4_a_run_that_ended_is_not_begun_again() {
    let (world, id) = World::with_plan(Audience::Cohort).await;
    world.table.held().down.push("update_item");
    world.tick_at(now).await.unwrap_err();
    world.table.held().down.clear();
    // The machine has run, and the mailing is still on the list.
    world.runs.lock().unwrap().over = true;
    assert_eq!(world.tick().await.started, 1);
    assert_eq!((world.executions().len(), world.listed().await), (1, 0));
    assert_eq!(world.mailing(&id).await.runs, 1);
}

#[tokio::test]
async fn m2_what_is_on_its_way_leaves_the_list_with_its_first_step() {
    let (world, id) = World::with_plan(Audience::Cohort).await;
    world.table.held().down.push("update_item");
    world.tick_at(now).await.unwrap_err();
    world.table.held().down.clear();
    let begun = world.mailing(&id).await;
    let sent = begun.advanced(None, 3, 0, now());
    assert!(world.table.store().move_mailing(&scope(), &begun, &sent).await.unwrap());
    assert_eq!((world.listed().await, world.tick().await), (0, Answer::default()));
}

#[tokio::test]
async fn m2_several_are_due_and_one_that_fails_stops_none_of_the_others() {
    let (world, _) = World::with_plan(Audience::Cohort).await;
    for number in 2..=12 {
        world.plan(&format!("mlg_{number}"), Audience::Cohort, PLANNED).await;
    }
    let later = world.plan("mlg_later", Audience::Cohort, "2026-12-01T07:01:00Z").await;
    // A page of the list ends in between.
    world.table.held().page = Some(5);
    let broken = store::keys::mailing(&scope(), &"mlg_3".parse().unwrap());
    world.set(&broken, "runs", &json!("many"));
    let error = world.tick_at(now).await.unwrap_err();
    assert!(error.cause.starts_with("1 of 12"), "{error:?}");
    assert_eq!(world.executions().len(), 11);
    assert_eq!(world.mailing(&later).await.status, MailingStatus::Planned);
}

#[tokio::test]
async fn m2_one_that_was_taken_back_changed_or_sent_by_hand_is_left_alone() {
    let (world, id) = World::with_plan(Audience::Cohort).await;
    let store = world.table.store();
    let planned = world.mailing(&id).await;
    let back = planned.taken_back(at("2026-11-28T10:00:00Z"));
    assert!(store.move_mailing(&scope(), &planned, &back).await.unwrap());
    assert_eq!((world.listed().await, world.tick().await), (0, Answer::default()));
    // The list may lag behind the record.
    for now_is in [back.clone(), planned.confirmed(contact(), "key".into(), now())] {
        let (world, id) = World::with_plan(Audience::Cohort).await;
        let planned = world.mailing(&id).await;
        let late = world.table.held().items.clone();
        assert!(world.table.store().move_mailing(&scope(), &planned, &now_is).await.unwrap());
        let key = store::keys::mailing(&scope(), &id);
        let place = (key.pk.clone(), key.sk.clone());
        for name in ["deadline_pk", "deadline_sk"] {
            let value = late[&place][name].clone();
            world.table.held().items.get_mut(&place).unwrap().insert(name.to_owned(), value);
        }
        assert_eq!(world.tick().await, Answer { due: 1, left: 1, ..Answer::default() });
        assert_eq!(world.executions().len(), 0);
        assert_eq!(world.mailing(&id).await, now_is);
    }
}
