//! A cohort that is due, with data in every system, beside one that is not.

use std::collections::BTreeMap;
use std::time::Duration;

use accounts::Accounts;
use domain::cohort::Cohort;
use domain::export::{ExportFile, ExportStatus, InstitutionExport};
use domain::formation::{Formation, Group};
use domain::ids::IdentityKey;
use domain::message::Message;
use domain::quarantine::Quarantined;
use domain::student::{Response, Student};
use domain::{CohortId, ErasureId, InstitutionId};
use erasure_steps::{Limits, Systems, Task, handle};
use jiff::Timestamp;
use serde_json::{Value, json};
use store::{Audit, Ledger, Objects, Scope, Store, Term, keys};
use typeform::client::{ClientSettings, TypeformClient};

use crate::memory::Gate;
use crate::memory::dynamo::Tables;
use crate::memory::s3::Bucket;
use crate::pool::Pool;
use crate::questionnaires::{Forms, Questionnaires, REGION};
use crate::ses::SuppressionList;

/// The time of every test: the morning of the day on which the cohort is due, in Copenhagen.
pub(crate) const NOW: &str = "2027-08-14T22:30:00Z";
pub(crate) const APP: &str = "app";
pub(crate) const AUDIT: &str = "audit";
pub(crate) const LEDGER: &str = "ledger";
/// The institution and cohort of `events/`.
pub(crate) const INSTITUTION: &str = "ins_example-university";
pub(crate) const DUE: &str = "coh_computer-science-2026";
/// A cohort that is not due yet; its id begins like the other's.
pub(crate) const OTHER: &str = "coh_computer-science-2026-b";
/// The form of the due cohort.
pub(crate) const FORM: &str = "Kq7Lm2Xa";
const OTHER_FORM: &str = "Kq7Lm2Xb";
/// Students of each cohort.
pub(crate) const STUDENTS: usize = 11;
const TOKEN: &str = "tfp_invented";

pub(crate) fn now() -> Timestamp {
    NOW.parse().unwrap()
}

/// All systems of an installation.
pub(crate) struct World {
    pub(crate) gate: Gate,
    pub(crate) tables: Tables,
    pub(crate) bucket: Bucket,
    pub(crate) suppressed: SuppressionList,
    pub(crate) typeform: Questionnaires,
    pub(crate) pool: Pool,
}

/// A world as it was at some time.
pub(crate) struct Saved {
    tables: Tables,
    bucket: Bucket,
    suppressed: Vec<String>,
    accounts: Vec<String>,
    forms: Forms,
}

/// What can be compared between two worlds: everything that is left in any system.
#[derive(Debug, PartialEq)]
pub(crate) struct Snapshot(BTreeMap<String, Value>);

impl Snapshot {
    /// Where another world differs; readable, other than the whole of both.
    pub(crate) fn differences(&self, other: &Self) -> Vec<String> {
        let names = self.0.keys().chain(other.0.keys().filter(|name| !self.0.contains_key(*name)));
        let differs = names.filter(|name| self.0.get(*name) != other.0.get(*name));
        differs
            .map(|name| format!("{name}: {:?} {:?}", self.0.get(name), other.0.get(name)))
            .collect()
    }
}

impl World {
    /// Fills every system.
    pub(crate) async fn new() -> Self {
        let world = Self::empty().await;
        world.fill(DUE, "2027-08-15", FORM, STUDENTS).await;
        world.fill(OTHER, "2027-08-16", OTHER_FORM, STUDENTS).await;
        world
    }

    /// One cohort of one student, for tests with very many runs.
    pub(crate) async fn small() -> Self {
        let world = Self::empty().await;
        world.fill(DUE, "2027-08-15", FORM, 1).await;
        world
    }

    async fn empty() -> Self {
        let gate = Gate::default();
        let typeform = Questionnaires::serve(&gate).await;
        let suppressed =
            SuppressionList::of(&["S3@Example.edu", "s5@example.edu", "somebody@example.dk"]);
        let (tables, bucket) = (Tables::default(), Bucket::default());
        let pool = Pool::default();
        Self { gate, tables, bucket, suppressed, typeform, pool }
    }

    /// The function's dependencies, each call through the gate.
    pub(crate) fn systems(&self) -> Systems {
        self.systems_in(REGION)
    }

    /// The same with Typeform's base address in a region.
    pub(crate) fn systems_in(&self, region: &str) -> Systems {
        let settings = ClientSettings {
            min_interval: Duration::ZERO,
            attempts: 1,
            ..ClientSettings::new(self.typeform.base(region), TOKEN.into())
        };
        let dynamo = self.tables.client(&self.gate);
        Systems {
            store: Store::new(dynamo.clone(), APP),
            objects: Objects::new(self.bucket.client(&self.gate), "bucket"),
            ledger: Ledger::new(dynamo.clone(), LEDGER, "a key for tests"),
            audit: Audit::new(dynamo, AUDIT),
            typeform: TypeformClient::with_settings(settings).unwrap(),
            identity: key(),
            suppressed: suppression::SuppressionList::new(self.suppressed.client(&self.gate)),
            accounts: Accounts::new(self.pool.client(&self.gate), "pool"),
            clock: now,
            // Nothing is left of the slice after the first batch: every loop is turned.
            limits: Limits {
                slice: Duration::ZERO,
                students: 5,
                items: 15,
                ses_interval: Duration::ZERO,
            },
        }
    }

    /// The world as it is now, to go back to.
    pub(crate) fn saved(&self) -> Saved {
        Saved {
            tables: self.tables.saved(),
            bucket: self.bucket.saved(),
            suppressed: self.suppressed.addresses(),
            accounts: self.pool.accounts(),
            forms: self.typeform.saved(),
        }
    }

    /// Goes back; clients stay bound to this world.
    pub(crate) fn restore(&self, saved: &Saved) {
        self.tables.restore(&saved.tables);
        self.bucket.restore(&saved.bucket);
        self.suppressed.restore(&saved.suppressed);
        self.pool.restore(&saved.accounts);
        self.typeform.restore(&saved.forms);
    }

    /// Everything that is left in the end, so that two ways there can be compared.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let mut all = BTreeMap::new();
        for table in [APP, AUDIT, LEDGER] {
            let items = self.tables.plain(table).into_iter();
            all.extend(items.map(|(key, item)| (format!("{table} {key}"), item)));
        }
        // Ids of versions do not matter, their order does.
        for version in self.bucket.versions() {
            let body = version.body.map(|body| String::from_utf8(body).unwrap());
            let entry = all.entry(format!("object {}", version.key)).or_insert(json!([]));
            entry.as_array_mut().unwrap().push(json!(body));
        }
        all.insert("suppressed".to_owned(), json!(self.suppressed.addresses()));
        all.insert("accounts".to_owned(), json!(self.pool.accounts()));
        for form in [FORM, OTHER_FORM] {
            let kept = json!([self.typeform.tokens(form), self.typeform.webhooks(form)]);
            all.insert(format!("form {form}"), kept);
        }
        Snapshot(all)
    }

    /// The items of a cohort's partition.
    pub(crate) fn items_of(&self, cohort: &str) -> usize {
        let partition = keys::cohort_partition(&scope(cohort));
        self.tables.items(APP).keys().filter(|(pk, _)| *pk == partition).count()
    }

    /// The versions below a cohort's prefix.
    pub(crate) fn versions_of(&self, cohort: &str) -> usize {
        let prefix = keys::cohort_prefix(&scope(cohort));
        self.bucket.versions().iter().filter(|version| version.key.starts_with(&prefix)).count()
    }

    /// The certificates that were written.
    pub(crate) fn certificates(&self) -> Vec<Value> {
        let versions = self.bucket.versions().into_iter();
        let written = versions.filter(|version| version.key.contains("/certificates/"));
        written.map(|version| serde_json::from_slice(&version.body.unwrap()).unwrap()).collect()
    }

    /// An export of the institution that is ready, one that is being made, and one that ended long ago.
    pub(crate) async fn exported(&self) {
        let store = Store::new(self.tables.client(&Gate::default()), APP);
        let institution = scope(OTHER).institution;
        for (id, status) in [("exp_1", "ready"), ("exp_2", "running"), ("exp_3", "expired")] {
            let export: InstitutionExport = from(json!({
                "id": id, "status": status, "version": 0, "requested_by": "sub-operator",
                "requested_at": "2027-08-01T08:00:00Z", "expires_at": "2027-08-31T08:00:00Z",
            }));
            assert!(store.create_export(&institution, &export).await.unwrap());
            if status != "expired" {
                let file: ExportFile = from(json!({
                    "name": "students.csv", "items": 1, "bytes": 1, "sha256": "0".repeat(64),
                }));
                store.put_export_file(&institution, &export.id, &file).await.unwrap();
                let key = keys::institution_export_prefix(&institution, &export.id);
                self.bucket.add(&format!("{key}students.csv"), Some(b"x"));
            }
        }
    }

    /// How the institution's exports stand, and how many versions of their files there are.
    pub(crate) async fn exports(&self) -> (Vec<ExportStatus>, usize) {
        let store = Store::new(self.tables.client(&Gate::default()), APP);
        let institution = scope(OTHER).institution;
        let exports = store.exports(&institution).await.unwrap();
        for export in &exports {
            assert!(store.export_files(&institution, &export.id).await.unwrap().is_empty());
        }
        let prefix = keys::institution_exports_prefix(&institution);
        let files = self.bucket.versions().iter().filter(|it| it.key.starts_with(&prefix)).count();
        (exports.into_iter().map(|export| export.status).collect(), files)
    }

    /// An instruction of the controller to which the cohort's date is due.
    pub(crate) async fn extend(&self, cohort: &str) {
        let store = Store::new(self.tables.client(&Gate::default()), APP);
        let scope = scope(cohort);
        let was = store.cohort_even_if_gone(&scope).await.unwrap().unwrap().delete_on;
        let extension = from(json!({
            "until": was, "given_by": "Karen Holm, study director", "given_on": "2026-01-10",
            "reference": "2026-417", "noted_by": "sub-operator", "noted_at": NOW,
        }));
        let term = Term { delete_on: was, was };
        assert!(store.extend_retention(&scope, Some(&extension), term).await.unwrap());
    }

    /// Moves the due cohort's date.
    pub(crate) async fn keep_until(&self, day: &str) {
        let store = Store::new(self.tables.client(&Gate::default()), APP);
        let was = store.cohort_even_if_gone(&scope(DUE)).await.unwrap().unwrap().delete_on;
        let term = Term { delete_on: day.parse().unwrap(), was };
        assert!(store.extend_retention(&scope(DUE), None, term).await.unwrap());
    }

    async fn fill(&self, cohort: &str, delete_on: &str, form: &str, students: usize) {
        let free = Gate::default();
        let store = Store::new(self.tables.client(&free), APP);
        let scope = scope(cohort);
        assert!(store.create_cohort(&cohort_of(cohort, delete_on, form)).await.unwrap());
        let put = |key: &str, bodies: &[Option<&[u8]>]| {
            for body in bodies {
                self.bucket.add(key, *body);
            }
        };
        for number in 0..students {
            let (student, response) = answers(cohort, number);
            store.store_response(&scope, &student, &response).await.unwrap();
            // Every raw questionnaire was replaced by a masked one, which leaves a version behind.
            let key = keys::raw_response(Some(&scope), &response.token);
            put(&key, &[Some(b"{\"raw\":1}"), Some(b"{}")]);
            let message: Message = from(json!({
                "id": format!("msg_{cohort}_{number}"), "kind": "group", "student": student.id,
                "formation": "for_1", "section": "hold-a", "group": 1, "status": "delivered",
                "status_at": NOW,
            }));
            assert!(store.create_message(&(&scope).into(), &message).await.unwrap());
            self.typeform.add(form, "completed", &[response.token.as_str()]);
        }
        let quarantined: Quarantined = from(json!({
            "token": "q1", "form": form, "reason": "missing_email",
            "submitted_at": NOW, "received_at": NOW,
        }));
        store.quarantine(Some(&scope), &quarantined).await.unwrap();
        let formation: Formation = from(json!({
            "id": "for_1", "status": "running", "requested_by": "deadline",
            "requested_at": "2026-12-15T10:00:00Z", "seed": 1,
        }));
        store.start_formation(&scope, &formation, None).await.unwrap();
        let group: Group = from(json!({
            "formation": "for_1", "section": "hold-a", "number": 1, "members": [], "score": 1,
            "scores": {},
        }));
        store.put_groups(&scope, &[group]).await.unwrap();
        let ended = "2026-12-15T12:00:00Z".parse().unwrap();
        let delete_on = delete_on.parse().unwrap();
        let term = Term { delete_on, was: delete_on };
        store.publish_formation(&scope, &formation.id, (ended, ended), term).await.unwrap();
        let output = keys::solve_output(&scope, &formation.id, &"hold-a".parse().unwrap());
        put(&output, &[Some(b"{}"), None, Some(b"{}")]);
        put(&format!("{}exports/list.csv", keys::cohort_prefix(&scope)), &[Some(b"x"), None]);
        self.typeform.add(form, "partial", &[&format!("{cohort}-partial")]);
        self.typeform.add(form, "started", &[&format!("{cohort}-started")]);
    }
}

/// The key under which tokens of evaluations are made.
pub(crate) fn key() -> IdentityKey {
    IdentityKey::new(*b"0123456789abcdef0123456789abcdef")
}

/// A value from its JSON.
pub(crate) fn from<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

pub(crate) fn scope(cohort: &str) -> Scope {
    Scope::new(InstitutionId::parse(INSTITUTION).unwrap(), CohortId::parse(cohort).unwrap())
}

/// The id of the cohort's erasure.
pub(crate) fn erasure() -> ErasureId {
    ErasureId::for_due_cohort(&scope(DUE).cohort, "2027-08-15".parse().unwrap())
}

/// What the sweep starts an execution with.
pub(crate) fn input() -> Value {
    json!({ "institution": INSTITUTION, "cohort": DUE, "erasure": erasure() })
}

/// One task, as the machine would ask for it first.
pub(crate) fn task(step: &str) -> Task {
    from(json!({ "step": step, "subject": input(), "since": NOW }))
}

/// Runs steps to their ends, without the machine.
pub(crate) async fn run(systems: &Systems, steps: &[&str]) {
    for step in steps {
        let mut next = task(step);
        while let answer = handle(systems, next.clone()).await.unwrap()
            && !answer.done
        {
            next.after = Some(answer);
        }
    }
}

fn cohort_of(id: &str, delete_on: &str, form: &str) -> Cohort {
    from(json!({
        "institution": INSTITUTION, "id": id, "name": { "da": "Optag", "en": "Intake" },
        "language": "da", "form": form, "deadline": "2026-12-15T10:00:00Z",
        "sections": [{ "id": "hold-a" }],
        "identity": { "email": { "field": "email" }, "name": [{ "field": "name" }] },
        "questions": [], "criteria": [], "sizes": { "min": 3, "preferred": 4, "max": 5 },
        "created_at": "2026-06-01T10:00:00Z", "delete_on": delete_on,
    }))
}

fn answers(cohort: &str, number: usize) -> (Student, Response) {
    let token = format!("{cohort}-t{number:02}");
    let submitted = "2026-12-10T10:00:00Z";
    let student = from(json!({
        "id": format!("stu_{cohort}_{number:02}"), "email": format!("S{number}@Example.edu"),
        "name": format!("Student {number}"), "section": "hold-a", "response": token,
        "submitted_at": submitted,
    }));
    let response = from(json!({
        "token": token, "student": format!("stu_{cohort}_{number:02}"), "section": "hold-a",
        "submitted_at": submitted, "received_at": submitted, "profile": { "answers": {} },
    }));
    (student, response)
}
