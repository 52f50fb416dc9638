//! Whatever comes in, the parser answers and keeps every answer.

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use typeform::{Delivery, is_test_delivery, payload::AnswerValue};

/// Any JSON, with the keys and words of the wire format among the texts.
fn any_json() -> impl Strategy<Value = Value> {
    let words = prop::sample::select(vec![
        "type",
        "text",
        "choice",
        "choices",
        "ids",
        "labels",
        "refs",
        "other",
        "field",
        "id",
        "ref",
        "answers",
        "definition",
        "fields",
        "properties",
        "hidden",
        "token",
        "form_id",
        "submitted_at",
        "landed_at",
        "email",
        "date",
        "payment",
        "signature",
        "2026-08-20T09:14:52Z",
        "0001-01-01T00:00:00Z",
        "form_response",
    ]);
    let text = prop_oneof![words.prop_map(str::to_owned), ".{0,12}"];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::vec((text.clone(), inner), 0..8)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn whole(answers: &Value, definition: &Value) -> Vec<u8> {
    let delivery = json!({
        "event_id": "e",
        "event_type": "form_response",
        "form_response": {
            "form_id": "Fq7Lm2Xa", "token": "t", "submitted_at": "2026-08-20T09:14:52Z",
            "definition": definition, "answers": answers, "hidden": definition,
        },
    });
    serde_json::to_vec(&delivery).unwrap()
}

proptest! {
    #[test]
    fn q4_any_bytes_are_answered(body in prop::collection::vec(any::<u8>(), 0..400)) {
        let parsed = Delivery::parse(&body);
        prop_assert_eq!(parsed.is_ok(), false);
    }

    #[test]
    fn q4_any_json_is_answered(value in any_json(), response in any_json()) {
        for value in [value, json!({ "event_type": "form_response", "form_response": response })] {
            if let Ok(delivery) = Delivery::parse(&serde_json::to_vec(&value).unwrap()) {
                prop_assert!(!delivery.response.token.is_empty());
            }
        }
    }

    #[test]
    fn q3_no_answer_is_lost(list in prop::collection::vec(any_json(), 0..6), definition in any_json()) {
        let count = list.len();
        let delivery = Delivery::parse(&whole(&Value::from(list.clone()), &definition)).unwrap();
        prop_assert_eq!(delivery.response.answers.len(), count);
        for (answer, sent) in delivery.response.answers.iter().zip(&list) {
            if let AnswerValue::Unknown { raw, .. } = &answer.value {
                // Floats may change in their last digit on the way through text.
                prop_assert_eq!(raw.is_object(), sent.is_object());
            }
        }
        let _test: bool = is_test_delivery(&delivery);
    }

    /// Whatever the arrays' lengths, each choice on offer is selected at most once and nothing is made up.
    #[test]
    fn q3_choices_are_never_doubled(
        ids in prop::collection::vec(prop::option::of(0..4usize), 0..5),
        labels in prop::collection::vec(prop::option::of(0..4usize), 0..5),
        refs in prop::collection::vec(prop::option::of(0..4usize), 0..5),
        other in prop::option::of("[a-z]{1,8}"),
    ) {
        let name = |prefix: &str, list: &[Option<usize>]| {
            list.iter().map(|entry| entry.map(|number| format!("{prefix}{number}"))).collect::<Vec<_>>()
        };
        let offered: Vec<_> =
            (0..4).map(|n| json!({ "id": format!("i{n}"), "ref": format!("r{n}"), "label": format!("l{n}") })).collect();
        let definition = json!({ "fields": [{ "id": "f", "ref": "days", "type": "multiple_choice", "choices": offered }] });
        let answers = json!([{
            "type": "choices", "field": { "id": "f" },
            "choices": { "ids": name("i", &ids), "labels": name("l", &labels), "refs": name("r", &refs), "other": other },
        }]);
        let delivery = Delivery::parse(&whole(&answers, &definition)).unwrap();
        let AnswerValue::Choices(choices) = &delivery.response.answers[0].value else { panic!("not choices") };
        prop_assert_eq!(&choices.other, &other);
        let distinct = |list: &[Option<usize>]| list.iter().flatten().collect::<std::collections::BTreeSet<_>>().len();
        let most = ids.iter().chain(&labels).chain(&refs).flatten().collect::<std::collections::BTreeSet<_>>().len();
        let selected: std::collections::BTreeSet<_> = choices.selected.iter().map(|choice| choice.id.clone()).collect();
        prop_assert!(selected.len() <= most);
        prop_assert!(selected.len() >= [distinct(&ids), distinct(&labels), distinct(&refs)].into_iter().max().unwrap());
        prop_assert_eq!(selected.len(), choices.selected.len());
        for choice in &choices.selected {
            let id = choice.id.as_deref().unwrap();
            prop_assert_eq!(choice.label.as_deref().unwrap(), format!("l{}", &id[1..]));
            prop_assert_eq!(choice.reference.as_deref().unwrap(), format!("r{}", &id[1..]));
        }
    }
}
