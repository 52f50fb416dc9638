//! Requests at different places of their clocks.

use domain::rights::RightsRequest;
use domain::{CohortId, InstitutionId};
use jiff::Timestamp;
use privacy_clock::{Answer, Systems, Tick, tick};
use runtime::StepError;
use runtime::clock::Clock;
use serde_json::{Value, json};
use store::{Objects, Scope, Store, keys};

use crate::memory::Gate;
use crate::memory::dynamo::Tables;
use crate::memory::s3::Bucket;

pub(crate) const APP: &str = "app";

/// The systems that the clock meets.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) gate: Gate,
    pub(crate) tables: Tables,
    pub(crate) bucket: Bucket,
}

impl World {
    pub(crate) fn store(&self) -> Store {
        Store::new(self.tables.client(&Gate::default()), APP)
    }

    /// Notes a request.
    pub(crate) async fn noted(&self, request: &RightsRequest) {
        assert!(self.store().create_rights_request(&scope(), request).await.unwrap());
    }

    /// An erasure, with its end if it has come to it.
    pub(crate) fn erasure(&self, id: &str, completed: Option<&str>) {
        let key = keys::erasure(&scope().institution, &id.parse().unwrap());
        let erasure = json!({
            "pk": key.pk, "sk": key.sk, "id": id, "cohort": scope().cohort, "scope": "person",
            "status": if completed.is_some() { "completed" } else { "running" },
            "reason": "person_asked", "started_at": "2027-03-02T10:00:00Z", "deleted": {},
            "completed_at": completed,
        });
        let mut items = self.tables.items(APP);
        items.insert((key.pk, key.sk), serde_dynamo::to_item(erasure).unwrap());
        self.tables.put(APP, items);
    }

    /// The request as it stands.
    pub(crate) async fn stands(&self, request: &RightsRequest) -> RightsRequest {
        self.store().rights_request(&scope(), &request.id).await.unwrap().unwrap()
    }

    /// One look at this time.
    pub(crate) async fn tick(&self, clock: Clock) -> Result<Answer, StepError> {
        self.tick_for(Tick::Hourly {}, clock).await
    }

    /// One look that somebody asks for.
    pub(crate) async fn tick_for(&self, by: Tick, clock: Clock) -> Result<Answer, StepError> {
        let systems = Systems {
            store: Store::new(self.tables.client(&self.gate), APP),
            objects: Objects::new(self.bucket.client(&self.gate), "bucket"),
            clock,
        };
        tick(&systems, by).await
    }
}

pub(crate) fn scope() -> Scope {
    let cohort = CohortId::parse("coh_a").unwrap();
    Scope::new(InstitutionId::parse("ins_1").unwrap(), cohort)
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A request that was received on 1 March at nine: acknowledged by the 3rd, due on the 31st.
pub(crate) fn request(id: &str, changes: Value) -> RightsRequest {
    let mut request = json!({
        "id": id, "kind": "access", "student": "stu_1", "received_at": "2027-03-01T09:00:00Z",
        "channel": "email", "noted_at": "2027-03-01T10:00:00Z", "noted_by": "operator",
        "status": "acknowledged", "version": 1,
    });
    let Value::Object(changes) = changes else { panic!("changes are members") };
    request.as_object_mut().unwrap().extend(changes);
    serde_json::from_value(request).unwrap()
}
