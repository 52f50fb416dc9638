use std::sync::{Arc, Mutex};

use aws_sdk_sqs::operation::send_message_batch::SendMessageBatchOutput;
use aws_smithy_mocks::{RuleMode, mock, mock_client};
use domain::breach::{Breach, Question, Risk};
use domain::institution::{Institution, Language};
use domain::message::{Message, MessageStatus};
use domain::{BreachId, ContactId, Email, InstitutionId, NoticeId, SubprocessorId};
use jiff::Timestamp;
use notices::watch::Watched;
use notices::{Notices, Request};
use outbox::MailQueue;
use runtime::StepError;
use serde_json::Value;
use store::MessagePlace;
use subprocessors::{Admitted, Register, register};

use crate::counted::{counted, each};
use crate::world::World;

fn now() -> Timestamp {
    "2026-11-28T12:00:00Z".parse().unwrap()
}

/// The register with one that starts on a day.
fn with_announced(from: &str) -> &'static Register {
    let mut register = register().clone();
    let mut entry = register.entries[1].clone();
    entry.id = SubprocessorId::parse("example-translator").unwrap();
    entry.name = "Example Translator ApS".into();
    entry.admitted = Admitted::Notice;
    entry.effective_from = from.parse().unwrap();
    register.entries.push(entry);
    Box::leak(Box::new(register))
}

#[derive(Clone, Default)]
struct Setup {
    world: World,
    queued: Arc<Mutex<Vec<String>>>,
}

impl Setup {
    fn function(&self, register: &'static Register) -> Notices {
        let queued = self.queued.clone();
        let send =
            mock!(aws_sdk_sqs::Client::send_message_batch).then_compute_output(move |input| {
                let bodies = input.entries().iter().map(|entry| entry.message_body().to_owned());
                queued.lock().unwrap().extend(bodies);
                let answer = SendMessageBatchOutput::builder().set_successful(Some(Vec::new()));
                answer.set_failed(Some(Vec::new())).build().unwrap()
            });
        let client = mock_client!(aws_sdk_sqs, RuleMode::MatchAny, [&send]);
        let queue = MailQueue::new(client, "https://sqs.example/mail");
        Notices::new(self.world.store(), queue, register, now)
    }

    async fn onboard(&self, id: &str, onboarded_at: &str) -> InstitutionId {
        let institution = Institution {
            id: InstitutionId::parse(id).unwrap(),
            name: "Example University".into(),
            reply_to: Email::parse("study@example.edu").unwrap(),
            privacy_contact: None,
            language: Language::Da,
            erasure: None,
            onboarded_at: Some(onboarded_at.parse().unwrap()),
            mail_agreed: true,
            forms: Vec::new(),
        };
        self.world.store().create_institution(&institution).await.unwrap();
        institution.id
    }

    async fn announce(&self, register: &'static Register, event: &str) -> Result<Value, StepError> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/notices/");
        let event = std::fs::read(format!("{folder}{event}.json")).unwrap();
        let event: Value = serde_json::from_slice(&event).unwrap();
        self.function(register).run(&Request::parse(&event)?).await
    }

    fn queued(&self) -> usize {
        self.queued.lock().unwrap().len()
    }
}

#[tokio::test]
async fn d8_every_institution_is_told_once_thirty_days_ahead() {
    let setup = Setup::default();
    let register = with_announced("2026-12-28");
    let one = setup.onboard("ins_one", "2026-01-01T00:00:00Z").await;
    setup.onboard("ins_two", "2026-11-28T11:00:00Z").await;
    let done = setup.announce(register, "announce").await.unwrap();
    assert_eq!((&done["told"], &done["already"], &done["knew"]), (&2.into(), &0.into(), &0.into()));
    let id = NoticeId::of(&one, &register.entries[2].id, register.entries[2].effective_from);
    let notice = setup.world.store().notice(&one, &id).await.unwrap().unwrap();
    assert_eq!((notice.name.as_str(), notice.announced_at), ("Example Translator ApS", now()));
    let place = MessagePlace::of_institution(&one);
    let mail = setup.world.store().message(&place, &notice.message).await.unwrap().unwrap();
    assert_eq!(mail.status, MessageStatus::Queued);
    assert_eq!(setup.queued(), 2);
    let items = setup.world.held().items.clone();
    let again = setup.announce(register, "announce").await.unwrap();
    assert_eq!((&again["told"], &again["already"]), (&0.into(), &2.into()));
    assert_eq!(setup.world.held().items, items, "a second run records nothing new");
    assert_eq!(setup.queued(), 4, "and queues what still waits: the mailer sends it once");
}

#[tokio::test]
async fn d8_a_notice_that_comes_too_late_is_refused_and_nobody_is_told() {
    let setup = Setup::default();
    setup.onboard("ins_one", "2026-01-01T00:00:00Z").await;
    let items = setup.world.held().items.clone();
    let refused = setup.announce(with_announced("2026-12-27"), "announce").await.unwrap_err();
    assert_eq!(refused.name, "TooLate");
    assert!(refused.to_string().contains("2026-12-28 at the earliest"), "{refused}");
    assert_eq!((setup.world.held().items.clone(), setup.queued()), (items, 0));
    // Whoever signed within the thirty days agreed to the register as it was.
    let later = Setup::default();
    later.onboard("ins_late", "2026-11-28T11:00:00Z").await;
    let done = later.announce(with_announced("2026-12-27"), "announce").await.unwrap();
    assert_eq!((&done["told"], &done["knew"]), (&0.into(), &1.into()));
}

#[tokio::test]
async fn d8_only_what_is_in_the_register_and_not_in_use_is_announced() {
    let setup = Setup::default();
    for (event, name) in [("already-in-use", "InEffect"), ("not-in-the-register", "NotFound")] {
        assert_eq!(setup.announce(register(), event).await.unwrap_err().name, name);
    }
    let strange = serde_json::json!({"announce": "aws", "force": true});
    assert_eq!(Request::parse(&strange).unwrap_err().name, "BadRequest");
}

#[tokio::test]
async fn d8_an_institution_that_was_not_told_is_noticed_each_hour() {
    let setup = Setup::default();
    setup.onboard("ins_one", "2026-01-01T00:00:00Z").await;
    for (from, unannounced) in [("2026-12-29", 0), ("2026-12-28", 1), ("2026-11-01", 1)] {
        let found = setup.function(with_announced(from)).watch().await.unwrap();
        assert_eq!(found.unannounced, unannounced, "{from}");
    }
    let register = with_announced("2026-12-28");
    setup.announce(register, "announce").await.unwrap();
    let found = setup.announce(register, "hourly").await.unwrap();
    assert_eq!(found["unannounced"], 0);
}

#[tokio::test]
async fn d7_the_24_hours_are_watched_and_a_mail_that_did_not_arrive_is_noticed() {
    let setup = Setup::default();
    let institution = setup.onboard("ins_one", "2026-01-01T00:00:00Z").await;
    let store = setup.world.store();
    let operator = ContactId::parse("operator-1").unwrap();
    let open = async |id: &str, aware: &str| {
        let aware = aware.parse().unwrap();
        let breach = Breach::open(BreachId::parse(id).unwrap(), aware, now(), operator.clone());
        assert!(store.create_breach(&institution, &breach).await.unwrap());
        breach
    };
    open("bre_fresh", "2026-11-28T10:00:00Z").await;
    open("bre_due", "2026-11-27T13:00:00Z").await;
    let mut late = open("bre_late", "2026-11-27T11:59:59Z").await;
    let watch = async || setup.function(register()).watch().await.unwrap();
    let expected =
        Watched { breaches_due: 1, breaches_overdue: 1, unannounced: 0, queued_again: 0 };
    assert_eq!(watch().await, expected);
    late.answer([(Question::Nature, "Known.".to_owned())].into()).unwrap();
    late.assess(Risk::Likely).unwrap();
    let mail = Message::queued(late.next_notice(), now());
    late.tell(now(), operator.clone()).unwrap();
    assert!(store.move_breach(&institution, &late, 1, Some(&mail)).await.unwrap());
    assert!(!store.move_breach(&institution, &late, 1, None).await.unwrap(), "another version now");
    let expected = Watched { breaches_overdue: 0, queued_again: 1, ..expected };
    assert_eq!(watch().await, expected);
    assert_eq!(setup.queued(), 1, "what was recorded and not queued is queued");
    let place = MessagePlace::of_institution(&institution);
    let (from, to) = ([MessageStatus::Queued], MessageStatus::Bounced);
    assert!(store.move_message(&place, &mail.id, &from, to, now(), None, None).await.unwrap());
    assert_eq!(watch().await, Watched { breaches_overdue: 1, queued_again: 0, ..expected });
    // The alarms hear of it.
    let test = "announces::d7_the_24_hours_are_watched_and_a_mail_that_did_not_arrive_is_noticed";
    if let Some(counted) = counted(test) {
        let (due, overdue) = ("BreachNoticeDue", "BreachNoticeOverdue");
        assert_eq!(counted, each(&[due, overdue, due, due, overdue]));
    }
}

#[test]
fn every_event_is_used_by_a_test() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/notices");
    let names = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        names.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(
        names,
        ["already-in-use.json", "announce.json", "hourly.json", "not-in-the-register.json"]
    );
}
