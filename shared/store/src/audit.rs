//! The audit table: functions may add to it, none may change or delete (D5).

use domain::audit::AuditEntry;

use crate::Error;
use crate::item::encode;
use crate::keys::Key;

/// The audit table.
#[derive(Debug, Clone)]
pub struct Audit {
    client: aws_sdk_dynamodb::Client,
    table: String,
}

impl Audit {
    /// Binds a client to a table.
    pub fn new(client: aws_sdk_dynamodb::Client, table: impl Into<String>) -> Self {
        Self { client, table: table.into() }
    }

    /// Adds an entry. `unique` keeps entries of one instant apart (a request or execution id);
    /// the same action under the same `unique` stands once.
    pub async fn append(&self, entry: &AuditEntry, unique: &str) -> Result<(), Error> {
        let key = Key {
            pk: format!("INS#{}", entry.institution),
            sk: format!(
                "{}#{unique}#{}",
                entry.at.strftime("%Y-%m-%dT%H:%M:%S%.6fZ"),
                entry.action
            ),
        };
        let outcome = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(encode("audit entry", &key, entry)?))
            .condition_expression("attribute_not_exists(pk)")
            .send()
            .await;
        match outcome {
            Ok(_) => Ok(()),
            Err(error) if crate::item::is_condition(&error) => Ok(()),
            Err(error) => Err(Error::unavailable("append_audit", error)),
        }
    }
}
