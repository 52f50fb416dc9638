//! Exports at the end of their term.

use serde_json::json;
use store::keys;

use crate::world::{World, at, request, scope};

#[tokio::test]
async fn d4_an_export_is_deleted_with_every_version_when_its_term_is_over_and_no_other() {
    let world = World::default();
    let handed_over = json!({ "status": "fulfilled", "export_until": "2027-04-30T09:00:00Z" });
    let first = request("rrq_1", handed_over.clone());
    let other = json!({ "status": "fulfilled", "export_until": "2027-05-30T09:00:00Z" });
    let other = request("rrq_10", other);
    for request in [&first, &other] {
        world.noted(request).await;
        let key = keys::export(&scope(), &request.student, &request.id);
        world.bucket.add(&key, Some(b"one"));
        world.bucket.add(&key, Some(b"two"));
    }
    let early = world.tick(|| at("2027-04-30T08:59:59Z")).await.unwrap();
    assert_eq!((early.duties, early.exports_deleted), (1, 0));
    let told = world.tick(|| at("2027-04-30T09:00:00Z")).await.unwrap();
    assert_eq!(told.exports_deleted, 1);
    let left = world.bucket.versions();
    assert_eq!(left.len(), 2);
    assert!(left.iter().all(|version| version.key.contains("rrq_10/")), "{left:?}");
    assert_eq!(world.stands(&first).await.export_until, None);
    assert_eq!(world.stands(&other).await, other);
    let again = world.tick(|| at("2027-04-30T10:00:00Z")).await.unwrap();
    assert_eq!((again.duties, again.exports_deleted), (0, 0));
}
