//! A cohort in which two students left something in every store. What is one student's bears a mark.

use std::collections::HashMap;
use std::io::Read as _;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::audit::AuditEntry;
use domain::cohort::Cohort;
use domain::ids::IdentityKey;
use domain::student::Student;
use handover::{Ask, Dossier, Sources};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use store::keys::{self, Key};
use store::{Audit, Objects, Scope, Store};

use crate::memory::Gate;
use crate::memory::dynamo::Tables;
use crate::memory::s3::Bucket;

const APP: &str = "app";

pub(crate) fn now() -> Timestamp {
    "2026-09-10T12:00:00Z".parse().unwrap()
}

pub(crate) fn key() -> IdentityKey {
    IdentityKey::new(*b"0123456789abcdef0123456789abcdef")
}

pub(crate) fn scope() -> Scope {
    Scope::new("ins_1".parse().unwrap(), "coh_a".parse().unwrap())
}

#[derive(Default)]
pub(crate) struct World {
    pub(crate) tables: Tables,
    pub(crate) bucket: Bucket,
}

impl World {
    pub(crate) fn put(&self, key: &Key, value: &impl Serialize) {
        let mut item: HashMap<String, AttributeValue> = serde_dynamo::to_item(value).unwrap();
        item.insert("pk".into(), AttributeValue::S(key.pk.clone()));
        item.insert("sk".into(), AttributeValue::S(key.sk.clone()));
        let mut items = self.tables.items(APP);
        items.insert((key.pk.clone(), key.sk.clone()), item);
        self.tables.put(APP, items);
    }

    fn object(&self, key: &str, value: &Value) {
        self.bucket.add(key, Some(&serde_json::to_vec(value).unwrap()));
    }

    /// Two students, each with something in every store.
    pub(crate) async fn full() -> Self {
        let world = Self::default();
        let institution =
            json!({ "id": "ins_1", "name": "Example University", "reply_to": "study@example.edu" });
        world.put(&keys::institution(&scope().institution), &institution);
        for (number, who, name) in [(1, "stu_1", "Freja"), (2, "stu_2", "Emil")] {
            world.student(number, who, name);
        }
        world.roster();
        // A second questionnaire of the first student, which counts, stored twice.
        let raw = keys::raw_response(Some(&scope()), &"token-1".parse().unwrap());
        world.object(&raw, &json!({ "answers": "Freja's masked form" }));
        for (id, status, at) in [
            ("for_1", "published", "2026-09-07T10:00:00Z"),
            ("for_0", "rejected", "2026-09-06T10:00:00Z"),
        ] {
            world.formation(id, status, at);
        }
        let audit = world.audit();
        for (place, (at, action, ids, subjects)) in [
            ("2026-08-01T10:00:00Z", "students.list", vec!["stu_1"], 1),
            ("2026-09-03T10:00:00Z", "students.list", vec!["stu_1", "stu_2"], 2),
            ("2026-09-04T10:00:00Z", "rights.show", vec!["rrq_1"], 1),
            ("2026-09-05T10:00:00Z", "students.list", vec!["stu_2"], 1),
            ("2026-09-06T10:00:00Z", "formation.snapshot", vec![], 2),
        ]
        .into_iter()
        .enumerate()
        {
            let unique = format!("request-{place}");
            let operator = domain::audit::Actor::Contact("sub-operator".parse().unwrap());
            let at = at.parse().unwrap();
            let entry = AuditEntry::new(&scope().institution, at, operator, action, &unique)
                .in_cohort(Some(&scope().cohort))
                .about(ids)
                .touching(subjects);
            audit.append(&entry, &unique).await.unwrap();
        }
        world
    }

    /// Both are expected.
    fn roster(&self) {
        let list: domain::RosterId = "ros_1".parse().unwrap();
        let head = json!({
            "version": 1, "list": list, "changed_at": "2026-08-20T10:00:00Z", "changed_by": "sub-contact",
        });
        self.put(&keys::roster(&scope()), &head);
        let entries = json!({
            "stu_1": { "email": "Freja@example.edu", "section": "a" },
            "stu_2": { "email": "emil@example.edu", "section": "a" },
        });
        let key = keys::expected(&scope(), 1, &list, &"stu_1".parse().unwrap());
        self.put(&key, &json!({ "entries": entries }));
    }

    fn student(&self, number: u32, who: &str, name: &str) {
        let scope = &scope();
        let email = format!("{}@example.edu", name.to_lowercase());
        let student = json!({
            "id": who, "name": name, "email": email, "section": "a", "number": format!("s{number}"),
            "response": format!("token-{number}"), "submitted_at": "2026-09-02T10:00:00Z",
            "restricted": "2026-09-08T10:00:00Z", "suppressed": "complained",
        });
        self.put(&keys::student(scope, &who.parse().unwrap()), &student);
        for (token, at) in [
            (format!("old-{number}"), "2026-09-01T10:00:00Z"),
            (format!("token-{number}"), "2026-09-02T10:00:00Z"),
        ] {
            let token: domain::ResponseToken = token.parse().unwrap();
            let response = json!({
                "token": token, "student": who, "section": "a", "submitted_at": at,
                "received_at": at, "masked": 1,
                "profile": { "answers": {
                    "ambition": { "scale": 4 }, "motto": { "text": format!("=\"{name}'s motto\"") },
                    "with": { "students": ["stu_1", "stu_2", "stu_9"] },
                } },
            });
            self.put(&keys::response(scope, &token), &response);
            let raw = keys::raw_response(Some(scope), &token);
            self.object(&raw, &json!({ "answers": format!("{name}'s form {token}") }));
        }
        for (token, mark) in [(format!("eva-{number}"), 2), (format!("evb-{number}"), 5)] {
            let token: domain::ResponseToken = token.parse().unwrap();
            let answer = json!({
                "token": token, "student": who, "submitted_at": format!("2026-09-08T1{mark}:00:00Z"),
                "received_at": "2026-09-08T18:00:00Z",
                "profile": { "answers": { "content": { "scale": mark } } },
            });
            self.put(&keys::evaluation(scope, &token), &answer);
        }
        let token: domain::ResponseToken = format!("odd-{number}").parse().unwrap();
        let entry = json!({
            "token": token, "form": "form-1", "reason": "unknown_section",
            "submitted_at": "2026-08-31T10:00:00Z", "received_at": "2026-08-31T10:00:00Z",
        });
        self.put(&keys::quarantine(Some(scope), &token), &entry);
        self.object(
            &keys::raw_response(Some(scope), &token),
            &json!({ "email": email.to_uppercase(), "text": format!("{name}'s odd form") }),
        );
        let message = json!({
            "id": format!("msg_{number}"), "kind": "group", "student": who, "formation": "for_1",
            "section": "a", "group": 1, "status": "bounced", "status_at": "2026-09-07T11:00:00Z",
            "attempts": 1,
        });
        let id = format!("msg_{number}").parse().unwrap();
        self.put(&keys::message(&(scope).into(), &id), &message);
        let message = json!({
            "id": format!("msg_m{number}"), "kind": "mailing", "student": who,
            "mailing": format!("mlg_{number}"), "status": "delivered",
            "status_at": "2026-09-08T11:00:00Z", "attempts": 1,
        });
        let id = format!("msg_m{number}").parse().unwrap();
        self.put(&keys::message(&(scope).into(), &id), &message);
        let mailing = json!({
            "id": format!("mlg_{number}"), "version": 3, "status": "sent",
            "audience": { "to": "cohort" }, "created_by": "sub-contact",
            "texts": { "da": { "subject": "Hej", "body": format!("{name}'s mailing") } },
            "created_at": "2026-09-08T10:00:00Z", "changed_at": "2026-09-08T10:59:00Z",
            "confirmed": { "by": "sub-contact", "at": "2026-09-08T10:58:00Z", "key": "k" },
        });
        let id = format!("mlg_{number}").parse().unwrap();
        self.put(&keys::mailing(scope, &id), &mailing);
        let request = json!({
            "id": format!("rrq_{number}"), "kind": "access", "student": who,
            "received_at": "2026-09-09T07:00:00Z", "channel": "email",
            "noted_at": "2026-09-09T08:00:00Z", "noted_by": "sub-operator", "status": "confirmed",
            "version": 2, "confirmed_at": "2026-09-09T09:00:00Z",
            "link": { "nonce": "secret-nonce", "expires_at": "2026-09-16T08:00:00Z", "number": 1 },
            "longer": { "until": "2026-11-20", "reason": format!("{name}'s case is long."), "at": "2026-09-09T10:00:00Z" },
        });
        let id = format!("rrq_{number}").parse().unwrap();
        self.put(&keys::rights(scope, &id), &request);
    }

    fn formation(&self, id: &str, status: &str, at: &str) {
        let scope = &scope();
        let formation: domain::FormationId = id.parse().unwrap();
        let item = json!({
            "id": id, "status": status, "requested_by": { "contact": "sub-contact" },
            "requested_at": at, "ended_at": at, "seed": 7, "sections": {},
        });
        self.put(&keys::formation(scope, &formation), &item);
        for number in 1..=50_u32 {
            let members =
                if number == 50 { vec!["stu_1", "stu_2"] } else { vec!["stu_8", "stu_9"] };
            let group = json!({
                "formation": id, "section": "a", "number": number, "members": members, "score": 7500,
                "scores": { "same": 9000 }, "common_slots": [34],
                "told": [{ "da": "I vil det samme.", "en": "You want the same." }],
                "explained": [{ "da": "Emil er alene.", "en": "Emil is alone." }],
                "unanswered": ["stu_1"],
            });
            self.put(&keys::group(scope, &formation, &"a".parse().unwrap(), number), &group);
        }
        let sections = json!({ "a": { "stu_1": "token-1", "stu_2": "token-2" } });
        self.object(
            &keys::snapshot(scope, &formation),
            &json!({ "seed": 7, "sections": sections }),
        );
        let answers = |name: &str| json!({ "answers": { "motto": { "text": format!("{name}'s answer in {id}") } } });
        let input = json!({
            "seed": 7, "students": [
                { "id": "stu_1", "profile": answers("Freja") },
                { "id": "stu_2", "profile": answers("Emil") },
            ],
        });
        self.object(&keys::solve_input(scope, &formation, &"a".parse().unwrap()), &input);
    }

    /// A round that waits in a plan.
    pub(crate) fn planned(&self, id: &str, round: u32) {
        self.formation(id, "planned", "2026-09-08T10:00:00Z");
        let key = keys::formation(&scope(), &id.parse().unwrap());
        let item = json!({
            "id": id, "status": "planned", "requested_by": "operator", "seed": 7, "sections": {},
            "requested_at": "2026-09-08T10:00:00Z",
            "plan": { "formation": "for_1", "round": round, "rounds": 3 },
        });
        self.put(&key, &item);
    }

    fn audit(&self) -> Audit {
        Audit::new(self.tables.client(&Gate::default()), "audit")
    }

    /// Everything of a student.
    pub(crate) async fn dossier(&self, who: &str, language: &str) -> (Dossier, Cohort) {
        let gate = Gate::default();
        let store = Store::new(self.tables.client(&gate), APP);
        let objects = Objects::new(self.bucket.client(&gate), "bucket");
        let audit = self.audit();
        let cohort = cohort(language);
        let student: Student =
            store.student(&scope(), &who.parse().unwrap()).await.unwrap().unwrap();
        let from = Sources { store: &store, objects: &objects, audit: &audit, key: &key() };
        let ask = Ask {
            scope: &scope(),
            cohort: &cohort,
            student: &student,
            request: &"rrq_1".parse().unwrap(),
            now: now(),
        };
        (handover::gather(from, &ask).await.unwrap(), cohort)
    }

    /// The archive's files, unpacked.
    pub(crate) async fn files(&self, who: &str, language: &str) -> HashMap<String, String> {
        let (dossier, cohort) = self.dossier(who, language).await;
        let files = dossier.files(&cohort).unwrap();
        let archive = handover::archive(&files).unwrap();
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(archive)).unwrap();
        let mut unpacked = HashMap::new();
        for place in 0..archive.len() {
            let mut file = archive.by_index(place).unwrap();
            let name = file.name().unwrap().into_owned();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            unpacked.insert(name, text);
        }
        unpacked
    }
}

fn cohort(language: &str) -> Cohort {
    let label = |text: &str| json!({ "da": text, "en": text });
    serde_json::from_value(json!({
        "institution": "ins_1", "id": "coh_a", "name": { "da": "Datalogi", "en": "Computer science" },
        "language": language, "form": "form-1", "deadline": "2026-09-07T10:00:00Z",
        "sections": [{ "id": "a" }],
        "identity": { "email": { "field": "email" }, "name": [{ "field": "name" }] },
        "questions": [
            { "id": "ambition", "refs": ["ambition"], "kind": { "scale": { "min": 1, "max": 5 } }, "label": label("Ambition") },
            { "id": "motto", "refs": ["motto"], "kind": "text", "label": label("Motto") },
            { "id": "with", "refs": ["with"], "kind": "students", "label": label("With whom") },
        ],
        "evaluation": { "form": "form-2", "hidden": "token", "questions": [
            { "id": "content", "refs": ["content"], "kind": { "scale": { "min": 1, "max": 5 } }, "label": label("How content?") },
        ] },
        "criteria": [{ "id": "quarrel", "weight": 1, "hardness": "must", "rule": { "apart": { "sets": [["stu_1", "stu_2"]] } } }],
        "sizes": { "min": 2, "preferred": 2, "max": 3 }, "approval": false,
        "mail_agreed": true, "created_at": "2026-08-03T08:00:00Z", "delete_on": "2027-05-07",
        "published_formation": "for_1",
    }))
    .unwrap()
}
