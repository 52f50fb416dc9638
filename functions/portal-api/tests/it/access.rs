//! P2: who may do what, over every route of the document.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{ContactId, InstitutionId};
use serde_json::{Value, json};
use store::keys;

use crate::data::{COORDINATOR, FOREIGN, OPERATOR, REVOKED, TOKEN, VIEWER, world};
use crate::document::operations;
use crate::world::{Answer, World, asks, claims, event};

fn with(name: &str, value: &Value) -> Value {
    let mut claims = claims(OPERATOR);
    claims[name] = value.clone();
    claims
}

fn without(name: &str) -> Value {
    let mut claims = claims(OPERATOR);
    claims.as_object_mut().unwrap().remove(name);
    claims
}

/// Claims that identify nobody, each for another reason.
fn strangers() -> Vec<(&'static str, Option<Value>)> {
    vec![
        ("no claims", None),
        ("empty claims", Some(json!({}))),
        ("an ID token", Some(with("token_use", &json!("id")))),
        ("no token_use", Some(without("token_use"))),
        ("no scope", Some(without("scope"))),
        ("another scope", Some(with("scope", &json!("openid unihelper/portals")))),
        ("a list that is no list", Some(with("scope", &json!("[unihelper/portal openid]")))),
        ("no subject", Some(without("sub"))),
        ("an empty subject", Some(with("sub", &json!("")))),
        ("a subject with a key separator", Some(with("sub", &json!("sub#1")))),
    ]
}

#[tokio::test]
async fn p2_without_an_access_token_for_the_portal_every_route_answers_401() {
    for operation in operations() {
        for (case, claims) in strangers() {
            let world = world();
            let answer = world.send(&event(&operation.method, &operation.path, claims)).await;
            assert_eq!(answer.status, 401, "{} {}: {case}", operation.method, operation.path);
            assert_eq!(answer.headers["www-authenticate"], "Bearer");
            nothing_happened(&world, case);
        }
    }
}

#[tokio::test]
async fn p2_unknown_and_revoked_contacts_get_the_same_403_everywhere() {
    for operation in operations() {
        let world = world();
        let unknown = world.send(&operation.asked_by("sub-nobody")).await;
        let revoked = world.send(&operation.asked_by(REVOKED)).await;
        assert_eq!(unknown.status, 403, "{} {}", operation.method, operation.path);
        assert_eq!(unknown, revoked);
        nothing_happened(&world, &operation.path);
    }
}

#[tokio::test]
async fn p2_a_route_serves_the_roles_it_names_and_refuses_the_weaker_ones() {
    let roles = [("viewer", VIEWER), ("coordinator", COORDINATOR), ("operator", OPERATOR)];
    for operation in operations() {
        let needed = roles.iter().position(|(name, _)| *name == operation.role()).unwrap();
        for (rank, (role, subject)) in roles.iter().enumerate() {
            let world = if rank < needed { world() } else { operation.world() };
            if rank >= needed {
                // An export is refused while something is being erased.
                crate::data::end_erasures(&world);
            }
            let answer = world.send(&operation.asked_by(subject)).await;
            let case = format!("{} {} as {role}", operation.method, operation.path);
            if rank < needed {
                assert_eq!((answer.status, answer.problem()), (403, "role-too-low"), "{case}");
                assert_eq!(answer.body["needed_role"], operation.role());
                nothing_happened(&world, &case);
            } else {
                assert!(answer.status < 300, "{case}: {answer:?}");
            }
        }
        let changes = operation.method != "GET";
        assert!(!changes || needed > 0, "{}: viewers read only", operation.path);
    }
}

#[tokio::test]
async fn p2_a_foreign_thing_cannot_be_told_from_one_that_never_was() {
    for operation in operations() {
        let path = &operation.path;
        if !path.contains("coh_computer-science-2026") && !path.contains("era_done") {
            continue;
        }
        let world = world();
        let not_there = |path: String| {
            let (world, event) = (world.clone(), operation.asked_at(&path, OPERATOR));
            async move { world.send(&event).await }
        };
        let invented = not_there(
            path.replace("coh_computer-science-2026", "coh_never").replace("era_done", "era_never"),
        )
        .await;
        assert_eq!((invented.status, invented.problem()), (404, "not-found"), "{path}");
        let same: [(&str, Answer); 5] = [
            (
                "foreign",
                not_there(
                    path.replace("coh_computer-science-2026", "coh_foreign")
                        .replace("era_done", "era_foreign"),
                )
                .await,
            ),
            (
                "malformed",
                not_there(
                    path.replace("coh_computer-science-2026", "open").replace("era_done", "done"),
                )
                .await,
            ),
            (
                "broken escape",
                not_there(
                    path.replace("coh_computer-science-2026", "coh_%FF")
                        .replace("era_done", "era_%FF"),
                )
                .await,
            ),
            (
                "due",
                not_there(
                    path.replace("coh_computer-science-2026", "coh_due")
                        .replace("era_done", "era_never"),
                )
                .await,
            ),
            (
                "erased",
                not_there(
                    path.replace("coh_computer-science-2026", "coh_erased")
                        .replace("era_done", "era_never"),
                )
                .await,
            ),
        ];
        for (case, answer) in same {
            assert_eq!(answer, invented, "{path}: {case}");
        }
        let outsider = world.send(&operation.asked_by(FOREIGN)).await;
        assert_eq!(outsider, invented, "{path}: asked by another institution");
        nothing_happened(&world, path);
    }
}

fn nothing_happened(world: &crate::world::World, case: &str) {
    let held = world.held();
    assert!(held.nothing_done(), "{case}");
}

#[tokio::test]
async fn d2_a_cohort_that_is_due_or_erased_is_not_listed() {
    let answer = world().send(&asks(VIEWER, "GET", "/api/cohorts")).await;
    assert_eq!(
        answer.each("/id"),
        ["coh_later", "coh_computer-science-2026"],
        "newest deadline first"
    );
    let answer = world().send(&asks(FOREIGN, "GET", "/api/cohorts")).await;
    assert_eq!(answer.each("/id"), ["coh_foreign"]);
}

#[tokio::test]
async fn d5_personal_data_is_shown_only_after_the_audit_entry_is_written() {
    for operation in operations() {
        let (method, path) = (&operation.method, &operation.path);
        let world = world();
        let shown = world.send(&operation.asked_by(OPERATOR)).await;
        let text = shown.body.to_string();
        let personal = ["Freja", "freja@", "token-odd", "token-lost"];
        let personal = personal.iter().any(|word| text.contains(word));
        assert!(
            !personal || operation.is_audited(),
            "{method} {path} shows personal data unrecorded"
        );
        assert_eq!(
            world.held().audit.len(),
            usize::from(operation.is_audited()),
            "{method} {path}"
        );

        let broken = crate::data::world();
        broken.break_audit();
        let answer = broken.send(&operation.asked_by(OPERATOR)).await;
        if operation.is_audited() {
            assert_eq!((answer.status, answer.problem()), (503, "unavailable"), "{method} {path}");
            assert_eq!(answer.headers["retry-after"], "2");
            nothing_happened(&broken, path);
        } else {
            assert!(answer.status < 300, "{method} {path}: needs no audit trail");
        }
    }
}

#[tokio::test]
async fn d5_an_audit_entry_says_who_did_what_to_how_many() {
    let world = world();
    let shown = world
        .send(&asks(VIEWER, "GET", "/api/cohorts/coh_computer-science-2026/students?section=a"))
        .await;
    world
        .send(&asks(COORDINATOR, "POST", "/api/cohorts/coh_computer-science-2026/formations"))
        .await;
    let held = world.held();
    let entries: Vec<Value> =
        held.audit.iter().map(|item| serde_dynamo::from_item(item.clone()).unwrap()).collect();
    let expected = |sequence: u64, action: &str, actor: &str, subjects: u32| {
        let before = &entries[usize::try_from(sequence).unwrap() - 1];
        json!({
            "pk": "INS#ins_example-university", "sk": format!("ENTRY#{sequence:012}"),
            "sequence": sequence, "previous": before["previous"], "hash": before["hash"],
            "unique": "request-1", "outcome": "done", "institution": "ins_example-university",
            "cohort": "coh_computer-science-2026", "at": "2026-09-10T12:00:00Z",
            "actor": { "contact": actor }, "action": action, "request": "request-1",
            "subjects": subjects,
        })
    };
    let mut listed = expected(1, "students.list", VIEWER, 3);
    listed["ids"] =
        shown.body["items"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect();
    assert_eq!(entries[0], listed);
    assert_eq!(entries[1], expected(2, "formations.start", COORDINATOR, 5));
    assert_eq!(entries[1]["previous"], entries[0]["hash"], "one chain");
    assert_eq!(entries.len(), 2);
}

#[tokio::test]
async fn p2_the_state_machines_token_never_leaves() {
    for operation in operations() {
        let path = operation.path.replace("for_published", "for_waiting");
        let answer = world().send(&asks(OPERATOR, &operation.method, &path)).await;
        assert!(!format!("{answer:?}").contains(TOKEN), "{path}");
    }
}

#[tokio::test]
async fn p1_every_answer_carries_the_safe_headers_and_its_request_id() {
    for event in [
        asks(VIEWER, "GET", "/api/me"),
        asks(VIEWER, "GET", "/api/nowhere"),
        asks(VIEWER, "DELETE", "/api/me"),
        event("GET", "/api/me", None),
    ] {
        let answer = world().send(&event).await;
        assert_eq!(answer.headers["cache-control"], "no-store");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert_eq!(answer.headers["x-request-id"], "request-1");
    }
}

#[tokio::test]
async fn p2_unknown_paths_and_methods_ask_who_calls_first() {
    let here = world().send(&event("GET", "/api/me", None)).await;
    for (method, path) in [("GET", "/api/nowhere"), ("DELETE", "/api/me"), ("GET", "/")] {
        let mut answer = world().send(&event(method, path, None)).await;
        // The router adds it; which methods a path has is public in the document.
        answer.headers.remove("allow");
        assert_eq!(answer, here, "{method} {path}");
    }
    let nowhere = world().send(&asks(VIEWER, "GET", "/api/nowhere")).await;
    assert_eq!((nowhere.status, nowhere.problem()), (404, "not-found"));
    let method = world().send(&asks(VIEWER, "DELETE", "/api/me")).await;
    assert_eq!((method.status, method.problem()), (405, "method-not-allowed"));
    assert_eq!(method.headers["allow"], "GET,HEAD");
}

#[tokio::test]
async fn p1_a_panic_is_a_problem_document_and_says_nothing() {
    let answer = world()
        .send_into_panic(&asks(VIEWER, "GET", "/api/cohorts/coh_computer-science-2026/students"))
        .await;
    assert_eq!((answer.status, answer.problem()), (500, "internal"));
    assert_eq!(answer.headers["x-request-id"], "request-1");
    assert!(!answer.body.to_string().contains("must_match"), "{answer:?}");
}

#[tokio::test]
async fn p2_a_browsers_preflight_needs_no_token_and_learns_nothing() {
    for path in ["/api/me", "/api/cohorts/coh_computer-science-2026", "/api/nothing-like-it"] {
        let world = world();
        let answer = world.send(&event("OPTIONS", path, None)).await;
        assert_eq!((answer.status, &answer.body), (204, &Value::Null), "{path}");
        nothing_happened(&world, path);
    }
}

/// What the record of the coordinator says of their last activity.
fn last_active_on(world: &World) -> Option<String> {
    let key = keys::contact(&ContactId::parse(COORDINATOR).unwrap());
    let day = world.held().items[&(key.pk, key.sk)].get("last_active_on").cloned();
    day.map(|day| day.as_s().unwrap().clone())
}

#[tokio::test]
async fn d1_the_first_request_of_a_day_is_noted_as_activity() {
    let key = keys::contact(&ContactId::parse(COORDINATOR).unwrap());
    let place = (key.pk, key.sk);
    for (noted, expected) in [
        (None, "2026-09-10"),
        (Some("2026-09-09"), "2026-09-10"),
        (Some("2026-09-10"), "2026-09-10"),
        // A clock that was ahead: the day does not move back.
        (Some("2026-09-11"), "2026-09-11"),
    ] {
        let world = world();
        let contact = world.held().items.remove(&place);
        let mut contact = contact.unwrap();
        contact.remove("last_active_on");
        contact
            .extend(noted.map(|day| ("last_active_on".to_owned(), AttributeValue::S(day.into()))));
        world.held().items.insert(place.clone(), contact);
        let answer = world.send(&event("GET", "/api/me", Some(claims(COORDINATOR)))).await;
        assert_eq!(answer.status, 200);
        assert_eq!(last_active_on(&world).as_deref(), Some(expected), "{noted:?}");
    }
}

/// A world whose institution is deactivated; `ended` when that was taken back.
pub(crate) fn deactivated(ended: bool) -> World {
    let world = world();
    let institution = InstitutionId::parse("ins_example-university").unwrap();
    let mut noted = json!({
        "reference": "2026-512", "given_on": "2026-08-01", "erase_on": "2027-08-01",
        "noted_at": "2026-08-02T08:00:00Z",
    });
    if ended {
        noted["ended"] = json!({
            "reference": "2026-530", "given_on": "2026-08-03", "noted_at": "2026-08-04T08:00:00Z",
        });
    }
    world.put(&keys::deactivation(&institution), &noted);
    world
}

#[tokio::test]
async fn d6_a_deactivated_institution_can_be_reached_by_no_route_but_its_state_its_erasures_and_its_export()
 {
    let open = [
        "/api/institution",
        "/api/institution/erasure",
        "/api/erasures",
        "/api/erasures/era_done/certificate",
        "/api/erasures/era_done/certificate.pdf",
    ];
    // What an operator gives back at the end of the agreement has tests of its own.
    let given_back = |path: &str| path.starts_with("/api/institution/export");
    let others = operations().into_iter().filter(|one| !open.contains(&one.path.as_str()));
    for operation in others.filter(|one| !given_back(&one.path)) {
        for subject in [VIEWER, COORDINATOR, OPERATOR] {
            let world = deactivated(false);
            let answer = world.send(&operation.asked_by(subject)).await;
            let place = format!("{} {} by {subject}", operation.method, operation.path);
            assert_eq!(
                (answer.status, answer.problem()),
                (403, "institution-deactivated"),
                "{place}"
            );
            nothing_happened(&world, &place);
        }
    }
    let world = deactivated(false);
    for path in [open[0], open[2], open[3], open[4]] {
        let refused = world.send(&event("GET", path, Some(claims(COORDINATOR)))).await;
        assert_eq!(refused.problem(), "institution-deactivated", "{path}");
        assert_eq!(world.send(&asks(OPERATOR, "GET", path)).await.status, 200, "{path}");
    }
    let state = world.send(&asks(OPERATOR, "GET", open[0])).await;
    assert_eq!((state.status, &state.body["deactivated"]), (200, &json!(true)));
    assert_eq!(state.body["deactivation"]["erase_on"], "2027-08-01");

    // Another institution is not touched, nor is this one once that is taken back.
    let foreign = world.send(&event("GET", "/api/cohorts", Some(claims(FOREIGN)))).await;
    assert_eq!(foreign.status, 200);
    let back = deactivated(true).send(&event("GET", "/api/cohorts", Some(claims(VIEWER)))).await;
    assert_eq!(back.status, 200);
    assert!(!back.body["items"].as_array().unwrap().is_empty());
}
