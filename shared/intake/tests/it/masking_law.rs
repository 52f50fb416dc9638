//! What masking does to any payload: a CPR number is gone however and wherever it was written, and a
//! payload without one stays what it was.

use intake::{mask_body, mask_json};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::form::{answer, bytes, payload, settings};

/// A place for a text: a path below the event, `-` for a new item of a list.
const PLACES: [&str; 14] = [
    "form_response/hidden/x",
    "form_response/hidden/user_id",
    "form_response/variables/-/text",
    "form_response/unheard_of/-/id",
    "form_response/definition/title",
    "form_response/definition/fields/-/properties/description",
    "form_response/ending/title",
    "form_response/response_url",
    "form_response/answers/-/text",
    "form_response/answers/-/phone_number",
    "form_response/answers/-/email",
    "form_response/answers/-/choice/other",
    "form_response/answers/-/choices/labels/-",
    "outside/-/-/deep",
];

fn put(event: &mut Value, path: &str, text: Value) {
    let mut at = event;
    for name in path.split('/') {
        at = if name == "-" {
            if !at.is_array() {
                *at = json!([]);
            }
            let list = at.as_array_mut().unwrap();
            list.push(Value::Null);
            list.last_mut().unwrap()
        } else {
            if !at.is_object() {
                *at = json!({});
            }
            at.as_object_mut().unwrap().entry(name).or_insert(Value::Null)
        };
    }
    *at = text;
}

fn event() -> Value {
    payload("tok1", "2026-11-19T08:20:00Z", &[])
}

/// The digits as one of several scripts writes them.
fn in_script(digits: &str, zero: char) -> String {
    let digit = |c: char| char::from_u32(u32::from(zero) + c.to_digit(10)?);
    digits.chars().filter_map(digit).collect()
}

prop_compose! {
    /// A valid number and a way to write it.
    fn rendering()(
        day in 1u32..=28,
        replacement in any::<bool>(),
        month in 1u32..=12,
        year in 1900u32..=2057,
        long in any::<bool>(),
        serial in 1000u32..=9999,
        in_date in prop::sample::select(vec!["", "", " ", ".", "-", "/", "\u{202f}", "\u{2011}"]),
        gap in "[-_./ \\t\\n\u{2010}-\u{2015}\u{2212}\u{202f}\u{a0}\u{3000}\u{ff0d}\u{200b}]{0,4}|%20|%2D|\\+",
        zero in prop::sample::select(vec!['0', '０', '٠', '𝟎']),
    ) -> (String, String) {
        let day = if replacement { day + 60 } else { day };
        let year = if long { format!("{year:04}") } else { format!("{:02}", year % 100) };
        let [day, month, year, serial] =
            [format!("{day:02}"), format!("{month:02}"), year, serial.to_string()]
                .map(|part| in_script(&part, zero));
        (format!("{day}{in_date}{month}{in_date}{year}{gap}{serial}"), serial)
    }
}

proptest! {
    #[test]
    fn q6_a_number_is_gone_however_and_wherever_it_is_written(
        (number, serial) in rendering(),
        place in prop::sample::select(PLACES.to_vec()),
        before in "|[a-zæøå:=(]{1,9}|[a-z]{1,5} |\\?q=",
        after in "|[ a-zæøå.,)]{1,9}",
        known in any::<bool>(),
    ) {
        let mut sent = event();
        put(&mut sent, place, json!(format!("{before}{number}{after}")));
        let settings = settings();
        let kept = mask_body(&bytes(&sent), known.then_some(&settings)).unwrap();
        prop_assert_eq!(kept.count, 1);
        let mut expected = event();
        put(&mut expected, place, json!(format!("{before}[CPR]{after}")));
        let kept: Value = serde_json::from_slice(&kept.bytes).unwrap();
        // A serial number such as 2026 may also be a year of the payload.
        let elsewhere = event().to_string().contains(&serial);
        prop_assert!(elsewhere || !kept.to_string().contains(&serial));
        prop_assert_eq!(kept, expected);
    }

    #[test]
    fn q6_a_payload_without_a_number_stays_what_it_was(
        texts in prop::collection::vec((prop::sample::select(PLACES.to_vec()), "([a-zæøå@.,/-]|[0-9]{1,5}[a-zæøå] ){0,12}"), 0..8),
        number in 0u64..100_000_000,
        known in any::<bool>(),
    ) {
        let mut sent = event();
        for (place, text) in &texts {
            put(&mut sent, place, json!(text));
        }
        put(&mut sent, "form_response/answers/-/number", json!(number));
        let body = serde_json::to_vec_pretty(&sent).unwrap();
        let settings = settings();
        let kept = mask_body(&body, known.then_some(&settings)).unwrap();
        prop_assert_eq!(kept.count, 0);
        prop_assert_eq!(serde_json::from_slice::<Value>(&kept.bytes).unwrap(), sent);
    }

    #[test]
    fn q6_masking_again_finds_nothing(texts in proptest::collection::vec("[0-9 a-z@.+%-]{0,16}|(0[1-9]|[12][0-9])(0[1-9]|1[0-2])[0-9]{2}-?[0-9]{4}", 0..6), number in any::<u64>()) {
        let mut answers: Vec<Value> = texts.iter().map(|text| answer("x", "text", json!(text))).collect();
        answers.push(answer("n", "number", json!(number)));
        let settings = settings();
        let mut sent = payload("tok1", "2026-11-19T08:20:00Z", &answers);
        mask_json(&mut sent, Some(&settings));
        let once = sent.clone();
        prop_assert_eq!(mask_json(&mut sent, Some(&settings)), 0);
        prop_assert_eq!(sent, once);
    }
}
