use std::collections::BTreeMap;

use domain::breach::{Affected, ErasedSince};
use domain::cohort::Localised;
use domain::{BreachId, CohortId, ContactId, ErasureId, MessageId, NoticeId, SubprocessorId};
use jiff::civil::date as day;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn breach() -> Breach {
    let operator = ContactId::parse("operator-1").unwrap();
    let id = BreachId::parse("bre_0192f0c1a2b37c4d8e5f60718293a4b5").unwrap();
    let mut breach =
        Breach::open(id, at("2026-11-28T10:30:00Z"), at("2026-11-28T11:00:00Z"), operator);
    let said = [
        (Question::Occurred, "27 November 2026, between 22:00 and 23:00"),
        (Question::Found, "28 November 2026 at 11:30, by our own monitoring"),
        (
            Question::Nature,
            "A laptop with an export of one class list was stolen.\nThe disk was encrypted.",
        ),
        (
            Question::DataKind,
            "Ordinary data: names, e-mail addresses, student numbers <no sensitive data>",
        ),
    ];
    breach.answer(said.into_iter().map(|(q, text)| (q, text.to_owned())).collect()).unwrap();
    breach.assess(Risk::Likely).unwrap();
    breach
        .count(Affected {
            from: at("2026-11-27T21:00:00Z"),
            until: at("2026-11-27T22:00:00Z"),
            counted_at: at("2026-11-28T12:00:00Z"),
            cohorts: vec![AffectedCohort {
                cohort: CohortId::parse("coh_1").unwrap(),
                students: 118,
                records: 118,
                responses: 121,
                raw_objects: 123,
                messages: 118,
            }],
            erased: vec![ErasedSince { erasure: ErasureId::parse("era_1").unwrap(), deleted: 240 }],
        })
        .unwrap();
    breach
}

fn letter(language: Language, number: u32) -> Rendered {
    let breach = breach();
    let cohorts = ["Datalogi 2026".to_owned()];
    let institution = "Example University";
    BreachMail { language, institution, breach: &breach, cohorts: &cohorts, number }
        .render()
        .unwrap()
}

pub(super) fn notice() -> Notice {
    let both = |da: &str, en: &str| Localised { da: da.into(), en: en.into() };
    Notice {
        id: NoticeId::parse("spn_0192f0c1a2b37c4d8e5f60718293a4b5").unwrap(),
        entry: SubprocessorId::parse("example-translator").unwrap(),
        name: "Example Translator ApS".into(),
        registration: "CVR 12345678".into(),
        address: "Eksempelvej 1, 2100 København Ø, Danmark".into(),
        processing: both("Oversætter spørgeskemaer.", "Translates questionnaires."),
        location: both("Danmark.", "Denmark."),
        transfer: both("Ingen overførsel ud af EU/EØS.", "No transfer out of the EU/EEA."),
        fields: both(
            "svar på institutionens egne spørgsmål",
            "answers to the institution's own questions",
        ),
        effective_from: day(2027, 3, 1),
        announced_at: at("2026-11-28T12:00:00Z"),
        message: MessageId::parse("msg_1").unwrap(),
        objection: None,
    }
}

#[test]
fn d7_the_letter_holds_all_twelve_questions_with_what_is_known() {
    for language in [Language::Da, Language::En] {
        let mail = letter(language, 1);
        let unknown = say(language, "Vides endnu ikke.", "Not known yet.");
        for question in Question::ALL {
            assert!(mail.text.contains(asked(language, question)), "{question:?}");
            assert!(mail.html.contains(asked(language, question)), "{question:?}");
        }
        assert_eq!(mail.text.matches(unknown).count(), 8, "{}", mail.text);
        for part in ["118", "Datalogi 2026", "era_1", "bre_0192f0c1a2b37c4d8e5f60718293a4b5"] {
            assert!(mail.text.contains(part) && mail.html.contains(part), "{part}");
        }
        assert!(!mail.html.contains("<no sensitive data>"), "answers become no markup");
    }
}

#[test]
fn d7_the_letter_says_by_when_the_institution_has_to_act_in_danish_time() {
    let danish = letter(Language::Da, 1);
    assert!(danish.text.contains("28. november 2026 kl. 11.30"), "{}", danish.text);
    assert!(danish.text.contains("1. december 2026 kl. 11.30"), "{}", danish.text);
    assert!(danish.subject.starts_with("Brud på persondatasikkerheden"));
    let update = letter(Language::En, 2);
    assert!(
        update.subject.starts_with("More about the personal data breach"),
        "{}",
        update.subject
    );
    assert!(update.text.contains("1 December 2026 at 11:30 (Danish time)"), "{}", update.text);
}

#[test]
fn d7_without_an_assessment_or_a_count_the_letter_says_so() {
    let mut breach = breach();
    (breach.risk, breach.affected, breach.answers) = (None, None, BTreeMap::new());
    let mail = BreachMail {
        language: Language::En,
        institution: "Example University",
        breach: &breach,
        cohorts: &[],
        number: 1,
    };
    let mail = mail.render().unwrap();
    assert!(mail.text.contains("cannot be judged yet"));
    assert!(!mail.text.contains("People concerned"));
    assert_eq!(mail.text.matches("Not known yet.").count(), 12);
}

#[test]
fn d8_the_letter_says_who_what_where_on_which_basis_from_when_and_how_to_object() {
    let notice = notice();
    for (language, parts) in [
        (
            Language::Da,
            ["1. marts 2027", "Oversætter", "Danmark.", "Ingen overførsel", "indsigelse"],
        ),
        (Language::En, ["1 March 2027", "Translates", "Denmark.", "No transfer", "object"]),
    ] {
        let mail =
            SubprocessorMail { language, institution: "Example University", notice: &notice };
        let mail = mail.render().unwrap();
        for part in parts.iter().chain(&["Example Translator ApS", "CVR 12345678", "Eksempelvej 1"])
        {
            assert!(mail.text.contains(part) && mail.html.contains(part), "{part}: {}", mail.text);
        }
        assert!(mail.subject.contains("Example Translator ApS"));
    }
}
