//! The roster: who of a cohort is expected to answer, and who of them has (Q8, M2).
//!
//! Of an expected student the address and the section are known and nothing else: by the address answers
//! are told to be theirs and reminders reach them, by the section rates are counted.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::student::Suppression;
use crate::{ContactId, Email, ErasureId, PersonName, RosterId, SectionId, StudentId};

/// The longest roster: as many students as a cohort may have (G9).
pub const LONGEST: usize = 20_000;

/// What is known of a roster as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roster {
    /// How often it was replaced or taken away; a change names the number that it was made from.
    pub version: u32,
    /// The list that counts; absent once the roster was taken away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<RosterId>,
    /// When the list was put in place or taken away.
    pub changed_at: Timestamp,
    /// When the cohort first had a list; absent of one that was put in place before this was noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_listed_at: Option<Timestamp>,
    /// Who did it.
    pub changed_by: ContactId,
}

/// One student who is expected to answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The id that an answer from this address leads to.
    pub student: StudentId,
    /// What the roster says.
    pub entry: Entry,
}

/// What the roster says of a student.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The address.
    pub email: Email,
    /// The section in which the student is expected.
    pub section: SectionId,
    /// The erasure that was asked for while the student had not answered; from then on no reader sees the
    /// entry (D4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erasure: Option<ErasureId>,
    /// Why no further mail goes to the address, since a reminder came back or was complained of (M5). Goes with
    /// the entry; the next list keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suppressed: Option<Suppression>,
}

/// What is read of a student who answered.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Answered {
    /// The student.
    pub id: StudentId,
    /// Where mail goes.
    pub email: Email,
    /// Addresses before it was put right.
    #[serde(default)]
    pub former: Vec<Email>,
    /// The name as written.
    pub name: PersonName,
    /// The section that was answered.
    pub section: SectionId,
    /// When the answer that counts was submitted.
    pub submitted_at: Timestamp,
    /// The erasure that was asked for.
    #[serde(default)]
    pub erasure: Option<ErasureId>,
    /// Why no further mail goes to the address.
    #[serde(default)]
    pub suppressed: Option<Suppression>,
}

impl Answered {
    /// All addresses that are or were the student's, in lower case.
    pub fn addresses(&self) -> impl Iterator<Item = String> {
        std::iter::once(&self.email).chain(&self.former).map(Email::normalised)
    }
}

/// Whether somebody is expected and has answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// On the roster, and has answered.
    Answered,
    /// On the roster, and has not answered.
    Waiting,
    /// Has answered and is not on the roster.
    Unlisted,
}

/// Somebody who is expected, or answered, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attendee {
    /// The student: the record's id where there is one.
    pub id: StudentId,
    /// Where the two lists have the student.
    pub presence: Presence,
    /// The address: the record's where there is one.
    pub email: Email,
    /// The name, of who answered.
    pub name: Option<PersonName>,
    /// The section that the roster has, or else the one that was answered.
    pub section: SectionId,
    /// The section that was answered, where the roster has another.
    pub answered_section: Option<SectionId>,
    /// When the answer that counts was submitted.
    pub submitted_at: Option<Timestamp>,
    /// Why no further mail goes to the address.
    pub suppressed: Option<Suppression>,
}

/// Puts both lists together, in the order of ids.
///
/// An answer is an expected student's by its id, a keyed hash of the address in lower case, or where the
/// student's address was put right since (D4), by any address that is or was theirs. An answer from another
/// address than the roster has is nobody's on it: its sender stands there as unlisted, and the expected
/// student as waiting. Who is being erased is in neither list.
pub fn attendance(expected: Vec<Expected>, answered: Vec<Answered>) -> Vec<Attendee> {
    let mut by_address: HashMap<String, StudentId> = HashMap::new();
    let mut records: BTreeMap<StudentId, Answered> = BTreeMap::new();
    for one in answered {
        for address in one.addresses() {
            by_address.insert(address, one.id.clone());
        }
        records.insert(one.id.clone(), one);
    }
    let mut listed: BTreeSet<StudentId> = BTreeSet::new();
    let mut people: BTreeMap<StudentId, Attendee> = BTreeMap::new();
    for Expected { student, entry } in expected {
        let record = records
            .get(&student)
            .or_else(|| by_address.get(&entry.email.normalised()).and_then(|id| records.get(id)));
        let Some(record) = record else {
            if entry.erasure.is_none() {
                people.insert(student.clone(), waiting(student, entry));
            }
            continue;
        };
        // Both the former and the present address may be on the roster: the student is one.
        if listed.insert(record.id.clone()) && record.erasure.is_none() {
            let mut attendee = present(record, Presence::Answered);
            attendee.answered_section =
                (record.section != entry.section).then(|| record.section.clone());
            attendee.section = entry.section;
            people.insert(record.id.clone(), attendee);
        }
    }
    let unlisted = records.values().filter(|one| !listed.contains(&one.id));
    for one in unlisted.filter(|one| one.erasure.is_none()) {
        people.insert(one.id.clone(), present(one, Presence::Unlisted));
    }
    people.into_values().collect()
}

fn waiting(student: StudentId, entry: Entry) -> Attendee {
    Attendee {
        id: student,
        presence: Presence::Waiting,
        email: entry.email,
        name: None,
        section: entry.section,
        answered_section: None,
        submitted_at: None,
        suppressed: entry.suppressed,
    }
}

fn present(record: &Answered, presence: Presence) -> Attendee {
    Attendee {
        id: record.id.clone(),
        presence,
        email: record.email.clone(),
        name: Some(record.name.clone()),
        section: record.section.clone(),
        answered_section: None,
        submitted_at: Some(record.submitted_at),
        suppressed: record.suppressed,
    }
}

/// How many of a section are expected and have answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// On the roster.
    pub expected: u32,
    /// Of them, those who have answered, in whichever section.
    pub answered: u32,
    /// Who answered in the section and is not on the roster.
    pub unlisted: u32,
}

/// Counts by section.
pub fn counts(people: &[Attendee]) -> BTreeMap<SectionId, Counts> {
    let mut counts: BTreeMap<SectionId, Counts> = BTreeMap::new();
    for one in people {
        let section = counts.entry(one.section.clone()).or_default();
        match one.presence {
            Presence::Answered => {
                section.expected += 1;
                section.answered += 1;
            }
            Presence::Waiting => section.expected += 1,
            Presence::Unlisted => section.unlisted += 1,
        }
    }
    counts
}

/// How many of a section gave the answer that counts on a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DayCounts {
    /// All of them.
    pub students: u32,
    /// Those who are on the roster.
    pub listed: u32,
}

/// On which days the answers came in that count now, by section; days in Copenhagen.
pub fn by_day(people: &[Attendee]) -> BTreeMap<Date, BTreeMap<SectionId, DayCounts>> {
    let mut days: BTreeMap<Date, BTreeMap<SectionId, DayCounts>> = BTreeMap::new();
    for one in people {
        let Some(at) = one.submitted_at else { continue };
        let day = days.entry(crate::retention::date_in_copenhagen(at)).or_default();
        let section = day.entry(one.section.clone()).or_default();
        section.students += 1;
        section.listed += u32::from(one.presence == Presence::Answered);
    }
    days
}

/// Whether a text that is to become a cell of a table would be a formula in a spreadsheet.
pub fn is_formula(text: &str) -> bool {
    text.trim_start().starts_with(['=', '+', '-', '@'])
}

#[cfg(test)]
mod tests;
