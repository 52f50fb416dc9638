//! A document as a file in PDF.

use pdf_writer::{Content, Finish as _, Name, Pdf, Rect, Ref, Str, TextStr};

use crate::letters::{encoded, width};
use crate::lines::{Line, MARGIN, PAGE, layout};
use crate::{Document, Font};

const CATALOG: i32 = 1;
const TREE: i32 = 2;
const PLAIN: i32 = 3;
const BOLD: i32 = 4;
const INFO: i32 = 5;
/// The first page; each has a number for itself and one for its content.
const FIRST: i32 = 6;
/// The size of the foot, in points.
const SMALL: f32 = 8.0;

fn name(font: Font) -> Name<'static> {
    match font {
        Font::Plain => Name(b"F1"),
        Font::Bold => Name(b"F2"),
    }
}

/// The file.
pub fn pdf(document: &Document) -> Vec<u8> {
    let pages = layout(document);
    let count = i32::try_from(pages.len()).unwrap_or(i32::MAX);
    let mut pdf = Pdf::new();
    pdf.catalog(Ref::new(CATALOG)).pages(Ref::new(TREE)).lang(TextStr(document.language));
    pdf.document_info(Ref::new(INFO)).title(TextStr(&document.title));
    for (font, base) in [(PLAIN, "Helvetica"), (BOLD, "Helvetica-Bold")] {
        let mut font = pdf.type1_font(Ref::new(font));
        font.base_font(Name(base.as_bytes())).encoding_predefined(Name(b"WinAnsiEncoding"));
    }
    let page_at = |place: i32| Ref::new(FIRST + 2 * place);
    pdf.pages(Ref::new(TREE)).kids((0..count).map(page_at)).count(count);
    for (place, lines) in (0..count).zip(&pages) {
        let (own, content) = (page_at(place), Ref::new(FIRST + 2 * place + 1));
        let mut page = pdf.page(own);
        page.parent(Ref::new(TREE)).media_box(Rect::new(0.0, 0.0, PAGE.0, PAGE.1));
        page.contents(content);
        let mut resources = page.resources();
        let mut fonts = resources.fonts();
        fonts.pair(name(Font::Plain), Ref::new(PLAIN)).pair(name(Font::Bold), Ref::new(BOLD));
        fonts.finish();
        resources.finish();
        page.finish();
        let drawn = drawn(lines.iter().cloned().chain(foot(document, place + 1, count)));
        pdf.stream(content, &drawn);
    }
    pdf.finish()
}

fn drawn(lines: impl Iterator<Item = Line>) -> Vec<u8> {
    let mut content = Content::new();
    for line in lines {
        content.begin_text();
        content.set_font(name(line.font), line.size).next_line(line.x, line.y);
        content.show(Str(&line.text));
        content.end_text();
    }
    content.finish().to_vec()
}

/// What the document is, on the left, and which page it is, on the right.
fn foot(document: &Document, place: i32, count: i32) -> [Line; 2] {
    let (page, of) = document.page_of;
    let number = encoded(&format!("{page} {place} {of} {count}"));
    let right = PAGE.0 - MARGIN - width(&number, Font::Plain, SMALL);
    let at = |x: f32, text| Line { x, y: MARGIN, font: Font::Plain, size: SMALL, text };
    [at(MARGIN, encoded(&document.foot)), at(right, number)]
}
