//! Requests of students who make use of their rights (D4; GDPR articles 12 and 15 to 21).
//!
//! A request goes one way only: it is received, acknowledged with a one-time link to the student's
//! address, confirmed by that link, and fulfilled or refused. Nothing is disclosed or changed before
//! it is confirmed, except that a restriction may be set at once: it only protects.

mod clock;
mod link;
mod words;

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{ContactId, ErasureId, RightsRequestId, StudentId};

pub use clock::{
    ACKNOWLEDGE_HOURS, Alert, Clock, EXTENDED_DAYS, REMINDER_DAYS, TERM_DAYS, clock, end_of,
    latest_extension, regular_due_on,
};

pub use link::{Link, Purpose, after_days, same_token, token};
pub use words::{Channel, Kind, Status};

/// Days that a one-time link is valid.
pub const LINK_DAYS: i64 = 7;

/// Days after the answer within which another link to the data may be sent.
pub const EXPORT_DAYS: i64 = 30;

/// That a request takes longer (article 12(3)).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Longer {
    /// The last day on which it must be done.
    pub until: Date,
    /// Why, in words that the student reads. May be personal.
    pub reason: String,
    /// When it was decided.
    pub at: Timestamp,
}

impl std::fmt::Debug for Longer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Longer(until {})", self.until)
    }
}

/// Why a request may be refused (article 12(2) and (5), and the exceptions of each right).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// Whoever asks could not be identified.
    NotIdentified,
    /// Manifestly unfounded.
    Unfounded,
    /// Excessive, in particular because it is repeated.
    Excessive,
    /// The right has an exception that applies.
    Exception,
    /// The student took it back.
    Withdrawn,
}

impl Ground {
    /// All grounds.
    pub const ALL: [Self; 5] =
        [Self::NotIdentified, Self::Unfounded, Self::Excessive, Self::Exception, Self::Withdrawn];

    /// The ground as it stands in tables and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotIdentified => "not_identified",
            Self::Unfounded => "unfounded",
            Self::Excessive => "excessive",
            Self::Exception => "exception",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// That a request was refused.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// On which ground.
    pub ground: Ground,
    /// Why, in words that the student reads. May be personal.
    pub reason: String,
}

impl std::fmt::Debug for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Refusal({:?})", self.ground)
    }
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RightsRequest {
    /// Its id.
    pub id: RightsRequestId,
    /// Which right.
    pub kind: Kind,
    /// Whose data.
    pub student: StudentId,
    /// When it reached the processor: the clock starts here.
    pub received_at: Timestamp,
    /// How.
    pub channel: Channel,
    /// When it was noted.
    pub noted_at: Timestamp,
    /// The operator who noted it; absent when the student made it on their page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noted_by: Option<ContactId>,
    /// Where it is.
    pub status: Status,
    /// Counts the changes: each is made under the condition that there was none in between.
    pub version: u32,
    /// When the student was told that it was received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged_at: Option<Timestamp>,
    /// The link that confirms it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<Link>,
    /// When the student confirmed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_at: Option<Timestamp>,
    /// That it takes longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longer: Option<Longer>,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
    /// When it was fulfilled, refused or lifted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Names of what a rectification changed; neither the old nor the new values.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub changed: BTreeSet<String>,
    /// When the student was told that the erasure begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erasure_told_at: Option<Timestamp>,
    /// The erasure that fulfils it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erasure: Option<ErasureId>,
    /// The link that hands the data over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub download: Option<Link>,
    /// Until when the data may be fetched, or another link sent. It is put together when it is fetched
    /// and kept nowhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub export_until: Option<Timestamp>,
    /// Which reminders the operators had.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub reminded: BTreeSet<u32>,
}

/// Why a step cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The request is in another state than the step asks for.
    #[error("the request is {}", .0.as_str())]
    State(Status),
    /// The student has not confirmed it.
    #[error("the student has not confirmed the request")]
    NotConfirmed,
    /// It was extended before.
    #[error("the request was extended before")]
    ExtendedBefore,
    /// The time for it is over.
    #[error("the regular term is over")]
    TooLate,
    /// The day lies outside what may be named.
    #[error("the day lies outside what may be named")]
    Day,
}

impl RightsRequest {
    /// A request as it is noted: when and how it came, by whom and when it was noted.
    pub fn noted(
        id: RightsRequestId,
        kind: Kind,
        student: StudentId,
        (received_at, channel): (Timestamp, Channel),
        (noted_by, noted_at): (ContactId, Timestamp),
    ) -> Self {
        Self {
            id,
            kind,
            student,
            received_at,
            channel,
            noted_at,
            noted_by: Some(noted_by),
            status: Status::Received,
            version: 0,
            acknowledged_at: None,
            link: None,
            confirmed_at: None,
            longer: None,
            refusal: None,
            ended_at: None,
            changed: BTreeSet::new(),
            erasure_told_at: None,
            erasure: None,
            download: None,
            export_until: None,
            reminded: BTreeSet::new(),
        }
    }

    /// A request that the student makes on their page. A link to their mailbox opened it, which is what
    /// a confirmation asks for, so it is acknowledged and confirmed as it is made.
    pub fn on_page(id: RightsRequestId, kind: Kind, student: StudentId, now: Timestamp) -> Self {
        Self {
            id,
            kind,
            student,
            received_at: now,
            channel: Channel::StudentPage,
            noted_at: now,
            noted_by: None,
            status: Status::Confirmed,
            version: 0,
            acknowledged_at: Some(now),
            link: None,
            confirmed_at: Some(now),
            longer: None,
            refusal: None,
            ended_at: None,
            changed: BTreeSet::new(),
            erasure_told_at: None,
            erasure: None,
            download: None,
            export_until: None,
            reminded: BTreeSet::new(),
        }
    }

    /// What `acknowledge` makes of it.
    pub fn acknowledge(mut self, nonce: String, now: Timestamp) -> Result<Self, Refused> {
        if self.status != Status::Received {
            return Err(Refused::State(self.status));
        }
        self.status = Status::Acknowledged;
        self.acknowledged_at = Some(now);
        self.link = Some(Link::new(nonce, now, self.link.as_ref()));
        Ok(self.changed_once())
    }

    /// What sending the link again makes of it: earlier links are void.
    pub fn renew_link(mut self, nonce: String, now: Timestamp) -> Result<Self, Refused> {
        if self.status == Status::Fulfilled && self.export_until.is_some_and(|until| now < until) {
            self.download = Some(Link::new(nonce, now, self.download.as_ref()));
            return Ok(self.changed_once());
        }
        // A restriction that was set at once is confirmed afterwards.
        let unconfirmed = self.status == Status::Fulfilled && self.confirmed_at.is_none();
        if self.status != Status::Acknowledged && !(unconfirmed && self.link.is_some()) {
            return Err(Refused::State(self.status));
        }
        self.link = Some(Link::new(nonce, now, self.link.as_ref()));
        Ok(self.changed_once())
    }

    /// What the student's confirmation makes of it. That the token is the link's was looked at before.
    pub fn confirm(mut self, now: Timestamp) -> Result<Self, Refused> {
        let open = self.status == Status::Acknowledged
            || (self.status == Status::Fulfilled && self.confirmed_at.is_none());
        let Some(link) = self.link.as_mut().filter(|link| link.used_at.is_none() && open) else {
            return Err(Refused::State(self.status));
        };
        if link.expires_at <= now {
            return Err(Refused::TooLate);
        }
        link.used_at = Some(now);
        self.confirmed_at = Some(now);
        if self.status == Status::Acknowledged {
            self.status = Status::Confirmed;
        }
        Ok(self.changed_once())
    }

    /// What an extension makes of it: once, before the regular term is over, for a reason, and to at
    /// most [`EXTENDED_DAYS`] days after it was received.
    pub fn extend(mut self, until: Date, reason: String, now: Timestamp) -> Result<Self, Refused> {
        if !self.status.is_open() {
            return Err(Refused::State(self.status));
        }
        if self.longer.is_some() {
            return Err(Refused::ExtendedBefore);
        }
        let regular = regular_due_on(self.received_at);
        if now >= end_of(regular) {
            return Err(Refused::TooLate);
        }
        if until <= regular || until > latest_extension(self.received_at) {
            return Err(Refused::Day);
        }
        self.longer = Some(Longer { until, reason, at: now });
        Ok(self.changed_once())
    }

    /// What a refusal makes of it.
    pub fn refuse(mut self, refusal: Refusal, now: Timestamp) -> Result<Self, Refused> {
        if !self.status.is_open() || self.erasure_told_at.is_some() {
            return Err(Refused::State(self.status));
        }
        self.status = Status::Refused;
        self.refusal = Some(refusal);
        self.ended_at = Some(now);
        Ok(self.changed_once())
    }

    /// Whether it may be fulfilled now.
    pub fn may_be_fulfilled(&self) -> Result<(), Refused> {
        match self.status {
            Status::Confirmed => Ok(()),
            Status::Received | Status::Acknowledged if self.kind.protects() => Ok(()),
            Status::Received | Status::Acknowledged => Err(Refused::NotConfirmed),
            other => Err(Refused::State(other)),
        }
    }

    /// What fulfilling makes of it.
    pub fn fulfil(mut self, now: Timestamp) -> Result<Self, Refused> {
        self.may_be_fulfilled()?;
        self.status = Status::Fulfilled;
        self.ended_at = Some(now);
        Ok(self.changed_once())
    }

    /// What handing the data over makes of it: it is fulfilled, and a link leads to the data.
    pub fn hand_over(self, nonce: String, now: Timestamp) -> Result<Self, Refused> {
        let mut next = self.fulfil(now)?;
        next.download = Some(Link::new(nonce, now, next.download.as_ref()));
        next.export_until = Some(after_days(now, EXPORT_DAYS));
        Ok(next)
    }

    /// Whether whoever is identified may see the data: the student has confirmed it, and it is done or
    /// about to be.
    pub fn shows_data(&self) -> Result<(), Refused> {
        match self.status {
            Status::Confirmed | Status::Fulfilled if self.confirmed_at.is_some() => Ok(()),
            Status::Received | Status::Acknowledged => Err(Refused::NotConfirmed),
            other => Err(Refused::State(other)),
        }
    }

    /// What fetching the data makes of it. That the token is the link's was looked at before.
    pub fn fetch(mut self, now: Timestamp) -> Result<Self, Refused> {
        let open = self.kind.exports() && self.export_until.is_some_and(|until| now < until);
        let Some(link) = self.download.as_mut().filter(|link| link.used_at.is_none() && open)
        else {
            return Err(Refused::State(self.status));
        };
        if link.expires_at <= now {
            return Err(Refused::TooLate);
        }
        link.used_at = Some(now);
        Ok(self.changed_once())
    }

    /// What telling the student makes of it that the erasure begins: the letter goes out first, because
    /// the address is among what goes.
    pub fn announce_erasure(mut self, now: Timestamp) -> Result<Self, Refused> {
        self.may_be_fulfilled()?;
        if self.erasure_told_at.is_some() {
            return Err(Refused::State(self.status));
        }
        self.erasure_told_at = Some(now);
        Ok(self.changed_once())
    }

    /// What the begun erasure makes of it.
    pub fn erasing(mut self, erasure: ErasureId) -> Result<Self, Refused> {
        self.may_be_fulfilled()?;
        self.erasure = Some(erasure);
        Ok(self.changed_once())
    }

    /// What the certificate of its erasure makes of it.
    pub fn erased(mut self, at: Timestamp) -> Result<Self, Refused> {
        if self.status != Status::Confirmed || self.erasure.is_none() {
            return Err(Refused::State(self.status));
        }
        self.status = Status::Fulfilled;
        self.ended_at = Some(at);
        Ok(self.changed_once())
    }

    /// What the end of a restriction or an objection makes of it.
    pub fn lift(mut self, now: Timestamp) -> Result<Self, Refused> {
        let lasts = matches!(self.kind, Kind::Restriction | Kind::Objection);
        if self.status != Status::Fulfilled || !lasts {
            return Err(Refused::State(self.status));
        }
        self.status = Status::Lifted;
        self.ended_at = Some(now);
        Ok(self.changed_once())
    }

    /// The last day on which it must be done.
    pub fn due_on(&self) -> Date {
        self.longer.as_ref().map_or_else(|| regular_due_on(self.received_at), |it| it.until)
    }

    fn changed_once(mut self) -> Self {
        self.version += 1;
        self
    }
}

#[cfg(test)]
#[path = "rights/tests.rs"]
mod tests;
