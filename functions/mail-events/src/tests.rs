use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use domain::audit::AuditEntry;
use domain::message::MessageStatus::{
    Accepted, Bounced, Claimed, Complained, Delivered, Failed, Queued, Unknown,
};
use domain::message::{About, Message, MessageStatus};
use domain::student::Suppression;
use domain::{FormationId, MessageId, SectionId, StudentId};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use mail::MailEvent;
use proptest::prelude::*;
use runtime::Reader;
use store::{MessagePlace, Scope, Trail};

use super::*;

const COHORT: &str = "coh_computer-science-2026";

fn now() -> Timestamp {
    "2026-12-15T11:06:00Z".parse().unwrap()
}

/// One message of one student, with the store's conditions.
struct World {
    message: RefCell<Message>,
    suppressed: RefCell<BTreeMap<StudentId, Suppression>>,
    /// The same on the roster.
    listed: RefCell<BTreeMap<StudentId, Suppression>>,
    has_record: Cell<bool>,
    /// Whether the student answers between two looks at their record.
    answers_meanwhile: bool,
    broken: bool,
    noted: RefCell<Vec<Vec<String>>>,
}

impl World {
    fn with(status: MessageStatus) -> Self {
        let message = Message {
            id: MessageId::parse("msg_1").unwrap(),
            status,
            attempts: 1,
            ..Message::queued(
                About::Group {
                    student: StudentId::parse("stu_1").unwrap(),
                    formation: FormationId::parse("for_1").unwrap(),
                    section: SectionId::parse("A").unwrap(),
                    group: 1,
                },
                Timestamp::UNIX_EPOCH,
            )
        };
        Self {
            message: RefCell::new(message),
            suppressed: RefCell::default(),
            listed: RefCell::default(),
            has_record: Cell::new(true),
            answers_meanwhile: false,
            broken: false,
            noted: RefCell::default(),
        }
    }

    async fn take(&self, event: SqsEvent) -> SqsBatchResponse {
        handle(&MailEvents { records: self, clock: now }, self, event, "request-1").await.unwrap()
    }

    fn noted(&self) -> Vec<Vec<String>> {
        self.noted.borrow().clone()
    }

    fn status(&self) -> MessageStatus {
        self.message.borrow().status
    }

    fn suppression(&self) -> Option<Suppression> {
        self.suppressed.borrow().values().copied().next()
    }
}

impl Trail for World {
    async fn note(&self, entry: &AuditEntry, unique: &str) -> Result<(), store::Error> {
        assert_eq!((entry.action.as_str(), unique), ("mails.note", "request-1"));
        self.noted.borrow_mut().push(entry.ids.clone());
        Ok(())
    }
}

impl Records for &World {
    async fn is_there(&self, scope: &Scope, today: Date) -> Result<bool, store::Error> {
        assert_eq!(today, date(2026, 12, 15));
        if self.broken {
            return Err(store::Error::Corrupt { kind: "test" });
        }
        Ok(scope.cohort.as_str() == COHORT)
    }

    async fn message(
        &self,
        place: &MessagePlace,
        id: &MessageId,
    ) -> Result<Option<Message>, store::Error> {
        assert_eq!(place.institution.as_str(), "ins_example-university");
        let message = self.message.borrow();
        let to_a_student = message.about.student().is_some();
        let here = place.cohort.as_ref().map(|cohort| cohort.as_str() == COHORT);
        let found = message.id == *id && here.unwrap_or(!to_a_student);
        Ok(found.then(|| message.clone()))
    }

    async fn shift(
        &self,
        _: &MessagePlace,
        event: &MailEvent,
        from: &[MessageStatus],
        to: MessageStatus,
        failure: Option<&str>,
    ) -> Result<bool, store::Error> {
        let mut message = self.message.borrow_mut();
        if !from.contains(&message.status) {
            return Ok(false);
        }
        message.status = to;
        message.status_at = event.at;
        message.ses_id = Some(event.ses_id.clone());
        message.failure = failure.map(str::to_owned);
        Ok(true)
    }

    async fn suppress(
        &self,
        _: &Scope,
        id: &StudentId,
        why: Suppression,
        _: Timestamp,
    ) -> Result<bool, store::Error> {
        if !self.has_record.get() {
            return Ok(false);
        }
        let mut all = self.suppressed.borrow_mut();
        if why == Suppression::Complained || !all.contains_key(id) {
            all.insert(id.clone(), why);
        }
        Ok(true)
    }

    async fn suppress_expected(
        &self,
        _: &Scope,
        id: &StudentId,
        why: Suppression,
    ) -> Result<(), store::Error> {
        self.listed.borrow_mut().insert(id.clone(), why);
        if self.answers_meanwhile {
            self.has_record.set(true);
        }
        Ok(())
    }
}

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/mail-events");

fn sample(name: &str) -> SqsEvent {
    let text = std::fs::read_to_string(format!("{FOLDER}/{name}.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Every file of `events/mail-events`: what a message of unknown outcome becomes, whether its
/// student gets further mail, how many deliveries fail.
#[tokio::test]
async fn m5_every_sample_event_runs() {
    use Suppression as S;
    let expected = [
        ("another-systems-mail", Unknown, None, 0),
        ("bounce-permanent", Bounced, Some(S::Bounced), 0),
        ("bounce-transient", Bounced, None, 0),
        ("bounce-of-an-institutions-mail", Unknown, None, 0),
        ("complaint-after-delivery", Complained, Some(S::Complained), 0),
        ("delivery", Delivered, None, 0),
        ("delivery-before-send", Delivered, None, 0),
        ("delivery-delay", Accepted, None, 0),
        ("erased-cohort", Unknown, None, 0),
        ("not-spam", Delivered, None, 0),
        ("reject", Failed, None, 0),
        ("send", Accepted, None, 0),
        ("sns-envelope", Delivered, None, 0),
        ("topic-trial", Unknown, None, 0),
        ("unreadable", Accepted, None, 1),
    ];
    let found: BTreeSet<String> = std::fs::read_dir(FOLDER)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(found, expected.iter().map(|(name, ..)| format!("{name}.json")).collect());
    for (name, status, suppression, failed) in expected {
        let world = World::with(Unknown);
        let failures = world.take(sample(name)).await.batch_item_failures;
        assert_eq!((world.status(), world.suppression()), (status, suppression), "{name}");
        assert_eq!(failures.len(), failed, "{name}");
        let changed = status != Unknown;
        assert_eq!(world.message.borrow().ses_id.is_some(), changed, "{name}");
    }
}

#[tokio::test]
async fn m4_a_send_event_settles_an_unknown_outcome() {
    for status in [Queued, Claimed, Unknown] {
        let world = World::with(status);
        world.take(sample("send")).await;
        let message = world.message.borrow().clone();
        assert_eq!(message.status, Accepted, "{status:?}");
        assert_eq!(message.ses_id.as_deref(), Some("0110019b-example-0001-000000"));
        assert_eq!(message.status_at, "2026-12-15T11:05:01Z".parse().unwrap());
    }
}

#[tokio::test]
async fn d7_a_bounce_of_an_institutions_mail_is_noted_and_suppresses_nobody() {
    let world = World::with(Accepted);
    world.message.borrow_mut().about =
        About::Breach { breach: domain::BreachId::parse("bre_1").unwrap(), number: 1 };
    world.take(sample("bounce-of-an-institutions-mail")).await;
    assert_eq!((world.status(), world.suppression()), (Bounced, None));
    // A student's message is not found without its cohort.
    let world = World::with(Accepted);
    world.take(sample("bounce-of-an-institutions-mail")).await;
    assert_eq!(world.status(), Accepted);
}

#[tokio::test]
async fn m5_a_rejected_mail_says_why() {
    let world = World::with(Accepted);
    world.take(sample("reject")).await;
    // In the audit trail first (D5).
    assert_eq!(world.noted(), [["msg_1"]]);
    assert_eq!(world.message.borrow().failure.as_deref(), Some("rejected"));
}

#[tokio::test]
async fn m5_an_address_is_suppressed_even_when_the_state_was_noted_before() {
    // A crash between the two writes: the state is there, the suppression is not.
    let world = World::with(Bounced);
    world.take(sample("bounce-permanent")).await;
    assert_eq!(world.suppression(), Some(Suppression::Bounced));
}

#[tokio::test]
async fn m5_a_reminder_that_comes_back_is_noted_where_its_address_stands() {
    let student = StudentId::parse("stu_1").unwrap();
    let reminder =
        || About::Reminder { student: student.clone(), mailing: "mlg_1".parse().unwrap() };
    for (name, why) in [
        ("bounce-permanent", Some(Suppression::Bounced)),
        ("complaint-after-delivery", Some(Suppression::Complained)),
        ("bounce-transient", None),
        ("delivery", None),
    ] {
        let world = World { has_record: Cell::new(false), ..World::with(Accepted) };
        world.message.borrow_mut().about = reminder();
        world.take(sample(name)).await;
        assert_eq!(world.listed.borrow().get(&student).copied(), why, "{name}");
        assert_eq!(world.suppression(), None);
        // Who has answered since has a record, which is what later mails go by.
        let world = World::with(Accepted);
        world.message.borrow_mut().about = reminder();
        world.take(sample(name)).await;
        assert_eq!((world.suppression(), world.listed.borrow().len()), (why, 0), "{name}");
    }
    // Whose record is made while it is noted on the roster: intake may have looked there before.
    let world =
        World { has_record: Cell::new(false), answers_meanwhile: true, ..World::with(Accepted) };
    world.message.borrow_mut().about = reminder();
    world.take(sample("bounce-permanent")).await;
    assert_eq!(world.suppression(), Some(Suppression::Bounced));
    // Another mail to a student who is gone notes nothing.
    let world = World { has_record: Cell::new(false), ..World::with(Accepted) };
    world.take(sample("bounce-permanent")).await;
    assert!(world.listed.borrow().is_empty());
}

#[tokio::test]
async fn m5_a_store_that_is_down_loses_no_event() {
    let world = World { broken: true, ..World::with(Unknown) };
    let answer = world.take(sample("delivery-before-send")).await;
    let ids: Vec<&str> =
        answer.batch_item_failures.iter().map(|f| f.item_identifier.as_str()).collect();
    assert_eq!(
        ids,
        ["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"]
    );
    assert_eq!(world.status(), Unknown);
}

proptest! {
    /// Any events in any order and number end in the state of the one that is known last.
    #[test]
    fn m5_order_and_repetition_of_events_do_not_matter(
        order in proptest::collection::vec(0usize..5, 1..12),
        from in proptest::sample::select(vec![Queued, Claimed, Unknown, Accepted]),
    ) {
        let samples = [
            ("send", Accepted),
            ("delivery", Delivered),
            ("bounce-transient", Bounced),
            ("bounce-permanent", Bounced),
            ("complaint-after-delivery", Complained),
        ];
        let ranked = [Accepted, Delivered, Bounced, Complained];
        let world = World::with(from);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for index in &order {
            let answer = runtime.block_on(world.take(sample(samples[*index].0)));
            prop_assert!(answer.batch_item_failures.is_empty());
        }
        let last = order.iter().map(|index| samples[*index].1);
        let last = last.max_by_key(|status| ranked.iter().position(|s| s == status)).unwrap();
        prop_assert_eq!(world.status(), last);
        let expected = if order.contains(&4) {
            Some(Suppression::Complained)
        } else {
            order.contains(&3).then_some(Suppression::Bounced)
        };
        prop_assert_eq!(world.suppression(), expected);
    }
}

#[test]
fn the_settings_are_those_the_template_sets() {
    let template = include_str!("../../../infra/template.yaml");
    let from = template.find("\n  MailEventsFunction:\n").unwrap();
    let set: BTreeSet<String> = template[from..]
        .lines()
        .skip_while(|line| line.trim() != "Variables:")
        .skip(1)
        .take_while(|line| line.starts_with("          "))
        .map(|line| line.trim().split(':').next().unwrap().to_owned())
        .collect();
    let asked = RefCell::new(BTreeSet::new());
    let reader = Reader::new(|name| {
        asked.borrow_mut().insert(name.to_owned());
        None
    });
    assert_eq!(Config::read(reader).unwrap_err().problems.len(), set.len());
    assert_eq!(asked.into_inner(), set);
}
