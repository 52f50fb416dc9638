//! Free hours of the week as ranges that people read, and the first of them after a date.
//!
//! A slot is `day * 24 + hour`, day 0 = Monday, in local hours of Europe/Copenhagen.

use domain::cohort::SLOTS_PER_WEEK;
use domain::institution::Language;
use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Weekday};

use crate::words;

/// The longest meeting that is suggested, in hours.
const LONGEST_MEETING: u16 = 2;

/// Consecutive free hours of one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Range {
    /// Day of the week, 0 = Monday.
    day: u16,
    /// First hour, 0 to 23.
    from: u16,
    /// The hour it ends, 1 to 24.
    to: u16,
}

/// Free hours in words, one line per day.
pub fn in_words(language: Language, hours: &[u16]) -> Vec<String> {
    lines(language, &ranges(hours))
}

/// Merges slots into ranges, in the order of the week. Order and repetition of the input do not
/// matter; what is no slot of a week is left out. A range ends at midnight.
pub(crate) fn ranges(slots: &[u16]) -> Vec<Range> {
    let mut sorted: Vec<u16> = slots.iter().copied().filter(|s| *s < SLOTS_PER_WEEK).collect();
    sorted.sort_unstable();
    sorted.dedup();
    let mut merged: Vec<Range> = Vec::new();
    for slot in sorted {
        let (day, hour) = (slot / 24, slot % 24);
        match merged.last_mut() {
            Some(last) if last.day == day && last.to == hour => last.to += 1,
            _ => merged.push(Range { day, from: hour, to: hour + 1 }),
        }
    }
    merged
}

/// One line per day: `mandag kl. 10–12 og 14–16` or `Monday 10–12 and 14–16`.
pub(crate) fn lines(language: Language, ranges: &[Range]) -> Vec<String> {
    ranges
        .chunk_by(|a, b| a.day == b.day)
        .map(|day| {
            let hours: Vec<String> = day.iter().map(|range| range.hours()).collect();
            let hours = listed(language, &hours);
            format!("{} {}{hours}", words::weekday(language, day[0].weekday()), at(language))
        })
        .collect()
}

/// What stands between a day and its hours.
fn at(language: Language) -> &'static str {
    match language {
        Language::Da => "kl. ",
        Language::En => "",
    }
}

/// `a`, `a og b`, `a, b og c`.
fn listed(language: Language, items: &[String]) -> String {
    let and = match language {
        Language::Da => " og ",
        Language::En => " and ",
    };
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{}{and}{last}", first.join(", ")),
    }
}

impl Range {
    fn hours(self) -> String {
        format!("{}–{}", self.from, self.to)
    }

    fn weekday(self) -> Weekday {
        let offset = i8::try_from(self.day).unwrap_or(0);
        Weekday::from_monday_zero_offset(offset).unwrap_or(Weekday::Monday)
    }
}

/// A meeting in local time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Meeting {
    /// When it begins.
    pub(crate) start: DateTime,
    /// When it ends; midnight is hour 0 of the next day.
    pub(crate) end: DateTime,
    range: Range,
}

impl Meeting {
    /// `mandag den 7. september 2026 kl. 10–12` or `Monday 7 September 2026, 10–12`.
    pub(crate) fn in_words(&self, language: Language) -> String {
        let day = words::weekday(language, self.start.weekday());
        let date = words::date(language, self.start.date());
        let hours = self.range.hours();
        match language {
            Language::Da => format!("{day} den {date} kl. {hours}"),
            Language::En => format!("{day} {date}, {hours}"),
        }
    }
}

/// The first range that begins in the seven days from `from` on, cut to [`LONGEST_MEETING`].
pub(crate) fn first_meeting(ranges: &[Range], from: Date) -> Option<Meeting> {
    ranges
        .iter()
        .filter_map(|range| {
            let days = from.weekday().until(range.weekday());
            let date = from.checked_add(i64::from(days).days()).ok()?;
            let range = Range { to: range.to.min(range.from + LONGEST_MEETING), ..*range };
            let start = date.at(i8::try_from(range.from).ok()?, 0, 0, 0);
            let end = start.checked_add(i64::from(range.to - range.from).hours()).ok()?;
            Some(Meeting { start, end, range })
        })
        .min_by_key(|meeting| meeting.start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, datetime};

    #[test]
    fn m1_consecutive_hours_become_ranges_in_the_order_of_the_week() {
        let slots = [24 + 13, 10, 11, 14, 15, 10, 24 + 12, 4 * 24 + 9, 168, u16::MAX];
        let merged = ranges(&slots);
        assert_eq!(
            lines(Language::Da, &merged),
            ["mandag kl. 10–12 og 14–16", "tirsdag kl. 12–14", "fredag kl. 9–10"]
        );
        assert_eq!(
            lines(Language::En, &merged),
            ["Monday 10–12 and 14–16", "Tuesday 12–14", "Friday 9–10"]
        );
        assert_eq!(lines(Language::En, &ranges(&[8, 10, 12])), ["Monday 8–9, 10–11 and 12–13"]);
    }

    #[test]
    fn m1_a_range_ends_at_midnight() {
        assert_eq!(lines(Language::En, &ranges(&[23, 24])), ["Monday 23–24", "Tuesday 0–1"]);
        assert_eq!(lines(Language::En, &ranges(&[167, 0])), ["Monday 0–1", "Sunday 23–24"]);
    }

    #[test]
    fn m1_the_first_meeting_is_the_first_common_slot_within_seven_days() {
        let merged = ranges(&[10, 11, 12, 3 * 24 + 8]);
        let wednesday = date(2026, 9, 9);
        let meeting = first_meeting(&merged, wednesday).unwrap();
        assert_eq!(meeting.start, datetime(2026, 9, 10, 8, 0, 0, 0));
        let monday = first_meeting(&merged, date(2026, 9, 14)).unwrap();
        assert_eq!(monday.start, datetime(2026, 9, 14, 10, 0, 0, 0));
        assert_eq!(monday.end, datetime(2026, 9, 14, 12, 0, 0, 0), "two hours at most");
        assert_eq!(monday.in_words(Language::Da), "mandag den 14. september 2026 kl. 10–12");
        assert_eq!(monday.in_words(Language::En), "Monday 14 September 2026, 10–12");
        assert_eq!(first_meeting(&[], wednesday), None);
    }

    #[test]
    fn m1_a_meeting_until_midnight_ends_on_the_next_day() {
        let meeting = first_meeting(&ranges(&[23]), date(2026, 12, 28)).unwrap();
        assert_eq!(meeting.end, datetime(2026, 12, 29, 0, 0, 0, 0));
    }
}
