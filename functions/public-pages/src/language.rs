//! Which language a reader gets.

use domain::institution::Language;
use runtime::web::Request;

/// The language that the reader chose (`?lang=`), or else prefers (`Accept-Language`, RFC 9110,
/// 12.5.4), or else Danish.
pub fn of(request: &Request) -> Language {
    let mut asked = url::form_urlencoded::parse(request.query().as_bytes());
    let chosen = asked.find(|(name, _)| name == "lang").and_then(|(_, lang)| known(&lang));
    chosen.or_else(|| request.header("accept-language").and_then(preferred)).unwrap_or(Language::Da)
}

/// The known language with the greatest weight; of equal ones the first.
fn preferred(header: &str) -> Option<Language> {
    let mut best: Option<(u32, Language)> = None;
    for range in header.split(',') {
        let mut parts = range.split(';');
        let Some(language) = parts.next().and_then(|tag| known(tag.trim())) else { continue };
        let weight =
            parts.find_map(|part| part.trim().strip_prefix("q=")).map_or(1000, thousandths);
        if weight > 0 && best.is_none_or(|(heaviest, _)| weight > heaviest) {
            best = Some((weight, language));
        }
    }
    best.map(|(_, language)| language)
}

fn known(tag: &str) -> Option<Language> {
    let primary = tag.split('-').next().unwrap_or_default();
    if primary.eq_ignore_ascii_case("da") {
        Some(Language::Da)
    } else if primary.eq_ignore_ascii_case("en") {
        Some(Language::En)
    } else {
        None
    }
}

/// A weight from 0 to 1 with at most three decimals, in thousandths; what is none counts nothing.
fn thousandths(weight: &str) -> u32 {
    let (whole, decimals) = weight.split_once('.').unwrap_or((weight, ""));
    let digits = format!("{whole}{decimals:0<3}");
    digits.parse().ok().filter(|value| *value <= 1000 && decimals.len() <= 3).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn d8_a_reader_gets_the_language_that_they_chose_or_prefer() {
        for (query, header, expected) in [
            ("", "", Language::Da),
            ("", "en-GB,en;q=0.9,da;q=0.8", Language::En),
            ("", "de, da;q=0.2, en;q=0.7", Language::En),
            ("", "da;q=0.5,en;q=0.5", Language::Da),
            ("", "en;q=0, da;q=0.1", Language::Da),
            ("", "en;q=2.5, da;q=x", Language::Da),
            ("lang=en", "da", Language::En),
            ("lang=da&lang=en", "en", Language::Da),
            ("lang=<script>", "en", Language::En),
        ] {
            let event = json!({"rawQueryString": query, "headers": {"Accept-Language": header}});
            let request: Request = serde_json::from_value(event).unwrap();
            assert_eq!(of(&request), expected, "{query} {header}");
        }
    }
}
