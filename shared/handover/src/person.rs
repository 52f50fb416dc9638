//! Everything of one student.

mod evaluations;
mod formations;
mod places;
mod questionnaires;
mod readme;
mod tables;
mod trail;

use std::collections::BTreeSet;

use domain::cohort::{Cohort, Hardness, Localised};
use domain::ids::IdentityKey;
use domain::message::Message;
use domain::roster::Expected;
use domain::student::Student;
use domain::{CohortId, Email, InstitutionId, MailingId, RightsRequestId, StudentId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Value, json};
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
    /// The key that students' addresses are hashed under.
    pub key: &'a IdentityKey,
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
    /// What the institution's list of expected students says of the student.
    pub roster: Vec<Value>,
    /// Every questionnaire, superseded ones too, as it was mapped and as Typeform sent it.
    pub questionnaires: Vec<Value>,
    /// Questionnaires with the student's address that could not be used.
    pub set_aside: Vec<Value>,
    /// Answers to the evaluation, those that a later one replaced too.
    pub evaluations: Vec<Value>,
    /// Formations with the answers that went into them.
    pub formations: Vec<Value>,
    /// Groups that the student was put into; of the others their number.
    pub groups: Vec<Value>,
    /// Mails. Neither text nor address is kept of a mail: what it told, and what became of it. The text of a
    /// mailing is kept once, for all its mails.
    pub messages: Vec<Message>,
    /// What contacts of the institution wrote in mailings that went to the student.
    pub mailings: Vec<Value>,
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
    /// The rules for groups that name the student; not whom else they name.
    pub rules: Vec<Named>,
}

/// A rule for groups that names the student.
#[derive(Debug, Clone, Serialize)]
pub struct Named {
    /// Its id within the cohort.
    pub criterion: String,
    /// What it asks for: `apart` or `together`.
    pub kind: &'static str,
    /// How strictly it is meant.
    pub hardness: Hardness,
}

fn rules_naming(cohort: &Cohort, student: &StudentId) -> Vec<Named> {
    let criteria = cohort.settings.criteria.iter().filter(|criterion| criterion.names(student));
    let named = criteria.map(|criterion| Named {
        criterion: criterion.id.clone(),
        kind: criterion.rule.kind(),
        hardness: criterion.hardness,
    });
    named.collect()
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
    let listed = listed(from, ask).await?;
    let messages = messages(from, ask, &listed).await?;
    let mailings = mailings(from, ask, &messages).await?;
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
            rules: rules_naming(cohort, &student.id),
        },
        student: student.clone(),
        roster: roster(listed)?,
        questionnaires: theirs.values,
        set_aside,
        evaluations: evaluations::theirs(from, ask).await?,
        formations,
        groups,
        messages,
        mailings,
        requests: requests.iter().map(without_secrets).collect(),
        log,
    })
}

/// The student's entries on the roster, under their id or at an address that is or was theirs, and since when the
/// list stands.
async fn listed(
    from: Sources<'_>,
    ask: &Ask<'_>,
) -> Result<(Option<Timestamp>, Vec<Expected>), Error> {
    let (roster, mut expected) = from.store.expected_even_if_gone(ask.scope).await?;
    let theirs: Vec<String> = ask.student.addresses().map(Email::normalised).collect();
    expected.retain(|one| {
        one.student == ask.student.id || theirs.contains(&one.entry.email.normalised())
    });
    Ok((roster.map(|roster| roster.changed_at), expected))
}

fn roster((since, listed): (Option<Timestamp>, Vec<Expected>)) -> Result<Vec<Value>, Error> {
    let found = listed.into_iter().map(|one| {
        let mut value = serde_json::to_value(&one.entry).map_err(|_| Error::Unwritable)?;
        value["listed_since"] = serde_json::to_value(since).map_err(|_| Error::Unwritable)?;
        Ok(value)
    });
    found.collect()
}

/// The student's mails: also reminders from before they answered, which went to the roster's id of an address
/// that is or was theirs, whether or not it is on the list that counts now.
async fn messages(
    from: Sources<'_>,
    ask: &Ask<'_>,
    (_, listed): &(Option<Timestamp>, Vec<Expected>),
) -> Result<Vec<Message>, Error> {
    let place = MessagePlace::from(ask.scope);
    let addresses = ask.student.addresses();
    let by_address = addresses.map(|it| StudentId::derive(from.key, &ask.scope.cohort, it));
    let on_list = listed.iter().map(|one| one.student.clone());
    let ids: BTreeSet<StudentId> =
        by_address.chain(on_list).chain([ask.student.id.clone()]).collect();
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let page = from.store.messages(&place, cursor.as_ref(), None).await?;
        let theirs = page.items.into_iter();
        found.extend(theirs.filter(|mail| mail.about.student().is_some_and(|id| ids.contains(id))));
        match page.next {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    found.sort_by_key(|message| message.status_at);
    Ok(found)
}

/// The mailings that the student's mails are of: what was written, and when it was sent. Who wrote it speaks for
/// the institution and is not named.
async fn mailings(
    from: Sources<'_>,
    ask: &Ask<'_>,
    messages: &[Message],
) -> Result<Vec<Value>, Error> {
    let ids: BTreeSet<&MailingId> =
        messages.iter().filter_map(|message| message.about.mailing()).collect();
    let mut found = Vec::new();
    for id in ids {
        if let Some(mailing) = from.store.mailing(ask.scope, id).await? {
            let texts = serde_json::to_value(&mailing.texts).map_err(|_| Error::Unwritable)?;
            let sent_at = mailing.confirmed.map(|confirmed| confirmed.at);
            found.push(json!({ "id": id, "sent_at": sent_at, "texts": texts }));
        }
    }
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
