use crate::student::Suppression;
use serde_json::json;

use super::MessageStatus::{Accepted, Bounced, Complained, Delivered, Unknown};
use super::*;

#[test]
fn m5_events_in_any_order_end_in_the_same_state() {
    let run = |events: &[super::MessageStatus]| {
        events.iter().fold(Unknown, |now, to| if now.may_become(*to) { *to } else { now })
    };
    assert_eq!(run(&[Accepted, Delivered, Complained]), Complained);
    assert_eq!(run(&[Complained, Accepted, Delivered]), Complained);
    assert_eq!(run(&[Delivered, Accepted]), Delivered);
    assert_eq!(run(&[Delivered, Bounced, Delivered]), Bounced);
}

fn abouts() -> Vec<About> {
    let read = |value| serde_json::from_value(value).unwrap();
    let place = json!({
        "student": "stu_1", "formation": "for_1", "section": "A", "group": 3,
        "request": "rrq_1", "step": "received", "breach": "bre_1", "number": 1, "notice": "spn_1",
        "erasure": "era_1", "mailing": "mlg_1", "contact": "sub-1", "trial_of": "mlg_1", "asked": "a",
        "day": "2026-09-10T00:00:00Z",
    });
    let of = |kind: &str, change: (&str, &str)| {
        let mut value = place.clone();
        value["kind"] = kind.into();
        value[change.0] = change.1.into();
        read(value)
    };
    vec![
        of("group", ("student", "stu_1")),
        of("group", ("student", "stu_2")),
        of("group", ("formation", "for_2")),
        of("group_changed", ("erasure", "era_1")),
        of("group_changed", ("erasure", "era_2")),
        of("rights", ("step", "received")),
        of("rights", ("step", "verified")),
        of("rights", ("step", "extended")),
        of("rights", ("step", "done")),
        of("rights", ("step", "refused")),
        of("rights", ("request", "rrq_2")),
        of("mailing", ("student", "stu_1")),
        of("mailing", ("student", "stu_2")),
        of("mailing", ("mailing", "mlg_2")),
        of("reminder", ("student", "stu_1")),
        of("reminder", ("student", "stu_2")),
        of("reminder", ("mailing", "mlg_2")),
        of("evaluation", ("student", "stu_1")),
        of("evaluation", ("student", "stu_2")),
        of("evaluation", ("mailing", "mlg_2")),
        of("trial", ("asked", "a")),
        of("trial", ("asked", "b")),
        of("breach", ("breach", "bre_1")),
        of("breach", ("breach", "bre_2")),
        of("subprocessor", ("notice", "spn_1")),
        of("subprocessor", ("notice", "spn_2")),
        of("page", ("student", "stu_1")),
        of("page", ("student", "stu_2")),
        of("page", ("day", "2026-09-11T00:00:00Z")),
    ]
}

#[test]
fn m4_each_mail_has_an_id_of_its_own_and_the_same_each_time() {
    let ids: std::collections::BTreeSet<MessageId> = abouts().iter().map(MessageId::of).collect();
    assert_eq!(ids.len(), abouts().len());
    assert!(abouts().iter().all(|about| ids.contains(&MessageId::of(about))));
    // Ids of mails that were recorded by earlier releases.
    assert_eq!(MessageId::of(&abouts()[0]).as_str(), "msg_108c5a83437e142f487c678158fbfe10");
}

#[test]
fn m3_a_record_names_its_kind_beside_the_ids() {
    for about in abouts() {
        let message = Message::queued(about, Timestamp::UNIX_EPOCH);
        let value = serde_json::to_value(&message).unwrap();
        let kind = serde_json::to_value(message.about.kind()).unwrap();
        assert_eq!(value["kind"], kind);
        assert_eq!(value["status"], "queued");
        assert_eq!(serde_json::from_value::<Message>(value).unwrap(), message);
    }
    let value =
        serde_json::to_value(Message::queued(abouts().swap_remove(0), Timestamp::UNIX_EPOCH));
    let expected = json!({
        "id": MessageId::of(&abouts()[0]), "kind": "group", "student": "stu_1",
        "formation": "for_1", "section": "A", "group": 3, "status": "queued",
        "status_at": "1970-01-01T00:00:00Z", "attempts": 0,
    });
    assert_eq!(value.unwrap(), expected);
}

#[test]
fn d10_a_reference_without_a_cohort_names_none() {
    let text = r#"{"institution":"ins_1","message":"msg_1"}"#;
    let reference: MessageRef = serde_json::from_str(text).unwrap();
    assert_eq!(reference.cohort, None);
    assert_eq!(serde_json::to_string(&reference).unwrap(), text);
}

#[test]
fn d4_an_answer_to_a_request_is_owed_to_whoever_complained_of_other_mail() {
    for about in abouts() {
        let rights = matches!(about.kind(), MessageKind::Rights | MessageKind::Page);
        assert!(!about.goes_in_spite_of(Suppression::Bounced));
        assert_eq!(about.goes_in_spite_of(Suppression::Complained), rights);
    }
}

#[test]
fn m4_sending_once_more_is_one_message_and_the_third_follows_from_the_second() {
    let first = Message::queued(abouts().swap_remove(0), Timestamp::UNIX_EPOCH);
    let second = first.once_more(Timestamp::UNIX_EPOCH);
    assert_eq!(second, first.once_more(Timestamp::UNIX_EPOCH));
    assert_eq!((second.about.clone(), second.again), (first.about.clone(), 1));
    let third = second.once_more(Timestamp::UNIX_EPOCH);
    assert_eq!(third.again, 2);
    let ids = std::collections::BTreeSet::from([&first.id, &second.id, &third.id]);
    assert_eq!(ids.len(), 3);
}
