//! Breaches as the API shows and takes them (D7).

use std::collections::BTreeMap;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::breach::{Affected, Breach};
use domain::institution::Institution;
use domain::message::MessageStatus;
use domain::{BreachId, CohortId, ErasureId, InstitutionId};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::Problem;
use crate::words;

/// Breaches.
#[derive(Serialize, ToSchema)]
pub(crate) struct BreachList {
    /// The breaches, newest first.
    pub(crate) items: Vec<BreachView>,
}

/// A breach in the register.
#[derive(Serialize, ToSchema)]
#[schema(as = Breach)]
pub(crate) struct BreachView {
    /// Its id.
    #[schema(value_type = String, example = "bre_0192f0c1a2b37c4d8e5f60718293a4b5")]
    id: BreachId,
    /// Where it is.
    status: words::BreachStatus,
    /// When the processor became aware of it.
    #[schema(example = "2026-09-10T09:30:00Z")]
    aware_at: Timestamp,
    /// By when the institution must know: 24 hours later.
    #[schema(example = "2026-09-11T09:30:00Z")]
    notify_by: Timestamp,
    /// How these 24 hours stand.
    clock: words::BreachClock,
    /// When it was entered.
    #[schema(example = "2026-09-10T10:00:00Z")]
    opened_at: Timestamp,
    /// Its version, which a change has to name.
    #[schema(example = 4)]
    version: u32,
    /// How much it may harm.
    #[serde(skip_serializing_if = "Option::is_none")]
    risk: Option<words::BreachRisk>,
    /// The answers, by question of annex E.
    #[schema(example = json!({"nature": "A laptop with an encrypted disk was stolen."}))]
    answers: BTreeMap<String, String>,
    /// The questions without an answer.
    #[schema(example = json!(["follow_up", "closing_date"]))]
    unanswered: Vec<String>,
    /// Whose data it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    affected: Option<AffectedView>,
    /// When the institution was told.
    notices: Vec<BreachNotice>,
    /// When it was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-10-01T12:00:00Z")]
    closed_at: Option<Timestamp>,
    /// What to look at again, by question.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) warnings: BTreeMap<String, String>,
}

/// One time that the institution was told of a breach.
#[derive(Serialize, ToSchema)]
pub(crate) struct BreachNotice {
    /// When.
    #[schema(example = "2026-09-10T12:00:00Z")]
    at: Timestamp,
    /// Where the mail is; absent once the mail's record is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    mail: Option<words::MessageStatus>,
}

/// Whose data existed in a window of time.
#[derive(Serialize, ToSchema)]
#[schema(as = Affected)]
pub(crate) struct AffectedView {
    /// Start of the window.
    #[schema(example = "2026-09-09T20:00:00Z")]
    from: Timestamp,
    /// End of the window.
    #[schema(example = "2026-09-09T22:00:00Z")]
    until: Timestamp,
    /// When it was counted.
    #[schema(example = "2026-09-10T11:00:00Z")]
    counted_at: Timestamp,
    /// Per cohort.
    cohorts: Vec<AffectedCohortView>,
    /// Cohorts that were erased since the window began: at least one person each.
    erased: Vec<ErasedView>,
}

/// A cohort's part of a count.
#[derive(Serialize, ToSchema)]
#[schema(as = AffectedCohort)]
pub(crate) struct AffectedCohortView {
    /// The cohort.
    #[schema(value_type = String, example = "coh_0192f0c1a2b37c4d8e5f60718293a4b5")]
    cohort: CohortId,
    /// Different students.
    #[schema(example = 118)]
    students: u32,
    /// Records of students.
    #[schema(example = 118)]
    records: u32,
    /// Responses.
    #[schema(example = 121)]
    responses: u32,
    /// Raw questionnaires.
    #[schema(example = 123)]
    raw_objects: u32,
    /// Mails.
    #[schema(example = 118)]
    messages: u32,
}

/// A cohort that was erased since the window began.
#[derive(Serialize, ToSchema)]
#[schema(as = ErasedSince)]
pub(crate) struct ErasedView {
    /// The erasure; its certificate says more.
    #[schema(value_type = String, example = "era_0192f0c1a2b37c4d8e5f60718293a4b5")]
    erasure: ErasureId,
    /// How many things it deleted.
    #[schema(example = 240)]
    deleted: u64,
}

/// What a closed breach's certificate says.
#[derive(Serialize, ToSchema)]
pub(crate) struct CertificateOfBreach {
    /// The controller.
    #[schema(value_type = String, example = "ins_0192f0c1a2b37c4d8e5f60718293a4b5")]
    institution: InstitutionId,
    /// Its name.
    #[schema(example = "Example University")]
    institution_name: String,
    /// When the case was closed.
    #[schema(example = "2026-10-01T12:00:00Z")]
    closed_at: Timestamp,
    /// Whether the institution was told within 24 hours.
    told_in_time: bool,
    /// The entry.
    breach: BreachView,
}

impl CertificateOfBreach {
    pub(crate) fn of(institution: Institution, closed_at: Timestamp, breach: BreachView) -> Self {
        Self {
            institution: institution.id,
            institution_name: institution.name,
            closed_at,
            told_in_time: matches!(breach.clock, words::BreachClock::Met),
            breach,
        }
    }
}

impl BreachView {
    /// A breach with the states of its mails, at an instant.
    pub(crate) fn of(breach: Breach, states: &[Option<MessageStatus>], now: Timestamp) -> Self {
        let unanswered =
            breach.unanswered().into_iter().map(|question| question.as_str().to_owned()).collect();
        let notices = breach
            .notices
            .iter()
            .zip(states)
            .map(|(told, state)| BreachNotice { at: told.at, mail: state.map(Into::into) });
        Self {
            status: breach.status.into(),
            notify_by: breach.notify_by(),
            clock: breach.clock(now).into(),
            notices: notices.collect(),
            unanswered,
            id: breach.id,
            aware_at: breach.aware_at,
            opened_at: breach.opened_at,
            version: breach.version,
            risk: breach.risk.map(Into::into),
            answers: breach
                .answers
                .into_iter()
                .map(|(question, text)| (question.as_str().to_owned(), text))
                .collect(),
            affected: breach.affected.map(AffectedView::from),
            closed_at: breach.closed_at,
            warnings: BTreeMap::new(),
        }
    }
}

impl From<Affected> for AffectedView {
    fn from(affected: Affected) -> Self {
        let cohorts = affected.cohorts.into_iter().map(|counted| AffectedCohortView {
            cohort: counted.cohort,
            students: counted.students,
            records: counted.records,
            responses: counted.responses,
            raw_objects: counted.raw_objects,
            messages: counted.messages,
        });
        let erased = affected
            .erased
            .into_iter()
            .map(|erased| ErasedView { erasure: erased.erasure, deleted: erased.deleted });
        Self {
            from: affected.from,
            until: affected.until,
            counted_at: affected.counted_at,
            cohorts: cohorts.collect(),
            erased: erased.collect(),
        }
    }
}

/// A breach with its version as `ETag`.
pub(crate) fn changed(view: &BreachView) -> Result<Response, Problem> {
    let tag = HeaderValue::from_str(&format!("\"{}\"", view.version));
    let tag = tag.map_err(|_| Problem::Internal)?;
    Ok(([(header::ETAG, tag)], axum::Json(view)).into_response())
}

/// A breach as it is entered.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; its members are taken one by one")]
pub(crate) struct Opening {
    /// When the processor became aware of it; not in the future.
    #[schema(example = "2026-09-10T09:30:00Z")]
    aware_at: Timestamp,
}

/// Answers to the questions of annex E; those left out stay as they are.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; its members are taken one by one")]
pub(crate) struct Answers {
    /// 1: when it occurred.
    #[schema(example = "The night before 10 September 2026.")]
    occurred: Option<String>,
    /// 2: when it was found.
    #[schema(example = "10 September 2026, 9:30.")]
    found: Option<String>,
    /// 3: what happened.
    #[schema(example = "A laptop with an encrypted disk was stolen.")]
    nature: Option<String>,
    /// 4: the cause.
    #[schema(example = "It lay in a car.")]
    cause: Option<String>,
    /// 5: the kind of data, ordinary or sensitive.
    #[schema(example = "Ordinary data.")]
    data_kind: Option<String>,
    /// 6: the categories of people.
    #[schema(example = "Students.")]
    categories: Option<String>,
    /// 7: the presumed number of people by category.
    #[schema(example = "118 students.")]
    numbers: Option<String>,
    /// 8: technical findings.
    #[schema(example = "The disk was locked.")]
    findings: Option<String>,
    /// 9: likely consequences for them.
    #[schema(example = "Unlikely.")]
    consequences: Option<String>,
    /// 10: the remedies taken.
    #[schema(example = "The keys were replaced.")]
    remedies: Option<String>,
    /// 11: internal follow-up to prevent the like.
    #[schema(example = "No laptops in cars.")]
    follow_up: Option<String>,
    /// 12: the closing date.
    #[schema(example = "2026-10-01")]
    closing_date: Option<String>,
}

/// A judgement of the risk.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; its members are taken one by one")]
pub(crate) struct Assessment {
    /// `unlikely`, `likely` or `high`.
    #[schema(example = "likely")]
    risk: String,
}

/// A window of time and the stores that were reached in it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; its members are taken one by one")]
pub(crate) struct Window {
    /// Its start.
    #[schema(example = "2026-09-09T20:00:00Z")]
    from: Timestamp,
    /// Its end; not in the future.
    #[schema(example = "2026-09-09T22:00:00Z")]
    until: Timestamp,
    /// Some of `records`, `responses`, `raw_objects`, `messages`, with spaces between them.
    #[schema(example = "records responses")]
    stores: String,
}

/// The word that confirms.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; its members are taken one by one")]
pub(crate) struct Confirmation {
    /// `notify`.
    #[schema(example = "notify")]
    confirm: String,
}
