//! The state machine that sends mailings.

use aws_sdk_sfn::Client;
use aws_sdk_sfn::error::{ProvideErrorMetadata as _, SdkError};
use aws_sdk_sfn::operation::start_execution::StartExecutionError;
use domain::mailing::{Mailing, MailingRef};
use store::Scope;

/// Step Functions did not do it; trying again later may help.
#[derive(Debug, thiserror::Error)]
#[error("the execution could not be started ({code})")]
pub struct Unavailable {
    code: String,
}

/// The state machine that sends mailings.
#[derive(Debug, Clone)]
pub struct Machine {
    client: Client,
    arn: String,
}

impl Machine {
    /// Binds a client to the machine.
    pub fn new(client: Client, arn: impl Into<String>) -> Self {
        Self { client, arn: arn.into() }
    }

    /// Starts the run that a mailing's record tells of, with ids alone as its input. One of this name that runs, or
    /// ran, is that run.
    pub async fn start(&self, scope: &Scope, mailing: &Mailing) -> Result<(), Unavailable> {
        let told = MailingRef {
            institution: scope.institution.clone(),
            cohort: scope.cohort.clone(),
            mailing: mailing.id.clone(),
        };
        let told = serde_json::to_string(&told).expect("ids are written as JSON");
        let start = self.client.start_execution().state_machine_arn(&self.arn);
        match start.name(mailing.execution()).input(told).send().await {
            Ok(_) => Ok(()),
            Err(error) if already(&error) => Ok(()),
            Err(error) => Err(Unavailable { code: error.code().unwrap_or("transport").to_owned() }),
        }
    }
}

fn already<R>(error: &SdkError<StartExecutionError, R>) -> bool {
    error.as_service_error().is_some_and(StartExecutionError::is_execution_already_exists)
}
