//! DynamoDB and S3, one method per access pattern.
//!
//! Every key is built in the crate [`keys`]; every create is conditional; what changes several items is one
//! transaction. `docs/data-model.md` lists items, keys and patterns. Reads of a cohort take today's
//! date and treat what is due for deletion as gone.

mod asking;
mod audit;
mod cohorts;
mod contacts;
mod correspondence;
mod counting;
mod deactivations;
mod duties;
mod erasing;
mod erasures;
mod error;
mod evaluations;
mod exports;
mod formations;
mod groups;
mod institutions;
mod item;
mod leaving;
mod ledger;
mod mailings;
mod messages;
mod objects;
mod persons;
mod planning;
mod quarantine;
mod registers;
mod reminding;
mod responses;
mod restoring;
mod rights;
mod rosters;
mod students;
mod trail;
mod update;

pub use ::keys::{self, MessagePlace, Scope};
pub use asking::Asked;
pub use audit::{Audit, Order, StoredLink, Walked};
pub use cohorts::{ChangedSettings, DueCohort, FormClaim, Purpose, Term};
pub use correspondence::Letter;
pub use counting::Reached;
pub use erasing::Items;
pub use erasures::{BeganErasure, RequestedErasure};
pub use error::Error;
pub use evaluations::StoredEvaluation;
pub use exports::RawPage;
pub use formations::{StartedFormation, Transition};
pub use item::{Cursor, Page};
pub use ledger::{Ledger, LedgerEntry};
pub use messages::MessagesOf;
pub use objects::{Deleted, ObjectVersion, Objects, PutOutcome};
pub use responses::StoredResponse;
pub use restoring::Reapplication;
pub use rosters::{Attended, ReplacedRoster};
pub use students::Erased;
pub use trail::{Invocation, Trail};

/// The application's table.
#[derive(Debug, Clone)]
pub struct Store {
    client: aws_sdk_dynamodb::Client,
    table: String,
}

impl Store {
    /// Binds a client to a table.
    pub fn new(client: aws_sdk_dynamodb::Client, table: impl Into<String>) -> Self {
        Self { client, table: table.into() }
    }

    /// The same on a table that was restored from this one, if its name says that it was.
    pub fn restored(&self, table: &str) -> Option<Self> {
        let rest = table.strip_prefix(self.table.as_str())?;
        rest.starts_with("-restored").then(|| Self::new(self.client.clone(), table))
    }
}
