//! What the mail about an evaluation says if nobody writes anything else (M2): what is asked, and whose the link is.

use domain::cohort::Localised;
use domain::institution::Language;
use domain::mailing::Texts;

use crate::ready_text::ready_texts;

/// The text in both languages, for a contact to change or to send as it is.
pub fn evaluation_texts(cohort: &Localised) -> Texts {
    ready_texts(cohort, words)
}

fn words(language: Language, cohort: Option<&str>) -> (String, String) {
    match language {
        Language::Da => {
            let of = cohort.map(|name| format!(" på {name}")).unwrap_or_default();
            let body = format!(
                "Du har været i en studiegruppe{of}. Vi vil gerne vide, hvordan det gik, så grupperne kan blive bedre.\n\nBrug knappen herunder. Den fører til et kort spørgeskema og er kun til dig, så send den ikke videre. Svarer du mere end én gang, er det dit seneste svar, der tæller.\n\nTak for hjælpen."
            );
            (format!("Hvordan gik det i din studiegruppe{of}?"), body)
        }
        Language::En => {
            let of = cohort.map(|name| format!(" of {name}")).unwrap_or_default();
            let body = format!(
                "You have been in a study group{of}. We would like to know how it went, so that groups can become better.\n\nUse the button below. It leads to a short questionnaire and is for you alone, so do not pass it on. If you answer more than once, your latest answer counts.\n\nThank you for your help."
            );
            (format!("How did it go in your study group{of}?"), body)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(name: &str) -> Texts {
        evaluation_texts(&Localised { da: name.into(), en: name.into() })
    }

    #[test]
    fn m2_the_ready_text_names_the_cohort_in_both_languages() {
        let Texts { da: Some(da), en: Some(en) } = texts("Datalogi 2026") else { panic!("both") };
        assert_eq!(da.subject, "Hvordan gik det i din studiegruppe på Datalogi 2026?");
        assert!(da.body.contains("studiegruppe på Datalogi 2026."), "{}", da.body);
        assert_eq!(en.subject, "How did it go in your study group of Datalogi 2026?");
        assert!(en.body.contains("do not pass it on"), "{}", en.body);
    }

    #[test]
    fn m2_there_is_a_text_whatever_the_cohort_is_called() {
        for name in ["x".repeat(200), "Hold 010190-1234".into(), "A\u{202e}B".into()] {
            let Texts { da: Some(da), en: Some(en) } = texts(&name) else { panic!("both: {name}") };
            assert_eq!(da.subject, "Hvordan gik det i din studiegruppe?");
            assert_eq!(en.subject, "How did it go in your study group?");
        }
    }
}
