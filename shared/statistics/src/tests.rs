use domain::cohort::Settings;
use domain::formation::SolveStudent;
use domain::profile::Profile;
use domain::{ResponseToken, StudentId};
use proptest::prelude::*;
use serde_json::json;

use super::*;

/// Words that only a person's answers hold.
const CANARY: &str = "Zirkonia";

fn questions() -> Vec<Question> {
    let label = json!({ "da": "x", "en": "x" });
    let of = |id: &str, kind: serde_json::Value| {
        serde_json::from_value(json!({ "id": id, "refs": [id], "kind": kind, "label": label }))
            .unwrap()
    };
    vec![
        of("ambition", json!({ "scale": { "min": 1, "max": 5 } })),
        of("subject", json!({ "choice": { "options": [{ "code": "a" }, { "code": "b" }] } })),
        of("likes", json!({ "choices": { "options": [{ "code": "x" }, { "code": "y" }] } })),
        of(
            "free",
            json!({ "availability": { "options": [{ "slots": [9, 10], "answers": ["m"] }] } }),
        ),
        of("wishes", json!("students")),
        of("words", json!("text")),
    ]
}

/// What one student answers.
#[derive(Debug, Clone)]
struct Told {
    section: bool,
    ambition: Option<i32>,
    subject: Option<bool>,
    likes: (bool, bool),
    free: (bool, bool),
}

fn told() -> impl Strategy<Value = Told> {
    (
        any::<bool>(),
        proptest::option::of(1..=5),
        proptest::option::of(any::<bool>()),
        any::<(bool, bool)>(),
        any::<(bool, bool)>(),
    )
        .prop_map(|(section, ambition, subject, likes, free)| Told {
            section,
            ambition,
            subject,
            likes,
            free,
        })
}

fn student(number: usize, told: &Told) -> SolveStudent {
    let mut answers = BTreeMap::new();
    let mut put = |id: &str, answer: Answer| {
        answers.insert(QuestionId::parse(id).unwrap(), answer);
    };
    if let Some(value) = told.ambition {
        put("ambition", Answer::Scale(value));
    }
    if let Some(first) = told.subject {
        put("subject", Answer::Choice(if first { "a" } else { "b" }.to_owned()));
    }
    let pick = |(one, two): (bool, bool), names: [&str; 2]| -> BTreeSet<String> {
        let taken = [one, two].into_iter().zip(names).filter(|(taken, _)| *taken);
        taken.map(|(_, name)| name.to_owned()).collect()
    };
    put("likes", Answer::Choices(pick(told.likes, ["x", "y"])));
    let slots = pick(told.free, ["9", "10"]);
    put("free", Answer::Slots(slots.iter().map(|slot| slot.parse().unwrap()).collect()));
    put("words", Answer::Text(CANARY.to_owned()));
    let friend = StudentId::parse("stu_friend").unwrap();
    put("wishes", Answer::Students([friend].into()));
    SolveStudent {
        id: StudentId::parse(format!("stu_{number}")).unwrap(),
        profile: Profile { answers, unknown_types: BTreeSet::new() },
    }
}

fn inputs(told: &[Told]) -> BTreeMap<SectionId, SolveInput> {
    let mut sections: BTreeMap<SectionId, SolveInput> = BTreeMap::new();
    for (number, one) in told.iter().enumerate() {
        let section = SectionId::parse(if one.section { "A" } else { "B" }).unwrap();
        let input = sections.entry(section).or_insert_with(|| {
            serde_json::from_value(json!({
                "students": [], "questions": questions(), "criteria": [],
                "sizes": { "min": 2, "preferred": 4, "max": 5 }, "seed": 1,
            }))
            .unwrap()
        });
        input.students.push(student(number, one));
    }
    sections
}

fn formation() -> Formation {
    serde_json::from_value(json!({
        "id": "for_1", "status": "published", "requested_by": "operator",
        "requested_at": "2026-09-07T10:00:00Z", "seed": 1, "engine": "1",
        "sections": {
            "A": { "students": 40, "input_hash": "00", "groups": 10, "mean": 1, "worst": 1,
                "must_broken": 0, "evaluations": 123_456, "score": 7_000, "bound": 7_500 },
            "B": { "students": 40, "input_hash": "00", "groups": 10, "mean": 1, "worst": 1,
                "must_broken": 0, "evaluations": 1_000, "score": 7_000, "bound": 7_200 },
        },
    }))
    .unwrap()
}

fn groups(count: u32) -> Vec<Group> {
    (1..=count)
        .map(|number| {
            serde_json::from_value(json!({
                "formation": "for_1", "section": "A", "number": number,
                "members": if number <= 6 { json!(["stu_1", "stu_2"]) } else { json!(["stu_3"]) },
                "score": 1, "scores": { "same": if number <= 6 { 10_000 } else { 3_999 } },
                "must_broken": if number <= 2 { json!(["free"]) } else { json!([]) },
            }))
            .unwrap()
        })
        .collect()
}

fn everybody(count: usize) -> Vec<Told> {
    (0..count)
        .map(|number| Told {
            section: number % 2 == 0,
            ambition: i32::try_from(number % 6).ok().filter(|value| *value > 0),
            subject: Some(number % 10 == 0),
            likes: (number % 3 == 0, true),
            free: (number % 2 == 0, number < 3),
        })
        .collect()
}

#[test]
fn d9_statistics_tell_rounded_counts_of_answers_and_groups() {
    let made = of(&formation(), &inputs(&everybody(62)), &groups(14));
    let value = serde_json::to_value(&made).unwrap();
    let expected = json!({
        "version": 1,
        "students": 60,
        "sections": { "A": 30, "B": 30 },
        "questions": {
            "ambition": { "one": { "1": 10, "2": 10, "3": 10, "4": 10, "5": 10, "no_answer": 10 } },
            "subject": { "one": { "a": null, "b": 55, "no_answer": null } },
            "likes": { "several": { "x": 20, "y": null, "no_answer": null } },
            "free": { "several": { "9": 30, "10": null, "no_answer": 30 } },
        },
        "groups": {
            "engine": "1", "count": 10, "sizes": { "1": 5, "2": 5 },
            "scores": { "same": null },
            "must_broken": null, "evaluations": 100_000, "gap": 3,
        },
    });
    // Of ten steps of the score eight are empty: the two others protect them or are all there is.
    let mut expected = expected;
    expected["groups"]["scores"]["same"] = value["groups"]["scores"]["same"].clone();
    assert_eq!(value, expected);
    let scores = made.groups.unwrap().scores.remove("same").unwrap().unwrap();
    let told: Vec<(&str, u32)> =
        scores.iter().filter_map(|(step, count)| Some((step.as_str(), (*count)?))).collect();
    assert_eq!(told, [("9", 5)]);
}

#[test]
fn d9_a_small_cohort_gives_nothing() {
    let made = of(&formation(), &inputs(&everybody(49)), &groups(12));
    assert_eq!(made, Statistics::of_few());
    assert!(of(&formation(), &inputs(&everybody(50)), &groups(12)).students.is_some());
}

#[test]
fn d9_no_text_no_wish_and_no_id_of_anybody_comes_in() {
    let made = of(&formation(), &inputs(&everybody(70)), &groups(14));
    let text = serde_json::to_string(&made).unwrap();
    for word in [CANARY, "words", "wishes", "stu_", "for_1", "2026"] {
        assert!(!text.contains(word), "{word} in {text}");
    }
}

/// Every cell that is told, by its path.
fn leaves(value: &serde_json::Value, path: &str, found: &mut BTreeMap<String, u64>) {
    match value {
        serde_json::Value::Object(parts) => {
            for (name, part) in parts {
                leaves(part, &format!("{path}/{name}"), found);
            }
        }
        serde_json::Value::Number(number) => {
            found.insert(path.to_owned(), number.as_u64().unwrap_or_default());
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// One person more or less moves a number by one step of five at most, or withholds it.
    #[test]
    fn d9_neighbouring_cohorts_differ_by_a_step_at_most(
        everybody in proptest::collection::vec(told(), 51..90),
        who in any::<proptest::sample::Index>(),
    ) {
        let who = who.index(everybody.len());
        let mut without = everybody.clone();
        without.remove(who);
        let read = |told: &[Told]| {
            let mut found = BTreeMap::new();
            let made = of(&formation(), &inputs(told), &groups(14));
            leaves(&serde_json::to_value(made).unwrap(), "", &mut found);
            found
        };
        let (with, without) = (read(&everybody), read(&without));
        for (path, count) in &with {
            if let Some(other) = without.get(path) {
                prop_assert!(*other == *count || *other + 5 == *count, "{path}");
            }
        }
    }
}

#[test]
fn d9_the_samples_kinds_of_questions_are_all_decided() {
    // A kind that is added has to be decided in `answers`; the sample has one of each counted kind.
    let whole: serde_json::Value =
        serde_json::from_str(include_str!("../../../events/onboarding/cohort.json")).unwrap();
    let settings: Settings = serde_json::from_value(whole["cohort"].clone()).unwrap();
    let nobody: Vec<&Profile> = Vec::new();
    for question in &settings.questions {
        let kept = !matches!(question.kind, QuestionKind::Students | QuestionKind::Text);
        assert_eq!(answers(question, &nobody).is_some(), kept);
    }
    assert!(ResponseToken::parse("t").is_ok());
}
