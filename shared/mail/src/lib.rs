//! What students are sent, how it leaves, and what is heard of it afterwards.
//!
//! * [`group_mail`] renders the mail that tells a student their group (M1): Danish or English,
//!   text and HTML, and a calendar file. It waits for nothing and reads no clock.
//! * [`letter`] renders every other mail: the caller says what stands in it, block by block.
//! * [`mailing_mail`] makes a letter of what a contact wrote (M2).
//! * [`reminder_text`] has the words of a reminder for whoever writes none (M2).
//! * [`registers_mail`] makes letters about breaches and new sub-processors (D7, D8).
//! * [`events`] reads what SES reports about a mail (M4, M5).
//! * `transport`, with the feature `ses`, hands a rendered mail to SES and says what is known about
//!   the outcome (M4).
//!
//! Names and addresses pass through here and are kept nowhere: no error and no `Debug` shows them.

mod calendar;
pub mod evaluation_text;
pub mod events;
pub mod group_mail;
pub mod letter;
pub mod mailing_mail;
mod ready_text;
pub mod registers_mail;
pub mod reminder_text;
pub mod slots;
mod style;
#[cfg(feature = "ses")]
pub mod transport;
mod words;

pub use evaluation_text::evaluation_texts;
pub use events::{EventError, EventKind, MailEvent, Notification};
pub use group_mail::{GroupMail, Member, RenderError, Rendered, render};
pub use letter::{Block, Letter, Person, Sender};
pub use mailing_mail::{Addressed, MailingMail, Purpose};
pub use registers_mail::{BreachMail, SubprocessorMail};
pub use reminder_text::reminder_texts;
#[cfg(feature = "ses")]
pub use transport::{Institution, Outgoing, SendOutcome, SesTransport, ses_client};
