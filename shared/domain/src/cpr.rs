//! Danish civil registration numbers (CPR) in free text: found and masked (Q6).
//!
//! A number is `DDMMYY-SSSS` or `DDMMYYYY-SSSS` for a day that exists, in digits of any script; between
//! its parts may stand nothing, white space, dashes, dots, slashes or underscores. Day + 60 is a
//! replacement number (erstatnings-CPR, cpr.dk). The modulus-11 check is not used to reject: numbers
//! since 2007 need not satisfy it. A false hit costs ten digits of free text, a miss leaves a civil
//! registration number in the store, so the rule leans towards masking (ADR 2).

mod glyph;

use std::borrow::Cow;

use glyph::{Gap, Glyph, Kind, glyphs};

/// What a masked number becomes.
pub const MASK: &str = "[CPR]";

/// Characters that may stand between two parts of the date, and between the date and the serial number.
const IN_DATE: usize = 3;
const BEFORE_SERIAL: usize = 8;

/// Years of birth that a serial number can mean (cpr.dk).
const YEARS: std::ops::RangeInclusive<u32> = 1858..=2057;

/// Masks every CPR number in a text and counts them.
pub fn mask(text: &str) -> (Cow<'_, str>, usize) {
    let glyphs = glyphs(text);
    let (mut masked, mut kept_to) = (String::new(), 0);
    let (mut at, mut count) = (0, 0);
    while at < glyphs.len() {
        let Some(end) = number_at(&glyphs, at) else {
            at += 1;
            continue;
        };
        masked.push_str(&text[kept_to..glyphs[at].from]);
        masked.push_str(MASK);
        count += 1;
        kept_to = glyphs[end - 1].to;
        at = end;
    }
    if count == 0 {
        return (Cow::Borrowed(text), 0);
    }
    masked.push_str(&text[kept_to..]);
    (Cow::Owned(masked), count)
}

/// Where the number ends that starts at `at`, if one does.
fn number_at(glyphs: &[Glyph], at: usize) -> Option<usize> {
    let before = |back: usize| at.checked_sub(back).map(|i| glyphs[i].kind);
    let after_sign =
        before(1) == Some(Kind::Plus) && !matches!(before(2), Some(Kind::Digit(_) | Kind::Joined));
    if matches!(before(1), Some(Kind::Digit(_))) || after_sign {
        return None;
    }
    short(Reader { glyphs, at }).or_else(|| long(Reader { glyphs, at }))
}

/// `DDMMYY-SSSS`.
fn short(mut reader: Reader<'_>) -> Option<usize> {
    let day = reader.number(2)?;
    reader.gap(IN_DATE);
    let month = reader.number(2)?;
    reader.gap(IN_DATE);
    let year = reader.number(2)?;
    reader.serial(day, month, year)
}

/// `DDMMYYYY-SSSS`. The parts of the date are set apart in one way, or as `1/1-1990` is: hours such
/// as `08-12 2000-2200` are no date.
fn long(mut reader: Reader<'_>) -> Option<usize> {
    let day = reader.number(2)?;
    let first = reader.gap(IN_DATE);
    let month = reader.number(2)?;
    let second = reader.gap(IN_DATE);
    let year = reader.number(4)?;
    let even = first == second || (first, second) == (Some(Gap::Slash), Some(Gap::Dash));
    if !even || !YEARS.contains(&year) {
        return None;
    }
    reader.serial(day, month, year)
}

/// Reads a number part by part.
struct Reader<'a> {
    glyphs: &'a [Glyph],
    at: usize,
}

impl Reader<'_> {
    fn digit(&self) -> Option<u32> {
        match self.glyphs.get(self.at)?.kind {
            Kind::Digit(digit) => Some(digit),
            _ => None,
        }
    }

    fn number(&mut self, digits: usize) -> Option<u32> {
        let mut number = 0;
        for _ in 0..digits {
            number = number * 10 + self.digit()?;
            self.at += 1;
        }
        Some(number)
    }

    /// Passes what sets two parts apart, `most` characters of it; says what it is besides spaces.
    fn gap(&mut self, most: usize) -> Option<Gap> {
        let mut found = None;
        for _ in 0..most {
            let gap = match self.glyphs.get(self.at).map(|glyph| glyph.kind) {
                Some(Kind::Gap(gap)) => gap,
                Some(Kind::Plus) => Gap::Space,
                _ => break,
            };
            found = found.filter(|known| *known != Gap::Space).or(Some(gap));
            self.at += 1;
        }
        found
    }

    /// The end of a number whose date was read, if the date exists and four digits end the number.
    fn serial(mut self, day: u32, month: u32, year: u32) -> Option<usize> {
        self.gap(BEFORE_SERIAL);
        self.number(4)?;
        (self.digit().is_none() && day_exists(day, month, year)).then_some(self.at)
    }
}

fn day_exists(day: u32, month: u32, year: u32) -> bool {
    let day = if day > 60 { day - 60 } else { day };
    let longest = match month {
        2 if year.is_multiple_of(4) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    (1..=longest).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn q6_masks_each_way_of_writing_a_number() {
        for text in [
            "010190-1234",
            "0101901234",
            "010190 1234",
            "01 01 90 1234",
            "290200–5678",
            "610190-1234",
            "311299 - 0001",
            "01.01.90-1234",
            "010190\t1234",
            "010190\n1234",
            "010190\u{2212}1234",
            "010190\u{202f}1234",
            "010190\u{3000}\u{ff0d}\u{3000}1234",
            "010190_1234",
            "01\u{2009}01\u{2009}90\u{2009}1234",
            "01/01-90 1234",
            "01011990-1234",
            "010119901234",
            "01.01.1990-1234",
            "01/01-1990 1234",
            "610119901234",
            "010190%201234",
            "010190%2D1234",
            "010190%E2%88%921234",
            "010190+1234",
            "０１０１９０－１２３４",
            "٠١٠١٩٠-١٢٣٤",
            "010190\u{200b}-\u{ad}1234",
            "01\u{feff}01901234",
        ] {
            let written = format!("mit nummer er {text}, hej");
            assert_eq!(
                mask(&written),
                (Cow::<str>::Owned("mit nummer er [CPR], hej".into()), 1),
                "{text}"
            );
        }
    }

    #[test]
    fn q6_leaves_other_numbers_alone() {
        for text in [
            "320190-1234",
            "011390-1234",
            "290201-1234",
            "01019012345",
            "9910190123",
            "+4501019012 34",
            "+0101901234",
            "ring til (+3112991234)",
            "01011857-1234",
            "01012058-1234",
            "010119901-1234",
            "08-12 2000-2200",
            "10-12 og 12-1600",
            "20-11-2026 10:30",
            "2026-11-19T08:20:00Z",
            "20261119T082000Z",
            "2026-11-22",
            "12345678",
            "101",
            "",
        ] {
            assert_eq!(mask(text).1, 0, "{text}");
        }
    }

    #[test]
    fn q6_what_stands_before_a_number_hides_it_only_if_it_is_part_of_another() {
        for (text, masked) in [
            ("ref=cpr=010190-1234", "ref=cpr=[CPR]"),
            ("x 010190-1234", "x [CPR]"),
            ("cpr010190-1234x", "cpr[CPR]x"),
            ("?q=cpr+010190-1234&r=+010190-1234", "?q=cpr+[CPR]&r=+[CPR]"),
            ("https://example.dk/010190-1234.pdf", "https://example.dk/[CPR].pdf"),
            ("50%, 010190-1234 %", "50%, [CPR] %"),
            ("%ff010190-1234", "%ff[CPR]"),
        ] {
            assert_eq!(mask(text).0, masked);
        }
    }

    #[test]
    fn q6_masks_several() {
        let (masked, count) = mask("a 010190-1234 b 020290-4321");
        assert_eq!((masked.as_ref(), count), ("a [CPR] b [CPR]", 2));
    }

    proptest! {
        #[test]
        fn q6_what_was_masked_holds_no_number(before in "[a-zæøå ]{0,8}", after in "[a-zæøå ]{0,8}", day in 1u32..=28, month in 1u32..=12, year in 0u32..=99, serial in 0u32..=9999, gap in "[-_./ \t\u{2010}-\u{2015}\u{2212}\u{202f}\u{a0}\u{200b}]{0,3}") {
            let text = format!("{before}{day:02}{month:02}{year:02}{gap}{serial:04}{after}");
            let (masked, count) = mask(&text);
            prop_assert_eq!(count, 1);
            prop_assert_eq!(mask(&masked).1, 0);
        }

        #[test]
        fn q6_never_panics(text in "\\PC*") {
            let (masked, count) = mask(&text);
            prop_assert_eq!(count == 0, masked.as_ref() == text);
        }
    }
}
