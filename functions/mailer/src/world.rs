//! A world in which every turn of the outbox can be staged: records in memory with the store's
//! conditions, a post office that answers as told, a queue that only notes.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use domain::audit::AuditEntry;
use domain::breach::Breach;
use domain::cohort::{Cohort, Settings};
use domain::contact::Contact;
use domain::form_pages::FormPages;
use domain::formation::{Formation, FormationStatus, Group, RequestedBy};
use domain::institution::Institution;
use domain::mailing::Mailing;
use domain::message::{About, AskedNow, ExpectedNow, Message, MessageRef, MessageStatus};
use domain::rights::RightsRequest;
use domain::roster::Entry;
use domain::student::Student;
use domain::subprocessor::Notice;
use domain::{
    BreachId, ContactId, Email, FormationId, InstitutionId, MailingId, MessageId, NoticeId,
    PersonName, ResponseToken, RightsRequestId, SectionId, StudentId, retention,
};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use mail::Outgoing;
use mail::transport::SendOutcome;
use store::{MessagePlace, Scope, Trail};

use crate::{Links, Mailer, Move, Pacer, Post, Queue, QueueError, Records};

thread_local! {
    static NOW: Cell<Timestamp> = const { Cell::new(Timestamp::UNIX_EPOCH) };
}

/// The world's clock.
pub(crate) fn now() -> Timestamp {
    NOW.get()
}

/// Sets the world's clock on.
pub(crate) fn later(by: SignedDuration) {
    NOW.set(now() + by);
}

/// The key that tokens of links are made under in this world.
pub(crate) fn key() -> domain::ids::IdentityKey {
    domain::ids::IdentityKey::new(*b"0123456789abcdef0123456789abcdef")
}

/// How long events may take in this world.
pub(crate) const SETTLE: SignedDuration = SignedDuration::from_secs(900);

/// A mail that the post office was handed.
#[derive(Debug, Clone)]
pub(crate) struct Handed {
    pub(crate) message: MessageId,
    pub(crate) to: String,
    pub(crate) text: String,
    pub(crate) html: String,
    pub(crate) subject: String,
    pub(crate) calendar: Option<String>,
}

/// Something that another process does.
pub(crate) type Happening = Box<dyn FnOnce(&World)>;

pub(crate) struct World {
    /// Where the account's API is.
    pub(crate) typeform: Cell<&'static str>,
    pub(crate) institution: Institution,
    pub(crate) cohort: RefCell<Cohort>,
    pub(crate) formation: Formation,
    pub(crate) group: RefCell<Group>,
    pub(crate) students: RefCell<BTreeMap<String, Student>>,
    pub(crate) messages: RefCell<BTreeMap<String, Message>>,
    pub(crate) request: RefCell<Option<RightsRequest>>,
    pub(crate) breach: RefCell<Option<Breach>>,
    pub(crate) notice: RefCell<Option<Notice>>,
    pub(crate) mailing: RefCell<Option<Mailing>>,
    pub(crate) contact: RefCell<Option<Contact>>,
    /// What the roster says, by student.
    pub(crate) roster: RefCell<BTreeMap<String, Entry>>,
    /// Who has answered the evaluation.
    pub(crate) evaluated: RefCell<BTreeSet<String>>,
    /// What the post office answers next; accepts when nothing is said.
    pub(crate) answers: RefCell<VecDeque<SendOutcome>>,
    pub(crate) handed: RefCell<Vec<Handed>>,
    pub(crate) put_back: RefCell<Vec<(MessageRef, i32)>>,
    /// The next changes of a message fail like a store that is down.
    pub(crate) broken_writes: Cell<u32>,
    /// The next puts into the queue fail.
    pub(crate) broken_queue: Cell<u32>,
    /// The partitions in which messages were looked for.
    pub(crate) looked_in: RefCell<Vec<String>>,
    /// What was noted in the audit trail: action and ids.
    pub(crate) noted: RefCell<Vec<(String, Vec<String>)>>,
    /// The audit trail takes nothing.
    pub(crate) broken_trail: Cell<bool>,
    /// What happens in the world while the mail is with the post office.
    pub(crate) meanwhile: RefCell<Option<Happening>>,
}

fn down() -> store::Error {
    store::Error::Unavailable { operation: "test", code: "down".into(), source: "down".into() }
}

impl World {
    /// Group 1 of section A: Ane, Bo and Cecilie, a message for each, all queued.
    #[expect(clippy::too_many_lines, reason = "a world is one list of what is in it")]
    pub(crate) fn new() -> Self {
        NOW.set("2026-12-15T11:05:00Z".parse().unwrap());
        let whole: serde_json::Value =
            serde_json::from_str(include_str!("../../../events/onboarding/cohort.json")).unwrap();
        let mut settings: Settings = serde_json::from_value(whole["cohort"].clone()).unwrap();
        settings.mail_agreed = true;
        let formation_id = FormationId::parse("for_1").unwrap();
        let formed = "2026-12-15T11:01:00Z".parse().unwrap();
        let section = SectionId::parse("A").unwrap();
        let names = [("1", "Ane Holm"), ("2", "Bo Lund"), ("3", "Cecilie Vang")];
        let student = |(id, name): (&str, &str)| Student {
            id: StudentId::parse(format!("stu_{id}")).unwrap(),
            email: Email::parse(&format!("student{id}@example.dk")).unwrap(),
            former: Vec::new(),
            name: PersonName::new(name),
            number: None,
            section: section.clone(),
            response: ResponseToken::parse("t1").unwrap(),
            submitted_at: formed,
            suppressed: None,
            erasure: None,
            restricted: None,
            objected: None,
        };
        let students: Vec<Student> = names.into_iter().map(student).collect();
        let message = |student: &Student| Message {
            id: MessageId::parse(format!("msg_{}", &student.id.as_str()[4..])).unwrap(),
            ..Message::queued(
                About::Group {
                    student: student.id.clone(),
                    formation: formation_id.clone(),
                    section: section.clone(),
                    group: 1,
                },
                formed,
            )
        };
        Self {
            typeform: Cell::new("https://api.typeform.com"),
            institution: Institution {
                id: settings.institution.clone(),
                name: "Example University".into(),
                reply_to: Email::parse("studiestart@example.edu").unwrap(),
                erasure: None,
                privacy_contact: None,
                language: domain::institution::Language::Da,
                onboarded_at: None,
                mail_agreed: true,
                forms: Vec::new(),
            },
            cohort: RefCell::new(Cohort {
                created_at: formed,
                delete_on: "2027-08-15".parse().unwrap(),
                active_formation: None,
                published_formation: Some(formation_id.clone()),
                extension: None,
                last_formation_at: Some(formed),
                erasure: None,
                settings_version: 0,
                archived_at: None,
                settings,
            }),
            formation: Formation {
                replaces: None,
                id: formation_id.clone(),
                status: FormationStatus::Published,
                requested_by: RequestedBy::Deadline,
                requested_at: formed,
                seed: 1,
                ended_at: Some(formed),
                engine: None,
                sections: BTreeMap::new(),
                failure: None,
                decision: None,
                kind: domain::formation::Kind::Initial,
                around: None,
                plan: None,
                board: domain::formation::BoardMarks::default(),
                task_token: None,
            },
            group: RefCell::new(Group {
                formation: formation_id.clone(),
                section: section.clone(),
                number: 1,
                members: students.iter().map(|student| student.id.clone()).collect(),
                score: 9000,
                scores: BTreeMap::new(),
                must_broken: Vec::new(),
                common_slots: vec![10, 11],
                told: Vec::new(),
                explained: Vec::new(),
                unanswered: Vec::new(),
                change: None,
            }),
            request: RefCell::default(),
            messages: RefCell::new(
                students.iter().map(message).map(|m| (m.id.to_string(), m)).collect(),
            ),
            students: RefCell::new(students.into_iter().map(|s| (s.id.to_string(), s)).collect()),
            breach: RefCell::default(),
            notice: RefCell::default(),
            mailing: RefCell::default(),
            contact: RefCell::default(),
            roster: RefCell::default(),
            evaluated: RefCell::default(),
            answers: RefCell::default(),
            handed: RefCell::default(),
            put_back: RefCell::default(),
            broken_writes: Cell::new(0),
            broken_queue: Cell::new(0),
            looked_in: RefCell::default(),
            noted: RefCell::default(),
            broken_trail: Cell::new(false),
            meanwhile: RefCell::new(None),
        }
    }

    pub(crate) fn mailer(&self) -> Mailer<&Self, &Self, &Self> {
        let pacer = Pacer::new(1_000_000, 1);
        let forms = FormPages::of_api(self.typeform.get());
        let links = Links { base: "https://forms.example.edu".into(), forms, key: key() };
        Mailer { records: self, post: self, queue: self, links, pacer, clock: now, settle: SETTLE }
    }

    pub(crate) fn reference(&self, id: &str) -> MessageRef {
        MessageRef {
            institution: self.institution.id.clone(),
            cohort: Some(self.cohort.borrow().settings.id.clone()),
            message: MessageId::parse(id).unwrap(),
        }
    }

    /// The state of a message.
    pub(crate) fn status(&self, id: &str) -> MessageStatus {
        self.messages.borrow()[id].status
    }

    /// Changes a message's record as another process would.
    pub(crate) fn edit(&self, id: &str, change: impl FnOnce(&mut Message)) {
        change(self.messages.borrow_mut().get_mut(id).unwrap());
    }

    fn write_fails(&self) -> bool {
        let left = self.broken_writes.get();
        self.broken_writes.set(left.saturating_sub(1));
        left > 0
    }
}

impl Trail for World {
    async fn note(&self, entry: &AuditEntry, unique: &str) -> Result<(), store::Error> {
        if self.broken_trail.get() {
            return Err(down());
        }
        assert_eq!(unique, "request-1");
        self.noted.borrow_mut().push((entry.action.clone(), entry.ids.clone()));
        Ok(())
    }
}

impl Records for &World {
    async fn message(
        &self,
        place: &MessagePlace,
        id: &MessageId,
    ) -> Result<Option<Message>, store::Error> {
        self.looked_in.borrow_mut().push(place.partition());
        Ok(self.messages.borrow().get(id.as_str()).cloned())
    }

    async fn claim(
        &self,
        _: &MessagePlace,
        seen: &Message,
        now: Timestamp,
        lease_until: Timestamp,
    ) -> Result<Option<Message>, store::Error> {
        if self.write_fails() {
            return Err(down());
        }
        let mut messages = self.messages.borrow_mut();
        let Some(message) = messages.get_mut(seen.id.as_str()) else { return Ok(None) };
        if message.status != seen.status || message.attempts != seen.attempts {
            return Ok(None);
        }
        message.status = MessageStatus::Claimed;
        message.status_at = now;
        message.attempts += 1;
        message.lease_until = Some(lease_until);
        Ok(Some(message.clone()))
    }

    async fn shift(
        &self,
        _: &MessagePlace,
        id: &MessageId,
        to: Move<'_>,
    ) -> Result<bool, store::Error> {
        if self.write_fails() {
            return Err(down());
        }
        let mut messages = self.messages.borrow_mut();
        let Some(message) = messages.get_mut(id.as_str()) else { return Ok(false) };
        if !to.from.contains(&message.status) {
            return Ok(false);
        }
        message.status = to.to;
        message.status_at = to.at;
        message.lease_until = None;
        message.ses_id = to.ses_id.map(str::to_owned).or(message.ses_id.take());
        message.failure = to.failure.map(str::to_owned).or(message.failure.take());
        Ok(true)
    }

    async fn institution(&self, _: &InstitutionId) -> Result<Option<Institution>, store::Error> {
        Ok(Some(self.institution.clone()))
    }

    async fn cohort(&self, _: &Scope, today: Date) -> Result<Option<Cohort>, store::Error> {
        let cohort = self.cohort.borrow().clone();
        let gone = cohort.erasure.is_some() || retention::is_due(cohort.delete_on, today);
        Ok((!gone).then_some(cohort))
    }

    async fn formation(
        &self,
        _: &Scope,
        id: &FormationId,
    ) -> Result<Option<Formation>, store::Error> {
        Ok((self.formation.id == *id).then(|| self.formation.clone()))
    }

    async fn group(
        &self,
        _: &Scope,
        formation: &FormationId,
        section: &SectionId,
        number: u32,
    ) -> Result<Option<Group>, store::Error> {
        let group = self.group.borrow().clone();
        let same =
            group.formation == *formation && group.section == *section && group.number == number;
        Ok(same.then_some(group))
    }

    async fn rights_request(
        &self,
        _: &Scope,
        id: &RightsRequestId,
    ) -> Result<Option<RightsRequest>, store::Error> {
        Ok(self.request.borrow().clone().filter(|request| request.id == *id))
    }

    async fn student(&self, _: &Scope, id: &StudentId) -> Result<Option<Student>, store::Error> {
        Ok(self.students.borrow().get(id.as_str()).cloned())
    }

    async fn expected(&self, _: &Scope, id: &StudentId) -> Result<ExpectedNow, store::Error> {
        let has_answered = self.students.borrow().contains_key(id.as_str());
        let entry = self.roster.borrow().get(id.as_str()).cloned();
        Ok(ExpectedNow { has_answered, entry })
    }

    async fn asked(
        &self,
        _: &Scope,
        cohort: &Cohort,
        student: &Student,
    ) -> Result<AskedNow, store::Error> {
        let group = self.group.borrow();
        let published = cohort.published_formation.as_ref() == Some(&group.formation);
        Ok(AskedNow {
            in_group: published && group.members.contains(&student.id),
            has_answered: self.evaluated.borrow().contains(student.id.as_str()),
        })
    }

    async fn mailing(&self, _: &Scope, id: &MailingId) -> Result<Option<Mailing>, store::Error> {
        Ok(self.mailing.borrow().clone().filter(|mailing| mailing.id == *id))
    }

    async fn contact(&self, id: &ContactId) -> Result<Option<Contact>, store::Error> {
        Ok(self.contact.borrow().clone().filter(|contact| contact.id == *id))
    }

    async fn breach(
        &self,
        _: &InstitutionId,
        id: &BreachId,
    ) -> Result<Option<Breach>, store::Error> {
        Ok(self.breach.borrow().clone().filter(|breach| breach.id == *id))
    }

    async fn notice(
        &self,
        _: &InstitutionId,
        id: &NoticeId,
    ) -> Result<Option<Notice>, store::Error> {
        Ok(self.notice.borrow().clone().filter(|notice| notice.id == *id))
    }
}

impl Post for &World {
    async fn send(&self, outgoing: &Outgoing<'_>) -> SendOutcome {
        // Other deliveries get their turn while SES thinks.
        tokio::task::yield_now().await;
        if let Some(happens) = self.meanwhile.borrow_mut().take() {
            happens(self);
        }
        self.handed.borrow_mut().push(Handed {
            message: outgoing.reference.message.clone(),
            to: outgoing.to.as_str().to_owned(),
            text: outgoing.mail.text.clone(),
            html: outgoing.mail.html.clone(),
            subject: outgoing.mail.subject.clone(),
            calendar: outgoing.mail.calendar.clone(),
        });
        let told = self.answers.borrow_mut().pop_front();
        told.unwrap_or_else(|| SendOutcome::Accepted(format!("ses-{}", self.handed.borrow().len())))
    }
}

impl Queue for &World {
    async fn put_back(&self, reference: &MessageRef, seconds: i32) -> Result<(), QueueError> {
        let left = self.broken_queue.get();
        self.broken_queue.set(left.saturating_sub(1));
        if left > 0 {
            return Err(QueueError { code: "down".into() });
        }
        self.put_back.borrow_mut().push((reference.clone(), seconds));
        Ok(())
    }
}
