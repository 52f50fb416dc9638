//! What the tasks work with.

use outbox::MailQueue;
use runtime::clock::Clock;
use store::{Audit, Objects, Store};

/// What the tasks work with.
#[derive(Debug, Clone)]
pub struct Deps {
    /// The table.
    pub store: Store,
    /// The audit trail.
    pub audit: Audit,
    /// The bucket.
    pub objects: Objects,
    /// The queue of messages to send.
    pub queue: MailQueue,
    /// The time.
    pub clock: Clock,
}
