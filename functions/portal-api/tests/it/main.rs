//! The API as API Gateway sees it: events in, answers out. The clients are the SDK's own, answered
//! from memory below the request layer; everything above is the code that runs in Lambda.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests; what is absent ends them")]

mod access;
mod approval;
mod audit;
mod board;
mod conform;
#[path = "../../../../shared/runtime/tests/support/counted.rs"]
mod counted;
mod data;
mod document;
mod erase;
mod events;
mod exports;
mod formations;
mod lists;
mod people;
mod printed;
mod reasons;
mod registers;
mod rejected;
mod retention;
mod rights;
mod rights_data;
mod settings;
mod world;
