//! The bucket, the functions, the queue and the state machines that the API calls.

use std::sync::atomic::Ordering;

use aws_sdk_lambda::operation::invoke::InvokeOutput;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_s3::operation::get_object::{GetObjectError, GetObjectOutput};
use aws_sdk_s3::operation::list_object_versions::ListObjectVersionsOutput;
use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::types::error::NoSuchKey;
use aws_sdk_s3::types::{Object, ObjectVersion};
use aws_sdk_sfn::operation::send_task_failure::{SendTaskFailureError, SendTaskFailureOutput};
use aws_sdk_sfn::operation::send_task_success::{SendTaskSuccessError, SendTaskSuccessOutput};
use aws_sdk_sfn::operation::start_execution::{StartExecutionError, StartExecutionOutput};
use aws_sdk_sfn::primitives::DateTime;
use aws_sdk_sfn::types::error::TaskTimedOut;
use aws_sdk_sqs::operation::send_message_batch::{SendMessageBatchError, SendMessageBatchOutput};
use aws_smithy_mocks::{MockResponse, Rule, mock};
use serde_json::json;

use super::{ERASER, EXPORTER, Held, IDENTITY, MAILER, REPROCESS, TRIGGER, World, code};

impl World {
    pub(super) fn bucket(&self) -> Vec<Rule> {
        let world = self.clone();
        let get = mock!(aws_sdk_s3::Client::get_object).then_compute_response(move |input| {
            match world.held().objects.get(input.key().unwrap()) {
                Some(body) => MockResponse::Output(
                    GetObjectOutput::builder().body(body.clone().into()).build(),
                ),
                None => MockResponse::Error(GetObjectError::NoSuchKey(
                    NoSuchKey::builder().meta(code("NoSuchKey")).build(),
                )),
            }
        });
        let world = self.clone();
        let list = mock!(aws_sdk_s3::Client::list_objects_v2).then_compute_output(move |input| {
            let prefix = input.prefix().unwrap();
            let held = world.held();
            let keys = held.objects.keys().filter(|key| key.starts_with(prefix));
            let listed = keys.map(|key| Object::builder().key(key).build()).collect();
            ListObjectsV2Output::builder().set_contents(Some(listed)).build()
        });
        let world = self.clone();
        // Nothing is stored twice here, so each object has one version.
        let versions =
            mock!(aws_sdk_s3::Client::list_object_versions).then_compute_output(move |input| {
                let prefix = input.prefix().unwrap();
                let held = world.held();
                let keys = held.objects.keys().filter(|key| key.starts_with(prefix));
                let listed =
                    keys.map(|key| ObjectVersion::builder().key(key).version_id("1").build());
                ListObjectVersionsOutput::builder().set_versions(Some(listed.collect())).build()
            });
        vec![get, list, versions]
    }

    pub(super) fn functions(&self) -> Vec<Rule> {
        let world = self.clone();
        vec![mock!(aws_sdk_lambda::Client::invoke).then_compute_output(move |input| {
            let order = serde_json::from_slice(input.payload().unwrap().as_ref()).unwrap();
            let mut held = world.held();
            let (answer, failed) = match input.function_name() {
                Some(TRIGGER) => {
                    held.orders.push(order);
                    &held.order_answer
                }
                Some(REPROCESS) => {
                    held.runs.push(order);
                    &held.run_answer
                }
                other => panic!("an unknown function: {other:?}"),
            };
            InvokeOutput::builder()
                .payload(Blob::new(answer.to_string()))
                .set_function_error(failed.then(|| "Unhandled".to_owned()))
                .build()
        })]
    }

    pub(super) fn queue(&self) -> Vec<Rule> {
        let world = self.clone();
        let send =
            mock!(aws_sdk_sqs::Client::send_message_batch).then_compute_response(move |input| {
                if world.queue_broken.load(Ordering::SeqCst) {
                    return MockResponse::Error(SendMessageBatchError::generic(code("Down")));
                }
                let bodies = input.entries().iter().map(|entry| entry.message_body().to_owned());
                world.held().queued.extend(bodies);
                let answer = SendMessageBatchOutput::builder();
                let answer = answer.set_successful(Some(Vec::new())).set_failed(Some(Vec::new()));
                MockResponse::Output(answer.build().unwrap())
            });
        vec![send]
    }

    pub(super) fn machines(&self) -> Vec<Rule> {
        use aws_sdk_sfn::Client;
        let past = || TaskTimedOut::builder().meta(code("TaskTimedOut")).build();
        let world = self.clone();
        let success = mock!(Client::send_task_success).then_compute_response(move |input| {
            if world.machine_broken.load(Ordering::SeqCst) {
                return MockResponse::Error(SendTaskSuccessError::generic(code("Throttling")));
            }
            let mut held = world.held();
            held.told.push((input.task_token().unwrap().to_owned(), "approved".into()));
            if held.machine_past {
                return MockResponse::Error(SendTaskSuccessError::TaskTimedOut(past()));
            }
            MockResponse::Output(SendTaskSuccessOutput::builder().build())
        });
        let world = self.clone();
        let failure = mock!(Client::send_task_failure).then_compute_response(move |input| {
            if world.machine_broken.load(Ordering::SeqCst) {
                return MockResponse::Error(SendTaskFailureError::generic(code("Throttling")));
            }
            let (token, error) = (input.task_token().unwrap(), input.error().unwrap());
            let mut held = world.held();
            held.told.push((token.to_owned(), error.to_owned()));
            if held.machine_past {
                return MockResponse::Error(SendTaskFailureError::TaskTimedOut(past()));
            }
            MockResponse::Output(SendTaskFailureOutput::builder().build())
        });
        let world = self.clone();
        let start = mock!(Client::start_execution).then_compute_response(move |input| {
            let machine = input.state_machine_arn().unwrap().to_owned();
            assert!([ERASER, EXPORTER, MAILER].contains(&machine.as_str()), "{machine}");
            if world.machine_broken.load(Ordering::SeqCst) {
                return MockResponse::Error(StartExecutionError::generic(code("Throttling")));
            }
            let name = input.name().unwrap().to_owned();
            let mut held = world.held();
            let Held { erasing, exporting, mailing, .. } = &mut *held;
            let running = match machine.as_str() {
                ERASER => erasing,
                EXPORTER => exporting,
                _ => mailing,
            };
            if running.iter().any(|(started, _)| *started == name) {
                let code = code("ExecutionAlreadyExists");
                return MockResponse::Error(StartExecutionError::generic(code));
            }
            let told = serde_json::from_str(input.input().unwrap()).unwrap();
            running.push((name, told));
            let started = StartExecutionOutput::builder().execution_arn("execution");
            let started = started.start_date(DateTime::from_secs(0)).build().unwrap();
            MockResponse::Output(started)
        });
        vec![success, failure, start]
    }
}

/// The secret with the key that addresses are hashed under.
pub(super) fn keys_secret() -> Rule {
    use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueOutput;
    let secret = json!({ "identity": IDENTITY }).to_string();
    mock!(aws_sdk_secretsmanager::Client::get_secret_value)
        .then_output(move || GetSecretValueOutput::builder().secret_string(secret.clone()).build())
}

/// A client that signs addresses and calls nobody.
pub(super) fn signing() -> aws_sdk_s3::Client {
    use aws_sdk_s3::config::{BehaviorVersion, Config, Credentials, Region};
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-north-1"))
        .credentials_provider(Credentials::new("a", "b", None, None, "test"));
    aws_sdk_s3::Client::from_conf(config.build())
}
