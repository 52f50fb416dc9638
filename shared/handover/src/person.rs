//! Everything of one student.

mod formations;
mod places;
mod questionnaires;
mod readme;
mod tables;
mod trail;

use domain::cohort::{Cohort, Localised};
use domain::message::Message;
use domain::student::Student;
use domain::{CohortId, InstitutionId, RightsRequestId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;
use store::{Audit, MessagePlace, Objects, Scope, Store};

use crate::{Error, File};

pub use places::{PLACES, Shown};

/// Where it is read from.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    /// The application's table.
    pub store: &'a Store,
    /// The bucket.
    pub objects: &'a Objects,
    /// The audit trail.
    pub audit: &'a Audit,
}

/// Whose data, and on which request.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The cohort with its institution.
    pub scope: &'a Scope,
    /// The cohort.
    pub cohort: &'a Cohort,
    /// The student.
    pub student: &'a Student,
    /// The request.
    pub request: &'a RightsRequestId,
    /// When it is made.
    pub now: Timestamp,
}

/// Everything of one student.
#[derive(Clone, Serialize)]
pub struct Dossier {
    /// The form of this document.
    pub format: &'static str,
    /// When it was made.
    pub made_at: Timestamp,
    /// The request that it answers.
    pub request: RightsRequestId,
    /// Who decides about the data.
    pub controller: Controller,
    /// The intake that the data was collected for.
    pub cohort: Intake,
    /// The record, with restriction, objection and what became of mail to the address.
    pub student: Student,
    /// Every questionnaire, superseded ones too, as it was mapped and as Typeform sent it.
    pub questionnaires: Vec<Value>,
    /// Questionnaires with the student's address that could not be used.
    pub set_aside: Vec<Value>,
    /// Formations with the answers that went into them.
    pub formations: Vec<Value>,
    /// Groups that the student was put into; of the others their number.
    pub groups: Vec<Value>,
    /// Mails. Neither text nor address is kept of a mail: what it told, and what became of it.
    pub messages: Vec<Message>,
    /// Requests by which the student made use of rights.
    pub requests: Vec<Value>,
    /// Who read or changed the data, when and why.
    pub log: trail::Trail,
}

impl std::fmt::Debug for Dossier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Dossier({})", self.student.id)
    }
}

/// Who decides about the data.
#[derive(Debug, Clone, Serialize)]
pub struct Controller {
    /// The institution.
    pub institution: InstitutionId,
    /// Its name.
    pub name: String,
    /// Where it is written to.
    pub contact: String,
}

/// The intake that the data was collected for.
#[derive(Debug, Clone, Serialize)]
pub struct Intake {
    /// The cohort.
    pub cohort: CohortId,
    /// Its name.
    pub name: Localised,
    /// The first day on which the data must not exist.
    pub delete_on: Date,
}

/// Reads everything of a student. The whole of a cohort is read page by page and only what is theirs is
/// kept: at 20,000 students some seconds and a few megabytes.
pub async fn gather(from: Sources<'_>, ask: &Ask<'_>) -> Result<Dossier, Error> {
    let Ask { scope, cohort, student, request, now } = *ask;
    let institution = from.store.institution_even_if_gone(&scope.institution).await?;
    let (name, contact) = institution.map_or_else(Default::default, |institution| {
        (institution.name.clone(), institution.privacy_address().as_str().to_owned())
    });
    let theirs = questionnaires::theirs(from, ask).await?;
    let set_aside = questionnaires::set_aside(from, ask).await?;
    let (formations, groups) = formations::theirs(from, ask).await?;
    let requests = from.store.rights_requests(scope).await?;
    let requests: Vec<_> =
        requests.into_iter().filter(|known| known.student == student.id).collect();
    let mut named = vec![student.id.to_string()];
    named.extend(requests.iter().map(|request| request.id.to_string()));
    let log = trail::of(from, scope, &named, theirs.since).await?;
    Ok(Dossier {
        format: "unihelper-person/1",
        made_at: now,
        request: request.clone(),
        controller: Controller { institution: scope.institution.clone(), name, contact },
        cohort: Intake {
            cohort: scope.cohort.clone(),
            name: cohort.settings.name.clone(),
            delete_on: cohort.delete_on,
        },
        student: student.clone(),
        questionnaires: theirs.values,
        set_aside,
        formations,
        groups,
        messages: messages(from, ask).await?,
        requests: requests.iter().map(without_secrets).collect(),
        log,
    })
}

async fn messages(from: Sources<'_>, ask: &Ask<'_>) -> Result<Vec<Message>, Error> {
    let place = MessagePlace::from(ask.scope);
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let page = from.store.messages(&place, cursor.as_ref(), None).await?;
        let theirs = page.items.into_iter();
        found.extend(theirs.filter(|mail| mail.about.student() == Some(&ask.student.id)));
        match page.next {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    found.sort_by_key(|message| message.status_at);
    Ok(found)
}

/// A request without what makes a link and without the member of staff who noted it.
fn without_secrets(request: &domain::rights::RightsRequest) -> Value {
    let mut value = serde_json::to_value(request).unwrap_or_default();
    if let Some(members) = value.as_object_mut() {
        members.remove("noted_by");
        members.remove("version");
        for link in ["link", "download"] {
            if let Some(link) = members.get_mut(link).and_then(Value::as_object_mut) {
                link.remove("nonce");
            }
        }
    }
    value
}

impl Dossier {
    /// The files of the archive: what it is in words, the whole as JSON, and a table per store.
    pub fn files(&self, cohort: &Cohort) -> Result<Vec<File>, Error> {
        let whole = serde_json::to_value(self).map_err(|_| Error::Unwritable)?;
        let json = serde_json::to_vec_pretty(&whole).map_err(|_| Error::Unwritable)?;
        let readme = readme::text(self, cohort.settings.language);
        let mut files = vec![
            File { name: "README.txt".into(), body: readme.into_bytes() },
            File { name: "data.json".into(), body: json },
        ];
        let tables = tables::of(&whole, cohort);
        files.extend(tables.into_iter().map(|(name, body)| File { name, body: body.into_bytes() }));
        Ok(files)
    }
}
