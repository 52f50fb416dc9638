//! Sends each message of the outbox once (M4), below the account's rate.
//!
//! The queue carries ids; the record in the outbox says what is to be done. A record is claimed
//! before SES is asked, so of two deliveries of one id one sends. What a crash leaves behind is a
//! claim whose lease runs out; then nobody knows whether SES took the mail, and the message waits
//! as `unknown` until an event settles it (function `mail-events`) or none came in time.
//!
//! Waiting is done by putting the id back with a delay and acknowledging the delivery: receive
//! counts are spent on faults only, so the dead-letter queue holds nothing that merely waits.

mod compose;
mod config;
mod deliver;
mod handler;
mod pace;
mod ports;

pub use compose::Links;
pub use config::Config;
pub use deliver::{Error, LEASE, MOST_ATTEMPTS, Mailer, SEND_TIME};
pub use handler::handle;
pub use pace::Pacer;
pub use ports::{Move, Post, Queue, QueueError, Records, ResendQueue};

#[cfg(test)]
mod tests;
#[cfg(test)]
mod world;
