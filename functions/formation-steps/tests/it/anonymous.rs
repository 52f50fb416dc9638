//! Anonymous statistics (D9).

use serde_json::Value;
use store::keys;

use crate::world::World;

fn kept(world: &World) -> Option<Value> {
    let key = keys::statistics(&world.scope);
    world.outside().objects.get(&key).map(|body| serde_json::from_slice(body).unwrap())
}

#[tokio::test]
async fn d9_statistics_are_kept_when_groups_are_published_and_not_before() {
    let world = World::with_students(30, 25).await;
    world.up_to("commit").await;
    assert_eq!(kept(&world), None);
    world.step("publish").await.unwrap();
    let made = kept(&world).unwrap();
    assert_eq!((made["students"].as_u64(), made["sections"]["A"].as_u64()), (Some(55), Some(30)));
    let key = keys::statistics(&world.scope);
    let ids = [world.scope.institution.as_str(), world.scope.cohort.as_str(), World::id().as_str()]
        .map(str::to_owned);
    let text = made.to_string();
    for id in ids {
        assert!(!key.contains(&id) && !text.contains(&id), "{id}");
    }
    assert!(key.starts_with("statistics/") && !text.contains("stu_"));
}

#[tokio::test]
async fn d9_what_was_made_once_stays() {
    let world = World::with_students(30, 25).await;
    world.up_to("commit").await;
    let key = keys::statistics(&world.scope);
    world.outside().objects.insert(key.clone(), b"{\"version\":1}".to_vec());
    world.step("publish").await.unwrap();
    assert_eq!(world.outside().objects[&key], b"{\"version\":1}");
}

#[tokio::test]
async fn d9_a_small_cohort_leaves_a_record_without_numbers_and_groups_wait_for_none() {
    let world = World::with_students(5, 4).await;
    world.up_to("publish").await;
    assert!(kept(&world).unwrap()["students"].is_null());
    let world = World::with_students(5, 4).await;
    world.up_to("commit").await;
    world.outside().objects.retain(|key, _| !key.contains("/input/"));
    world.step("publish").await.unwrap();
    assert_eq!(kept(&world), None);
    assert_eq!(world.formation().await.status, domain::formation::FormationStatus::Published);
}
