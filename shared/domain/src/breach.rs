//! The breach register (D7; agreement A 8.1-8.3 and annex E): what happened, the twelve questions, and the
//! 24 hours within which the institution is told.
//!
//! ```text
//! opened -> assessed -> notified -> closed
//! ```
//! A breach never leaves the register. An institution that was told is told again as more becomes
//! known (GDPR, art. 33(4)). Texts name nobody: CPR numbers are masked, addresses are pointed out.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::message::About;
use crate::{BreachId, CohortId, ContactId, ErasureId, InstitutionId, MessageId, cpr, ids};

/// Hours from awareness within which the institution is told (agreement A 8.1).
pub const NOTIFY_HOURS: i64 = 24;

/// Hours before the end of the 24 from which the operators are reminded.
pub const REMIND_HOURS: i64 = 12;

/// The longest answer, in characters.
pub const LONGEST_ANSWER: usize = 4_000;

/// The twelve questions of annex E, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// 1: when it occurred.
    Occurred,
    /// 2: when it was found.
    Found,
    /// 3: what happened (its nature).
    Nature,
    /// 4: the cause.
    Cause,
    /// 5: the kind of data, ordinary or sensitive.
    DataKind,
    /// 6: the categories of people.
    Categories,
    /// 7: the presumed number of people by category.
    Numbers,
    /// 8: technical findings.
    Findings,
    /// 9: likely consequences for them.
    Consequences,
    /// 10: the remedies taken.
    Remedies,
    /// 11: internal follow-up to prevent the like.
    FollowUp,
    /// 12: the closing date.
    ClosingDate,
}

impl Question {
    /// All twelve, in the order of the annex.
    pub const ALL: [Self; 12] = [
        Self::Occurred,
        Self::Found,
        Self::Nature,
        Self::Cause,
        Self::DataKind,
        Self::Categories,
        Self::Numbers,
        Self::Findings,
        Self::Consequences,
        Self::Remedies,
        Self::FollowUp,
        Self::ClosingDate,
    ];

    /// The question as it stands in tables and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Occurred => "occurred",
            Self::Found => "found",
            Self::Nature => "nature",
            Self::Cause => "cause",
            Self::DataKind => "data_kind",
            Self::Categories => "categories",
            Self::Numbers => "numbers",
            Self::Findings => "findings",
            Self::Consequences => "consequences",
            Self::Remedies => "remedies",
            Self::FollowUp => "follow_up",
            Self::ClosingDate => "closing_date",
        }
    }

    /// Its number in annex E, from 1.
    pub fn number(self) -> usize {
        Self::ALL.iter().position(|known| *known == self).map_or(0, |place| place + 1)
    }
}

/// Where a breach is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BreachStatus {
    /// It is known.
    Opened,
    /// Somebody has judged the risk for the people concerned.
    Assessed,
    /// The institution was told.
    Notified,
    /// All twelve questions are answered.
    Closed,
}

/// How much it may harm the people concerned: what the institution has to do hangs on it (GDPR, art. 33, 34).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// A risk is unlikely.
    Unlikely,
    /// There is a risk.
    Likely,
    /// The risk is high.
    High,
}

/// A breach in the register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breach {
    /// Its id.
    pub id: BreachId,
    /// Where it is.
    pub status: BreachStatus,
    /// When the processor became aware of it: the 24 hours count from here.
    pub aware_at: Timestamp,
    /// When it was entered.
    pub opened_at: Timestamp,
    /// The operator who entered it.
    pub opened_by: ContactId,
    /// How often it was changed; a change names the version it was made from.
    pub version: u32,
    /// What is known so far.
    #[serde(default)]
    pub answers: BTreeMap<Question, String>,
    /// How much it may harm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<Risk>,
    /// Whose data it was, counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub affected: Option<Affected>,
    /// When the institution was told, each time.
    #[serde(default)]
    pub notices: Vec<Told>,
    /// When it was closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
}

/// One time that the institution was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// When the mail was put in the outbox.
    pub at: Timestamp,
    /// The operator who did so.
    pub by: ContactId,
    /// The mail.
    pub message: MessageId,
    /// The version of the register's entry that the institution knows with it.
    pub version: u32,
}

/// Whose data existed in a window of time, counted from the stores.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Affected {
    /// Start of the window.
    pub from: Timestamp,
    /// End of the window.
    pub until: Timestamp,
    /// When it was counted.
    pub counted_at: Timestamp,
    /// One entry per cohort with data in the window.
    pub cohorts: Vec<AffectedCohort>,
    /// Cohorts that have been erased since the window began: how many there were at least.
    pub erased: Vec<ErasedSince>,
}

/// A cohort's part of a count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AffectedCohort {
    /// The cohort.
    pub cohort: CohortId,
    /// Different students with anything in a chosen store.
    pub students: u32,
    /// Records of students in the table.
    pub records: u32,
    /// Responses in the table.
    pub responses: u32,
    /// Raw questionnaires in the bucket, quarantined ones included.
    pub raw_objects: u32,
    /// Mails.
    pub messages: u32,
}

/// What was erased after the window began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasedSince {
    /// The erasure.
    pub erasure: ErasureId,
    /// How many things its certificate counts; at least one person's.
    pub deleted: u64,
}

/// Why a breach cannot go on as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is closed.
    #[error("the breach is closed")]
    Closed,
    /// The nature of the breach has to be known first.
    #[error("question 3 (nature) has to be answered first")]
    NatureUnknown,
    /// Nobody has judged the risk.
    #[error("the risk has to be assessed first")]
    NotAssessed,
    /// The institution was not told.
    #[error("the institution has to be told first")]
    NotNotified,
    /// Questions are open.
    #[error("questions are open: {}", .0.iter().map(|q| q.as_str()).collect::<Vec<_>>().join(", "))]
    Open(Vec<Question>),
    /// The institution already knows all that is in the register.
    #[error("nothing has changed since the institution was told last")]
    NothingNew,
}

/// How the 24 hours stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// There is time.
    Running,
    /// The institution must be told now.
    Due,
    /// The 24 hours are over and the institution does not know.
    Overdue,
    /// It was told in time.
    Met,
    /// It was told late.
    Late,
}

impl Breach {
    /// Enters a breach.
    pub fn open(id: BreachId, aware_at: Timestamp, now: Timestamp, by: ContactId) -> Self {
        Self {
            id,
            status: BreachStatus::Opened,
            aware_at,
            opened_at: now,
            opened_by: by,
            version: 1,
            answers: BTreeMap::new(),
            risk: None,
            affected: None,
            notices: Vec::new(),
            closed_at: None,
        }
    }

    /// The instant by which the institution must know.
    pub fn notify_by(&self) -> Timestamp {
        after(self.aware_at, NOTIFY_HOURS)
    }

    /// How the 24 hours stand at an instant.
    pub fn clock(&self, now: Timestamp) -> Clock {
        match self.notices.first() {
            Some(told) if told.at <= self.notify_by() => Clock::Met,
            Some(_) => Clock::Late,
            None if now > self.notify_by() => Clock::Overdue,
            None if now >= after(self.aware_at, NOTIFY_HOURS - REMIND_HOURS) => Clock::Due,
            None => Clock::Running,
        }
    }

    /// Answers questions, or amends their answers.
    pub fn answer(&mut self, answers: BTreeMap<Question, String>) -> Result<(), Refused> {
        self.still_open()?;
        self.answers.extend(answers);
        self.changed();
        Ok(())
    }

    /// Notes how much it may harm the people concerned. May be judged again.
    pub fn assess(&mut self, risk: Risk) -> Result<(), Refused> {
        self.still_open()?;
        if !self.answers.contains_key(&Question::Nature) {
            return Err(Refused::NatureUnknown);
        }
        self.risk = Some(risk);
        self.status = self.status.max(BreachStatus::Assessed);
        self.changed();
        Ok(())
    }

    /// Notes whose data it was.
    pub fn count(&mut self, affected: Affected) -> Result<(), Refused> {
        self.still_open()?;
        self.affected = Some(affected);
        self.changed();
        Ok(())
    }

    /// Notes that the institution is told, for the first time or of more, and returns the
    /// mail that tells it.
    pub fn tell(&mut self, now: Timestamp, by: ContactId) -> Result<MessageId, Refused> {
        self.still_open()?;
        if self.status < BreachStatus::Assessed {
            return Err(Refused::NotAssessed);
        }
        if self.notices.last().is_some_and(|told| told.version == self.version) {
            return Err(Refused::NothingNew);
        }
        self.changed();
        self.status = BreachStatus::Notified;
        let message = MessageId::of(&self.next_notice());
        self.notices.push(Told { at: now, by, message: message.clone(), version: self.version });
        Ok(message)
    }

    /// What the mail of the next notice is about.
    pub fn next_notice(&self) -> About {
        let number = u32::try_from(self.notices.len()).unwrap_or(u32::MAX).saturating_add(1);
        About::Breach { breach: self.id.clone(), number }
    }

    /// Closes it; all twelve questions have to be answered, and the institution told.
    pub fn close(&mut self, now: Timestamp) -> Result<(), Refused> {
        self.still_open()?;
        if self.status < BreachStatus::Notified {
            return Err(Refused::NotNotified);
        }
        let open = self.unanswered();
        if !open.is_empty() {
            return Err(Refused::Open(open));
        }
        (self.status, self.closed_at) = (BreachStatus::Closed, Some(now));
        self.changed();
        Ok(())
    }

    /// The questions without an answer.
    pub fn unanswered(&self) -> Vec<Question> {
        Question::ALL.into_iter().filter(|asked| !self.answers.contains_key(asked)).collect()
    }

    fn still_open(&self) -> Result<(), Refused> {
        if self.status == BreachStatus::Closed { Err(Refused::Closed) } else { Ok(()) }
    }

    fn changed(&mut self) {
        self.version += 1;
    }
}

fn after(at: Timestamp, hours: i64) -> Timestamp {
    at.checked_add(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MAX)
}

impl BreachId {
    /// The id of the breach that was entered under an idempotency key.
    pub fn for_request(institution: &InstitutionId, key: &str) -> Self {
        let hash = ids::keyed_hash(b"breach", &["request", institution.as_str(), key]);
        Self::parse(format!("bre_{}", &hash[..32])).expect("a prefix and 32 digits are an id")
    }
}

/// An answer as it may be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The text, CPR numbers masked.
    pub text: String,
    /// How many CPR numbers were masked.
    pub masked: u32,
    /// Whether it seems to name an address: it may stay, and whoever wrote it should look again.
    pub names_an_address: bool,
}

/// Reads an answer; absent when it is empty, too long, holds control characters, or (the closing date)
/// is no date.
pub fn check(question: Question, text: &str) -> Option<Checked> {
    let text = text.trim();
    let fits = !text.is_empty()
        && text.chars().count() <= LONGEST_ANSWER
        && !text.contains(|c: char| c.is_control() && c != '\n');
    let date = question != Question::ClosingDate || is_date(text);
    (fits && date).then(|| tidy(text))
}

/// Masks CPR numbers and looks for addresses.
pub fn tidy(text: &str) -> Checked {
    let (masked, count) = cpr::mask(text);
    let names_an_address = text
        .split(|c: char| c.is_whitespace() || "<>(),;".contains(c))
        .any(|word| crate::Email::parse(word.trim_matches(['.', ':', '"', '\''])).is_ok());
    let masked_numbers = u32::try_from(count).unwrap_or(u32::MAX);
    Checked { text: masked.into_owned(), masked: masked_numbers, names_an_address }
}

fn is_date(text: &str) -> bool {
    text.len() == 10 && text.parse::<Date>().is_ok()
}

#[cfg(test)]
mod tests;
