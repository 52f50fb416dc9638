//! The whole service on the running stack, IAM enforced. `cargo dev test` starts the stack.
#![allow(clippy::similar_names, reason = "a cohort and its other are named alike on purpose")]

mod board;
mod canary;
mod erasure;
mod evaluation;
mod evaluation_mail;
mod formation;
mod handover;
mod intake;
mod journey;
mod mail;
mod mailings;
mod mending;
mod planning;
mod portal;
mod portal_web;
mod privacy;
mod quarantine;
mod registers;
mod reminders;
mod restore;
mod retention;
mod rights;
mod roster;
mod rounds;
mod schema;
mod settings;
mod sign_in;
mod start;
mod student_page;
mod webhook;
