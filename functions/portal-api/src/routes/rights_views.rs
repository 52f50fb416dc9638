//! What requests of students look like to operators, and what their steps are told.

use domain::rights::{Alert, RightsRequest, clock};
use domain::{ErasureId, RightsRequestId, StudentId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use crate::routes::rights::NotedBy;
use crate::words;

/// Requests of a cohort's students.
#[derive(Serialize, ToSchema)]
#[schema(as = RightsRequests)]
pub(crate) struct RequestList {
    /// The requests, the one that is due first at the top, what has ended at the bottom.
    pub(crate) items: Vec<RequestView>,
}

/// A request of a student who makes use of a right.
#[derive(Serialize, ToSchema)]
#[schema(as = RightsRequest)]
pub(crate) struct RequestView {
    /// Its id.
    #[schema(value_type = String, example = "rrq_0192f0c1a2b37c4d8e5f60718293a4b5")]
    id: RightsRequestId,
    /// Which right.
    kind: words::RightsKind,
    /// Whose data.
    #[schema(value_type = String, example = "stu_5b1e0f7c2a9d4e3f8b6a7c5d4e3f2a1b")]
    student: StudentId,
    /// Where it is.
    status: words::RightsStatus,
    /// How it came.
    channel: words::RightsChannel,
    /// When it was received.
    #[schema(example = "2026-09-10T07:00:00Z")]
    received_at: Timestamp,
    /// The operator who noted it; absent when the student made it on their page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "0c0f3c1e-6a52-4a0e-9d8c-6f0f6d1f2a01")]
    noted_by: Option<NotedBy>,
    /// By when the student must have heard.
    #[schema(example = "2026-09-12T07:00:00Z")]
    acknowledge_by: Timestamp,
    /// When the student was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-09-10T12:00:00Z")]
    acknowledged_at: Option<Timestamp>,
    /// When the student confirmed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-09-10T13:00:00Z")]
    confirmed_at: Option<Timestamp>,
    /// The last day on which it must be done.
    #[schema(example = "2026-10-10")]
    due_on: Date,
    /// What is late or close now.
    #[serde(skip_serializing_if = "Option::is_none")]
    alert: Option<AlertView>,
    /// Why it takes longer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Answers lie in several stores.")]
    extended_because: Option<String>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "The link was not used.")]
    refused_because: Option<String>,
    /// When it was fulfilled, refused or lifted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-09-10T14:00:00Z")]
    ended_at: Option<Timestamp>,
    /// When the student was told that the erasure begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-09-10T14:00:00Z")]
    erasure_told_at: Option<Timestamp>,
    /// The erasure that fulfils it; its certificate ends the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "era_0192f0c1a2b37c4d8e5f60718293a4b5")]
    erasure: Option<ErasureId>,
    /// Until when the student may fetch the data or be sent another link.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-10-10T14:00:00Z")]
    fetch_until: Option<Timestamp>,
    /// When the student fetched the data by the last link.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-09-10T15:00:00Z")]
    fetched_at: Option<Timestamp>,
    /// Names of what a rectification changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!(["name"]))]
    changed: Vec<String>,
}

/// What is late or close.
#[derive(Serialize, ToSchema)]
#[schema(as = RightsAlert)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AlertView {
    /// The student has not heard within 48 hours.
    Unacknowledged,
    /// At most seven days are left.
    DueSoon,
    /// The term is over.
    Overdue,
}

impl RequestView {
    pub(crate) fn of(request: RightsRequest, now: Timestamp) -> Self {
        let said = clock(&request, now);
        Self {
            kind: request.kind.into(),
            status: request.status.into(),
            channel: request.channel.into(),
            acknowledge_by: said.acknowledge_by,
            due_on: said.due_on,
            alert: said.alert.map(|alert| match alert {
                Alert::Unacknowledged => AlertView::Unacknowledged,
                Alert::DueSoon(_) => AlertView::DueSoon,
                Alert::Overdue => AlertView::Overdue,
            }),
            id: request.id,
            student: request.student,
            received_at: request.received_at,
            noted_by: request.noted_by,
            acknowledged_at: request.acknowledged_at,
            confirmed_at: request.confirmed_at,
            extended_because: request.longer.map(|longer| longer.reason),
            refused_because: request.refusal.map(|refusal| refusal.reason),
            ended_at: request.ended_at,
            erasure_told_at: request.erasure_told_at,
            erasure: request.erasure,
            fetch_until: request.export_until,
            fetched_at: request.download.and_then(|link| link.used_at),
            changed: request.changed.into_iter().collect(),
        }
    }
}

/// A request as it is noted.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; its members are taken one by one")]
pub(crate) struct NewRequest {
    /// Which right.
    kind: words::RightsKind,
    /// Whose data.
    #[schema(example = "stu_5b1e0f7c2a9d4e3f8b6a7c5d4e3f2a1b")]
    student: String,
    /// When it reached the processor, not after now.
    #[schema(example = "2026-09-10T07:00:00Z")]
    received_at: Timestamp,
    /// How it came.
    channel: HowItCame,
}

/// How a request that an operator notes came.
#[derive(ToSchema)]
#[schema(as = RightsNotedChannel, rename_all = "snake_case")]
#[expect(dead_code, reason = "describes the body; its members are taken one by one")]
pub(crate) enum HowItCame {
    Email,
    Letter,
    Phone,
    Institution,
}

/// Nothing needs to be said; an empty object.
#[derive(ToSchema)]
pub(crate) struct NoBody {}

/// That a request takes longer.
#[derive(ToSchema)]
#[schema(as = RightsExtension)]
#[expect(dead_code, reason = "describes the body; its members are taken one by one")]
pub(crate) struct Later {
    /// The last day on which it must be done.
    #[schema(example = "2026-11-20")]
    until: Date,
    /// Why, in the student's language and one line; the student reads it. At most 1000 characters.
    #[schema(example = "Answers lie in several stores.")]
    reason: String,
}

/// That a request is refused.
#[derive(ToSchema)]
#[schema(as = RightsRefusal)]
#[expect(dead_code, reason = "describes the body; its members are taken one by one")]
pub(crate) struct Refusing {
    /// On which ground.
    ground: words::RightsGround,
    /// Why, in the student's language and one line; the student reads it. At most 1000 characters.
    #[schema(example = "The link was not used.")]
    reason: String,
}

/// What is put right; at least one member.
#[derive(ToSchema)]
#[schema(as = Rectification)]
#[expect(dead_code, reason = "describes the body; its members are taken one by one")]
pub(crate) struct Correction {
    /// The name.
    #[schema(example = "Freja Lund")]
    name: Option<String>,
    /// Where mail goes from now on; no other student's address.
    #[schema(example = "freja.lund@example.edu")]
    email: Option<String>,
    /// The student number.
    #[schema(example = "s204711")]
    number: Option<String>,
    /// The section; one of the cohort's.
    #[schema(example = "hold-1")]
    section: Option<String>,
    /// Answers by question: a number of the scale, an option's code, a list of codes, a list of hours
    /// (`day * 24 + hour`, day 0 is Monday) or a text; `null` takes the answer away.
    #[schema(value_type = Option<Object>, example = json!({"ambition": 4}))]
    answers: Option<serde_json::Value>,
}
