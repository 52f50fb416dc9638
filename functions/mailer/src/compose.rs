//! Making a mail of the records as they are now: what all kinds share, and one module per kind.
//!
//! A new kind is a variant of [`About`] and a module here with a function `compose`.

mod breach;
mod group;
mod group_changed;
mod rights;
mod subprocessor;

use domain::Email;
use domain::cohort::Cohort;
use domain::institution::Institution;
use domain::message::{About, Message};
use domain::student::Student;
use jiff::Timestamp;
use mail::Rendered;
use runtime::clock::today;
use store::{MessagePlace, Scope};

use crate::deliver::Error;
use crate::ports::Records;

/// What links in mails are made of.
#[derive(Debug)]
pub struct Links {
    /// Where the service is reached: an origin without a slash at the end.
    pub base: String,
    /// The key under which tokens are hashes.
    pub key: domain::ids::IdentityKey,
}

/// A mail that is ready to be handed over.
pub(crate) struct Letter {
    pub(crate) to: Email,
    /// On whose behalf it is sent; absent when it is the processor's own word to an institution.
    pub(crate) institution: Option<Institution>,
    pub(crate) mail: Rendered,
}

/// What the records say.
pub(crate) enum Composed {
    /// The mail.
    Letter(Box<Letter>),
    /// No mail is to be sent; the fixed word says why.
    NotToBeSent(&'static str),
}

impl Composed {
    fn letter(letter: Letter) -> Self {
        Self::Letter(Box::new(letter))
    }
}

/// Reads what the mail tells and renders it. Reads only, so it can be run any number of times.
pub(crate) async fn compose<R: Records>(
    records: &R,
    place: &MessagePlace,
    message: &Message,
    links: &Links,
    now: Timestamp,
) -> Result<Composed, Error> {
    let telling = Telling { records, place, message, links, now };
    match &message.about {
        About::Group { student, formation, section, group } => {
            let of = group::Of { student, formation, section, number: *group };
            group::compose(&telling, of).await
        }
        About::GroupChanged { student, formation, section, group, .. } => {
            let of = group::Of { student, formation, section, number: *group };
            group_changed::compose(&telling, of).await
        }
        About::Rights { student, request, step, .. } => {
            rights::compose(&telling, student, request, *step).await
        }
        About::Breach { breach, number } => breach::compose(&telling, breach, *number).await,
        About::Subprocessor { notice } => subprocessor::compose(&telling, notice).await,
    }
}

/// What every kind of mail is made from.
pub(crate) struct Telling<'a, R> {
    pub(crate) records: &'a R,
    pub(crate) place: &'a MessagePlace,
    pub(crate) message: &'a Message,
    pub(crate) links: &'a Links,
    pub(crate) now: Timestamp,
}

/// A student who may get the mail, with all that it is addressed by.
pub(crate) struct Addressee {
    pub(crate) scope: Scope,
    pub(crate) cohort: Cohort,
    pub(crate) institution: Institution,
    pub(crate) student: Student,
}

impl<R: Records> Telling<'_, R> {
    /// The student who is to get it; otherwise the fixed word that says why nobody does.
    ///
    /// A mail that needs the institution's agreement is not sent without it, and none goes to an
    /// address that gets no further mail, but for an answer that is owed in spite of a complaint.
    pub(crate) async fn addressee(
        &self,
        student: &domain::StudentId,
    ) -> Result<Result<Addressee, &'static str>, Error> {
        let about = &self.message.about;
        let Some(scope) = self.place.scope() else { return Ok(Err("cohort_missing")) };
        let cohort = self.records.cohort(&scope, today(self.now)).await?;
        let Some(cohort) = cohort else { return Ok(Err("cohort_gone")) };
        if about.needs_agreement() && !cohort.settings.mail_agreed {
            return Ok(Err("mail_not_agreed"));
        }
        if about.formation().is_some() && cohort.published_formation.as_ref() != about.formation() {
            return Ok(Err("superseded"));
        }
        let institution = self.records.institution(&scope.institution).await?;
        let Some(institution) = institution else { return Ok(Err("institution_missing")) };
        let student = self.records.student(&scope, student).await?;
        let Some(student) = student else { return Ok(Err("student_missing")) };
        if student.suppressed.is_some_and(|why| !about.goes_in_spite_of(why)) {
            return Ok(Err("suppressed"));
        }
        if about.needs_agreement() && !student.takes_part() {
            return Ok(Err("restricted"));
        }
        Ok(Ok(Addressee { scope, cohort, institution, student }))
    }
}
