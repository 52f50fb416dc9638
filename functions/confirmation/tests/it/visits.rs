//! D4: who opens a student's page, once, and for how long.

use jiff::Timestamp;
use serde_json::json;

use crate::memory::When;
use crate::visitor::{MAIL, Visitor, form_of, token, token_to, until};
use crate::world::{APP, now, scope};

fn late() -> Timestamp {
    until()
}

fn soon() -> Timestamp {
    "2026-09-10T12:29:59Z".parse().unwrap()
}

fn over() -> Timestamp {
    "2026-09-10T12:30:00Z".parse().unwrap()
}

#[tokio::test]
async fn d4_opening_the_link_to_the_page_changes_nothing_and_the_button_opens_it_once() {
    let visitor = Visitor::new();
    let before = visitor.world.tables.plain(APP);
    for method in ["GET", "HEAD", "GET"] {
        let door = visitor.link(method, &token(), "").await;
        assert_eq!((door.status_code, door.cookies.len()), (200, 0));
        assert!(!door.body.contains("Freja") && !door.body.contains("Jonas"));
    }
    assert_eq!(
        visitor.world.tables.plain(APP),
        before,
        "programs that look for harmful mail open links"
    );
    assert!(visitor.trail().is_empty());

    let opened = visitor.link("POST", &token(), "do=open").await;
    assert_eq!(opened.status_code, 303);
    let place = format!("/student/{}/{}/{MAIL}", scope().institution, scope().cohort);
    assert_eq!(opened.headers["location"], place);
    let cookie = &opened.cookies[0];
    assert!(cookie.starts_with("__Host-student="), "{cookie}");
    for part in ["; Path=/;", "; Secure", "; HttpOnly", "; SameSite=Strict", "; Max-Age=1800"] {
        assert!(cookie.contains(part), "{part}");
    }
    assert!(!cookie.contains("Domain"));
    assert_eq!(visitor.actions(), ["student.open"]);
    assert_eq!(visitor.trail()[0]["actor"]["student"], "stu_1");
    assert_eq!(visitor.looks("").await.status_code, 200);

    // Another browser with the same link sees nothing.
    *visitor.cookie.borrow_mut() = None;
    for (method, body) in [("POST", "do=open"), ("GET", ""), ("POST", "")] {
        let again = visitor.link(method, &token(), body).await;
        assert_eq!((again.status_code, again.cookies.len()), (410, 0), "{method} {body}");
        assert!(!again.body.contains("Freja"));
    }
    assert_eq!(visitor.looks("").await.status_code, 410);
}

#[tokio::test]
async fn d4_whatever_link_cannot_be_used_leads_to_one_page_that_tells_nothing() {
    let used = Visitor::new();
    used.mail(
        &json!({ "opened_at": "2026-09-10T11:00:00Z", "open_until": "2026-09-10T11:30:00Z" }),
    );
    let closed = used.link("GET", &token(), "").await;
    assert_eq!(closed.status_code, 410);

    let old = Visitor::new();
    old.clock.set(late);
    let wrong = Visitor::new();
    let gone = Visitor::new();
    gone.world.put(
        &keys::student(&scope(), &"stu_1".parse().unwrap()),
        &json!({
            "id": "stu_1", "name": "Freja", "email": "freja@example.edu", "section": "a", "response": "t",
            "submitted_at": "2026-09-01T07:31:05Z", "erasure": "era_1",
        }),
    );
    let past = Visitor::with(&json!({ "delete_on": "2026-09-10" }));
    let other = Visitor::new();
    other.mail(&json!({ "kind": "mailing", "mailing": "mlg_1" }));
    let foreign = format!("{}0", token());
    for (visitor, token) in [
        (&old, token()),
        (&wrong, foreign),
        (&wrong, "x".to_owned()),
        (&gone, token()),
        (&past, token()),
        (&other, token()),
    ] {
        for (method, body) in [("GET", ""), ("POST", "do=open")] {
            let answer = visitor.link(method, &token, body).await;
            assert_eq!(answer, closed, "{method}");
        }
        assert_eq!(visitor.message().await.opened_at, None);
        assert!(visitor.trail().is_empty());
    }
}

#[tokio::test]
async fn d4_the_page_stays_open_for_half_an_hour_and_for_the_browser_that_opened_it() {
    let visitor = Visitor::new();
    visitor.enters().await;
    visitor.clock.set(soon);
    assert_eq!(visitor.looks("").await.status_code, 200);
    visitor.clock.set(over);
    let closed = visitor.looks("").await;
    assert_eq!(closed.status_code, 410);
    assert!(!closed.body.contains("Freja"));
    visitor.clock.set(now);
    let unprefixed = visitor.cookie.borrow().as_ref().map(|it| it.replace("__Host-", ""));
    for cookie in [
        None,
        Some("__Host-student=".to_owned()),
        Some(format!("__Host-student={}", "0".repeat(64))),
        unprefixed,
    ] {
        let other = Visitor::new();
        other.enters().await;
        *other.cookie.borrow_mut() = cookie.clone();
        assert_eq!(other.looks("").await, closed, "{cookie:?}");
    }
}

#[tokio::test]
async fn d4_closing_the_page_ends_it_for_whoever_has_the_cookie() {
    let visitor = Visitor::new();
    visitor.enters().await;
    let page = visitor.looks("lang=en").await;
    let kept = visitor.cookie.borrow().clone();
    let left = visitor.posts(&form_of(&page.body, "close")).await;
    assert_eq!(left.status_code, 200);
    assert!(left.cookies[0].contains("__Host-student=; Path=/; Max-Age=0"));
    *visitor.cookie.borrow_mut() = kept;
    assert_eq!(visitor.looks("").await.status_code, 410);
}

#[tokio::test]
async fn d4_the_link_in_a_mail_about_a_group_mails_the_student_a_link_and_opens_nothing() {
    for kind in ["group", "group_changed"] {
        let visitor = Visitor::new();
        visitor.mail(&json!({ "kind": kind }));
        let door = visitor.link("GET", &token(), "").await;
        assert_eq!(door.status_code, 200);
        assert!(door.body.contains("Send mig et link") && !door.body.contains("value=\"open\""));
        let opened = visitor.link("POST", &token(), "do=open").await;
        assert_eq!((&opened, opened.cookies.len()), (&door, 0), "{kind}");
        assert_eq!(visitor.message().await.opened_at, None);
        assert!(visitor.trail().is_empty());
        visitor.clock.set(late);
        assert_eq!(visitor.link("GET", &token(), "").await, door, "however old it is");
        visitor.link("POST", &token(), "do=renew").await;
        assert_eq!((visitor.letters(), visitor.actions()), (1, vec!["student.link".to_owned()]));
    }
}

#[tokio::test]
async fn d4_a_link_that_went_to_a_former_address_opens_nothing_and_mails_the_one_that_counts() {
    let visitor = Visitor::new();
    visitor.enters().await;
    let page = visitor.looks("do=erasure").await.body;
    let form = form_of(&page, "erasure");
    let mut student = visitor.student().await;
    student.reach_at(domain::Email::parse("freja@example.org").unwrap());
    let key = keys::student(&scope(), &student.id);
    visitor.world.put(&key, &student);
    // The stranger's browser had the page open.
    assert_eq!(visitor.looks("").await.status_code, 410);
    assert_eq!(visitor.posts(&form).await.status_code, 410);
    assert!(visitor.requests().await.is_empty());
    // A link in the stranger's mailbox that nobody used.
    for kind in ["page", "group"] {
        visitor.mail(&json!({ "kind": kind }));
        for (method, body) in [("GET", ""), ("POST", "do=open")] {
            let answer = visitor.link(method, &token(), body).await;
            assert_eq!((answer.status_code, answer.cookies.len()), (410, 0), "{kind} {method}");
        }
    }
    assert_eq!(visitor.message().await.opened_at, None);
    visitor.link("POST", &token(), "do=renew").await;
    assert_eq!(visitor.letters(), 1);
    visitor.mail(&json!({}));
    let opened = visitor.link("POST", &token_to("Freja@example.org"), "do=open").await;
    assert_eq!(opened.status_code, 303);
    // An address that never was the student's does not even mail.
    let stranger = Visitor::new();
    stranger.link("POST", &token_to("else@example.edu"), "do=renew").await;
    assert_eq!(stranger.letters(), 0);
}

#[tokio::test]
async fn d4_whoever_used_or_lost_a_link_gets_another_within_the_hour_up_to_a_few_a_day() {
    let visitor = Visitor::new();
    visitor.mail(&json!({ "kind": "group" }));
    let place = store::MessagePlace::from(&scope());
    let newest = |visitor: &Visitor| -> domain::MessageId {
        let queued = visitor.world.queued.lock().unwrap();
        queued.last().unwrap()["message"].as_str().unwrap().parse().unwrap()
    };
    for sent in 1..=domain::student_page::LINKS_A_DAY {
        for _ in 0..2 {
            visitor.link("POST", &token(), "do=renew").await;
            assert_eq!(
                visitor.letters(),
                usize::try_from(sent).unwrap(),
                "one that serves is enough"
            );
        }
        let id = newest(&visitor);
        let visit = domain::student_page::Visit::begun(now());
        assert!(visitor.store().open_page(&place, &id, visit).await.unwrap());
    }
    visitor.link("POST", &token(), "do=renew").await;
    let most = usize::try_from(domain::student_page::LINKS_A_DAY).unwrap();
    assert_eq!(visitor.letters(), most);
    // The trail, which nothing is taken out of, has an entry for each mail and none for each press.
    assert_eq!(visitor.actions(), vec!["student.link".to_owned(); most]);
    visitor.clock.set(|| "2026-09-11T00:00:00Z".parse().unwrap());
    visitor.link("POST", &token(), "do=renew").await;
    assert_eq!(visitor.letters(), most + 1);
}

#[tokio::test]
async fn d4_another_link_goes_to_the_students_own_mailbox_at_most_once_an_hour() {
    let visitor = Visitor::new();
    visitor.enters().await;
    let mut answers = Vec::new();
    for _ in 0..3 {
        answers.push(visitor.link("POST", &token(), "do=renew").await);
    }
    assert_eq!(visitor.letters(), 1, "one an hour");
    let queued = visitor.world.queued.lock().unwrap()[0].clone();
    assert_eq!(queued["cohort"], scope().cohort.as_str());
    let id = queued["message"].as_str().unwrap().parse().unwrap();
    let message = visitor.store().message(&(&scope()).into(), &id).await.unwrap().unwrap();
    assert_eq!(message.about.student().unwrap().as_str(), "stu_1");
    visitor.clock.set(|| "2026-09-10T13:00:00Z".parse().unwrap());
    visitor.link("POST", &token(), "do=renew").await;
    assert_eq!(visitor.letters(), 2);
    // An old link of ours does it too; what is none of ours does nothing and says the same.
    visitor.clock.set(late);
    answers.push(visitor.link("POST", &token(), "do=renew").await);
    assert_eq!(visitor.letters(), 3);
    answers.push(visitor.link("POST", "1789646400-0badcafe", "do=renew").await);
    assert_eq!(visitor.letters(), 3);
    assert!(answers.iter().all(|answer| *answer == answers[0] && answer.status_code == 200));
    assert!(!answers[0].body.contains("freja.lund"));
}

#[tokio::test]
async fn d4_a_form_of_another_page_does_nothing() {
    let visitor = Visitor::new();
    let mut event = json!({
        "requestContext": { "http": { "method": "POST" }, "requestId": "r" },
        "pathParameters": {
            "institution": scope().institution, "cohort": scope().cohort, "message": MAIL, "token": token(),
        },
        "body": "do=open", "headers": { "sec-fetch-site": "cross-site" },
    });
    assert_eq!(visitor.sends(&event).await.status_code, 410);
    assert_eq!(visitor.message().await.opened_at, None);
    visitor.enters().await;
    let page = visitor.looks("do=restriction").await.body;
    let form = form_of(&page, "restriction");
    event["pathParameters"].as_object_mut().unwrap().remove("token");
    event["cookies"] = json!([visitor.cookie.borrow().clone().unwrap()]);
    event["body"] = json!(form);
    assert_eq!(visitor.sends(&event).await.status_code, 410);
    for wrong in [
        "do=restriction".to_owned(),
        "do=restriction&form=".to_owned(),
        form.replace("do=restriction", "do=erasure"),
        format!("{form}0"),
    ] {
        assert_eq!(visitor.posts(&wrong).await.status_code, 410, "{wrong}");
    }
    assert!(visitor.requests().await.is_empty());
    assert_eq!(visitor.student().await.restricted, None);
    assert_eq!(visitor.posts(&form).await.status_code, 303);
}

#[tokio::test]
async fn d4_a_call_that_dies_anywhere_opens_the_page_once_or_leaves_the_link_or_its_successor() {
    let calls = {
        let visitor = Visitor::new();
        visitor.link("POST", &token(), "do=open").await;
        visitor.world.gate.calls()
    };
    assert!(calls > 4, "{calls}");
    for call in 0..calls {
        for when in [When::Before, When::After] {
            let visitor = Visitor::new();
            visitor.world.gate.fail(call, when);
            let first = visitor.link("POST", &token(), "do=open").await;
            assert_eq!((first.status_code, first.cookies.len()), (503, 0), "{call} {when:?}");
            let used = visitor.message().await.opened_at.is_some();
            let second = visitor.link("POST", &token(), "do=open").await;
            assert_eq!(second.status_code, if used { 410 } else { 303 }, "{call} {when:?}");
            if used {
                visitor.link("POST", &token(), "do=renew").await;
                assert_eq!(visitor.letters(), 1, "another link is had");
            }
        }
    }
}
