//! Addresses on SES's suppression list, where a bounce or a complaint about our mails put them, as
//! those see it who take them off again when what we know of somebody is erased (D1, D2, D6).
//!
//! The list belongs to the account and SES enters addresses by itself, whether or not we heard of the
//! bounce. Look-ups are by address, so that no other addresses on it are ever read.

use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::error::{ProvideErrorMetadata, SdkError};
use domain::Email;

/// The account's list.
#[derive(Debug, Clone)]
pub struct SuppressionList {
    client: Client,
}

/// The list could not be read or changed. The text never names an address.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// SES failed.
    #[error("SES failed to {operation} ({code})")]
    Ses {
        /// What it was asked.
        operation: &'static str,
        /// Its error code, or the kind of transport failure.
        code: String,
    },
    /// SES still lists an address after its entry was deleted.
    #[error("SES still lists an address after its entry was deleted")]
    StillListed,
}

impl SuppressionList {
    /// Binds a client.
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// Whether an address is on the list, spelled like this.
    pub async fn lists(&self, address: &str) -> Result<bool, Error> {
        let outcome = self.client.get_suppressed_destination().email_address(address).send().await;
        found("look up a suppressed address", outcome.map(drop))
    }

    /// Takes an address off the list, and looks it up again.
    pub async fn lift(&self, address: &str) -> Result<(), Error> {
        let deleted =
            self.client.delete_suppressed_destination().email_address(address).send().await;
        found("delete a suppressed address", deleted.map(drop))?;
        if self.lists(address).await? { Err(Error::StillListed) } else { Ok(()) }
    }

    /// Takes an address off the list however it was spelled. Repeatable.
    pub async fn lift_all(&self, email: &Email) -> Result<(), Error> {
        for address in spellings(email) {
            if self.lists(&address).await? {
                self.lift(&address).await?;
            }
        }
        Ok(())
    }
}

/// The address as mails were sent to it and, if that differs, in lower case.
pub fn spellings(email: &Email) -> Vec<String> {
    let mut spellings = vec![email.as_str().to_owned(), email.normalised()];
    spellings.dedup();
    spellings
}

/// Whether there was an entry.
fn found<E, R>(operation: &'static str, outcome: Result<(), SdkError<E, R>>) -> Result<bool, Error>
where
    E: ProvideErrorMetadata,
{
    let Err(error) = outcome else { return Ok(true) };
    let code = runtime::aws::code(&error);
    if code == "NotFoundException" {
        return Ok(false);
    }
    Err(Error::Ses { operation, code: code.to_owned() })
}
