//! The whole service on the running stack, IAM enforced. `cargo dev test` starts the stack.

mod erasure;
mod formation;
mod intake;
mod mail;
mod portal;
mod privacy;
mod quarantine;
mod sign_in;
mod webhook;
