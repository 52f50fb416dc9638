//! Certificates to print, in the institution's language or the one that is asked for.
//!
//! They are made from what is stored and say nothing else, so that the same certificate is the same
//! document at any time. Times are those of Denmark.

mod breach;
mod erasure;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::institution::{Institution, Language};
use domain::retention;
use jiff::Timestamp;
use printing::{Block, Document, pdf};

use crate::params::Params;
use crate::problem::Problem;

pub(crate) use breach::breach;
pub(crate) use erasure::erasure;

/// The language that the query asks for.
pub(crate) fn language(params: &mut Params) -> Option<Language> {
    let asked = params.text("language")?;
    let known = match asked.as_str() {
        "da" => Some(Language::Da),
        "en" => Some(Language::En),
        _ => None,
    };
    if known.is_none() {
        params.refuse("language", "must be da or en");
    }
    known
}

/// The language that was asked for or the institution's own; Danish when its record is gone.
pub(crate) fn chosen(asked: Option<Language>, institution: Option<&Institution>) -> Language {
    asked.or(institution.map(|known| known.language)).unwrap_or(Language::Da)
}

/// The document as an answer, with the name under which it is kept.
pub(crate) fn answer(document: &Document, name: &str) -> Result<Response, Problem> {
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}.pdf\""));
    let disposition = disposition.map_err(|_| Problem::Internal)?;
    let kind = HeaderValue::from_static("application/pdf");
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, pdf(document)).into_response())
}

/// A document of ours.
fn document(language: Language, title: (&str, &str), foot: &str, blocks: Vec<Block>) -> Document {
    Document {
        language: say(language, "da", "en"),
        title: say(language, title.0, title.1).to_owned(),
        foot: foot.to_owned(),
        page_of: (say(language, "Side", "Page"), say(language, "af", "of")),
        blocks,
    }
}

fn say<'a>(language: Language, da: &'a str, en: &'a str) -> &'a str {
    match language {
        Language::Da => da,
        Language::En => en,
    }
}

/// An instant in Denmark, to the minute.
fn time(at: Timestamp) -> String {
    at.to_zoned(retention::copenhagen()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// Rows, whose labels are in both languages.
struct Rows {
    language: Language,
    blocks: Vec<Block>,
}

impl Rows {
    fn new(language: Language) -> Self {
        Self { language, blocks: Vec::new() }
    }

    fn say<'a>(&self, da: &'a str, en: &'a str) -> &'a str {
        say(self.language, da, en)
    }

    fn heading(&mut self, da: &str, en: &str) {
        self.blocks.push(Block::Heading(self.say(da, en).to_owned()));
    }

    fn text(&mut self, da: &str, en: &str) {
        self.blocks.push(Block::Text(self.say(da, en).to_owned()));
    }

    #[expect(clippy::needless_pass_by_value, reason = "callers hand over plain values")]
    fn row(&mut self, label: (&str, &str), value: impl ToString) {
        let label = self.say(label.0, label.1).to_owned();
        self.blocks.push(Block::Row(label, value.to_string()));
    }

    fn row_if(&mut self, label: (&str, &str), value: Option<impl ToString>) {
        if let Some(value) = value {
            self.row(label, value);
        }
    }
}
