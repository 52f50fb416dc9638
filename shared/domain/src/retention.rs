//! When a cohort's personal data must be gone (D1; agreement annex A.5).
//!
//! Terms are civil months in Europe/Copenhagen: eight months from 31 October end on 30 June, the
//! last day that exists, and daylight saving moves nothing.

use jiff::civil::Date;
use jiff::{Span, Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{CaseReference, ContactId};

/// Months from the last formation or rotation (or from the deadline when there was none).
pub const RETENTION_MONTHS: i8 = 8;

/// Months that a written instruction of the controller may extend the term to, counted from the same day.
pub const LONGEST_RETENTION_MONTHS: i8 = 24;

/// Months after a contact's last activity, or after a piece of correspondence, at whose end they go.
pub const CORRESPONDENCE_MONTHS: i8 = 24;

/// Days before a contact goes from which on a dry run lists them, so that somebody may tell them.
pub const CONTACT_NOTICE_DAYS: i8 = 30;

/// Months after its deactivation at whose end an institution is erased unless another day is agreed:
/// more than a school year (agreement B 15).
pub const DEACTIVATED_MONTHS: i8 = 12;

/// Days that a questionnaire for an unknown form is kept while somebody may still claim it.
pub const UNASSIGNED_DAYS: i8 = 30;

/// The time zone of every date in the agreement.
pub const TIME_ZONE: &str = "Europe/Copenhagen";

/// Copenhagen's time zone from the database that is compiled in.
pub fn copenhagen() -> TimeZone {
    TimeZone::get(TIME_ZONE).expect("the compiled-in time zone database has Europe/Copenhagen")
}

/// The civil date in Copenhagen at an instant.
pub fn date_in_copenhagen(at: Timestamp) -> Date {
    at.to_zoned(copenhagen()).date()
}

/// The first day on which the data of a cohort must no longer exist.
///
/// `last_formation` is the last formation or rotation that was published; without one the deadline counts.
pub fn delete_on(deadline: Timestamp, last_formation: Option<Timestamp>) -> Date {
    months_after(date_in_copenhagen(last_formation.unwrap_or(deadline)), RETENTION_MONTHS)
}

/// A written instruction of the controller to keep a cohort's data longer, and who noted it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// The first day on which the data must not exist, unless a formation makes it later.
    pub until: Date,
    /// Who of the controller gave the instruction: name and function. Personal data.
    pub given_by: String,
    /// The date of the instruction.
    pub given_on: Date,
    /// Where the written instruction is filed.
    pub reference: CaseReference,
    /// The operator who noted it.
    pub noted_by: ContactId,
    /// When.
    pub noted_at: Timestamp,
}

/// The first day on which extended data must no longer exist: an instruction never shortens a term.
pub fn extended(delete_on: Date, extension: Option<&Extension>) -> Date {
    extension.map_or(delete_on, |extension| extension.until.max(delete_on))
}

/// The last day that an instruction may name: 24 months after the last formation, or after the
/// deadline without one.
pub fn latest_extension(deadline: Timestamp, last_formation: Option<Timestamp>) -> Date {
    months_after(date_in_copenhagen(last_formation.unwrap_or(deadline)), LONGEST_RETENTION_MONTHS)
}

/// The first day on which a questionnaire that no cohort claimed must no longer exist.
pub fn unassigned_delete_on(received_at: Timestamp) -> Date {
    let day = date_in_copenhagen(received_at);
    day.checked_add(Span::new().days(UNASSIGNED_DAYS)).unwrap_or(Date::MAX)
}

/// The first day on which a contact must no longer exist who was last active on a day.
pub fn contact_delete_on(last_active_on: Date) -> Date {
    months_after(last_active_on, CORRESPONDENCE_MONTHS)
}

/// The day from which on a dry run lists that contact.
pub fn contact_listed_from(last_active_on: Date) -> Date {
    let days = Span::new().days(CONTACT_NOTICE_DAYS);
    contact_delete_on(last_active_on).checked_sub(days).unwrap_or(Date::MIN)
}

/// The first day on which correspondence of an instant must no longer exist.
pub fn correspondence_delete_on(at: Timestamp) -> Date {
    months_after(date_in_copenhagen(at), CORRESPONDENCE_MONTHS)
}

/// The day on which an institution is erased that is deactivated today, unless another is agreed.
pub fn erase_deactivated_on(today: Date) -> Date {
    months_after(today, DEACTIVATED_MONTHS)
}

/// The last day that may be agreed for it: nothing is kept longer than an instruction may ask for.
pub fn latest_erasure_of_deactivated(today: Date) -> Date {
    months_after(today, LONGEST_RETENTION_MONTHS)
}

/// `months` civil months later, clamped to the end of the month.
fn months_after(day: Date, months: i8) -> Date {
    day.checked_add(Span::new().months(months)).unwrap_or(Date::MAX)
}

/// Whether data with this date is to be treated as gone today.
pub fn is_due(delete_on: Date, today: Date) -> bool {
    delete_on <= today
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn d1_eight_civil_months_clamped_to_the_end_of_the_month() {
        let cases = [
            ("2026-10-31T12:00:00Z", date(2027, 6, 30)),
            ("2026-06-30T12:00:00Z", date(2027, 2, 28)),
            ("2027-06-30T12:00:00Z", date(2028, 2, 29)),
            // 23:30 UTC on the 31st is already the 1st in Copenhagen.
            ("2026-08-31T23:30:00Z", date(2027, 5, 1)),
            ("2026-12-31T23:30:00Z", date(2027, 9, 1)),
        ];
        for (formed, expected) in cases {
            assert_eq!(
                delete_on(at("2026-01-01T00:00:00Z"), Some(at(formed))),
                expected,
                "{formed}"
            );
        }
    }

    #[test]
    fn d1_without_a_formation_the_deadline_counts() {
        assert_eq!(delete_on(at("2026-09-01T10:00:00Z"), None), date(2027, 5, 1));
    }

    #[test]
    fn d1_an_unclaimed_questionnaire_goes_after_thirty_days() {
        assert_eq!(unassigned_delete_on(at("2026-09-01T23:30:00Z")), date(2026, 10, 2));
    }

    #[test]
    fn d1_due_on_the_day_itself() {
        let day = date(2027, 5, 1);
        assert!(!is_due(day, date(2027, 4, 30)));
        assert!(is_due(day, day));
    }

    #[test]
    fn d1_contacts_and_correspondence_go_after_two_years() {
        for (active, gone, listed) in [
            (date(2026, 9, 7), date(2028, 9, 7), date(2028, 8, 8)),
            (date(2024, 2, 29), date(2026, 2, 28), date(2026, 1, 29)),
            (date(2026, 2, 28), date(2028, 2, 28), date(2028, 1, 29)),
        ] {
            assert_eq!((contact_delete_on(active), contact_listed_from(active)), (gone, listed));
        }
        // 23:30 UTC is the next day in Copenhagen, in winter as in summer.
        assert_eq!(correspondence_delete_on(at("2024-02-28T23:30:00Z")), date(2026, 2, 28));
        assert_eq!(correspondence_delete_on(at("2026-06-30T22:30:00Z")), date(2028, 7, 1));
    }

    #[test]
    fn d6_a_deactivated_institution_is_erased_after_more_than_a_school_year() {
        assert_eq!(erase_deactivated_on(date(2027, 6, 30)), date(2028, 6, 30));
        assert_eq!(erase_deactivated_on(date(2028, 2, 29)), date(2029, 2, 28));
        assert_eq!(latest_erasure_of_deactivated(date(2027, 6, 30)), date(2029, 6, 30));
    }

    fn extension(until: Date) -> Extension {
        Extension {
            until,
            given_by: "Karen Holm, study director".into(),
            given_on: date(2026, 9, 1),
            reference: CaseReference::parse("2026-417").unwrap(),
            noted_by: ContactId::parse("0c0f3c1e-6a52-4a0e-9d8c-6f0f6d1f2a01").unwrap(),
            noted_at: at("2026-09-02T08:00:00Z"),
        }
    }

    #[test]
    fn d1_an_instruction_extends_the_term_and_never_shortens_it() {
        let regular = date(2027, 5, 1);
        assert_eq!(extended(regular, None), regular);
        for (until, expected) in
            [(date(2028, 1, 1), date(2028, 1, 1)), (date(2027, 1, 1), regular), (regular, regular)]
        {
            assert_eq!(extended(regular, Some(&extension(until))), expected);
        }
    }

    #[test]
    fn d1_an_instruction_reaches_24_months_from_the_last_formation() {
        let deadline = at("2026-02-28T23:30:00Z");
        assert_eq!(latest_extension(deadline, None), date(2028, 3, 1));
        assert_eq!(latest_extension(deadline, Some(at("2026-09-01T10:00:00Z"))), date(2028, 9, 1));
        assert_eq!(latest_extension(at("2024-02-29T10:00:00Z"), None), date(2026, 2, 28));
    }

    proptest! {
        #[test]
        fn d1_the_longest_term_is_sixteen_months_more(second in 0i64..4_000_000_000) {
            let formed = Timestamp::from_second(second).unwrap();
            let more = delete_on(formed, None).until(latest_extension(formed, None)).unwrap().get_days();
            prop_assert!((484..=489).contains(&more), "{}", more);
        }

        #[test]
        fn d1_a_term_ends_on_its_day_of_the_month_or_on_the_last_there_is(second in 0i64..4_000_000_000) {
            let formed = Timestamp::from_second(second).unwrap();
            let day = date_in_copenhagen(formed);
            for (end, months) in [(delete_on(formed, None), 8), (latest_extension(formed, None), 24)] {
                let month = i32::from(day.year()) * 12 + i32::from(day.month()) + months;
                prop_assert_eq!(i32::from(end.year()) * 12 + i32::from(end.month()), month);
                let last = end.last_of_month().day();
                prop_assert_eq!(end.day(), day.day().min(last));
            }
        }

        #[test]
        fn d1_the_hour_of_the_day_in_copenhagen_moves_no_term(day in 0i64..20_000, hour in 0i64..24) {
            let noon = Timestamp::from_second(day * 86_400 + 43_200).unwrap();
            let date = date_in_copenhagen(noon);
            let midnight = date.to_zoned(copenhagen()).unwrap().timestamp();
            // Hours of that civil day, also of one with 23: the 24th may lie in the next.
            let then = midnight + jiff::SignedDuration::from_hours(hour.min(22));
            prop_assert_eq!(delete_on(then, None), delete_on(noon, None));
            let before = midnight - jiff::SignedDuration::from_secs(1);
            prop_assert_eq!(date_in_copenhagen(before), date.yesterday().unwrap());
        }

        #[test]
        fn d1_an_extension_survives_a_rotation_and_never_outlives_24_months(
            first in 1_700_000_000i64..2_000_000_000, later in 0i64..40_000_000, days in 1i64..1_000,
        ) {
            let formed = Timestamp::from_second(first).unwrap();
            let rotated = Timestamp::from_second(first + later).unwrap();
            let until = delete_on(formed, None).checked_add(Span::new().days(days)).unwrap();
            // Told apart from the rule under test: by the calendar.
            let two_years = |day: Date| day.checked_add(Span::new().months(24)).unwrap();
            prop_assume!(until <= latest_extension(formed, None));
            prop_assert!(until <= two_years(date_in_copenhagen(formed)));
            let after = extended(delete_on(formed, Some(rotated)), Some(&extension(until)));
            prop_assert!(after >= until && after >= delete_on(formed, Some(rotated)));
            prop_assert!(after <= two_years(date_in_copenhagen(rotated)));
        }

        #[test]
        fn d1_contacts_are_listed_before_they_go(days in 0i64..30_000) {
            let active = date(1990, 1, 1).checked_add(Span::new().days(days)).unwrap();
            let (listed, gone) = (contact_listed_from(active), contact_delete_on(active));
            prop_assert_eq!(listed.until(gone).unwrap().get_days(), 30);
            prop_assert!((730..=731).contains(&active.until(gone).unwrap().get_days()));
        }

        #[test]
        fn d1_later_formations_never_shorten_the_term(a in 0i64..4_000_000_000, b in 0i64..4_000_000_000) {
            let (first, second) = (a.min(b), a.max(b));
            let deadline = Timestamp::UNIX_EPOCH;
            let of = |s| delete_on(deadline, Some(Timestamp::from_second(s).unwrap()));
            prop_assert!(of(first) <= of(second));
        }

        #[test]
        fn d1_the_term_is_242_to_246_days(second in 0i64..4_000_000_000) {
            let formed = Timestamp::from_second(second).unwrap();
            let days = date_in_copenhagen(formed).until(delete_on(formed, None)).unwrap().get_days();
            prop_assert!((242..=246).contains(&days), "{}", days);
        }
    }
}
