use serde_json::json;

use super::*;
use crate::mailing::{MailText, Texts};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn contact() -> ContactId {
    ContactId::parse("sub-1").unwrap()
}

fn draft() -> Mailing {
    let text = MailText { subject: "Introuge".into(), body: "Vi ses.".into() };
    let texts = Texts { da: Some(text), en: None };
    let id = "mlg_1".parse().unwrap();
    Mailing::draft(id, Audience::Cohort, texts, contact(), at("2026-11-20T10:00:00Z"))
}

fn plan() -> Plan {
    Plan {
        at: at("2026-12-01T07:00:00Z"),
        by: contact(),
        made_at: at("2026-11-27T13:20:00Z"),
        deadline: at("2026-12-15T11:00:00Z"),
    }
}

#[test]
fn m2_each_step_counts_a_version_and_only_what_is_planned_begins_or_is_missed() {
    let (then, draft) = (at("2026-12-01T07:00:30Z"), draft());
    let planned = draft.planned(plan());
    assert_eq!((planned.status, planned.version), (MailingStatus::Planned, 2));
    assert_eq!((draft.begun(then), draft.missed("archived", then)), (None, None));
    let begun = planned.begun(then).unwrap();
    assert_eq!((begun.status, begun.version, begun.runs), (MailingStatus::Sending, 3, 1));
    assert_eq!((begun.execution(), begun.begun(then)), ("mlg_1-1".to_owned(), None));
    let missed = planned.missed("archived", then).unwrap();
    assert_eq!((missed.status, missed.version, &missed.plan), (MailingStatus::Draft, 3, &None));
    // Whatever the contact does with it next, it says so no more.
    let texts = missed.texts.clone();
    assert_eq!(missed.changed(Audience::Cohort, texts, then).missed, None);
    assert_eq!(missed.planned(plan()).missed, None);
    assert_eq!(missed.confirmed(contact(), "key".into(), then).missed, None);
}

#[test]
fn m2_a_change_takes_the_plan_back_and_a_send_by_hand_overtakes_it() {
    let planned = draft().planned(plan());
    let then = at("2026-11-28T10:00:00Z");
    let changed = planned.changed(Audience::Cohort, planned.texts.clone(), then);
    assert_eq!((changed.status, &changed.plan), (MailingStatus::Draft, &None));
    assert_eq!(changed.version, 3);
    let sent = planned.confirmed(contact(), "key".into(), then);
    assert_eq!((sent.status, &sent.plan), (MailingStatus::Sending, &None));
    // One that went by itself and stopped keeps when it was to go, and who confirmed it first.
    let stopped = planned.begun(at("2026-12-01T07:00:30Z")).unwrap().stopped("internal", then);
    let other = ContactId::parse("sub-2").unwrap();
    let again = stopped.confirmed(other, "key".into(), then);
    assert_eq!((again.plan.is_some(), again.runs), (true, 2));
    assert_eq!(again.confirmed.unwrap().by, contact());
    let closed = stopped.closed(then);
    assert_eq!((closed.status, closed.version), (MailingStatus::Closed, stopped.version + 1));
    assert_eq!(closed.failure.as_deref(), Some("internal"));
}

#[test]
fn mailings_of_earlier_releases_are_read() {
    let mut stored = serde_json::to_value(draft()).unwrap();
    for name in ["plan", "missed"] {
        assert!(stored.get(name).is_none(), "what is not there is not written");
    }
    stored["status"] = json!("stopped");
    let read: Mailing = serde_json::from_value(stored).unwrap();
    assert_eq!((read.plan, read.missed), (None, None));
}
