//! What somebody wrote, line by line, with the addresses of pages told from the words around them.
//!
//! A link shows the address that it leads to and nothing else, so none can pretend to lead elsewhere. Only
//! `http` and `https` become links; everything else stays text.

use crate::words::one_line;

/// One line.
pub(super) struct Line {
    /// All of it.
    pub(super) text: String,
    /// The same, links apart.
    pub(super) pieces: Vec<Piece>,
}

/// Some words, or the address of a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) link: bool,
}

pub(super) fn lines(lines: &[String]) -> Vec<Line> {
    let made = |line: &String| {
        let text = one_line(line);
        Line { pieces: pieces(&text), text }
    };
    lines.iter().map(made).collect()
}

fn pieces(text: &str) -> Vec<Piece> {
    let (mut found, mut rest) = (Vec::new(), text);
    let mut words = String::new();
    while let Some(at) = start(rest) {
        let length = length(&rest[at..]);
        words.push_str(&rest[..at]);
        let (link, after) = rest[at..].split_at(length);
        rest = after;
        if is_address(link) {
            push(&mut found, std::mem::take(&mut words), false);
            push(&mut found, link.to_owned(), true);
        } else {
            words.push_str(link);
        }
    }
    words.push_str(rest);
    push(&mut found, words, false);
    found
}

fn push(found: &mut Vec<Piece>, text: String, link: bool) {
    if !text.is_empty() {
        found.push(Piece { text, link });
    }
}

/// Where the first address begins: not in the middle of a word.
fn start(text: &str) -> Option<usize> {
    let schemes = ["https://", "http://"];
    let begins = |at: &usize| {
        let before = text[..*at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric())
    };
    let all = schemes.iter().flat_map(|scheme| text.match_indices(scheme).map(|(at, _)| at));
    all.filter(begins).min()
}

/// How far an address goes, in bytes: to the next space or bracket, without the punctuation after it.
fn length(text: &str) -> usize {
    let end = text.find(|c: char| c.is_whitespace() || "<>\"'`«»“”{}|\\^".contains(c));
    let mut address = &text[..end.unwrap_or(text.len())];
    loop {
        let shorter = address.trim_end_matches(['.', ',', ';', ':', '!', '?', '…']);
        // A bracket belongs to the address if it was opened in it.
        let unopened = |open: char, close: char| {
            shorter.ends_with(close)
                && shorter.matches(close).count() > shorter.matches(open).count()
        };
        let shorter = if unopened('(', ')') || unopened('[', ']') {
            &shorter[..shorter.len() - 1]
        } else {
            shorter
        };
        if shorter.len() == address.len() {
            return address.len();
        }
        address = shorter;
    }
}

/// Whether something follows the scheme that names a place, and nobody is named before it: in
/// `https://bank.example@evil.example` the place is the second.
fn is_address(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("://") else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    !host.is_empty() && !host.contains('@')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str) -> String {
        let mark = |piece: Piece| if piece.link { format!("[{}]", piece.text) } else { piece.text };
        pieces(text).into_iter().map(mark).collect()
    }

    #[test]
    fn m2_addresses_of_pages_become_links_and_nothing_else_does() {
        for (text, expected) in [
            ("", ""),
            ("no link", "no link"),
            ("https://example.edu", "[https://example.edu]"),
            ("Se https://example.edu/a?b=1&c=2#d.", "Se [https://example.edu/a?b=1&c=2#d]."),
            ("(https://example.edu/x)", "([https://example.edu/x])"),
            ("https://example.edu/x_(y), og", "[https://example.edu/x_(y)], og"),
            ("http://a.dk og https://b.dk!", "[http://a.dk] og [https://b.dk]!"),
            ("https://æ.example/ø", "[https://æ.example/ø]"),
            ("\"https://example.edu\"", "\"[https://example.edu]\""),
            ("<https://example.edu>", "<[https://example.edu]>"),
            ("xhttps://example.edu", "xhttps://example.edu"),
            ("https://", "https://"),
            ("https://bank.example@evil.example", "https://bank.example@evil.example"),
            ("javascript:alert(1)", "javascript:alert(1)"),
            ("www.example.edu", "www.example.edu"),
        ] {
            assert_eq!(marked(text), expected, "{text}");
        }
    }

    #[test]
    fn m2_the_pieces_are_the_whole_line() {
        let line = lines(&["Se https://example.edu/x, tak\u{7}.".to_owned()]).remove(0);
        let joined: String = line.pieces.iter().map(|piece| piece.text.as_str()).collect();
        assert_eq!(
            (joined.as_str(), line.text.as_str()),
            ("Se https://example.edu/x, tak .", "Se https://example.edu/x, tak .")
        );
    }
}
