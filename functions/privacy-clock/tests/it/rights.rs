//! What is told of requests, and how often.

use serde_json::json;

use crate::counted::{counted, each};
use crate::world::{World, at, request};

#[tokio::test]
async fn d4_a_request_that_nobody_acknowledged_in_48_hours_is_late_until_somebody_does() {
    let world = World::default();
    let received = request("rrq_1", json!({ "status": "received" }));
    world.noted(&received).await;
    let early = world.tick(|| at("2027-03-03T08:59:59Z")).await.unwrap();
    assert_eq!((early.duties, early.rights_overdue), (1, 0));
    for _ in 0..2 {
        let late = world.tick(|| at("2027-03-03T09:00:00Z")).await.unwrap();
        assert_eq!((late.rights_overdue, late.rights_due_soon), (1, 0));
    }
    let known = received.clone().acknowledge("n".into(), at("2027-03-03T09:30:00Z")).unwrap();
    assert!(
        world.store().move_rights_request(&crate::world::scope(), &received, &known).await.unwrap()
    );
    let told = world.tick(|| at("2027-03-03T10:00:00Z")).await.unwrap();
    assert_eq!((told.duties, told.rights_overdue), (0, 0), "its next date is far ahead");
    let test =
        "rights::d4_a_request_that_nobody_acknowledged_in_48_hours_is_late_until_somebody_does";
    if let Some(counted) = counted(test) {
        assert_eq!(counted, each(&["RightsOverdue"; 2]), "the alarm hears of it each time");
    }
}

#[tokio::test]
async fn d4_operators_are_reminded_seven_and_two_days_before_the_end_once_each() {
    let world = World::default();
    world.noted(&request("rrq_1", json!({}))).await;
    let due_soon = async |clock| world.tick(clock).await.unwrap().rights_due_soon;
    assert_eq!(due_soon(|| at("2027-03-23T22:59:00Z")).await, 0);
    assert_eq!(due_soon(|| at("2027-03-23T23:00:00Z")).await, 1, "seven days before the 31st");
    assert_eq!(due_soon(|| at("2027-03-24T00:00:00Z")).await, 0);
    assert_eq!(due_soon(|| at("2027-03-28T22:00:00Z")).await, 1, "two days before");
    assert_eq!(due_soon(|| at("2027-03-31T21:59:00Z")).await, 0);
    let late = world.tick(|| at("2027-03-31T22:00:00Z")).await.unwrap();
    assert_eq!((late.rights_due_soon, late.rights_overdue), (0, 1));
    // The alarms that mail them hear of it.
    let test = "rights::d4_operators_are_reminded_seven_and_two_days_before_the_end_once_each";
    if let Some(counted) = counted(test) {
        assert_eq!(counted, each(&["RightsDueSoon", "RightsDueSoon", "RightsOverdue"]));
    }
}

#[tokio::test]
async fn d4_an_extended_request_is_due_later_and_what_ended_is_nobodys_duty() {
    let world = World::default();
    let longer = json!({ "longer": { "until": "2027-05-30", "reason": "Many.", "at": "2027-03-20T09:00:00Z" } });
    world.noted(&request("rrq_longer", longer)).await;
    world.noted(&request("rrq_done", json!({ "status": "fulfilled" }))).await;
    let told = world.tick(|| at("2027-04-15T00:00:00Z")).await.unwrap();
    assert_eq!((told.duties, told.rights_overdue, told.rights_due_soon), (0, 0, 0));
    let told = world.tick(|| at("2027-06-01T00:00:00Z")).await.unwrap();
    assert_eq!((told.duties, told.rights_overdue), (1, 1));
}

#[tokio::test]
async fn d4_a_duty_that_cannot_be_looked_at_hides_no_other_and_is_told() {
    let world = World::default();
    world.noted(&request("rrq_1", json!({}))).await;
    world.noted(&request("rrq_2", json!({}))).await;
    let mut items = world.tables.items(crate::world::APP);
    for ((_, sk), item) in &mut items {
        if sk.ends_with("rrq_1") {
            item.remove("kind");
        }
    }
    world.tables.put(crate::world::APP, items);
    let failed = world.tick(|| at("2027-03-24T00:00:00Z")).await.unwrap_err();
    assert_eq!(failed.name, "Incomplete");
    let second = world.stands(&request("rrq_2", json!({}))).await;
    assert_eq!(second.reminded, [7].into(), "the other was looked at");
}
