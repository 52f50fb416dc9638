//! Erasures: the record of one, and what begins it (D2).

use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};
use domain::deactivation::Deactivation;
use domain::erasure::{Erasure, ErasureScope, ErasureStatus, FormGone, Subject};
use domain::{ErasureId, InstitutionId, StudentId};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::item::{encode, number, string};
use crate::update::{Change, Transacted};
use crate::{Erased, Error, Scope, Store, keys};

/// How the start of an erasure ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BeganErasure {
    /// From now on the cohort's data counts as gone.
    New,
    /// It was begun before; it is resumed.
    Already,
    /// The cohort is not there, not due, or another erasure has it.
    NotDue,
}

/// How the request for an erasure ended.
#[expect(clippy::large_enum_variant, reason = "one value per request, matched at once")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestedErasure {
    /// It is recorded now, and from now on no reader sees the person or the institution.
    New,
    /// This one was asked for before.
    Already(Erasure),
    /// There is nobody and nothing of this id.
    Unknown,
}

/// How often an erasure is asked for again while the roster is replaced.
const TRIES: usize = 4;

impl Store {
    /// Records that an erasure was asked for. A person or an institution is marked with it in the same
    /// transaction and is out of every reader's sight from then on; a cohort when its erasure begins.
    ///
    /// Asked again, the erasure that the mark names stands: two callers at once meet at it.
    pub async fn request_erasure(
        &self,
        institution: &InstitutionId,
        erasure: &Erasure,
    ) -> Result<RequestedErasure, Error> {
        self.request_erasure_at(institution, erasure, &[]).await
    }

    /// The same of a person who has other addresses than the first: what tells an erased student is written
    /// for the ids that they lead to as well, so that no list brings the person back under one of them.
    pub async fn request_erasure_at(
        &self,
        institution: &InstitutionId,
        erasure: &Erasure,
        others: &[StudentId],
    ) -> Result<RequestedErasure, Error> {
        let Some(subject) = erasure.subject() else { return Ok(RequestedErasure::Unknown) };
        for _ in 0..TRIES {
            let put = encode("erasure", &keys::erasure(institution, &erasure.id), erasure)?;
            let mut items = vec![self.put_in_transaction(put)];
            let mut moves = None;
            match &subject {
                Subject::Person { cohort, student } => {
                    let scope = Scope::new(institution.clone(), cohort.clone());
                    if let Some(expected) = self.expected_mark(&scope, student, erasure).await? {
                        items.extend(expected);
                        moves = Some(1);
                    } else {
                        items.push(self.mark(&keys::student(&scope, student), erasure));
                    }
                    for other in others {
                        items.push(self.erased_mark(&scope, other, erasure)?);
                    }
                }
                Subject::Institution => {
                    items.push(self.mark(&keys::institution(institution), erasure));
                    // Only what is out of everybody's reach goes, and from now on it stays so.
                    let deactivated = Change::of(&keys::deactivation(institution))
                        .set("erasure", string(erasure.id.as_str()))
                        .when("attribute_exists(pk) AND attribute_not_exists(ended)");
                    items.push(deactivated.in_transaction(&self.table));
                }
                Subject::Cohort { cohort } => {
                    let scope = Scope::new(institution.clone(), cohort.clone());
                    // Its id follows from the cohort's alone, so there is one.
                    if self.cohort_even_if_gone(&scope).await?.is_none() {
                        return Ok(RequestedErasure::Unknown);
                    }
                }
            }
            match self.transact("request_erasure", items).await? {
                Transacted::Done => return Ok(RequestedErasure::New),
                // Another list was put in place meanwhile.
                Transacted::Refused(place) if Some(place) == moves => {}
                Transacted::Refused(_) => {
                    let standing = match self.standing_erasure(institution, &subject).await? {
                        Some(id) => self.erasure(institution, &id).await?,
                        None => None,
                    };
                    return Ok(
                        standing.map_or(RequestedErasure::Unknown, RequestedErasure::Already)
                    );
                }
            }
        }
        Err(Error::Unavailable {
            operation: "request_erasure",
            code: "changing".into(),
            source: "the roster changes all the time".into(),
        })
    }

    fn mark(&self, key: &keys::Key, erasure: &Erasure) -> TransactWriteItem {
        Change::of(key)
            .set("erasure", string(erasure.id.as_str()))
            .when("attribute_exists(pk) AND attribute_not_exists(erasure)")
            .in_transaction(&self.table)
    }

    /// What tells an erased student, from the moment at which the erasure is asked for.
    fn erased_mark(
        &self,
        scope: &Scope,
        student: &StudentId,
        erasure: &Erasure,
    ) -> Result<TransactWriteItem, Error> {
        let erased = Erased { until: erasure.started_at, erasure: erasure.id.clone() };
        let item = encode("mark", &keys::erased_student(scope, student), &erased)?;
        Ok(self.put_anyway_in_transaction(item))
    }

    /// The marks of somebody who is expected and has not answered; nothing if they have a record, or are not
    /// expected: in the entry, for readers, and what tells an erased student, so that no questionnaire that
    /// they sent before makes a record. First of all the roster has to be as it was read: the page of a list
    /// that was replaced may go at any moment.
    async fn expected_mark(
        &self,
        scope: &Scope,
        student: &StudentId,
        erasure: &Erasure,
    ) -> Result<Option<[TransactWriteItem; 3]>, Error> {
        if self.student_even_if_gone(scope, student).await?.is_some() {
            return Ok(None);
        }
        let roster = self.roster(scope).await?;
        let Some(key) = self.expected_page(scope, student, roster.as_ref()).await? else {
            return Ok(None);
        };
        let same = Change::of(&keys::roster(scope));
        let same = match &roster {
            None => same.when("attribute_not_exists(pk)"),
            Some(roster) => same
                .name("#seen", "version")
                .value(":seen", number(roster.version))
                .when("attribute_exists(pk) AND #seen = :seen"),
        };
        let change = Change::of(&key)
            .set_inside("#entries.#student.#erasure", string(erasure.id.as_str()))
            .name("#entries", "entries")
            .name("#student", student.as_str())
            .name("#erasure", "erasure")
            .when("attribute_exists(#entries.#student) AND attribute_not_exists(#entries.#student.#erasure)");
        Ok(Some([
            same.check_in_transaction(&self.table),
            change.in_transaction(&self.table),
            self.erased_mark(scope, student, erasure)?,
        ]))
    }

    /// Marks the record of somebody who had none when their erasure was asked for; tells whether it has that
    /// mark alone now.
    pub async fn mark_late_record(
        &self,
        scope: &Scope,
        student: &StudentId,
        erasure: &ErasureId,
    ) -> Result<bool, Error> {
        let change = Change::of(&keys::student(scope, student))
            .set("erasure", string(erasure.as_str()))
            .when("attribute_exists(pk) AND attribute_not_exists(erasure)");
        self.change("mark_late_record", change).await
    }

    /// The erasure that a subject is marked with. One person's mark goes with the record; what stays
    /// of them still names it.
    pub async fn standing_erasure(
        &self,
        institution: &InstitutionId,
        subject: &Subject,
    ) -> Result<Option<ErasureId>, Error> {
        Ok(match subject {
            Subject::Person { cohort, student } => {
                let scope = Scope::new(institution.clone(), cohort.clone());
                if let Some(student) = self.student_even_if_gone(&scope, student).await? {
                    return Ok(student.erasure);
                }
                match self.expected_student(&scope, student).await? {
                    Some(expected) => expected.erasure,
                    None => self.erased_student(&scope, student).await?.map(|mark| mark.erasure),
                }
            }
            Subject::Cohort { cohort } => {
                let scope = Scope::new(institution.clone(), cohort.clone());
                let known = self.cohort_even_if_gone(&scope).await?;
                known.map(|known| {
                    known.erasure.unwrap_or_else(|| ErasureId::for_asked_cohort(cohort))
                })
            }
            // The institution's own record goes with the erasure; its deactivation stays.
            Subject::Institution => {
                let known = self.deactivation(institution).await?;
                known.filter(Deactivation::is_in_force).and_then(|noted| noted.erasure)
            }
        })
    }

    /// Begins an erasure that was asked for, or goes on with it: the record runs, and a cohort is
    /// marked, in one transaction. Tells whether it runs; one that is completed stays so.
    pub async fn begin_requested(
        &self,
        institution: &InstitutionId,
        erasure: &Erasure,
    ) -> Result<bool, Error> {
        let record = Change::of(&keys::erasure(institution, &erasure.id))
            .set("status", string("running"))
            .remove(&["failure"])
            .when("attribute_exists(pk) AND attribute_not_exists(completed_at)");
        let mut items = vec![record.in_transaction(&self.table)];
        if let (ErasureScope::Cohort, Some(cohort)) = (erasure.scope, &erasure.cohort) {
            let scope = Scope::new(institution.clone(), cohort.clone());
            let cohort = Change::of(&keys::cohort(&scope))
                .set("erasure", string(erasure.id.as_str()))
                .when("attribute_exists(pk) AND (attribute_not_exists(erasure) OR erasure = :set_erasure)");
            items.push(cohort.in_transaction(&self.table));
        }
        Ok(matches!(self.transact("begin_requested", items).await?, Transacted::Done))
    }

    /// Records an erasure and marks the cohort, in one transaction, if its data is due today.
    pub async fn begin_erasure(
        &self,
        scope: &Scope,
        erasure: &Erasure,
        today: Date,
    ) -> Result<BeganErasure, Error> {
        let key = keys::erasure(&scope.institution, &erasure.id);
        let item = encode("erasure", &key, erasure)?;
        let change = Change::of(&keys::cohort(scope))
            .set("erasure", string(erasure.id.as_str()))
            .when("attribute_exists(pk) AND delete_on <= :today AND (attribute_not_exists(erasure) OR erasure = :set_erasure)")
            .value(":today", string(today.to_string()));
        let items = vec![self.put_in_transaction(item), change.in_transaction(&self.table)];
        match self.transact("begin_erasure", items).await? {
            Transacted::Done => Ok(BeganErasure::New),
            Transacted::Refused(_) => {
                Ok(match self.erasure(&scope.institution, &erasure.id).await? {
                    Some(_) => BeganErasure::Already,
                    None => BeganErasure::NotDue,
                })
            }
        }
    }

    /// One erasure.
    pub async fn erasure(
        &self,
        institution: &InstitutionId,
        id: &ErasureId,
    ) -> Result<Option<Erasure>, Error> {
        self.get("erasure", "erasure", &keys::erasure(institution, id)).await
    }

    /// All erasures of an institution.
    pub async fn erasures(&self, institution: &InstitutionId) -> Result<Vec<Erasure>, Error> {
        self.all("erasures", "erasure", &keys::institution_partition(institution), keys::ERASURE)
            .await
    }

    /// Replaces the counts of an erasure, and up to which student and which item things are counted in them. The
    /// caller computed them from what was there before, so a second run sets the same or larger numbers.
    pub async fn erasure_counted(
        &self,
        institution: &InstitutionId,
        erasure: &Erasure,
    ) -> Result<(), Error> {
        let key = keys::erasure(institution, &erasure.id);
        let deleted = serde_json::json!({ "deleted": erasure.deleted });
        let mut item = encode("erasure", &key, &deleted)?;
        let deleted = item.remove("deleted").ok_or(Error::Unwritable { kind: "erasure" })?;
        let students = erasure.suppressions_counted.as_ref().map(|id| string(id.as_str()));
        let mut change = Change::of(&key)
            .set("deleted", deleted)
            .set_some("suppressions_counted", students)
            .when("attribute_exists(pk)");
        change = match &erasure.items_counted {
            Some(item) => change.set("items_counted", string(item.as_str())),
            None => change.remove(&["items_counted"]),
        };
        self.change("erasure_counted", change).await.map(drop)
    }

    /// Notes that an erasure stopped before its end, or runs again.
    pub async fn erasure_status(
        &self,
        institution: &InstitutionId,
        id: &ErasureId,
        status: ErasureStatus,
        failure: Option<&str>,
    ) -> Result<(), Error> {
        let word = match status {
            ErasureStatus::Requested => "requested",
            ErasureStatus::Running => "running",
            ErasureStatus::Failed => "failed",
            ErasureStatus::Completed => "completed",
        };
        let change = Change::of(&keys::erasure(institution, id))
            .set("status", string(word))
            .set_some("failure", failure.map(string))
            .when("attribute_exists(pk) AND attribute_not_exists(completed_at)");
        let change = if failure.is_none() { change.remove(&["failure"]) } else { change };
        self.change("erasure_status", change).await.map(drop)
    }

    /// Notes an operator's word on an erasure that is not completed. The first word stays; whether
    /// one stands now.
    pub async fn erasure_form_gone(
        &self,
        institution: &InstitutionId,
        id: &ErasureId,
        word: &FormGone,
    ) -> Result<bool, Error> {
        let key = keys::erasure(institution, id);
        let mut item = encode("erasure", &key, &serde_json::json!({ "form_gone": word }))?;
        let word = item.remove("form_gone").ok_or(Error::Unwritable { kind: "erasure" })?;
        let change = Change::of(&key)
            .set("form_gone", word)
            .when("attribute_exists(pk) AND attribute_not_exists(completed_at) AND attribute_not_exists(form_gone)");
        if self.change("erasure_form_gone", change).await? {
            return Ok(true);
        }
        let stands = self.erasure(institution, id).await?;
        Ok(stands.is_some_and(|erasure| erasure.form_gone.is_some()))
    }

    /// Completes an erasure and takes the cohort off the index of what is due, in one transaction.
    /// The cohort's record stays as a tombstone. Its settings name nobody then: who was to be apart or
    /// together stood in the criteria, which nothing reads any more.
    pub async fn complete_erasure(
        &self,
        scope: &Scope,
        id: &ErasureId,
        at: Timestamp,
    ) -> Result<(), Error> {
        let erasure = Change::of(&keys::erasure(&scope.institution, id))
            .set("status", string("completed"))
            .set("completed_at", string(at.to_string()))
            // A student's id is a keyed hash of an address: it goes with the rest.
            .remove(&["failure", "suppressions_counted", "items_counted"])
            .when("attribute_exists(pk) AND attribute_not_exists(completed_at)");
        let cohort = Change::of(&keys::cohort(scope))
            .remove(&[
                "retention_pk",
                "retention_sk",
                "deadline_pk",
                "deadline_sk",
                "active_formation",
                // It names who gave the instruction; its reference stands in the certificate.
                "extension",
            ])
            .set("criteria", AttributeValue::L(Vec::new()))
            .when("erasure = :erasure")
            .value(":erasure", string(id.as_str()));
        let items = vec![erasure.in_transaction(&self.table), cohort.in_transaction(&self.table)];
        self.transact("complete_erasure", items).await.map(drop)
    }
}
