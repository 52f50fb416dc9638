//! The breach register (D7): an operator enters what happened, counts whose data it was, tells the
//! institution within 24 hours, and closes the case when all twelve questions are answered.
//!
//! Safe to repeat: an entry's id follows from the idempotency key, and every change names the version it
//! was made from (`If-Match`), so the same change twice finds another version the second time. The mail
//! is recorded together with the change; one that was recorded and not queued is queued by the
//! hourly clock.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use domain::breach::{self, Affected, Breach, ErasedSince, Question, Risk};
use domain::message::Message;
use domain::{BreachId, erasure};
use jiff::Timestamp;
use store::{MessagePlace, Reached, Scope};

use crate::body::Body;
use crate::breach_views::{BreachList, BreachView, changed};
use crate::caller::{Caller, Coordinator, Operator};
use crate::params::{NoParams, Params, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Conflicts, Missing, Problem, Versioned};

/// The longest idempotency key, in characters.
const LONGEST_KEY: usize = 128;

/// List breaches
///
/// The breaches that the institution was told of; an operator sees the others, too.
#[utoipa::path(
    get, path = "/api/breaches", operation_id = "listBreaches", tag = "registers",
    extensions(("x-role" = json!("coordinator"))),
    responses((status = 200, description = "The breaches, newest first.", body = BreachList), Always),
)]
pub(crate) async fn list(
    State(portal): State<Portal>,
    Coordinator(caller): Coordinator,
    _: NoParams,
) -> Result<Json<BreachList>, Problem> {
    let mut found = portal.store.breaches(&caller.institution).await?;
    found.retain(|breach| caller.may_see(breach));
    found.sort_by_key(|breach| std::cmp::Reverse(breach.opened_at));
    let mut items = Vec::new();
    for breach in found {
        items.push(view(&portal, &caller, breach).await?);
    }
    Ok(Json(BreachList { items }))
}

/// Show a breach
///
/// With the twelve questions, the clock, and what was told when. The `ETag` is the version that a change
/// has to name as `If-Match`.
#[utoipa::path(
    get, path = "/api/breaches/{breach}", operation_id = "getBreach", tag = "registers",
    extensions(("x-role" = json!("coordinator"))),
    params(("breach" = String, Path, description = "The breach.", example = "bre_0192f0c1a2b37c4d8e5f60718293a4b5")),
    responses(
        (status = 200, description = "The breach.", body = BreachView), Always, Missing,
    ),
)]
pub(crate) async fn show(
    State(portal): State<Portal>,
    Coordinator(caller): Coordinator,
    ids: PathIds,
    _: NoParams,
) -> Result<Response, Problem> {
    let breach = known(&portal, &caller, &ids).await?;
    changed(&view(&portal, &caller, breach).await?)
}

/// Enter a breach
///
/// The 24 hours count from `aware_at`. The request is recorded in the audit trail. The same `Idempotency-Key` again enters nothing new.
#[utoipa::path(
    post, path = "/api/breaches", operation_id = "openBreach", tag = "registers",
    extensions(("x-role" = json!("operator"))),
    params(("Idempotency-Key" = Option<String>, Header,
        description = "Any text of the caller's choice, 1 to 128 printable ASCII characters; one per intended entry.",
        example = "3b9a1f0e-7d52-4c1a-8e6f-2a4b6c8d0e1f")),
    request_body(content = crate::breach_views::Opening, example = json!({"aware_at": "2026-09-10T09:30:00Z"})),
    responses((status = 200, description = "The entry.", body = BreachView), Always),
)]
pub(crate) async fn open(
    State(portal): State<Portal>,
    Operator(caller): Operator,
    mut params: Params,
    body: Result<Body, Problem>,
) -> Result<Response, Problem> {
    let fits = |key: &str| {
        (1..=LONGEST_KEY).contains(&key.len())
            && key.bytes().all(|b| b.is_ascii_graphic() || b == b' ')
    };
    let key = params.header("idempotency-key", fits, "must be 1 to 128 printable ASCII characters");
    params.finish()?;
    let mut body = body?;
    let aware_at = body.parsed::<Timestamp>("aware_at");
    if aware_at.is_some_and(|at| at > caller.now) {
        body.refuse("aware_at", "must not lie in the future");
    }
    body.finish()?;
    let aware_at = aware_at.ok_or(Problem::Internal)?;
    let key = key.unwrap_or_else(|| caller.request.clone());
    let id = BreachId::for_request(&caller.institution, &key);
    portal.record(&caller, None, "breaches.open", 0).await?;
    let entry = Breach::open(id.clone(), aware_at, caller.now, caller.contact.id.clone());
    portal.store.create_breach(&caller.institution, &entry).await?;
    let entry = portal.store.breach(&caller.institution, &id).await?.ok_or(Problem::Unavailable)?;
    changed(&view(&portal, &caller, entry).await?)
}

/// Answer questions
///
/// Any of the twelve, for the first time or anew. CPR numbers are masked; the answer's `warnings` point
/// at texts that seem to name an e-mail address: the register should name nobody. The
/// request is recorded in the audit trail.
#[utoipa::path(
    patch, path = "/api/breaches/{breach}/answers", operation_id = "answerBreach", tag = "registers",
    extensions(("x-role" = json!("operator"))),
    params(
        ("breach" = String, Path, description = "The breach.", example = "bre_0192f0c1a2b37c4d8e5f60718293a4b5"),
        ("If-Match" = String, Header, description = "The version that the change is made from.", example = "\"5\""),
    ),
    request_body(content = crate::breach_views::Answers, example = json!({
        "nature": "A laptop with an encrypted disk was stolen.", "data_kind": "Ordinary data.",
    })),
    responses((status = 200, description = "The breach.", body = BreachView), Always, Missing, Conflicts, Versioned),
)]
pub(crate) async fn answer(
    State(portal): State<Portal>,
    Operator(caller): Operator,
    ids: PathIds,
    params: Params,
    body: Result<Body, Problem>,
) -> Result<Response, Problem> {
    let (mut breach, seen) = at_version(&portal, &caller, &ids, params).await?;
    let mut body = body?;
    let (mut answers, mut warnings) = (BTreeMap::new(), BTreeMap::new());
    for question in Question::ALL {
        let Some(text) = body.lines(question.as_str()) else { continue };
        let Some(checked) = breach::check(question, &text) else {
            let date = "must be a date such as 2027-05-07";
            let rule = "must be a text of 1 to 4,000 characters";
            let rule = if question == Question::ClosingDate { date } else { rule };
            body.refuse(question.as_str(), rule);
            continue;
        };
        if checked.names_an_address {
            let warning = "seems to name an e-mail address; the register should name nobody";
            warnings.insert(question.as_str().to_owned(), warning.to_owned());
        }
        answers.insert(question, checked.text);
    }
    body.finish()?;
    breach.answer(answers)?;
    let mut view = write(&portal, &caller, breach, seen, "breaches.answer", None).await?;
    view.warnings = warnings;
    changed(&view)
}

/// Assess a breach
///
/// How much it may harm the people concerned; needs question 3. May be judged again. The
/// request is recorded in the audit trail.
#[utoipa::path(
    post, path = "/api/breaches/{breach}/assessment", operation_id = "assessBreach", tag = "registers",
    extensions(("x-role" = json!("operator"))),
    params(
        ("breach" = String, Path, description = "The breach.", example = "bre_0192f0c1a2b37c4d8e5f60718293a4b5"),
        ("If-Match" = String, Header, description = "The version that the change is made from.", example = "\"5\""),
    ),
    request_body(content = crate::breach_views::Assessment, example = json!({"risk": "likely"})),
    responses((status = 200, description = "The breach.", body = BreachView), Always, Missing, Conflicts, Versioned),
)]
pub(crate) async fn assess(
    State(portal): State<Portal>,
    Operator(caller): Operator,
    ids: PathIds,
    params: Params,
    body: Result<Body, Problem>,
) -> Result<Response, Problem> {
    let (mut breach, seen) = at_version(&portal, &caller, &ids, params).await?;
    let mut body = body?;
    let risk = body.lines("risk").and_then(|word| match word.as_str() {
        "unlikely" => Some(Risk::Unlikely),
        "likely" => Some(Risk::Likely),
        "high" => Some(Risk::High),
        _ => None,
    });
    if risk.is_none() {
        body.refuse("risk", "must be unlikely, likely or high");
    }
    body.finish()?;
    breach.assess(risk.ok_or(Problem::Internal)?)?;
    changed(&write(&portal, &caller, breach, seen, "breaches.assess", None).await?)
}

/// Count whose data it was
///
/// Counts, cohort by cohort, the students of whom something existed in the window of time in the stores
/// that were reached. What was deleted since the window began cannot be counted; the certificates of its
/// erasure are named instead. The count is noted with the breach and goes into the mails. The
/// request is recorded in the audit trail.
#[utoipa::path(
    post, path = "/api/breaches/{breach}/affected", operation_id = "countAffected", tag = "registers",
    extensions(("x-role" = json!("operator"))),
    params(
        ("breach" = String, Path, description = "The breach.", example = "bre_0192f0c1a2b37c4d8e5f60718293a4b5"),
        ("If-Match" = String, Header, description = "The version that the change is made from.", example = "\"5\""),
    ),
    request_body(content = crate::breach_views::Window, example = json!({
        "from": "2026-09-09T20:00:00Z", "until": "2026-09-09T22:00:00Z", "stores": "records responses",
    })),
    responses((status = 200, description = "The breach.", body = BreachView), Always, Missing, Conflicts, Versioned),
)]
pub(crate) async fn count(
    State(portal): State<Portal>,
    Operator(caller): Operator,
    ids: PathIds,
    params: Params,
    body: Result<Body, Problem>,
) -> Result<Response, Problem> {
    let (mut breach, seen) = at_version(&portal, &caller, &ids, params).await?;
    let mut body = body?;
    let (from, until) = (body.parsed::<Timestamp>("from"), body.parsed::<Timestamp>("until"));
    if from.zip(until).is_some_and(|(from, until)| from > until || until > caller.now) {
        body.refuse("until", "must not lie before from or in the future");
    }
    let stores = body.lines("stores").unwrap_or_default();
    let reached: Option<Vec<Reached>> = stores.split_whitespace().map(store_named).collect();
    let reached = reached.filter(|reached| !reached.is_empty());
    if reached.is_none() {
        body.refuse("stores", "must be some of: records, responses, raw_objects, messages");
    }
    body.finish()?;
    let (from, until) = from.zip(until).ok_or(Problem::Internal)?;
    let reached = reached.ok_or(Problem::Internal)?;
    breach.count(counted(&portal, &caller, from, until, &reached).await?)?;
    changed(&write(&portal, &caller, breach, seen, "breaches.count", None).await?)
}

/// Tell the institution
///
/// One confirmed action: puts a mail with all that is known so far into the outbox, to the institution's
/// privacy contact and in its language. When more is known, the institution is told again. The
/// request is recorded in the audit trail.
#[utoipa::path(
    post, path = "/api/breaches/{breach}/notices", operation_id = "notifyBreach", tag = "registers",
    extensions(("x-role" = json!("operator"))),
    params(
        ("breach" = String, Path, description = "The breach.", example = "bre_0192f0c1a2b37c4d8e5f60718293a4b5"),
        ("If-Match" = String, Header, description = "The version that is told.", example = "\"5\""),
    ),
    request_body(content = crate::breach_views::Confirmation, example = json!({"confirm": "notify"})),
    responses((status = 200, description = "The breach.", body = BreachView), Always, Missing, Conflicts, Versioned),
)]
pub(crate) async fn notify(
    State(portal): State<Portal>,
    Operator(caller): Operator,
    ids: PathIds,
    params: Params,
    body: Result<Body, Problem>,
) -> Result<Response, Problem> {
    let (mut breach, seen) = at_version(&portal, &caller, &ids, params).await?;
    let mut body = body?;
    if body.lines("confirm").as_deref() != Some("notify") {
        body.refuse("confirm", "must be the word notify");
    }
    body.finish()?;
    let message = Message::queued(breach.next_notice(), caller.now);
    breach.tell(caller.now, caller.contact.id.clone())?;
    let view = write(&portal, &caller, breach, seen, "breaches.notify", Some(&message)).await?;
    // Recorded it is; if it cannot be queued now, the hourly clock queues it.
    let place = MessagePlace::of_institution(&caller.institution);
    let reference = place.reference(&message.id);
    if let Err(error) = portal.mails.send(&[reference]).await {
        runtime::telemetry::log_error("breach notice", &error);
    }
    changed(&view)
}

/// Close a breach
///
/// Only when the institution was told and all twelve questions are answered; a closed breach changes no
/// more and stays in the register. The request is recorded in the audit trail.
#[utoipa::path(
    post, path = "/api/breaches/{breach}/closure", operation_id = "closeBreach", tag = "registers",
    extensions(("x-role" = json!("operator"))),
    params(
        ("breach" = String, Path, description = "The breach.", example = "bre_0192f0c1a2b37c4d8e5f60718293a4b5"),
        ("If-Match" = String, Header, description = "The version that the change is made from.", example = "\"5\""),
    ),
    responses((status = 200, description = "The breach.", body = BreachView), Always, Missing, Conflicts, Versioned),
)]
pub(crate) async fn close(
    State(portal): State<Portal>,
    Operator(caller): Operator,
    ids: PathIds,
    params: Params,
) -> Result<Response, Problem> {
    let (mut breach, seen) = at_version(&portal, &caller, &ids, params).await?;
    breach.close(caller.now)?;
    changed(&write(&portal, &caller, breach, seen, "breaches.close", None).await?)
}

/// The breach that the path names, if the caller may see it.
pub(super) async fn known(
    portal: &Portal,
    caller: &Caller,
    ids: &PathIds,
) -> Result<Breach, Problem> {
    let id = ids.id::<BreachId>("breach")?;
    let breach = portal.store.breach(&caller.institution, &id).await?;
    breach.filter(|breach| caller.may_see(breach)).ok_or(Problem::NotFound)
}

/// The breach at the version that the request names.
async fn at_version(
    portal: &Portal,
    caller: &Caller,
    ids: &PathIds,
    mut params: Params,
) -> Result<(Breach, u32), Problem> {
    const RULE: &str = "must be the version in the ETag of the breach, such as \"3\"";
    // What is not there is not found, whatever else is wrong with the request.
    let breach = known(portal, caller, ids).await?;
    let number = |text: &str| text.trim_matches('"').parse::<u32>().ok();
    let named = params.required_header("if-match", |text| number(text).is_some(), RULE);
    params.finish()?;
    let seen = named.as_deref().and_then(number).ok_or(Problem::Internal)?;
    if breach.version != seen {
        return Err(Problem::Stale { version: breach.version });
    }
    Ok((breach, seen))
}

/// Writes a breach in place of the version that was seen.
async fn write(
    portal: &Portal,
    caller: &Caller,
    breach: Breach,
    seen: u32,
    action: &str,
    mail: Option<&Message>,
) -> Result<BreachView, Problem> {
    portal.record(caller, None, action, 0).await?;
    if !portal.store.move_breach(&caller.institution, &breach, seen, mail).await? {
        return Err(Problem::Stale { version: seen.saturating_add(1) });
    }
    view(portal, caller, breach).await
}

/// A breach with the states of its mails.
pub(super) async fn view(
    portal: &Portal,
    caller: &Caller,
    breach: Breach,
) -> Result<BreachView, Problem> {
    let place = MessagePlace::of_institution(&caller.institution);
    let mut states = Vec::new();
    for told in &breach.notices {
        let message = portal.store.message(&place, &told.message).await?;
        states.push(message.map(|message| message.status));
    }
    Ok(BreachView::of(breach, &states, caller.now))
}

fn store_named(word: &str) -> Option<Reached> {
    match word {
        "records" => Some(Reached::Records),
        "responses" => Some(Reached::Responses),
        "raw_objects" => Some(Reached::RawObjects),
        "messages" => Some(Reached::Messages),
        _ => None,
    }
}

async fn counted(
    portal: &Portal,
    caller: &Caller,
    from: Timestamp,
    until: Timestamp,
    reached: &[Reached],
) -> Result<Affected, Problem> {
    let mut cohorts = Vec::new();
    for cohort in portal.store.cohorts(&caller.institution, caller.today()).await? {
        let scope = Scope::new(caller.institution.clone(), cohort.settings.id);
        let found = portal.store.existed(&scope, until, reached).await?;
        if found.students + found.raw_objects + found.messages > 0 {
            cohorts.push(found);
        }
    }
    let erasures = portal.store.erasures(&caller.institution).await?;
    let erased = erasures.into_iter().filter_map(|erasure| erased_since(erasure, from)).collect();
    Ok(Affected { from, until, counted_at: caller.now, cohorts, erased })
}

/// An erasure that was not over when the window began: what it deleted may have existed in it.
fn erased_since(erasure: erasure::Erasure, from: Timestamp) -> Option<ErasedSince> {
    let over = erasure.completed_at.is_some_and(|at| at < from);
    let deleted = erasure.deleted.values().sum();
    (!over && deleted > 0).then_some(ErasedSince { erasure: erasure.id, deleted })
}
