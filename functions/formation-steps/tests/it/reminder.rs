//! Who has not answered is reminded (M2): nobody else, once each.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::mailing::{Audience, Mailing, MailingStatus};
use domain::{RosterId, StudentId};
use jiff::SignedDuration;
use serde_json::json;
use store::keys;

use crate::mailing::students;
use crate::sample::{profile, settings, student_id};
use crate::world::{World, now};

/// Everybody: no section.
const ALL: Audience = Audience::NotAnswered { section: None };

/// The numbers of those who are on the roster alone begin here.
const FIRST: usize = 1_000_000;

/// Somebody on the roster alone.
fn expected(number: usize) -> StudentId {
    student_id(FIRST + number)
}

fn waiting(numbers: impl IntoIterator<Item = usize>) -> BTreeSet<String> {
    numbers.into_iter().map(|number| expected(number).to_string()).collect()
}

impl World {
    /// A roster of those who answered and of `more` in section A and in section B.
    fn roster(&self, answered: usize, more: [usize; 2]) {
        let list: RosterId = "ros_1".parse().unwrap();
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let roster = [
            ("version", AttributeValue::N("1".into())),
            ("list", text(list.as_str())),
            ("changed_at", text(&now().to_string())),
            ("changed_by", text("sub-1")),
        ];
        let mut held = self.table.held();
        let mut put = |key: keys::Key, name: &str, value: AttributeValue| {
            let item = held.items.entry((key.pk.clone(), key.sk.clone())).or_default();
            item.insert("pk".into(), AttributeValue::S(key.pk));
            item.insert("sk".into(), AttributeValue::S(key.sk));
            match (item.get_mut(name), value) {
                (Some(AttributeValue::M(known)), AttributeValue::M(more)) => known.extend(more),
                (_, value) => drop(item.insert(name.to_owned(), value)),
            }
        };
        for (name, value) in roster {
            put(keys::roster(&self.scope), name, value);
        }
        let answered = (0..answered).map(|number| (student_id(number), "A"));
        let section = |number| if number < more[0] { "A" } else { "B" };
        let waiting = (0..more[0] + more[1]).map(|number| (expected(number), section(number)));
        for (student, section) in answered.chain(waiting) {
            let email = text(&format!("{student}@example.edu"));
            let entry = [("email".to_owned(), email), ("section".to_owned(), text(section))];
            let entry = AttributeValue::M(entry.into());
            let entries = AttributeValue::M([(student.to_string(), entry)].into());
            put(keys::expected(&self.scope, 1, &list, &student), "entries", entries);
        }
    }

    /// Something that the roster says of somebody.
    fn note_on_roster(&self, student: &StudentId, name: &str, value: &str) {
        let key = keys::expected(&self.scope, 1, &"ros_1".parse().unwrap(), student);
        let mut held = self.table.held();
        let page = held.items.get_mut(&(key.pk, key.sk)).unwrap();
        let Some(AttributeValue::M(entries)) = page.get_mut("entries") else { panic!("a page") };
        let entry = entries.get_mut(student.as_str()).unwrap();
        let AttributeValue::M(entry) = entry else { panic!("an entry") };
        entry.insert(name.into(), AttributeValue::S(value.into()));
    }
}

/// A cohort whose deadline is still to come.
async fn before_the_deadline() -> World {
    let mut open = settings();
    open.deadline = now() + SignedDuration::from_hours(24);
    World::with(open, 3, 2).await
}

#[tokio::test]
async fn m2_a_reminder_goes_to_those_on_the_roster_who_have_not_answered() {
    let of = |section: &str| Audience::NotAnswered { section: Some(section.parse().unwrap()) };
    for (audience, expected) in
        [(ALL, waiting(0..4)), (of("A"), waiting(0..3)), (of("B"), waiting(3..4))]
    {
        let world = before_the_deadline().await;
        world.roster(4, [3, 1]);
        world.mailing(audience).await;
        world.address().await;
        assert_eq!(world.addressed().await, expected);
        let known = world.known().await;
        assert_eq!(
            (known.status, known.recipients as usize),
            (MailingStatus::Sent, expected.len())
        );
        // Nothing of the roster stands in a message or in the queue.
        for ((_, sk), item) in &world.table.held().items {
            assert!(!sk.starts_with("MESSAGE#") || !format!("{item:?}").contains("example.edu"));
        }
        assert_eq!(world.outside().queued.len(), expected.len());
    }
}

#[tokio::test]
async fn m4_a_reminder_that_is_sent_again_from_its_beginning_makes_no_second_mail() {
    let world = before_the_deadline().await;
    world.roster(5, [2, 1]);
    world.mailing(ALL).await;
    world.outside().refuses = usize::MAX;
    assert_eq!(world.mailing_step("address").await.unwrap_err().name, "Transient");
    world.outside().refuses = 0;
    // One has answered before it goes on: the mail that was made for them is not made again.
    world.answers(FIRST + 1, "A", "token-late", 5, profile(1)).await;
    let before = world.known().await;
    world.address().await;
    let after = world.known().await;
    let undone = Mailing { version: after.version + 1, ..before };
    assert!(world.table.store().move_mailing(&world.scope, &after, &undone).await.unwrap());
    world.address().await;
    assert_eq!(world.addressed().await, waiting(0..3));
    assert_eq!(world.table.count("MESSAGE#"), 3);
}

#[tokio::test]
async fn m2_a_large_reminder_is_read_page_by_page_and_its_place_names_a_student() {
    let world = before_the_deadline().await;
    world.roster(5, [1_500, 0]);
    world.mailing(ALL).await;
    assert_eq!(
        world.mailing_step("address").await.unwrap(),
        json!({"done": false, "messages": 1000})
    );
    let last = expected(999);
    // The erasure of a person looks for it in this form.
    assert_eq!(world.known().await.place, Some(format!("STUDENT#{last}")));
    world.address().await;
    assert_eq!(world.addressed().await, waiting(0..1_500));
    assert_eq!(world.known().await.recipients, 1_500);
}

#[tokio::test]
async fn m5_who_cannot_be_reached_has_a_message_that_says_so_and_who_is_erased_has_none() {
    let world = before_the_deadline().await;
    world.roster(0, [3, 0]);
    world.note_on_roster(&expected(0), "suppressed", "bounced");
    world.note_on_roster(&expected(1), "erasure", "era_1");
    world.mailing(ALL).await;
    world.address().await;
    assert_eq!(world.addressed().await, waiting([0, 2]));
}

#[tokio::test]
async fn m2_nobody_is_reminded_after_the_deadline() {
    let world = World::with_students(3, 0).await;
    world.roster(3, [2, 0]);
    world.mailing(ALL).await;
    assert!(now() >= settings().deadline, "the sample's deadline is over");
    world.address().await;
    let known = world.known().await;
    assert_eq!(
        (known.status, known.failure.as_deref()),
        (MailingStatus::Stopped, Some("deadline_passed"))
    );
    assert_eq!(world.table.count("MESSAGE#"), 0);
    // Those who answered are written to all the same.
    let world = World::with_students(3, 0).await;
    world.mailing(Audience::Cohort).await;
    world.address().await;
    assert_eq!(world.addressed().await, students(0..3));
}
