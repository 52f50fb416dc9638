//! An institution with something in every part, and another one.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::ExportId;
use domain::audit::AuditEntry;
use domain::export::{ExportFile, ExportRef, InstitutionExport};
use institution_export::{Progress, Systems, Task, handle};
use jiff::Timestamp;
use runtime::StepError;
use serde_json::{Value, json};
use store::keys::{self, Key};
use store::{Audit, Objects, Scope, Store};

use crate::memory::Gate;
use crate::memory::dynamo::Tables;
use crate::memory::s3::Bucket;

pub(crate) const APP: &str = "app";
const EXPORT: &str = "exp_0192f0c1a2b37c4d8e5f60718293a4b5";

pub(crate) fn now() -> Timestamp {
    "2026-09-10T12:00:00Z".parse().unwrap()
}

fn scope_of(institution: &str, cohort: &str) -> Scope {
    Scope::new(institution.parse().unwrap(), cohort.parse().unwrap())
}

pub(crate) fn scope() -> Scope {
    scope_of("ins_example-university", "coh_a")
}

pub(crate) fn id() -> ExportId {
    EXPORT.parse().unwrap()
}

pub(crate) fn task() -> Task {
    Task::Write { subject: ExportRef { institution: scope().institution, export: id() } }
}

#[derive(Default)]
pub(crate) struct World {
    pub(crate) tables: Tables,
    pub(crate) bucket: Bucket,
    pub(crate) gate: Gate,
    pub(crate) slice: Option<Duration>,
}

impl World {
    pub(crate) fn put(&self, key: &Key, value: &Value) {
        let mut item: HashMap<String, AttributeValue> = serde_dynamo::to_item(value).unwrap();
        item.insert("pk".into(), AttributeValue::S(key.pk.clone()));
        item.insert("sk".into(), AttributeValue::S(key.sk.clone()));
        let mut items = self.tables.items(APP);
        items.insert((key.pk.clone(), key.sk.clone()), item);
        self.tables.put(APP, items);
    }

    pub(crate) fn store(&self) -> Store {
        Store::new(self.tables.client(&Gate::default()), APP)
    }

    pub(crate) async fn full() -> Self {
        Self::with(&["coh_a", "coh_b", "coh_due", "coh_gone"]).await
    }

    /// One small cohort: few calls, so that each of them can fail.
    pub(crate) async fn small() -> Self {
        Self::with(&["coh_b"]).await
    }

    async fn with(cohorts: &[&str]) -> Self {
        let world = Self::default();
        for (institution, mark) in [("ins_example-university", "Home"), ("ins_other", "Foreign")] {
            world.institution(institution, mark, cohorts).await;
        }
        let by = "sub-operator".parse().unwrap();
        let asked = InstitutionExport::requested(id(), by, now());
        assert!(world.store().create_export(&scope().institution, &asked).await.unwrap());
        world
    }

    async fn institution(&self, institution: &str, mark: &str, cohorts: &[&str]) {
        let home: domain::InstitutionId = institution.parse().unwrap();
        let record = json!({ "id": home, "name": mark, "reply_to": "study@example.edu" });
        self.put(&keys::institution(&home), &record);
        let contact = format!("sub-{}", mark.to_lowercase()).parse().unwrap();
        self.put(&keys::listed_contact(&home, &contact), &json!({}));
        self.put(
            &keys::contact(&contact),
            &json!({
                "id": contact, "institution": home, "role": "viewer", "name": format!("{mark} contact"),
                "email": "karen@example.edu", "active": true,
            }),
        );
        for cohort in cohorts {
            let more = match *cohort {
                "coh_due" => json!({ "delete_on": "2026-09-10" }),
                "coh_gone" => json!({ "erasure": "era_1" }),
                _ => json!({}),
            };
            self.cohort(&scope_of(institution, cohort), mark, &more);
        }
        self.put(
            &keys::breach(&home, &"bre_1".parse().unwrap()),
            &json!({ "mark": format!("{mark} breach") }),
        );
        let place = store::MessagePlace::of_institution(&home);
        self.put(
            &keys::message(&place, &"msg_1".parse().unwrap()),
            &json!({ "mark": format!("{mark} letter") }),
        );
        let certificate = keys::certificate(&home, &"era_0".parse().unwrap());
        self.bucket
            .add(&certificate, Some(format!("{{\"mark\":\"{mark} certificate\"}}").as_bytes()));
        let entry =
            AuditEntry::of_job(&home, now(), "retention-sweep", &format!("{mark}.swept"), "r");
        let audit = Audit::new(self.tables.client(&Gate::default()), "audit");
        audit.append(&entry, "r").await.unwrap();
    }

    fn cohort(&self, scope: &Scope, mark: &str, more: &Value) {
        let mut cohort = json!({
            "institution": scope.institution, "id": scope.cohort,
            "name": { "da": "Datalogi", "en": "Computer science" }, "language": "da",
            "form": "form-1", "deadline": "2026-09-07T10:00:00Z", "sections": [{ "id": "a" }],
            "identity": { "email": { "field": "email" }, "name": [{ "field": "name" }] },
            "questions": [], "criteria": [], "sizes": { "min": 2, "preferred": 2, "max": 3 },
            "created_at": "2026-08-03T08:00:00Z", "delete_on": "2027-05-07",
            "deadline_pk": "DEADLINE", "deadline_sk": "2026",
        });
        cohort.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.put(&keys::cohort(scope), &cohort);
        // More than fits on a page, of both items and objects.
        let (students, forms) = if scope.cohort.as_str() == "coh_a" { (45, 9) } else { (2, 1) };
        for number in 0..students {
            let student = format!("stu_{number}").parse().unwrap();
            let name = format!("{mark} student {number} of {}", scope.cohort);
            self.put(&keys::student(scope, &student), &json!({ "id": student, "name": name }));
        }
        for number in 0..forms {
            let token = format!("token-{number}").parse().unwrap();
            self.bucket.add(
                &keys::raw_response(Some(scope), &token),
                Some(
                    format!("{{\"raw\":\"{mark} form {number} of {}\"}}", scope.cohort).as_bytes(),
                ),
            );
        }
        let request = "rrq_1".parse().unwrap();
        let link = json!({ "nonce": "secret-nonce", "number": 1 });
        self.put(&keys::rights(scope, &request), &json!({ "id": request, "link": link }));
        // It waits for approval, and whoever holds its token could wake it.
        let formation = "for_1".parse().unwrap();
        let waits = json!({ "id": formation, "mark": mark, "task_token": "secret-token" });
        self.put(&keys::formation(scope, &formation), &waits);
    }

    /// Runs one task.
    pub(crate) async fn runs(&self, task: Task) -> Result<Progress, StepError> {
        let systems = Systems {
            store: Store::new(self.tables.client(&self.gate), APP),
            audit: Audit::new(self.tables.client(&self.gate), "audit"),
            objects: Objects::new(self.bucket.client(&self.gate), "bucket"),
            clock: now,
            slice: self.slice.unwrap_or(Duration::from_mins(1)),
        };
        handle(&systems, task).await
    }

    pub(crate) async fn export(&self) -> InstitutionExport {
        self.store().export(&scope().institution, &id()).await.unwrap().unwrap()
    }

    /// The files as they are in the bucket, by name.
    pub(crate) fn files(&self) -> BTreeMap<String, String> {
        let prefix = keys::institution_export_prefix(&scope().institution, &id());
        let versions = self.bucket.versions().into_iter();
        versions
            .filter_map(|version| {
                let name = version.key.strip_prefix(&prefix)?.to_owned();
                Some((name, String::from_utf8(version.body?).unwrap()))
            })
            .collect()
    }

    /// The files as they are noted.
    pub(crate) async fn noted(&self) -> Vec<ExportFile> {
        self.store().export_files(&scope().institution, &id()).await.unwrap()
    }

    /// The entries of the audit trail that an export made.
    pub(crate) fn recorded(&self) -> usize {
        let trail = self.tables.plain("audit").into_values();
        trail.filter(|entry| entry["action"] == "institution.export").count()
    }
}
