//! A text as a reader of numbers sees it: digits of any script, what may stand between the parts of a
//! number, and the rest. What cannot be seen is left out; escapes of web addresses are read as what
//! they stand for.

/// What a character is to a reader of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Digit(u32),
    Gap(Gap),
    /// Between the parts of a number an escaped space of a web address; before digits the sign of a
    /// telephone number.
    Plus,
    /// A letter, or the `=` of a web address: a `+` behind it is no sign.
    Joined,
    Other,
}

/// What may stand between the parts of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    Space,
    Dash,
    Dot,
    Slash,
    Underscore,
}

/// One visible character and its bytes, which are several characters where it is escaped.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glyph {
    pub(super) kind: Kind,
    pub(super) from: usize,
    pub(super) to: usize,
}

/// The characters of a text that can be seen.
pub(super) fn glyphs(text: &str) -> Vec<Glyph> {
    let mut seen = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(written) = text[at..].chars().next() {
        let (character, length) =
            escaped(&text.as_bytes()[at..]).unwrap_or((written, written.len_utf8()));
        if let Some(kind) = kind(character) {
            seen.push(Glyph { kind, from: at, to: at + length });
        }
        at += length;
    }
    seen
}

/// The character that the `%XX` at the start stand for, if they do, and the bytes they take.
fn escaped(bytes: &[u8]) -> Option<(char, usize)> {
    let mut escapes = bytes.chunks(3).map_while(|chunk| match chunk {
        [b'%', high, low] => Some(nibble(*high)? << 4 | nibble(*low)?),
        _ => None,
    });
    let mut held = [escapes.next()?, 0, 0, 0];
    let length = match held[0] {
        0x00..=0x7F => 1,
        0xC0..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF7 => 4,
        _ => return None,
    };
    for slot in &mut held[1..length] {
        *slot = escapes.next()?;
    }
    let character = std::str::from_utf8(&held[..length]).ok()?.chars().next()?;
    Some((character, 3 * length))
}

fn nibble(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// `None` for what cannot be seen.
fn kind(character: char) -> Option<Kind> {
    if let Some(digit) = digit(character) {
        return Some(Kind::Digit(digit));
    }
    Some(match character {
        // Soft hyphen, joiners, marks of direction, variation selectors, the frame of a keycap.
        '\u{AD}'
        | '\u{34F}'
        | '\u{61C}'
        | '\u{180E}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{20E3}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}' => return None,
        _ if character.is_whitespace() => Kind::Gap(Gap::Space),
        // Every dash of Unicode (general category Pd), and what looks like one: minus signs, the
        // hyphen bullet, the modifier letter.
        '-'
        | '\u{58A}'
        | '\u{5BE}'
        | '\u{1400}'
        | '\u{1806}'
        | '\u{2010}'..='\u{2015}'
        | '\u{2E17}'
        | '\u{2E1A}'
        | '\u{2E3A}'
        | '\u{2E3B}'
        | '\u{2E40}'
        | '\u{2E5D}'
        | '\u{301C}'
        | '\u{3030}'
        | '\u{30A0}'
        | '\u{FE31}'
        | '\u{FE32}'
        | '\u{FE58}'
        | '\u{FE63}'
        | '\u{FF0D}'
        | '\u{10EAD}'
        | '\u{2212}'
        | '\u{207B}'
        | '\u{208B}'
        | '\u{2796}'
        | '\u{2043}'
        | '\u{2D7}'
        | '\u{AF}'
        | '~' => Kind::Gap(Gap::Dash),
        '.' | '\u{B7}' | '\u{2022}' | '\u{2024}' | '\u{FF0E}' => Kind::Gap(Gap::Dot),
        '/' | '\\' | '\u{2044}' | '\u{2215}' | '\u{FF0F}' => Kind::Gap(Gap::Slash),
        '_' | '\u{FF3F}' => Kind::Gap(Gap::Underscore),
        '+' | '\u{FF0B}' => Kind::Plus,
        '=' => Kind::Joined,
        _ if character.is_alphanumeric() => Kind::Joined,
        _ => Kind::Other,
    })
}

/// Zeros of the scripts that keyboards write numbers with; the other nine digits follow each.
const ZEROS: [u32; 15] = [
    0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xE50,
    0x1040, 0xFF10,
];

fn digit(character: char) -> Option<u32> {
    let code = u32::from(character);
    // The mathematical digits are five alphabets one after the other.
    if (0x1D7CE..=0x1D7FF).contains(&code) {
        return Some((code - 0x1D7CE) % 10);
    }
    ZEROS.iter().find_map(|zero| code.checked_sub(*zero).filter(|digit| *digit < 10))
}
