//! Whose data existed at an instant: what the breach register counts (D7).

use std::collections::BTreeSet;

use domain::breach::AffectedCohort;
use jiff::Timestamp;

use crate::item::{Item, text};
use crate::{Error, Scope, Store, keys};

/// A kind of store that a breach may have reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reached {
    /// Records of students in the table.
    Records,
    /// Responses in the table, those to evaluations included.
    Responses,
    /// Raw questionnaires in the bucket.
    RawObjects,
    /// Mails.
    Messages,
}

impl Reached {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Records, Self::Responses, Self::RawObjects, Self::Messages];
}

impl Store {
    /// Counts what existed of a cohort before `until`, in the stores that were reached, and the
    /// different students it is of. What is there now and was there before `until` was there in any
    /// window that ends then; nothing that was deleted since is counted. Moves ids and instants only.
    ///
    /// Each response has one raw questionnaire, and so has each in quarantine, whose student nobody
    /// knows: those count as objects and not as students. Answers to evaluations have none.
    pub async fn existed(
        &self,
        scope: &Scope,
        until: Timestamp,
        reached: &[Reached],
    ) -> Result<AffectedCohort, Error> {
        const OPERATION: &str = "existed";
        let pk = keys::cohort_partition(scope);
        let names = ["student", "received_at"];
        let responses = self.attributes(OPERATION, &pk, keys::RESPONSE, &names).await?;
        let evaluations = self.attributes(OPERATION, &pk, keys::EVALUATION, &names).await?;
        let quarantined = self.attributes(OPERATION, &pk, keys::QUARANTINE, &names).await?;
        let messages =
            self.attributes(OPERATION, &pk, keys::MESSAGE, &["student", "status_at"]).await?;
        let responses = before(&responses, "received_at", until);
        let evaluations = before(&evaluations, "received_at", until);
        let quarantined = before(&quarantined, "received_at", until);
        // A mail's record knows when it last changed, not when it was made: all that there are count.
        let messages: Vec<&Item> = messages.iter().collect();
        let of = |items: &[&Item]| -> BTreeSet<String> {
            items.iter().filter_map(|item| text(item, "student")).map(str::to_owned).collect()
        };
        // Whoever is expected stands in the table too. A list is put in place as a whole, and nothing says of
        // anybody since which list they are on it: all count from the first list on.
        let (roster, expected) = (self.roster(scope).await?, self.expected_anywhere(scope).await?);
        let listed = roster.is_some_and(|roster| match roster.first_listed_at {
            Some(first) => first <= until,
            None => roster.version > 1 || roster.changed_at <= until,
        });
        let expected = expected.into_iter().filter(|_| listed).map(|one| one.student.into());
        let expected: BTreeSet<String> = expected.collect();
        // A student's record was made with the first response.
        let (answered, mailed) = (of(&responses), of(&messages));
        let has = |kind| reached.contains(&kind);
        let mut students = BTreeSet::new();
        if has(Reached::Records) || has(Reached::Responses) || has(Reached::RawObjects) {
            students.extend(answered.iter().cloned());
        }
        if has(Reached::Responses) {
            students.extend(of(&evaluations));
        }
        if has(Reached::Records) {
            students.extend(expected.iter().cloned());
        }
        if has(Reached::Messages) {
            students.extend(mailed);
        }
        let count = |kind, number: usize| if has(kind) { small(number) } else { 0 };
        Ok(AffectedCohort {
            cohort: scope.cohort.clone(),
            students: small(students.len()),
            records: count(Reached::Records, answered.union(&expected).count()),
            responses: count(Reached::Responses, responses.len() + evaluations.len()),
            raw_objects: count(Reached::RawObjects, responses.len() + quarantined.len()),
            messages: count(Reached::Messages, messages.len()),
        })
    }
}

fn before<'a>(items: &'a [Item], name: &str, until: Timestamp) -> Vec<&'a Item> {
    let existed = |item: &&Item| {
        let at = text(item, name).and_then(|at| at.parse::<Timestamp>().ok());
        // What does not say since when it is there may have been there.
        at.is_none_or(|at| at <= until)
    };
    items.iter().filter(existed).collect()
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
