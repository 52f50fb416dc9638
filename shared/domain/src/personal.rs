//! Values that identify a person. Their `Debug` says nothing, so that no log line can.

use serde::{Deserialize, Serialize};

/// Why a text is not an e-mail address that mail can be sent to.
///
/// The texts never repeat the input: it may be somebody's address with a typing error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// There is no `@`, or one side of it is empty.
    #[error("an e-mail address needs a part before and after '@'")]
    Parts,
    /// The local part or the domain holds something that SES does not accept.
    #[error("the e-mail address holds a character that mail systems do not accept")]
    Character,
    /// Longer than 254 characters (RFC 5321, 4.5.3.1.3).
    #[error("the e-mail address is longer than 254 characters")]
    TooLong,
}

macro_rules! redacted {
    ($name:ident) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    };
}

/// An e-mail address that SES can send to: ASCII on both sides, as SES requires of the local part
/// and as punycode makes of the domain.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

redacted!(Email);

impl Email {
    /// Parses an address; surrounding white space is dropped, nothing else is changed.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let text = text.trim();
        if text.len() > 254 {
            return Err(EmailError::TooLong);
        }
        let (local, host) = text.rsplit_once('@').ok_or(EmailError::Parts)?;
        if local.is_empty() || local.len() > 64 || !host.contains('.') {
            return Err(EmailError::Parts);
        }
        let atext = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-.".contains(&b);
        if !local.bytes().all(atext)
            || local.starts_with('.')
            || local.ends_with('.')
            || local.contains("..")
        {
            return Err(EmailError::Character);
        }
        let label = |l: &str| {
            !l.is_empty()
                && l.len() <= 63
                && !l.starts_with('-')
                && !l.ends_with('-')
                && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        if !host.split('.').all(label) {
            return Err(EmailError::Character);
        }
        Ok(Self(text.to_owned()))
    }

    /// The address as the student wrote it, for the envelope of a mail.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a body holds the address as a whole, in any case: no longer one that ends or begins like
    /// it.
    pub fn is_in(&self, body: &[u8]) -> bool {
        let body = String::from_utf8_lossy(body).to_lowercase();
        let inside = |c: char| c.is_alphanumeric() || "._-+@".contains(c);
        body.match_indices(&self.normalised()).any(|(at, found)| {
            let before = body[..at].chars().next_back();
            let after = body[at + found.len()..].chars().next();
            !before.is_some_and(inside) && !after.is_some_and(inside)
        })
    }

    /// The address in lower case: what two spellings of one mailbox share.
    pub fn normalised(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl TryFrom<String> for Email {
    type Error = EmailError;
    fn try_from(text: String) -> Result<Self, EmailError> {
        Self::parse(&text)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> String {
        email.0
    }
}

macro_rules! short_text {
    ($(#[$doc:meta])* $name:ident, $max:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(from = "String", into = "String")]
        pub struct $name(String);

        redacted!($name);

        impl $name {
            /// Cleans a text: control characters (line breaks too, which a mail header must not
            /// carry) become spaces, runs of white space become one, and what is beyond the
            /// length limit is cut.
            pub fn new(text: &str) -> Self {
                let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
                let words: Vec<&str> = spaced.split_whitespace().collect();
                Self(words.join(" ").chars().take($max).collect())
            }

            /// The cleaned text; may be empty.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Whether nothing is left after cleaning.
            pub fn is_empty(&self) -> bool {
                self.0.is_empty()
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self::new(&text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> String {
                value.0
            }
        }
    };
}

short_text!(
    /// A person's name as the person wrote it, 200 characters at most.
    PersonName, 200
);
short_text!(
    /// A student number in the institution's own form, 64 characters at most.
    StudentNumber, 64
);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn d2_d4_an_address_is_found_whole_and_in_any_case() {
        let address = Email::parse("Ane@example.dk").expect("an address");
        for (body, found) in [
            ("{\"email\":\"ane@Example.dk\"}", true),
            ("ane@example.dk", true),
            ("{\"email\":\"marie.ane@example.dk\"}", false),
            ("{\"email\":\"ane@example.dk.org\"}", false),
            ("blane@example.dk, ANE@EXAMPLE.DK", true),
            ("", false),
        ] {
            assert_eq!(address.is_in(body.as_bytes()), found, "{body}");
        }
        assert!(!address.is_in(&[0xff, 0xfe]));
    }

    #[test]
    fn addresses_that_mail_systems_take() {
        for good in [
            "ane@example.dk",
            " b.o+x@student.example.edu ",
            "o'neil@example.edu",
            "a@xn--example-q1a.dk",
        ] {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "ane",
            "@example.dk",
            "ane@",
            "ane@example",
            "ane @example.dk",
            "åse@example.dk",
            "ane@exam ple.dk",
            "ane@-example.dk",
            "a..b@example.dk",
            "ane@example.dk\r\nBcc: x@example.dk",
        ] {
            assert!(Email::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn d10_debug_of_personal_values_says_nothing() {
        let shown = format!(
            "{:?} {:?} {:?}",
            Email::parse("ane@example.dk").unwrap(),
            PersonName::new("Ane"),
            StudentNumber::new("s1")
        );
        assert_eq!(shown, "Email(..) PersonName(..) StudentNumber(..)");
    }

    #[test]
    fn a_name_cannot_carry_a_line_break_into_a_header() {
        assert_eq!(PersonName::new("Ane\r\nBcc:  x").as_str(), "Ane Bcc: x");
    }

    proptest! {
        #[test]
        fn parsing_never_panics_and_keeps_what_it_takes(text in ".*") {
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(email.as_str(), text.trim());
                prop_assert!(email.as_str().is_ascii());
            }
        }
    }
}
