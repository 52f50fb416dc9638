//! A letter in the look of the group mail, for everything else that is to be told: whoever sends it
//! says what stands in it, block by block, and the renderer keeps it whole in text and HTML.
//!
//! Every text is made one line and escaped, so no name, reason or answer can add a header, a
//! paragraph or a tag. A block holds one thought; what needs more is more blocks.

use askama::Template;
use domain::institution::Language;
use domain::{Email, PersonName};
use jiff::civil::Date;

mod prose;

use prose::Line;

use crate::group_mail::{RenderError, Rendered, mailto};
use crate::words::{self, one_line};

/// On whose behalf a letter is written, and so where its answer goes.
#[derive(Debug, Clone, Copy)]
pub enum Sender<'a> {
    /// An institution writes to a student of its own.
    Institution {
        /// Its name.
        name: &'a str,
        /// Where the recipient's answer goes.
        reply_to: &'a Email,
    },
    /// The processor writes to an institution.
    UniHelper,
}

/// Somebody whom a letter names.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    /// The name.
    pub name: &'a PersonName,
    /// The address.
    pub email: &'a Email,
}

/// One part of a letter.
#[derive(Debug, Clone)]
pub enum Block<'a> {
    /// A heading within the letter.
    Heading(String),
    /// A paragraph.
    Paragraph(String),
    /// What somebody wrote: a paragraph with its lines, and links where addresses of pages stand in it.
    Prose(Vec<String>),
    /// The same as before in the other language: a heading and its paragraphs.
    Other {
        /// The other language.
        language: Language,
        /// What it is headed.
        heading: String,
        /// Paragraphs with their lines.
        prose: Vec<Vec<String>>,
    },
    /// Some points, one line each.
    Points(Vec<String>),
    /// People with their addresses.
    People(Vec<Person<'a>>),
    /// A link that asks for something to be done.
    Button {
        /// What happens.
        text: String,
        /// Where it leads.
        url: String,
    },
}

/// Everything that a letter tells. Nothing of it is kept.
#[derive(Debug, Clone)]
pub struct Letter<'a> {
    /// The recipient's language.
    pub language: Language,
    /// On whose behalf it is written.
    pub from: Sender<'a>,
    /// The subject.
    pub subject: String,
    /// Where the letter belongs, above the heading: a cohort, a register.
    pub place: String,
    /// The one first-level heading.
    pub heading: String,
    /// Who is greeted; nobody in a letter to an institution.
    pub recipient: Option<&'a PersonName>,
    /// What it says.
    pub body: Vec<Block<'a>>,
    /// What stands below in small print: why it came, how long data is kept.
    pub small_print: Vec<String>,
}

impl Letter<'_> {
    /// Renders the letter.
    pub fn render(&self) -> Result<Rendered, RenderError> {
        let view = View::new(self);
        let text = Text { v: &view }.render().map_err(RenderError)?;
        let html = Html { v: &view }.render().map_err(RenderError)?;
        Ok(Rendered { subject: view.subject, text, html, calendar: None })
    }
}

/// A date as letters write it.
pub fn date(language: Language, date: Date) -> String {
    words::date(language, date)
}

/// What the templates show: finished texts, not yet escaped.
struct View {
    lang: &'static str,
    subject: String,
    place: String,
    heading: String,
    greeting: Option<Greeting>,
    body: Vec<Part>,
    questions: &'static str,
    answer: Answer,
    small_print: Vec<String>,
}

struct Greeting {
    word: &'static str,
    name: String,
    comma: &'static str,
}

/// Where an answer goes, in words: before and after the address that is linked.
struct Answer {
    before: String,
    address: Option<(String, String)>,
}

enum Part {
    Heading(String),
    Paragraph(String),
    Prose(Vec<Line>),
    Other { lang: &'static str, heading: String, prose: Vec<Vec<Line>> },
    Points(Vec<String>),
    People(Vec<Named>),
    Button { text: String, url: String },
}

struct Named {
    name: String,
    local: String,
    host: String,
    link: String,
}

impl View {
    fn new(letter: &Letter<'_>) -> Self {
        let subject = one_line(&letter.subject);
        let (word, comma, questions) = match letter.language {
            Language::Da => ("Hej", "", "Spørgsmål?"),
            Language::En => ("Hello", ",", "Questions?"),
        };
        Self {
            lang: tag(letter.language),
            place: one_line(&letter.place),
            heading: one_line(&letter.heading),
            greeting: letter.recipient.map(|name| Greeting {
                word,
                name: one_line(name.as_str()),
                comma,
            }),
            body: letter.body.iter().map(Part::of).collect(),
            questions,
            answer: Answer::new(letter.language, letter.from, &subject),
            small_print: letter.small_print.iter().map(|text| one_line(text)).collect(),
            subject,
        }
    }
}

impl Answer {
    fn new(language: Language, from: Sender<'_>, subject: &str) -> Self {
        match from {
            Sender::Institution { name, reply_to } => {
                let name = one_line(name);
                let before = match language {
                    Language::Da => format!("Svar på denne mail. Svaret går til {name}, "),
                    Language::En => format!("Reply to this mail. Your reply goes to {name}, "),
                };
                let address = reply_to.as_str().to_owned();
                let link = mailto(&[&address], subject);
                Self { before, address: Some((address, link)) }
            }
            Sender::UniHelper => {
                let before = match language {
                    Language::Da => "Svar på denne mail. Svaret går til UniHelper",
                    Language::En => "Reply to this mail. Your reply goes to UniHelper",
                };
                Self { before: before.to_owned(), address: None }
            }
        }
    }
}

impl Part {
    fn of(block: &Block<'_>) -> Self {
        match block {
            Block::Heading(text) => Self::Heading(one_line(text)),
            Block::Paragraph(text) => Self::Paragraph(one_line(text)),
            Block::Prose(lines) => Self::Prose(prose::lines(lines)),
            Block::Other { language, heading, prose } => Self::Other {
                lang: tag(*language),
                heading: one_line(heading),
                prose: prose.iter().map(|lines| prose::lines(lines)).collect(),
            },
            Block::Points(lines) => Self::Points(lines.iter().map(|line| one_line(line)).collect()),
            Block::People(people) => Self::People(people.iter().map(Named::new).collect()),
            Block::Button { text, url } => {
                Self::Button { text: one_line(text), url: one_line(url) }
            }
        }
    }
}

/// A language as pages and mails name it (BCP 47).
fn tag(language: Language) -> &'static str {
    match language {
        Language::Da => "da",
        Language::En => "en",
    }
}

impl Named {
    fn new(person: &Person<'_>) -> Self {
        let email = person.email.as_str();
        let (local, host) = email.rsplit_once('@').unwrap_or((email, ""));
        let name = one_line(person.name.as_str());
        Self {
            name: if name.is_empty() { email.to_owned() } else { name },
            local: local.to_owned(),
            host: host.to_owned(),
            link: mailto(&[email], ""),
        }
    }
}

#[derive(Template)]
#[template(path = "letter.txt")]
struct Text<'a> {
    v: &'a View,
}

#[derive(Template)]
#[template(path = "letter.html")]
struct Html<'a> {
    v: &'a View,
}

#[cfg(test)]
mod tests;
