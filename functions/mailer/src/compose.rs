//! Making a mail of the records as they are now: what all kinds share, and one module per kind.
//!
//! A new kind is a variant of [`About`] and a module here with a function `compose`.

mod breach;
mod group;
mod group_changed;
mod mailing;
mod page;
mod rights;
mod subprocessor;

use domain::Email;
use domain::cohort::Cohort;
use domain::form_pages::FormPages;
use domain::institution::Institution;
use domain::message::{About, Message};
use domain::rights::{LINK_DAYS, after_days};
use domain::student::Student;
use domain::student_page;
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
    /// Where questionnaires are answered.
    pub forms: FormPages,
    /// The key under which tokens are hashes, and those of evaluations are made.
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
        About::Mailing { student, mailing } => mailing::compose(&telling, student, mailing).await,
        About::Reminder { student, mailing } => mailing::reminder(&telling, student, mailing).await,
        About::Evaluation { student, mailing } => {
            mailing::evaluation(&telling, student, mailing).await
        }
        About::Trial { contact, trial_of, .. } => mailing::trial(&telling, contact, trial_of).await,
        About::Breach { breach, number } => breach::compose(&telling, breach, *number).await,
        About::Subprocessor { notice } => subprocessor::compose(&telling, notice).await,
        About::Page { student, .. } => page::compose(&telling, student).await,
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
    /// The message's link to the recipient's own page. It is made when the mail is and stored nowhere; a mail that
    /// is made again may say a later time, and the links of one message still open the page once.
    pub(crate) fn page(&self, to: &Addressee) -> String {
        let (id, until) = (&self.message.id, after_days(self.now, LINK_DAYS));
        let (institution, cohort) = (&to.scope.institution, &to.scope.cohort);
        let of = student_page::Of { cohort, message: id, address: &to.student.email };
        let token = of.link(&self.links.key, until);
        format!("{}/student/{institution}/{cohort}/{id}/{token}", self.links.base)
    }

    /// The student who is to get it; otherwise the fixed word that says why nobody does
    /// ([`About::obstacle`]).
    pub(crate) async fn addressee(
        &self,
        student: &domain::StudentId,
    ) -> Result<Result<Addressee, &'static str>, Error> {
        let about = &self.message.about;
        let Some(scope) = self.place.scope() else { return Ok(Err("cohort_missing")) };
        let cohort = self.records.cohort(&scope, today(self.now)).await?;
        let Some(cohort) = cohort else { return Ok(Err("cohort_gone")) };
        let institution = self.records.institution(&scope.institution).await?;
        let Some(institution) = institution else { return Ok(Err("institution_missing")) };
        let student = self.records.student(&scope, student).await?;
        if let Some(why) = about.obstacle(&cohort, student.as_ref()) {
            return Ok(Err(why));
        }
        let Some(student) = student else { return Ok(Err("student_missing")) };
        Ok(Ok(Addressee { scope, cohort, institution, student }))
    }
}
