//! Mailboxes in mail headers: display names as RFC 5322 and RFC 2047 want them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::Email;

use crate::words::one_line;

/// Bytes of UTF-8 that fit into one encoded word of 75 characters: `=?UTF-8?B?` and `?=` take 12,
/// and base64 makes four characters of three bytes.
const WORD_BYTES: usize = 45;

/// Characters of a display name; a header value may have 995 in SES.
const NAME_CHARACTERS: usize = 150;

/// `"Name" <address>`, or with an encoded word where the name is not ASCII.
pub(super) fn mailbox(name: &str, address: &Email) -> String {
    let name: String = one_line(name).chars().take(NAME_CHARACTERS).collect();
    let phrase = if name.is_ascii() { quoted(&name) } else { encoded(&name) };
    format!("{phrase} <{}>", address.as_str())
}

/// A quoted string (RFC 5322, 3.2.4).
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Encoded words (RFC 2047, 2 and 5), none of which cuts a character in two.
fn encoded(name: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut part = String::new();
    for c in name.chars() {
        if part.len() + c.len_utf8() > WORD_BYTES {
            words.push(std::mem::take(&mut part));
        }
        part.push(c);
    }
    words.push(part);
    let words: Vec<String> =
        words.iter().map(|word| format!("=?UTF-8?B?{}?=", STANDARD.encode(word))).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address() -> Email {
        Email::parse("groups@example.dk").unwrap()
    }

    /// What a mail reader makes of encoded words.
    fn decoded(header: &str) -> String {
        let phrase = header.strip_suffix(" <groups@example.dk>").unwrap();
        phrase
            .split(' ')
            .map(|word| {
                assert!(word.len() <= 75, "{word}");
                let text = word.strip_prefix("=?UTF-8?B?").unwrap().strip_suffix("?=").unwrap();
                String::from_utf8(STANDARD.decode(text).unwrap()).unwrap()
            })
            .collect()
    }

    #[test]
    fn m1_an_ascii_name_is_quoted() {
        assert_eq!(
            mailbox("Example University", &address()),
            "\"Example University\" <groups@example.dk>"
        );
        assert_eq!(mailbox("A \"B\" \\ C", &address()), r#""A \"B\" \\ C" <groups@example.dk>"#);
    }

    #[test]
    fn m1_other_names_are_encoded_words_of_whole_characters() {
        for name in ["Ærø Universitet via UniHelper", &"Å".repeat(150), &"x€".repeat(70)] {
            assert_eq!(decoded(&mailbox(name, &address())), name);
        }
    }

    #[test]
    fn m1_a_name_cannot_add_a_header() {
        for name in ["Uni\r\nBcc: x@example.dk", "Ærø\nBcc: x@example.dk", "A\u{2028}B"] {
            let header = mailbox(name, &address());
            assert!(header.bytes().all(|b| (0x20..0x7f).contains(&b)), "{header:?}");
        }
        assert!(mailbox(&"y".repeat(2000), &address()).len() < 300);
    }
}
