//! The page behind the one-time links by which a student confirms a request, and fetches the data that
//! one comes to (D4).
//!
//! The link came to the address that is stored of the student, so whoever uses it reads that mailbox:
//! that is the check of who asks. Opening the page (GET) changes nothing, because programs that look
//! for harmful mail open every link; the button (POST) confirms. The token is a keyed hash over the
//! request and a nonce, compared in constant time; a link serves once, for seven days, and a newer
//! one voids it. The page shows no data of anybody, runs no script and asks nobody else for anything.
//! The data comes as a file, put together for that answer; its name and the address name nobody.
//!
//! Safe to run twice: the request is moved under the condition that nothing changed it, and a second
//! use finds the link used. A call that died before the mail was queued leaves the request confirmed;
//! using the link again queues the mail.

mod answer;
mod config;
mod handler;
mod page;
mod student;
mod style;

pub use answer::Answer;
pub use config::Config;
pub use handler::Confirmation;

pub use runtime::web::Request;
