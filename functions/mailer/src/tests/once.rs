//! No mail twice (M4): claims, crashes, outcomes that nobody knows, rates and faults.

use super::*;

#[tokio::test]
async fn m4_an_accepted_mail_is_recorded_with_its_ses_id() {
    let world = World::new();
    deliver(&world, "msg_1").await.unwrap();
    let message = world.messages.borrow()["msg_1"].clone();
    assert_eq!(message.status, Accepted);
    assert_eq!(message.ses_id.as_deref(), Some("ses-1"));
    assert_eq!((message.attempts, message.lease_until), (1, None));
    assert!(delays(&world).is_empty());
}

#[tokio::test]
async fn m4_a_second_delivery_of_the_same_id_sends_nothing() {
    for status in [Accepted, Delivered, Bounced, Complained, Failed] {
        let world = World::new();
        world.edit("msg_1", |message| message.status = status);
        deliver(&world, "msg_1").await.unwrap();
        assert_eq!((sent(&world), world.status("msg_1")), (0, status));
        assert!(delays(&world).is_empty(), "{status:?} is the end of it");
    }
}

#[tokio::test]
async fn m4_two_deliveries_at_once_send_one_mail() {
    let world = World::new();
    let (one, two) = tokio::join!(deliver(&world, "msg_1"), deliver(&world, "msg_1"));
    one.unwrap();
    two.unwrap();
    assert_eq!((sent(&world), world.status("msg_1")), (1, Accepted));
}

#[tokio::test]
async fn m4_while_a_claim_holds_the_id_waits_for_the_lease() {
    let world = World::new();
    world.edit("msg_1", |message| {
        message.status = Claimed;
        message.lease_until = Some(now() + SignedDuration::from_secs(40));
    });
    deliver(&world, "msg_1").await.unwrap();
    assert_eq!((sent(&world), world.status("msg_1")), (0, Claimed));
    assert_eq!(delays(&world), [41]);
}

#[tokio::test]
async fn m4_a_crash_between_acceptance_and_record_sends_no_second_copy() {
    let world = World::new();
    // SES takes the mail; the write that records it fails, as if the process had died.
    *world.meanwhile.borrow_mut() = Some(Box::new(|world| world.broken_writes.set(1)));
    deliver(&world, "msg_1").await.unwrap_err();
    assert_eq!((sent(&world), world.status("msg_1")), (1, Claimed));
    // SQS delivers again after the lease: nobody knows, so events get their time.
    later(LEASE + SECOND);
    deliver(&world, "msg_1").await.unwrap();
    assert_eq!((sent(&world), world.status("msg_1")), (1, Unknown));
    assert_eq!(delays(&world), [900]);
    // An event settles it; the id that comes back finds nothing to do.
    world.edit("msg_1", |message| message.status = Accepted);
    later(SETTLE + SECOND);
    deliver(&world, "msg_1").await.unwrap();
    assert_eq!((sent(&world), world.status("msg_1")), (1, Accepted));
}

#[tokio::test]
async fn m4_an_unknown_outcome_waits_for_events_and_is_then_tried_again() {
    let world = World::new();
    answer(&world, SendOutcome::Unknown(Doubt::Timeout));
    deliver(&world, "msg_1").await.unwrap();
    assert_eq!((sent(&world), world.status("msg_1")), (1, Unknown));
    later(SETTLE - SignedDuration::from_secs(100));
    deliver(&world, "msg_1").await.unwrap();
    assert_eq!((sent(&world), world.status("msg_1")), (1, Unknown), "too early");
    assert_eq!(delays(&world), [900, 101]);
    later(SignedDuration::from_secs(101));
    deliver(&world, "msg_1").await.unwrap();
    assert_eq!((sent(&world), world.status("msg_1")), (2, Accepted));
    assert_eq!(world.messages.borrow()["msg_1"].attempts, 2);
}

#[tokio::test]
async fn m4_an_outcome_that_stays_unknown_is_left_at_that() {
    let world = World::new();
    for _ in 0..MOST_ATTEMPTS {
        answer(&world, SendOutcome::Unknown(Doubt::Server));
        deliver(&world, "msg_1").await.unwrap();
        later(SETTLE + SECOND);
    }
    deliver(&world, "msg_1").await.unwrap();
    assert_eq!(sent(&world), usize::try_from(MOST_ATTEMPTS).unwrap());
    assert_eq!(world.status("msg_1"), Failed);
    assert_eq!(world.messages.borrow()["msg_1"].failure.as_deref(), Some("outcome_unknown"));
}

#[tokio::test]
async fn m4_an_event_that_is_quicker_than_the_mailer_stands() {
    let world = World::new();
    *world.meanwhile.borrow_mut() =
        Some(Box::new(|world| world.edit("msg_1", |message| message.status = Delivered)));
    deliver(&world, "msg_1").await.unwrap();
    assert_eq!(world.status("msg_1"), Delivered);
    let world = World::new();
    answer(&world, SendOutcome::Unknown(Doubt::Timeout));
    *world.meanwhile.borrow_mut() =
        Some(Box::new(|world| world.edit("msg_1", |message| message.status = Accepted)));
    deliver(&world, "msg_1").await.unwrap();
    assert_eq!(world.status("msg_1"), Accepted);
    assert!(delays(&world).is_empty(), "nothing is left to wait for");
}

#[tokio::test]
async fn m4_above_the_rate_the_message_is_queued_again_and_comes_later() {
    for (why, delay) in [(NotSent::Rate, 11), (NotSent::Quota, 900)] {
        let world = World::new();
        answer(&world, SendOutcome::NotSent(why));
        deliver(&world, "msg_1").await.unwrap();
        assert_eq!((world.status("msg_1"), delays(&world)), (Queued, vec![delay]), "{why:?}");
        deliver(&world, "msg_1").await.unwrap();
        assert_eq!(world.status("msg_1"), Accepted);
    }
}

#[tokio::test]
async fn m4_faults_that_meet_every_mail_leave_the_message_queued_and_show() {
    let outcomes = [
        SendOutcome::NotSent(NotSent::Unreachable),
        SendOutcome::NotSent(NotSent::Denied),
        SendOutcome::Refused(Refusal::SendingPaused),
        SendOutcome::Refused(Refusal::AccountSuspended),
        SendOutcome::Refused(Refusal::MailFromDomainNotVerified),
        SendOutcome::Refused(Refusal::NotFound),
    ];
    for outcome in outcomes {
        let world = World::new();
        answer(&world, outcome.clone());
        let error = deliver(&world, "msg_1").await.unwrap_err();
        assert!(matches!(error, Error::NoPost(_)), "{error}");
        assert_eq!(world.status("msg_1"), Queued, "{outcome:?}");
        deliver(&world, "msg_1").await.unwrap();
        assert_eq!(world.status("msg_1"), Accepted, "after the repair");
    }
}
