//! Links to a student's data at the end of their time.

use domain::export::{ExportFile, ExportStatus, InstitutionExport};
use serde_json::json;
use store::keys;

use crate::memory::When;
use crate::world::{World, at, request, scope};

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

/// A ready export with two versions of a file, and another institution's.
async fn exported() -> World {
    let world = World::default();
    let store = world.store();
    for institution in ["ins_1", "ins_2"] {
        let institution = institution.parse().unwrap();
        let by = "sub-operator".parse().unwrap();
        let asked = InstitutionExport::requested(id(), by, at("2027-03-01T09:00:00Z"));
        assert!(store.create_export(&institution, &asked).await.unwrap());
        let ready = asked.clone().ended(ExportStatus::Ready, at("2027-03-01T10:00:00Z"));
        assert!(store.move_export(&institution, &asked, &ready).await.unwrap());
        let file =
            ExportFile { name: "manifest.json".into(), items: 1, bytes: 2, sha256: "00".into() };
        store.put_export_file(&institution, &id(), &file).await.unwrap();
        let prefix = keys::institution_export_prefix(&institution, &id());
        for body in ["one", "two"] {
            world.bucket.add(&format!("{prefix}manifest.json"), Some(body.as_bytes()));
        }
    }
    world
}

fn id() -> domain::ExportId {
    "exp_1".parse().unwrap()
}

async fn status(world: &World, institution: &str) -> ExportStatus {
    let institution = institution.parse().unwrap();
    world.store().export(&institution, &id()).await.unwrap().unwrap().status
}

#[tokio::test]
async fn d6_an_export_is_deleted_with_every_version_when_its_term_is_over() {
    let world = exported().await;
    let early = world.tick(|| at("2027-03-31T08:59:59Z")).await.unwrap();
    assert_eq!((early.duties, early.exports_deleted), (2, 0));
    assert_eq!(world.bucket.versions().len(), 4);
    let told = world.tick(|| at("2027-03-31T09:00:00Z")).await.unwrap();
    assert_eq!(told.exports_deleted, 2);
    assert!(world.bucket.versions().is_empty());
    let institution = "ins_1".parse().unwrap();
    assert!(world.store().export_files(&institution, &id()).await.unwrap().is_empty());
    assert_eq!(status(&world, "ins_1").await, ExportStatus::Expired);
    let again = world.tick(|| at("2027-03-31T10:00:00Z")).await.unwrap();
    assert_eq!((again.duties, again.exports_deleted), (0, 0));
}

#[tokio::test]
async fn d6_an_export_goes_as_soon_as_something_of_its_institution_is_erased() {
    let world = exported().await;
    world.erasure("era_1", Some("2027-02-28T09:00:00Z"));
    let told = world.tick(|| at("2027-03-02T09:00:00Z")).await.unwrap();
    assert_eq!(told.exports_deleted, 0, "what was gone before is not in it");
    world.erasure("era_2", None);
    let told = world.tick(|| at("2027-03-02T10:00:00Z")).await.unwrap();
    assert_eq!(told.exports_deleted, 1);
    let left = world.bucket.versions();
    assert!(left.len() == 2 && left.iter().all(|it| it.key.contains("ins_2")), "{left:?}");
    assert_eq!(status(&world, "ins_1").await, ExportStatus::Expired);
    assert_eq!(status(&world, "ins_2").await, ExportStatus::Ready);
    assert_eq!(scope().institution.as_str(), "ins_1");
}

/// One whose machine died goes the look after the one that notices: a task may still be writing.
#[tokio::test]
async fn d6_an_export_that_seems_to_run_goes_too_when_something_is_erased() {
    let world = exported().await;
    let (store, institution) = (world.store(), "ins_1".parse().unwrap());
    let ready = store.export(&institution, &id()).await.unwrap().unwrap();
    let mut running = ready.clone();
    (running.status, running.ended_at) = (ExportStatus::Running, None);
    running.version += 1;
    assert!(store.move_export(&institution, &ready, &running).await.unwrap());
    world.erasure("era_2", None);
    let told = world.tick(|| at("2027-03-02T10:00:00Z")).await.unwrap();
    assert_eq!((told.exports_deleted, status(&world, "ins_1").await), (0, ExportStatus::Failed));
    assert_eq!(world.bucket.versions().len(), 4);
    let told = world.tick(|| at("2027-03-02T11:00:00Z")).await.unwrap();
    assert_eq!((told.exports_deleted, status(&world, "ins_1").await), (1, ExportStatus::Expired));
    assert!(world.bucket.versions().iter().all(|it| it.key.contains("ins_2")));
}

#[tokio::test]
async fn d6_a_look_that_dies_anywhere_deletes_the_export_the_next_time() {
    let whole = exported().await;
    whole.tick(|| at("2027-04-30T09:00:00Z")).await.unwrap();
    for call in 0..whole.gate.calls() {
        for when in [When::Before, When::After] {
            let world = exported().await;
            world.gate.fail(call, when);
            assert!(world.tick(|| at("2027-04-30T09:00:00Z")).await.is_err(), "{call} {when:?}");
            world.tick(|| at("2027-04-30T10:00:00Z")).await.unwrap();
            assert!(world.bucket.versions().is_empty(), "{call} {when:?}");
            for institution in ["ins_1", "ins_2"] {
                assert_eq!(status(&world, institution).await, ExportStatus::Expired);
            }
        }
    }
}
