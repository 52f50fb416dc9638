//! The steps, one module each.

mod begin;
mod certify;
mod contacts;
mod exports;
mod fail;
mod form_gone;
pub(crate) mod institution;
mod items;
mod objects;
mod person;
mod suppressions;
mod typeform;
mod unassigned;
mod verify;

use domain::StudentId;
use domain::cohort::Cohort;
use domain::erasure::Erasure;
use store::Scope;

pub(crate) use begin::begin;
pub(crate) use certify::certify;
pub(crate) use fail::fail;
pub(crate) use form_gone::form_gone;
pub(crate) use items::items;
pub(crate) use objects::objects;
pub(crate) use suppressions::{SIDE_BY_SIDE, suppressions};
pub use typeform::WEBHOOK_TAG;
pub(crate) use typeform::typeform;
pub(crate) use verify::verify;

use crate::Step;

/// What is erased, and the record of it.
pub(crate) struct Subject {
    pub(crate) scope: Scope,
    pub(crate) cohort: Cohort,
    pub(crate) erasure: Erasure,
    /// Where one person goes: who.
    pub(crate) person: Option<StudentId>,
}

/// The step's name in logs.
pub(crate) fn name(step: Step) -> &'static str {
    match step {
        Step::Begin => "begin",
        Step::NextCohort => "next_cohort",
        Step::Typeform => "typeform",
        Step::Suppressions => "suppressions",
        Step::Objects => "objects",
        Step::Items => "items",
        Step::Verify => "verify",
        Step::Certify => "certify",
        Step::Fail => "fail",
        Step::FormGone => "form_gone",
    }
}
