//! The tasks of the formation state machine (`infra/statemachines/formation.asl.json`):
//! snapshot, solve per section, commit, ask for approval, publish, announce, and fail; the one
//! task that the erasure of a person has for the engine: to repair the group that is left; and those of
//! the mailing state machine (`infra/statemachines/mailing.asl.json`), which puts mails into the outbox as
//! announcing groups does.
//!
//! The machine gives every task ids only and may run any of them twice: after a time-out, after an
//! error, or because the answer was lost. Each task's module says what makes that safe. Errors
//! leave with a fixed name ([`error`]); the machine retries `Transient` and hands the rest to the
//! task `fail`, which writes the reason onto the formation's record (G3).

pub mod announce;
pub mod approval;
pub mod commit;
pub mod config;
pub mod deps;
pub mod error;
pub mod fail;
pub mod handler;
pub mod mailing;
mod past;
pub mod plan;
pub mod publish;
pub mod repair;
pub mod snapshot;
pub mod solve;
pub mod statistics;
pub mod task;
mod trail;

pub use deps::Deps;
pub use handler::handle;
pub use task::{Asked, Task};
