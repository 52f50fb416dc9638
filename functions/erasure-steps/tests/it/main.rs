//! Erasure in a world of its own: real SDK clients on systems in memory, Typeform's API on the
//! loopback interface, and the state machine's own definition run step by step.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod definition;
mod erases;
mod evaluations;
mod events;
mod expected;
mod faults;
mod institutions;
mod machine;
mod memory;
mod persons;
mod pool;
mod questionnaires;
mod refuses;
mod reminders;
mod restored;
mod ses;
mod steps;
mod world;
