//! Writes the ledger entry, the certificate and the audit entry, and completes the erasure.

use std::collections::BTreeMap;

use domain::audit::AuditEntry;
use domain::erasure::{Certificate, ErasureScope};
use jiff::Timestamp;
use runtime::{Metric, count};
use store::{PutOutcome, Scope, keys};

use super::Subject;
use crate::task::{Progress, Step, Task};
use crate::{Error, Systems, counts};

/// Safe to run again after dying anywhere, because of the order:
///
/// 1. The ledger entry: before the certificate, which names it. The first entry stays.
/// 2. The certificate: created unless it is there. The first one stays, and what follows goes by it.
/// 3. The audit entry, at the certificate's time: written twice it stands once.
/// 4. The record and the cohort, in one transaction: last, because only this takes the cohort off the
///    index of what is due. Until then the next sweep starts the erasure again.
pub(crate) async fn certify(
    systems: &Systems,
    task: &Task,
    subject: &Subject,
) -> Result<Progress, Error> {
    let (verified_at, left_over) = proof(task)?;

    let erasure = &subject.erasure;
    let ledger_entry =
        systems.ledger.record(&task.institution, &task.subject(), erasure.started_at).await?;
    let certificate = Certificate {
        erasure: erasure.id.clone(),
        institution: task.institution.clone(),
        scope: erasure.scope,
        cohort: erasure.cohort.clone(),
        reason: erasure.reason,
        reference: erasure.reference.clone(),
        requested_at: erasure.requested_at,
        delete_on: erasure.delete_on,
        extended_by: erasure.extended_by.clone(),
        started_at: erasure.started_at,
        verified_at,
        deleted: erasure.deleted.clone(),
        left_over: left_over.clone(),
        form_gone: erasure.form_gone.clone().filter(|_| !left_over.contains_key("typeform")),
        ledger_entry,
        cohorts: Vec::new(),
    };
    let certificate = first_written(systems, task, certificate).await?;

    let students = certificate.deleted.get(&counts::items("students")).copied().unwrap_or(0);
    let (at, id) = (certificate.verified_at, task.erasure.as_str());
    let action = if subject.person.is_some() { "person.erase" } else { "cohort.erase" };
    let entry = AuditEntry::of_job(&task.institution, at, "erasure-steps", action, id)
        .in_cohort(Some(&subject.scope.cohort))
        .touching(usize::try_from(students).unwrap_or(usize::MAX));
    systems.audit.append(&entry, task.erasure.as_str()).await?;

    let now = (systems.clock)();
    if subject.person.is_some() {
        systems.store.complete_person(&task.institution, &task.erasure, now).await?;
        return Ok(Progress::done(Step::Certify));
    }
    with_cohort(systems, &subject.scope, now).await?;
    systems.store.complete_erasure(&subject.scope, &task.erasure, now).await?;
    if erasure.completed_at.is_none() {
        count(Metric::CohortsErased, 1);
    }
    Ok(Progress::done(Step::Certify))
}

/// When everything was read back and found gone, and in which systems.
pub(super) fn proof(task: &Task) -> Result<(Timestamp, &BTreeMap<String, u64>), Error> {
    let proof = task.after.as_ref().filter(|after| after.step == Step::Verify && after.done);
    let proof = proof.and_then(|after| after.verified_at.zip(after.left_over.as_ref()));
    let clean = proof.filter(|(_, left_over)| left_over.values().all(|left| *left == 0));
    clean.ok_or(Error::Unverified)
}

/// Completes the erasures of persons that the cohort's has overtaken: there is nothing left of them, and the
/// cohort's certificate tells of it.
async fn with_cohort(systems: &Systems, scope: &Scope, now: Timestamp) -> Result<(), Error> {
    for other in systems.store.erasures(&scope.institution).await? {
        let here = other.cohort.as_ref() == Some(&scope.cohort);
        if here && other.scope == ErasureScope::Person && other.completed_at.is_none() {
            systems.store.complete_person(&scope.institution, &other.id, now).await?;
        }
    }
    Ok(())
}

/// The certificate that stands: this one, or the one that an earlier run wrote.
pub(super) async fn first_written(
    systems: &Systems,
    task: &Task,
    certificate: Certificate,
) -> Result<Certificate, Error> {
    let key = keys::certificate(&task.institution, &task.erasure);
    let body = serde_json::to_vec(&certificate)
        .map_err(|_| store::Error::Unwritable { kind: "certificate" })?;
    match systems.objects.create(&key, body).await? {
        PutOutcome::Written => Ok(certificate),
        PutOutcome::Existed => {
            let corrupt = store::Error::Corrupt { kind: "certificate" };
            Ok(systems.objects.get_json(&key).await?.ok_or(corrupt)?)
        }
    }
}
