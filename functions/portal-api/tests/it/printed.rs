//! Certificates to print (D2, D7).

use domain::breach::Question;
use serde_json::json;

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
    let danish = ["Kontrolleret", "Begrundelse", "Frist for sletning", "opbevaringsfristen udløb"];
    let english = ["Verified", "Reason", "Due on", "the retention term ended"];
    for (query, title, words) in [
        ("", "Sletteattest", danish),
        ("?language=da", "Sletteattest", danish),
        ("?language=en", "Deletion certificate", english),
    ] {
        let [verified, reason, due, ended] = words;
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
        // Times are Danish; systems and kinds without a word stand as they are counted.
        let after = |label: &str| {
            let place = lines.iter().position(|line| line == label);
            lines[place.unwrap_or_else(|| panic!("{label}: {lines:?}")) + 1].as_str()
        };
        assert_eq!(after(verified), "2026-09-01 04:06");
        assert_eq!((after(reason), after(due)), (ended, "2026-09-01"));
        assert_eq!(
            (&stored["delete_on"], &stored["left_over"]),
            (&json!("2026-09-01"), &json!({ "items": 0 }))
        );
        assert_eq!(after("items"), "0", "what was left");
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
        let answers = stored["breach"]["answers"].as_object().unwrap();
        assert_eq!(answers.len(), 12);
        // Each answer stands after its own question and before the next.
        let asked = |number: usize| {
            let begins = format!("{number}. ");
            lines.iter().position(|line| line.starts_with(&begins))
        };
        for question in Question::ALL {
            let from = asked(question.number()).expect("each question is there");
            let until = asked(question.number() + 1).unwrap_or(lines.len());
            let said = lines[from + 1..until].join(" ");
            let answer = answers[question.as_str()].as_str().unwrap();
            assert!(said.contains(answer), "{answer}: {said}");
        }
    }
}
