//! `notices`: tells every institution of a sub-processor that is in the register and not yet in use (D8).
//!
//! Invoked directly by an operator:
//! `cargo lambda invoke --remote notices --data-file events/notices/announce.json`. Every hour it looks
//! whether each institution was told what it must be told, breaches included (D7). It may write to the
//! institutions' registers and correspondence, and to nothing else.

pub mod config;
pub mod handler;
pub mod request;
pub mod watch;

pub use handler::{Announced, Notices};
pub use request::Request;
