//! A plan of several rounds (G7): where its rounds stand, and the publication of the next.
//!
//! A round that waits is taken up by a formation of its own, whose id follows from the round and how often that came
//! to nothing. Safe to repeat: whoever asks again is told of the same formation; of two contacts one is told that the
//! plan is another than they saw, or that a formation runs. What is published replaces the groups that counted when
//! the plan was looked at, and no others.

use axum::extract::State;
use axum::response::Response;
use domain::cohort::Cohort;
use domain::formation::{Around, Formation, FormationStatus, Keep, Kind, RequestedBy};
use domain::ids::keyed_hash;
use domain::{FormationId, SectionId};
use posing::{Round, RoundState, ToMend, rounds_of};
use serde::Serialize;
use store::Scope;
use utoipa::ToSchema;

use crate::caller::{Caller, Coordinator};
use crate::params::{NoParams, OfFormation, Params, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Conflicts, Missing, Problem, Versioned, accepted, versioned};
use crate::routes::formations::{StartedFormation, location};
use crate::trigger::{Outcome, Wish, trigger};
use crate::words;

/// A plan of several rounds.
#[derive(Serialize, ToSchema)]
#[schema(as = Plan)]
pub(crate) struct PlanView {
    /// The formation that planned them; its groups are those of the first round.
    #[schema(value_type = String, example = "for_0192f0c1a2b37c4d8e5f60718293a4b5")]
    plan: FormationId,
    /// A number that is another one when something else is told here; what `ETag` says, too.
    #[schema(example = 1_427_986_613_u32)]
    version: u32,
    /// How many rounds were asked for.
    #[schema(example = 3)]
    asked: u32,
    /// No more rounds than this are possible in which nobody meets again, by the section with the least room; often
    /// fewer are. Absent until the plan is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 7)]
    at_most: Option<u32>,
    /// Whether groups of the first round were changed by hand since: then others may meet again than was planned.
    #[schema(example = false)]
    by_hand: bool,
    /// Students who take part and are in no group of the round that comes next; 0 where none does.
    #[schema(example = 1)]
    joined: u32,
    /// Members of the round that comes next who take part no more, or are in another section now.
    #[schema(example = 0)]
    left: u32,
    /// The rounds that are planned, in their order.
    rounds: Vec<RoundView>,
}

/// A round of a plan.
#[derive(Serialize, ToSchema)]
#[schema(as = Round)]
pub(crate) struct RoundView {
    /// Which one, from 1.
    #[schema(example = 2)]
    round: u32,
    /// Where it stands.
    state: words::RoundState,
    /// The formation whose groups wait; it is the one to publish.
    #[schema(value_type = String, example = "for_0192f0c1a2b37c4d8e5f60718293a4b5")]
    formation: FormationId,
    /// The formation whose groups are those of the round by now: the same, or the one that took it up.
    #[schema(value_type = String, example = "for_0192f0c1a2b37c4d8e5f60718293a4b5")]
    groups_of: FormationId,
    /// Section by section.
    sections: Vec<RoundSectionView>,
}

/// What is known of one section's groups in a round.
#[derive(Serialize, ToSchema)]
#[schema(as = RoundSection)]
pub(crate) struct RoundSectionView {
    /// The section.
    #[schema(value_type = String, example = "hold-1")]
    section: SectionId,
    /// Students in its groups.
    #[schema(example = 31)]
    students: u32,
    /// Its groups.
    #[schema(example = 6)]
    groups: u32,
    /// Weighted mean of the group scores, 0 to 10,000.
    #[schema(example = 8730)]
    mean: i64,
    /// The lowest group score, 0 to 10,000.
    #[schema(example = 7910)]
    worst: i64,
    /// Broken must rules, counted once per rule and group.
    #[schema(example = 0)]
    must_broken: u32,
    /// Pairs who have been together in an earlier round, as the plan was made; absent where groups were changed by
    /// hand since.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 0)]
    repeats: Option<u32>,
}

impl RoundView {
    fn of(round: &Round<'_>) -> Self {
        let now = round.taken.filter(|taken| taken.status.has_groups()).unwrap_or(round.planned);
        let section = |(section, result): (&SectionId, &domain::formation::SectionResult)| {
            let planned = round.planned.sections.get(section);
            RoundSectionView {
                section: section.clone(),
                students: result.students,
                groups: result.groups,
                mean: result.mean,
                worst: result.worst,
                must_broken: result.must_broken,
                repeats: planned.and_then(|planned| planned.repeats),
            }
        };
        Self {
            round: round.number,
            state: round.state.into(),
            formation: round.planned.id.clone(),
            groups_of: now.id.clone(),
            sections: now.sections.iter().map(section).collect(),
        }
    }
}

/// A plan as it is now, with its rounds.
struct Table {
    all: Vec<Formation>,
    plan: FormationId,
}

impl Table {
    async fn of(portal: &Portal, scope: &Scope, formation: &Formation) -> Result<Self, Problem> {
        let plan = formation.plan.as_ref().ok_or(Problem::NotFound)?.formation.clone();
        Ok(Self { all: portal.store.formations(scope).await?, plan })
    }

    fn rounds(&self) -> Vec<Round<'_>> {
        rounds_of(&self.all, &self.plan)
    }

    /// What is told of the plan.
    async fn view(&self, portal: &Portal, scope: &Scope) -> Result<PlanView, Problem> {
        let rounds = self.rounds();
        let first = rounds.first().ok_or(Problem::NotFound)?.planned;
        let next = rounds.iter().find(|round| round.state == RoundState::Next);
        let (mut joined, mut left) = (0, 0);
        if let Some(next) = next {
            let groups = portal.store.all_groups(scope, &next.planned.id).await?;
            let students = portal.store.all_students(scope).await?;
            let since = ToMend::since(next.planned, &groups, students);
            // Who was erased is in no group any more, but was planned for.
            let seats: usize = groups.iter().map(|group| group.members.len()).sum();
            let planned: u32 = next.planned.sections.values().map(|it| it.students).sum();
            let erased = planned.saturating_sub(u32::try_from(seats).unwrap_or(u32::MAX));
            (joined, left) = (since.joined, since.left + erased);
        }
        let view = PlanView {
            plan: self.plan.clone(),
            version: 0,
            asked: first.plans().unwrap_or_default(),
            at_most: first.sections.values().filter_map(|section| section.at_most).min(),
            by_hand: first.sections.values().any(|section| section.repeats.is_none()),
            joined,
            left,
            rounds: rounds.iter().map(RoundView::of).collect(),
        };
        Ok(PlanView { version: version(&view)?, ..view })
    }
}

/// The number of what is told of a plan.
fn version(view: &PlanView) -> Result<u32, Problem> {
    let text = serde_json::to_string(view).map_err(|_| Problem::Internal)?;
    u32::from_str_radix(&keyed_hash(b"plan", &[&text])[..8], 16).map_err(|_| Problem::Internal)
}

/// The plan of a formation
///
/// The rounds that were planned at once, of which this formation is one: where each stands, what it scores, how many
/// meet again, and how many have come and left since the next one was planned. The `ETag` is what the publication of
/// the next round has to name as `If-Match`. A formation that is of no plan answers 404. Numbers only.
#[utoipa::path(
    get, path = "/api/cohorts/{cohort}/formations/{formation}/plan", operation_id = "getPlan", tag = "formations",
    extensions(("x-role" = json!("viewer"))),
    params(OfFormation),
    responses(
        (status = 200, description = "The plan.", body = PlanView,
            headers(("ETag" = String, description = "What the publication of a round has to name as If-Match."))),
        Always, Missing,
    ),
)]
pub(crate) async fn show(
    State(portal): State<Portal>,
    caller: Caller,
    ids: PathIds,
    _: NoParams,
) -> Result<Response, Problem> {
    let (scope, _) = portal.cohort(&caller, &ids).await?;
    let formation = portal.formation(&scope, &ids).await?;
    let view = Table::of(&portal, &scope, &formation).await?.view(&portal, &scope).await?;
    versioned(view.version, &view)
}

/// Publish a planned round
///
/// Takes up the groups of a round that waits (`planned`), if it is the one behind the groups that count: a formation
/// of its own publishes them in their place, without those who have left since, and every student gets their mail
/// where that was agreed. It awaits a contact only if a must rule or a size is not kept any more. Whoever came since
/// is in no group; a repair places them afterwards. Asking again changes nothing and answers the same. The request is
/// recorded in the audit trail.
#[utoipa::path(
    post, path = "/api/cohorts/{cohort}/formations/{formation}/publish", operation_id = "publishRound", tag = "formations",
    extensions(("x-role" = json!("coordinator"))),
    params(
        OfFormation,
        ("If-Match" = String, Header, description = "The plan as it was seen: its ETag.", example = "\"1427986613\""),
    ),
    responses(
        (status = 202, description = "The round will be published.", body = StartedFormation,
            headers(("Location" = String, description = "Where to watch it."))),
        Always, Missing, Conflicts, Versioned,
    ),
)]
pub(crate) async fn publish(
    State(portal): State<Portal>,
    Coordinator(caller): Coordinator,
    ids: PathIds,
    params: Params,
) -> Result<Response, Problem> {
    let (scope, cohort) = portal.cohort(&caller, &ids).await?;
    let planned = portal.formation(&scope, &ids).await?;
    if planned.status != FormationStatus::Planned {
        return Err(Problem::RoundNotNext);
    }
    let table = Table::of(&portal, &scope, &planned).await?;
    let rounds = table.rounds();
    let round = rounds.iter().find(|round| round.planned.id == planned.id);
    let round = round.ok_or(Problem::NotFound)?;
    if let Some(taken) = round.taken.filter(|taken| asked_by(taken, &caller)) {
        let location = location(&scope.cohort, &taken.id);
        let formation = taken.id.clone();
        return accepted(&location, &StartedFormation { formation, started: false });
    }
    params.finish_at(table.view(&portal, &scope).await?.version)?;
    if cohort.archived_at.is_some() {
        return Err(Problem::Archived);
    }
    if round.state != RoundState::Next {
        return Err(Problem::RoundNotNext);
    }
    let students: u32 = planned.sections.values().map(|section| section.students).sum();
    let entry = caller.entry(Some(&scope.cohort), "formations.publish_round");
    portal.append(&caller, entry.touching(students as usize).about([&planned.id])).await?;
    start(&portal, &caller, &scope, &cohort, round).await
}

/// Whether the caller asked for a formation: then they are told of it again.
fn asked_by(formation: &Formation, caller: &Caller) -> bool {
    formation.requested_by == RequestedBy::Contact(caller.contact.id.clone())
}

async fn start(
    portal: &Portal,
    caller: &Caller,
    scope: &Scope,
    cohort: &Cohort,
    round: &Round<'_>,
) -> Result<Response, Problem> {
    let planned = round.planned;
    let version = planned.board.version;
    let around = Around { formation: planned.id.clone(), version, keep: Keep::All };
    let replace = cohort.published_formation.as_ref();
    let wish = Wish { replace, kind: Some(Kind::Rotation), around: Some(&around), rounds: None };
    let key = format!("round:{}:{}", planned.id, round.failed);
    match trigger(portal, caller, scope, Some(&key), wish).await? {
        Outcome::Started { formation, started } => {
            let location = location(&scope.cohort, &formation);
            accepted(&location, &StartedFormation { formation, started })
        }
        Outcome::Busy { formation } => Err(Problem::Busy { formation }),
        Outcome::Published { formation } => Err(Problem::Published { formation }),
        // What waits in a plan never changes.
        Outcome::Moved => Err(Problem::Unavailable),
        Outcome::NoCohort => Err(Problem::NotFound),
    }
}
