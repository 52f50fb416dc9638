//! What contacts write to students (M2): drafts, and what became of them.
//!
//! Safe to repeat: a draft's id follows from the idempotency key and it is created once; every change names the
//! version it was made from (`If-Match`) and is one conditional write. The text stands in the mailing's record
//! alone, is in no entry of the audit trail, and goes with the cohort (M6).

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use domain::MailingId;
use domain::cohort::Cohort;
use domain::mailing::{Audience, Mailing, MailingStatus};
use store::{MessagesOf, Scope};

use crate::body::LongBody;
use crate::caller::{Caller, Coordinator};
use crate::mailing_body::read;
use crate::mailing_views::{MailingRequest, MailingView};
use crate::page::{PageParams, Paged, place_in_time};
use crate::params::{NoParams, OfCohort, OfMailing, Params, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Conflicts, Missing, Problem, Versioned, created, versioned};

/// The mailings of a cohort
///
/// The newest first, without their texts. Looking at this list is recorded in the audit trail.
#[utoipa::path(
    get, path = "/api/cohorts/{cohort}/mailings", operation_id = "listMailings", tag = "mail",
    extensions(("x-role" = json!("viewer"))),
    params(
        OfCohort,
        PageParams,
    ),
    responses((status = 200, description = "The mailings.", body = Paged<MailingView>), Always, Missing),
)]
pub(crate) async fn list(
    State(portal): State<Portal>,
    caller: Caller,
    ids: PathIds,
    mut params: Params,
) -> Result<Json<Paged<MailingView>>, Problem> {
    let (scope, cohort) = portal.cohort(&caller, &ids).await?;
    let asked = params.page(&["mailings", caller.institution.as_str(), scope.cohort.as_str()]);
    params.finish()?;
    let all = portal.store.all_mailings(&scope).await?;
    let place = |mailing: &Mailing| place_in_time(mailing.created_at, mailing.id.as_str());
    let (mailings, next) = asked.window(all, place);
    let shown: Vec<String> = mailings.iter().map(|mailing| mailing.id.to_string()).collect();
    portal.record_about(&caller, Some(&scope.cohort), "mailings.list", &shown).await?;
    let items = mailings.iter().map(|mailing| MailingView::listed(mailing, &cohort)).collect();
    Ok(Json(Paged { items, next }))
}

/// Write a mailing
///
/// As a draft, which nobody gets before it is sent. Only where the institution has agreed to mail, and about an evaluation only where the settings name one. What is
/// wrong with it is told all at once, each with its place. The same request again with the same
/// `Idempotency-Key` makes nothing new. The request is recorded in the audit trail, the text is not.
#[utoipa::path(
    post, path = "/api/cohorts/{cohort}/mailings", operation_id = "createMailing", tag = "mail",
    extensions(("x-role" = json!("coordinator"))),
    params(
        OfCohort,
        ("Idempotency-Key" = String, Header,
            description = "Any text of the caller's choice, 1 to 128 printable ASCII characters; one per mailing.",
            example = "3b9a1f0e-7d52-4c1a-8e6f-2a4b6c8d0e1f"),
    ),
    request_body(content = MailingRequest, example = crate::mailing_views::example),
    responses(
        (status = 201, description = "The draft.", body = MailingView,
            headers(
                ("Location" = String, description = "Where it is."),
                ("ETag" = String, description = "The version that a change has to name as If-Match."),
            )),
        Always, Missing, Conflicts,
    ),
)]
pub(crate) async fn create(
    State(portal): State<Portal>,
    Coordinator(caller): Coordinator,
    ids: PathIds,
    mut params: Params,
    body: Result<LongBody, Problem>,
) -> Result<Response, Problem> {
    let (scope, cohort) = portal.cohort(&caller, &ids).await?;
    let key = params.required_key();
    params.finish()?;
    let LongBody(members) = body?;
    let id = MailingId::for_request(&scope.cohort, &key.ok_or(Problem::Internal)?);
    let (audience, texts) = read(&portal, &scope, &cohort, members).await?;
    let draft = Mailing::draft(id, audience, texts, caller.contact.id.clone(), caller.now);
    let known = if let Some(known) = portal.store.mailing(&scope, &draft.id).await? {
        known
    } else {
        may_be_mailed(&cohort)?;
        may_be_asked(&cohort, &draft.audience)?;
        let about = [draft.id.to_string()];
        portal.record_about(&caller, Some(&scope.cohort), "mailings.create", &about).await?;
        portal.store.create_mailing(&scope, &draft).await?;
        portal.store.mailing(&scope, &draft.id).await?.ok_or(Problem::Unavailable)?
    };
    // Whoever asks again may have gone on with it; another text under the same key is something else.
    let same =
        known.version > 1 || (known.audience == draft.audience && known.texts == draft.texts);
    if !same || known.created_by != draft.created_by {
        return Err(Problem::KeyUsed);
    }
    created(&location(&scope, &known), shown(&known, &cohort)?)
}

/// A mailing
///
/// With its text. The `ETag` is the version that a change has to name as `If-Match`. Looking at it is recorded
/// in the audit trail.
#[utoipa::path(
    get, path = "/api/cohorts/{cohort}/mailings/{mailing}", operation_id = "getMailing", tag = "mail",
    extensions(("x-role" = json!("viewer"))),
    params(
        OfMailing,
    ),
    responses(
        (status = 200, description = "The mailing.", body = MailingView,
            headers(("ETag" = String, description = "The version that a change has to name as If-Match."))),
        Always, Missing,
    ),
)]
pub(crate) async fn show(
    State(portal): State<Portal>,
    caller: Caller,
    ids: PathIds,
    _: NoParams,
) -> Result<Response, Problem> {
    let (scope, cohort) = portal.cohort(&caller, &ids).await?;
    let mailing = named(&portal, &scope, &ids).await?;
    let about = [mailing.id.to_string()];
    portal.record_about(&caller, Some(&scope.cohort), "mailings.show", &about).await?;
    shown(&mailing, &cohort)
}

/// Change a mailing
///
/// Replaces recipients and text of a draft; what is on its way cannot be changed. One that is planned becomes a draft
/// again by it: what goes is what was confirmed. What is wrong is told all at
/// once, each with its place. The request is recorded in the audit trail, the text is not.
#[utoipa::path(
    put, path = "/api/cohorts/{cohort}/mailings/{mailing}", operation_id = "replaceMailing", tag = "mail",
    extensions(("x-role" = json!("coordinator"))),
    params(
        OfMailing,
        ("If-Match" = String, Header, description = "The version that the change is made from.", example = "\"3\""),
    ),
    request_body(content = MailingRequest, example = crate::mailing_views::example),
    responses(
        (status = 200, description = "The draft from now on.", body = MailingView,
            headers(("ETag" = String, description = "The version that a change has to name as If-Match."))),
        Always, Missing, Conflicts, Versioned,
    ),
)]
pub(crate) async fn replace(
    State(portal): State<Portal>,
    Coordinator(caller): Coordinator,
    ids: PathIds,
    params: Params,
    body: Result<LongBody, Problem>,
) -> Result<Response, Problem> {
    const WHAT: [MailingStatus; 2] = [MailingStatus::Draft, MailingStatus::Planned];
    let (scope, cohort, known) = at_version(&portal, &caller, &ids, params, &WHAT).await?;
    may_be_mailed(&cohort)?;
    let LongBody(members) = body?;
    let (audience, texts) = read(&portal, &scope, &cohort, members).await?;
    if known.audience == audience && known.texts == texts {
        return shown(&known, &cohort);
    }
    may_be_asked(&cohort, &audience)?;
    let about = [known.id.to_string()];
    portal.record_about(&caller, Some(&scope.cohort), "mailings.replace", &about).await?;
    let changed = known.changed(audience, texts, caller.now);
    if portal.store.move_mailing(&scope, &known, &changed).await? {
        return shown(&changed, &cohort);
    }
    Err(stale(&portal, &scope, &known.id).await)
}

/// Discard a draft
///
/// Or a mailing that is planned, or stopped before anybody was written to. Its text is deleted. What is on its way, or was sent to anybody, stays until the cohort goes. The request is recorded in the audit trail.
#[utoipa::path(
    delete, path = "/api/cohorts/{cohort}/mailings/{mailing}", operation_id = "discardMailing", tag = "mail",
    extensions(("x-role" = json!("coordinator"))),
    params(
        OfMailing,
        ("If-Match" = String, Header, description = "The version that is discarded.", example = "\"3\""),
    ),
    responses(
        (status = 200, description = "What was discarded, without its text.", body = MailingView),
        Always, Missing, Conflicts, Versioned,
    ),
)]
pub(crate) async fn discard(
    State(portal): State<Portal>,
    Coordinator(caller): Coordinator,
    ids: PathIds,
    params: Params,
) -> Result<Json<MailingView>, Problem> {
    const WHAT: [MailingStatus; 3] =
        [MailingStatus::Draft, MailingStatus::Planned, MailingStatus::Stopped];
    let (scope, cohort, known) = at_version(&portal, &caller, &ids, params, &WHAT).await?;
    // The record says how many only once a page is done: the outbox knows of those before.
    let mails = MessagesOf::Mailing(&known.id);
    if portal.store.count_messages(&scope, mails).await?.values().any(|count| *count > 0) {
        return Err(Problem::MailingSent);
    }
    let about = [known.id.to_string()];
    portal.record_about(&caller, Some(&scope.cohort), "mailings.discard", &about).await?;
    if portal.store.delete_mailing(&scope, &known).await? {
        return Ok(Json(MailingView::listed(&known, &cohort)));
    }
    Err(stale(&portal, &scope, &known.id).await)
}

/// The mailing that the path names.
pub(super) async fn named(
    portal: &Portal,
    scope: &Scope,
    ids: &PathIds,
) -> Result<Mailing, Problem> {
    let id = ids.id::<MailingId>("mailing")?;
    portal.store.mailing(scope, &id).await?.ok_or(Problem::NotFound)
}

/// What another contact made of it meanwhile.
pub(super) async fn stale(portal: &Portal, scope: &Scope, id: &MailingId) -> Problem {
    match portal.store.mailing(scope, id).await {
        Ok(Some(mailing)) => Problem::Stale { version: mailing.version },
        Ok(None) => Problem::NotFound,
        Err(error) => error.into(),
    }
}

/// Whether the cohort's students may get mails on a contact's word.
pub(super) fn may_be_mailed(cohort: &Cohort) -> Result<(), Problem> {
    if cohort.archived_at.is_some() {
        return Err(Problem::Archived);
    }
    if cohort.settings.mail_agreed { Ok(()) } else { Err(Problem::MailNotAgreed) }
}

/// Whether there is an evaluation, if that is what a mailing asks for. Groups may be published later.
fn may_be_asked(cohort: &Cohort, audience: &Audience) -> Result<(), Problem> {
    match audience {
        Audience::NotEvaluated { .. } if cohort.settings.evaluation.is_none() => {
            Err(Problem::NoEvaluation)
        }
        _ => Ok(()),
    }
}

pub(super) fn shown(mailing: &Mailing, cohort: &Cohort) -> Result<Response, Problem> {
    versioned(mailing.version, &MailingView::whole(mailing, cohort))
}

pub(super) fn location(scope: &Scope, mailing: &Mailing) -> String {
    format!("/api/cohorts/{}/mailings/{}", scope.cohort, mailing.id)
}

/// The mailing as the caller saw it, if it is in one of these states.
pub(super) async fn at_version(
    portal: &Portal,
    caller: &Caller,
    ids: &PathIds,
    mut params: Params,
    states: &[MailingStatus],
) -> Result<(Scope, Cohort, Mailing), Problem> {
    // What is not there is not found, whatever else is wrong with the request.
    let (scope, cohort) = portal.cohort(caller, ids).await?;
    let mailing = named(portal, &scope, ids).await?;
    let seen = params.version();
    params.finish()?;
    if !states.contains(&mailing.status) {
        return Err(Problem::MailingSent);
    }
    if seen != Some(mailing.version) {
        return Err(Problem::Stale { version: mailing.version });
    }
    Ok((scope, cohort, mailing))
}
