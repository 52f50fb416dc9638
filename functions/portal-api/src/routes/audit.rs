//! The audit trail for the controller, and whether it is whole (D5).

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::audit::{Actor, Broken, Head, Link, Walk};
use domain::{CohortId, ContactId, InstitutionId, StudentId};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use store::{Order, Walked, keys};
use utoipa::ToSchema;

use crate::caller::{Caller, Coordinator};
use crate::page::{Asked, PageParams, Paged};
use crate::params::Params;
use crate::portal::Portal;
use crate::problem::{Always, Problem};
use crate::{audit_csv, words};

/// How many reads of the table a page is worth: what a filter leaves out is read, too.
const MOST_READS: usize = 10;
/// How many entries are looked at in one read when a filter leaves some out.
const LOOKED_AT: i32 = 500;
/// How many reads a slice of a verification is worth, of up to 500 entries each.
const STRIDES: u32 = 10;
/// How much later than it says an entry may stand in the trail: it is dated when its request or task
/// began.
const LAG: SignedDuration = SignedDuration::from_hours(1);

/// An entry of the audit trail at its place in the chain. It names people by their ids alone.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub(crate) struct EntryView {
    /// Its number, from 1 without a gap.
    #[schema(example = 17)]
    sequence: u64,
    /// The hash of the entry before it.
    #[schema(example = "1f3870be274f6c49b3e31a0c6728957f1f3870be274f6c49b3e31a0c6728957f")]
    previous: String,
    /// Its own hash, over everything else that stands here.
    #[schema(example = "5b1e0f7c2a9d4e3f8b6a7c5d4e3f2a1b5b1e0f7c2a9d4e3f8b6a7c5d4e3f2a1b")]
    hash: String,
    /// What makes it one entry however often it was tried: a request's or an execution's id.
    #[schema(example = "JKJaXmPLvHcESHA=")]
    unique: String,
    /// Whose trail it is.
    #[schema(value_type = String, example = "ins_0192f0c1a2b37c4d8e5f60718293a4b5")]
    institution: InstitutionId,
    /// The cohort whose data it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "coh_0192f0c1a2b37c4d8e5f60718293a4b5")]
    cohort: Option<CohortId>,
    /// When.
    #[schema(example = "2026-09-07T10:04:40Z")]
    at: Timestamp,
    /// Who.
    actor: ActorView,
    /// What; of a refused attempt method and route.
    #[schema(example = "students.list")]
    action: String,
    /// The request or execution it happened in.
    #[schema(example = "JKJaXmPLvHcESHA=")]
    request: String,
    /// How many people's data it touched.
    #[schema(example = 118)]
    subjects: u32,
    /// Ids of whom or what it touched, at most 1,000.
    ids: Vec<String>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Rights request 2026-417")]
    reason: Option<String>,
    /// Whether it was let through.
    outcome: words::AuditOutcome,
    /// The word of the problem with which it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "role-too-low")]
    problem: Option<String>,
}

/// Who did something: a contact, a job or a student.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditActor)]
pub(crate) struct ActorView {
    /// The contact or operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "1c9f2b3a-4d5e-4f60-8123-456789abcdef")]
    contact: Option<ContactId>,
    /// The name of the job's function.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "retention-sweep")]
    job: Option<String>,
    /// The student, on their own page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "stu_5b1e0f7c2a9d4e3f8b6a7c5d4e3f2a1b")]
    student: Option<StudentId>,
}

impl From<Link> for EntryView {
    fn from(link: Link) -> Self {
        let entry = link.entry;
        let actor = match entry.actor {
            Actor::Contact(id) => ActorView { contact: Some(id), job: None, student: None },
            Actor::Job(name) => ActorView { contact: None, job: Some(name), student: None },
            Actor::Student(id) => ActorView { contact: None, job: None, student: Some(id) },
        };
        Self {
            sequence: link.sequence,
            previous: link.previous,
            hash: link.hash,
            unique: link.unique,
            institution: entry.institution,
            cohort: entry.cohort,
            at: entry.at,
            actor,
            action: entry.action,
            request: entry.request,
            subjects: entry.subjects,
            ids: entry.ids,
            reason: entry.reason.map(Into::into),
            outcome: entry.outcome.into(),
            problem: entry.problem,
        }
    }
}

/// Which entries are asked for.
#[derive(Default)]
struct Filter {
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    cohort: Option<CohortId>,
    actor: Option<String>,
    subject: Option<String>,
    action: Option<String>,
}

impl Filter {
    fn take(params: &mut Params) -> Self {
        let filter = Self {
            from: params.parsed("from"),
            until: params.parsed("until"),
            cohort: params.parsed("cohort"),
            actor: params.text("actor"),
            subject: params.text("subject"),
            action: params.text("action"),
        };
        if filter.from.zip(filter.until).is_some_and(|(from, until)| from >= until) {
            params.refuse("until", "must be later than from");
        }
        filter
    }

    /// The filter as parts of the list's name.
    fn parts(&self) -> [String; 6] {
        let time = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let cohort = self.cohort.as_ref().map(ToString::to_string);
        [
            time(self.from),
            time(self.until),
            cohort.unwrap_or_default(),
            text(&self.actor),
            text(&self.subject),
            text(&self.action),
        ]
    }

    fn is_open(&self) -> bool {
        self.parts().iter().all(String::is_empty)
    }

    fn takes(&self, link: &Link) -> bool {
        let entry = &link.entry;
        let actor = match &entry.actor {
            Actor::Contact(id) => id.as_str(),
            Actor::Job(function) => function.as_str(),
            Actor::Student(id) => id.as_str(),
        };
        self.from.is_none_or(|from| entry.at >= from)
            && self.until.is_none_or(|until| entry.at < until)
            && self.cohort.as_ref().is_none_or(|cohort| entry.cohort.as_ref() == Some(cohort))
            && self.actor.as_ref().is_none_or(|asked| asked == actor)
            && self.subject.as_ref().is_none_or(|subject| entry.ids.contains(subject))
            && self.action.as_ref().is_none_or(|action| *action == entry.action)
    }

    /// Whether nothing that is asked for comes after this entry.
    fn is_past(&self, link: &Link) -> bool {
        self.until.is_some_and(|until| link.entry.at > until + LAG)
    }
}

/// A page of the entries that stood when the list was begun: its own reading makes new ones, and a list
/// that ran after these would never end.
async fn read(
    portal: &Portal,
    caller: &Caller,
    filter: &Filter,
    asked: &Asked,
) -> Result<(Vec<Link>, Option<String>), Problem> {
    let links = |order, from, limit| portal.audit.links(&caller.institution, order, from, limit);
    let begun = asked.after().and_then(|place| place.split_once('-'));
    let begun = begun.and_then(|(from, end)| Some((from.parse().ok()?, end.parse().ok()?)));
    let (mut from, end): (u64, u64) = match begun {
        Some(begun) => begun,
        None => {
            (0, links(Order::Newest, None, Some(1)).await?.first().map_or(0, |last| last.place))
        }
    };
    let whole = i32::try_from(asked.limit()).unwrap_or(LOOKED_AT);
    let size = if filter.is_open() { whole } else { LOOKED_AT };
    let mut found = Vec::new();
    for _ in 0..MOST_READS {
        let read = links(Order::Oldest, Some(from), Some(size)).await?;
        if read.is_empty() {
            return Ok((found, None));
        }
        for stored in read {
            if stored.place > end {
                return Ok((found, None));
            }
            from = stored.place;
            // What cannot be read is left out here; the verification names it.
            let Some(link) = stored.link else { continue };
            if filter.is_past(&link) {
                return Ok((found, None));
            }
            if filter.takes(&link) {
                found.push(link);
            }
            if found.len() == asked.limit() {
                let more = from < end;
                return Ok((found, more.then(|| asked.cursor(&format!("{from}-{end}")))));
            }
        }
    }
    let more = from < end;
    Ok((found, more.then(|| asked.cursor(&format!("{from}-{end}")))))
}

/// The audit trail
///
/// Who read or changed which personal data of the institution, when and why; the oldest entry first.
/// A page may hold fewer entries than `limit`, even none, and go on. Without filters the pages together
/// are an export that `cargo dev audit verify` checks without this service. With `Accept: text/csv` the
/// page is a table, and its cursor stands in the header `X-Next-Cursor`. Looking at this list is recorded
/// in the audit trail.
#[utoipa::path(
    get, path = "/api/audit", operation_id = "listAudit", tag = "registers",
    extensions(("x-role" = json!("coordinator"))),
    params(
        ("from" = Option<Timestamp>, Query, description = "Only from this time on.", example = "2026-09-01T00:00:00Z"),
        ("until" = Option<Timestamp>, Query, description = "Only before this time.", example = "2026-10-01T00:00:00Z"),
        ("cohort" = Option<String>, Query, description = "Only about this cohort.", example = "coh_0192f0c1a2b37c4d8e5f60718293a4b5"),
        ("actor" = Option<String>, Query, description = "Only by this contact or job.", example = "retention-sweep"),
        ("subject" = Option<String>, Query, description = "Only what names this id.", example = "stu_5b1e0f7c2a9d4e3f8b6a7c5d4e3f2a1b"),
        ("action" = Option<String>, Query, description = "Only this action.", example = "students.list"),
        PageParams,
    ),
    responses(
        (status = 200, description = "The entries.", content(
            (Paged<EntryView> = "application/json"),
            (String = "text/csv"),
        )),
        Always,
    ),
)]
pub(crate) async fn list(
    State(portal): State<Portal>,
    Coordinator(caller): Coordinator,
    headers: HeaderMap,
    mut params: Params,
) -> Result<Response, Problem> {
    let filter = Filter::take(&mut params);
    let parts = filter.parts();
    let mut name = vec!["audit", caller.institution.as_str()];
    name.extend(parts.iter().map(String::as_str));
    let asked = params.page(&name);
    params.finish()?;
    let (links, next) = read(&portal, &caller, &filter, &asked).await?;

    let shown: BTreeSet<&String> = links.iter().flat_map(|link| &link.entry.ids).collect();
    let entry = caller.entry(filter.cohort.as_ref(), "audit.list").touching(shown.len());
    portal.append(&caller, entry.about(&filter.subject)).await?;
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    if !accepted.is_some_and(|accepted| accepted.contains("text/csv")) {
        let items = links.into_iter().map(Into::into).collect();
        return Ok(Json(Paged::<EntryView> { items, next }).into_response());
    }
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"))];
    let mut answer = (kind, audit_csv::table(&links)).into_response();
    if let Some(next) = next.and_then(|next| HeaderValue::from_str(&next).ok()) {
        answer.headers_mut().insert("x-next-cursor", next);
    }
    Ok(answer)
}

/// What a slice of a verification found.
#[derive(Serialize, ToSchema)]
pub(crate) struct Verification {
    /// How many entries of this slice are sound.
    #[schema(example = 417)]
    checked: u64,
    /// How many seals lie in this slice and are right.
    #[schema(example = 12)]
    sealed: u64,
    /// The last sound place: keep it, and a later verification from it shows whether it still stands.
    #[schema(example = "417-5b1e0f7c2a9d4e3f8b6a7c5d4e3f2a1b5b1e0f7c2a9d4e3f8b6a7c5d4e3f2a1b")]
    head: String,
    /// Whether the slice is sound.
    sound: bool,
    /// The first place where the chain is broken.
    #[serde(skip_serializing_if = "Option::is_none")]
    broken: Option<BrokenView>,
    /// Hand it over as `from` to go on; absent at the end of the chain and where it is broken.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "5000-5b1e0f7c2a9d4e3f8b6a7c5d4e3f2a1b5b1e0f7c2a9d4e3f8b6a7c5d4e3f2a1b")]
    next: Option<String>,
}

/// Where a chain is broken and how.
#[derive(Serialize, ToSchema)]
#[schema(as = Broken)]
pub(crate) struct BrokenView {
    /// The number of the entry that is missing or wrong.
    #[schema(example = 18)]
    sequence: u64,
    /// What is wrong.
    flaw: words::Flaw,
}

/// Whether the audit trail is whole
///
/// Walks along the chain of entries, up to 5,000 of them, and compares it with the seals that are made
/// of it every day: an entry that was removed, altered or put in shows, and so does an end that was cut
/// off. From `from`, which is checked, too; from the first entry without it. It shows nobody.
#[utoipa::path(
    get, path = "/api/audit/verification", operation_id = "verifyAudit", tag = "registers",
    extensions(("x-role" = json!("coordinator"))),
    params(("from" = Option<String>, Query, description = "`next` or `head` of an earlier answer.",
        example = "5000-5b1e0f7c2a9d4e3f8b6a7c5d4e3f2a1b5b1e0f7c2a9d4e3f8b6a7c5d4e3f2a1b")),
    responses((status = 200, description = "What was found.", body = Verification), Always),
)]
pub(crate) async fn verify(
    State(portal): State<Portal>,
    Coordinator(caller): Coordinator,
    mut params: Params,
) -> Result<Json<Verification>, Problem> {
    let given = params.text("from");
    let from = given.as_deref().map(Head::parse);
    if from == Some(None) {
        params.refuse("from", "must be a head or next of an earlier verification");
    }
    params.finish()?;
    let institution = &caller.institution;
    let from = from.flatten().unwrap_or_else(|| Head::start(institution));
    // Seals before entries: whatever is sealed was there when the walk began.
    let prefix = keys::audit_seals(institution);
    let seals = portal.objects.keys(&prefix, None).await?;
    let seals = seals.iter().filter_map(|key| keys::audit_sealed(key));
    let seals = seals.filter(|seal| seal.sequence > from.sequence);
    let mut walk = Walk::new(institution, from.clone(), seals);
    let walked = match portal.audit.stands(institution, &from).await? {
        Ok(()) => portal.audit.walk(institution, &mut walk, STRIDES).await?,
        Err(broken) => Walked::Ended(Err(broken)),
    };
    let broken = match walked {
        Walked::On | Walked::Ended(Ok(())) => None,
        Walked::Ended(Err(Broken { sequence, flaw })) => {
            Some(BrokenView { sequence, flaw: flaw.into() })
        }
    };
    let head = walk.head().to_string();
    Ok(Json(Verification {
        checked: walk.checked(),
        sealed: walk.sealed(),
        sound: broken.is_none(),
        broken,
        next: (walked == Walked::On).then(|| head.clone()),
        head,
    }))
}
