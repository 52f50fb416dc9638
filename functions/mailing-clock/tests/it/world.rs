//! A cohort with a planned mailing, a table and a state machine in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use aws_sdk_sfn::operation::start_execution::{StartExecutionError, StartExecutionOutput};
use aws_sdk_sfn::primitives::DateTime;
use aws_sdk_sfn::types::error::ExecutionAlreadyExists;
use aws_smithy_mocks::{MockResponse, RuleMode, mock, mock_client};
use domain::cohort::{Cohort, Settings};
use domain::contact::Contact;
use domain::mailing::{Audience, MailText, Mailing, Plan, Texts};
use domain::{ContactId, MailingId};
use jiff::Timestamp;
use mailing_clock::machine::Machine;
use mailing_clock::{Answer, Deps, Tick, handle};
use runtime::StepError;
use runtime::clock::Clock;
use serde_json::json;
use store::Scope;

use crate::table::Table;

/// When the sample mailing is planned for.
pub(crate) const PLANNED: &str = "2026-12-01T07:00:00Z";
pub(crate) const DEADLINE: &str = "2026-12-15T11:00:00Z";

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A little after the sample mailing's time.
pub(crate) fn now() -> Timestamp {
    at("2026-12-01T07:00:40Z")
}

/// What is known of executions.
#[derive(Default)]
pub(crate) struct Runs {
    /// Inputs by name.
    pub(crate) executions: BTreeMap<String, String>,
    /// Those that have ended: their names are taken.
    pub(crate) over: bool,
    /// Step Functions answers with errors.
    pub(crate) down: bool,
    /// How many `StartExecution` calls came.
    pub(crate) starts: usize,
}

#[derive(Clone, Default)]
pub(crate) struct World {
    pub(crate) table: Table,
    pub(crate) runs: Arc<Mutex<Runs>>,
}

pub(crate) fn scope() -> Scope {
    Scope::new("ins_example-university".parse().unwrap(), "coh_cs-2026".parse().unwrap())
}

pub(crate) fn contact() -> ContactId {
    ContactId::parse("sub-1").unwrap()
}

pub(crate) fn settings() -> Settings {
    serde_json::from_value(json!({
        "institution": "ins_example-university",
        "id": "coh_cs-2026",
        "name": {"da": "Datalogi", "en": "Computer Science"},
        "language": "da",
        "form": "form-1",
        "deadline": DEADLINE,
        "sections": [{"id": "A"}],
        "identity": {"email": {"field": "email"}, "name": [{"field": "name"}]},
        "questions": [],
        "criteria": [],
        "sizes": {"min": 3, "preferred": 4, "max": 5},
        "mail_agreed": true,
    }))
    .unwrap()
}

/// A draft, as a contact wrote it.
pub(crate) fn draft(id: &str, audience: Audience) -> Mailing {
    let text = MailText { subject: "Introuge".into(), body: "Vi ses i A1.".into() };
    let texts = Texts { da: Some(text), en: None };
    let written = at("2026-11-20T10:00:00Z");
    Mailing::draft(MailingId::parse(id).unwrap(), audience, texts, contact(), written)
}

pub(crate) fn plan(moment: &str) -> Plan {
    let made_at = at("2026-11-27T13:20:00Z");
    Plan { at: at(moment), by: contact(), made_at, deadline: at(DEADLINE) }
}

impl World {
    /// A world with a cohort, the contact, and one mailing that is planned.
    pub(crate) async fn with_plan(audience: Audience) -> (Self, MailingId) {
        let world = Self::default();
        let store = world.table.store();
        let cohort = Cohort::new(settings(), at("2026-11-01T10:00:00Z"));
        assert!(store.create_cohort(&cohort).await.unwrap());
        let contact: Contact = serde_json::from_value(json!({
            "id": "sub-1", "institution": "ins_example-university", "role": "coordinator",
            "name": "Karen Holm", "email": "karen.holm@example.edu", "active": true,
        }))
        .unwrap();
        assert!(store.create_contact(&contact).await.unwrap());
        let id = world.plan("mlg_1", audience, PLANNED).await;
        (world, id)
    }

    /// Another one.
    pub(crate) async fn plan(&self, id: &str, audience: Audience, moment: &str) -> MailingId {
        let store = self.table.store();
        let draft = draft(id, audience);
        assert!(store.create_mailing(&scope(), &draft).await.unwrap());
        let planned = draft.planned(plan(moment));
        assert!(store.move_mailing(&scope(), &draft, &planned).await.unwrap());
        draft.id
    }

    pub(crate) fn deps(&self, clock: Clock) -> Deps {
        let runs = self.runs.clone();
        let start =
            mock!(aws_sdk_sfn::Client::start_execution).then_compute_response(move |input| {
                let mut runs = runs.lock().unwrap();
                runs.starts += 1;
                if runs.down {
                    return MockResponse::Error(StartExecutionError::unhandled("down"));
                }
                assert_eq!(input.state_machine_arn().unwrap(), "machine");
                let (name, told) = (input.name().unwrap(), input.input().unwrap());
                if runs.over && runs.executions.contains_key(name) {
                    return MockResponse::Error(StartExecutionError::ExecutionAlreadyExists(
                        ExecutionAlreadyExists::builder().build(),
                    ));
                }
                runs.executions.insert(name.to_owned(), told.to_owned());
                let answer = StartExecutionOutput::builder();
                let answer = answer.execution_arn("arn").start_date(DateTime::from_secs(0));
                MockResponse::Output(answer.build().unwrap())
            });
        let client = mock_client!(aws_sdk_sfn, RuleMode::MatchAny, &[start]);
        let machine = Machine::new(client, "machine");
        Deps { store: self.table.store(), audit: self.table.audit(), machine, clock }
    }

    pub(crate) async fn tick_at(&self, clock: Clock) -> Result<Answer, StepError> {
        handle(&self.deps(clock), Tick::Minute {}).await
    }

    pub(crate) async fn tick(&self) -> Answer {
        self.tick_at(now).await.unwrap()
    }

    pub(crate) async fn mailing(&self, id: &MailingId) -> Mailing {
        self.table.store().mailing(&scope(), id).await.unwrap().unwrap()
    }

    /// The names of the executions there are.
    pub(crate) fn executions(&self) -> Vec<String> {
        self.runs.lock().unwrap().executions.keys().cloned().collect()
    }

    /// How many mailings are on the list.
    pub(crate) async fn listed(&self) -> usize {
        self.table.store().planned_by(at("2030-01-01T00:00:00Z")).await.unwrap().len()
    }

    /// Something that an item says from now on.
    pub(crate) fn set(&self, key: &store::keys::Key, name: &str, value: &serde_json::Value) {
        let value = serde_dynamo::to_attribute_value(value).unwrap();
        let mut held = self.table.held();
        let item = held.items.get_mut(&(key.pk.clone(), key.sk.clone())).unwrap();
        item.insert(name.to_owned(), value);
    }

    /// What the trail says, entry by entry.
    pub(crate) fn trail(&self) -> Vec<String> {
        let held = self.table.held();
        let entries = held.items.iter().filter(|((_, sk), _)| sk.starts_with("ENTRY#"));
        entries.map(|(_, item)| format!("{item:?}")).collect()
    }
}
