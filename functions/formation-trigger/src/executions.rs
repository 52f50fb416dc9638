//! The executions of the formation state machine.

use std::str::FromStr;

use aws_sdk_sfn::Client;
use aws_sdk_sfn::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sfn::operation::describe_execution::DescribeExecutionError;
use aws_sdk_sfn::operation::start_execution::StartExecutionError;
use aws_sdk_sfn::types::ExecutionStatus;
use domain::FormationId;
use domain::formation::FormationRef;

/// The ARN of a state machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateMachineArn(String);

/// A text that is not the ARN of a state machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is not the ARN of a state machine")]
pub struct NotAStateMachine;

impl FromStr for StateMachineArn {
    type Err = NotAStateMachine;

    fn from_str(text: &str) -> Result<Self, NotAStateMachine> {
        let parts: Vec<&str> = text.split(':').collect();
        match parts.as_slice() {
            ["arn", _, "states", _, _, "stateMachine", name] if !name.is_empty() => {
                Ok(Self(text.to_owned()))
            }
            _ => Err(NotAStateMachine),
        }
    }
}

impl StateMachineArn {
    /// The ARN of the execution with this name.
    fn execution(&self, name: &FormationId) -> String {
        format!("{}:{name}", self.0.replacen(":stateMachine:", ":execution:", 1))
    }
}

/// How the start of an execution ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// It runs: started now, or the same one was running.
    Runs,
    /// There was one of this name before; it counts as started.
    Before,
}

/// What is known of an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Execution {
    /// There is none of this name.
    Missing,
    /// It runs.
    Runs,
    /// It has ended, one way or another.
    Over,
}

/// Step Functions did not do it; trying again later may help.
#[derive(Debug, thiserror::Error)]
#[error("{operation} failed ({code})")]
pub struct Unavailable {
    operation: &'static str,
    code: String,
}

impl Unavailable {
    fn of<E: ProvideErrorMetadata, R>(operation: &'static str, error: &SdkError<E, R>) -> Self {
        let code = error.as_service_error().and_then(ProvideErrorMetadata::code);
        Self { operation, code: code.unwrap_or("transport").to_owned() }
    }
}

/// The executions of one state machine, named by formation.
#[derive(Debug, Clone)]
pub struct Executions {
    client: Client,
    machine: StateMachineArn,
}

impl Executions {
    /// Binds a client to a state machine.
    pub fn new(client: Client, machine: StateMachineArn) -> Self {
        Self { client, machine }
    }

    /// Starts the formation's execution. The same name and input while it runs start nothing
    /// (AWS: `StartExecution` is idempotent for standard workflows).
    pub async fn start(&self, formation: &FormationRef) -> Result<Begun, Unavailable> {
        let input = serde_json::to_string(formation).expect("ids are written as JSON");
        let outcome = self
            .client
            .start_execution()
            .state_machine_arn(&self.machine.0)
            .name(formation.formation.as_str())
            .input(input)
            .send()
            .await;
        match outcome {
            Ok(_) => Ok(Begun::Runs),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(StartExecutionError::is_execution_already_exists) =>
            {
                Ok(Begun::Before)
            }
            Err(error) => Err(Unavailable::of("start_execution", &error)),
        }
    }

    /// Looks an execution up. The answer may lag behind a start; starting again is then harmless.
    pub async fn look(&self, formation: &FormationId) -> Result<Execution, Unavailable> {
        let outcome = self
            .client
            .describe_execution()
            .execution_arn(self.machine.execution(formation))
            .send()
            .await;
        match outcome {
            Ok(answer) => Ok(match answer.status() {
                ExecutionStatus::Aborted
                | ExecutionStatus::Failed
                | ExecutionStatus::Succeeded
                | ExecutionStatus::TimedOut => Execution::Over,
                // Running, about to run again, or a state this version does not know.
                _ => Execution::Runs,
            }),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(DescribeExecutionError::is_execution_does_not_exist) =>
            {
                Ok(Execution::Missing)
            }
            Err(error) => Err(Unavailable::of("describe_execution", &error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_execution_is_named_by_its_formation() {
        let machine: StateMachineArn =
            "arn:aws:states:eu-north-1:000000000000:stateMachine:s-formation".parse().unwrap();
        assert_eq!(
            machine.execution(&FormationId::parse("for_1").unwrap()),
            "arn:aws:states:eu-north-1:000000000000:execution:s-formation:for_1"
        );
        for bad in ["", "formation", "arn:aws:states:eu-north-1:1:activity:x"] {
            assert!(bad.parse::<StateMachineArn>().is_err(), "{bad}");
        }
    }
}
