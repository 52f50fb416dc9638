//! After a restore: what the ledger says was erased goes again, before anybody reads it (D3).
//!
//! A restore brings back a table of its own, which nothing serves yet. There, whatever has its keyed hash
//! in the ledger is put out of every reader's sight, in the way in which the next sweep finds it: an
//! institution is deactivated and due today, a cohort is due today, a person's erasure is asked for. So
//! each is erased everywhere and certified again once the table is served.
//!
//! A person is due again only if they answered before they were erased: who answered anew afterwards
//! stays. What came back with an institution or a cohort goes with it.
//!
//! At the end the table itself notes that the ledger was applied. `restore_check` changes nothing: it looks
//! for that note and goes through everything once more; only what it answers `verified` may be served.
//! What was erased after the first run is found by it, as the ledger is looked at anew.
//!
//! Neither begins with a ledger that was recorded under another key than the function has.
//!
//! Safe to run twice and to die in the middle: what is out of sight already is left as it is.

use std::collections::BTreeMap;

use domain::deactivation::Deactivation;
use domain::erasure::{Erasure, ErasureReason, Subject};
use domain::{CaseReference, CohortId, ErasureId, InstitutionId, StudentId, retention};
use jiff::Timestamp;
use jiff::civil::Date;
use runtime::{StepError, clock};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{Reapplication, RequestedErasure, Scope, Store, Term};

use crate::task::Task;
use crate::{Error, Systems};

/// What the function is asked: a task of the state machine, or by an operator to prepare a restored
/// table or to look whether it is prepared.
#[derive(Debug, Clone)]
pub enum Request {
    /// `{"step": .., ..}`
    Task(Box<Task>),
    /// `{"restored": {"table": ..}}`
    Restored(Restored),
    /// `{"restore_check": {"table": ..}}`
    Check(Restored),
}

/// A table that was restored.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restored {
    /// Its name: the application's table's name and `-restored`, and whatever tells it from others.
    pub table: String,
    /// Nothing was erased before: the operator's word that a ledger without a single entry is whole.
    #[serde(default)]
    pub nothing_erased: bool,
}

/// What was found and done in it: ids and counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Reapplied {
    /// Cohorts that hold data.
    pub examined: u64,
    /// Institutions that the ledger says were erased: out of reach, and due from now on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub institutions: Vec<InstitutionId>,
    /// Cohorts of others that the ledger says were erased: due from now on.
    pub due_again: Vec<Cohort>,
    /// How many people of other cohorts the ledger says were erased: out of sight from now on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub persons: Vec<Persons>,
    /// How much of this had been in readers' sight until now.
    #[serde(skip)]
    pub in_sight: u64,
}

/// Whether a restored table may be served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Whether the ledger was applied to the end, and nothing that it knows is in anybody's sight.
    pub verified: bool,
    /// When the run ended that applied the ledger; absent if none came to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applied_at: Option<Timestamp>,
    /// Cohorts that hold data.
    pub examined: u64,
    /// What the ledger knows and readers would see: institutions, cohorts and persons.
    pub in_sight: u64,
}

/// A cohort that was erased and restored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cohort {
    /// Its institution.
    pub institution: InstitutionId,
    /// The cohort.
    pub cohort: CohortId,
}

/// People of a cohort who were erased and restored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Persons {
    /// Their institution.
    pub institution: InstitutionId,
    /// Their cohort.
    pub cohort: CohortId,
    /// How many.
    pub count: u64,
}

impl Request {
    /// Reads a request; by its keys, so that an error is about the kind that was meant.
    pub fn parse(event: Value) -> Result<Self, StepError> {
        let read = match event {
            Value::Object(mut members)
                if members.len() == 1 && members.contains_key("restored") =>
            {
                let restored = members.remove("restored").unwrap_or_default();
                serde_json::from_value(restored).map(Self::Restored)
            }
            Value::Object(mut members)
                if members.len() == 1 && members.contains_key("restore_check") =>
            {
                let restored = members.remove("restore_check").unwrap_or_default();
                serde_json::from_value(restored).map(Self::Check)
            }
            event => serde_json::from_value(event).map(|task| Self::Task(Box::new(task))),
        };
        // Events hold ids only, so the message may say what it met.
        read.map_err(|error| StepError::new(StepError::PERMANENT, error.to_string()))
    }
}

/// Puts what was erased out of sight in a restored table, and notes in it that this is done.
pub async fn reapply(systems: &Systems, restored: &Restored) -> Result<Reapplied, Error> {
    let store = systems.store.restored(&restored.table).ok_or(Error::NotRestored)?;
    is_our_ledger(systems, restored).await?;
    let began_at = (systems.clock)();
    let done = walk(systems, &store, true).await?;
    store.reapplied(&Reapplication { began_at, ended_at: (systems.clock)() }).await?;
    tracing::info!(
        examined = done.examined,
        institutions = done.institutions.len(),
        cohorts = done.due_again.len(),
        persons = done.persons.iter().map(|persons| persons.count).sum::<u64>(),
        "restored.reapplied"
    );
    Ok(done)
}

/// Looks whether a restored table may be served. Changes nothing.
pub async fn check(systems: &Systems, restored: &Restored) -> Result<Checked, Error> {
    let store = systems.store.restored(&restored.table).ok_or(Error::NotRestored)?;
    is_our_ledger(systems, restored).await?;
    let applied = store.reapplication().await?;
    let found = walk(systems, &store, false).await?;
    let verified = applied.is_some() && found.in_sight == 0;
    let (examined, in_sight) = (found.examined, found.in_sight);
    tracing::info!(examined, in_sight, verified, "restored.checked");
    Ok(Checked { verified, applied_at: applied.map(|done| done.ended_at), examined, in_sight })
}

/// A ledger that was recorded under another key recognises nothing, and nothing would be found that was
/// erased: the key that a new stack made for itself in another region, or a table that is no ledger.
async fn is_our_ledger(systems: &Systems, restored: &Restored) -> Result<(), Error> {
    if restored.nothing_erased || systems.ledger.knows_its_key().await? {
        return Ok(());
    }
    Err(Error::ForeignLedger)
}

/// Goes through everything that the table holds; with `hides`, puts what the ledger knows out of sight.
async fn walk(systems: &Systems, store: &Store, hides: bool) -> Result<Reapplied, Error> {
    let now = (systems.clock)();
    let place = Place { systems, store, hides, now, today: clock::today(now) };
    let mut found = Reapplied::default();
    for institution in store.institutions().await? {
        let erased = systems.ledger.erased_at(&institution, &Subject::Institution).await?;
        if let Some(erased) = erased {
            found.in_sight += place.institution(&institution, erased).await?;
            found.institutions.push(institution);
        }
    }
    for scope in store.with_data().await? {
        found.examined += 1;
        if found.institutions.contains(&scope.institution) {
            continue;
        }
        let Some(cohort) = store.cohort_even_if_gone(&scope).await? else { continue };
        let subject = Subject::Cohort { cohort: scope.cohort.clone() };
        if systems.ledger.erased_at(&scope.institution, &subject).await?.is_none() {
            place.persons(&scope, &mut found).await?;
            continue;
        }
        if cohort.erasure.is_none() && !retention::is_due(cohort.delete_on, place.today) {
            found.in_sight += 1;
            let term = Term { delete_on: place.today, was: cohort.delete_on };
            if hides && !store.extend_retention(&scope, None, term).await? {
                return Err(Error::Changed);
            }
        }
        let Scope { institution, cohort } = scope;
        found.due_again.push(Cohort { institution, cohort });
    }
    Ok(found)
}

/// Where the ledger is applied, and when.
struct Place<'a> {
    systems: &'a Systems,
    store: &'a Store,
    hides: bool,
    now: Timestamp,
    today: Date,
}

impl Place<'_> {
    /// The reference under which the drill's own record stands: of the restore, by its day.
    fn reference(&self) -> Result<CaseReference, Error> {
        let reference = CaseReference::parse(format!("restore-{}", self.today));
        reference.map_err(|_| Error::Store(store::Error::Unwritable { kind: "reference" }))
    }

    /// An institution that was erased. Tells whether it had been in sight.
    async fn institution(&self, id: &InstitutionId, erased: Timestamp) -> Result<u64, Error> {
        let noted = self.store.deactivation(id).await?;
        let hidden = noted.filter(Deactivation::is_in_force).is_some_and(|noted| {
            noted.erasure.is_some() || retention::is_due(noted.erase_on, self.today)
        });
        if hidden {
            return Ok(0);
        }
        if self.hides {
            let deactivation = Deactivation {
                reference: self.reference()?,
                given_on: clock::today(erased),
                erase_on: self.today,
                noted_at: self.now,
                ended: None,
                erasure: None,
            };
            self.store.deactivate_restored(id, &deactivation).await?;
        }
        Ok(1)
    }

    /// The people of a cohort that was not erased.
    async fn persons(&self, scope: &Scope, found: &mut Reapplied) -> Result<(), Error> {
        let mut count = 0;
        let mut from = None;
        loop {
            let page = self.store.students_even_if_gone(scope, from.as_ref(), None).await?;
            let subjects = page.items.iter().map(|student| Subject::Person {
                cohort: scope.cohort.clone(),
                student: student.id.clone(),
            });
            let subjects: Vec<Subject> = subjects.collect();
            let known = self.systems.ledger.all_erased_at(&scope.institution, &subjects).await?;
            for ((student, subject), erased) in page.items.iter().zip(subjects).zip(known) {
                if erased.is_some_and(|erased| student.submitted_at <= erased) {
                    let hidden = student.erasure.is_some();
                    found.in_sight += self.person(scope, &student.id, hidden, &subject).await?;
                    count += 1;
                }
            }
            let Some(next) = page.next else { break };
            from = Some(next);
        }
        count += self.expected(scope, found).await?;
        if count > 0 {
            let Scope { institution, cohort } = scope.clone();
            found.persons.push(Persons { institution, cohort, count });
        }
        Ok(())
    }

    /// Those on the cohort's roster who have no record: nobody comes onto one after they were erased, so whom
    /// the ledger knows stood there before. Tells how many it knows.
    async fn expected(&self, scope: &Scope, found: &mut Reapplied) -> Result<u64, Error> {
        // On any list: a replacement that died may have left pages.
        let mut expected: BTreeMap<StudentId, bool> = BTreeMap::new();
        for one in self.store.expected_anywhere(scope).await? {
            *expected.entry(one.student).or_default() |= one.entry.erasure.is_some();
        }
        let subjects: Vec<Subject> = expected
            .keys()
            .map(|id| Subject::Person { cohort: scope.cohort.clone(), student: id.clone() })
            .collect();
        let known = self.systems.ledger.all_erased_at(&scope.institution, &subjects).await?;
        let mut count = 0;
        for (((student, hidden), subject), erased) in expected.iter().zip(subjects).zip(known) {
            // Whoever has a record was seen to with it.
            if erased.is_none() || self.store.student_even_if_gone(scope, student).await?.is_some()
            {
                continue;
            }
            found.in_sight += self.person(scope, student, *hidden, &subject).await?;
            count += 1;
        }
        Ok(count)
    }

    /// A person who was erased. Tells whether they had been in sight.
    async fn person(
        &self,
        scope: &Scope,
        student: &StudentId,
        hidden: bool,
        subject: &Subject,
    ) -> Result<u64, Error> {
        if hidden {
            return Ok(0);
        }
        if self.hides {
            let id = ErasureId::for_restored_person(&scope.cohort, student, self.today);
            let (reason, reference) = (ErasureReason::Restored, self.reference()?);
            let asked = Erasure::requested(id, subject, reason, reference, None, self.now);
            let asked = self.store.request_erasure(&scope.institution, &asked).await?;
            if asked == RequestedErasure::Unknown {
                return Err(Error::Changed);
            }
        }
        Ok(1)
    }
}
