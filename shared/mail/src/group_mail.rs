//! The mail that tells a student their group (M1).

use std::fmt::Write as _;

use askama::Template;
use domain::institution::Language;
use domain::{Email, PersonName};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::slots::{self, Range};
use crate::{calendar, words};

/// A member of the group other than the recipient.
#[derive(Debug, Clone, Copy)]
pub struct Member<'a> {
    /// The name as the member wrote it.
    pub name: &'a PersonName,
    /// Where the member is reached.
    pub email: &'a Email,
}

/// Everything the mail tells. Nothing of it is kept.
#[derive(Debug, Clone, Copy)]
pub struct GroupMail<'a> {
    /// The cohort's language.
    pub language: Language,
    /// The institution's name: the controller, on whose behalf the mail is sent.
    pub institution: &'a str,
    /// Where the recipient's answer goes: the institution's address.
    pub reply_to: &'a Email,
    /// The cohort's name in that language.
    pub cohort: &'a str,
    /// The recipient's section, left out when the cohort has just one.
    pub section: Option<&'a str>,
    /// The group's number within the section.
    pub group: u32,
    /// Whether other groups were published before, so that earlier mails may say otherwise.
    pub replaces: bool,
    /// Who gets the mail.
    pub recipient: &'a PersonName,
    /// The others in the group, in the group's order.
    pub others: &'a [Member<'a>],
    /// Which of `others` writes first; `None` when it is the recipient. All mails of a group have
    /// to name the same person.
    pub writes_first: Option<usize>,
    /// Hours in which the members are free, `day * 24 + hour`, day 0 = Monday, Danish time.
    pub common_slots: &'a [u16],
    /// Why they are together, one sentence each, in that language; may be empty.
    pub why: &'a [&'a str],
    /// The earliest date of a suggested meeting. The same for all mails of a group.
    pub first_meeting_from: Date,
    /// When the groups were formed; stands in the calendar file.
    pub formed_at: Timestamp,
    /// The first day on which the data no longer exists (D1).
    pub delete_on: Date,
    /// The link to the recipient's own page.
    pub page: &'a str,
    /// Identifies the calendar entry: ids of formation and group, nothing personal.
    pub uid: &'a str,
}

/// A mail as it is handed to a transport.
#[derive(Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The subject: one line.
    pub subject: String,
    /// The body as text.
    pub text: String,
    /// The body as HTML.
    pub html: String,
    /// The calendar file, when there is a common slot to suggest (`text/calendar`, RFC 5545).
    pub calendar: Option<String>,
}

impl std::fmt::Debug for Rendered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Rendered(..)")
    }
}

/// A mail could not be rendered: a fault of a template, never of the data.
#[derive(Debug, thiserror::Error)]
#[error("the template of a mail failed")]
pub struct RenderError(#[from] pub(crate) askama::Error);

/// Renders the mail.
pub fn render(mail: &GroupMail<'_>) -> Result<Rendered, RenderError> {
    let ranges = slots::ranges(mail.common_slots);
    let view = View::new(mail, &ranges);
    let (text, html) = match mail.language {
        Language::Da => (DanishText { v: &view }.render()?, DanishHtml { v: &view }.render()?),
        Language::En => (EnglishText { v: &view }.render()?, EnglishHtml { v: &view }.render()?),
    };
    let calendar = view.others.first().and(slots::first_meeting(&ranges, mail.first_meeting_from));
    let calendar = calendar.map(|meeting| {
        calendar::file(&calendar::Entry {
            uid: mail.uid,
            made_at: mail.formed_at,
            meeting,
            summary: &view.meeting_title(mail.language),
            description: meeting_note(mail.language),
        })
    });
    Ok(Rendered { subject: view.subject, text, html, calendar })
}

fn meeting_note(language: Language) -> &'static str {
    match language {
        Language::Da => {
            "Et forslag ud fra jeres svar i spørgeskemaet. Flyt eller slet det, når gruppen har aftalt noget andet."
        }
        Language::En => {
            "A suggestion made from your answers to the questionnaire. Move or delete it once the group has agreed on something else."
        }
    }
}

/// What the templates show: finished texts, not yet escaped.
struct View {
    subject: String,
    place: String,
    cohort: String,
    institution: String,
    group: u32,
    replaces: bool,
    recipient: String,
    others: Vec<Person>,
    first: Option<String>,
    all_addresses: String,
    all_link: String,
    slots: Vec<String>,
    why: Vec<String>,
    meeting: Option<String>,
    weeks: u8,
    page: String,
    reply_to: String,
    reply_link: String,
    delete_on: String,
}

struct Person {
    name: String,
    local: String,
    host: String,
    link: String,
}

impl View {
    fn new(mail: &GroupMail<'_>, ranges: &[Range]) -> Self {
        let cohort = words::one_line(mail.cohort);
        let yours = match (mail.language, mail.replaces) {
            (Language::Da, false) => "Din studiegruppe: gruppe",
            (Language::Da, true) => "Din nye studiegruppe: gruppe",
            (Language::En, false) => "Your study group: group",
            (Language::En, true) => "Your new study group: group",
        };
        let subject = format!("{yours} {} – {cohort}", mail.group);
        let place = match mail.section.map(words::one_line) {
            Some(section) => format!("{cohort} · {}", class(mail.language, &section)),
            None => cohort.clone(),
        };
        let others: Vec<Person> = mail.others.iter().map(Person::new).collect();
        let first = mail.writes_first.and_then(|i| others.get(i)).map(|p| p.name.clone());
        let addresses: Vec<&str> = mail.others.iter().map(|m| m.email.as_str()).collect();
        let meeting = slots::first_meeting(ranges, mail.first_meeting_from);
        Self {
            all_link: mailto(&addresses, &subject_to_group(mail, &cohort)),
            all_addresses: addresses.join(", "),
            reply_link: mailto(&[mail.reply_to.as_str()], &subject),
            subject,
            place,
            institution: words::one_line(mail.institution),
            group: mail.group,
            replaces: mail.replaces,
            recipient: words::one_line(mail.recipient.as_str()),
            others,
            first,
            slots: slots::lines(mail.language, ranges),
            why: mail.why.iter().map(|sentence| words::one_line(sentence)).collect(),
            meeting: meeting.map(|m| m.in_words(mail.language)),
            weeks: calendar::WEEKS,
            page: words::one_line(mail.page),
            reply_to: mail.reply_to.as_str().to_owned(),
            delete_on: words::date(mail.language, mail.delete_on),
            cohort,
        }
    }

    fn meeting_title(&self, language: Language) -> String {
        match language {
            Language::Da => format!("Studiegruppe {}: møde", self.group),
            Language::En => format!("Study group {}: meeting", self.group),
        }
    }
}

/// `Hold A` of `A`; a section that is called a class already keeps its name.
pub fn class(language: Language, section: &str) -> String {
    let word = match language {
        Language::Da => "Hold",
        Language::En => "Class",
    };
    let lower = section.to_lowercase();
    if ["hold", "class", "section"].iter().any(|known| lower.contains(known)) {
        section.to_owned()
    } else {
        format!("{word} {section}")
    }
}

fn subject_to_group(mail: &GroupMail<'_>, cohort: &str) -> String {
    match mail.language {
        Language::Da => format!("Studiegruppe {} – {cohort}", mail.group),
        Language::En => format!("Study group {} – {cohort}", mail.group),
    }
}

impl Person {
    fn new(member: &Member<'_>) -> Self {
        let email = member.email.as_str();
        let (local, host) = email.rsplit_once('@').unwrap_or((email, ""));
        let name = words::one_line(member.name.as_str());
        Self {
            // Somebody who left the name out is still to be found in the list.
            name: if name.is_empty() { email.to_owned() } else { name },
            // Apart, so that a narrow screen breaks the line at the `@`.
            local: local.to_owned(),
            host: host.to_owned(),
            link: mailto(&[email], ""),
        }
    }
}

/// A `mailto` link (RFC 6068); everything but unreserved characters is percent-encoded.
pub fn mailto(addresses: &[&str], subject: &str) -> String {
    let encode = |text: &str| {
        text.bytes().fold(String::new(), |mut out, b| {
            if b.is_ascii_alphanumeric() || b"-._~@".contains(&b) {
                out.push(char::from(b));
            } else {
                write!(out, "%{b:02X}").expect("writing to a String succeeds");
            }
            out
        })
    };
    let to: Vec<String> = addresses.iter().map(|a| encode(a)).collect();
    let query =
        if subject.is_empty() { String::new() } else { format!("?subject={}", encode(subject)) };
    format!("mailto:{}{query}", to.join(","))
}

#[derive(Template)]
#[template(path = "group.da.txt")]
struct DanishText<'a> {
    v: &'a View,
}

#[derive(Template)]
#[template(path = "group.da.html")]
struct DanishHtml<'a> {
    v: &'a View,
}

#[derive(Template)]
#[template(path = "group.en.txt")]
struct EnglishText<'a> {
    v: &'a View,
}

#[derive(Template)]
#[template(path = "group.en.html")]
struct EnglishHtml<'a> {
    v: &'a View,
}

#[cfg(test)]
mod tests;
