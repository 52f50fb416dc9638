//! The register of sub-processors as an institution sees it: with the notices to it and its objections (D8).

use axum::Json;
use axum::extract::State;
use domain::message::MessageStatus;
use domain::subprocessor::{self, Notice, Objection};
use domain::{NoticeId, SubprocessorId};
use jiff::Timestamp;
use jiff::civil::Date;
use runtime::Metric;
use serde::Serialize;
use store::MessagePlace;
use utoipa::ToSchema;

use crate::body::Body;
use crate::caller::{Caller, Coordinator};
use crate::params::{NoParams, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Conflicts, Missing, Problem};
use crate::sentences::Localised;
use crate::words;

/// The register.
#[derive(Serialize, ToSchema)]
pub(crate) struct Subprocessors {
    /// When it was last read against the contracts.
    #[schema(example = "2026-09-01")]
    reviewed_on: Date,
    /// The sub-processors.
    entries: Vec<SubprocessorView>,
    /// The notices to the institution, newest first.
    notices: Vec<NoticeView>,
}

/// A sub-processor.
#[derive(Serialize, ToSchema)]
#[schema(as = Subprocessor)]
pub(crate) struct SubprocessorView {
    /// A short word that stays the same.
    #[schema(value_type = String, example = "typeform")]
    id: SubprocessorId,
    /// Its registered name.
    #[schema(example = "Typeform SL")]
    name: String,
    /// Its number, and the register that the number is in.
    #[schema(example = "NIF B65831836, Registro Mercantil de Barcelona")]
    registration: String,
    /// Its registered address.
    #[schema(example = "Carrer Can Rabia 3-5, 08017 Barcelona, Spain")]
    address: String,
    /// What it does with the data.
    processing: Localised,
    /// Where.
    location: Localised,
    /// On which basis data may reach it.
    transfer: Localised,
    /// The first day on which it may get data.
    #[schema(example = "2022-01-01")]
    effective_from: Date,
    /// Whether that day has come.
    effective: bool,
}

/// A notice to the institution.
#[derive(Serialize, ToSchema)]
#[schema(as = SubprocessorNotice)]
pub(crate) struct NoticeView {
    /// The sub-processor.
    #[schema(value_type = String, example = "example-translator")]
    entry: SubprocessorId,
    /// Its name as it was told.
    #[schema(example = "Example Translator ApS")]
    name: String,
    /// When the institution was told.
    #[schema(example = "2026-09-01T08:00:00Z")]
    announced_at: Timestamp,
    /// The first day on which it may get data.
    #[schema(example = "2026-10-15")]
    effective_from: Date,
    /// Where the mail is; absent once the mail's record is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    mail: Option<words::MessageStatus>,
    /// Whether the institution may still object.
    open: bool,
    /// What the institution said to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    objection: Option<ObjectionView>,
}

/// An objection.
#[derive(Serialize, ToSchema)]
#[schema(as = Objection)]
pub(crate) struct ObjectionView {
    /// When.
    #[schema(example = "2026-09-10T12:00:00Z")]
    at: Timestamp,
    /// Why.
    #[schema(example = "There is no basis for the transfer.")]
    reason: String,
}

/// An objection as it is made.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; its members are taken one by one")]
pub(crate) struct Objecting {
    /// A reasonable cause, 1 to 2,000 characters. It names nobody.
    #[schema(example = "There is no basis for the transfer.")]
    reason: String,
}

/// Show sub-processors
///
/// The register, which is public as well, with the notices to the institution and its objections.
#[utoipa::path(
    get, path = "/api/subprocessors", operation_id = "listSubprocessors", tag = "registers",
    extensions(("x-role" = json!("viewer"))),
    responses((status = 200, description = "The register.", body = Subprocessors), Always),
)]
pub(crate) async fn list(
    State(portal): State<Portal>,
    caller: Caller,
    _: NoParams,
) -> Result<Json<Subprocessors>, Problem> {
    let register = subprocessors::register();
    let today = caller.today();
    let entries = register.entries.iter().map(|entry| SubprocessorView {
        id: entry.id.clone(),
        name: entry.name.clone(),
        registration: entry.registration.clone(),
        address: entry.address.clone(),
        processing: (&entry.processing).into(),
        location: (&entry.location).into(),
        transfer: (&entry.transfer).into(),
        effective_from: entry.effective_from,
        effective: entry.is_effective(today),
    });
    let mut found = portal.store.notices(&caller.institution).await?;
    found.sort_by_key(|notice| std::cmp::Reverse(notice.announced_at));
    let mut notices = Vec::new();
    for notice in found {
        notices.push(view(&portal, &caller, notice).await?);
    }
    let reviewed_on = register.reviewed_on;
    Ok(Json(Subprocessors { reviewed_on, entries: entries.collect(), notices }))
}

/// Object to a sub-processor
///
/// For a reasonable cause, until the day on which the sub-processor takes effect. It is recorded and the
/// operators are told. The first objection stands; the same again changes nothing. The
/// request is recorded in the audit trail.
#[utoipa::path(
    post, path = "/api/subprocessors/{entry}/objection", operation_id = "objectToSubprocessor", tag = "registers",
    extensions(("x-role" = json!("coordinator"))),
    params(("entry" = String, Path, description = "The sub-processor.", example = "example-translator")),
    request_body(content = Objecting, example = json!({"reason": "There is no basis for the transfer."})),
    responses((status = 200, description = "The notice with the objection.", body = NoticeView), Always, Missing, Conflicts),
)]
pub(crate) async fn object(
    State(portal): State<Portal>,
    Coordinator(caller): Coordinator,
    ids: PathIds,
    _: NoParams,
    body: Result<Body, Problem>,
) -> Result<Json<NoticeView>, Problem> {
    let entry = ids.id::<SubprocessorId>("entry")?;
    let notices = portal.store.notices(&caller.institution).await?;
    let newest = notices.into_iter().filter(|notice| notice.entry == entry);
    let notice = newest.max_by_key(|notice| notice.announced_at).ok_or(Problem::NotFound)?;
    let mut body = body?;
    let reason = body.lines("reason").and_then(|text| subprocessor::objection(&text));
    if reason.is_none() {
        body.refuse(
            "reason",
            "must be a text of 1 to 2,000 characters that names no e-mail address",
        );
    }
    body.finish()?;
    let reason = reason.ok_or(Problem::Internal)?;
    if !notice.is_open(caller.today()) {
        return Err(Problem::NoticeOver);
    }
    portal.record(&caller, None, "subprocessors.object", 0).await?;
    let objection = Objection { at: caller.now, by: caller.contact.id.clone(), reason };
    if portal.store.object(&caller.institution, &notice.id, &objection).await? {
        runtime::count(Metric::SubprocessorObjections, 1);
    }
    let notice = told(&portal, &caller, &notice.id).await?;
    let same = notice.objection.as_ref().is_some_and(|known| known.reason == objection.reason);
    if !same {
        return Err(Problem::Objected);
    }
    Ok(Json(view(&portal, &caller, notice).await?))
}

async fn told(portal: &Portal, caller: &Caller, id: &NoticeId) -> Result<Notice, Problem> {
    portal.store.notice(&caller.institution, id).await?.ok_or(Problem::NotFound)
}

async fn view(portal: &Portal, caller: &Caller, notice: Notice) -> Result<NoticeView, Problem> {
    let place = MessagePlace::of_institution(&caller.institution);
    let message = portal.store.message(&place, &notice.message).await?;
    let status: Option<MessageStatus> = message.map(|message| message.status);
    Ok(NoticeView {
        open: notice.is_open(caller.today()),
        entry: notice.entry,
        name: notice.name,
        announced_at: notice.announced_at,
        effective_from: notice.effective_from,
        mail: status.map(Into::into),
        objection: notice
            .objection
            .map(|objection| ObjectionView { at: objection.at, reason: objection.reason }),
    })
}
