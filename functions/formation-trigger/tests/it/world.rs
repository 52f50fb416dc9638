//! A cohort, a table and a state machine in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use aws_sdk_sfn::operation::describe_execution::{DescribeExecutionError, DescribeExecutionOutput};
use aws_sdk_sfn::operation::start_execution::{StartExecutionError, StartExecutionOutput};
use aws_sdk_sfn::primitives::DateTime;
use aws_sdk_sfn::types::ExecutionStatus;
use aws_sdk_sfn::types::error::{ExecutionAlreadyExists, ExecutionDoesNotExist};
use aws_smithy_mocks::{MockResponse, RuleMode, mock, mock_client};
use domain::cohort::{Cohort, Settings};
use domain::formation::{Failure, FailureCode, Formation};
use domain::{CohortId, FormationId, retention};
use formation_trigger::executions::Executions;
use formation_trigger::{Answer, Deps, Request, handle};
use jiff::Timestamp;
use runtime::StepError;
use serde_json::json;
use store::{Scope, Term};

use crate::table::Table;

pub(crate) const NOW: &str = "2026-12-15T11:01:00Z";
pub(crate) const DEADLINE: &str = "2026-12-15T11:00:00Z";

pub(crate) fn now() -> Timestamp {
    NOW.parse().unwrap()
}

/// The executions by name, with their inputs.
#[derive(Default)]
pub(crate) struct Runs {
    pub(crate) executions: BTreeMap<String, (ExecutionStatus, String)>,
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

impl World {
    /// A world with one cohort.
    pub(crate) async fn with_cohort() -> (Self, Scope) {
        let world = Self::default();
        let scope = world.onboard("coh_computer-science-2026", DEADLINE).await;
        (world, scope)
    }

    pub(crate) async fn onboard(&self, cohort: &str, deadline: &str) -> Scope {
        let settings: Settings = serde_json::from_value(json!({
            "institution": "ins_example-university",
            "id": cohort,
            "name": {"da": "Datalogi", "en": "Computer Science"},
            "language": "da",
            "form": format!("form-{cohort}"),
            "deadline": deadline,
            "sections": [{"id": "A"}],
            "identity": {"email": {"field": "email"}, "name": [{"field": "name"}]},
            "questions": [],
            "criteria": [],
            "sizes": {"min": 3, "preferred": 4, "max": 5},
        }))
        .unwrap();
        let scope = Scope::new(settings.institution.clone(), settings.id.clone());
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
        assert!(self.table.store().create_cohort(&cohort).await.unwrap());
        scope
    }

    pub(crate) fn deps(&self) -> Deps {
        let (starting, looking) = (self.runs.clone(), self.runs.clone());
        let start =
            mock!(aws_sdk_sfn::Client::start_execution).then_compute_response(move |input| {
                let mut runs = starting.lock().unwrap();
                runs.starts += 1;
                if runs.down {
                    return MockResponse::Error(StartExecutionError::unhandled("down"));
                }
                let wanted = input.input().unwrap().to_owned();
                let name = input.name().unwrap().to_owned();
                let run = runs.executions.entry(name);
                let (status, known) = run.or_insert((ExecutionStatus::Running, wanted.clone()));
                if *status != ExecutionStatus::Running || *known != wanted {
                    return MockResponse::Error(StartExecutionError::ExecutionAlreadyExists(
                        ExecutionAlreadyExists::builder().build(),
                    ));
                }
                let answer = StartExecutionOutput::builder();
                let answer = answer.execution_arn("arn").start_date(DateTime::from_secs(0));
                MockResponse::Output(answer.build().unwrap())
            });
        let look =
            mock!(aws_sdk_sfn::Client::describe_execution).then_compute_response(move |input| {
                let runs = looking.lock().unwrap();
                let arn = input.execution_arn().unwrap();
                assert!(arn.starts_with("arn:aws:states:eu-north-1:1:execution:formation:"));
                if runs.down {
                    return MockResponse::Error(DescribeExecutionError::unhandled("down"));
                }
                let Some((status, _)) = runs.executions.get(arn.rsplit(':').next().unwrap()) else {
                    return MockResponse::Error(DescribeExecutionError::ExecutionDoesNotExist(
                        ExecutionDoesNotExist::builder().build(),
                    ));
                };
                let answer = DescribeExecutionOutput::builder()
                    .execution_arn(arn)
                    .state_machine_arn("arn")
                    .start_date(DateTime::from_secs(0))
                    .status(status.clone());
                MockResponse::Output(answer.build().unwrap())
            });
        let client = mock_client!(aws_sdk_sfn, RuleMode::MatchAny, &[start, look]);
        let machine = "arn:aws:states:eu-north-1:1:stateMachine:formation".parse().unwrap();
        Deps { store: self.table.store(), executions: Executions::new(client, machine), clock: now }
    }

    pub(crate) async fn send(&self, request: serde_json::Value) -> Result<Answer, StepError> {
        self.send_as(request, "invocation-1").await
    }

    pub(crate) async fn send_as(
        &self,
        request: serde_json::Value,
        id: &str,
    ) -> Result<Answer, StepError> {
        let request: Request = serde_json::from_value(request).unwrap();
        handle(&self.deps(), request, id).await
    }

    pub(crate) async fn cohort(&self, scope: &Scope) -> Cohort {
        self.table.store().cohort_even_if_gone(scope).await.unwrap().unwrap()
    }

    pub(crate) async fn formation(&self, scope: &Scope, id: &FormationId) -> Formation {
        self.table.store().formation(scope, id).await.unwrap().unwrap()
    }

    /// Lets a formation's execution end, as the machine's last task would.
    pub(crate) async fn fail(&self, scope: &Scope, id: &FormationId) {
        let failure = Failure::new(FailureCode::TooFewStudents, "");
        self.table.store().fail_formation(scope, id, now(), &failure).await.unwrap();
        self.end(id, ExecutionStatus::Failed);
    }

    pub(crate) async fn publish(&self, scope: &Scope, id: &FormationId) {
        let was = self.table.store().cohort_even_if_gone(scope).await.unwrap().unwrap().delete_on;
        let term = Term { delete_on: retention::delete_on(now(), Some(now())), was };
        self.table.store().publish_formation(scope, id, (now(), now()), term).await.unwrap();
        self.end(id, ExecutionStatus::Succeeded);
    }

    pub(crate) fn end(&self, id: &FormationId, status: ExecutionStatus) {
        self.runs.lock().unwrap().executions.get_mut(id.as_str()).unwrap().0 = status;
    }

    /// The names of the executions there are.
    pub(crate) fn executions(&self) -> Vec<String> {
        self.runs.lock().unwrap().executions.keys().cloned().collect()
    }

    /// The cohorts on the list of deadlines.
    pub(crate) async fn listed(&self) -> Vec<Scope> {
        self.table.store().past_deadline(now()).await.unwrap()
    }
}

/// The formation that the sample cohort's deadline starts.
pub(crate) fn deadline_formation(cohort: &str) -> FormationId {
    FormationId::for_deadline(&CohortId::parse(cohort).unwrap(), DEADLINE.parse().unwrap())
}
