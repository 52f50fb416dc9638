//! The words of the service as types, and the rules that hold between them.
//!
//! Nothing here waits, calls AWS, reads a clock or rolls dice: time, keys and random ids are
//! arguments. Everything else in the workspace depends on this crate; it depends on none of it.

pub mod audit;
pub mod breach;
pub mod cohort;
pub mod contact;
pub mod cpr;
pub mod deactivation;
pub mod erasure;
pub mod evaluation;
pub mod export;
pub mod form_pages;
pub mod formation;
pub mod ids;
pub mod institution;
pub mod mailing;
pub mod message;
pub mod personal;
pub mod profile;
pub mod quarantine;
pub mod region;
pub mod retention;
pub mod rights;
pub mod roster;
pub mod student;
pub mod student_page;
pub mod subprocessor;

pub use ids::{
    BreachId, CaseReference, CohortId, ContactId, ErasureId, ExportId, FormId, FormationId,
    IdError, InstitutionId, MailingId, MessageId, NoticeId, QuestionId, ResponseToken,
    RightsRequestId, RosterId, SectionId, StudentId, SubprocessorId,
};
pub use personal::{Email, PersonName, StudentNumber};
