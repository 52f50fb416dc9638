//! Plain documents to print: a title, headings, text, and rows of a label and a value, on A4 in PDF.
//!
//! They use the fonts that every reader of PDF has (PDF 32000-1:2008, 9.6.2.2), so that nothing is
//! embedded, in the encoding of western Europe. A character that it lacks is replaced by its code, such as
//! `[U+4E2D]`: nothing is lost without a trace, and nothing makes printing fail.

mod letters;
mod lines;
mod pages;

pub use lines::{Line, layout};
pub use pages::pdf;

/// What is to be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The language, as in `da` or `en`.
    pub language: &'static str,
    /// The title, at the top of the first page and in the document's properties.
    pub title: String,
    /// What stands at the foot of every page, before the page's number.
    pub foot: String,
    /// The words around the page's number: (`Page`, `of`).
    pub page_of: (&'static str, &'static str),
    /// The rest.
    pub blocks: Vec<Block>,
}

/// A part of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// The heading of what follows.
    Heading(String),
    /// Text over the whole width; line breaks are kept.
    Text(String),
    /// A label with its value beside it.
    Row(String, String),
}

/// A font.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Font {
    /// Helvetica.
    Plain,
    /// Helvetica, bold.
    Bold,
}

#[cfg(test)]
mod tests;
