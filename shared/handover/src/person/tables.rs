//! A table per store, made from the whole, so that both say the same.

use domain::cohort::Cohort;
use serde_json::Value;

use crate::csv;

/// Stores and the files with their tables.
const TABLES: [(&str, &str); 10] = [
    ("/cohort/rules", "rules.csv"),
    ("/roster", "roster.csv"),
    ("/set_aside", "set-aside.csv"),
    ("/evaluations", "evaluations.csv"),
    ("/formations", "formations.csv"),
    ("/groups", "groups.csv"),
    ("/messages", "messages.csv"),
    ("/mailings", "mailings.csv"),
    ("/requests", "requests.csv"),
    ("/log/entries", "log.csv"),
];

/// Names and bodies of the tables.
pub(super) fn of(whole: &Value, cohort: &Cohort) -> Vec<(String, String)> {
    let list = |at: &str| whole.pointer(at).and_then(Value::as_array).into_iter().flatten();
    let mut tables = vec![
        ("student.csv".to_owned(), csv::objects(std::iter::once(&whole["student"]))),
        ("questionnaires.csv".to_owned(), csv::objects(list("/questionnaires"))),
        ("answers.csv".to_owned(), answers(list("/questionnaires"), cohort)),
    ];
    tables.extend(TABLES.map(|(at, name)| (name.to_owned(), csv::objects(list(at)))));
    tables
}

/// The answers one by one; labels of choices stand in the questionnaire as it was received.
fn answers<'a>(questionnaires: impl Iterator<Item = &'a Value>, cohort: &Cohort) -> String {
    let label = |answer: &Value| {
        let id = answer["question"].as_str().unwrap_or_default();
        let known = cohort.settings.questions.iter().find(|known| known.id.as_str() == id);
        known.map_or(id, |known| known.label.get(cohort.settings.language)).to_owned()
    };
    let rows = questionnaires.flat_map(|one| {
        let answers = one["answers"].as_array().into_iter().flatten();
        answers.map(|answer| {
            [
                csv::plain(&one["token"]),
                csv::plain(&one["submitted_at"]),
                csv::plain(&answer["question"]),
                label(answer),
                csv::plain(&answer["value"]),
            ]
        })
    });
    csv::table(["questionnaire", "submitted_at", "question", "label", "value"], rows)
}
