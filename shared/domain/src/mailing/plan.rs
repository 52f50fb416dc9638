//! A mailing that was confirmed and goes later, at a time that a contact chose.
//!
//! The confirmation is the same as that of one that goes at once; only its moment is another. What may have changed
//! until then is looked at when it comes ([`Mailing::obstacle`], [`Mailing::obstacle_to_plan`]): nobody is there to be
//! asked any more, so in doubt nothing goes, and the contacts are told why.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Audience, Confirmation, Mailing, MailingStatus};
use crate::ContactId;
use crate::cohort::Cohort;
use crate::contact::{Contact, Role};

/// How late a mailing may still go that nobody started when its time came: a mail that speaks of tomorrow must not
/// come the day after.
pub const LATEST: SignedDuration = SignedDuration::from_hours(6);

/// When a mailing is to go, and on whose word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// When it goes.
    pub at: Timestamp,
    /// Who confirmed it.
    pub by: ContactId,
    /// When they did.
    pub made_at: Timestamp,
    /// The cohort's deadline as it was then: a reminder names it.
    pub deadline: Timestamp,
}

/// A plan that came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missed {
    /// When it was to go.
    pub at: Timestamp,
    /// Why it did not, as a fixed word.
    pub why: String,
}

impl Mailing {
    /// The draft when it is confirmed for a time to come.
    #[must_use]
    pub fn planned(&self, plan: Plan) -> Self {
        Self {
            status: MailingStatus::Planned,
            version: self.version + 1,
            changed_at: plan.made_at,
            plan: Some(plan),
            missed: None,
            ..self.clone()
        }
    }

    /// The draft that it was before it was planned.
    #[must_use]
    pub fn taken_back(&self, at: Timestamp) -> Self {
        Self {
            status: MailingStatus::Draft,
            version: self.version + 1,
            changed_at: at,
            plan: None,
            ..self.clone()
        }
    }

    /// The mailing on its way, when the time has come for which it was planned. Nothing if it is not planned.
    pub fn begun(&self, at: Timestamp) -> Option<Self> {
        let plan = self.plan.as_ref().filter(|_| self.status == MailingStatus::Planned)?;
        // Confirmed by nobody's request: no idempotency key is hashed to this.
        let confirmed = Confirmation { by: plan.by.clone(), at, key: "plan".to_owned() };
        Some(Self {
            status: MailingStatus::Sending,
            version: self.version + 1,
            runs: self.runs + 1,
            changed_at: at,
            confirmed: Some(confirmed),
            ..self.clone()
        })
    }

    /// The draft again, when its time came and it could not go, for a reason that is a fixed word. Nothing if it is
    /// not planned.
    pub fn missed(&self, why: &str, at: Timestamp) -> Option<Self> {
        let plan = self.plan.as_ref().filter(|_| self.status == MailingStatus::Planned)?;
        let missed = Missed { at: plan.at, why: why.to_owned() };
        Some(Self { missed: Some(missed), ..self.taken_back(at) })
    }

    /// Why it is not sent at a moment, as a fixed word; nothing stands in the way otherwise. One rule for whoever
    /// sends it at once, whoever plans it, and whoever starts it when its time has come.
    pub fn obstacle(&self, cohort: &Cohort, moment: Timestamp) -> Option<&'static str> {
        if cohort.archived_at.is_some() {
            return Some("archived");
        }
        if !cohort.settings.mail_agreed {
            return Some("mail_not_agreed");
        }
        if self.texts.get(cohort.settings.language).is_none() {
            return Some("mail_language");
        }
        self.audience.obstacle(cohort, moment)
    }

    /// Why it does not go by itself now that its time has come, beside what stands in the way of any sending:
    /// `contact` is whoever planned it, as they are now.
    pub fn obstacle_to_plan(
        &self,
        cohort: &Cohort,
        contact: Option<&Contact>,
        now: Timestamp,
    ) -> Option<&'static str> {
        let plan = self.plan.as_ref()?;
        let may_send = contact.is_some_and(|contact| {
            contact.active
                && contact.institution == cohort.settings.institution
                && contact.role >= Role::Coordinator
        });
        if !may_send {
            return Some("contact_left");
        }
        // The text names the deadline that was then.
        let reminds = matches!(self.audience, Audience::NotAnswered { .. });
        if reminds && plan.deadline != cohort.settings.deadline {
            return Some("deadline_moved");
        }
        (now.duration_since(plan.at) > LATEST).then_some("too_late")
    }
}

#[cfg(test)]
mod tests;
