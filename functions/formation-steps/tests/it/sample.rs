//! The sample cohort and invented answers to it.

use std::collections::BTreeSet;

use domain::cohort::Settings;
use domain::formation::{SolveInput, SolveStudent};
use domain::profile::{Answer, Profile};
use domain::{QuestionId, StudentId};
use serde_json::json;

/// A cohort with a question of every kind and a criterion on each that can count.
pub(crate) fn settings() -> Settings {
    let label = json!({"da": "x", "en": "x"});
    let options =
        |codes: &[&str]| codes.iter().map(|code| json!({"code": code})).collect::<Vec<_>>();
    serde_json::from_value(json!({
        "institution": "ins_example-university",
        "id": "coh_computer-science-2026",
        "name": {"da": "Datalogi", "en": "Computer Science"},
        "language": "da",
        "form": "form-1",
        "deadline": "2026-12-15T11:00:00Z",
        "sections": [{"id": "A"}, {"id": "B"}, {"id": "C"}],
        "identity": {
            "email": {"field": "email"},
            "name": [{"field": "name"}],
            "section": {"field": "section"},
        },
        "questions": [
            {"id": "ambition", "refs": ["q1"], "label": label, "kind": {"scale": {"min": 1, "max": 5}}},
            {"id": "gender", "refs": ["q2"], "label": label, "kind": {"choice": {"options": options(&["f", "m", "x"])}}},
            {"id": "skills", "refs": ["q3"], "label": label, "kind": {"choices": {"options": options(&["rust", "maths", "writing"])}}},
            {"id": "remarks", "refs": ["q4"], "label": label, "kind": "text"},
            {"id": "free", "refs": ["q5"], "label": label, "kind": {"availability": {"options": [{"slots": [9, 10], "answers": ["monday"]}]}}},
        ],
        "criteria": [
            {"id": "same-ambition", "weight": 5, "hardness": "should", "rule": {"align": {"question": "ambition"}}},
            {"id": "not-alone", "weight": 5, "hardness": "could", "rule": {"never_alone": {"question": "gender", "codes": ["f", "m"]}}},
            {"id": "mixed-skills", "weight": 3, "hardness": "could", "rule": {"mix": {"question": "skills"}}},
            {"id": "time", "weight": 4, "hardness": "could", "rule": {"overlap": {"question": "free", "min_slots": 2}}},
        ],
        "sizes": {"min": 3, "preferred": 4, "max": 5},
        "mail_agreed": true,
    }))
    .unwrap()
}

/// Somebody's answers; the number decides which.
pub(crate) fn profile(number: usize) -> Profile {
    let mut profile = Profile::default();
    let mut answer = |question: &str, answer| {
        profile.answers.insert(QuestionId::parse(question).unwrap(), answer);
    };
    answer("ambition", Answer::Scale(i32::try_from(number % 5).unwrap() + 1));
    answer("gender", Answer::Choice(["f", "m"][number * 7 % 3 % 2].to_owned()));
    let skills = ["rust", "maths", "writing"];
    let skilled = (0..3).filter(|bit| number >> bit & 1 == 1).map(|bit| skills[bit].to_owned());
    answer("skills", Answer::Choices(skilled.collect()));
    answer("remarks", Answer::Text("Jeg hedder Ane".to_owned()));
    if !number.is_multiple_of(7) {
        let start = u16::try_from(number % 3).unwrap();
        answer("free", Answer::Slots((start..start + 20).collect::<BTreeSet<u16>>()));
    }
    profile
}

pub(crate) fn student_id(number: usize) -> StudentId {
    StudentId::parse(format!("stu_{number:032x}")).unwrap()
}

/// A section of so many students.
pub(crate) fn input(students: usize) -> SolveInput {
    let settings = settings();
    SolveInput {
        students: (0..students)
            .map(|number| SolveStudent { id: student_id(number), profile: profile(number) })
            .collect(),
        questions: settings.questions,
        criteria: settings.criteria,
        sizes: settings.sizes,
        small_sections: settings.small_sections,
        merged: Vec::new(),
        past: Vec::new(),
        laid: Vec::new(),
        while_possible: None,
        rounds: 0,
        repair: false,
        seed: 42,
    }
}
