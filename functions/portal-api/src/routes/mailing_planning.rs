//! A mailing that is confirmed for a time to come, and one that stopped and is closed (M2, M3).
//!
//! Safe to repeat: each is one conditional write from the version that was seen. The same plan again, the same taking
//! back and the same closing change nothing more. What starts a planned mailing is `mailing-clock`; it moves the same
//! record by its version, so of a contact who takes a plan back and a clock that strikes one wins.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use domain::cohort::Cohort;
use domain::mailing::{Audience, Mailing, MailingStatus, Plan};
use domain::retention::is_due;
use jiff::{Timestamp, Unit};
use runtime::clock::today;

use super::mailing_sending::{may_be_sent, stands_still};
use super::mailings::{at_version, named, shown, stale};
use crate::body::Body;
use crate::caller::Coordinator;
use crate::mailing_views::{MailingView, PlanRequest};
use crate::params::{OfMailing, ParameterProblem, Params, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Conflicts, Missing, Problem, Versioned};

/// The longest moment that is read, in characters: to the nanosecond, with the name of a time zone.
const LONGEST_MOMENT: usize = 64;

/// Send a mailing later
///
/// This is the confirmation, for a moment to come: then the mailing starts by itself, as if it were sent by hand, to
/// those who belong to its recipients by then. `If-Match` names the version that was seen in the preview. Until then
/// it may be planned for another moment, sent at once, changed or taken back. What may not be sent when its moment
/// comes becomes a draft again, and `missed` says why. A reminder goes before the deadline, and nothing on the day on
/// which the cohort is deleted or after it. The same request again changes nothing. The request is recorded in the
/// audit trail.
#[utoipa::path(
    put, path = "/api/cohorts/{cohort}/mailings/{mailing}/plan", operation_id = "planMailing", tag = "mail",
    extensions(("x-role" = json!("coordinator"))),
    params(
        OfMailing,
        ("If-Match" = String, Header, description = "The version that is to be sent.", example = "\"3\""),
    ),
    request_body(content = PlanRequest, example = json!({ "at": "2026-12-01T08:00:00+01:00" })),
    responses(
        (status = 200, description = "The mailing, planned.", body = MailingView,
            headers(("ETag" = String, description = "The version that a change has to name as If-Match."))),
        Always, Missing, Conflicts, Versioned,
    ),
)]
pub(crate) async fn plan(
    State(portal): State<Portal>,
    Coordinator(caller): Coordinator,
    ids: PathIds,
    mut params: Params,
    body: Result<Body, Problem>,
) -> Result<Response, Problem> {
    let (scope, cohort) = portal.cohort(&caller, &ids).await?;
    let mailing = named(&portal, &scope, &ids).await?;
    let seen = params.version();
    params.finish()?;
    let mut body = body?;
    let at = body.text("at", LONGEST_MOMENT);
    body.finish()?;
    let at = moment(&at).ok_or_else(|| {
        refused(
            "skal være et tidspunkt med tidszone",
            "must be a moment such as 2026-12-01T08:00:00+01:00",
        )
    })?;
    let contact = &caller.contact.id;
    match (mailing.status, &mailing.plan) {
        (MailingStatus::Planned, Some(plan)) if plan.at == at && plan.by == *contact => {
            return shown(&mailing, &cohort);
        }
        (MailingStatus::Draft | MailingStatus::Planned, _) => {}
        _ => return Err(Problem::MailingSent),
    }
    if seen != Some(mailing.version) {
        return Err(Problem::Stale { version: mailing.version });
    }
    fits(&mailing, &cohort, at, caller.now)?;
    may_be_sent(&mailing, &cohort, at)?;
    let about = [mailing.id.to_string()];
    portal.record_about(&caller, Some(&scope.cohort), "mailings.plan", &about).await?;
    let (by, deadline) = (contact.clone(), cohort.settings.deadline);
    let planned = mailing.planned(Plan { at, by, made_at: caller.now, deadline });
    if portal.store.move_mailing(&scope, &mailing, &planned).await? {
        return shown(&planned, &cohort);
    }
    Err(stale(&portal, &scope, &mailing.id).await)
}

/// Whole seconds, as on the list of what is due.
fn moment(text: &str) -> Option<Timestamp> {
    text.parse::<Timestamp>().ok()?.round(Unit::Second).ok()
}

fn refused(da: &str, en: &str) -> Problem {
    Problem::Parameters(vec![ParameterProblem::told("/at".to_owned(), "at", da, en)])
}

/// Whether something may go at a moment; what is wrong is told with its place.
fn fits(mailing: &Mailing, cohort: &Cohort, at: Timestamp, now: Timestamp) -> Result<(), Problem> {
    if at <= now {
        return Err(refused("skal ligge i fremtiden", "must be in the future"));
    }
    let reminds = matches!(mailing.audience, Audience::NotAnswered { .. });
    if reminds && now < cohort.settings.deadline && at >= cohort.settings.deadline {
        return Err(refused("skal ligge før svarfristen", "must be before the deadline"));
    }
    if is_due(cohort.delete_on, today(at)) {
        return Err(refused(
            "skal ligge før den dag, hvor årgangens data slettes",
            "must be before the day on which the cohort's data is deleted",
        ));
    }
    Ok(())
}

/// Take a plan back
///
/// A planned mailing is a draft again and does not go by itself. The request is recorded in the audit trail.
#[utoipa::path(
    delete, path = "/api/cohorts/{cohort}/mailings/{mailing}/plan", operation_id = "takeMailingBack", tag = "mail",
    extensions(("x-role" = json!("coordinator"))),
    params(
        OfMailing,
        ("If-Match" = String, Header, description = "The version that is taken back.", example = "\"4\""),
    ),
    responses(
        (status = 200, description = "The draft.", body = MailingView,
            headers(("ETag" = String, description = "The version that a change has to name as If-Match."))),
        Always, Missing, Conflicts, Versioned,
    ),
)]
pub(crate) async fn take_back(
    State(portal): State<Portal>,
    Coordinator(caller): Coordinator,
    ids: PathIds,
    params: Params,
) -> Result<Response, Problem> {
    const WHAT: [MailingStatus; 2] = [MailingStatus::Planned, MailingStatus::Draft];
    let (scope, cohort, known) = at_version(&portal, &caller, &ids, params, &WHAT).await?;
    if known.status == MailingStatus::Draft {
        return shown(&known, &cohort);
    }
    let about = [known.id.to_string()];
    portal.record_about(&caller, Some(&scope.cohort), "mailings.take_back", &about).await?;
    let draft = known.taken_back(caller.now);
    if portal.store.move_mailing(&scope, &known, &draft).await? {
        return shown(&draft, &cohort);
    }
    Err(stale(&portal, &scope, &known.id).await)
}

/// Close a mailing
///
/// One that stopped, or that has stood still on its way for a quarter of an hour: no more of it goes out, also of its
/// mails that wait to be sent. What was sent stays, and so do its numbers; a mail to one student may still be sent
/// once more. Closing what is closed changes nothing. The request is recorded in the audit trail.
#[utoipa::path(
    post, path = "/api/cohorts/{cohort}/mailings/{mailing}/close", operation_id = "closeMailing", tag = "mail",
    extensions(("x-role" = json!("coordinator"))),
    params(
        OfMailing,
        ("If-Match" = String, Header, description = "The version that is closed.", example = "\"7\""),
    ),
    responses((status = 200, description = "The mailing, closed.", body = MailingView), Always, Missing, Conflicts, Versioned),
)]
pub(crate) async fn close(
    State(portal): State<Portal>,
    Coordinator(caller): Coordinator,
    ids: PathIds,
    mut params: Params,
) -> Result<Json<MailingView>, Problem> {
    let (scope, cohort) = portal.cohort(&caller, &ids).await?;
    let mailing = named(&portal, &scope, &ids).await?;
    let seen = params.version();
    params.finish()?;
    match mailing.status {
        MailingStatus::Closed => return Ok(Json(MailingView::whole(&mailing, &cohort))),
        MailingStatus::Stopped => {}
        MailingStatus::Sending if stands_still(&mailing, caller.now) => {}
        _ => return Err(Problem::MailingNotStopped),
    }
    if seen != Some(mailing.version) {
        return Err(Problem::Stale { version: mailing.version });
    }
    let about = [mailing.id.to_string()];
    portal.record_about(&caller, Some(&scope.cohort), "mailings.close", &about).await?;
    let closed = mailing.closed(caller.now);
    if portal.store.move_mailing(&scope, &mailing, &closed).await? {
        return Ok(Json(MailingView::whole(&closed, &cohort)));
    }
    Err(stale(&portal, &scope, &mailing.id).await)
}
