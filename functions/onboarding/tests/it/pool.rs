//! A user pool in memory and the function in front of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::operation::admin_create_user::{
    AdminCreateUserError, AdminCreateUserOutput,
};
use aws_sdk_cognitoidentityprovider::operation::admin_delete_user::{
    AdminDeleteUserError, AdminDeleteUserOutput,
};
use aws_sdk_cognitoidentityprovider::operation::admin_get_user::{
    AdminGetUserError, AdminGetUserOutput,
};
use aws_sdk_cognitoidentityprovider::types::error::{
    UserNotFoundException, UsernameExistsException,
};
use aws_sdk_cognitoidentityprovider::types::{AttributeType, UserType};
use aws_smithy_mocks::{MockResponse, RuleMode, mock, mock_client};
use aws_smithy_types::error::ErrorMetadata;
use jiff::Timestamp;
use onboarding::accounts::Accounts;
use onboarding::{Onboarded, Onboarding, Request};
use runtime::StepError;
use serde_json::Value;

use crate::form::now;
use crate::memory::Gate;
use crate::ses::SuppressionList;
use crate::world::World;

/// Accounts by address, and how many were made.
#[derive(Clone, Default)]
pub(crate) struct Pool(Arc<Mutex<Accounted>>);

#[derive(Default)]
pub(crate) struct Accounted {
    pub(crate) subjects: BTreeMap<String, String>,
    pub(crate) invitations: usize,
    pub(crate) refuses_with: Option<&'static str>,
}

fn sub(value: &str) -> AttributeType {
    AttributeType::builder().name("sub").value(value).build().unwrap()
}

impl Pool {
    pub(crate) fn state(&self) -> std::sync::MutexGuard<'_, Accounted> {
        self.0.lock().unwrap()
    }

    pub(crate) fn client(&self) -> Client {
        let pool = self.clone();
        let create = mock!(Client::admin_create_user).then_compute_response(move |input| {
            let mut state = pool.state();
            if let Some(code) = state.refuses_with {
                let message = format!("{} is refused", input.username().unwrap());
                return MockResponse::Error(AdminCreateUserError::generic(
                    ErrorMetadata::builder().code(code).message(message).build(),
                ));
            }
            let address = input.username().unwrap().to_owned();
            if state.subjects.contains_key(&address) {
                return MockResponse::Error(AdminCreateUserError::UsernameExistsException(
                    UsernameExistsException::builder().build(),
                ));
            }
            let given: BTreeMap<&str, &str> =
                input.user_attributes().iter().map(|a| (a.name(), a.value().unwrap())).collect();
            assert_eq!(given, [("email", address.as_str()), ("email_verified", "true")].into());
            let subject = format!("7d1e0c2a-0000-4000-8000-{:012}", state.subjects.len());
            state.subjects.insert(address, subject.clone());
            state.invitations += 1;
            let user = UserType::builder().attributes(sub(&subject)).build();
            MockResponse::Output(AdminCreateUserOutput::builder().user(user).build())
        });
        let pool = self.clone();
        let get = mock!(Client::admin_get_user).then_compute_response(move |input| {
            match pool.state().subjects.get(input.username().unwrap()) {
                Some(subject) => MockResponse::Output(
                    AdminGetUserOutput::builder()
                        .username("u")
                        .user_attributes(sub(subject))
                        .build()
                        .unwrap(),
                ),
                None => MockResponse::Error(AdminGetUserError::generic(
                    ErrorMetadata::builder().code("UserNotFoundException").build(),
                )),
            }
        });
        let pool = self.clone();
        let delete = mock!(Client::admin_delete_user).then_compute_response(move |input| {
            let mut state = pool.state();
            if let Some(code) = state.refuses_with {
                return MockResponse::Error(AdminDeleteUserError::generic(
                    ErrorMetadata::builder().code(code).build(),
                ));
            }
            match state.subjects.remove(input.username().unwrap()) {
                Some(_) => MockResponse::Output(AdminDeleteUserOutput::builder().build()),
                None => MockResponse::Error(AdminDeleteUserError::UserNotFoundException(
                    UserNotFoundException::builder().build(),
                )),
            }
        });
        mock_client!(
            aws_sdk_cognitoidentityprovider,
            RuleMode::MatchAny,
            [&create, &get, &delete],
            |config| config.retry_config(
                aws_sdk_cognitoidentityprovider::config::retry::RetryConfig::disabled()
            )
        )
    }
}

/// The function and what is behind it.
#[derive(Clone, Default)]
pub(crate) struct Setup {
    pub(crate) world: World,
    pub(crate) pool: Pool,
    pub(crate) suppressed: SuppressionList,
    pub(crate) ses_gate: Gate,
}

impl Setup {
    /// Sends a request.
    pub(crate) async fn send(&self, request: &Value) -> Result<Onboarded, StepError> {
        self.send_at(request, now).await
    }

    pub(crate) async fn send_at(
        &self,
        request: &Value,
        clock: fn() -> Timestamp,
    ) -> Result<Onboarded, StepError> {
        let accounts = Accounts::new(self.pool.client(), "pool");
        let onboarding = Onboarding::new(
            self.world.store(),
            self.world.audit(),
            accounts,
            suppression::SuppressionList::new(self.suppressed.client(&self.ses_gate)),
            clock,
        );
        onboarding.run(Request::parse(request)?, "request-1").await
    }
}

/// A file in `events/onboarding/`.
pub(crate) fn event(name: &str) -> Value {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/onboarding/");
    serde_json::from_slice(&std::fs::read(format!("{folder}{name}.json")).unwrap()).unwrap()
}
