//! Accounts of contacts in the user pool.

use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_cognitoidentityprovider::operation::admin_delete_user::AdminDeleteUserError;
use domain::Email;

use crate::Error;

/// The user pool.
#[derive(Debug, Clone)]
pub struct Accounts {
    client: Client,
    pool: String,
}

impl Accounts {
    /// Binds a client to a pool.
    pub fn new(client: Client, pool: impl Into<String>) -> Self {
        Self { client, pool: pool.into() }
    }

    /// Deletes the account with this address, if it is there: nobody signs in with it any more.
    pub(crate) async fn remove(&self, email: &Email) -> Result<(), Error> {
        let asked = self.client.admin_delete_user().user_pool_id(&self.pool);
        match asked.username(email.normalised()).send().await {
            Ok(_) => Ok(()),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(AdminDeleteUserError::is_user_not_found_exception) =>
            {
                Ok(())
            }
            // The service's message may quote the address; the code does not.
            Err(SdkError::ServiceError(service)) => {
                let code = service.err().code().unwrap_or("unknown").to_owned();
                Err(Error::Accounts { code })
            }
            Err(_) => Err(Error::Accounts { code: "transport".to_owned() }),
        }
    }
}
