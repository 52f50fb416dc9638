//! The daily sweep: starts the erasure of each cohort whose data is due, and deletes questionnaires
//! of forms that no cohort claimed in time, contacts and correspondence after two years (D1, D2); starts
//! the erasure of each deactivated institution whose agreed day has come (D6).
//!
//! Safe to run any number of times a day: an erasure's id follows from cohort and date, its execution
//! is named after it, and one that runs is left alone. One that has stopped is started anew under the
//! next free name with the same erasure id, so that it goes on where it stopped. A cohort that fails
//! does not stop the others; at the end the failure is told, so that the invocation is tried again
//! and the alarm goes off.

mod answer;
mod config;
mod contacts;
mod correspondence;
mod error;
mod executions;
mod handler;
mod institutions;
mod seals;
mod unassigned;

pub use answer::{Answer, Cohort, Deactivated, Inactive, InactiveState, State, Unassigned};
pub use config::{Config, Systems};
pub use error::Error;
pub use handler::{Sweep, sweep};
