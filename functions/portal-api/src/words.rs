//! The fixed words of the API. Each mirrors a type of `domain`; the conversion names every variant,
//! so a new one there does not compile until it is decided here what contacts see.

use serde::Serialize;
use utoipa::ToSchema;

macro_rules! word {
    ($(#[$doc:meta])* $name:ident mirrors $source:ty { $($variant:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Serialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub(crate) enum $name { $($variant),* }

        impl From<$source> for $name {
            fn from(word: $source) -> Self {
                match word { $(<$source>::$variant => Self::$variant),* }
            }
        }

        #[cfg(test)]
        impl $name {
            fn pairs() -> Vec<(serde_json::Value, serde_json::Value)> {
                let value = |word: &dyn erased::Word| word.json();
                vec![$((value(&<$source>::$variant), value(&Self::$variant))),*]
            }
        }
    };
}

word! {
    /// What a contact may do; each role may do all that the one before it may.
    Role mirrors domain::contact::Role { Viewer, Coordinator, Operator }
}
word! {
    /// Whether somebody is expected and has answered: on the roster and has; on it and has not; has answered and
    /// is not on it.
    Presence mirrors domain::roster::Presence { Answered, Waiting, Unlisted }
}

impl Presence {
    /// As it is written in queries.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Waiting => "waiting",
            Self::Unlisted => "unlisted",
        }
    }
}

impl std::str::FromStr for Presence {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let all = [Self::Answered, Self::Waiting, Self::Unlisted];
        let found = all.into_iter().find(|one| one.as_str() == text);
        found.ok_or("must be one of answered, waiting, unlisted")
    }
}

word! {
    /// Whether something was let through.
    AuditOutcome mirrors domain::audit::Outcome { Done, Refused }
}
word! {
    /// What is wrong with a chain: an entry is missing; says something else than it was written with; does not
    /// follow the one before it; is not the one that was sealed; or a sealed entry lies past the chain's end.
    Flaw mirrors domain::audit::Flaw { Removed, Altered, Unlinked, Rewritten, Truncated }
}
word! {
    /// The language of a cohort's mails.
    Language mirrors domain::institution::Language { Da, En }
}
word! {
    /// How strictly a criterion is meant.
    Hardness mirrors domain::cohort::Hardness { Must, Should, Could }
}
word! {
    /// Where a formation is. `awaiting_approval`, `published` and `rejected` have groups, and so has `planned`: a
    /// later round of a plan, whose groups wait for another formation to take them up.
    FormationStatus mirrors domain::formation::FormationStatus {
        Running, AwaitingApproval, Published, Rejected, Failed, Planned,
    }
}
word! {
    /// What kept a formation from being done.
    FailureCode mirrors domain::formation::FailureCode {
        NoStudents, TooFewStudents, ImpossibleSizes, MustRulesConflict, InvalidCriteria,
        ApprovalExpired, CohortGone, Internal,
    }
}
word! {
    /// What is wanted of a formation's groups: that they fit the criteria, or also that nobody meets a partner of
    /// earlier groups again, while that is possible.
    FormationKind mirrors domain::formation::Kind { Initial, Rotation, Repair }
}
word! {
    /// Where a round of a plan stands: proposed, while its plan awaits a decision; under way to be published;
    /// published; the next to be published; waiting for others; or set aside, because its plan was rejected or
    /// groups outside it count by now.
    RoundState mirrors posing::RoundState { Proposed, UnderWay, Published, Next, Waiting, SetAside }
}
word! {
    /// What stays of the groups that a formation begins from: what contacts held fast, or everything.
    Keep mirrors domain::formation::Keep { Held, All }
}
word! {
    /// Which way a contact decided about groups.
    Verdict mirrors domain::formation::Verdict { Approved, Rejected }
}
word! {
    /// Why a student's address gets no further mail.
    Suppression mirrors domain::student::Suppression { Bounced, Complained }
}
word! {
    /// Why a questionnaire could not be used.
    QuarantineReason mirrors domain::quarantine::QuarantineReason {
        UnknownForm, Unreadable, MissingEmail, InvalidEmail, MissingSection, UnknownSection,
    }
}
word! {
    /// Which mail it is.
    MessageKind mirrors domain::message::MessageKind {
        Group, GroupChanged, Rights, Mailing, Reminder, Evaluation, Trial, Breach, Subprocessor, Page,
    }
}
word! {
    /// Where a mailing is: a draft; planned, when it was confirmed for a time to come; on its way, while mails are
    /// being made; sent, when all are made; stopped before that; or closed, when no more of what stopped goes out.
    MailingStatus mirrors domain::mailing::MailingStatus {
        Draft, Planned, Sending, Sent, Stopped, Closed,
    }
}
word! {
    /// Where a mail is.
    MessageStatus mirrors domain::message::MessageStatus {
        Queued, Claimed, Unknown, Accepted, Delivered, Bounced, Complained, Failed,
    }
}
word! {
    /// Where an erasure is.
    ErasureStatus mirrors domain::erasure::ErasureStatus { Requested, Running, Failed, Completed }
}
word! {
    /// Where a breach is.
    BreachStatus mirrors domain::breach::BreachStatus { Opened, Assessed, Notified, Closed }
}
word! {
    /// How the 24 hours stand within which the institution is told of a breach: `due` from twelve hours
    /// before their end, `overdue` after it; `met` or `late` once it was told.
    BreachClock mirrors domain::breach::Clock { Running, Due, Overdue, Met, Late }
}
word! {
    /// How much a breach may harm the people concerned.
    BreachRisk mirrors domain::breach::Risk { Unlikely, Likely, High }
}
word! {
    /// Why an erasure was started.
    ErasureReason mirrors domain::erasure::ErasureReason {
        RetentionEnded, PersonAsked, ControllerInstructed, AgreementEnded, Restored,
    }
}
word! {
    /// How much an erasure deletes.
    ErasureScope mirrors domain::erasure::ErasureScope { Person, Cohort, Institution }
}

word! {
    /// Which right a request makes use of.
    RightsKind mirrors domain::rights::Kind {
        Access, Portability, Rectification, Erasure, Restriction, Objection,
    }
}
word! {
    /// Where a request is.
    RightsStatus mirrors domain::rights::Status {
        Received, Acknowledged, Confirmed, Fulfilled, Refused, Lifted,
    }
}
word! {
    /// How a request came.
    RightsChannel mirrors domain::rights::Channel {
        Email, Letter, Phone, Institution, StudentPage,
    }
}
word! {
    /// On which ground a request is refused.
    RightsGround mirrors domain::rights::Ground {
        NotIdentified, Unfounded, Excessive, Exception, Withdrawn,
    }
}

word! {
    /// Where an export is.
    ExportStatus mirrors domain::export::ExportStatus { Running, Ready, Failed, Expired }
}
word! {
    /// Why an export stopped.
    ExportFailure mirrors domain::export::ExportFailure { Erasure, Internal }
}

#[cfg(test)]
mod erased {
    /// Any serialisable word, so that two types stand in one list.
    pub(super) trait Word {
        fn json(&self) -> serde_json::Value;
    }

    impl<T: serde::Serialize> Word for T {
        fn json(&self) -> serde_json::Value {
            serde_json::to_value(self).unwrap()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p1_words_are_spelt_as_they_are_stored() {
        let all = [
            AuditOutcome::pairs(),
            Flaw::pairs(),
            Presence::pairs(),
            Role::pairs(),
            Language::pairs(),
            Hardness::pairs(),
            FormationStatus::pairs(),
            FailureCode::pairs(),
            FormationKind::pairs(),
            Keep::pairs(),
            RoundState::pairs(),
            Verdict::pairs(),
            Suppression::pairs(),
            QuarantineReason::pairs(),
            MessageKind::pairs(),
            MessageStatus::pairs(),
            MailingStatus::pairs(),
            ErasureStatus::pairs(),
            BreachStatus::pairs(),
            BreachClock::pairs(),
            BreachRisk::pairs(),
            ErasureReason::pairs(),
            RightsKind::pairs(),
            RightsStatus::pairs(),
            RightsChannel::pairs(),
            RightsGround::pairs(),
            ErasureScope::pairs(),
            ExportStatus::pairs(),
            ExportFailure::pairs(),
        ];
        for (stored, shown) in all.into_iter().flatten() {
            assert_eq!(stored, shown);
        }
    }
}
