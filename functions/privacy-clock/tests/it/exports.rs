//! Links to a student's data at the end of their time.

use serde_json::json;

use crate::world::{World, at, request};

#[tokio::test]
async fn d4_a_link_to_the_data_ends_when_its_time_is_over_and_no_other() {
    let world = World::default();
    let link = json!({ "nonce": "n", "expires_at": "2027-04-07T09:00:00Z", "number": 1 });
    let handed_over = json!({
        "status": "fulfilled", "export_until": "2027-04-30T09:00:00Z", "download": link,
    });
    let first = request("rrq_1", handed_over.clone());
    let other = json!({
        "status": "fulfilled", "export_until": "2027-05-30T09:00:00Z", "download": link,
    });
    let other = request("rrq_10", other);
    for request in [&first, &other] {
        world.noted(request).await;
    }
    let early = world.tick(|| at("2027-04-30T08:59:59Z")).await.unwrap();
    assert_eq!((early.duties, early.links_ended), (1, 0));
    let told = world.tick(|| at("2027-04-30T09:00:00Z")).await.unwrap();
    assert_eq!(told.links_ended, 1);
    let ended = world.stands(&first).await;
    assert_eq!((ended.export_until, ended.download), (None, None));
    assert_eq!(world.stands(&other).await, other);
    let again = world.tick(|| at("2027-04-30T10:00:00Z")).await.unwrap();
    assert_eq!((again.duties, again.links_ended), (0, 0));
}

#[tokio::test]
async fn d4_a_request_is_fulfilled_when_its_erasure_has_the_certificate() {
    let world = World::default();
    let erasing = request(
        "rrq_1",
        json!({
            "kind": "erasure", "status": "confirmed", "confirmed_at": "2027-03-02T09:00:00Z",
            "erasure_told_at": "2027-03-02T10:00:00Z", "erasure": "era_1",
        }),
    );
    world.noted(&erasing).await;
    world.erasure("era_1", None);
    let told = world.tick(|| at("2027-03-03T10:00:00Z")).await.unwrap();
    assert_eq!(told.duties, 1, "it is looked at long before it is due");
    assert_eq!(world.stands(&erasing).await, erasing);
    world.erasure("era_1", Some("2027-03-03T11:00:00Z"));
    world.tick(|| at("2027-03-03T12:00:00Z")).await.unwrap();
    let done = world.stands(&erasing).await;
    assert_eq!(done.status, domain::rights::Status::Fulfilled);
    assert_eq!(done.ended_at, Some(at("2027-03-03T11:00:00Z")));
    let late = world.tick(|| at("2027-06-03T12:00:00Z")).await.unwrap();
    assert_eq!((late.duties, late.rights_overdue), (0, 0));
}
