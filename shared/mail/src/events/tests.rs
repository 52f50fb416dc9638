use serde_json::{Value, json};

use super::*;

/// A record as SES writes it, with our tags beside SES's own.
fn ses(event_type: &str, name: &str, part: &Value) -> Value {
    json!({
        "eventType": event_type,
        "mail": {
            "timestamp": "2026-09-07T08:00:00.012Z",
            "source": "Example University via UniHelper <groups@example.dk>",
            "sendingAccountId": "123456789012",
            "messageId": "0110018f0example-1111-000000",
            "destination": ["ane@example.dk"],
            "headersTruncated": false,
            "headers": [{"name": "Subject", "value": "Your study group"}],
            "commonHeaders": {"to": ["ane@example.dk"], "subject": "Your study group"},
            "tags": {
                "ses:configuration-set": ["unihelper"],
                "ses:from-domain": ["example.dk"],
                "institution": ["ins_1"],
                "cohort": ["coh_1"],
                "message": ["msg_1"],
            },
        },
        name: part,
    })
}

fn ours(body: &str) -> MailEvent {
    match parse(body) {
        Ok(Notification::Ours(event)) => event,
        other => panic!("{other:?}"),
    }
}

#[test]
fn m5_every_kind_of_event_is_read() {
    let at = "2026-09-07T08:00:05.500Z";
    let bounce = |kind: &str| {
        json!({"bounceType": kind, "bounceSubType": "General", "timestamp": at,
            "bouncedRecipients": [{"emailAddress": "ane@example.dk", "status": "5.1.1"}]})
    };
    let cases = [
        ("Send", "send", json!({}), EventKind::Send),
        ("Delivery", "delivery", json!({"timestamp": at}), EventKind::Delivery),
        ("Bounce", "bounce", bounce("Permanent"), EventKind::Bounce { permanent: true }),
        ("Bounce", "bounce", bounce("Transient"), EventKind::Bounce { permanent: false }),
        ("Bounce", "bounce", bounce("Undetermined"), EventKind::Bounce { permanent: false }),
        (
            "Complaint",
            "complaint",
            json!({"complaintFeedbackType": "abuse", "timestamp": at}),
            EventKind::Complaint,
        ),
        (
            "Complaint",
            "complaint",
            json!({"complaintSubType": null, "timestamp": at}),
            EventKind::Complaint,
        ),
        (
            "Complaint",
            "complaint",
            json!({"complaintFeedbackType": "not-spam", "timestamp": at}),
            EventKind::Other("Complaint not-spam".into()),
        ),
        ("Reject", "reject", json!({"reason": "Bad content"}), EventKind::Reject),
        (
            "DeliveryDelay",
            "deliveryDelay",
            json!({"delayType": "MailboxFull", "timestamp": at}),
            EventKind::DeliveryDelay,
        ),
        ("Rendering Failure", "failure", json!({}), EventKind::RenderingFailure),
        ("Open", "open", json!({"timestamp": at}), EventKind::Other("Open".into())),
    ];
    for (event_type, name, part, expected) in cases {
        let event = ours(&ses(event_type, name, &part).to_string());
        assert_eq!(event.kind, expected, "{event_type}");
        assert_eq!(event.ses_id, "0110018f0example-1111-000000");
        let own_time = part.get("timestamp").is_some() && event_type != "Open";
        let time = if own_time { at } else { "2026-09-07T08:00:00.012Z" };
        assert_eq!(event.at, time.parse().unwrap(), "{event_type}");
        assert_eq!(event.tags.institution.as_str(), "ins_1");
        assert_eq!(event.tags.cohort.unwrap().as_str(), "coh_1");
        assert_eq!(event.tags.message.as_str(), "msg_1");
    }
}

#[test]
fn m5_the_envelope_of_sns_is_opened() {
    let record = ses("Send", "send", &json!({})).to_string();
    let envelope = json!({
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": "arn:aws:sns:eu-north-1:123456789012:mail-events",
        "Subject": "Amazon SES Email Event Notification",
        "Message": record,
        "Timestamp": "2026-09-07T08:00:01.000Z",
    });
    assert_eq!(ours(&envelope.to_string()), ours(&record));
}

#[test]
fn m5_events_of_other_peoples_mails_are_foreign() {
    let mut untagged = ses("Delivery", "delivery", &json!({}));
    untagged["mail"]["tags"] = json!({"ses:configuration-set": ["unihelper"]});
    let mut tagless = ses("Delivery", "delivery", &json!({}));
    tagless["mail"].as_object_mut().unwrap().remove("tags");
    let mut other_ids = ses("Delivery", "delivery", &json!({}));
    other_ids["mail"]["tags"]["cohort"] = json!(["autumn campaign"]);
    let mut two_values = ses("Delivery", "delivery", &json!({}));
    two_values["mail"]["tags"]["message"] = json!(["msg_1", "msg_2"]);
    for body in [untagged, tagless, other_ids, two_values] {
        assert_eq!(parse(&body.to_string()), Ok(Notification::Foreign), "{body}");
    }
    let trial = "Successfully validated SNS topic for Amazon SES event publishing.";
    assert_eq!(parse(trial), Ok(Notification::Foreign));
    assert_eq!(parse(&json!({ "Message": trial }).to_string()), Ok(Notification::Foreign));
}

#[test]
fn m5_an_event_of_a_mail_to_an_institution_has_no_cohort() {
    let mut body = ses("Delivery", "delivery", &json!({}));
    body["mail"]["tags"].as_object_mut().unwrap().remove("cohort");
    assert_eq!(ours(&body.to_string()).tags.cohort, None);
    let with = ours(&ses("Delivery", "delivery", &json!({})).to_string());
    assert_eq!(with.tags.cohort.unwrap().as_str(), "coh_1");
}

#[test]
fn d10_an_error_repeats_nothing_of_the_body() {
    let mut no_time = ses("Delivery", "delivery", &json!({}));
    no_time["mail"]["timestamp"] = json!("ane@example.dk");
    let mut no_bounce = ses("Bounce", "delivery", &json!({}));
    no_bounce["mail"]["destination"] = json!(["ane@example.dk"]);
    let bodies = [
        ("ane@example.dk".to_owned(), EventError::NotJson),
        (String::new(), EventError::NotJson),
        ("\"ane@example.dk\"".to_owned(), EventError::Shape("Message")),
        ("{}".to_owned(), EventError::Shape("eventType or mail")),
        (json!({"Message": "ane@example.dk"}).to_string(), EventError::NotJson),
        (no_time.to_string(), EventError::Shape("eventType or mail")),
        (no_bounce.to_string(), EventError::Shape("bounce")),
    ];
    for (body, expected) in bodies {
        let error = parse(&body).unwrap_err();
        assert_eq!(error, expected, "{body}");
        assert!(!error.to_string().contains("ane"), "{error}");
    }
}
