//! Where each line of a document stands.

use crate::letters::{encoded, width};
use crate::{Block, Document, Font};

/// A4, in points.
pub(crate) const PAGE: (f32, f32) = (595.0, 842.0);
/// The margin on all sides.
pub(crate) const MARGIN: f32 = 56.0;
/// Where the values of rows begin.
const VALUES: f32 = MARGIN + 190.0;
/// The lowest baseline of the text; the foot stands below.
const LOWEST: f32 = MARGIN + 24.0;
const TEXT: f32 = 10.0;
const HEADING: f32 = 12.0;
const TITLE: f32 = 18.0;
/// From baseline to baseline, as a multiple of the size.
const LEADING: f32 = 1.4;
/// Lines that must fit below a heading, or it goes to the next page.
const BELOW_HEADING: f32 = 3.0;

/// A line of text, in the fonts' encoding.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// From the left edge, in points.
    pub x: f32,
    /// Of the baseline from the lower edge, in points.
    pub y: f32,
    /// The font.
    pub font: Font,
    /// Its size, in points.
    pub size: f32,
    /// The text.
    pub text: Vec<u8>,
}

struct Writer {
    pages: Vec<Vec<Line>>,
    y: f32,
}

/// The lines of each page, without the feet. There is at least one page.
pub fn layout(document: &Document) -> Vec<Vec<Line>> {
    let mut writer = Writer { pages: vec![Vec::new()], y: PAGE.1 - MARGIN };
    writer.paragraph(&document.title, Font::Bold, TITLE);
    for block in &document.blocks {
        match block {
            Block::Heading(text) => {
                if writer.y - HEADING - BELOW_HEADING * TEXT * LEADING < LOWEST {
                    writer.turn();
                }
                writer.y -= HEADING;
                writer.paragraph(text, Font::Bold, HEADING);
            }
            Block::Text(text) => writer.paragraph(text, Font::Plain, TEXT),
            Block::Row(label, value) => writer.row(label, value),
        }
    }
    writer.pages
}

impl Writer {
    fn turn(&mut self) {
        self.pages.push(Vec::new());
        self.y = PAGE.1 - MARGIN;
    }

    fn put(&mut self, x: f32, font: Font, size: f32, text: Vec<u8>) {
        let line = Line { x, y: self.y, font, size, text };
        self.pages.last_mut().expect("there is always a page").push(line);
    }

    fn next_line(&mut self, size: f32) {
        if self.y - size * LEADING < LOWEST {
            self.turn();
        }
        self.y -= size * LEADING;
    }

    fn paragraph(&mut self, text: &str, font: Font, size: f32) {
        for line in wrapped(text, font, size, PAGE.0 - 2.0 * MARGIN) {
            self.next_line(size);
            self.put(MARGIN, font, size, line);
        }
        self.y -= size * (LEADING - 1.0);
    }

    fn row(&mut self, label: &str, value: &str) {
        let labels = wrapped(label, Font::Plain, TEXT, VALUES - MARGIN - TEXT);
        let values = wrapped(value, Font::Plain, TEXT, PAGE.0 - MARGIN - VALUES);
        for place in 0..labels.len().max(values.len()) {
            self.next_line(TEXT);
            if let Some(label) = labels.get(place) {
                self.put(MARGIN, Font::Plain, TEXT, label.clone());
            }
            if let Some(value) = values.get(place) {
                self.put(VALUES, Font::Plain, TEXT, value.clone());
            }
        }
    }
}

/// The text in lines that fit; its own line breaks are kept, and a word that is too long is broken.
fn wrapped(text: &str, font: Font, size: f32, widest: f32) -> Vec<Vec<u8>> {
    let fits = |line: &[u8]| width(line, font, size) <= widest;
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line: Vec<u8> = Vec::new();
        for word in paragraph.split_whitespace() {
            let word = encoded(word);
            let longer =
                if line.is_empty() { word.clone() } else { [&line[..], b" ", &word].concat() };
            if fits(&longer) {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for byte in word {
                line.push(byte);
                if line.len() > 1 && !fits(&line) {
                    line.pop();
                    lines.push(std::mem::replace(&mut line, vec![byte]));
                }
            }
        }
        lines.push(line);
    }
    lines
}
