//! A cohort with answers, and table, bucket and queue in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use aws_sdk_s3::operation::get_object::{GetObjectError, GetObjectOutput};
use aws_sdk_s3::operation::put_object::{PutObjectError, PutObjectOutput};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::error::NoSuchKey;
use aws_sdk_sqs::operation::send_message_batch::SendMessageBatchOutput;
use aws_sdk_sqs::types::{BatchResultErrorEntry, SendMessageBatchResultEntry};
use aws_smithy_mocks::{MockResponse, RuleMode, mock, mock_client};
use aws_smithy_types::error::ErrorMetadata;
use domain::cohort::{Cohort, Settings};
use domain::formation::{Formation, FormationStatus, RequestedBy};
use domain::message::MessageRef;
use domain::profile::Profile;
use domain::retention::Extension;
use domain::student::{Response, Student};
use domain::{Email, FormationId, PersonName, ResponseToken, SectionId, retention};
use formation_steps::{Asked, Deps, handle};
use jiff::Timestamp;
use jiff::civil::Date;
use runtime::StepError;
use serde_json::{Value, json};
use store::{Objects, Scope, Term};

use crate::sample::{profile, settings, student_id};
use crate::table::Table;

pub(crate) const FORMATION: &str = "for_0123456789abcdef0123456789abcdef";

pub(crate) fn now() -> Timestamp {
    "2026-12-15T11:01:00Z".parse().unwrap()
}

/// Nine calendar months later: the cohort's data is due.
pub(crate) fn much_later() -> Timestamp {
    "2027-09-15T11:01:00Z".parse().unwrap()
}

#[derive(Default)]
pub(crate) struct Outside {
    pub(crate) objects: BTreeMap<String, Vec<u8>>,
    /// Keys in the order in which they were written.
    pub(crate) written: Vec<String>,
    pub(crate) queued: Vec<MessageRef>,
    /// How many entries SQS refuses out of a batch from now on.
    pub(crate) refuses: usize,
}

#[derive(Clone)]
pub(crate) struct World {
    pub(crate) table: Table,
    pub(crate) audit: Table,
    pub(crate) outside: Arc<Mutex<Outside>>,
    pub(crate) scope: Scope,
}

impl World {
    /// The sample cohort with a formation that was just started.
    pub(crate) async fn new(settings: Settings) -> Self {
        let scope = Scope::new(settings.institution.clone(), settings.id.clone());
        let world = Self {
            table: Table::default(),
            audit: Table::default(),
            outside: Arc::default(),
            scope,
        };
        let cohort = Cohort {
            delete_on: retention::delete_on(settings.deadline, None),
            settings,
            created_at: now(),
            active_formation: None,
            published_formation: None,
            extension: None,
            last_formation_at: None,
            erasure: None,
            settings_version: 0,
            archived_at: None,
        };
        assert!(world.table.store().create_cohort(&cohort).await.unwrap());
        let formation = Formation {
            replaces: None,
            kind: domain::formation::Kind::Initial,
            around: None,
            plan: None,
            id: Self::id(),
            status: FormationStatus::Running,
            requested_by: RequestedBy::Deadline,
            requested_at: now(),
            seed: 42,
            ended_at: None,
            engine: None,
            sections: BTreeMap::new(),
            failure: None,
            task_token: None,
            decision: None,
            board: domain::formation::BoardMarks::default(),
        };
        world.table.store().start_formation(&world.scope, &formation, None).await.unwrap();
        world
    }

    /// The controller's instruction to keep the data longer.
    pub(crate) async fn extend(&self, until: Date) {
        let extension: Extension = serde_json::from_value(json!({
            "until": until, "given_by": "Karen Holm, study director", "given_on": "2026-11-01",
            "reference": "2026-417", "noted_by": "sub-operator", "noted_at": now(),
        }))
        .unwrap();
        let term = Term { delete_on: until, was: self.cohort().await.delete_on };
        let store = self.table.store();
        assert!(store.extend_retention(&self.scope, Some(&extension), term).await.unwrap());
    }

    /// The sample cohort with so many students in section A and in section B.
    pub(crate) async fn with_students(a: usize, b: usize) -> Self {
        Self::with(settings(), a, b).await
    }

    pub(crate) async fn with(settings: Settings, a: usize, b: usize) -> Self {
        let world = Self::new(settings).await;
        for number in 0..a + b {
            let section = if number < a { "A" } else { "B" };
            world.answers(number, section, &format!("token-{number}"), 0, profile(number)).await;
        }
        world
    }

    /// A student answers; `minute` orders the answers of one student.
    pub(crate) async fn answers(
        &self,
        number: usize,
        section: &str,
        token: &str,
        minute: i64,
        profile: Profile,
    ) {
        let submitted_at = Timestamp::from_second(1_790_000_000 + minute * 60).unwrap();
        let student = Student {
            id: student_id(number),
            email: Email::parse(&format!("student{number}@example.edu")).unwrap(),
            former: Vec::new(),
            name: PersonName::new(&format!("Student {number}")),
            number: None,
            section: SectionId::parse(section).unwrap(),
            response: ResponseToken::parse(token).unwrap(),
            submitted_at,
            suppressed: None,
            erasure: None,
            restricted: None,
            objected: None,
        };
        let response = Response {
            token: student.response.clone(),
            student: student.id.clone(),
            section: student.section.clone(),
            submitted_at,
            received_at: submitted_at,
            profile,
            masked: 0,
        };
        self.table.store().store_response(&self.scope, &student, &response).await.unwrap();
    }

    pub(crate) fn id() -> FormationId {
        FormationId::parse(FORMATION).unwrap()
    }

    pub(crate) fn outside(&self) -> MutexGuard<'_, Outside> {
        self.outside.lock().unwrap()
    }

    /// An object below the formation's folder, as JSON.
    pub(crate) fn object(&self, name: &str) -> Value {
        let key = format!(
            "institutions/{}/cohorts/{}/formations/{FORMATION}/{name}",
            self.scope.institution, self.scope.cohort
        );
        serde_json::from_slice(&self.outside().objects[&key]).unwrap()
    }

    pub(crate) async fn formation(&self) -> Formation {
        self.table.store().formation(&self.scope, &Self::id()).await.unwrap().unwrap()
    }

    pub(crate) async fn cohort(&self) -> Cohort {
        self.table.store().cohort_even_if_gone(&self.scope).await.unwrap().unwrap()
    }

    /// Invokes the function as the machine does.
    pub(crate) async fn step(&self, step: &str) -> Result<Value, StepError> {
        self.send(self.event(step, json!({})), now).await
    }

    pub(crate) async fn step_with(&self, step: &str, more: Value) -> Result<Value, StepError> {
        self.send(self.event(step, more), now).await
    }

    pub(crate) fn event(&self, step: &str, more: Value) -> Value {
        let mut event = json!({
            "step": step, "institution": self.scope.institution, "cohort": self.scope.cohort,
            "formation": FORMATION,
        });
        if let (Some(event), Value::Object(more)) = (event.as_object_mut(), more) {
            event.extend(more);
        }
        event
    }

    pub(crate) async fn send(
        &self,
        event: Value,
        clock: runtime::clock::Clock,
    ) -> Result<Value, StepError> {
        let asked: Asked = serde_json::from_value(event).unwrap();
        let deps = Deps {
            store: self.table.store(),
            audit: self.audit.audit(),
            objects: Objects::new(self.s3(), "data"),
            queue: outbox::MailQueue::new(self.sqs(), "http://localhost/mail"),
            clock,
        };
        handle(&deps, asked).await
    }

    /// Runs the steps up to and with `last`.
    pub(crate) async fn up_to(&self, last: &str) {
        for step in ["snapshot", "solve", "commit", "publish", "announce"] {
            if step == "solve" {
                for section in ["A", "B"] {
                    self.step_with("solve", json!({ "section": section })).await.unwrap();
                }
            } else {
                self.step(step).await.unwrap();
            }
            if step == last {
                return;
            }
        }
        panic!("no step {last}");
    }

    fn s3(&self) -> aws_sdk_s3::Client {
        let outside = self.outside.clone();
        let put = mock!(aws_sdk_s3::Client::put_object).then_compute_response(move |input| {
            let mut outside = outside.lock().unwrap();
            let key = input.key().unwrap().to_owned();
            if input.if_none_match() == Some("*") && outside.objects.contains_key(&key) {
                let meta = ErrorMetadata::builder().code("PreconditionFailed").build();
                return MockResponse::Error(PutObjectError::generic(meta));
            }
            outside.written.push(key.clone());
            outside.objects.insert(key, input.body().bytes().unwrap().to_vec());
            MockResponse::Output(PutObjectOutput::builder().build())
        });
        let outside = self.outside.clone();
        let get = mock!(aws_sdk_s3::Client::get_object).then_compute_response(move |input| {
            let outside = outside.lock().unwrap();
            let Some(body) = outside.objects.get(input.key().unwrap()) else {
                let meta = ErrorMetadata::builder().code("NoSuchKey").build();
                let missing = NoSuchKey::builder().meta(meta).build();
                return MockResponse::Error(GetObjectError::NoSuchKey(missing));
            };
            let body = ByteStream::from(body.clone());
            MockResponse::Output(GetObjectOutput::builder().body(body).build())
        });
        mock_client!(aws_sdk_s3, RuleMode::MatchAny, &[put, get])
    }

    fn sqs(&self) -> aws_sdk_sqs::Client {
        let outside = self.outside.clone();
        let send =
            mock!(aws_sdk_sqs::Client::send_message_batch).then_compute_response(move |input| {
                let mut outside = outside.lock().unwrap();
                let mut answer = SendMessageBatchOutput::builder()
                    .set_successful(Some(Vec::new()))
                    .set_failed(Some(Vec::new()));
                assert!(input.entries().len() <= 10, "SQS takes ten at most");
                for entry in input.entries() {
                    if outside.refuses > 0 {
                        outside.refuses -= 1;
                        let failed = BatchResultErrorEntry::builder().id(entry.id());
                        let failed = failed.sender_fault(false).code("InternalError").build();
                        answer = answer.failed(failed.unwrap());
                        continue;
                    }
                    outside.queued.push(serde_json::from_str(entry.message_body()).unwrap());
                    let done = SendMessageBatchResultEntry::builder().id(entry.id());
                    let done = done.message_id("m").md5_of_message_body("m").build();
                    answer = answer.successful(done.unwrap());
                }
                MockResponse::Output(answer.build().unwrap())
            });
        mock_client!(aws_sdk_sqs, RuleMode::MatchAny, &[send])
    }
}
