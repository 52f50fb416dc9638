//! Accounts in the user pool (P2). Only operators make them; nobody signs up.

use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_cognitoidentityprovider::operation::admin_create_user::AdminCreateUserError;
use aws_sdk_cognitoidentityprovider::operation::admin_delete_user::AdminDeleteUserError;
use aws_sdk_cognitoidentityprovider::types::{AttributeType, DeliveryMediumType};
use domain::{ContactId, Email};
use runtime::StepError;

/// The user pool.
#[derive(Debug, Clone)]
pub struct Accounts {
    client: Client,
    pool: String,
}

/// An account could not be made or found. The text never names whose.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The pool refused or failed.
    #[error("{operation} failed ({code})")]
    Refused {
        /// What was asked of it.
        operation: &'static str,
        /// AWS's error code, or what kind of transport failure it was.
        code: String,
        /// Whether another try may succeed.
        transient: bool,
    },
    /// The pool gave no subject, or one that is no id.
    #[error("the account has no usable subject")]
    NoSubject,
}

impl Accounts {
    /// Binds a client to a pool.
    pub fn new(client: Client, pool: impl Into<String>) -> Self {
        Self { client, pool: pool.into() }
    }

    /// The subject of the account with this address; makes the account if there is none, which sends
    /// its owner an invitation with a password for the first sign-in. Asking again sends nothing.
    pub async fn ensure(&self, email: &Email) -> Result<ContactId, AccountError> {
        let address = email.normalised();
        let made = self
            .client
            .admin_create_user()
            .user_pool_id(&self.pool)
            .username(&address)
            .user_attributes(attribute("email", &address))
            .user_attributes(attribute("email_verified", "true"))
            .desired_delivery_mediums(DeliveryMediumType::Email)
            .send()
            .await;
        match made {
            Ok(answer) => subject(answer.user.as_ref().map_or(&[], |user| user.attributes())),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(AdminCreateUserError::is_username_exists_exception) =>
            {
                let found = self
                    .client
                    .admin_get_user()
                    .user_pool_id(&self.pool)
                    .username(&address)
                    .send()
                    .await
                    .map_err(|error| refused("admin_get_user", &error))?;
                subject(found.user_attributes())
            }
            Err(error) => Err(refused("admin_create_user", &error)),
        }
    }

    /// Deletes the account with this address, if it is there: nobody signs in with it any more.
    pub async fn remove(&self, email: &Email) -> Result<(), AccountError> {
        let address = email.normalised();
        let asked = self.client.admin_delete_user().user_pool_id(&self.pool).username(&address);
        match asked.send().await {
            Ok(_) => Ok(()),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(AdminDeleteUserError::is_user_not_found_exception) =>
            {
                Ok(())
            }
            Err(error) => Err(refused("admin_delete_user", &error)),
        }
    }
}

impl From<AccountError> for StepError {
    fn from(error: AccountError) -> Self {
        let transient = matches!(error, AccountError::Refused { transient: true, .. });
        let name = if transient { Self::TRANSIENT } else { Self::PERMANENT };
        Self::new(name, error.to_string())
    }
}

fn attribute(name: &str, value: &str) -> AttributeType {
    AttributeType::builder().name(name).value(value).build().expect("the name is set")
}

fn subject(attributes: &[AttributeType]) -> Result<ContactId, AccountError> {
    attributes
        .iter()
        .find(|attribute| attribute.name() == "sub")
        .and_then(AttributeType::value)
        .and_then(|subject| ContactId::parse(subject).ok())
        .ok_or(AccountError::NoSubject)
}

fn refused<E: ProvideErrorMetadata, R>(
    operation: &'static str,
    error: &SdkError<E, R>,
) -> AccountError {
    let code = runtime::aws::code(error).to_owned();
    let transient = match error {
        SdkError::ServiceError(_) => {
            ["TooManyRequestsException", "InternalErrorException"].contains(&code.as_str())
        }
        _ => true,
    };
    AccountError::Refused { operation, code, transient }
}
