//! Executions of a state machine in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use aws_sdk_sfn::Client;
use aws_sdk_sfn::error::ErrorMetadata;
use aws_sdk_sfn::operation::describe_execution::DescribeExecutionOutput;
use aws_sdk_sfn::operation::start_execution::{
    StartExecutionError, StartExecutionInput, StartExecutionOutput,
};
use aws_sdk_sfn::primitives::DateTime;
use aws_sdk_sfn::types::ExecutionStatus;
use aws_sdk_sfn::types::error::ExecutionAlreadyExists;
use aws_smithy_mocks::{MockResponse, mock};

use crate::memory::{Gate, client};

/// The state machine of every test.
pub(crate) const MACHINE: &str = "arn:aws:states:eu-north-1:000000000000:stateMachine:erasure";

#[derive(Debug, Default)]
struct State {
    /// Name to input and status.
    executions: BTreeMap<String, (String, ExecutionStatus)>,
    /// Cohorts whose executions cannot be started.
    broken: BTreeSet<String>,
    /// Whether a name that runs is refused, too, as the local stack does; AWS answers it well.
    strict: bool,
}

/// Step Functions, with one state machine.
#[derive(Debug, Clone, Default)]
pub(crate) struct Executions(Arc<Mutex<State>>);

impl Executions {
    /// Names and inputs of all executions.
    pub(crate) fn all(&self) -> Vec<(String, String)> {
        let state = self.0.lock().unwrap();
        state.executions.iter().map(|(name, (input, _))| (name.clone(), input.clone())).collect()
    }

    /// Lets every execution that runs end in this way.
    pub(crate) fn end(&self, how: &ExecutionStatus) {
        for (_, status) in self.0.lock().unwrap().executions.values_mut() {
            if *status == ExecutionStatus::Running {
                status.clone_from(how);
            }
        }
    }

    /// From now on nothing is started for a cohort; or everything is again.
    pub(crate) fn refuse(&self, cohorts: &[&str]) {
        self.0.lock().unwrap().broken = cohorts.iter().map(|id| (*id).to_owned()).collect();
    }

    /// Refuses the name of an execution that runs.
    pub(crate) fn strict(&self) {
        self.0.lock().unwrap().strict = true;
    }

    /// A client.
    pub(crate) fn client(&self, gate: &Gate) -> Client {
        let (executions, at) = (self.clone(), gate.clone());
        let start = mock!(Client::start_execution)
            .then_compute_response(move |input| at.answer(|| executions.start(input)));
        let (executions, at) = (self.clone(), gate.clone());
        let describe = mock!(Client::describe_execution).then_compute_response(move |input| {
            at.answer(|| {
                let arn = input.execution_arn().unwrap();
                let name = arn.strip_prefix(&MACHINE.replace("stateMachine", "execution")).unwrap();
                let state = executions.0.lock().unwrap();
                let (_, status) = &state.executions[name.trim_start_matches(':')];
                let output = DescribeExecutionOutput::builder()
                    .execution_arn(arn)
                    .state_machine_arn(MACHINE)
                    .status(status.clone())
                    .start_date(DateTime::from_secs(0))
                    .build();
                MockResponse::Output(output.unwrap())
            })
        });
        client!(aws_sdk_sfn, [start, describe])
    }

    fn start(
        &self,
        input: &StartExecutionInput,
    ) -> MockResponse<StartExecutionOutput, StartExecutionError> {
        assert_eq!(input.state_machine_arn(), Some(MACHINE));
        let mut state = self.0.lock().unwrap();
        let (name, input) = (input.name().unwrap(), input.input().unwrap());
        assert!(name.len() <= 80, "Step Functions takes 80 characters at most");
        if state.broken.iter().any(|cohort| input.contains(&format!("\"{cohort}\""))) {
            let meta = ErrorMetadata::builder().code("ExecutionLimitExceeded").build();
            return MockResponse::Error(StartExecutionError::generic(meta));
        }
        let known = state.executions.get(name);
        let same = known == Some(&(input.to_owned(), ExecutionStatus::Running));
        if known.is_some() && (state.strict || !same) {
            let meta = ErrorMetadata::builder().code("ExecutionAlreadyExists").build();
            let error = ExecutionAlreadyExists::builder().meta(meta).build();
            return MockResponse::Error(StartExecutionError::ExecutionAlreadyExists(error));
        }
        state.executions.insert(name.to_owned(), (input.to_owned(), ExecutionStatus::Running));
        let output = StartExecutionOutput::builder()
            .execution_arn(format!("{MACHINE}:{name}"))
            .start_date(DateTime::from_secs(0));
        MockResponse::Output(output.build().unwrap())
    }
}
