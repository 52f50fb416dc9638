//! A mail's own words: a subject of one line and plain paragraphs.

use serde::{Deserialize, Serialize};

use crate::cpr;

/// The longest subject, in characters: what mail programs show of one.
pub const LONGEST_SUBJECT: usize = 150;
/// The longest body, in characters.
pub const LONGEST_BODY: usize = 5000;

/// Subject and body. Shown by nothing that logs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailText {
    /// One line.
    pub subject: String,
    /// Paragraphs between empty lines; lines end with a line feed.
    pub body: String,
}

impl std::fmt::Debug for MailText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MailText(..)")
    }
}

/// Why a text cannot be sent. Repeats nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextFault {
    /// Nothing is written.
    #[error("must not be empty")]
    Empty,
    /// It is longer than so many characters.
    #[error("must be at most {0} characters long")]
    TooLong(usize),
    /// It holds a control character; a subject also no line break, so that it adds no header.
    #[error("must not hold control characters or, in a subject, line breaks")]
    Control,
    /// It holds a mark that turns the direction of the text around it, which can make a link look like another.
    #[error("must not hold marks that turn the direction of text")]
    Direction,
    /// It seems to hold a civil registration number.
    #[error("must not hold what looks like a CPR number")]
    Cpr,
}

impl TextFault {
    /// The same in Danish.
    pub fn danish(self) -> String {
        match self {
            Self::Empty => "må ikke være tom".to_owned(),
            Self::TooLong(most) => format!("må højst være på {most} tegn"),
            Self::Control => "må ikke indeholde styretegn eller, i et emne, linjeskift".to_owned(),
            Self::Direction => "må ikke indeholde tegn, der vender tekstens retning".to_owned(),
            Self::Cpr => "må ikke indeholde noget, der ligner et CPR-nummer".to_owned(),
        }
    }
}

impl MailText {
    /// Tidies both parts, and says of each what is wrong with it.
    pub fn read(subject: &str, body: &str) -> Result<Self, (Vec<TextFault>, Vec<TextFault>)> {
        let subject = subject.trim().to_owned();
        let body = paragraphs(&body.replace("\r\n", "\n").replace('\r', "\n"));
        let of_subject = faults(&subject, LONGEST_SUBJECT, |_| false);
        let of_body = faults(&body, LONGEST_BODY, |c| c == '\n');
        if of_subject.is_empty() && of_body.is_empty() {
            Ok(Self { subject, body })
        } else {
            Err((of_subject, of_body))
        }
    }

    /// The paragraphs, each with its lines.
    pub fn paragraphs(&self) -> impl Iterator<Item = Vec<&str>> {
        self.body.split("\n\n").map(|paragraph| paragraph.lines().collect())
    }
}

/// Lines without space at their ends, and one empty line at most between two.
fn paragraphs(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.trim().lines().map(str::trim_end) {
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty > 1 {
            continue;
        }
        if !tidy.is_empty() {
            tidy.push('\n');
        }
        tidy.push_str(line);
    }
    tidy
}

fn faults(text: &str, longest: usize, allowed: impl Fn(char) -> bool) -> Vec<TextFault> {
    let mut found = Vec::new();
    if text.is_empty() {
        found.push(TextFault::Empty);
    }
    if text.chars().count() > longest {
        found.push(TextFault::TooLong(longest));
    }
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    if text.chars().any(|c| breaks(c) && !allowed(c)) {
        found.push(TextFault::Control);
    }
    if text.chars().any(turns_direction) {
        found.push(TextFault::Direction);
    }
    if cpr::mask(text).1 > 0 {
        found.push(TextFault::Cpr);
    }
    found
}

/// Embeddings, overrides, isolates and marks of the bidirectional algorithm (UAX 9, table 4).
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn m2_a_text_keeps_paragraphs_and_lines_and_nothing_around_them() {
        let text =
            MailText::read("  Velkommen ", "\r\nHej\r\nalle \r\n\r\n\r\n\r\nVi ses\n").unwrap();
        assert_eq!(text.subject, "Velkommen");
        assert_eq!(text.body, "Hej\nalle\n\nVi ses");
        let read: Vec<Vec<&str>> = text.paragraphs().collect();
        assert_eq!(read, [vec!["Hej", "alle"], vec!["Vi ses"]]);
    }

    #[test]
    fn m2_a_text_that_cannot_be_sent_is_refused_for_every_reason_at_once() {
        use TextFault::{Control, Cpr, Direction, Empty, TooLong};
        let long = "a".repeat(LONGEST_SUBJECT + 1);
        for (subject, body, of_subject, of_body) in [
            ("", " \n ", vec![Empty], vec![Empty]),
            (long.as_str(), "x", vec![TooLong(LONGEST_SUBJECT)], vec![]),
            ("Hej\r\nBcc: x@example.dk", "x", vec![Control], vec![]),
            ("Hej\u{2028}X: y", "a\tb\u{0}", vec![Control], vec![Control]),
            ("x", "evil\u{202e}txt.exe", vec![], vec![Direction]),
            ("010190-1234", "nr. 0101901234\u{7}", vec![Cpr], vec![Control, Cpr]),
        ] {
            let found = MailText::read(subject, body).unwrap_err();
            assert_eq!(found, (of_subject, of_body), "{subject:?} {body:?}");
        }
        let most = MailText::read(&"æ".repeat(LONGEST_SUBJECT), &"ø".repeat(LONGEST_BODY));
        assert!(most.is_ok(), "characters are counted, not bytes");
    }

    #[test]
    fn d10_a_text_is_not_shown_by_debug() {
        let text = MailText::read("Secret", "words").unwrap();
        assert_eq!(format!("{text:?}"), "MailText(..)");
    }
}
