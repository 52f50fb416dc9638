//! Cohorts before and after their date, and questionnaires that nobody claimed.

use std::time::Duration;

use accounts::Accounts;
use domain::cohort::Cohort;
use domain::erasure::{Erasure, ErasureStatus};
use domain::quarantine::Quarantined;
use domain::{CohortId, ErasureId, InstitutionId};
use jiff::Timestamp;
use retention_sweep::Systems;
use serde_json::{Value, json};
use store::{Audit, Objects, Scope, Store, keys};
use suppression::SuppressionList;

use crate::executions::{Executions, MACHINE};
use crate::memory::Gate;
use crate::memory::dynamo::Tables;
use crate::memory::s3::Bucket;
use crate::pool::Pool;
use crate::ses;

/// Half past midnight of 15 August in Copenhagen; in UTC it is still the day before.
pub(crate) const NOW: &str = "2027-08-14T22:30:00Z";
pub(crate) const APP: &str = "app";
/// Due since the day before, due today, due tomorrow; id and form.
pub(crate) const COHORTS: [(&str, &str); 3] =
    [("coh_a", "2027-08-14"), ("coh_b", "2027-08-15"), ("coh_c", "2027-08-16")];
/// Received 31, 30 and 29 civil days ago, the second one just before midnight in Copenhagen.
const UNASSIGNED: [(&str, &str); 3] = [
    ("u31", "2027-07-15T12:00:00Z"),
    ("u30", "2027-07-16T21:59:00Z"),
    ("u29", "2027-07-16T22:01:00Z"),
];

pub(crate) fn now() -> Timestamp {
    NOW.parse().unwrap()
}

/// The systems that a sweep meets.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) gate: Gate,
    pub(crate) tables: Tables,
    pub(crate) bucket: Bucket,
    pub(crate) executions: Executions,
    pub(crate) pool: Pool,
    pub(crate) suppressed: ses::SuppressionList,
}

impl World {
    /// Fills them.
    pub(crate) async fn new() -> Self {
        let world = Self::default();
        let store = Store::new(world.tables.client(&Gate::default()), APP);
        for (id, delete_on) in COHORTS {
            assert!(store.create_cohort(&cohort(id, delete_on)).await.unwrap());
        }
        for (token, received_at) in UNASSIGNED {
            let entry: Quarantined = from(json!({
                "token": token, "form": "Unknown1", "reason": "unknown_form",
                "submitted_at": received_at, "received_at": received_at,
            }));
            assert!(store.quarantine(None, &entry).await.unwrap());
            let key = keys::raw_response(None, &entry.token);
            world.bucket.add(&key, Some(b"{\"raw\":1}"));
            world.bucket.add(&key, Some(b"{}"));
            // A token that begins like another one's.
            world.bucket.add(&key.replace(".json", "0.json"), Some(b"{}"));
        }
        world
    }

    /// The function's dependencies.
    pub(crate) fn systems(&self) -> Systems {
        Systems {
            store: Store::new(self.tables.client(&self.gate), APP),
            audit: Audit::new(self.tables.client(&self.gate), "audit"),
            accounts: Accounts::new(self.pool.client(&self.gate), "pool"),
            suppressed: SuppressionList::new(self.suppressed.client(&self.gate)),
            objects: Objects::new(self.bucket.client(&self.gate), "bucket"),
            executions: self.executions.client(&self.gate),
            machine: MACHINE.to_owned(),
            clock: now,
            slice: Duration::from_mins(1),
        }
    }

    /// Tokens of the unassigned questionnaires that are left.
    pub(crate) fn unassigned(&self) -> Vec<String> {
        let items = self.tables.items(APP).into_keys();
        let sks = items.filter(|(pk, _)| pk == keys::UNASSIGNED).map(|(_, sk)| sk);
        sks.map(|sk| sk.trim_start_matches("QUARANTINE#").to_owned()).collect()
    }

    /// Names of the objects that are left, one for each version.
    pub(crate) fn objects(&self) -> Vec<String> {
        let versions = self.bucket.versions().into_iter();
        versions.map(|version| version.key.replace("unassigned/responses/", "")).collect()
    }

    /// Marks a cohort as the erasure's first step does, and sets the erasure's status.
    pub(crate) async fn begun(&self, cohort: &str, status: ErasureStatus) {
        let store = Store::new(self.tables.client(&Gate::default()), APP);
        let scope = scope(cohort);
        let due_on = "2027-08-14".parse().unwrap();
        let record = Erasure::due(erasure(cohort), scope.cohort.clone(), due_on, now());
        store.begin_erasure(&scope, &record, "2027-08-15".parse().unwrap()).await.unwrap();
        store.erasure_status(&scope.institution, &record.id, status, None).await.unwrap();
    }
}

/// A value from its JSON.
pub(crate) fn from<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

pub(crate) fn scope(cohort: &str) -> Scope {
    Scope::new(InstitutionId::parse("ins_1").unwrap(), CohortId::parse(cohort).unwrap())
}

/// The id of a cohort's erasure.
pub(crate) fn erasure(cohort: &str) -> ErasureId {
    let (_, delete_on) = COHORTS.iter().find(|(id, _)| *id == cohort).unwrap();
    ErasureId::for_due_cohort(&scope(cohort).cohort, delete_on.parse().unwrap())
}

fn cohort(id: &str, delete_on: &str) -> Cohort {
    from(json!({
        "institution": "ins_1", "id": id, "name": { "da": "Optag", "en": "Intake" },
        "language": "da", "form": id.replace("coh_", "Form"), "deadline": "2026-12-15T11:00:00Z",
        "sections": [{ "id": "A" }],
        "identity": { "email": { "field": "email" }, "name": [{ "field": "name" }] },
        "questions": [], "criteria": [], "sizes": { "min": 3, "preferred": 4, "max": 5 },
        "created_at": "2026-06-01T10:00:00Z", "delete_on": delete_on,
    }))
}
