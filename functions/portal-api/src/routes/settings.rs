//! Setting up a cohort, changing its settings, and putting it away (P3).
//!
//! Safe to repeat: a new cohort's id follows from the idempotency key, and it is created together with the
//! claim of its questionnaire or not at all; every change names the version it was made from (`If-Match`)
//! and is one conditional write, so of two contacts the second is told, and the same change twice finds
//! another version.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use axum::response::Response;
use domain::CohortId;
use domain::cohort::{
    Cohort, Rule, Settings, SmallSections, everybody_named, named_otherwise, newly_named,
};
use registering::{Fault, rules, strict};
use serde_json::{Map, Value};
use store::{ChangedSettings, Scope};

use crate::body::LongBody;
use crate::caller::{Caller, Coordinator};
use crate::params::{NoParams, OfCohort, ParameterProblem, Params, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Conflicts, Missing, Problem, Versioned, created, versioned};
use crate::settings_views::{CohortSettings, SettingsView, as_read, as_shown};

/// Set up a cohort
///
/// With one of the questionnaires that were made for the institution. What is wrong with the settings is
/// told all at once, each with its place. The same request again with the same `Idempotency-Key` makes
/// nothing new. The request is recorded in the audit trail.
#[utoipa::path(
    post, path = "/api/cohorts", operation_id = "createCohort", tag = "cohorts",
    extensions(("x-role" = json!("coordinator"))),
    params(("Idempotency-Key" = String, Header,
        description = "Any text of the caller's choice, 1 to 128 printable ASCII characters; one per intended cohort.",
        example = "3b9a1f0e-7d52-4c1a-8e6f-2a4b6c8d0e1f")),
    request_body(content = CohortSettings, example = crate::settings_views::example),
    responses(
        (status = 201, description = "The cohort with its settings.", body = SettingsView,
            headers(
                ("Location" = String, description = "Where the cohort is."),
                ("ETag" = String, description = "The version that a change has to name as If-Match."),
            )),
        Always, Conflicts,
    ),
)]
pub(crate) async fn create(
    State(portal): State<Portal>,
    Coordinator(caller): Coordinator,
    mut params: Params,
    body: Result<LongBody, Problem>,
) -> Result<Response, Problem> {
    let key = params.required_key();
    params.finish()?;
    let LongBody(members) = body?;
    let id = CohortId::for_request(&caller.institution, &key.ok_or(Problem::Internal)?);
    let scope = Scope::new(caller.institution.clone(), id);
    let settings = match read(members, &scope) {
        Ok(settings) => settings,
        Err(problems) => return Err(Problem::Parameters(problems)),
    };
    if let Some(known) = portal.store.cohort_even_if_gone(&scope).await? {
        return made(&caller, &known, &settings);
    }
    allowed(&portal, &caller, None, &settings).await?;
    let about = [scope.cohort.to_string()];
    portal.record_about(&caller, Some(&scope.cohort), "cohorts.create", &about).await?;
    let cohort = Cohort::new(settings, caller.now);
    if portal.store.create_cohort(&cohort).await? {
        return shown(&cohort).and_then(|response| created(&location(&cohort), response));
    }
    // The same request was quicker, or the questionnaire is another cohort's.
    let known = portal.store.cohort_even_if_gone(&scope).await?.ok_or(Problem::FormTaken)?;
    made(&caller, &known, &cohort.settings)
}

/// Settings of a cohort
///
/// All of them, in the form in which they are set up and changed. The `ETag` is the version that a change
/// has to name as `If-Match`. Looking at them is recorded in the audit trail: rules may name students by id.
#[utoipa::path(
    get, path = "/api/cohorts/{cohort}/settings", operation_id = "getSettings", tag = "cohorts",
    extensions(("x-role" = json!("coordinator"))),
    params(OfCohort),
    responses(
        (status = 200, description = "The settings.", body = SettingsView,
            headers(("ETag" = String, description = "The version that a change has to name as If-Match."))),
        Always, Missing,
    ),
)]
pub(crate) async fn show(
    State(portal): State<Portal>,
    Coordinator(caller): Coordinator,
    ids: PathIds,
    _: NoParams,
) -> Result<Response, Problem> {
    let (scope, cohort) = portal.cohort(&caller, &ids).await?;
    let named = Vec::from_iter(everybody_named(&cohort.settings.criteria));
    portal.record_about(&caller, Some(&scope.cohort), "settings.show", &named).await?;
    shown(&cohort)
}

/// Change settings
///
/// Replaces all of them. The questionnaire stays, and so do the evaluation's form and hidden
/// field once they are named, and its questions but for what they are called once somebody has answered; sections are not left out, and the deadline moves only
/// while no groups were formed; with it moves the deletion date. Not while groups are being formed. What is
/// wrong is told all at once, each with its place. The request is recorded in the audit trail.
#[utoipa::path(
    put, path = "/api/cohorts/{cohort}/settings", operation_id = "replaceSettings", tag = "cohorts",
    extensions(("x-role" = json!("coordinator"))),
    params(
        OfCohort,
        ("If-Match" = String, Header, description = "The version that the change is made from.", example = "\"3\""),
    ),
    request_body(content = CohortSettings, example = crate::settings_views::example),
    responses(
        (status = 200, description = "The settings from now on.", body = SettingsView,
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
    let (scope, known) = at_version(&portal, &caller, &ids, params).await?;
    if known.archived_at.is_some() {
        return Err(Problem::Archived);
    }
    let LongBody(members) = body?;
    let settings = read(members, &scope).map_err(Problem::Parameters)?;
    allowed(&portal, &caller, Some(&known), &settings).await?;
    if settings == known.settings {
        return shown(&known);
    }
    let mut about = vec![scope.cohort.to_string()];
    about.extend(named_otherwise(&known.settings.criteria, &settings.criteria));
    portal.record_about(&caller, Some(&scope.cohort), "settings.replace", &about).await?;
    let done = portal.store.change_settings(&known, &settings).await?;
    match done {
        ChangedSettings::FormTaken => return Err(Problem::FormTaken),
        // Somebody whom a rule names was erased in between: it tells which rule.
        ChangedSettings::NobodyThere => allowed(&portal, &caller, Some(&known), &settings).await?,
        ChangedSettings::Done | ChangedSettings::Stale => {}
    }
    after(&portal, &caller, &scope, done == ChangedSettings::Done).await
}

/// Put a cohort away
///
/// It leaves the list, its deadline forms no groups, and nothing in it can be changed or started until it is
/// taken out again. Nothing is deleted by it: its data goes when it would otherwise. Not while groups are
/// being formed. The request is recorded in the audit trail.
#[utoipa::path(
    put, path = "/api/cohorts/{cohort}/archive", operation_id = "archiveCohort", tag = "cohorts",
    extensions(("x-role" = json!("coordinator"))),
    params(
        OfCohort,
        ("If-Match" = String, Header, description = "The version of its settings.", example = "\"3\""),
    ),
    responses(
        (status = 200, description = "The cohort, put away.", body = SettingsView,
            headers(("ETag" = String, description = "The version that a change has to name as If-Match."))),
        Always, Missing, Conflicts, Versioned,
    ),
)]
pub(crate) async fn archive(
    State(portal): State<Portal>,
    Coordinator(caller): Coordinator,
    ids: PathIds,
    params: Params,
) -> Result<Response, Problem> {
    put_away(&portal, &caller, &ids, params, true).await
}

/// Take a cohort out of the archive
///
/// It stands on the list again. If its deadline is still to come, groups are formed then; if the deadline
/// passed meanwhile and nothing was formed, that happens at once. The request is recorded in the audit trail.
#[utoipa::path(
    delete, path = "/api/cohorts/{cohort}/archive", operation_id = "unarchiveCohort", tag = "cohorts",
    extensions(("x-role" = json!("coordinator"))),
    params(
        OfCohort,
        ("If-Match" = String, Header, description = "The version of its settings.", example = "\"3\""),
    ),
    responses(
        (status = 200, description = "The cohort, in use.", body = SettingsView,
            headers(("ETag" = String, description = "The version that a change has to name as If-Match."))),
        Always, Missing, Conflicts, Versioned,
    ),
)]
pub(crate) async fn unarchive(
    State(portal): State<Portal>,
    Coordinator(caller): Coordinator,
    ids: PathIds,
    params: Params,
) -> Result<Response, Problem> {
    put_away(&portal, &caller, &ids, params, false).await
}

async fn put_away(
    portal: &Portal,
    caller: &Caller,
    ids: &PathIds,
    params: Params,
    away: bool,
) -> Result<Response, Problem> {
    let (scope, known) = at_version(portal, caller, ids, params).await?;
    let action = if away { "cohorts.archive" } else { "cohorts.unarchive" };
    portal.record_about(caller, Some(&scope.cohort), action, &[scope.cohort.to_string()]).await?;
    if known.archived_at.is_some() == away {
        return shown(&known);
    }
    let done = portal.store.archive(&known, away.then_some(caller.now)).await?;
    after(portal, caller, &scope, done).await
}

/// The cohort that the path names, if it is at the version that the request names and no groups of it are
/// being formed.
async fn at_version(
    portal: &Portal,
    caller: &Caller,
    ids: &PathIds,
    params: Params,
) -> Result<(Scope, Cohort), Problem> {
    // What is not there is not found, whatever else is wrong with the request.
    let (scope, cohort) = portal.cohort(caller, ids).await?;
    params.finish_at(cohort.settings_version)?;
    if cohort.active_formation.is_some() {
        return Err(Problem::Busy { formation: cohort.active_formation });
    }
    Ok((scope, cohort))
}

/// The cohort after a change; one that was not done met something that had changed.
async fn after(
    portal: &Portal,
    caller: &Caller,
    scope: &Scope,
    done: bool,
) -> Result<Response, Problem> {
    let cohort = portal.store.cohort(scope, caller.today()).await?.ok_or(Problem::NotFound)?;
    if done { shown(&cohort) } else { Err(Problem::Stale { version: cohort.settings_version }) }
}

/// The settings in a body, for a cohort of an institution.
fn read(members: Map<String, Value>, scope: &Scope) -> Result<Settings, Vec<ParameterProblem>> {
    let mut problems = Vec::new();
    let mut members = members;
    for own in ["institution", "id"] {
        if members.remove(own).is_some() {
            problems.push(ParameterProblem::body(own, "is not a member of this body"));
        }
    }
    members.insert("institution".to_owned(), scope.institution.as_str().into());
    members.insert("id".to_owned(), scope.cohort.as_str().into());
    match strict::settings(&as_read(members)) {
        Ok(settings) if problems.is_empty() => Ok(settings),
        Ok(_) => Err(problems),
        Err(found) => {
            problems.extend(found.into_iter().map(Into::into));
            Err(problems)
        }
    }
}

/// Refuses what a contact may not set up or change.
async fn allowed(
    portal: &Portal,
    caller: &Caller,
    known: Option<&Cohort>,
    settings: &Settings,
) -> Result<(), Problem> {
    let institution = portal.store.institution(&caller.institution).await?;
    let institution = institution.ok_or(Problem::NotAContact)?;
    let mut found =
        known.map(|known| rules::irreplaceable(&known.settings, settings)).unwrap_or_default();
    found.extend(rules::for_contacts(&institution, known, settings, caller.now));
    // An answer that comes between this look and the change is read by the questions from before. It is among the
    // first five, of which nothing is told before the others came, and by then nothing changes any more.
    if let Some(known) = known.filter(|known| rules::asks_otherwise(&known.settings, settings)) {
        let scope = Scope::new(caller.institution.clone(), known.settings.id.clone());
        if portal.store.is_evaluated(&scope).await? {
            found.push(rules::already_answered());
        }
    }
    if let Some(known) = known.filter(|_| found.is_empty()) {
        found.extend(unfit(portal, known, settings).await?);
    }
    if found.is_empty() {
        return Ok(());
    }
    Err(Problem::Parameters(found.into_iter().map(Into::into).collect()))
}

/// The rules that name somebody anew whom they cannot name, and those that bring together who is never in one group.
/// Who is named before an erasure begins is found by it; that nobody is named after that, the change itself sees to.
async fn unfit(
    portal: &Portal,
    known: &Cohort,
    settings: &Settings,
) -> Result<Vec<Fault>, Problem> {
    let (before, after) = (&known.settings.criteria, &settings.criteria);
    let scope = Scope::new(settings.institution.clone(), settings.id.clone());
    let new = newly_named(before, after);
    let mut students = BTreeMap::new();
    for student in named_otherwise(before, after) {
        let found = match student.parse() {
            Ok(student) => portal.store.student(&scope, &student).await?,
            Err(_) => None,
        };
        students.extend(found.map(|found| (student, found)));
    }
    let fit = |student: &String| {
        let is_new = new.contains_key(student);
        !is_new || students.get(student).is_some_and(domain::student::Student::takes_part)
    };
    let section = |student: &String| students.get(student).map(|student| &student.section);
    let mut found = Vec::new();
    for (place, criterion) in after.iter().enumerate() {
        let (Rule::Apart { sets } | Rule::Together { sets }) = &criterion.rule else { continue };
        if !sets.iter().flatten().all(fit) {
            found.push(rules::unknown_student(settings, place));
        }
        let together = matches!(criterion.rule, Rule::Together { .. });
        let parted = |set: &BTreeSet<String>| {
            let mut sections = set.iter().filter_map(section);
            let first = sections.next();
            sections.any(|section| Some(section) != first)
        };
        if together && settings.small_sections != SmallSections::Merge && sets.iter().any(parted) {
            found.push(rules::different_sections(settings, place));
        }
    }
    Ok(found)
}

/// The cohort that is there under the key already, if it is what was asked for.
fn made(caller: &Caller, known: &Cohort, wanted: &Settings) -> Result<Response, Problem> {
    if known.settings != *wanted || rules::is_gone(known, caller.today()) {
        return Err(Problem::KeyUsed);
    }
    shown(known).and_then(|response| created(&location(known), response))
}

fn shown(cohort: &Cohort) -> Result<Response, Problem> {
    let settings = serde_json::to_value(&cohort.settings).map_err(|_| Problem::Internal)?;
    let view = SettingsView {
        cohort: cohort.settings.id.clone(),
        version: cohort.settings_version,
        delete_on: cohort.delete_on,
        deadline_stays: cohort.last_formation_at.is_some(),
        archived_at: cohort.archived_at,
        settings: as_shown(settings),
    };
    versioned(cohort.settings_version, &view)
}

fn location(cohort: &Cohort) -> String {
    format!("/api/cohorts/{}", cohort.settings.id)
}
