//! What a page is made of, and how it is written as HTML. Every value is escaped by the template.

use std::collections::BTreeMap;

use askama::Template;

use crate::answer::{self, Answer};
use crate::style::STYLE;

/// Somebody in the group.
pub(super) struct Person {
    pub(super) name: String,
    pub(super) email: String,
    pub(super) link: String,
}

/// A field that is written into.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) value: String,
    pub(super) longest: u16,
    pub(super) autocomplete: &'static str,
    pub(super) problem: Option<&'static str>,
}

/// A form with one button.
#[derive(Default)]
pub(super) struct Form {
    pub(super) hidden: Vec<(&'static str, String)>,
    pub(super) fields: Vec<Field>,
    pub(super) button: String,
    /// Whether it cannot be taken back.
    pub(super) grave: bool,
    /// Whether it stands back behind others.
    pub(super) quiet: bool,
}

/// One part of a page.
pub(super) enum Block {
    Paragraph(String),
    Alert(String),
    Heading(String),
    Points(Vec<String>),
    People(Vec<Person>),
    Facts(Vec<(String, String)>),
    Links(Vec<(String, String)>),
    Form(Form),
}

/// A part with a heading of its own.
pub(super) struct Section {
    /// The language, where it is not the page's.
    pub(super) lang: Option<&'static str>,
    pub(super) heading: String,
    pub(super) blocks: Vec<Block>,
}

/// A page.
#[derive(Default)]
pub(super) struct Page {
    pub(super) lang: &'static str,
    /// Where the page is found in the other language; empty if both stand on it.
    pub(super) switch: String,
    pub(super) switch_label: &'static str,
    pub(super) other: &'static str,
    pub(super) other_name: &'static str,
    /// Where it belongs.
    pub(super) place: String,
    pub(super) title: String,
    /// What has just been done.
    pub(super) said: Option<&'static str>,
    pub(super) blocks: Vec<Block>,
    pub(super) sections: Vec<Section>,
}

#[derive(Template)]
#[template(path = "student.html")]
struct Html<'a> {
    page: &'a Page,
    style: &'static str,
}

impl Page {
    /// What the browser's window is called: what the page is about, in both languages where it speaks both
    /// (WCAG 2.2, 2.4.2).
    fn window(&self) -> String {
        let spoken = self.sections.iter().filter(|section| section.lang.is_some());
        let spoken: Vec<&str> = spoken.map(|section| section.heading.as_str()).collect();
        if spoken.is_empty() { self.title.clone() } else { spoken.join(" / ") }
    }

    /// The page as an answer. A template that fails is answered like a store that does.
    pub(super) fn answer(&self, status: u16) -> Result<Answer, askama::Error> {
        Ok(answer::html(status, Html { page: self, style: STYLE }.render()?))
    }
}

/// Sends the browser on to a page of our own, so that reloading it sends nothing again.
pub(super) fn see(place: String) -> Answer {
    let mut headers: BTreeMap<&'static str, String> = answer::headers();
    headers.insert("location", place);
    Answer { status_code: 303, headers, ..Answer::default() }
}
