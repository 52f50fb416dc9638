//! Danish civil registration numbers (CPR) in free text: found and masked (Q6).
//!
//! A number is `DDMMYY-SSSS`, with or without a hyphen or space, for a day that exists; day + 60 is
//! a replacement number (erstatnings-CPR, cpr.dk). The modulus-11 check is not used to reject:
//! numbers since 2007 need not satisfy it. A false hit costs ten digits of free text, a miss leaves
//! a civil registration number in the store, so the rule leans towards masking.

use std::borrow::Cow;

/// What a masked number becomes.
pub const MASK: &str = "[CPR]";

/// Masks every CPR number in a text and counts them.
pub fn mask(text: &str) -> (Cow<'_, str>, usize) {
    let bytes = text.as_bytes();
    let mut kept_to = 0;
    let mut masked = String::new();
    let mut count = 0;
    let mut at = 0;
    while at < bytes.len() {
        if let Some(length) = number_at(bytes, at) {
            masked.push_str(&text[kept_to..at]);
            masked.push_str(MASK);
            count += 1;
            at += length;
            kept_to = at;
        } else {
            at += 1;
        }
    }
    if count == 0 {
        return (Cow::Borrowed(text), 0);
    }
    masked.push_str(&text[kept_to..]);
    (Cow::Owned(masked), count)
}

/// The length in bytes of the number that starts at `at`, if one does.
fn number_at(bytes: &[u8], at: usize) -> Option<usize> {
    let digit = |i: usize| bytes.get(i).filter(|b| b.is_ascii_digit()).map(|b| u32::from(b - b'0'));
    let before = at.checked_sub(1).and_then(|i| bytes.get(i));
    if before.is_some_and(|b| b.is_ascii_digit() || *b == b'+') {
        return None;
    }
    let mut digits = [0u32; 6];
    let mut i = at;
    for (n, slot) in digits.iter_mut().enumerate() {
        // Groups may be written apart: 01 01 90, 01.01.90, 01-01-90.
        if n > 0 && n % 2 == 0 && bytes.get(i).is_some_and(|b| b" .-/".contains(b)) {
            i += 1;
        }
        *slot = digit(i)?;
        i += 1;
    }
    let mut gap = 0;
    while gap < 3 && separator(bytes, i).is_some() {
        i += separator(bytes, i).unwrap_or(1);
        gap += 1;
    }
    for _ in 0..4 {
        digit(i)?;
        i += 1;
    }
    if digit(i).is_some() {
        return None;
    }
    let day = digits[0] * 10 + digits[1];
    let month = digits[2] * 10 + digits[3];
    let year = digits[4] * 10 + digits[5];
    day_exists(day, month, year).then_some(i - at)
}

/// The length of one separator between date and serial number: hyphen, space, dot, or a typographic dash.
fn separator(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes.get(at)? {
        b' ' | b'-' | b'.' | b'/' => Some(1),
        // U+2010 to U+2015, the dashes of word processors.
        0xE2 if bytes.get(at + 1) == Some(&0x80) && (0x90..=0x95).contains(bytes.get(at + 2)?) => {
            Some(3)
        }
        // U+00A0, the no-break space.
        0xC2 if bytes.get(at + 1) == Some(&0xA0) => Some(2),
        _ => None,
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
            "2026-11-22",
            "12345678",
            "101",
            "",
        ] {
            assert_eq!(mask(text).1, 0, "{text}");
        }
    }

    #[test]
    fn q6_masks_several() {
        let (masked, count) = mask("a 010190-1234 b 020290-4321");
        assert_eq!((masked.as_ref(), count), ("a [CPR] b [CPR]", 2));
    }

    proptest! {
        #[test]
        fn q6_what_was_masked_holds_no_number(before in "[a-zæøå ]{0,8}", after in "[a-zæøå ]{0,8}", day in 1u32..=28, month in 1u32..=12, year in 0u32..=99, serial in 0u32..=9999, gap in "[- ]?") {
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
