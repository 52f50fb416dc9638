//! One person's share of each step. What is theirs is told by marks that hold hashes of tokens, so it can
//! be read back when the records that named it are gone.
//!
//! Everybody else's data stays: nothing is deleted that is neither marked nor lies under the student's id.

use std::collections::BTreeSet;

use domain::cohort::Settings;
use domain::erasure::Erasure;
use domain::{Email, ResponseToken, StudentId};
use store::{Erased, Scope, Store, keys};

use super::{Subject, objects};
use crate::task::{Progress, Step, Task};
use crate::{Error, Systems, counts};

/// Marks each of the student's answers to the evaluation, before the items go that tell whose they are.
/// Repeatable: what is marked is marked again.
pub(super) async fn mark_evaluations(
    store: &Store,
    scope: &Scope,
    student: &StudentId,
    erasure: &Erasure,
) -> Result<(), Error> {
    let erased = Erased { until: erasure.started_at, erasure: erasure.id.clone() };
    let mut from = None;
    loop {
        let page = store.evaluations(scope, from.as_ref(), None).await?;
        for answer in page.items.iter().filter(|answer| answer.student == *student) {
            store.mark_erased_response(scope, &answer.token, &erased).await?;
        }
        let Some(next) = page.next else { return Ok(()) };
        from = Some(next);
    }
}

/// Marks the student and each of their questionnaires: superseded ones too, and those in the cohort's
/// quarantine that they sent; and the ids under which a roster has their other addresses. The student's mark comes last, as every later step goes
/// by it. Repeatable: what is marked is marked again.
pub(super) async fn mark(
    systems: &Systems,
    (scope, settings): (&Scope, &Settings),
    student: &StudentId,
    erasure: &Erasure,
) -> Result<(), Error> {
    let store = &systems.store;
    let erased = Erased { until: erasure.started_at, erasure: erasure.id.clone() };
    let mut from = None;
    loop {
        let page = store.responses(scope, from.as_ref(), None).await?;
        for response in page.items.iter().filter(|response| response.student == *student) {
            store.mark_erased_response(scope, &response.token, &erased).await?;
        }
        let Some(next) = page.next else { break };
        from = Some(next);
    }
    let known = store.addresses(scope, student).await?;
    if !known.is_empty() {
        let mut from = None;
        loop {
            let page = store.quarantine_page(Some(scope), from.as_ref(), None).await?;
            for entry in page.items {
                let raw =
                    systems.objects.get(&keys::raw_response(Some(scope), &entry.token)).await?;
                if raw.is_some_and(|raw| intake::is_from(settings, &raw, &known)) {
                    store.mark_erased_response(scope, &entry.token, &erased).await?;
                }
            }
            let Some(next) = page.next else { break };
            from = Some(next);
        }
    }
    // Whose address was put right stands on a roster under the id of the other address, perhaps.
    let known: BTreeSet<String> = known.iter().map(Email::normalised).collect();
    for one in store.expected_anywhere(scope).await? {
        if one.student != *student && known.contains(&one.entry.email.normalised()) {
            store.mark_erased_student(scope, &one.student, &erased).await?;
        }
    }
    Ok(store.mark_erased_student(scope, student, &erased).await?)
}

/// Deletes all versions of the student's objects. Repeatable: each run lists what is there.
pub(super) async fn delete_objects(
    systems: &Systems,
    task: &Task,
    subject: &mut Subject,
    student: &StudentId,
) -> Result<Progress, Error> {
    let mut theirs = theirs(systems, subject, student).await?;
    // Exports of the institution go whole: the person may be in them.
    let exports = keys::institution_exports_prefix(&subject.scope.institution);
    if systems.objects.count_versions(&exports).await? > 0 {
        theirs.insert(exports);
    }
    if task.is_fresh() {
        let mut there = 0;
        for key in &theirs {
            there += systems.objects.count_versions(key).await?;
        }
        let there = [(counts::OBJECTS.to_owned(), there)];
        counts::note(&systems.store, &task.institution, &mut subject.erasure, there).await?;
    }
    objects::delete(systems, theirs).await
}

/// The keys of raw questionnaires that are marked, of the student's exports, of whatever a formation
/// kept that names the student.
async fn theirs(
    systems: &Systems,
    subject: &Subject,
    student: &StudentId,
) -> Result<BTreeSet<String>, Error> {
    let scope = &subject.scope;
    let marks = systems.store.erased_marks(scope, &subject.erasure.id).await?;
    let prefix = keys::cohort_prefix(scope);
    let exports = keys::exports_prefix(scope, student);
    let named = format!("\"{student}\"");
    let mut theirs = BTreeSet::new();
    for key in systems.objects.every_key(&prefix).await? {
        let name = key.strip_prefix(&prefix).unwrap_or_default();
        let goes = if let Some(file) = name.strip_prefix("responses/") {
            let token = file.strip_suffix(".json").and_then(|id| ResponseToken::parse(id).ok());
            token.is_some_and(|id| marks.contains(&keys::erased_response(scope, &id).sk))
        } else if name.starts_with("formations/") {
            let body = systems.objects.get(&key).await?;
            body.is_some_and(|body| String::from_utf8_lossy(&body).contains(&named))
        } else {
            key.starts_with(&exports)
        };
        if goes {
            theirs.insert(key);
        }
    }
    Ok(theirs)
}

/// Deletes the student's items and takes the id out of all others. The groups that lose a member are
/// marked with the erasure; the repair that follows in the machine finds them by it and tells the rest.
pub(super) async fn items(
    systems: &Systems,
    task: &Task,
    subject: &mut Subject,
    student: &StudentId,
) -> Result<Progress, Error> {
    let marks = systems.store.erased_marks(&subject.scope, &subject.erasure.id).await?;
    let there = systems.store.count_person(&subject.scope, student, &marks).await?;
    let there = there.into_iter().map(|(kind, number)| (counts::items(&kind), number));
    counts::note(&systems.store, &task.institution, &mut subject.erasure, there).await?;
    systems.store.erase_person(&subject.scope, student, &subject.erasure.id, &marks).await?;
    Ok(Progress::done(Step::Items))
}

/// How many items and versions of objects are left of the student.
pub(super) async fn left(
    systems: &Systems,
    subject: &Subject,
    student: &StudentId,
) -> Result<(u64, u64), Error> {
    let marks = systems.store.erased_marks(&subject.scope, &subject.erasure.id).await?;
    let items = systems.store.count_person(&subject.scope, student, &marks).await?;
    let mut versions = 0;
    for key in theirs(systems, subject, student).await? {
        versions += systems.objects.count_versions(&key).await?;
    }
    Ok((items.values().sum(), versions))
}
