//! Groups under a contact's hands while they await approval (G6): what a change would do, the change itself,
//! what would be good, and what is held fast.
//!
//! Safe to repeat: every change names the version of the board that it was made from (`If-Match`) and is one
//! transaction with the groups it touches, so of two contacts the second is told, and the same change twice
//! finds another version. An approval and a change exclude each other: either finds the other's mark.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use domain::SectionId;
use domain::StudentId;
use domain::cohort::Cohort;
use domain::formation::{Formation, FormationStatus, Group, GroupPlace, SolveInput};
use domain::student::Student;
use posing::{SectionBoard, Wish};
use store::{Scope, keys};

use crate::board_views::{
    BoardView, ChangedView, EffectView, GroupPlaceView, Holds, SuggestionView, Suggestions,
    WishView,
};
use crate::body::{Body, LongBody};
use crate::caller::{Caller, Coordinator};
use crate::params::{NoParams, OfFormation, Params, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Conflicts, Missing, Problem, Versioned, versioned};

/// What an erasure leaves in the place of a student who was held fast.
const ERASED: &str = "stu_erased";

/// So many suggestions are given at once.
const MOST: usize = 5;

/// The state of a board
///
/// Whether its groups can still be changed by hand, and what is held fast. The `ETag` is the version that a
/// change has to name as `If-Match`. Looking at it is recorded in the audit trail.
#[utoipa::path(
    get, path = "/api/cohorts/{cohort}/formations/{formation}/board", operation_id = "getBoard", tag = "formations",
    extensions(("x-role" = json!("coordinator"))),
    params(OfFormation),
    responses(
        (status = 200, description = "The board.", body = BoardView,
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
    let (scope, _) = portal.cohort(&caller, &ids).await?;
    let formation = portal.formation(&scope, &ids).await?;
    let about: Vec<String> = formation.board.pinned.iter().map(ToString::to_string).collect();
    portal.record_about(&caller, Some(&scope.cohort), "board.show", &about).await?;
    shown(&formation)
}

/// What a change would do
///
/// Judges a move or an exchange of two students, without making it: scores before and after, rules that
/// would break or be mended. The request is recorded in the audit trail.
#[utoipa::path(
    post, path = "/api/cohorts/{cohort}/formations/{formation}/board/preview", operation_id = "previewChange", tag = "formations",
    extensions(("x-role" = json!("coordinator"))),
    params(OfFormation),
    request_body(content = WishView, example = json!({"student": "stu_5b1e0f7c2a9d4e3f8b6a7c5d4e3f2a1b", "to": 2})),
    responses((status = 200, description = "The effect.", body = EffectView), Always, Missing, Conflicts),
)]
pub(crate) async fn preview(
    State(portal): State<Portal>,
    Coordinator(caller): Coordinator,
    ids: PathIds,
    _: NoParams,
    body: Result<Body, Problem>,
) -> Result<Json<EffectView>, Problem> {
    let table = Table::find(&portal, &caller, &ids).await?;
    let wish = read(body?)?;
    let mut board = table.board(&portal, student(&wish)).await?.ok_or_else(not_here)?;
    table.record(&portal, &caller, "board.preview", &wish).await?;
    let effect = board.judge(&wish).ok_or_else(not_here)?.map_err(Problem::Board)?;
    Ok(Json(EffectView::of(&effect, &board, &table.cohort)))
}

/// Change groups
///
/// Moves a student or exchanges two, whatever it does to scores and rules; locked groups and pinned students
/// stay. The number behind the last group begins a new one, and a group that everybody has left goes. The
/// request is recorded in the audit trail.
#[utoipa::path(
    post, path = "/api/cohorts/{cohort}/formations/{formation}/board/changes", operation_id = "changeGroups", tag = "formations",
    extensions(("x-role" = json!("coordinator"))),
    params(
        OfFormation,
        ("If-Match" = String, Header, description = "The version of the board that the change is made from.", example = "\"0\""),
    ),
    request_body(content = WishView, example = json!({"student": "stu_5b1e0f7c2a9d4e3f8b6a7c5d4e3f2a1b", "to": 2})),
    responses(
        (status = 200, description = "What it did.", body = ChangedView,
            headers(("ETag" = String, description = "The version of the board from now on."))),
        Always, Missing, Conflicts, Versioned,
    ),
)]
pub(crate) async fn change(
    State(portal): State<Portal>,
    Coordinator(caller): Coordinator,
    ids: PathIds,
    params: Params,
    body: Result<Body, Problem>,
) -> Result<Response, Problem> {
    let table = Table::find(&portal, &caller, &ids).await?.at_version(params)?;
    let wish = read(body?)?;
    let (section, groups) = table.section(&portal, student(&wish)).await?.ok_or_else(not_here)?;
    let mut board = table.lay(&portal, &section, groups).await?;
    let known = table.formation.sections.get(&section).ok_or(Problem::NoAnswers)?;
    let shown = board.judge(&wish).ok_or_else(not_here)?.map_err(Problem::Board)?;
    let view = EffectView::of(&shown, &board, &table.cohort);
    let made = board.make(&wish, known).ok_or_else(not_here)?.map_err(Problem::Board)?;
    table.record(&portal, &caller, "board.change", &wish).await?;
    let mut now = table.formation.clone();
    now.board.version = now.board.version.saturating_add(1);
    // A group that everybody has left is held fast by nobody.
    let left = made.changes.iter().filter(|(_, after)| after.members.is_empty());
    let left: Vec<u32> = left.map(|(_, after)| after.number).collect();
    now.board.locked.retain(|at| at.section != section || !left.contains(&at.number));
    now.sections.insert(section, made.result);
    if !portal.store.edit_groups(&table.scope, &table.formation, &now, &made.changes).await? {
        return Err(table.moved(&portal).await);
    }
    versioned(now.board.version, &ChangedView { version: now.board.version, effect: view })
}

/// What would be good for a student
///
/// The best moves and exchanges that concern one student, the best first, for the better or not. The
/// request is recorded in the audit trail.
#[utoipa::path(
    get, path = "/api/cohorts/{cohort}/formations/{formation}/board/suggestions", operation_id = "suggestChanges", tag = "formations",
    extensions(("x-role" = json!("coordinator"))),
    params(
        OfFormation,
        ("student" = Option<String>, Query, description = "The student; without one there are no suggestions.",
            example = "stu_5b1e0f7c2a9d4e3f8b6a7c5d4e3f2a1b"),
    ),
    responses((status = 200, description = "The suggestions.", body = Suggestions), Always, Missing, Conflicts),
)]
pub(crate) async fn suggest(
    State(portal): State<Portal>,
    Coordinator(caller): Coordinator,
    ids: PathIds,
    mut params: Params,
) -> Result<Json<Suggestions>, Problem> {
    let student: Option<StudentId> = params.parsed("student");
    params.finish()?;
    let table = Table::find(&portal, &caller, &ids).await?;
    let about: Vec<String> = student.iter().map(ToString::to_string).collect();
    let action = "board.suggest";
    portal.record_about(&caller, Some(&table.scope.cohort), action, &about).await?;
    let Some(student) = student else { return Ok(Json(Suggestions { items: Vec::new() })) };
    let board = table.board(&portal, &student).await?.ok_or(Problem::NotFound)?;
    let found = board.suggest(&student, MOST).into_iter();
    let items = found.map(|(wish, effect)| SuggestionView {
        change: (&wish).into(),
        effect: EffectView::of(&effect, &board, &table.cohort),
    });
    Ok(Json(Suggestions { items: items.collect() }))
}

/// Hold groups and students fast
///
/// Replaces what is held: nobody leaves or joins a locked group, and a pinned student stays while others
/// come and go. The request is recorded in the audit trail.
#[utoipa::path(
    put, path = "/api/cohorts/{cohort}/formations/{formation}/board/holds", operation_id = "holdGroups", tag = "formations",
    extensions(("x-role" = json!("coordinator"))),
    params(
        OfFormation,
        ("If-Match" = String, Header, description = "The version of the board that the change is made from.", example = "\"0\""),
    ),
    request_body(content = Holds, example = json!({"groups": "a/1 b/1", "students": ""})),
    responses(
        (status = 200, description = "The board.", body = BoardView,
            headers(("ETag" = String, description = "The version of the board from now on."))),
        Always, Missing, Conflicts, Versioned,
    ),
)]
pub(crate) async fn hold(
    State(portal): State<Portal>,
    Coordinator(caller): Coordinator,
    ids: PathIds,
    params: Params,
    body: Result<LongBody, Problem>,
) -> Result<Response, Problem> {
    let table = Table::find(&portal, &caller, &ids).await?.at_version(params)?;
    let mut body = Body::from(body?);
    let groups = portal.store.all_groups(&table.scope, &table.formation.id).await?;
    let places = body.lines("groups").unwrap_or_default();
    let locked: Option<Vec<GroupPlace>> = places.split_whitespace().map(place).collect();
    let here = |at: &GroupPlace| {
        groups.iter().any(|group| group.section == at.section && group.number == at.number)
    };
    // What was held and is gone since, with somebody's erasure, is let go.
    let was = &table.formation.board;
    let locked = locked.map(|mut locked| {
        locked.retain(|at| here(at) || !was.locked.contains(at));
        locked
    });
    let locked = locked.filter(|locked| locked.iter().all(here));
    if locked.is_none() {
        body.refuse("groups", "must be groups of this formation, such as: hold-1/3 hold-2/1");
    }
    let students = body.lines("students").unwrap_or_default();
    let pinned: Option<Vec<StudentId>> =
        students.split_whitespace().map(|id| StudentId::parse(id).ok()).collect();
    let members: BTreeSet<&StudentId> = groups.iter().flat_map(|group| &group.members).collect();
    let held: BTreeSet<&StudentId> = was.pinned.iter().collect();
    let pinned = pinned.map(|mut pinned| {
        pinned.retain(|id| members.contains(id) || !held.contains(id));
        pinned
    });
    let pinned = pinned.filter(|pinned| pinned.iter().all(|id| members.contains(id)));
    if pinned.is_none() {
        body.refuse("students", "must be ids of students in groups of this formation");
    }
    body.finish()?;
    let mut now = table.formation.clone();
    now.board.locked = locked.ok_or(Problem::Internal)?;
    now.board.pinned = pinned.ok_or(Problem::Internal)?;
    now.board.locked.sort();
    now.board.version = now.board.version.saturating_add(1);
    let about: Vec<String> = now.board.pinned.iter().map(ToString::to_string).collect();
    portal.record_about(&caller, Some(&table.scope.cohort), "board.hold", &about).await?;
    if !portal.store.edit_groups(&table.scope, &table.formation, &now, &[]).await? {
        return Err(table.moved(&portal).await);
    }
    shown(&now)
}

/// Groups that await a decision, and what belongs to them.
struct Table {
    scope: Scope,
    cohort: Cohort,
    formation: Formation,
}

impl Table {
    async fn find(portal: &Portal, caller: &Caller, ids: &PathIds) -> Result<Self, Problem> {
        let (scope, cohort) = portal.cohort(caller, ids).await?;
        let formation = portal.formation(&scope, ids).await?;
        if !is_open(&formation) {
            return Err(match formation.decision {
                Some(decision) => Problem::Decided { verdict: decision.verdict },
                None => Problem::NotAwaiting { status: formation.status },
            });
        }
        Ok(Self { scope, cohort, formation })
    }

    fn at_version(self, params: Params) -> Result<Self, Problem> {
        params.finish_at(self.formation.board.version)?;
        Ok(self)
    }

    /// Why a write did not go through.
    async fn moved(&self, portal: &Portal) -> Problem {
        match portal.store.formation(&self.scope, &self.formation.id).await {
            Ok(Some(now)) if is_open(&now) && now.board.version != self.formation.board.version => {
                Problem::Stale { version: now.board.version }
            }
            Ok(Some(Formation { decision: Some(decision), .. })) => {
                Problem::Decided { verdict: decision.verdict }
            }
            // An erasure took somebody out of a group meanwhile: the next try reads it anew.
            Ok(_) => Problem::Unavailable,
            Err(error) => error.into(),
        }
    }

    /// The section in whose groups a student is, with these groups.
    async fn section(
        &self,
        portal: &Portal,
        student: &StudentId,
    ) -> Result<Option<(SectionId, Vec<Group>)>, Problem> {
        let mut groups = portal.store.all_groups(&self.scope, &self.formation.id).await?;
        let theirs = groups.iter().find(|group| group.members.contains(student));
        let Some(section) = theirs.map(|group| group.section.clone()) else { return Ok(None) };
        groups.retain(|group| group.section == section);
        Ok(Some((section, groups)))
    }

    async fn lay(
        &self,
        portal: &Portal,
        section: &SectionId,
        groups: Vec<Group>,
    ) -> Result<SectionBoard, Problem> {
        let key = keys::solve_input(&self.scope, &self.formation.id, section);
        let input = portal.objects.get_json::<SolveInput>(&key).await?;
        let mut input: SolveInput = input.ok_or(Problem::NoAnswers)?;
        // Whoever has since asked that their answers are not used stays, as if without any (D4).
        let members = groups.iter().flat_map(|group| &group.members);
        let known = portal.store.students_by_id(&self.scope, members).await?;
        input.students.retain(|one| known.get(&one.id).is_some_and(Student::takes_part));
        let mut board = SectionBoard::lay(input, groups).ok_or(Problem::NoAnswers)?;
        let marks = &self.formation.board;
        let locked = marks.locked.iter().filter(|at| at.section == *section);
        board.hold(locked.map(|at| at.number), marks.pinned.iter());
        Ok(board)
    }

    async fn board(
        &self,
        portal: &Portal,
        student: &StudentId,
    ) -> Result<Option<SectionBoard>, Problem> {
        match self.section(portal, student).await? {
            Some((section, groups)) => Ok(Some(self.lay(portal, &section, groups).await?)),
            None => Ok(None),
        }
    }

    async fn record(
        &self,
        portal: &Portal,
        caller: &Caller,
        action: &str,
        wish: &Wish,
    ) -> Result<(), Problem> {
        let about = match wish {
            Wish::Move { student, .. } => vec![student.to_string()],
            Wish::Swap { student, with } => vec![student.to_string(), with.to_string()],
        };
        portal.record_about(caller, Some(&self.scope.cohort), action, &about).await
    }
}

pub(crate) fn is_open(formation: &Formation) -> bool {
    formation.status == FormationStatus::AwaitingApproval && formation.decision.is_none()
}

fn student(wish: &Wish) -> &StudentId {
    match wish {
        Wish::Move { student, .. } | Wish::Swap { student, .. } => student,
    }
}

fn place(text: &str) -> Option<GroupPlace> {
    let (section, number) = text.rsplit_once('/')?;
    Some(GroupPlace { section: SectionId::parse(section).ok()?, number: number.parse().ok()? })
}

/// Who or what the change names is not in one section of this formation.
fn not_here() -> Problem {
    let problem = "names a student or a group that is not in the same section of this formation";
    Problem::Parameters(vec![crate::params::ParameterProblem::body("student", problem)])
}

fn read(mut body: Body) -> Result<Wish, Problem> {
    let student = body.parsed::<StudentId>("student");
    let other = body.optional::<StudentId>("with");
    let to = body.whole("to");
    let wish = match (student, other, to) {
        (Some(student), Some(with), None) => Some(Wish::Swap { student, with }),
        (Some(student), None, Some(to)) => Some(Wish::Move { student, to }),
        _ => None,
    };
    if wish.is_none() {
        body.refuse("to", "must be the number of a group, unless with names another student");
    }
    body.finish()?;
    wish.ok_or(Problem::Internal)
}

fn shown(formation: &Formation) -> Result<Response, Problem> {
    let marks = &formation.board;
    let view = BoardView {
        version: marks.version,
        editable: is_open(formation),
        locked: marks.locked.iter().map(GroupPlaceView::from).collect(),
        pinned: marks.pinned.iter().filter(|id| id.as_str() != ERASED).cloned().collect(),
    };
    versioned(marks.version, &view)
}
