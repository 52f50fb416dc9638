//! Whom reminders reach (M2), and which addresses on the roster get no further mail (M5).
//!
//! That a mail came back is noted in the roster's entry, so it goes with it. A later list is written without
//! such notes, and takes them over once it is in place ([`Store::tidy_roster`]). Whoever notes one looks again at
//! the roster afterwards: either the list in which it was noted still counted then, and the next one finds it
//! there, or it is noted in the next one as well.

use std::collections::{BTreeMap, BTreeSet};

use domain::message::ExpectedNow;
use domain::roster::{Attendee, Entry, Presence};
use domain::student::Suppression;
use domain::{SectionId, StudentId};

use crate::item::string;
use crate::rosters::{Attended, TRIES, changing, listed};
use crate::update::Change;
use crate::{Error, Scope, Store, keys};

impl Store {
    /// Who is on the roster and has not answered, of a section or of all, in the order of ids: at most `limit` of
    /// them after a student, and the student after whom it goes on. Each page reads both lists whole, so ask for
    /// large ones.
    pub async fn not_answered(
        &self,
        scope: &Scope,
        section: Option<&SectionId>,
        after: Option<&StudentId>,
        limit: usize,
    ) -> Result<(Vec<Attendee>, Option<StudentId>), Error> {
        let Attended { people, .. } = self.attendance(scope).await?;
        let waiting = people.into_iter().filter(|one| {
            one.presence == Presence::Waiting
                && section.is_none_or(|section| one.section == *section)
                && after.is_none_or(|after| one.id > *after)
        });
        let mut found: Vec<Attendee> = waiting.take(limit.saturating_add(1)).collect();
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more).map(|last| last.id.clone());
        Ok((found, next))
    }

    /// What is known now of somebody who was to be reminded. A record under the id, also of who is being erased,
    /// is an answer; one under another id is an answer from another address, which the list of recipients knows.
    pub async fn expected_now(
        &self,
        scope: &Scope,
        student: &StudentId,
    ) -> Result<ExpectedNow, Error> {
        // The record last: who answers in between has answered.
        let entry = self.expected_student(scope, student).await?;
        let has_answered = self.student_even_if_gone(scope, student).await?.is_some();
        Ok(ExpectedNow { has_answered, entry })
    }

    /// What the roster that counts says of those among these who are on it and are not being erased. Reads the
    /// list whole.
    pub async fn expected_by_id(
        &self,
        scope: &Scope,
        ids: &BTreeSet<&StudentId>,
    ) -> Result<BTreeMap<StudentId, Entry>, Error> {
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let (_, expected) = self.expected_even_if_gone(scope).await?;
        let theirs = expected
            .into_iter()
            .filter(|one| one.entry.erasure.is_none() && ids.contains(&one.student));
        Ok(theirs.map(|one| (one.student, one.entry)).collect())
    }

    /// Notes that no further mail goes to an address on the roster (M5); tells whether it is on it. A complaint
    /// stays a complaint, and noting it again changes nothing.
    pub async fn suppress_expected(
        &self,
        scope: &Scope,
        student: &StudentId,
        why: Suppression,
    ) -> Result<bool, Error> {
        let mut roster = self.roster(scope).await?;
        for _ in 0..TRIES {
            let Some((version, list)) = listed(roster.as_ref()) else { return Ok(false) };
            let key = keys::expected(scope, version, &list, student);
            self.note_suppressed(&key, student, why).await?;
            let now = self.roster(scope).await?;
            if now == roster {
                return Ok(self.expected_student(scope, student).await?.is_some());
            }
            roster = now;
        }
        Err(changing("suppress_expected"))
    }

    /// Notes it in one entry, if the entry is there.
    pub(crate) async fn note_suppressed(
        &self,
        key: &keys::Key,
        student: &StudentId,
        why: Suppression,
    ) -> Result<(), Error> {
        const THERE: &str = "attribute_exists(#entries.#student)";
        let (word, condition) = match why {
            Suppression::Complained => ("complained", THERE.to_owned()),
            Suppression::Bounced => (
                "bounced",
                format!("{THERE} AND attribute_not_exists(#entries.#student.#suppressed)"),
            ),
        };
        let change = Change::of(key)
            .name("#entries", "entries")
            .name("#student", student.as_str())
            .name("#suppressed", "suppressed")
            .set_inside("#entries.#student.#suppressed", string(word))
            .when(&condition);
        self.change("suppress_expected", change).await.map(drop)
    }
}
