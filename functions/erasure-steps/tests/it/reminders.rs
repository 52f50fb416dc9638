//! Reminders go to addresses on the roster: what is known of them there, and how it goes (M2, M5, D4).

use domain::mailing::{Audience, Mailing, Texts};
use domain::message::{About, Message};
use domain::roster::{Entry, Expected, Roster};
use domain::student::Suppression::{self, Bounced, Complained};
use domain::{MailingId, StudentId};
use serde_json::json;
use store::{ReplacedRoster, Store, keys};

use crate::memory::Gate;
use crate::world::{APP, OTHER, World, from, now, scope};

fn store_of(world: &World) -> Store {
    Store::new(world.tables.client(&Gate::default()), APP)
}

fn mailing() -> MailingId {
    "mlg_reminder".parse().unwrap()
}

/// A reminder to these, on its way: a mail to each, and the place of its list names the first.
pub(crate) async fn reminded(world: &World, students: &[StudentId]) {
    let (store, scope) = (store_of(world), scope(OTHER));
    let by = "sub-contact".parse().unwrap();
    let audience = Audience::NotAnswered { section: None };
    let mut reminder = Mailing::draft(mailing(), audience, Texts::default(), by, now());
    reminder.place = students.first().map(|first| keys::student(&scope, first).sk);
    assert!(store.create_mailing(&scope, &reminder).await.unwrap());
    for student in students {
        let about = About::Reminder { student: student.clone(), mailing: mailing() };
        let message = Message::queued(about, now());
        assert!(store.create_message(&(&scope).into(), &message).await.unwrap());
    }
}

/// To whom there are reminders.
pub(crate) async fn reminders(world: &World) -> Vec<StudentId> {
    let all = store_of(world).messages(&(&scope(OTHER)).into(), None, None).await.unwrap().items;
    let reminders = all.into_iter().filter(|mail| mail.about.mailing() == Some(&mailing()));
    reminders.filter_map(|mail| mail.about.student().cloned()).collect()
}

/// A list in place of the one before.
async fn put(world: &World, version: u32, ids: &[&str]) {
    let (store, scope) = (store_of(world), scope(OTHER));
    let roster: Roster = from(json!({
        "version": version, "list": format!("ros_{version}"), "changed_by": "sub-contact",
        "changed_at": "2026-09-01T08:00:00Z",
    }));
    let entry = |id: &str| -> Entry {
        from(json!({ "email": format!("{id}@example.edu"), "section": "hold-a" }))
    };
    let list = ids.iter().map(|id| Expected { student: id.parse().unwrap(), entry: entry(id) });
    let was = store.roster(&scope).await.unwrap();
    let done = store.replace_roster(&scope, was.as_ref(), &roster, list.collect()).await.unwrap();
    assert_eq!(done, ReplacedRoster::Done);
}

async fn suppressed(world: &World) -> Vec<(String, Option<Suppression>)> {
    let all = store_of(world).expected_anywhere(&scope(OTHER)).await.unwrap();
    let mut all: Vec<_> =
        all.into_iter().map(|one| (one.student.to_string(), one.entry.suppressed)).collect();
    all.sort_by(|one, other| one.0.cmp(&other.0));
    all
}

#[tokio::test]
async fn m5_an_address_that_bounced_is_known_until_no_list_has_it() {
    let world = World::new().await;
    put(&world, 1, &["stu_aa", "stu_bb", "stu_cc"]).await;
    let (store, ours) = (store_of(&world), scope(OTHER));
    let note = async |id: &str, why| {
        store.suppress_expected(&ours, &id.parse().unwrap(), why).await.unwrap()
    };
    assert!(note("stu_aa", Bounced).await);
    assert!(note("stu_bb", Complained).await);
    assert!(note("stu_bb", Bounced).await, "a complaint stays a complaint");
    assert!(note("stu_aa", Bounced).await, "noting it again changes nothing");
    assert!(!note("stu_dd", Bounced).await, "nobody comes onto the list by it");
    let of = |all: &[(&str, Option<Suppression>)]| -> Vec<(String, Option<Suppression>)> {
        all.iter().map(|(id, why)| ((*id).to_owned(), *why)).collect()
    };
    let known = of(&[("stu_aa", Some(Bounced)), ("stu_bb", Some(Complained)), ("stu_cc", None)]);
    assert_eq!(suppressed(&world).await, known);
    let (waiting, _) = store.not_answered(&ours, None, None, 10).await.unwrap();
    let told: Vec<_> = waiting.iter().map(|one| one.suppressed).collect();
    assert_eq!(told, [Some(Bounced), Some(Complained), None]);

    put(&world, 2, &["stu_aa", "stu_bb", "stu_dd"]).await;
    let known = of(&[("stu_aa", Some(Bounced)), ("stu_bb", Some(Complained)), ("stu_dd", None)]);
    assert_eq!(suppressed(&world).await, known, "the next list keeps it");
    put(&world, 3, &["stu_bb"]).await;
    put(&world, 4, &["stu_aa", "stu_bb"]).await;
    let known = of(&[("stu_aa", None), ("stu_bb", Some(Complained))]);
    assert_eq!(suppressed(&world).await, known, "it went with the entry");
}
