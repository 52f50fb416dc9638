//! Invented settings and answers.
#![allow(clippy::unwrap_used, reason = "what is invented here is right")]

use domain::StudentId;
use domain::cohort::{CriterionSetting, Hardness, Rule, Sizes, SmallSections};
use domain::formation::{SolveInput, SolveStudent};
use domain::profile::{Answer, Profile};
use serde_json::json;

/// The id of a student.
pub(crate) fn student(number: usize) -> StudentId {
    StudentId::parse(format!("stu_{number:04}")).unwrap()
}

/// A must criterion.
pub(crate) fn criterion(id: &str, rule: Rule) -> CriterionSetting {
    CriterionSetting { id: id.into(), rule, weight: 7, hardness: Hardness::Must }
}

/// A must criterion by its JSON form.
pub(crate) fn rule(json: &str) -> CriterionSetting {
    criterion("rule", serde_json::from_str(json).unwrap())
}

/// Some students, a question of every kind, and a criterion on each kind that all cohorts have.
pub(crate) fn input(students: usize) -> SolveInput {
    let label = json!({"da": "x", "en": "x"});
    let options =
        |codes: &[&str]| codes.iter().map(|code| json!({"code": code})).collect::<Vec<_>>();
    let questions = json!([
        {"id": "ambition", "refs": ["q1"], "label": label, "kind": {"scale": {"min": 1, "max": 5}}},
        {"id": "gender", "refs": ["q2"], "label": label, "kind": {"choice": {"options": options(&["f", "m", "x"])}}},
        {"id": "skills", "refs": ["q3"], "label": label, "kind": {"choices": {"options": options(&["rust", "maths", "writing"])}}},
        {"id": "remarks", "refs": ["q4"], "label": label, "kind": "text"},
        {"id": "free", "refs": ["q5"], "label": label, "kind": {"availability": {"options": [{"slots": [9, 10], "answers": ["monday"]}]}}},
        {"id": "partners", "refs": ["q6"], "label": label, "kind": "students"},
        {"id": "strangers", "refs": ["q7"], "label": label, "kind": "students"},
    ]);
    let criteria = json!([
        {"id": "same-ambition", "weight": 5, "hardness": "should", "rule": {"align": {"question": "ambition"}}},
        {"id": "not-alone", "weight": 5, "hardness": "could", "rule": {"never_alone": {"question": "gender", "codes": ["f", "m"]}}},
        {"id": "mixed-skills", "weight": 3, "hardness": "could", "rule": {"mix": {"question": "skills"}}},
        {"id": "time", "weight": 4, "hardness": "could", "rule": {"overlap": {"question": "free", "min_slots": 2}}},
    ]);
    let profile = |number: usize| {
        let mut profile = Profile::default();
        let ambition = i32::try_from(number % 5).unwrap() + 1;
        profile.answers.insert("ambition".parse().unwrap(), Answer::Scale(ambition));
        profile
    };
    SolveInput {
        students: (0..students)
            .map(|number| SolveStudent { id: student(number), profile: profile(number) })
            .collect(),
        questions: serde_json::from_value(questions).unwrap(),
        criteria: serde_json::from_value(criteria).unwrap(),
        sizes: Sizes { min: 3, preferred: 4, max: 5 },
        small_sections: SmallSections::Refuse,
        merged: Vec::new(),
        past: Vec::new(),
        laid: Vec::new(),
        while_possible: None,
        rounds: 0,
        repair: false,
        seed: 42,
    }
}
