//! An institution's share of each step (D6). Its cohorts go first, one after the other, each by the
//! machine's own steps and with a certificate of its own; then what hangs on the institution itself.
//!
//! It begins only for an institution whose deactivation is in force: since then nothing can come in, and
//! from the request on the deactivation cannot be taken back. Every step goes by the record of the
//! erasure, which only that request makes and which stays when the institution's own record is gone.
//!
//! Repeatable like the steps of a cohort: each lists what is there and deletes that.

use domain::InstitutionId;
use domain::audit::AuditEntry;
use domain::deactivation::Deactivation;
use domain::erasure::{Certificate, Erasure, ErasureReason, ErasureRef, ErasureScope, Subject};
use domain::retention;
use runtime::{Metric, clock, count};
use store::{RequestedErasure, Scope, keys};

use super::begin::resume;
use super::certify::{first_written, proof};
use super::objects::delete;
use super::verify::verdict;
use super::{contacts, unassigned};
use crate::task::{Progress, Step, Task};
use crate::{Error, Systems, counts};

/// Runs a step.
pub(crate) async fn run(systems: &Systems, task: &Task) -> Result<Progress, Error> {
    if task.step == Step::Begin {
        return begin(systems, task).await;
    }
    let known = systems.store.erasure(&task.institution, &task.erasure).await?;
    let known = known.filter(|known| known.scope == ErasureScope::Institution);
    // What is completed is not begun again; only its end may run twice.
    let known = known.filter(|it| it.completed_at.is_none() || task.step == Step::Certify);
    let mut erasure = known.ok_or(Error::NotBegun)?;
    match task.step {
        Step::NextCohort => next_cohort(systems, task, &erasure).await,
        Step::Suppressions => suppressions(systems, task, &mut erasure).await,
        Step::Objects => objects(systems, task, &mut erasure).await,
        Step::Items => items(systems, task, &mut erasure).await,
        Step::Verify => verify(systems, task).await,
        Step::Certify => certify(systems, task, &erasure).await,
        // Forms are the cohorts', whose certificates tell of Typeform.
        _ => Ok(Progress::done(task.step)),
    }
}

/// Goes on with an erasure that was asked for, or asks for it when the agreed day has come.
async fn begin(systems: &Systems, task: &Task) -> Result<Progress, Error> {
    let institution = &task.institution;
    let noted = systems.store.deactivation(institution).await?;
    let noted = noted.filter(Deactivation::is_in_force).ok_or(Error::NotDue)?;
    if noted.erasure.is_none() {
        let now = (systems.clock)();
        if !retention::is_due(noted.erase_on, clock::today(now)) {
            return Err(Error::NotDue);
        }
        let (id, reason) = (task.erasure.clone(), ErasureReason::AgreementEnded);
        let asked =
            Erasure::requested(id, &Subject::Institution, reason, noted.reference, None, now);
        let asked = Erasure { delete_on: Some(noted.erase_on), ..asked };
        if systems.store.request_erasure(institution, &asked).await? == RequestedErasure::Unknown {
            return Err(Error::NotDue);
        }
    }
    let known = systems.store.erasure(institution, &task.erasure).await?;
    let known = known.filter(|known| known.completed_at.is_none()).ok_or(Error::NotDue)?;
    resume(systems, task, known).await?;
    Ok(Progress::done(Step::Begin))
}

/// Names a cohort that is not erased yet, and records that its erasure is asked for; one that has begun
/// goes on. Every cohort that is named ends completed or fails the execution, so each is named once.
async fn next_cohort(systems: &Systems, task: &Task, erasure: &Erasure) -> Result<Progress, Error> {
    let (store, institution) = (&systems.store, &task.institution);
    for cohort in store.cohorts_even_if_gone(institution).await? {
        let cohort = cohort.settings.id;
        let subject = Subject::Cohort { cohort };
        let standing = store.standing_erasure(institution, &subject).await?;
        let id = standing.ok_or(Error::NotDue)?;
        let known = store.erasure(institution, &id).await?;
        if known.as_ref().is_some_and(|known| known.completed_at.is_some()) {
            continue;
        }
        let now = (systems.clock)();
        if known.is_none() {
            let reference = erasure.reference.clone().ok_or(Error::NotDue)?;
            let asked =
                Erasure::requested(id.clone(), &subject, erasure.reason, reference, None, now);
            store.request_erasure(institution, &asked).await?;
        }
        let subject = ErasureRef { institution: institution.clone(), subject, erasure: id };
        return Ok(Progress {
            subject: Some(subject),
            since: Some(now),
            ..Progress::not_done(Step::NextCohort, 0)
        });
    }
    Ok(Progress::done(Step::NextCohort))
}

/// All entries are counted before the first is deleted.
async fn suppressions(
    systems: &Systems,
    task: &Task,
    erasure: &mut Erasure,
) -> Result<Progress, Error> {
    let listed = contacts::suppressed(systems, &task.institution).await?;
    let there = [(counts::SUPPRESSIONS.to_owned(), listed.len() as u64)];
    counts::note(&systems.store, &task.institution, erasure, there).await?;
    contacts::lift(systems, &listed).await?;
    Ok(Progress::done(Step::Suppressions))
}

/// Where its objects lie, certificates aside.
fn prefixes(institution: &InstitutionId) -> [String; 2] {
    [keys::cohorts_prefix(institution), keys::institution_exports_prefix(institution)]
}

async fn left_below(systems: &Systems, institution: &InstitutionId) -> Result<u64, Error> {
    let mut there = 0;
    for prefix in prefixes(institution) {
        there += systems.objects.count_versions(&prefix).await?;
    }
    Ok(there)
}

/// Versions of questionnaires that lie with no cohort, whatever is left below the cohorts' prefixes, and
/// exports.
async fn objects(systems: &Systems, task: &Task, erasure: &mut Erasure) -> Result<Progress, Error> {
    let entries = unassigned::of(systems, &task.institution).await?;
    if task.is_fresh() {
        let there = unassigned::versions(systems, &entries).await?
            + left_below(systems, &task.institution).await?;
        let there = [(counts::OBJECTS.to_owned(), there)];
        counts::note(&systems.store, &task.institution, erasure, there).await?;
    }
    let of_entries = entries.iter().map(|entry| keys::raw_response(None, &entry.token));
    delete(systems, of_entries.chain(prefixes(&task.institution))).await
}

/// Everything is counted before the first of it goes. The records come last, the institution's own at the
/// very end: by it and by the contacts' the addresses are found.
async fn items(systems: &Systems, task: &Task, erasure: &mut Erasure) -> Result<Progress, Error> {
    let (store, institution) = (&systems.store, &task.institution);
    let go = contacts::who_go(systems, institution).await?;
    let entries = unassigned::of(systems, institution).await?;
    let mut there = store.count_institution(institution).await?;
    there.insert("contacts".to_owned(), go.len() as u64);
    there.insert("quarantines".to_owned(), entries.len() as u64);
    let there = there.into_iter().map(|(kind, number)| (counts::items(&kind), number));
    let accounts = go.iter().filter(|(_, contact)| contact.is_some()).count() as u64;
    let there = there.chain([(counts::ACCOUNTS.to_owned(), accounts)]);
    counts::note(store, institution, erasure, there).await?;
    for (id, contact) in &go {
        contacts::erase(systems, institution, id, contact.as_ref()).await?;
    }
    for entry in &entries {
        store.leave_quarantine(None, &entry.token).await?;
    }
    for scope in cohorts(systems, institution).await? {
        loop {
            let items = store.first_items(&scope, systems.limits.items).await?;
            store.delete_items(&items).await?;
            if items.are_the_last() {
                break;
            }
        }
    }
    store.erase_institution(institution).await?;
    Ok(Progress::done(Step::Items))
}

/// The cohorts that the institution had: those of its erasures, which stay when their records are gone.
async fn cohorts(systems: &Systems, institution: &InstitutionId) -> Result<Vec<Scope>, Error> {
    let erasures = systems.store.erasures(institution).await?.into_iter();
    let cohorts = erasures.filter(|erasure| erasure.scope == ErasureScope::Cohort);
    let scope = |cohort| Scope::new(institution.clone(), cohort);
    Ok(cohorts.filter_map(|erasure| erasure.cohort.map(scope)).collect())
}

/// Reads everything back, the cohorts' partitions and prefixes once more. SES and the user pool are listed
/// with zero: each address was looked up again after its entry or account was deleted, and by now there
/// are no addresses left to ask for.
async fn verify(systems: &Systems, task: &Task) -> Result<Progress, Error> {
    let (store, institution) = (&systems.store, &task.institution);
    let entries = unassigned::of(systems, institution).await?;
    let contacts = contacts::who_go(systems, institution).await?.len() + entries.len();
    let mut items = contacts as u64;
    items += store.count_institution(institution).await?.values().sum::<u64>();
    for scope in cohorts(systems, institution).await? {
        items += store.count_items(&scope).await?.values().sum::<u64>();
    }
    let objects =
        unassigned::versions(systems, &entries).await? + left_below(systems, institution).await?;
    let left = [("dynamodb", items), ("s3", objects), ("ses", 0), ("cognito", 0)];
    verdict(systems, task, left)
}

/// In the order of a cohort's end, for the same reasons: ledger, certificate, audit trail, record. The
/// certificates of the cohorts are named in it; one that is not completed yet is none.
async fn certify(systems: &Systems, task: &Task, erasure: &Erasure) -> Result<Progress, Error> {
    let (verified_at, left_over) = proof(task)?;
    let institution = &task.institution;
    let erasures = systems.store.erasures(institution).await?.into_iter();
    let cohorts: Vec<Erasure> =
        erasures.filter(|other| other.scope == ErasureScope::Cohort).collect();
    if cohorts.iter().any(|cohort| cohort.completed_at.is_none()) {
        return Err(Error::Unverified);
    }
    let ledger_entry =
        systems.ledger.record(institution, &Subject::Institution, erasure.started_at).await?;
    let certificate = Certificate {
        erasure: erasure.id.clone(),
        institution: institution.clone(),
        scope: ErasureScope::Institution,
        cohort: None,
        reason: erasure.reason,
        reference: erasure.reference.clone(),
        requested_at: erasure.requested_at,
        delete_on: erasure.delete_on,
        extended_by: None,
        started_at: erasure.started_at,
        verified_at,
        deleted: erasure.deleted.clone(),
        left_over: left_over.clone(),
        form_gone: None,
        ledger_entry,
        cohorts: cohorts.into_iter().map(|cohort| cohort.id).collect(),
    };
    let certificate = first_written(systems, task, certificate).await?;
    let contacts = certificate.deleted.get(&counts::items("contacts")).copied().unwrap_or(0);
    let (at, id) = (certificate.verified_at, task.erasure.as_str());
    let entry = AuditEntry::of_job(institution, at, "erasure-steps", "institution.erase", id)
        .touching(usize::try_from(contacts).unwrap_or(usize::MAX));
    systems.audit.append(&entry, id).await?;
    systems.store.complete_institution(institution, &task.erasure, (systems.clock)()).await?;
    if erasure.completed_at.is_none() {
        count(Metric::InstitutionsErased, 1);
    }
    Ok(Progress::done(Step::Certify))
}
