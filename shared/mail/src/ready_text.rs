//! A text for a contact to change or to send as it is.

use domain::cohort::Localised;
use domain::institution::Language;
use domain::mailing::{MailText, Texts};

/// The text in both languages, from subject and body with the cohort's name. A name that no mail can carry, by its
/// length or its digits, is left out.
pub(crate) fn ready_texts(
    cohort: &Localised,
    words: impl Fn(Language, Option<&str>) -> (String, String),
) -> Texts {
    let text = |language: Language| {
        let of = |name: Option<&str>| {
            let (subject, body) = words(language, name);
            MailText::read(&subject, &body).ok()
        };
        of(Some(cohort.get(language))).or_else(|| of(None))
    };
    Texts { da: text(Language::Da), en: text(Language::En) }
}
