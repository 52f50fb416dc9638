//! D4: what a student does on their page.

use domain::rights::{Channel, Kind, Status};
use serde_json::json;

use crate::memory::When;
use crate::visitor::Visitor;
use crate::world::now;

async fn opened() -> Visitor {
    let visitor = Visitor::new();
    visitor.enters().await;
    visitor
}

#[tokio::test]
async fn d4_nothing_happens_before_the_student_says_that_they_are_sure() {
    let visitor = opened().await;
    let before = visitor.world.tables.plain(crate::world::APP);
    for act in
        ["access", "rectification", "restriction", "objection", "erasure", "lift-restriction"]
    {
        for lang in ["da", "en"] {
            let page = visitor.looks(&format!("do={act}&lang={lang}")).await;
            assert_eq!(page.status_code, 200, "{act}");
            assert_eq!(page.body.matches("<form method=\"post\">").count(), 1);
            assert!(page.body.contains(&format!("<html lang=\"{lang}\">")));
        }
    }
    assert_eq!(visitor.world.tables.plain(crate::world::APP), before);
}

#[tokio::test]
async fn d4_a_restriction_and_an_objection_are_in_force_at_once_and_end_when_the_student_says_so() {
    for (kind, act, lift, offers) in [
        (Kind::Restriction, "restriction", "lift-restriction", "do=objection"),
        (Kind::Objection, "objection", "lift-objection", "do=restriction"),
    ] {
        let visitor = opened().await;
        let since = async |visitor: &Visitor| {
            let student = visitor.student().await;
            if kind == Kind::Restriction { student.restricted } else { student.objected }
        };
        for _ in 0..2 {
            let answer = visitor.acts(act, "").await;
            assert_eq!(answer.status_code, 303, "{act}");
            assert!(answer.headers["location"].ends_with(&format!("?lang=da&done={act}")));
        }
        assert_eq!(since(&visitor).await, Some(now()));
        let requests = visitor.requests().await;
        assert_eq!(requests.len(), 1, "a second press does nothing more");
        let made = &requests[0];
        assert_eq!(
            (made.kind, made.status, made.channel),
            (kind, Status::Fulfilled, Channel::StudentPage)
        );
        assert_eq!((made.confirmed_at, made.noted_by.as_ref()), (Some(now()), None));
        assert_eq!(visitor.letters(), 1);
        let actions = visitor.actions();
        assert_eq!(actions.iter().filter(|it| *it == "rights.restrict").count(), 1);
        // The group is not shown any more; everything else is, and it can be lifted.
        let page = visitor.looks("").await.body;
        assert!(
            !page.contains("Jonas")
                && page.contains(&format!("do={lift}"))
                && page.contains(offers)
        );

        for _ in 0..2 {
            assert_eq!(visitor.acts(lift, "").await.status_code, 303);
        }
        assert_eq!(since(&visitor).await, None);
        assert_eq!(visitor.requests().await[0].status, Status::Lifted);
        assert_eq!(visitor.letters(), 2);
        assert!(visitor.looks("").await.body.contains("Jonas"));
        // Again, as a request of its own.
        visitor.acts(act, "").await;
        assert_eq!(visitor.requests().await.len(), 2);
        assert!(since(&visitor).await.is_some());
    }
}

#[tokio::test]
async fn d4_an_erasure_is_given_to_the_processor_with_its_clock() {
    let visitor = opened().await;
    for _ in 0..2 {
        assert_eq!(visitor.acts("erasure", "").await.status_code, 303);
    }
    let requests = visitor.requests().await;
    assert_eq!(requests.len(), 1);
    let made = &requests[0];
    assert_eq!((made.kind, made.status), (Kind::Erasure, Status::Confirmed));
    assert!(made.may_be_fulfilled().is_ok(), "an operator begins it");
    let said = domain::rights::clock(made, now());
    assert_eq!(said.due_on, "2026-10-10".parse().unwrap());
    let tables = visitor.world.tables.plain(crate::world::APP);
    assert!(tables.iter().any(|(_, item)| {
        item["duties_sk"].as_str().is_some_and(|sk| sk.contains(made.id.as_str()))
    }));
    assert_eq!(visitor.letters(), 1, "the student is told of the day");
    let page = visitor.looks("done=erasure&lang=en").await.body;
    assert!(page.contains("We have your request for deletion"));
    assert!(page.contains("being dealt with, answer by 10 October 2026"));
}

#[tokio::test]
async fn d4_a_student_corrects_name_and_number_and_no_cpr_number_gets_in() {
    let visitor = opened().await;
    for (fields, problems) in [
        ("name=+&number=s1", "Skriv dit navn."),
        ("name=Freja+010190-1234&number=s1", "Skriv ikke CPR-numre her."),
        ("name=Freja&number=0101901234", "Skriv ikke CPR-numre her."),
        ("name=Freja+010190+++1234&number=s1", "Skriv ikke CPR-numre her."),
    ] {
        let refused = visitor.acts("rectification", fields).await;
        assert_eq!(refused.status_code, 400, "{fields}");
        assert!(refused.body.contains(problems) && refused.body.contains("aria-invalid"));
    }
    assert!(visitor.requests().await.is_empty());
    let fields = "name=Freja+%C3%98sterg%C3%A5rd&number=s204711";
    for _ in 0..2 {
        assert_eq!(visitor.acts("rectification", fields).await.status_code, 303);
    }
    let student = visitor.student().await;
    assert_eq!(student.name.as_str(), "Freja Østergård");
    assert_eq!(student.number.unwrap().as_str(), "s204711");
    let requests = visitor.requests().await;
    assert_eq!(requests.len(), 1, "a second press finds it put right");
    assert_eq!(requests[0].changed.iter().collect::<Vec<_>>(), ["name", "number"]);
    assert_eq!(visitor.letters(), 1);
    // An emptied number is taken away, as the page then says.
    let emptied = "name=Freja+%C3%98sterg%C3%A5rd&number=+";
    assert_eq!(visitor.acts("rectification", emptied).await.status_code, 303);
    assert_eq!(visitor.student().await.number, None);
    let trail = json!(visitor.trail()).to_string();
    assert!(
        trail.contains("rights.rectify") && !trail.contains("Øster") && !trail.contains("s204711")
    );
}

#[tokio::test]
async fn d4_everything_is_fetched_on_the_page_and_each_time_is_in_the_trail() {
    let visitor = opened().await;
    for _ in 0..2 {
        let file = visitor.acts("access", "").await;
        assert_eq!((file.status_code, file.is_base64_encoded), (200, true));
        assert_eq!(file.headers["content-type"], "application/zip");
        assert_eq!(file.headers["cache-control"], "no-store");
    }
    let requests = visitor.requests().await;
    assert_eq!((requests.len(), requests[0].status), (1, Status::Fulfilled));
    let fetched = visitor.actions().into_iter().filter(|action| action == "rights.fetch").count();
    assert_eq!(fetched, 2);
    assert_eq!(visitor.letters(), 0);
}

#[tokio::test]
async fn d4_whatever_call_fails_pressing_again_makes_one_request_and_one_letter() {
    for act in ["restriction", "objection", "rectification", "erasure", "access"] {
        let fields = "name=Freja+Holm&number=s1";
        let (page, calls) = {
            let visitor = opened().await;
            let page = visitor.looks(&format!("do={act}")).await.body;
            visitor.world.gate.fail(usize::MAX, When::Before);
            let body = format!("{}&{fields}", crate::visitor::form_of(&page, act));
            visitor.posts(&body).await;
            (body, visitor.world.gate.calls())
        };
        assert!(calls > 6, "{act} {calls}");
        for call in 0..=calls {
            for when in [When::Before, When::After] {
                let visitor = opened().await;
                let last = call == calls;
                let gate = if last { &visitor.world.queue } else { &visitor.world.gate };
                gate.fail(if last { 0 } else { call }, when);
                let first = visitor.posts(&page).await.status_code;
                let expected = if last && act == "access" { 200 } else { 503 };
                assert_eq!(first, expected, "{act} {call} {when:?}");
                let second = visitor.posts(&page).await.status_code;
                assert_eq!(
                    second,
                    if act == "access" { 200 } else { 303 },
                    "{act} {call} {when:?}"
                );
                let requests = visitor.requests().await;
                assert_eq!(requests.len(), 1, "{act} {call} {when:?}");
                let waits = act == "erasure";
                let status = if waits { Status::Confirmed } else { Status::Fulfilled };
                assert_eq!(requests[0].status, status, "{act} {call} {when:?}");
                assert_eq!(
                    visitor.letters(),
                    usize::from(act != "access"),
                    "{act} {call} {when:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn d4_what_is_set_at_once_in_two_windows_does_not_undo_each_other() {
    let visitor = opened().await;
    let read = visitor.student().await;
    assert_eq!(visitor.acts("restriction", "").await.status_code, 303);
    // The other window read the student before that.
    let store = visitor.store();
    let scope = crate::world::scope();
    let request = |kind: Kind, id: &str| {
        let id = id.parse().unwrap();
        domain::rights::RightsRequest::on_page(id, kind, read.id.clone(), now())
    };
    let was = request(Kind::Objection, "rrq_another");
    assert!(store.create_rights_request(&scope, &was).await.unwrap());
    let is = was.clone().fulfil(now()).unwrap();
    let objecting = domain::student::Student { objected: Some(now()), ..read.clone() };
    let step = (&read, &objecting, None);
    assert!(store.take_rights_step(&scope, &was, &is, Some(step)).await.unwrap());
    let both = visitor.student().await;
    assert_eq!((both.restricted, both.objected), (Some(now()), Some(now())));
    // A name that was put right meanwhile is not written over.
    let was = request(Kind::Rectification, "rrq_third");
    assert!(store.create_rights_request(&scope, &was).await.unwrap());
    let is = was.clone().fulfil(now()).unwrap();
    let named = |name: &str| domain::student::Student {
        name: domain::PersonName::new(name),
        ..read.clone()
    };
    let (old, new) = (named("Somebody Else"), named("Freja Holm"));
    assert!(!store.take_rights_step(&scope, &was, &is, Some((&old, &new, None))).await.unwrap());
    assert_eq!(visitor.student().await, both);
}

#[tokio::test]
async fn d4_every_request_ends_with_what_it_was_for_also_after_a_call_that_died() {
    let visitor = opened().await;
    assert_eq!(visitor.acts("restriction", "").await.status_code, 303);
    let store = visitor.store();
    let scope = crate::world::scope();
    let student = visitor.student().await;
    // An operator has noted a second one.
    let id = "rrq_another".parse().unwrap();
    let second = domain::rights::RightsRequest::on_page(id, Kind::Restriction, student.id, now());
    assert!(store.create_rights_request(&scope, &second).await.unwrap());
    let fulfilled = second.clone().fulfil(now()).unwrap();
    assert!(store.move_rights_request(&scope, &second, &fulfilled).await.unwrap());
    let page = visitor.looks("do=lift-restriction").await.body;
    let body = crate::visitor::form_of(&page, "lift-restriction");
    let mut call = 0;
    loop {
        visitor.world.gate.fail(call, When::Before);
        if visitor.posts(&body).await.status_code == 303 {
            break;
        }
        call += 1;
        assert!(call < 60);
    }
    assert!(call > 3);
    assert_eq!(visitor.student().await.restricted, None);
    let requests = visitor.requests().await;
    assert_eq!(requests.len(), 2);
    assert!(requests.iter().all(|request| request.status == Status::Lifted), "{requests:?}");
}

#[tokio::test]
async fn d4_of_two_that_are_in_force_the_one_that_stays_is_told_when_the_other_ends() {
    for (ends, stays, lang, still) in [
        ("restriction", "objection", "da", "Du har også forladt grupperne"),
        ("restriction", "objection", "en", "You have also left the groups"),
        ("objection", "restriction", "da", "er stadig begrænset"),
        ("objection", "restriction", "en", "is still restricted"),
    ] {
        let visitor = opened().await;
        visitor.acts(ends, "").await;
        let lift = format!("lift-{ends}");
        let alone = visitor.looks(&format!("do={lift}&lang={lang}")).await.body;
        assert!(!alone.contains(still), "{ends} {lang}");
        visitor.acts(stays, "").await;
        let asked = visitor.looks(&format!("do={lift}&lang={lang}")).await.body;
        assert!(asked.contains(still), "{ends} {lang}");
        visitor.acts(&lift, "").await;
        let done = visitor.looks(&format!("done={lift}&lang={lang}")).await.body;
        assert!(done.contains(still), "{ends} {lang}");
    }
}
