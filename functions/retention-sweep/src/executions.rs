//! Executions of the erasure state machine.

use aws_sdk_sfn::types::ExecutionStatus;
use domain::erasure::ErasureRef;

use crate::{Error, State, Systems};

/// Most names that are tried. A name is free again 90 days after its execution has ended, so more
/// cannot be taken at one sweep a day.
const NAMES: u32 = 100;

/// Starts an erasure unless it runs.
///
/// The first execution is named after the erasure. When that one has stopped, the next is named with
/// `-2` and so on: names cannot be used again, but the erasure's id stays, so the steps go on where it
/// stopped. Two sweeps at once meet at the same name, and one of them finds it taken and running.
pub(crate) async fn start(systems: &Systems, erasure: &ErasureRef) -> Result<State, Error> {
    let input = serde_json::to_string(erasure).expect("three ids are JSON");
    for number in 1..=NAMES {
        let name = match number {
            1 => erasure.erasure.to_string(),
            _ => format!("{}-{number}", erasure.erasure),
        };
        let outcome = systems
            .executions
            .start_execution()
            .state_machine_arn(&systems.machine)
            .name(&name)
            .input(&input)
            .send()
            .await;
        match outcome {
            // AWS also answers so when this very execution runs; nothing is started twice.
            Ok(_) => return Ok(State::Started),
            Err(error) if runtime::aws::code(&error) == "ExecutionAlreadyExists" => {}
            Err(error) => {
                let code = runtime::aws::code(&error).to_owned();
                return Err(Error::Executions { operation: "start an execution", code });
            }
        }
        if runs(systems, &name).await? {
            return Ok(State::Running);
        }
    }
    Err(Error::NoFreeName { tries: NAMES })
}

async fn runs(systems: &Systems, name: &str) -> Result<bool, Error> {
    let arn = format!("{}:{name}", systems.machine.replacen(":stateMachine:", ":execution:", 1));
    let answer = systems.executions.describe_execution().execution_arn(arn).send().await;
    match answer {
        Ok(answer) => Ok(matches!(
            answer.status(),
            ExecutionStatus::Running | ExecutionStatus::PendingRedrive
        )),
        Err(error) => {
            let code = runtime::aws::code(&error).to_owned();
            Err(Error::Executions { operation: "describe an execution", code })
        }
    }
}
