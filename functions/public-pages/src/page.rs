//! The register as a page, in Danish or English. It works without scripts, at any width, in light and
//! dark, by keyboard and by ear (WCAG 2.2 AA): one first-level heading, a section per sub-processor
//! under its own heading, terms and descriptions as a list of such.

use askama::Template;
use domain::institution::Language;
use jiff::civil::Date;
use subprocessors::{PublicEntry, PublicRegister, Status, Words};

/// The style sheet; the page's policy names its hash, so no other style applies.
pub(crate) const STYLE: &str = include_str!("../templates/style.css");

/// The page could not be rendered: a fault of the template, never of the data.
#[derive(Debug, thiserror::Error)]
#[error("the template of the page failed")]
pub struct RenderError(#[from] askama::Error);

/// The tag of a language (BCP 47).
pub(crate) fn tag(language: Language) -> &'static str {
    match language {
        Language::Da => "da",
        Language::En => "en",
    }
}

/// Renders the page.
pub fn render(register: &PublicRegister<'_>, language: Language) -> Result<String, RenderError> {
    let entries: Vec<View<'_>> =
        register.entries.iter().map(|entry| View::of(entry, language)).collect();
    let reviewed_on = date(language, register.reviewed_on);
    let region = region(register.region, language);
    Ok(match language {
        Language::Da => Danish { style: STYLE, entries, reviewed_on, region }.render()?,
        Language::En => English { style: STYLE, entries, reviewed_on, region }.render()?,
    })
}

/// A sub-processor as the templates show it.
struct View<'a> {
    id: &'a str,
    name: &'a str,
    registration: &'a str,
    address: &'a str,
    processing: &'a str,
    location: &'a str,
    bases: Vec<&'static str>,
    transfer: &'a str,
    agreement: &'a str,
    fields: Vec<&'static str>,
    from: String,
    announced: bool,
}

impl<'a> View<'a> {
    fn of(entry: &PublicEntry<'a>, language: Language) -> Self {
        Self {
            id: entry.id.as_str(),
            name: entry.name,
            registration: entry.registration,
            address: entry.address,
            processing: entry.processing.get(language),
            location: entry.location.get(language),
            bases: entry.transfer_basis.iter().map(|basis| basis.words(language)).collect(),
            transfer: entry.transfer.get(language),
            agreement: entry.agreement.get(language),
            fields: entry.fields.iter().map(|field| field.words(language)).collect(),
            from: date(language, entry.effective_from),
            announced: entry.status == Status::Announced,
        }
    }
}

#[derive(Template)]
#[template(path = "subprocessors.da.html")]
struct Danish<'a> {
    style: &'a str,
    entries: Vec<View<'a>>,
    reviewed_on: String,
    region: String,
}

#[derive(Template)]
#[template(path = "subprocessors.en.html")]
struct English<'a> {
    style: &'a str,
    entries: Vec<View<'a>>,
    reviewed_on: String,
    region: String,
}

/// A region with the place it is in.
fn region(region: &str, language: Language) -> String {
    let place = match (region, language) {
        ("eu-central-1", _) => "Frankfurt",
        ("eu-north-1", _) => "Stockholm",
        ("eu-south-1", Language::Da) => "Milano",
        ("eu-south-1", Language::En) => "Milan",
        ("eu-south-2", Language::Da) => "Spanien",
        ("eu-south-2", Language::En) => "Spain",
        ("eu-west-1", Language::Da) => "Irland",
        ("eu-west-1", Language::En) => "Ireland",
        ("eu-west-3", _) => "Paris",
        _ => return region.to_owned(),
    };
    format!("{region} ({place})")
}

/// A date such as `7. september 2026` or `7 September 2026`.
fn date(language: Language, date: Date) -> String {
    const DA: [&str; 12] = [
        "januar",
        "februar",
        "marts",
        "april",
        "maj",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "december",
    ];
    const EN: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let month = usize::from(date.month().unsigned_abs()) - 1;
    match language {
        Language::Da => format!("{}. {} {}", date.day(), DA[month], date.year()),
        Language::En => format!("{} {} {}", date.day(), EN[month], date.year()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d8_every_region_that_may_be_deployed_to_has_a_place() {
        for known in domain::region::EU_REGIONS {
            for language in [Language::Da, Language::En] {
                assert!(region(known, language).contains('('), "{known}");
            }
        }
    }
}
