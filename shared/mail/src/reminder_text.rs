//! What a reminder says if nobody writes anything else (M2): until when answers are taken, and how to answer.

use domain::cohort::Localised;
use domain::institution::Language;
use domain::mailing::Texts;
use domain::retention;
use jiff::Timestamp;

use crate::ready_text::ready_texts;
use crate::words::{date, weekday};

/// The text in both languages, for a contact to change or to send as it is.
pub fn reminder_texts(cohort: &Localised, deadline: Timestamp) -> Texts {
    ready_texts(cohort, |language, name| words(language, name, deadline))
}

fn words(language: Language, cohort: Option<&str>, deadline: Timestamp) -> (String, String) {
    let until = until(language, deadline);
    match language {
        Language::Da => {
            let to = cohort.map(|name| format!(" til {name}")).unwrap_or_default();
            let body = format!(
                "Vi mangler dit svar på spørgeskemaet{to}. Det bruges til at danne studiegrupper.\n\nSvar senest {until}. Brug knappen herunder, og skriv den mailadresse, som denne mail er kommet til.\n\nHar du svaret fra en anden mailadresse, så svar på denne mail, så vi kan rette det."
            );
            (format!("Husk spørgeskemaet{to}"), body)
        }
        Language::En => {
            let to = cohort.map(|name| format!(" for {name}")).unwrap_or_default();
            let body = format!(
                "We have not had your answer to the questionnaire{to}. It is used to form study groups.\n\nPlease answer by {until}. Use the button, and give the e-mail address that this mail came to.\n\nIf you have answered with another e-mail address, reply to this mail so that we can put it right."
            );
            (format!("Remember the questionnaire{to}"), body)
        }
    }
}

/// The deadline as a reader in Denmark reads it.
fn until(language: Language, deadline: Timestamp) -> String {
    let at = deadline.to_zoned(retention::copenhagen());
    let (day, date) = (weekday(language, at.weekday()), date(language, at.date()));
    let (hour, minute) = (at.hour(), at.minute());
    match language {
        Language::Da => format!("{day} den {date} kl. {hour:02}.{minute:02}"),
        Language::En => format!("{day} {date} at {hour:02}:{minute:02} (Copenhagen time)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(name: &str) -> Texts {
        let name = Localised { da: name.into(), en: name.into() };
        reminder_texts(&name, "2026-09-06T22:30:00Z".parse().unwrap())
    }

    #[test]
    fn m2_a_reminder_names_the_cohort_and_the_deadline_in_both_languages() {
        let Texts { da: Some(da), en: Some(en) } = texts("Datalogi 2026") else { panic!("both") };
        assert_eq!(da.subject, "Husk spørgeskemaet til Datalogi 2026");
        assert!(da.body.contains("senest mandag den 7. september 2026 kl. 00.30."), "{}", da.body);
        assert_eq!(en.subject, "Remember the questionnaire for Datalogi 2026");
        assert!(en.body.contains("by Monday 7 September 2026 at 00:30 (Copenhagen"), "{}", en.body);
    }

    #[test]
    fn m2_there_is_a_text_whatever_the_cohort_is_called() {
        for name in ["x".repeat(200), "Hold 010190-1234".into(), "A\u{202e}B".into()] {
            let Texts { da: Some(da), en: Some(_) } = texts(&name) else { panic!("both: {name}") };
            assert_eq!(da.subject, "Husk spørgeskemaet");
        }
    }
}
