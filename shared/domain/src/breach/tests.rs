use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn operator() -> ContactId {
    ContactId::parse("operator-1").unwrap()
}

fn opened() -> Breach {
    let id = BreachId::parse("bre_1").unwrap();
    Breach::open(id, at("2026-11-28T10:00:00Z"), at("2026-11-28T11:00:00Z"), operator())
}

fn text(question: Question) -> String {
    if question == Question::ClosingDate { "2026-12-01".into() } else { question.as_str().into() }
}

fn all_answers() -> BTreeMap<Question, String> {
    Question::ALL.into_iter().map(|question| (question, text(question))).collect()
}

#[test]
fn d7_there_are_twelve_questions_in_the_order_of_annex_e() {
    let numbers: Vec<usize> = Question::ALL.into_iter().map(Question::number).collect();
    assert_eq!(numbers, (1..=12).collect::<Vec<usize>>());
    // When, found, nature, cause; data, people, how many; findings, consequences, remedies; then, closed.
    let annex = [
        "occurred",
        "found",
        "nature",
        "cause",
        "data_kind",
        "categories",
        "numbers",
        "findings",
        "consequences",
        "remedies",
        "follow_up",
        "closing_date",
    ];
    assert_eq!(Question::ALL.map(Question::as_str), annex);
    for question in Question::ALL {
        assert_eq!(serde_json::to_value(question).unwrap(), question.as_str());
    }
}

#[test]
fn d7_the_clock_runs_24_hours_from_awareness() {
    let mut breach = opened();
    assert_eq!(breach.notify_by(), at("2026-11-29T10:00:00Z"));
    for (now, clock) in [
        ("2026-11-28T21:59:59Z", Clock::Running),
        ("2026-11-28T22:00:00Z", Clock::Due),
        ("2026-11-29T10:00:00Z", Clock::Due),
        ("2026-11-29T10:00:01Z", Clock::Overdue),
    ] {
        assert_eq!(breach.clock(at(now)), clock, "{now}");
    }
    breach.answer(all_answers()).unwrap();
    breach.assess(Risk::Likely).unwrap();
    let mut late = breach.clone();
    breach.tell(at("2026-11-29T10:00:00Z"), operator()).unwrap();
    late.tell(at("2026-11-29T10:00:01Z"), operator()).unwrap();
    let much_later = at("2027-01-01T00:00:00Z");
    assert_eq!((breach.clock(much_later), late.clock(much_later)), (Clock::Met, Clock::Late));
}

#[test]
fn d7_daylight_saving_moves_no_clock() {
    let mut breach = opened();
    breach.aware_at = at("2026-10-24T22:30:00Z");
    assert_eq!(breach.notify_by().duration_since(breach.aware_at), SignedDuration::from_hours(24));
}

#[test]
fn d7_a_breach_goes_from_opened_to_assessed_to_notified_to_closed() {
    let now = at("2026-11-28T12:00:00Z");
    let mut breach = opened();
    assert_eq!(breach.assess(Risk::High), Err(Refused::NatureUnknown));
    assert_eq!(breach.tell(now, operator()), Err(Refused::NotAssessed));
    assert_eq!(breach.close(now), Err(Refused::NotNotified));
    breach.answer([(Question::Nature, "A key was lost".into())].into()).unwrap();
    breach.assess(Risk::High).unwrap();
    assert_eq!(breach.status, BreachStatus::Assessed);
    let first = breach.tell(now, operator()).unwrap();
    assert_eq!(breach.tell(now, operator()), Err(Refused::NothingNew), "one notice per state");
    let Err(Refused::Open(open)) = breach.close(now) else { panic!("it closed") };
    assert_eq!(open.len(), 11, "{open:?}");
    breach.answer(all_answers()).unwrap();
    assert_eq!(breach.status, BreachStatus::Notified, "more becomes known after the notice");
    let second = breach.tell(now, operator()).unwrap();
    assert_ne!(first, second, "each notice is a mail of its own");
    breach.close(now).unwrap();
    assert_eq!(breach.status, BreachStatus::Closed);
    assert_eq!(breach.answer(all_answers()), Err(Refused::Closed));
    assert_eq!(breach.assess(Risk::Unlikely), Err(Refused::Closed));
    assert_eq!(breach.tell(now, operator()), Err(Refused::Closed));
    assert_eq!(breach.close(now), Err(Refused::Closed));
}

#[test]
fn d7_answers_name_nobody() {
    let found =
        check(Question::Nature, " A list with 010190-1234 went to ane@example.dk. ").unwrap();
    assert_eq!((found.masked, found.names_an_address), (1, true));
    assert!(!found.text.contains("1234"), "{}", found.text);
    let plain = check(Question::Cause, "Two lines:\nboth fine").unwrap();
    assert_eq!((plain.masked, plain.names_an_address), (0, false));
    for bad in ["", "  ", "a\u{0}b", "a\tb"] {
        assert_eq!(check(Question::Nature, bad), None, "{bad:?}");
    }
    assert!(check(Question::Nature, &"x".repeat(LONGEST_ANSWER + 1)).is_none());
    for (date, fits) in [("2026-12-01", true), ("2026-13-01", false), ("soon", false)] {
        assert_eq!(check(Question::ClosingDate, date).is_some(), fits, "{date}");
    }
}

/// What an operator may do.
#[derive(Debug, Clone)]
enum Step {
    Answer(Vec<Question>),
    Assess,
    Tell,
    Close,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let questions = proptest::sample::subsequence(Question::ALL.to_vec(), 0..=12);
    let step = prop_oneof![
        questions.prop_map(Step::Answer),
        Just(Step::Assess),
        Just(Step::Tell),
        Just(Step::Close),
    ];
    proptest::collection::vec(step, 0..30)
}

proptest! {
    #[test]
    fn d7_whatever_is_tried_in_whatever_order_the_register_stays_true(steps in steps()) {
        let mut breach = opened();
        for (hour, step) in steps.into_iter().enumerate() {
            let before = breach.clone();
            let now = after(breach.opened_at, i64::try_from(hour).unwrap());
            let done = match step {
                Step::Answer(of) => breach.answer(of.into_iter().map(|q| (q, text(q))).collect()),
                Step::Assess => breach.assess(Risk::Likely),
                Step::Tell => breach.tell(now, operator()).map(drop),
                Step::Close => breach.close(now),
            };
            if done.is_err() {
                prop_assert_eq!(&breach, &before, "a refusal changes nothing");
            } else {
                prop_assert_eq!(breach.version, before.version + 1);
            }
            prop_assert!(breach.status >= before.status, "no way back");
            prop_assert!(before.answers.keys().all(|q| breach.answers.contains_key(q)));
            prop_assert!(breach.notices.starts_with(&before.notices), "what was told stays");
            let told = breach.status >= BreachStatus::Notified;
            prop_assert_eq!(told, !breach.notices.is_empty());
            prop_assert!(!told || breach.risk.is_some());
            if breach.status == BreachStatus::Closed {
                prop_assert!(breach.unanswered().is_empty() && breach.closed_at.is_some());
            }
        }
    }

    #[test]
    fn d7_the_24_hours_are_met_exactly_when_the_first_notice_is_in_time(aware in 0i64..4_000_000_000, later in 0i64..200_000) {
        let mut breach = opened();
        breach.aware_at = Timestamp::from_second(aware).unwrap();
        breach.answer(all_answers()).unwrap();
        breach.assess(Risk::Likely).unwrap();
        let told = Timestamp::from_second(aware + later).unwrap();
        let before = breach.clock(told);
        breach.tell(told, operator()).unwrap();
        prop_assert_eq!(breach.clock(told) == Clock::Met, later <= 24 * 3600);
        prop_assert_eq!(before == Clock::Overdue, later > 24 * 3600);
    }
}
