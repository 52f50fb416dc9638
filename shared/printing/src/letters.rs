//! Text in the fonts' encoding, and how wide it is.

use crate::Font;

/// Widths of the letters from space to `~` in Helvetica, in thousandths of its size (Adobe's core font
/// metrics).
const WIDTHS: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

/// The characters from 0x80 to 0x9F in the encoding of western Europe (PDF 32000-1:2008, D.2).
const HIGH: [(char, u8); 27] = [
    ('€', 0x80),
    ('‚', 0x82),
    ('ƒ', 0x83),
    ('„', 0x84),
    ('…', 0x85),
    ('†', 0x86),
    ('‡', 0x87),
    ('ˆ', 0x88),
    ('‰', 0x89),
    ('Š', 0x8A),
    ('‹', 0x8B),
    ('Œ', 0x8C),
    ('Ž', 0x8E),
    ('‘', 0x91),
    ('’', 0x92),
    ('“', 0x93),
    ('”', 0x94),
    ('•', 0x95),
    ('–', 0x96),
    ('—', 0x97),
    ('˜', 0x98),
    ('™', 0x99),
    ('š', 0x9A),
    ('›', 0x9B),
    ('œ', 0x9C),
    ('ž', 0x9E),
    ('Ÿ', 0x9F),
];

/// The text in the fonts' encoding.
pub(crate) fn encoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            ' '..='~' => bytes.push(letter as u8),
            '\t' | '\n' | '\r' => bytes.push(b' '),
            '\u{A0}'..='\u{FF}' => bytes.push(u8::try_from(u32::from(letter)).unwrap_or(b'?')),
            other => match HIGH.iter().find(|(known, _)| *known == other) {
                Some((_, byte)) => bytes.push(*byte),
                None => bytes.extend(format!("[U+{:04X}]", u32::from(other)).into_bytes()),
            },
        }
    }
    bytes
}

/// The width of encoded text, in points; never too small.
pub(crate) fn width(bytes: &[u8], font: Font, size: f32) -> f32 {
    let thousandths: u32 = bytes.iter().map(|byte| u32::from(width_of(*byte))).sum();
    // The bold letters are up to an eighth wider.
    let wider = if font == Font::Bold { 1.13 } else { 1.0 };
    #[expect(clippy::cast_precision_loss, reason = "a line is far shorter than 2^23 thousandths")]
    let width = thousandths as f32 / 1000.0;
    width * size * wider
}

fn width_of(byte: u8) -> u16 {
    match byte {
        b' '..=b'~' => WIDTHS[usize::from(byte - b' ')],
        0xE6 => 889,
        0xE0..=0xFF => 611,
        0xC6 => 1000,
        0xC0..=0xDF => 778,
        _ => 1000,
    }
}
