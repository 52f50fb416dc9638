//! What can be wrong with a cohort's evaluation.

use std::collections::BTreeSet;

use super::Found;
use crate::FormId;
use crate::cohort::{Evaluation, QuestionKind};

/// Questions of an evaluation at most: each has a row of its own among the results.
const MOST_QUESTIONS: usize = 60;

/// Characters of a hidden field's name at most.
const LONGEST_NAME: usize = 64;

pub(super) fn problems(wanted: &Evaluation, questionnaire: &FormId, found: &mut Found) {
    if wanted.form == *questionnaire {
        found.say(
            "evaluation.form",
            "/evaluation/form",
            (
                "is the cohort's questionnaire; the evaluation is another form",
                "er årgangens spørgeskema; evalueringen er en anden formular",
            ),
        );
    }
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let length = wanted.hidden.len();
    if !(1..=LONGEST_NAME).contains(&length) || !wanted.hidden.bytes().all(is_plain) {
        found.say(
            "evaluation.hidden",
            "/evaluation/hidden",
            (
                "must be the name of a hidden field: 1 to 64 letters a to z, digits and '_'",
                "skal være navnet på et skjult felt: 1 til 64 bogstaver a til z, cifre og '_'",
            ),
        );
    }
    if wanted.questions.is_empty() || wanted.questions.len() > MOST_QUESTIONS {
        found.say(
            "evaluation.questions",
            "/evaluation/questions",
            ("1 to 60 questions are needed", "der skal være 1 til 60 spørgsmål"),
        );
    }
    let mut seen = BTreeSet::new();
    for (place, question) in wanted.questions.iter().enumerate() {
        let item = format!("evaluation.questions.{}", question.id);
        let at = |member: &str| format!("/evaluation/questions/{place}/{member}");
        if !seen.insert(&question.id) {
            found.say(item.clone(), at("id"), ("the id stands twice", "id'et står to gange"));
        }
        if let Some((member, english, danish)) = question.problem() {
            found.say(item.clone(), at(member), (english, danish));
        }
        let counts = matches!(
            question.kind,
            QuestionKind::Scale { .. } | QuestionKind::Choice { .. } | QuestionKind::Choices { .. }
        );
        if !counts {
            found.say(
                item,
                at("kind"),
                (
                    "must be a scale or choices: nothing else is kept of an evaluation",
                    "skal være en skala eller svarmuligheder: andet gemmes ikke af en evaluering",
                ),
            );
        }
        if matches!(question.kind, QuestionKind::Scale { min, max } if max.saturating_sub(min) > 100)
        {
            found.say(
                format!("evaluation.questions.{}", question.id),
                at("kind"),
                ("has more than 101 steps", "har mere end 101 trin"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn told(evaluation: Value) -> Vec<String> {
        let wanted: Evaluation = serde_json::from_value(evaluation).unwrap();
        let mut found = Found::default();
        problems(&wanted, &FormId::parse("Kq7Lm2Xa").unwrap(), &mut found);
        found.0.into_iter().map(|fault| format!("{} {}", fault.pointer, fault.problem)).collect()
    }

    fn question(id: &str, kind: &Value) -> Value {
        json!({ "id": id, "refs": [id], "kind": kind, "label": { "da": "Tilfreds?", "en": "Content?" } })
    }

    #[test]
    fn m2_an_evaluation_is_another_form_with_a_hidden_field_and_questions_that_can_be_counted() {
        let scale = json!({ "scale": { "min": 1, "max": 5 } });
        let fine = json!({ "form": "Ev4Lu8Te", "hidden": "token", "questions": [question("content", &scale)] });
        assert_eq!(told(fine), Vec::<String>::new());

        let wrong = json!({
            "form": "Kq7Lm2Xa", "hidden": "my token",
            "questions": [
                question("content", &scale), question("content", &json!("text")),
                question("far", &json!({ "scale": { "min": 0, "max": 1000 } })),
            ],
        });
        let told = told(wrong);
        for start in [
            "/evaluation/form is the cohort's questionnaire",
            "/evaluation/hidden must be the name",
            "/evaluation/questions/1/id the id stands twice",
            "/evaluation/questions/1/kind must be a scale or choices",
            "/evaluation/questions/2/kind has more than 101 steps",
        ] {
            assert!(told.iter().any(|told| told.starts_with(start)), "{start}: {told:?}");
        }
        assert_eq!(told.len(), 5);
        let empty = json!({ "form": "Ev4Lu8Te", "hidden": "token", "questions": [] });
        assert_eq!(self::told(empty), ["/evaluation/questions 1 to 60 questions are needed"]);
    }
}
