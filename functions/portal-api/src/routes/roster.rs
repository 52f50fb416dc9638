//! The roster: who is expected to answer (Q8), in short; and how a list is put in its place or taken away.
//!
//! Safe to repeat: a change names the version that it was made from (`If-Match`), and takes effect in one
//! conditional write once the whole list is stored. The same list again, after an answer that never came,
//! changes nothing: a list is known by what stands in it.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use axum::response::Response;
use domain::cohort::Cohort;
use domain::roster::{Counts, Expected, Presence, Roster, counts};
use domain::{RosterId, SectionId, StudentId};
use jiff::Timestamp;
use serde::Serialize;
use store::{ReplacedRoster, Scope, keys};
use utoipa::ToSchema;

use crate::body::RosterBody;
use crate::caller::{Caller, Coordinator};
use crate::params::{NoParams, OfCohort, Params, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Conflicts, Missing, Problem, Versioned, versioned};
use crate::roster_rows::{self, RosterList};

/// The roster in numbers.
#[derive(Serialize, ToSchema)]
#[schema(as = Roster)]
pub(crate) struct RosterView {
    /// How often it was replaced or taken away; the `ETag`. 0 before there ever was one.
    #[schema(example = 1)]
    version: u32,
    /// When the list was put in place; absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-08-25T08:00:00Z")]
    listed_at: Option<Timestamp>,
    /// In the whole cohort.
    all: CountsView,
    /// Section by section.
    sections: Vec<SectionCounts>,
    /// How many of the list that was sent were left out because they were erased on request; only in the
    /// answer to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 0)]
    left_out: Option<u32>,
}

/// How many are expected and have answered.
#[derive(Serialize, ToSchema)]
#[schema(as = RosterCounts)]
pub(crate) struct CountsView {
    /// On the roster.
    #[schema(example = 124)]
    expected: u32,
    /// Of them, those who have answered.
    #[schema(example = 115)]
    answered: u32,
    /// Who answered and is not on the roster.
    #[schema(example = 3)]
    unlisted: u32,
}

/// How many of a section are expected and have answered.
#[derive(Serialize, ToSchema)]
#[schema(as = SectionRosterCounts)]
pub(crate) struct SectionCounts {
    /// The section.
    #[schema(value_type = String, example = "hold-1")]
    section: SectionId,
    /// How many.
    #[serde(flatten)]
    counts: CountsView,
}

impl From<Counts> for CountsView {
    fn from(counts: Counts) -> Self {
        Self { expected: counts.expected, answered: counts.answered, unlisted: counts.unlisted }
    }
}

/// Who is expected, in numbers
///
/// How many are on the roster, how many of them have answered, and how many answered who are not on it. The
/// `ETag` is the version that a change has to name as `If-Match`; before there ever was a roster it is 0.
#[utoipa::path(
    get, path = "/api/cohorts/{cohort}/roster", operation_id = "getRoster", tag = "cohorts",
    extensions(("x-role" = json!("viewer"))),
    params(OfCohort),
    responses(
        (status = 200, description = "The roster in numbers.", body = RosterView,
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
    shown(&portal, &scope, &cohort, None).await
}

/// Put a list in the roster's place
///
/// The whole list; whoever is not on it any more is not expected any more. Of each student the address and
/// the section, as the institution writes it: by the address in lower case answers are told to be theirs.
/// What is wrong is told all at once, each with its place; nothing has changed then. Whoever was erased on
/// request is left out and counted. The request is recorded in the audit trail.
#[utoipa::path(
    put, path = "/api/cohorts/{cohort}/roster", operation_id = "replaceRoster", tag = "cohorts",
    extensions(("x-role" = json!("coordinator"))),
    params(
        OfCohort,
        ("If-Match" = String, Header, description = "The version that the change is made from.", example = "\"1\""),
    ),
    request_body(content = RosterList, example = json!({ "students": [
        { "email": "freja@example.edu", "section": "a" }, { "email": "liv@example.edu", "section": "b" },
    ] })),
    responses(
        (status = 200, description = "The roster in numbers from now on.", body = RosterView,
            headers(("ETag" = String, description = "The version that a change has to name as If-Match."))),
        Always, Missing, Conflicts, Versioned,
    ),
)]
pub(crate) async fn replace(
    State(portal): State<Portal>,
    Coordinator(caller): Coordinator,
    ids: PathIds,
    mut params: Params,
    body: Result<RosterBody, Problem>,
) -> Result<Response, Problem> {
    let (scope, cohort) = portal.cohort(&caller, &ids).await?;
    let seen = params.version();
    params.finish()?;
    let RosterBody(members) = body?;
    if cohort.archived_at.is_some() {
        return Err(Problem::Archived);
    }
    let rows = roster_rows::read(members, &cohort.settings).map_err(Problem::Parameters)?;
    let key = portal.identity().await?;
    let mut list: BTreeMap<StudentId, Expected> = BTreeMap::new();
    for entry in rows {
        let student = StudentId::derive(key, &scope.cohort, &entry.email);
        list.insert(student.clone(), Expected { student, entry });
    }
    let asked = list.len();
    leave_out(&portal, &scope, &mut list).await?;
    let left_out = u32::try_from(asked - list.len()).unwrap_or(u32::MAX);
    let id = RosterId::derive(
        key,
        &scope.cohort,
        list.values().map(|one| (&one.student, &one.entry.section)),
    );
    let was = portal.store.roster(&scope).await?;
    if let Some(known) = was.as_ref().filter(|known| known.list.as_ref() == Some(&id)) {
        record(&portal, &caller, (&scope, known), "roster.replace", list.len()).await?;
        // What a run that died has left goes now.
        portal.store.tidy_roster(&scope, known).await?;
        return shown(&portal, &scope, &cohort, Some(left_out)).await;
    }
    let next = next(&caller, was.as_ref(), seen, Some(id))?;
    record(&portal, &caller, (&scope, &next), "roster.replace", list.len()).await?;
    put(&portal, &scope, was.as_ref(), &next, list.into_values().collect()).await?;
    shown(&portal, &scope, &cohort, Some(left_out)).await
}

/// Take the roster away
///
/// Nobody is expected any more; answers stay. The request is recorded in the audit trail.
#[utoipa::path(
    delete, path = "/api/cohorts/{cohort}/roster", operation_id = "removeRoster", tag = "cohorts",
    extensions(("x-role" = json!("coordinator"))),
    params(
        OfCohort,
        ("If-Match" = String, Header, description = "The version that the change is made from.", example = "\"1\""),
    ),
    responses(
        (status = 200, description = "The roster in numbers from now on: there is none.", body = RosterView,
            headers(("ETag" = String, description = "The version that a change has to name as If-Match."))),
        Always, Missing, Conflicts, Versioned,
    ),
)]
pub(crate) async fn remove(
    State(portal): State<Portal>,
    Coordinator(caller): Coordinator,
    ids: PathIds,
    mut params: Params,
) -> Result<Response, Problem> {
    let (scope, cohort) = portal.cohort(&caller, &ids).await?;
    let seen = params.version();
    params.finish()?;
    if cohort.archived_at.is_some() {
        return Err(Problem::Archived);
    }
    let was = portal.store.roster(&scope).await?;
    let (_, known) = portal.store.expected_even_if_gone(&scope).await?;
    if was.as_ref().is_none_or(|known| known.list.is_none()) {
        portal.record(&caller, Some(&scope.cohort), "roster.remove", known.len()).await?;
        if let Some(known) = &was {
            portal.store.tidy_roster(&scope, known).await?;
        }
        return shown(&portal, &scope, &cohort, None).await;
    }
    let next = next(&caller, was.as_ref(), seen, None)?;
    record(&portal, &caller, (&scope, &next), "roster.remove", known.len()).await?;
    put(&portal, &scope, was.as_ref(), &next, Vec::new()).await?;
    shown(&portal, &scope, &cohort, None).await
}

/// Takes off a list whoever was erased on request or is being erased: they come onto no roster again, at no
/// address that is or was theirs.
async fn leave_out(
    portal: &Portal,
    scope: &Scope,
    list: &mut BTreeMap<StudentId, Expected>,
) -> Result<(), Problem> {
    let marks = portal.store.erased_students(scope).await?;
    let answered = portal.store.answered(scope).await?;
    let going: Vec<_> = answered.iter().filter(|one| one.erasure.is_some()).collect();
    let addresses: BTreeSet<String> = going.iter().flat_map(|one| one.addresses()).collect();
    let ids: BTreeSet<&StudentId> = going.iter().map(|one| &one.id).collect();
    list.retain(|id, one| {
        !ids.contains(id)
            && !addresses.contains(&one.entry.email.normalised())
            && !marks.contains(&keys::erased_student(scope, id).sk)
    });
    Ok(())
}

/// The roster that takes the place of the one that was read, if that is the one that the caller means.
fn next(
    caller: &Caller,
    was: Option<&Roster>,
    seen: Option<u32>,
    list: Option<RosterId>,
) -> Result<Roster, Problem> {
    let version = was.map_or(0, |known| known.version);
    if seen != Some(version) {
        return Err(Problem::Stale { version });
    }
    // Of one that was put in place before its first list was noted nothing tells when that was.
    let first_listed_at = match was {
        Some(was) => was.first_listed_at.or_else(|| (was.version == 1).then_some(was.changed_at)),
        None => Some(caller.now),
    };
    Ok(Roster {
        version: version + 1,
        list,
        changed_at: caller.now,
        changed_by: caller.contact.id.clone(),
        first_listed_at,
    })
}

/// Records a change, naming the list and the version.
async fn record(
    portal: &Portal,
    caller: &Caller,
    (scope, roster): (&Scope, &Roster),
    action: &str,
    people: usize,
) -> Result<(), Problem> {
    let list = roster.list.as_ref().map(ToString::to_string);
    let names = list.into_iter().chain([format!("version-{}", roster.version)]);
    let entry = caller.entry(Some(&scope.cohort), action).touching(people).about(names);
    portal.append(caller, entry).await
}

async fn put(
    portal: &Portal,
    scope: &Scope,
    was: Option<&Roster>,
    next: &Roster,
    list: Vec<Expected>,
) -> Result<(), Problem> {
    match portal.store.replace_roster(scope, was, next, list).await? {
        ReplacedRoster::Done => Ok(()),
        ReplacedRoster::Stale => {
            let now = portal.store.roster(scope).await?;
            Err(Problem::Stale { version: now.map_or(0, |known| known.version) })
        }
        ReplacedRoster::Closed => {
            let cohort = portal.store.cohort_even_if_gone(scope).await?;
            let archived =
                cohort.is_some_and(|known| known.erasure.is_none() && known.archived_at.is_some());
            Err(if archived { Problem::Archived } else { Problem::NotFound })
        }
    }
}

async fn shown(
    portal: &Portal,
    scope: &Scope,
    cohort: &Cohort,
    left_out: Option<u32>,
) -> Result<Response, Problem> {
    let attended = portal.store.attendance(scope).await?;
    let mut of = counts(&attended.people);
    for section in &cohort.settings.sections {
        of.entry(section.id.clone()).or_default();
    }
    let number = |presence| {
        let count = attended.people.iter().filter(|one| one.presence == presence).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    };
    let answered = number(Presence::Answered);
    let all = CountsView {
        expected: answered + number(Presence::Waiting),
        answered,
        unlisted: number(Presence::Unlisted),
    };
    let listed = attended.roster.as_ref().filter(|roster| roster.list.is_some());
    let version = attended.roster.as_ref().map_or(0, |roster| roster.version);
    let sections =
        of.into_iter().map(|(section, of)| SectionCounts { section, counts: of.into() }).collect();
    let listed_at = listed.map(|roster| roster.changed_at);
    versioned(version, &RosterView { version, listed_at, all, sections, left_out })
}
