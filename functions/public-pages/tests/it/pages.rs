use base64::Engine as _;
use domain::institution::Language;
use jiff::Timestamp;
use public_pages::Pages;
use public_pages::answer::Answer;
use serde_json::{Value, json};
use sha2::Digest as _;
use subprocessors::{Register, Words as _, register};

pub(crate) fn event(name: &str) -> Value {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/public-pages/");
    serde_json::from_slice(&std::fs::read(format!("{folder}{name}.json")).unwrap()).unwrap()
}

fn now() -> Timestamp {
    "2026-11-28T12:00:00Z".parse().unwrap()
}

pub(crate) fn answer(event: &Value) -> Answer {
    shown(register(), event)
}

pub(crate) fn shown(register: &'static Register, event: &Value) -> Answer {
    Pages::new(register, "eu-north-1", now).answer(&serde_json::from_value(event.clone()).unwrap())
}

/// A register with one that is announced, whose texts try to break out of the page.
pub(crate) fn with_announced() -> &'static Register {
    let mut register = register().clone();
    let mut entry = register.entries[1].clone();
    entry.id = "example-translator".parse().unwrap();
    entry.name = "Example <Translator> & \"Sons\" ApS".into();
    entry.effective_from = "2027-03-01".parse().unwrap();
    register.entries.push(entry);
    Box::leak(Box::new(register))
}

/// A text as it stands in a page.
fn escaped(text: &str) -> String {
    [("&", "&#38;"), ("<", "&#60;"), (">", "&#62;"), ("\"", "&#34;"), ("'", "&#39;")]
        .iter()
        .fold(text.to_owned(), |text, (sign, word)| text.replace(sign, word))
}

#[test]
fn d8_the_page_says_of_each_sub_processor_who_what_where_and_on_which_basis() {
    for (name, language, words) in [
        (
            "page-danish",
            Language::Da,
            ["Registrering", "Adresse", "Behandling", "Sted", "Overførselsgrundlag", "Oplysninger"],
        ),
        (
            "page-english",
            Language::En,
            ["Registration", "Address", "Processing", "Location", "Transfer basis", "Data"],
        ),
    ] {
        let page = answer(&event(name)).body;
        for word in words {
            assert!(page.contains(&format!("<dt>{word}</dt>")), "{word}");
        }
        for entry in &register().entries {
            let own = format!("id=\"{}\"", entry.id);
            let section = page.split("<section").find(|it| it.contains(&own)).unwrap();
            let told = [&entry.processing, &entry.location, &entry.transfer, &entry.agreement];
            let told = told.map(|text| text.get(language));
            let mut all = vec![entry.name.as_str(), &entry.registration, &entry.address];
            all.extend(told);
            all.extend(entry.transfer_basis.iter().map(|basis| basis.words(language)));
            all.extend(entry.fields.iter().map(|field| field.words(language)));
            for text in all {
                assert!(section.contains(&escaped(text)), "{name}: {}: {text}", entry.name);
            }
        }
        assert!(page.contains("eu-north-1 (Stockholm)"));
        assert!(!page.contains("confirm"), "what operators confirm is not published");
    }
    let data: Value = serde_json::from_str(&answer(&event("data")).body).unwrap();
    let names: Vec<&str> =
        data["entries"].as_array().unwrap().iter().map(|e| e["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Amazon Web Services EMEA SARL", "Typeform SL"]);
    assert_eq!(data["entries"][0]["status"], "effective");
}

#[test]
fn d8_one_that_is_announced_says_from_when_and_no_text_becomes_markup() {
    let page = shown(with_announced(), &event("page-english")).body;
    assert!(page.contains("Announced: in use from 1 March 2027."), "{page}");
    assert!(page.contains("Example &#60;Translator&#62; &#38; &#34;Sons&#34; ApS"), "{page}");
    assert!(
        shown(with_announced(), &event("page-danish")).body.contains("tages i brug 1. marts 2027")
    );
    let data: Value = serde_json::from_str(&shown(with_announced(), &event("data")).body).unwrap();
    assert_eq!(data["entries"][2]["status"], "announced");
}

#[test]
fn d10_a_page_runs_no_script_loads_nothing_and_cannot_be_framed() {
    let answer = answer(&event("page-danish"));
    let policy = &answer.headers["content-security-policy"];
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    for part in ["frame-ancestors 'none'", "form-action 'none'", "base-uri 'none'"] {
        assert!(policy.contains(part), "{part}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    for part in ["<script", " style=", "onclick", "http://", "https://"] {
        assert!(!answer.body.contains(part), "{part}");
    }
    let style = answer.body.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
    let hash = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(style));
    assert!(policy.contains(&hash), "the policy lets the page's own style through");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("x-frame-options", "DENY"),
    ] {
        assert_eq!(answer.headers[name], value);
    }
    assert!(answer.headers["strict-transport-security"].starts_with("max-age="));
}

#[test]
fn d8_who_has_the_page_already_gets_no_second_copy() {
    let first = answer(&event("page-danish"));
    let mut again = event("page-danish");
    again["headers"]["if-none-match"] = json!(first.headers["etag"]);
    let second = answer(&again);
    assert_eq!((second.status_code, second.body.as_str()), (304, ""));
    assert_eq!(second.headers["etag"], first.headers["etag"]);
    assert!(first.headers["cache-control"].starts_with("public"));
    assert_eq!(first.headers["vary"], "accept-language");
    again["rawQueryString"] = json!("lang=en");
    assert_eq!(answer(&again).status_code, 200, "the other language is another page");
}

#[test]
fn d8_the_page_is_built_for_every_reader() {
    for name in ["page-danish", "page-english"] {
        let page = answer(&event(name)).body;
        assert_eq!(page.matches("<h1>").count(), 1);
        assert_eq!(page.matches("<h2 ").count(), register().entries.len());
        for part in [
            "<main>",
            "<nav aria-label=",
            "aria-current",
            "name=\"viewport\"",
            "hreflang=\"en\" lang=\"en\"",
        ] {
            assert!(page.contains(part), "{part}");
        }
    }
}
