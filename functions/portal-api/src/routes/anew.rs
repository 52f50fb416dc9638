//! The rest of groups formed anew, around what contacts hold fast (G6); groups that were set aside taken up
//! again.
//!
//! Both are formations of their own: the engine works for as long as it needs, and the groups that they begin
//! from stay to be compared with. Safe to repeat: the formation's id follows from the idempotency key, and
//! one transaction sets the groups aside and records the new formation, if the board is at the version that
//! the request names. So of two contacts one is told, and a call that broke off is completed by making it
//! again: the formation is found, and the state machine that awaited the old groups is told once more. If
//! nobody ever tells it, its time runs out, and it finds the formation rejected.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use domain::SectionId;
use domain::cohort::Sizes;
use domain::formation::{Around, Formation, FormationStatus, Group, Keep, Kind, Verdict};
use domain::student::Student;
use posing::{has_room, laid};
use store::Scope;
use utoipa::ToSchema;

use crate::body::Body;
use crate::caller::Coordinator;
use crate::params::{OfFormation, ParameterProblem, Params, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Conflicts, Missing, Problem, Versioned, accepted};
use crate::routes::approval::tell;
use crate::routes::formations::{StartedFormation, location};
use crate::sentences::Localised;
use crate::trigger::{Outcome, Wish, trigger};
use crate::words;

/// What may stay, the first where nothing is said.
const KEEPS: [(&str, Keep); 2] = [("held", Keep::Held), ("all", Keep::All)];

/// What stays of the groups.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; its member is taken by itself")]
pub(crate) struct Anew {
    /// `held`, where nothing is said: locked groups and pinned students stay, the rest is formed anew. `all`:
    /// everything stays; so groups that were set aside are taken up again.
    keep: Option<words::Keep>,
}

/// Form the rest anew
///
/// Starts a formation of the students in these groups that keeps locked groups and pinned students and forms
/// the others anew. The groups must await a decision, or have been set aside. If they await one, they are set
/// aside (`rejected`) and stay to be compared with; the new groups await a decision in their place, whatever
/// the cohort's settings say. Sections whose rest cannot be split into groups of the allowed sizes are named
/// before anything happens. A request that is repeated with the same `Idempotency-Key` starts nothing new. The
/// request is recorded in the audit trail.
#[utoipa::path(
    post, path = "/api/cohorts/{cohort}/formations/{formation}/board/anew", operation_id = "formGroupsAnew", tag = "formations",
    extensions(("x-role" = json!("coordinator"))),
    params(
        OfFormation,
        ("If-Match" = String, Header, description = "The version of the board that was seen.", example = "\"0\""),
        ("Idempotency-Key" = String, Header,
            description = "Any text of the caller's choice, 1 to 128 printable ASCII characters; one per intended formation.",
            example = "3b9a1f0e-7d52-4c1a-8e6f-2a4b6c8d0e1f"),
    ),
    request_body(content = Anew, example = json!({"keep": "held"})),
    responses(
        (status = 202, description = "The formation was started.", body = StartedFormation,
            headers(("Location" = String, description = "Where to watch it."))),
        Always, Missing, Conflicts, Versioned,
    ),
)]
pub(crate) async fn start(
    State(portal): State<Portal>,
    Coordinator(caller): Coordinator,
    ids: PathIds,
    mut params: Params,
    body: Result<Body, Problem>,
) -> Result<Response, Problem> {
    let (scope, cohort) = portal.cohort(&caller, &ids).await?;
    let base = portal.formation(&scope, &ids).await?;
    let key = params.required_key();
    params.finish_at(base.board.version)?;
    let mut body = body?;
    let keep = body.word("keep", &KEEPS);
    body.finish()?;
    let (key, keep) = key.zip(keep).ok_or(Problem::Internal)?;
    if cohort.archived_at.is_some() {
        return Err(Problem::Archived);
    }
    can_be_begun_from(&base)?;
    has_a_rest(&base, keep)?;
    let mut groups = portal.store.all_groups(&scope, &base.id).await?;
    // Whoever must not be taken any more is left out when it is formed, so sizes are judged without them.
    let members = groups.iter().flat_map(|group| &group.members);
    let known = portal.store.students_by_id(&scope, members).await?;
    for group in &mut groups {
        group.members.retain(|id| known.get(id).is_some_and(Student::takes_part));
    }
    fits(&base, &groups, keep, cohort.settings.sizes)?;
    let students = groups.iter().map(|group| group.members.len()).sum();
    let entry = caller.entry(Some(&scope.cohort), "board.anew").touching(students);
    portal.append(&caller, entry.about([&base.id])).await?;

    let around = Around { formation: base.id.clone(), version: base.board.version, keep };
    let kind = (base.kind != Kind::Initial).then_some(base.kind);
    let wish = Wish { replace: base.replaces.as_ref(), kind, around: Some(&around), rounds: None };
    match trigger(&portal, &caller, &scope, Some(&key), wish).await? {
        Outcome::Started { formation, started } => {
            // Of groups that were rejected, nobody waits any more, and there is no token.
            if base.task_token.is_some() {
                tell(&portal, &scope, &base, Verdict::Rejected).await?;
            }
            let location = location(&scope.cohort, &formation);
            accepted(&location, &StartedFormation { formation, started })
        }
        Outcome::Busy { formation } => Err(Problem::Busy { formation }),
        Outcome::Published { formation } => Err(Problem::Published { formation }),
        Outcome::Moved => Err(moved(&portal, &scope, &base).await),
        Outcome::NoCohort => Err(Problem::NotFound),
    }
}

/// Refuses groups that nobody may go on from.
fn can_be_begun_from(base: &Formation) -> Result<(), Problem> {
    let status = base.status;
    match (status, &base.decision) {
        (FormationStatus::AwaitingApproval, Some(decision))
            if decision.verdict == Verdict::Approved =>
        {
            Err(Problem::Decided { verdict: decision.verdict })
        }
        (FormationStatus::AwaitingApproval | FormationStatus::Rejected, _) => Ok(()),
        (FormationStatus::Published | FormationStatus::Planned, _) => {
            Err(Problem::NotAwaiting { status })
        }
        (FormationStatus::Running | FormationStatus::Failed, _) => {
            Err(Problem::NoGroups { status })
        }
    }
}

/// Refuses to form the rest of a repair anew: it has none, as all but a few groups are those that were published; and
/// that of a plan, whose rounds are planned with each other.
fn has_a_rest(base: &Formation, keep: Keep) -> Result<(), Problem> {
    let (repair, plan) = (base.kind == Kind::Repair, base.plans().is_some());
    if !(repair || plan) || keep == Keep::All {
        return Ok(());
    }
    let words = if plan {
        Localised::of(
            "Runderne i en plan er planlagt med hinanden, så de øvrige grupper i én runde dannes ikke på ny. Flyt studerende i hånden, eller afvis planen, og læg en ny."
                .to_owned(),
            "The rounds of a plan are planned with each other, so the other groups of one round are not formed anew. Move students by hand, or reject the plan and make another."
                .to_owned(),
        )
    } else {
        Localised::of(
        "En reparation ændrer færrest mulige grupper; dens øvrige grupper dannes ikke på ny. Afvis den, og dan nye grupper, hvis alle skal have nye."
            .to_owned(),
        "A repair changes as few groups as possible; its other groups are not formed anew. Reject it and form groups if everybody is to get new ones."
            .to_owned(),
        )
    };
    let told = ParameterProblem::body("keep", words.en.clone());
    Err(Problem::Parameters(vec![ParameterProblem { words: Some(words), ..told }]))
}

/// Refuses what would end without groups: where nobody takes part any more, and every section whose rest does not
/// fit the sizes, by name.
fn fits(base: &Formation, groups: &[Group], keep: Keep, sizes: Sizes) -> Result<(), Problem> {
    if groups.iter().all(|group| group.members.is_empty()) {
        let words = Localised::of(
            "Ingen af de studerende i grupperne deltager længere.".to_owned(),
            "None of the students in these groups takes part any more.".to_owned(),
        );
        let told = ParameterProblem::body("keep", words.en.clone());
        return Err(Problem::Parameters(vec![ParameterProblem { words: Some(words), ..told }]));
    }
    let mut sections: BTreeMap<&SectionId, Vec<&Group>> = BTreeMap::new();
    for group in groups {
        sections.entry(&group.section).or_default().push(group);
    }
    let full = sections.into_iter().filter(|(_, here)| {
        let here = laid(here.iter().copied(), &base.board, keep, sizes);
        !has_room(&here, sizes)
    });
    let problem = |(section, _): (&SectionId, Vec<&Group>)| {
        let (min, max) = (sizes.min, sizes.max);
        let words = Localised::of(
            format!(
                "Hold {section}: de studerende, der ikke holdes fast, kan ikke deles i grupper på {min} til {max}. Hold færre eller flere fast."
            ),
            format!(
                "Section {section}: the students who are not held fast cannot be split into groups of {min} to {max}. Hold fewer or more."
            ),
        );
        let told = ParameterProblem::body("keep", words.en.clone());
        ParameterProblem { words: Some(words), ..told }
    };
    let problems: Vec<ParameterProblem> = full.map(problem).collect();
    if problems.is_empty() { Ok(()) } else { Err(Problem::Parameters(problems)) }
}

/// Why the groups were not begun from.
async fn moved(portal: &Portal, scope: &Scope, seen: &Formation) -> Problem {
    match portal.store.formation(scope, &seen.id).await {
        Ok(Some(now)) if now.board.version != seen.board.version => {
            Problem::Stale { version: now.board.version }
        }
        Ok(Some(now)) => match can_be_begun_from(&now) {
            Err(problem) => problem,
            // Somebody rejected them, and the state machine has not ended them yet.
            Ok(()) => Problem::Unavailable,
        },
        Ok(None) => Problem::NotFound,
        Err(error) => error.into(),
    }
}
