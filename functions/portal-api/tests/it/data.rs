//! Invented data: a university with a cohort in full swing, one that is due, one that is erased, and
//! another university.

use std::collections::BTreeMap;

use domain::cohort::Cohort;
use domain::contact::{Contact, Role};
use domain::erasure::{Certificate, Erasure};
use domain::formation::{Formation, Group};
use domain::mailing::Mailing;
use domain::message::Message;
use domain::quarantine::Quarantined;
use domain::rights::RightsRequest;
use domain::student::Student;
use domain::{ContactId, InstitutionId};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use store::{Scope, keys};

use crate::world::World;

pub(crate) const VIEWER: &str = "sub-viewer";
pub(crate) const COORDINATOR: &str = "sub-coordinator";
pub(crate) const OPERATOR: &str = "sub-operator";
pub(crate) const REVOKED: &str = "sub-revoked";
pub(crate) const FOREIGN: &str = "sub-foreign";

/// The token of the formation that awaits approval.
pub(crate) const TOKEN: &str = "secret-task-token";

/// The second round of the plan whose first is published.
pub(crate) const PLANNED: &str = "for_planned";

/// The `ETag` of that plan, which is also the example in the API's document and in the events.
pub(crate) const PLAN_VERSION: &str = "\"1427986613\"";

pub(crate) fn now() -> Timestamp {
    "2026-09-10T12:00:00Z".parse().unwrap()
}

fn read<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

fn scope(institution: &str, cohort: &str) -> Scope {
    Scope::new(read(json!(institution)), read(json!(cohort)))
}

pub(crate) fn home() -> Scope {
    scope("ins_example-university", "coh_computer-science-2026")
}

fn cohort(scope: &Scope) -> Value {
    json!({
        "institution": scope.institution, "id": scope.cohort,
        "name": { "da": "Datalogi", "en": "Computer science" }, "language": "da",
        "form": format!("form-{}", scope.cohort), "deadline": "2026-09-07T10:00:00Z",
        "sections": [{ "id": "a" }, { "id": "b" }, { "id": "empty" }],
        "identity": { "email": { "field": "email" }, "name": [{ "field": "name" }], "section": { "field": "section" } },
        "questions": [
            { "id": "ambition", "refs": ["ambition"], "kind": { "scale": { "min": 1, "max": 5 } },
              "label": { "da": "Ambition", "en": "Ambition level" } },
            { "id": "times", "refs": ["times"],
              "kind": { "availability": { "options": [{ "slots": [34], "answers": ["Tuesday 10"] }] } },
              "label": { "da": "Ledige timer", "en": "Free hours" } },
        ],
        "criteria": [
            { "id": "same", "rule": { "align": { "question": "ambition" } }, "weight": 20, "hardness": "should" },
            { "id": "free", "rule": { "overlap": { "question": "times", "min_slots": 2 } }, "weight": 10, "hardness": "must" },
        ],
        "sizes": { "min": 2, "preferred": 2, "max": 3 }, "approval": true, "mail_agreed": true,
        "created_at": "2026-08-03T08:00:00Z", "delete_on": "2027-05-07",
    })
}

fn put_cohort(world: &World, scope: &Scope, changes: &Value) {
    let mut value = cohort(scope);
    for (name, change) in changes.as_object().unwrap() {
        value[name] = change.clone();
    }
    world.put(&keys::cohort(scope), &read::<Cohort>(value));
}

fn formation(id: &str, status: &str, at: &str, more: &Value) -> Formation {
    let mut value = json!({
        "id": id, "status": status, "requested_by": { "contact": COORDINATOR },
        "requested_at": at, "seed": u64::MAX,
    });
    for (name, part) in more.as_object().unwrap() {
        value[name] = part.clone();
    }
    read(value)
}

fn sections() -> Value {
    let section = |students: u32| {
        json!({
            "students": students, "input_hash": "00", "groups": 1, "mean": 8000, "worst": 7000,
            "must_broken": 1, "evaluations": 1000,
        })
    };
    json!({ "a": section(3), "b": section(2) })
}

/// The same of a round of a plan.
fn planned_sections(repeats: u32) -> Value {
    let mut sections = sections();
    for (section, at_most) in [("a", 1), ("b", 4)] {
        sections[section]["repeats"] = (if section == "a" { repeats } else { 0 }).into();
        sections[section]["at_most"] = at_most.into();
    }
    sections
}

fn planned(round: u32) -> Value {
    json!({ "formation": "for_published", "round": round, "rounds": 2 })
}

pub(crate) const STUDENTS: [(&str, &str, &str); 5] = [
    ("stu_1", "Freja Lund", "a"),
    ("stu_2", "Emil Holm", "a"),
    ("stu_3", "Ida Krogh", "b"),
    ("stu_4", "Noah Vang", "b"),
    ("stu_5", "Alma Dahl", "a"),
];

fn put_students(world: &World) {
    for (place, (id, name, section)) in STUDENTS.into_iter().enumerate() {
        let first = name.split(' ').next().unwrap().to_lowercase();
        let student: Student = read(json!({
            "id": id, "name": name, "email": format!("{first}@example.edu"), "section": section,
            "number": format!("s20471{place}"), "response": format!("token-{place}"),
            "submitted_at": "2026-09-01T07:31:05Z",
            "suppressed": (id == "stu_2").then_some("bounced"),
        }));
        world.put(&keys::student(&home(), &student.id), &student);
    }
}

/// Of those who answered the first two are expected, and somebody who has not.
pub(crate) fn put_roster(world: &World) {
    let list: domain::RosterId = read(json!("ros_1"));
    let head = json!({
        "version": 1, "list": list, "changed_at": "2026-08-25T08:00:00Z", "changed_by": COORDINATOR,
    });
    world.put(&keys::roster(&home()), &head);
    let entry = |email: &str, section: &str| json!({ "email": email, "section": section });
    // Ids this short share a page.
    let page = json!({
        "stu_1": entry("Freja@example.edu", "a"), "stu_2": entry("emil@example.edu", "b"),
    });
    let another = json!({ "stu_liv": entry("liv@example.edu", "b") });
    for (id, entries) in [("stu_1", page), ("stu_liv", another)] {
        let key = keys::expected(&home(), 1, &list, &read(json!(id)));
        world.put(&key, &json!({ "entries": entries }));
    }
}

fn put_groups_and_mails(world: &World) {
    let groups = [("a", 1, vec!["stu_1", "stu_2", "stu_5"]), ("b", 1, vec!["stu_3", "stu_gone"])];
    for formation in ["for_published", "for_waiting"] {
        for (section, number, members) in &groups {
            let group: Group = read(json!({
                "formation": formation, "section": section, "number": number, "members": members,
                "score": 7500, "scores": { "same": 9000, "retired": 100 }, "must_broken": ["free"],
                "common_slots": [34, 167],
            }));
            let key = keys::group(&home(), &group.formation, &group.section, group.number);
            world.put(&key, &group);
        }
    }
    for (section, members) in
        [("a", vec!["stu_1", "stu_2", "stu_5"]), ("b", vec!["stu_3", "stu_4"])]
    {
        let group: Group = read(json!({
            "formation": PLANNED, "section": section, "number": 1, "members": members,
            "score": 7400, "scores": { "same": 8800 },
        }));
        let key = keys::group(&home(), &group.formation, &group.section, group.number);
        world.put(&key, &group);
    }
    let statuses = ["delivered", "bounced", "delivered", "queued", "failed"];
    for (place, (student, _, section)) in STUDENTS.into_iter().enumerate() {
        for formation in ["for_published", "for_older"] {
            let message: Message = read(json!({
                "id": format!("msg_{place}_{formation}"), "kind": "group", "student": student,
                "formation": formation, "section": section, "group": 1, "status": statuses[place],
                "status_at": "2026-09-07T10:05:00Z", "attempts": 1,
                "failure": (statuses[place] == "failed").then_some("suppressed"),
            }));
            world.put(&keys::message(&(&home()).into(), &message.id), &message);
        }
    }
}

/// A mailing, as it is stored.
pub(crate) fn put_mailing(world: &World, scope: &Scope, id: &str, more: &Value) {
    let mut value = json!({
        "id": id, "version": 3, "audience": { "to": "section", "section": "a" }, "status": "draft",
        "texts": {
            "da": { "subject": "Introuge", "body": "Vi mødes i A1.\n\nSe https://example.edu/intro" },
            "en": { "subject": "Intro week", "body": "We meet in A1." },
        },
        "created_by": COORDINATOR, "created_at": "2026-09-09T10:00:00Z",
        "changed_at": "2026-09-09T10:00:00Z",
    });
    for (name, part) in more.as_object().unwrap() {
        value[name] = part.clone();
    }
    let mailing: Mailing = read(value);
    world.put(&keys::mailing(scope, &mailing.id), &mailing);
}

/// A draft, a mailing that was sent with its mails, and its trial.
fn put_mailings(world: &World) {
    put_mailing(world, &home(), "mlg_draft", &json!({}));
    let sent = json!({
        "status": "sent", "version": 5, "recipients": 2, "created_at": "2026-09-08T10:00:00Z",
        "confirmed": { "by": COORDINATOR, "at": "2026-09-08T10:02:00Z", "key": "k" }, "runs": 1,
    });
    put_mailing(world, &home(), "mlg_sent", &sent);
    for (id, about, status) in [
        (
            "msg_mail1",
            json!({ "kind": "mailing", "student": "stu_1", "mailing": "mlg_sent" }),
            "delivered",
        ),
        (
            "msg_mail2",
            json!({ "kind": "mailing", "student": "stu_2", "mailing": "mlg_sent" }),
            "bounced",
        ),
        (
            "msg_trial",
            json!({ "kind": "trial", "contact": COORDINATOR, "trial_of": "mlg_sent", "asked": "a" }),
            "delivered",
        ),
    ] {
        let mut value = about;
        value["id"] = id.into();
        value["status"] = status.into();
        value["status_at"] = "2026-09-08T10:03:00Z".into();
        value["attempts"] = 1.into();
        let message: Message = read(value);
        world.put(&keys::message(&(&home()).into(), &message.id), &message);
    }
}

fn put_quarantine(world: &World) {
    let entry = |token: &str, reason: &str, received: &str| -> Quarantined {
        read(json!({
            "token": token, "form": "form-x", "reason": reason,
            "submitted_at": received, "received_at": received,
        }))
    };
    let odd = entry("token-odd", "missing_email", "2026-09-01T08:00:00Z");
    world.put(&keys::quarantine(Some(&home()), &odd.token), &odd);
    for (token, received) in
        [("token-lost", "2026-09-01T08:00:00Z"), ("token-overdue", "2026-08-01T08:00:00Z")]
    {
        let lost = entry(token, "unknown_form", received);
        world.put(&keys::quarantine(None, &lost.token), &lost);
    }
    let unread: Quarantined = read(json!({
        "token": "unreadable_1", "reason": "unreadable", "received_at": "2026-09-01T08:00:00Z",
    }));
    world.put(&keys::quarantine(None, &unread.token), &unread);
}

fn put_erasures(world: &World, institution: &InstitutionId, done: &str) {
    let erasure = |id: &str, status: &str, completed: Option<&str>| -> Erasure {
        read(json!({
            "id": id, "cohort": "coh_erased", "status": status, "reason": "retention_ended",
            "delete_on": "2026-09-01", "started_at": "2026-09-01T02:00:00Z",
            "completed_at": completed, "deleted": { "students": 118 },
        }))
    };
    let running = erasure("era_running", "running", None);
    let done = erasure(done, "completed", Some("2026-09-01T02:06:00Z"));
    let certificate = Certificate {
        erasure: done.id.clone(),
        institution: institution.clone(),
        scope: done.scope,
        cohort: done.cohort.clone(),
        reason: done.reason,
        reference: None,
        requested_at: None,
        delete_on: done.delete_on,
        extended_by: None,
        started_at: done.started_at,
        verified_at: done.completed_at.unwrap(),
        deleted: done.deleted.clone(),
        left_over: BTreeMap::from([("items".to_owned(), 0)]),
        form_gone: None,
        ledger_entry: "0badcafe".into(),
        cohorts: Vec::new(),
    };
    let key = keys::certificate(institution, &done.id);
    world.held().objects.insert(key, serde_json::to_vec(&certificate).unwrap());
    for one in [running, done] {
        world.put(&keys::erasure(institution, &one.id), &one);
    }
}

/// A request of a student, as it is stored.
pub(crate) fn put_request(world: &World, scope: &Scope, id: &str, more: &Value) {
    let mut value = json!({
        "id": id, "kind": "restriction", "student": "stu_3", "received_at": "2026-09-09T07:00:00Z",
        "channel": "email", "noted_at": "2026-09-09T08:00:00Z", "noted_by": OPERATOR,
        "status": "received", "version": 0,
    });
    for (name, part) in more.as_object().unwrap() {
        value[name] = part.clone();
    }
    let request: RightsRequest = read(value);
    world.put(&keys::rights(scope, &request.id), &request);
}

/// A request in each state that some step asks for.
fn put_requests(world: &World, scope: &Scope) {
    let link = json!({ "nonce": "n", "expires_at": "2026-09-16T08:00:00Z", "number": 1 });
    let told = json!({
        "status": "acknowledged", "acknowledged_at": "2026-09-09T08:00:00Z", "link": link, "version": 1,
    });
    let confirmed = json!({
        "status": "confirmed", "kind": "rectification", "confirmed_at": "2026-09-09T09:00:00Z",
        "acknowledged_at": "2026-09-09T08:00:00Z", "version": 2,
    });
    let in_force =
        json!({ "status": "fulfilled", "ended_at": "2026-09-09T09:00:00Z", "version": 1 });
    for (id, kind) in [("rrq_access", "access"), ("rrq_erasure", "erasure")] {
        let asked = json!({
            "status": "confirmed", "kind": kind, "confirmed_at": "2026-09-09T09:00:00Z",
            "acknowledged_at": "2026-09-09T08:00:00Z", "version": 2,
        });
        put_request(world, scope, id, &asked);
    }
    put_request(world, scope, "rrq_received", &json!({}));
    put_request(world, scope, "rrq_told", &told);
    put_request(world, scope, "rrq_confirmed", &confirmed);
    put_request(world, scope, "rrq_in_force", &in_force);
}

/// What is kept of a cohort, whether or not its data is still there.
pub(crate) fn put_statistics(world: &World, scope: &Scope) {
    let body = json!({
        "version": 1, "students": 115, "sections": { "a": 60, "b": 55 },
        "questions": {
            "ambition": { "one": { "1": 20, "2": null, "3": null, "4": 35, "5": 30, "no_answer": 10 } },
            "times": { "several": { "34": 80, "no_answer": null } },
        },
        "groups": {
            "engine": "0.1.0", "count": 25, "sizes": null, "scores": { "same": { "9": 20, "8": null } },
            "must_broken": null, "evaluations": 400_000, "gap": 2,
        },
    });
    let body = serde_json::to_vec(&body).unwrap();
    world.held().objects.insert(keys::statistics(scope), body);
}

/// An export that is ready.
pub(crate) fn put_export(world: &World, institution: &InstitutionId, id: &str, more: &Value) {
    let mut export = json!({
        "id": id, "status": "ready", "version": 9, "requested_by": OPERATOR,
        "requested_at": "2026-09-09T12:00:00Z", "expires_at": "2026-10-09T12:00:00Z",
        "ended_at": "2026-09-09T12:04:00Z",
    });
    for (name, part) in more.as_object().unwrap() {
        export[name] = part.clone();
    }
    let export: domain::export::InstitutionExport = read(export);
    world.put(&keys::institution_export(institution, &export.id), &export);
    let file = json!({ "name": "manifest.json", "items": 3, "bytes": 200, "sha256": "00" });
    let file: domain::export::ExportFile = read(file);
    world.put(&keys::export_file(institution, &export.id, &file.name), &file);
}

/// The answers that the groups which await approval were formed from: everybody's ambition and hours.
fn put_inputs(world: &World) {
    for (section, students) in [
        ("a", vec![("stu_1", 1), ("stu_2", 1), ("stu_5", 5)]),
        ("b", vec![("stu_3", 2), ("stu_gone", 4)]),
    ] {
        let of = |(id, ambition): &(&str, i32)| json!({ "id": id, "profile": { "answers": { "ambition": { "scale": ambition } } } });
        let settings = cohort(&home());
        let input = json!({
            "students": students.iter().map(of).collect::<Vec<_>>(),
            "questions": settings["questions"], "criteria": [settings["criteria"][0]],
            "sizes": settings["sizes"], "seed": 7,
        });
        let _: domain::formation::SolveInput = read(input.clone());
        let key = keys::solve_input(&home(), &read(json!("for_waiting")), &read(json!(section)));
        world.held().objects.insert(key, serde_json::to_vec(&input).unwrap());
    }
}

/// Lets no formation of the cohort run or await anybody.
pub(crate) fn end_formation(world: &World) {
    let key = keys::cohort(&home());
    world.held().items.get_mut(&(key.pk, key.sk)).unwrap().remove("active_formation");
}

/// Lets the erasures of this world have come to their end before its exports.
pub(crate) fn end_erasures(world: &World) {
    let mut held = world.held();
    for ((_, sk), item) in &mut held.items {
        if sk.starts_with(keys::ERASURE) {
            let text = |text: &str| aws_sdk_dynamodb::types::AttributeValue::S(text.to_owned());
            item.insert("completed_at".into(), text("2026-09-01T02:06:00Z"));
            item.insert("status".into(), text("completed"));
        }
    }
}

/// A breach that the institution was told of and that has changed since, a closed one, and a notice.
fn put_registers(world: &World) {
    use domain::breach::{Breach, Question, Risk};
    let institution = home().institution;
    let operator = ContactId::parse(OPERATOR).unwrap();
    let answers = || {
        let answer = |question: Question| {
            let date = question == Question::ClosingDate;
            // Each its own, so that a mistaken place shows.
            let known = format!("Known of {}.", question.as_str());
            (question, if date { "2026-10-01".to_owned() } else { known })
        };
        Question::ALL.into_iter().map(answer).collect()
    };
    let aware = "2026-09-10T08:00:00Z".parse().unwrap();
    for id in ["bre_told", "bre_closed"] {
        let mut breach = Breach::open(read(json!(id)), aware, aware, operator.clone());
        breach.answer(answers()).unwrap();
        breach.assess(Risk::Likely).unwrap();
        breach.tell(aware, operator.clone()).unwrap();
        breach.answer(answers()).unwrap();
        if id == "bre_closed" {
            breach.close(now()).unwrap();
        }
        world.put(&keys::breach(&institution, &breach.id), &breach);
    }
    let text = json!({"da": "En tekst.", "en": "A text."});
    let notice: domain::subprocessor::Notice = read(json!({
        "id": "spn_home", "entry": "example-translator", "name": "Example Translator ApS",
        "registration": "CVR 12345678", "address": "Eksempelvej 1", "processing": text,
        "location": text, "transfer": text, "fields": text, "effective_from": "2026-10-15",
        "announced_at": "2026-09-01T08:00:00Z", "message": "msg_notice",
    }));
    world.put(&keys::notice(&institution, &notice.id), &notice);
}

/// Two universities and everything in them.
pub(crate) fn world() -> World {
    let world = World::default();
    for institution in ["ins_example-university", "ins_other"] {
        let value = json!({ "id": institution, "name": "Example University", "reply_to": "study@example.edu", "mail_agreed": true, "forms": ["Xy12AbCd"] });
        let value: domain::institution::Institution = read(value);
        world.put(&keys::institution(&value.id), &value);
    }
    for (id, institution, role, active) in [
        (VIEWER, "ins_example-university", Role::Viewer, true),
        (COORDINATOR, "ins_example-university", Role::Coordinator, true),
        (OPERATOR, "ins_example-university", Role::Operator, true),
        (REVOKED, "ins_example-university", Role::Operator, false),
        (FOREIGN, "ins_other", Role::Operator, true),
    ] {
        let contact = Contact {
            id: ContactId::parse(id).unwrap(),
            institution: read(json!(institution)),
            role,
            name: read(json!("Karen Holm")),
            email: read(json!("karen.holm@example.edu")),
            active,
            last_active_on: Some(runtime::clock::today(now())),
        };
        world.put(&keys::contact(&contact.id), &contact);
    }

    let open = json!({
        "active_formation": "for_waiting", "published_formation": "for_published",
        "last_formation_at": "2026-09-07T10:04:12Z", "settings_version": 3,
    });
    put_cohort(&world, &home(), &open);
    let later = json!({ "deadline": "2026-10-01T10:00:00Z" });
    put_cohort(&world, &scope("ins_example-university", "coh_later"), &later);
    put_cohort(
        &world,
        &scope("ins_example-university", "coh_due"),
        &json!({ "delete_on": "2026-09-10" }),
    );
    let erased = json!({ "erasure": "era_done" });
    put_cohort(&world, &scope("ins_example-university", "coh_erased"), &erased);
    put_cohort(&world, &scope("ins_other", "coh_foreign"), &json!({}));

    let ended = json!({
        "ended_at": "2026-09-07T10:04:12Z", "sections": planned_sections(0), "engine": "0.1.0",
        "plan": planned(1),
    });
    let later_round = json!({
        "kind": "rotation", "sections": planned_sections(3), "engine": "0.1.0", "plan": planned(2),
    });
    let waiting = json!({ "task_token": TOKEN, "sections": sections(), "engine": "0.1.0" });
    let failed = json!({
        "ended_at": "2026-09-07T09:00:00Z",
        "failure": { "code": "too_few_students", "section": "b", "detail": "1 student" },
    });
    for one in [
        formation("for_failed", "failed", "2026-09-07T08:00:00Z", &failed),
        formation("for_running", "running", "2026-09-07T09:30:00Z", &json!({})),
        formation("for_published", "published", "2026-09-07T10:00:00Z", &ended),
        formation(PLANNED, "planned", "2026-09-07T10:00:00Z", &later_round),
        formation("for_waiting", "awaiting_approval", "2026-09-08T10:00:00Z", &waiting),
    ] {
        world.put(&keys::formation(&home(), &one.id), &one);
    }
    put_students(&world);
    put_roster(&world);
    put_inputs(&world);
    put_groups_and_mails(&world);
    put_mailings(&world);
    put_quarantine(&world);
    put_statistics(&world, &home());
    put_requests(&world, &home());
    put_erasures(&world, &home().institution, "era_done");
    put_erasures(&world, &read(json!("ins_other")), "era_foreign");
    put_registers(&world);
    put_export(&world, &home().institution, "exp_ready", &json!({}));
    world.held().order_answer = (json!({ "formation": "for_new", "started": true }), false);
    let run = json!({ "examined": 1, "accepted": 1, "still_quarantined": 0, "by_reason": {}, "continue": false });
    world.held().run_answer = (run, false);
    world
}
