//! Single cells.

use std::collections::BTreeSet;

/// The code of a value: lower case, `_` for what is no letter or digit.
pub(crate) fn code(value: &str) -> String {
    value
        .chars()
        .flat_map(char::to_lowercase)
        .map(|c| if c.is_alphanumeric() { c } else { '_' })
        .collect()
}

/// An id made of a value: as a code, and only of the letters that ids may have.
pub(crate) fn id(value: &str) -> String {
    value
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' })
        .collect()
}

/// The parts between semicolons.
pub(crate) fn parts(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(';').map(str::trim).filter(|part| !part.is_empty())
}

/// A number with so many decimals as a whole number of the last one.
pub(crate) fn number(cell: &str, decimals: u8) -> Result<i32, String> {
    let (digits, sign) = cell.strip_prefix('-').map_or((cell, 1), |digits| (digits, -1));
    let (whole, part) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
    let places = usize::from(decimals);
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !plain(whole) || !plain(part) || digits.ends_with(['.', ',']) {
        return Err("not a number".into());
    }
    if part.trim_end_matches('0').len() > places {
        return Err(if places == 0 {
            "not a whole number (say how many `decimals` count)".into()
        } else {
            format!("more than {places} decimals")
        });
    }
    let part = part.get(..part.len().min(places)).unwrap_or_default();
    let scaled = format!("{whole}{part:0<places$}").parse::<i32>();
    scaled.map(|number| sign * number).map_err(|_| "the number is too large".into())
}

/// Days by the beginnings of their names, English and Danish.
const DAYS: [[&str; 2]; 7] = [
    ["mon", "man"],
    ["tue", "tir"],
    ["wed", "ons"],
    ["thu", "tor"],
    ["fri", "fre"],
    ["sat", "lør"],
    ["sun", "søn"],
];

/// Free hours as `day * 24 + hour`; `Mon 9-11` is the hours from 9 and from 10.
pub(crate) fn hours(cell: &str) -> Result<BTreeSet<u16>, String> {
    let mut free = BTreeSet::new();
    if cell.eq_ignore_ascii_case("none") {
        return Ok(free);
    }
    for part in parts(cell) {
        let told = || format!("`{part}` is not like `Mon 9-11`");
        let (day, hours) = part.split_once(char::is_whitespace).ok_or_else(told)?;
        let name = day.to_lowercase();
        let day = DAYS
            .iter()
            .position(|names| names.iter().any(|known| name.starts_with(known)))
            .ok_or_else(told)?;
        let hour = |text: &str| text.trim().parse::<u16>().map_err(|_| told());
        let (from, to) = match hours.split_once('-') {
            Some((from, to)) => (hour(from)?, hour(to)?),
            None => (hour(hours)?, hour(hours)?.saturating_add(1)),
        };
        if from >= to || to > 24 {
            return Err(told());
        }
        let day = u16::try_from(day).map_err(|_| told())?;
        free.extend((from..to).map(|hour| day * 24 + hour));
    }
    Ok(free)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_to_the_last_decimal_that_counts() {
        assert_eq!(number("12", 0), Ok(12));
        assert_eq!(number("-3,5", 1), Ok(-35));
        assert_eq!(number("3.4", 2), Ok(340));
        assert_eq!(number("3.40", 1), Ok(34));
        assert_eq!(number("0.05", 2), Ok(5));
        for (cell, decimals) in
            [("", 0), ("x", 0), ("3.5", 0), ("3.", 1), (".5", 1), ("1e3", 0), ("--1", 0), ("+1", 0)]
        {
            assert!(number(cell, decimals).is_err(), "{cell}");
        }
        assert_eq!(number("99999999999", 0), Err("the number is too large".into()));
        assert_eq!(number("3.456", 2), Err("more than 2 decimals".into()));
    }

    #[test]
    fn hours_are_read_in_english_and_danish() {
        assert_eq!(hours("Mon 9-11; onsdag 14").unwrap(), [9, 10, 62].into());
        assert_eq!(hours("SØN 22-24").unwrap(), [166, 167].into());
        assert_eq!(hours("none").unwrap(), [].into());
        for cell in ["Mon", "9-11", "Mon 11-9", "Mon 9-25", "Day 9", "Mon 24", "Mon 9-9", "Mon -"] {
            assert!(hours(cell).is_err(), "{cell}");
        }
    }

    #[test]
    fn codes_keep_the_letters_of_every_alphabet() {
        assert_eq!(code("Øst / vest"), "øst___vest");
        assert_eq!(id("Øst / vest"), "_st___vest");
    }
}
