//! The tasks of the erasure state machine: they delete a person, a cohort or an institution here and at
//! every sub-processor, read back what is left, and certify (D2, D6).
//! `infra/statemachines/erasure.asl.json` calls them in this order: begin, typeform, suppressions,
//! objects, items, verify, certify; `fail` notes why it stopped. For an institution `next_cohort` names
//! its cohorts, each of which goes through all of them before the institution itself does.
//!
//! Each task handles a bounded slice and answers whether it is done; the machine calls again until
//! it is. Each may run any number of times, also after dying half-way: it lists what is there and
//! deletes that, writes are conditional, and what is gone stays gone.
//!
//! **Counts.** A step notes how much there is before it deletes the first of it, and only ever
//! raises the note. So a step that dies loses no count and counts nothing twice. Only what was written
//! late, after a first look had found more than that, is deleted without raising the number. A cohort's items are
//! counted page by page, each before it is deleted, with a note of how far that has come.
//!
//! **Safety.** Except for `begin` and `fail`, a step touches nothing unless the cohort or the person is
//! marked with this very erasure, or the institution's stands recorded, which happens only to data that
//! is due or whose erasure was asked for.
//!
//! Apart from the machine, an operator asks the function to prepare a restored table (`restored`) and
//! whether it may be served (`restore_check`).

mod config;
mod counts;
mod error;
mod handler;
mod restored;
mod steps;
mod systems;
mod task;

pub use config::Config;
pub use error::Error;
pub use handler::{answer, handle};
pub use restored::{Checked, Reapplied, Request, Restored, check, reapply};
pub use steps::WEBHOOK_TAG;
pub use systems::{Limits, Systems};
pub use task::{Caught, Progress, Step, Task};
