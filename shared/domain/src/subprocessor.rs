//! Notices of new sub-processors, and what institutions say to them (D8; agreement A 5 and B.1, policy 7).

use jiff::civil::Date;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::cohort::Localised;
use crate::{
    ContactId, InstitutionId, MessageId, NoticeId, SubprocessorId, breach, ids, retention,
};

/// Days from the notice before a sub-processor may get data.
pub const NOTICE_DAYS: i32 = 30;

/// The longest objection, in characters.
pub const LONGEST_OBJECTION: usize = 2_000;

/// A notice to an institution. Holds what was told, so that it stays known after the register changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Its id, derived from institution, sub-processor and day.
    pub id: NoticeId,
    /// The sub-processor.
    pub entry: SubprocessorId,
    /// Its registered name.
    pub name: String,
    /// Its number, and the register that the number is in.
    pub registration: String,
    /// Its registered address.
    pub address: String,
    /// What it will do, and what for.
    pub processing: Localised,
    /// Where.
    pub location: Localised,
    /// On which basis data may reach it.
    pub transfer: Localised,
    /// Which data it will get, in words.
    pub fields: Localised,
    /// The first day on which it may get data.
    pub effective_from: Date,
    /// When the mail was put in the outbox.
    pub announced_at: Timestamp,
    /// The mail.
    pub message: MessageId,
    /// What the institution said to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objection: Option<Objection>,
}

/// An institution's objection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Objection {
    /// When.
    pub at: Timestamp,
    /// The contact who objected.
    pub by: ContactId,
    /// Why. Names nobody.
    pub reason: String,
}

impl NoticeId {
    /// The id of the notice that tells `institution` of a sub-processor that starts on a day: the same
    /// however often it is announced.
    pub fn of(institution: &InstitutionId, entry: &SubprocessorId, from: Date) -> Self {
        let parts = [institution.as_str(), entry.as_str(), &from.to_string()];
        let id = format!("spn_{}", &ids::keyed_hash(b"notice", &parts)[..32]);
        Self::parse(id).expect("a prefix and 32 hexadecimal digits are an id")
    }
}

impl Notice {
    /// Whether the institution may still object: until the day on which it takes effect.
    pub fn is_open(&self, today: Date) -> bool {
        today < self.effective_from
    }
}

/// The first day on which a sub-processor that is announced today may get data.
pub fn earliest(today: Date) -> Date {
    today.checked_add(Span::new().days(NOTICE_DAYS)).unwrap_or(Date::MAX)
}

/// The last day on which one that starts on `effective_from` can be announced.
pub fn announce_by(effective_from: Date) -> Date {
    effective_from.checked_sub(Span::new().days(NOTICE_DAYS)).unwrap_or(Date::MIN)
}

/// Whether an institution has to have been told of a sub-processor: it was there on the last day on
/// which it could be told. One that came later agreed to the register as it then was.
pub fn must_know(onboarded_at: Option<Timestamp>, effective_from: Date) -> bool {
    let last = announce_by(effective_from);
    onboarded_at.is_none_or(|at| retention::date_in_copenhagen(at) <= last)
}

/// Reads an objection; absent when it is empty, too long, holds control characters or names an address.
/// CPR numbers are masked.
pub fn objection(text: &str) -> Option<String> {
    let text = text.trim();
    let fits = !text.is_empty()
        && text.chars().count() <= LONGEST_OBJECTION
        && !text.contains(|c: char| c.is_control() && c != '\n');
    let checked = fits.then(|| breach::tidy(text))?;
    (!checked.names_an_address).then_some(checked.text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn d8_an_objection_names_nobody() {
        assert_eq!(objection(" No basis for Brazil. ").as_deref(), Some("No basis for Brazil."));
        assert!(objection("Ask 010190-1234").is_some_and(|text| !text.contains("1234")));
        for bad in ["", " ", "write to ane@example.dk", "a\u{7}b"] {
            assert_eq!(objection(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn d8_a_notice_has_one_id_per_institution_sub_processor_and_day() {
        let (one, two) =
            (InstitutionId::parse("ins_1").unwrap(), InstitutionId::parse("ins_2").unwrap());
        let entry = SubprocessorId::parse("example").unwrap();
        let day = date(2027, 3, 1);
        assert_eq!(NoticeId::of(&one, &entry, day), NoticeId::of(&one, &entry, day));
        assert_ne!(NoticeId::of(&one, &entry, day), NoticeId::of(&two, &entry, day));
        assert_ne!(NoticeId::of(&one, &entry, day), NoticeId::of(&one, &entry, date(2027, 4, 1)));
    }

    #[test]
    fn d8_an_institution_must_know_if_it_could_be_told_thirty_days_before() {
        let day = date(2027, 3, 31);
        assert_eq!(announce_by(day), date(2027, 3, 1));
        for (onboarded, must) in [
            (None, true),
            (Some("2027-03-01T12:00:00Z"), true),
            // Already the second in Copenhagen.
            (Some("2027-03-01T23:30:00Z"), false),
            (Some("2027-03-20T12:00:00Z"), false),
        ] {
            let at = onboarded.map(|text| text.parse().unwrap());
            assert_eq!(must_know(at, day), must, "{onboarded:?}");
        }
    }

    proptest! {
        #[test]
        fn d8_there_are_thirty_days_between_notice_and_effect(second in 0i64..4_000_000_000) {
            let today = retention::date_in_copenhagen(Timestamp::from_second(second).unwrap());
            let first = earliest(today);
            prop_assert_eq!(today.until(first).unwrap().get_days(), 30);
            prop_assert_eq!(announce_by(first), today);
        }
    }
}
