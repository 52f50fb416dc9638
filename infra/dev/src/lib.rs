//! The commands of a developer's day: the local stack, deployment, template checks.
//!
//! One template and one set of binaries serve everywhere; this crate brings them onto one machine, where the
//! emulator MiniStack stands in for AWS. What only the emulator needs is in [`fixups`] and nowhere else.
#![allow(clippy::print_stdout, reason = "this is a command-line program")]

pub mod artefacts;
mod audit;
pub mod bench;
mod browser;
pub mod checks;
pub mod cli;
pub mod demo;
pub mod dependencies;
pub mod deploy;
pub mod emulator;
pub mod fixups;
pub mod guard;
pub mod layout;
pub mod openapi;
pub mod outbound;
pub mod privacy;
pub mod process;
pub mod sample;
pub mod seed;
pub mod server;
pub mod service;
pub mod solve;
pub mod stack;
pub mod tested;
pub mod testing;
pub mod tools;
pub mod typeform_standin;
pub mod watch;
pub mod web;
