use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::CohortId;
use crate::ids::IdentityKey;
use crate::retention::date_in_copenhagen;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn request(kind: Kind, received_at: Timestamp) -> RightsRequest {
    let id = RightsRequestId::parse("rrq_1").unwrap();
    let student = StudentId::parse("stu_1").unwrap();
    let operator = ContactId::parse("operator").unwrap();
    RightsRequest::noted(id, kind, student, (received_at, Channel::Email), (operator, received_at))
}

fn refusal() -> Refusal {
    Refusal { ground: Ground::Unfounded, reason: "Because.".into() }
}

#[test]
fn d4_terms_are_48_hours_by_the_clock_and_30_days_by_the_calendar_in_copenhagen() {
    // Half past midnight on 1 March in Copenhagen; summer time begins on the 28th.
    let request = request(Kind::Access, at("2027-02-28T23:30:00Z"));
    let said = clock(&request, request.received_at);
    assert_eq!(said.acknowledge_by, at("2027-03-02T23:30:00Z"));
    assert_eq!(said.due_on, date(2027, 3, 31));
    assert_eq!(end_of(said.due_on), at("2027-03-31T22:00:00Z"), "the whole day counts");
    assert_eq!(latest_extension(request.received_at), date(2027, 5, 30));
}

#[test]
fn d4_the_clock_tells_of_a_late_acknowledgement_of_two_reminders_and_of_the_end() {
    let received = request(Kind::Erasure, at("2027-03-01T09:00:00Z"));
    let alert = |request: &RightsRequest, now: &str| clock(request, at(now)).alert;
    assert_eq!(alert(&received, "2027-03-03T08:59:59Z"), None);
    assert_eq!(alert(&received, "2027-03-03T09:00:00Z"), Some(Alert::Unacknowledged));
    let known = received.acknowledge("n".into(), at("2027-03-02T09:00:00Z")).unwrap();
    assert_eq!(alert(&known, "2027-03-03T09:00:00Z"), None);
    assert_eq!(alert(&known, "2027-03-23T22:59:59Z"), None);
    assert_eq!(alert(&known, "2027-03-23T23:00:00Z"), Some(Alert::DueSoon(7)));
    assert_eq!(alert(&known, "2027-03-28T22:00:00Z"), Some(Alert::DueSoon(2)));
    assert_eq!(alert(&known, "2027-03-31T21:59:59Z"), Some(Alert::DueSoon(2)));
    assert_eq!(alert(&known, "2027-03-31T22:00:00Z"), Some(Alert::Overdue));
    let refused = known.refuse(refusal(), at("2027-03-31T21:00:00Z")).unwrap();
    assert_eq!(clock(&refused, at("2027-06-01T00:00:00Z")).next, None);
    assert_eq!(alert(&refused, "2027-06-01T00:00:00Z"), None);
}

#[test]
fn d4_an_extension_comes_once_in_time_and_not_past_90_days() {
    let request = request(Kind::Access, at("2027-03-01T09:00:00Z"));
    let extend = |request: &RightsRequest, until, now: &str| {
        request.clone().extend(until, "Many stores.".into(), at(now))
    };
    let now = "2027-03-20T09:00:00Z";
    assert_eq!(extend(&request, date(2027, 3, 31), now), Err(Refused::Day), "no longer at all");
    assert_eq!(extend(&request, date(2027, 5, 31), now), Err(Refused::Day));
    let late = "2027-03-31T22:00:00Z";
    assert_eq!(extend(&request, date(2027, 5, 30), late), Err(Refused::TooLate));
    let longer = extend(&request, date(2027, 5, 30), "2027-03-31T21:59:59Z").unwrap();
    assert_eq!(longer.due_on(), date(2027, 5, 30));
    assert_eq!(extend(&longer, date(2027, 5, 29), now), Err(Refused::ExtendedBefore));
}

#[test]
fn d4_nothing_is_fulfilled_before_it_is_confirmed_but_a_restriction() {
    for kind in Kind::ALL {
        let now = at("2027-03-01T09:00:00Z");
        let received = request(kind, now);
        let known = received.clone().acknowledge("n".into(), now).unwrap();
        for early in [received, known.clone()] {
            let outcome = early.fulfil(now);
            if kind == Kind::Restriction {
                assert_eq!(outcome.unwrap().status, Status::Fulfilled);
            } else {
                assert_eq!(outcome, Err(Refused::NotConfirmed), "{kind:?}");
            }
        }
        let confirmed = known.confirm(now).unwrap();
        assert_eq!(confirmed.fulfil(now).unwrap().status, Status::Fulfilled);
    }
}

#[test]
fn d4_a_link_serves_once_and_for_seven_days_and_a_new_one_replaces_it() {
    let now = at("2027-03-01T09:00:00Z");
    let known = request(Kind::Access, now).acknowledge("first".into(), now).unwrap();
    let last = at("2027-03-08T08:59:59Z");
    assert_eq!(known.clone().confirm(at("2027-03-08T09:00:00Z")), Err(Refused::TooLate));
    let confirmed = known.clone().confirm(last).unwrap();
    assert_eq!(confirmed.clone().confirm(last), Err(Refused::State(Status::Confirmed)));
    assert_eq!(
        confirmed.renew_link("again".into(), last),
        Err(Refused::State(Status::Confirmed)),
        "nothing is left to confirm"
    );
    let renewed = known.renew_link("second".into(), last).unwrap();
    let link = renewed.link.unwrap();
    assert_eq!((link.nonce.as_str(), link.number), ("second", 2));
    assert_eq!(link.expires_at, after_days(last, 7));
}

#[test]
fn d4_what_the_student_reads_and_nonces_stay_out_of_debug() {
    let now = at("2027-03-01T09:00:00Z");
    let known = request(Kind::Access, now).acknowledge("n0nce".into(), now).unwrap();
    let known = known.extend(date(2027, 5, 1), "Ane's answers".into(), now).unwrap();
    let known = known
        .refuse(Refusal { ground: Ground::Exception, reason: "Ane asked".into() }, now)
        .unwrap();
    let debug = format!("{known:?}");
    assert!(!debug.contains("Ane") && !debug.contains("n0nce"), "{debug}");
}

#[test]
fn d4_a_token_serves_one_request_one_link_and_one_purpose_and_needs_the_key() {
    let key = IdentityKey::new(*b"0123456789abcdef0123456789abcdef");
    let other = IdentityKey::new(*b"another key of thirty-two bytes!");
    let (cohort, request) =
        (CohortId::parse("coh_1").unwrap(), RightsRequestId::parse("rrq_1").unwrap());
    let another = RightsRequestId::parse("rrq_2").unwrap();
    let it = token(&key, &cohort, &request, Purpose::Confirm, "n");
    assert!(same_token(&it, &token(&key, &cohort, &request, Purpose::Confirm, "n")));
    for wrong in [
        token(&other, &cohort, &request, Purpose::Confirm, "n"),
        token(&key, &cohort, &another, Purpose::Confirm, "n"),
        token(&key, &cohort, &request, Purpose::Download, "n"),
        token(&key, &cohort, &request, Purpose::Confirm, "m"),
        it[..63].to_owned(),
        String::new(),
    ] {
        assert!(!same_token(&it, &wrong));
    }
}

/// What may happen to a request.
#[derive(Debug, Clone, Copy)]
enum Event {
    Acknowledge,
    Renew,
    Confirm,
    Extend,
    Refuse,
    Fulfil,
    Lift,
}

fn apply(request: RightsRequest, event: Event, now: Timestamp) -> Result<RightsRequest, Refused> {
    let until = latest_extension(request.received_at);
    match event {
        Event::Acknowledge => request.acknowledge("n".into(), now),
        Event::Renew => request.renew_link("m".into(), now),
        Event::Confirm => request.confirm(now),
        Event::Extend => request.extend(until, "Reason.".into(), now),
        Event::Refuse => request.refuse(refusal(), now),
        Event::Fulfil => request.fulfil(now),
        Event::Lift => request.lift(now),
    }
}

fn events() -> impl Strategy<Value = Vec<(Event, i64)>> {
    use Event::{Acknowledge, Confirm, Extend, Fulfil, Lift, Refuse, Renew};
    let all = [Acknowledge, Renew, Confirm, Extend, Refuse, Fulfil, Lift];
    let one = (proptest::sample::select(all.to_vec()), 0i64..200);
    proptest::collection::vec(one, 0..14)
}

proptest! {
    #[test]
    fn d4_whatever_happens_in_whatever_order_the_rules_hold(
        kind in proptest::sample::select(Kind::ALL.to_vec()),
        start in 1_700_000_000i64..2_000_000_000,
        events in events(),
    ) {
        let received = Timestamp::from_second(start).unwrap();
        let mut now = received;
        let mut is = request(kind, received);
        for (event, hours) in events {
            now = now.checked_add(SignedDuration::from_hours(hours)).unwrap();
            let was = is.clone();
            let Ok(next) = apply(was.clone(), event, now) else { continue };
            is = next;
            prop_assert_eq!(is.version, was.version + 1, "each change counts");
            let lifted = (was.status, is.status) == (Status::Fulfilled, Status::Lifted);
            let stays = is.status == was.status || lifted;
            prop_assert!(was.status.is_open() || stays, "what ended stays as it ended");
            prop_assert!(is.status != Status::Refused || is.refusal.is_some());
            prop_assert!(
                is.status != Status::Fulfilled || is.confirmed_at.is_some() || kind.protects()
            );
            prop_assert!(is.confirmed_at.is_none() || is.acknowledged_at.is_some());
            prop_assert!(is.due_on() <= latest_extension(received));
            prop_assert!(was.longer.is_none() || was.longer == is.longer, "once");
            prop_assert_eq!(clock(&is, now).next.is_some(), is.status.is_open());
        }
    }

    #[test]
    fn d4_the_end_of_a_day_is_the_first_instant_of_the_next(
        start in 1_700_000_000i64..2_000_000_000,
    ) {
        let due = regular_due_on(Timestamp::from_second(start).unwrap());
        let end = end_of(due);
        let before = end.checked_sub(SignedDuration::from_secs(1)).unwrap();
        prop_assert_eq!(date_in_copenhagen(before), due);
        prop_assert!(date_in_copenhagen(end) > due);
    }
}
