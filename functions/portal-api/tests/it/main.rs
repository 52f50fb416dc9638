//! The API as API Gateway sees it: events in, answers out. The clients are the SDK's own, answered
//! from memory below the request layer; everything above is the code that runs in Lambda.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests; what is absent ends them")]

mod access;
mod anew;
mod approval;
mod audit;
mod board;
mod comparison;
mod conflict;
mod conform;
#[path = "../../../../shared/runtime/tests/support/counted.rs"]
mod counted;
mod data;
mod distribution;
mod document;
mod erase;
mod evaluation;
mod evaluation_mail;
mod events;
mod exports;
mod formations;
mod lists;
mod mailings;
mod naming;
mod people;
mod plan;
mod planning;
mod printed;
mod quarantine;
mod reasons;
mod registers;
mod rejected;
mod reminders;
mod retention;
mod rights;
mod rights_data;
mod roster;
mod settings;
mod world;
