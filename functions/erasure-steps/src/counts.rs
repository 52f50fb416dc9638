//! How much of what is deleted, noted on the erasure's record.

use std::collections::BTreeMap;

use domain::erasure::Erasure;
use domain::{InstitutionId, StudentId};
use store::{Items, Store};

/// Versions and delete markers in the bucket.
pub(crate) const OBJECTS: &str = "s3.object_versions";
/// Questionnaires at Typeform, unfinished ones included.
pub(crate) const RESPONSES: &str = "typeform.responses";
/// Answers to the evaluation at Typeform, unfinished ones included.
pub(crate) const EVALUATIONS: &str = "typeform.evaluations";
/// Accounts in the user pool.
pub(crate) const ACCOUNTS: &str = "cognito.accounts";
/// Entries of SES's suppression list.
pub(crate) const SUPPRESSIONS: &str = "ses.suppressed_addresses";

/// The name under which items of a kind (`students`) are counted.
pub(crate) fn items(kind: &str) -> String {
    format!("dynamodb.{kind}")
}

/// Raises the noted counts to what was found. The larger number stays, so a second look after a part
/// was deleted lowers nothing. A completed erasure's counts stand as certified.
pub(crate) async fn note(
    store: &Store,
    institution: &InstitutionId,
    erasure: &mut Erasure,
    found: impl IntoIterator<Item = (String, u64)>,
) -> Result<(), store::Error> {
    if erasure.completed_at.is_some() || !raise(&mut erasure.deleted, found) {
        return Ok(());
    }
    store.erasure_counted(institution, erasure).await
}

/// Adds the first items of a cohort, which are deleted next, unless they were counted before. With the last of
/// them gone, what is found in a later look was written late and is counted from the start.
pub(crate) async fn note_items(
    store: &Store,
    institution: &InstitutionId,
    erasure: &mut Erasure,
    items: &Items,
) -> Result<(), store::Error> {
    let new = items.counted_after(erasure.items_counted.as_deref());
    if new.is_empty() {
        return Ok(());
    }
    let raised = new.into_iter().map(|(kind, number)| {
        let name = self::items(&kind);
        let known = erasure.deleted.get(&name).copied().unwrap_or(0);
        (name, known + number)
    });
    let raised: Vec<_> = raised.collect();
    erasure.items_counted = items.end().map(str::to_owned);
    note(store, institution, erasure, raised).await
}

/// Notes that nothing is left of what was counted.
pub(crate) async fn all_items_gone(
    store: &Store,
    institution: &InstitutionId,
    erasure: &mut Erasure,
) -> Result<(), store::Error> {
    if erasure.completed_at.is_some() || erasure.items_counted.take().is_none() {
        return Ok(());
    }
    store.erasure_counted(institution, erasure).await
}

/// Adds the suppression entries of some students, the last of whom is `through`, unless they were
/// counted before: entries are deleted one by one, so a repeated step finds only some of them again.
pub(crate) async fn note_suppressions(
    store: &Store,
    institution: &InstitutionId,
    erasure: &mut Erasure,
    entries: &[StudentId],
    through: &StudentId,
) -> Result<(), store::Error> {
    let before = erasure.suppressions_counted.as_ref();
    let new = entries.iter().filter(|id| before.is_none_or(|before| *id > before)).count() as u64;
    if new == 0 {
        return Ok(());
    }
    let known = erasure.deleted.get(SUPPRESSIONS).copied().unwrap_or(0);
    erasure.suppressions_counted = Some(through.clone());
    note(store, institution, erasure, [(SUPPRESSIONS.to_owned(), known + new)]).await
}

/// Raises counts; tells whether anything changed.
fn raise(
    counts: &mut BTreeMap<String, u64>,
    found: impl IntoIterator<Item = (String, u64)>,
) -> bool {
    let mut changed = false;
    for (name, number) in found {
        let known = counts.get(&name).copied();
        if known.is_none_or(|known| known < number) {
            counts.insert(name, number);
            changed = true;
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d2_counts_are_raised_and_never_lowered() {
        let mut counts = BTreeMap::from([("a".to_owned(), 5)]);
        assert!(raise(&mut counts, [("a".to_owned(), 7), ("b".to_owned(), 0)]));
        assert!(!raise(&mut counts, [("a".to_owned(), 3), ("b".to_owned(), 0)]));
        assert_eq!(counts, BTreeMap::from([("a".to_owned(), 7), ("b".to_owned(), 0)]));
    }
}
