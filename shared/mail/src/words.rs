//! Texts made safe for one line, and dates in words.

use domain::institution::Language;
use jiff::civil::{Date, Weekday};

/// A text as one line: control characters and line separators become spaces, runs of white space
/// become one, and marks that turn the direction of the text around them are dropped.
///
/// Subjects and display names are made of this, so that no name can add a mail header.
pub(crate) fn one_line(text: &str) -> String {
    let kept: String = text
        .chars()
        .filter(|c| !turns_direction(*c))
        .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Embeddings, overrides, isolates and marks of the bidirectional algorithm (UAX 9, table 4).
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The name of a day of the week, as it stands in the middle of a sentence.
pub(crate) fn weekday(language: Language, day: Weekday) -> &'static str {
    let index = usize::from(day.to_monday_zero_offset().unsigned_abs());
    match language {
        Language::Da => {
            ["mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"][index]
        }
        Language::En => {
            ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"][index]
        }
    }
}

/// A date such as `7. september 2026` or `7 September 2026`.
pub(crate) fn date(language: Language, date: Date) -> String {
    let month = usize::from(date.month().unsigned_abs()) - 1;
    let (dot, name) = match language {
        Language::Da => (
            ".",
            [
                "januar",
                "februar",
                "marts",
                "april",
                "maj",
                "juni",
                "juli",
                "august",
                "september",
                "oktober",
                "november",
                "december",
            ][month],
        ),
        Language::En => (
            "",
            [
                "January",
                "February",
                "March",
                "April",
                "May",
                "June",
                "July",
                "August",
                "September",
                "October",
                "November",
                "December",
            ][month],
        ),
    };
    format!("{}{dot} {name} {}", date.day(), date.year())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date as day;

    #[test]
    fn m1_no_text_can_break_a_line_or_turn_it_around() {
        assert_eq!(one_line("Ane\r\nBcc: x\u{2028}y\u{202e}z\t "), "Ane Bcc: x yz");
        assert_eq!(one_line("Ane\0Holm\u{1b}[31m\u{2029}x"), "Ane Holm [31m x");
        assert_eq!(one_line("Åse  Ærø"), "Åse Ærø");
    }

    #[test]
    fn m1_dates_are_written_as_each_language_writes_them() {
        assert_eq!(date(Language::Da, day(2027, 5, 1)), "1. maj 2027");
        assert_eq!(date(Language::En, day(2027, 5, 1)), "1 May 2027");
        assert_eq!(weekday(Language::Da, day(2026, 9, 7).weekday()), "mandag");
        assert_eq!(weekday(Language::En, day(2026, 9, 13).weekday()), "Sunday");
    }
}
