//! Certificates to print (D2, D7).

use crate::data::{COORDINATOR, VIEWER, world};
use crate::world::{Answer, asks};

const ERASURE: &str = "/api/erasures/era_done/certificate";
const BREACH: &str = "/api/breaches/bre_closed/certificate";

async fn get(caller: &str, path: &str) -> Answer {
    world().send(&asks(caller, "GET", path)).await
}

/// The lines that a file shows, in order; those with letters beyond ASCII are written as numbers.
fn lines(file: &str) -> Vec<String> {
    let shown = file.lines().filter_map(|line| line.strip_suffix(" Tj"));
    shown
        .map(|text| match text.strip_prefix('<') {
            Some(hex) => {
                let hex = hex.trim_end_matches('>');
                let pairs = (0..hex.len() / 2).map(|at| &hex[2 * at..2 * at + 2]);
                pairs.map(|pair| char::from(u8::from_str_radix(pair, 16).unwrap())).collect()
            }
            None => text[1..text.len() - 1].replace("\\(", "(").replace("\\)", ")"),
        })
        .collect()
}

#[tokio::test]
async fn d2_a_printed_certificate_shows_what_the_stored_one_says_in_both_languages() {
    let stored = get(VIEWER, ERASURE).await.body;
    let ledger = stored["ledger_entry"].as_str().unwrap().to_owned();
    for (query, title, verified) in [
        ("", "Sletteattest", "Kontrolleret"),
        ("?language=da", "Sletteattest", "Kontrolleret"),
        ("?language=en", "Deletion certificate", "Verified"),
    ] {
        let answer = get(VIEWER, &format!("{ERASURE}.pdf{query}")).await;
        assert_eq!(
            (answer.status, answer.headers["content-type"].as_str()),
            (200, "application/pdf")
        );
        assert_eq!(answer.headers["content-disposition"], "attachment; filename=\"era_done.pdf\"");
        let lines = lines(&answer.text);
        for expected in [title, verified, "Example University", "era_done"] {
            assert!(lines.iter().any(|line| line == expected), "{expected}: {lines:?}");
        }
        assert!(lines.concat().contains(&ledger), "the ledger's key: {lines:?}");
        for (_, number) in stored["deleted"].as_object().unwrap() {
            assert!(lines.contains(&number.to_string()), "{number}: {lines:?}");
        }
        // The same certificate is the same document at any time.
        assert_eq!(get(VIEWER, &format!("{ERASURE}.pdf{query}")).await.text, answer.text);
    }
}

#[tokio::test]
async fn d2_what_has_no_certificate_prints_none() {
    for (path, status, problem) in [
        ("/api/erasures/era_done/certificate.pdf?language=de", 400, "parameters"),
        ("/api/erasures/era_running/certificate.pdf", 409, "no-certificate"),
        ("/api/erasures/era_nowhere/certificate.pdf", 404, "not-found"),
        ("/api/breaches/bre_told/certificate.pdf", 409, "breach-open"),
        ("/api/breaches/bre_nowhere/certificate.pdf", 404, "not-found"),
    ] {
        let answer = get(COORDINATOR, path).await;
        assert_eq!((answer.status, answer.problem()), (status, problem), "{path}");
    }
    assert_eq!(get(VIEWER, &format!("{BREACH}.pdf")).await.problem(), "role-too-low");
}

#[tokio::test]
async fn d7_a_printed_certificate_of_a_breach_answers_all_twelve_questions_in_both_languages() {
    let stored = get(COORDINATOR, BREACH).await.body;
    for (language, title, first) in [
        ("da", "Attest om brud p\u{e5} persondatasikkerheden", "1. Hvorn\u{e5}r skete bruddet"),
        ("en", "Certificate of a personal data breach", "1. When did it occur"),
    ] {
        let answer = get(COORDINATOR, &format!("{BREACH}.pdf?language={language}")).await;
        let lines = lines(&answer.text);
        assert!(
            lines.contains(&title.to_owned()) && lines.contains(&first.to_owned()),
            "{lines:?}"
        );
        let all = lines.join(" ");
        let answers = stored["breach"]["answers"].as_object().unwrap();
        assert_eq!(answers.len(), 12);
        for text in answers.values() {
            let word = text.as_str().unwrap().split_whitespace().next().unwrap();
            assert!(all.contains(word), "{word}: {all}");
        }
        assert!((1..=12).all(|n| lines.iter().any(|line| line.starts_with(&format!("{n}. ")))));
    }
}
