//! The hourly look at what must be done by an instant (D4): requests of students that are not
//! acknowledged, due soon or overdue, links to data whose time is over, and exports of institutions whose
//! term is.
//!
//! Each kind of duty is a module with a function `look`; the index `duties` says which ones may be
//! due. Safe to run any number of times: what is late is counted each time, a reminder is counted
//! before it is noted (so that a run that dies between the two counts it again rather than never),
//! and deleting what is gone changes nothing. A duty that fails does not stop the others; at the end
//! the failure is told, so that the invocation is tried again and the alarm goes off.

mod config;
mod error;
mod exports;
mod handler;
mod rights;

pub use config::{Config, Systems};
pub use error::Error;
pub use handler::{Answer, Tick, tick};
