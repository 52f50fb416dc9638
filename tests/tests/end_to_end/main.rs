//! The whole service on the running stack, IAM enforced. `cargo dev test` starts the stack.
#![allow(clippy::similar_names, reason = "a cohort and its other are named alike on purpose")]

mod board;
mod canary;
mod erasure;
mod formation;
mod handover;
mod intake;
mod mail;
mod portal;
mod portal_web;
mod privacy;
mod quarantine;
mod registers;
mod restore;
mod retention;
mod rights;
mod settings;
mod sign_in;
mod start;
mod webhook;
