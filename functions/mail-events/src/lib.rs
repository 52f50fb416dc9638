//! Brings what SES reports to the messages it is about: sent, delivered, bounced, complained of
//! (M5), and settles messages of unknown outcome (M4).
//!
//! Events come more than once and in any order (SES to SNS to SQS). A message only moves towards
//! what is known last (`MessageStatus::may_become`), and suppressing an address twice changes
//! nothing, so every event may be handled any number of times.

mod config;
mod events;
mod records;

pub use config::Config;
pub use events::{Error, MailEvents, handle};
pub use records::Records;

#[cfg(test)]
mod tests;
