//! Formations: asking for one, and how those of a cohort went.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::formation::{Formation, FormationStatus, Kind, MOST_ROUNDS, MOST_SEATS, RequestedBy};
use domain::{CohortId, ContactId, FormationId, SectionId, StudentId};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::caller::{Caller, Coordinator};
use crate::page::{PageParams, Paged, place_in_time};
use crate::params::{NoParams, OfCohort, OfFormation, ParameterProblem, Params, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Conflicts, Missing, Problem, accepted, tagged};
use crate::routes::mending;
use crate::sentences::{self, Localised};
use crate::trigger::{Outcome, Wish, trigger};
use crate::words;

/// The longest idempotency key, in characters.
const LONGEST_KEY: usize = 128;

/// A formation in short.
#[derive(Serialize, ToSchema)]
pub(crate) struct FormationSummary {
    /// Its id.
    #[schema(value_type = String, example = "for_0192f0c1a2b37c4d8e5f60718293a4b5")]
    id: FormationId,
    /// What is wanted of its groups.
    kind: words::FormationKind,
    /// Where it is.
    status: words::FormationStatus,
    /// Who asked for it.
    requested_by: RequestedByView,
    /// When it was asked for.
    #[schema(example = "2026-09-07T10:00:03Z")]
    requested_at: Timestamp,
    /// The groups that it begins from, if it does not form everybody anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    around: Option<AroundView>,
    /// Its round, if it is one of a plan of several.
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<PlannedRoundView>,
    /// The formation whose published groups it replaces, if it is published.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "for_0192f0c1a2b37c4d8e5f60718293a4b5")]
    replaces: Option<FormationId>,
    /// When it was published, rejected or failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-09-07T10:04:12Z")]
    ended_at: Option<Timestamp>,
    /// What a contact decided about its groups, once one has.
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<DecisionView>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<FailureView>,
}

/// A formation with what went in and what came out.
#[derive(Serialize, ToSchema)]
#[schema(as = Formation)]
pub(crate) struct FormationView {
    /// What the list shows too.
    #[serde(flatten)]
    summary: FormationSummary,
    /// The seed of the search, as text because it has 64 bits. The same seed and input give the
    /// same groups.
    #[schema(example = "9241386435364257883")]
    seed: String,
    /// Version of the engine that solved it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "0.1.0")]
    engine: Option<String>,
    /// Section by section; empty until all are solved.
    sections: Vec<SectionView>,
    /// How often its groups were changed by hand: what a decision about them names.
    #[schema(example = 0)]
    board_version: u32,
}

/// Who asked for a formation.
#[derive(Serialize, ToSchema)]
#[schema(as = RequestedBy)]
pub(crate) struct RequestedByView {
    /// What kind of caller it was.
    kind: RequesterKind,
    /// Which contact, when it was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "5f0c7a3e-2b1d-4c6f-9a8e-7d6c5b4a3f21")]
    contact: Option<ContactId>,
}

/// What kind of caller asked for a formation.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RequesterKind {
    /// The cohort's deadline.
    Deadline,
    /// A contact, in the portal.
    Contact,
    /// Processor staff.
    Operator,
}

/// The groups that a formation begins from.
#[derive(Serialize, ToSchema)]
#[schema(as = Around)]
pub(crate) struct AroundView {
    /// The formation whose groups they are.
    #[schema(value_type = String, example = "for_0192f0c1a2b37c4d8e5f60718293a4b5")]
    formation: FormationId,
    /// What of them stays.
    keep: words::Keep,
}

/// A round of a plan.
#[derive(Serialize, ToSchema)]
#[schema(as = PlannedRound)]
pub(crate) struct PlannedRoundView {
    /// The formation that planned it.
    #[schema(value_type = String, example = "for_0192f0c1a2b37c4d8e5f60718293a4b5")]
    formation: FormationId,
    /// Which one it is, from 1.
    #[schema(example = 2)]
    round: u32,
    /// How many the plan has.
    #[schema(example = 3)]
    rounds: u32,
}

/// What a contact decided about groups that awaited it.
#[derive(Serialize, ToSchema)]
#[schema(as = Decision)]
pub(crate) struct DecisionView {
    /// Which way.
    verdict: words::Verdict,
    /// Which contact.
    #[schema(value_type = String, example = "5f0c7a3e-2b1d-4c6f-9a8e-7d6c5b4a3f21")]
    by: ContactId,
    /// When.
    #[schema(example = "2026-09-07T10:03:58Z")]
    at: Timestamp,
}

/// Why a formation failed.
#[derive(Serialize, ToSchema)]
#[schema(as = Failure)]
pub(crate) struct FailureView {
    /// What kind of obstacle it was.
    code: words::FailureCode,
    /// The section it arose in, when it was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "hold-2")]
    section: Option<SectionId>,
    /// What happened and what to do about it.
    sentence: Localised,
    /// Particulars: sizes, counts, ids of criteria. May be empty.
    #[schema(example = "3 students, smallest group 4")]
    detail: String,
    /// Which must rules are in each other's way, and what giving one up buys.
    explained: Vec<Localised>,
    /// The students whom the explanation is about; `#1` in it is the first of them.
    #[schema(value_type = Vec<String>)]
    students: Vec<StudentId>,
    /// What giving up each of the rules buys, in numbers; absent in older results.
    prices: Vec<PriceView>,
}

/// What giving up a must rule buys.
#[derive(Serialize, ToSchema)]
#[schema(as = Price)]
pub(crate) struct PriceView {
    /// Which sentence of `explained` says it, counted from 0; the conflict's own one stands before those of its rules.
    #[schema(example = 1)]
    sentence: u32,
    /// The criterion's id within the cohort.
    #[schema(example = "free")]
    criterion: String,
    /// Must rules that are broken all the same, counted once per rule and group.
    #[schema(example = 0)]
    must_broken: u32,
    /// What the groups score then, 0 to 10,000.
    #[schema(example = 8410)]
    score: i64,
    /// What the groups score that break it now.
    #[schema(example = 7900)]
    now: i64,
}

/// What went into and came out of the formation of one section.
#[derive(Serialize, ToSchema)]
#[schema(as = SectionResult)]
pub(crate) struct SectionView {
    /// The section.
    #[schema(value_type = String, example = "hold-1")]
    section: SectionId,
    /// Students that took part.
    #[schema(example = 31)]
    students: u32,
    /// Groups that were made.
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
    /// Candidate changes that the search evaluated.
    #[schema(example = 2_000_000)]
    evaluations: u64,
    /// Mean and worst group as the search weighs them, 0 to 10,000; absent in older results.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 8520)]
    score: Option<i64>,
    /// No groups of this section score more; absent in older results.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 8790)]
    bound: Option<i64>,
    /// Whether the score is proven to be the best possible.
    #[schema(example = false)]
    proven: bool,
    /// How good the groups are, in sentences.
    explained: Vec<Localised>,
    /// Pairs who have been together in an earlier round, as they were planned; absent outside plans and where groups
    /// were changed by hand since.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 0)]
    repeats: Option<u32>,
    /// No more rounds than this are possible in which nobody meets again, as it was when the plan was made; often
    /// fewer are. Absent outside plans.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 7)]
    at_most: Option<u32>,
    /// SHA-256 of what went in, hexadecimal.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    input_hash: String,
}

impl From<Formation> for FormationSummary {
    fn from(formation: Formation) -> Self {
        let (kind, contact) = match formation.requested_by {
            RequestedBy::Deadline => (RequesterKind::Deadline, None),
            RequestedBy::Contact(contact) => (RequesterKind::Contact, Some(contact)),
            RequestedBy::Operator => (RequesterKind::Operator, None),
        };
        Self {
            id: formation.id,
            kind: formation.kind.into(),
            status: formation.status.into(),
            requested_by: RequestedByView { kind, contact },
            requested_at: formation.requested_at,
            around: formation
                .around
                .map(|around| AroundView { formation: around.formation, keep: around.keep.into() }),
            plan: formation.plan.map(|plan| PlannedRoundView {
                formation: plan.formation,
                round: plan.round,
                rounds: plan.rounds,
            }),
            replaces: formation.replaces,
            ended_at: formation.ended_at,
            decision: formation.decision.map(|decision| DecisionView {
                verdict: decision.verdict.into(),
                by: decision.by,
                at: decision.at,
            }),
            failure: formation.failure.map(|failure| FailureView {
                code: failure.code.into(),
                section: failure.section,
                sentence: sentences::failure(failure.code),
                detail: failure.detail,
                explained: failure.explained.iter().map(Into::into).collect(),
                students: failure.students,
                prices: failure
                    .prices
                    .into_iter()
                    .map(|price| PriceView {
                        sentence: price.sentence,
                        criterion: price.criterion,
                        must_broken: price.broken,
                        score: price.score,
                        now: price.now,
                    })
                    .collect(),
            }),
        }
    }
}

impl From<Formation> for FormationView {
    fn from(mut formation: Formation) -> Self {
        let sections = std::mem::take(&mut formation.sections).into_iter();
        let sections = sections.map(|(section, result)| SectionView {
            section,
            students: result.students,
            groups: result.groups,
            mean: result.mean,
            worst: result.worst,
            must_broken: result.must_broken,
            evaluations: result.evaluations,
            score: result.score,
            bound: result.bound,
            proven: result.proven,
            explained: result.explained.iter().map(Into::into).collect(),
            repeats: result.repeats,
            at_most: result.at_most,
            input_hash: result.input_hash,
        });
        Self {
            seed: formation.seed.to_string(),
            engine: formation.engine.take(),
            sections: sections.collect(),
            board_version: formation.board.version,
            summary: formation.into(),
        }
    }
}

/// The formation that was asked for last; rounds that wait were asked for with their plan.
pub(crate) fn newest(formations: Vec<Formation>) -> Option<FormationSummary> {
    let asked = formations.into_iter().filter(|it| it.status != FormationStatus::Planned);
    let last = asked.max_by_key(|formation| formation.requested_at);
    last.map(Into::into)
}

/// Where a formation is found.
pub(crate) fn location(cohort: &CohortId, formation: &FormationId) -> String {
    format!("/api/cohorts/{cohort}/formations/{formation}")
}

/// The formations of a cohort
///
/// Newest first. Rounds that wait in a plan stand in the plan (`getPlan`).
#[utoipa::path(
    get, path = "/api/cohorts/{cohort}/formations", operation_id = "listFormations", tag = "formations",
    extensions(("x-role" = json!("viewer"))),
    params(
        OfCohort,
        PageParams,
    ),
    responses((status = 200, description = "The formations.", body = Paged<FormationSummary>), Always, Missing),
)]
pub(crate) async fn list(
    State(portal): State<Portal>,
    caller: Caller,
    ids: PathIds,
    mut params: Params,
) -> Result<Json<Paged<FormationSummary>>, Problem> {
    let cohort = ids.id::<CohortId>("cohort")?;
    let asked = params.page(&["formations", caller.institution.as_str(), cohort.as_str()]);
    params.finish()?;
    let (scope, _) = portal.cohort(&caller, &ids).await?;
    let mut formations = portal.store.formations(&scope).await?;
    formations.retain(|formation| formation.status != FormationStatus::Planned);
    let (formations, next) = asked.window(formations, |formation| {
        place_in_time(formation.requested_at, formation.id.as_str())
    });
    Ok(Json(Paged { items: formations.into_iter().map(Into::into).collect(), next }))
}

/// One formation
///
/// Its status, what came out per section, and why it failed if it did.
#[utoipa::path(
    get, path = "/api/cohorts/{cohort}/formations/{formation}", operation_id = "getFormation", tag = "formations",
    extensions(("x-role" = json!("viewer"))),
    params(OfFormation),
    responses(
        (status = 200, description = "The formation.", body = FormationView,
            headers(("ETag" = String, description = "Send it as If-None-Match to ask for changes only."))),
        (status = 304, description = "Not changed since the ETag sent as If-None-Match."),
        Always, Missing,
    ),
)]
pub(crate) async fn show(
    State(portal): State<Portal>,
    caller: Caller,
    ids: PathIds,
    _: NoParams,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (scope, _) = portal.cohort(&caller, &ids).await?;
    let formation = portal.formation(&scope, &ids).await?;
    tagged(&headers, &FormationView::from(formation))
}

/// A formation that was asked for.
#[derive(Serialize, ToSchema)]
pub(crate) struct StartedFormation {
    /// Its id; the header `Location` says where to watch it.
    #[schema(value_type = String, example = "for_0192f0c1a2b37c4d8e5f60718293a4b5")]
    pub(crate) formation: FormationId,
    /// Whether this request started it; false when an earlier one with the same key had.
    #[schema(example = true)]
    pub(crate) started: bool,
}

/// Start a formation
///
/// Forms groups of everybody who has answered so far. One formation of a cohort runs at a time. Once
/// groups are published, a formation replaces them and mails every student again, so the request must
/// name the formation that it replaces. A request that is repeated with the same `Idempotency-Key` starts nothing new. The request is
/// recorded in the audit trail.
#[utoipa::path(
    post, path = "/api/cohorts/{cohort}/formations", operation_id = "startFormation", tag = "formations",
    extensions(("x-role" = json!("coordinator"))),
    params(
        OfCohort,
        ("Idempotency-Key" = Option<String>, Header,
            description = "Any text of the caller's choice, 1 to 128 printable ASCII characters; one per intended formation.",
            example = "3b9a1f0e-7d52-4c1a-8e6f-2a4b6c8d0e1f"),
        ("replace" = Option<String>, Query,
            description = "The formation whose published groups are to be replaced.",
            example = "for_0192f0c1a2b37c4d8e5f60718293a4b5"),
        ("kind" = Option<String>, Query,
            description = "`rotation`: nobody meets a partner of earlier published groups again, while that is possible; only must rules come before that. `repair`: who came late is placed and who left is made up for, while as few published groups as possible change; the groups await a contact whatever the settings say, and only those whose group changed are mailed. Both replace published groups, which `replace` names. Otherwise `initial`.",
            example = "initial"),
        ("rounds" = Option<u32>, Query, minimum = 2, maximum = 30,
            description = "Plans so many rounds at once, in which nobody meets a partner again while that is possible; only must rules come before that, and hold in every round. The groups of all rounds await a contact. The first is published like any formation, the others wait until each is published (`publishRound`). Rounds times students are at most 200,000. Groups that are published count as earlier ones and are named as `replace`.",
            example = 3),
    ),
    responses(
        (status = 202, description = "The formation was started.", body = StartedFormation,
            headers(("Location" = String, description = "Where to watch it."))),
        Always, Missing, Conflicts,
    ),
)]
pub(crate) async fn start(
    State(portal): State<Portal>,
    Coordinator(caller): Coordinator,
    ids: PathIds,
    mut params: Params,
) -> Result<Response, Problem> {
    let fits = |key: &str| {
        (1..=LONGEST_KEY).contains(&key.len())
            && key.bytes().all(|b| b.is_ascii_graphic() || b == b' ')
    };
    let key = params.header("idempotency-key", fits, "must be 1 to 128 printable ASCII characters");
    let replace: Option<FormationId> = params.parsed("replace");
    let kind = match params.text("kind").as_deref() {
        None | Some("initial") => None,
        Some("rotation") => Some(Kind::Rotation),
        Some("repair") => Some(Kind::Repair),
        Some(_) => {
            params.refuse("kind", "must be initial, rotation or repair");
            None
        }
    };
    if kind.is_some() && replace.is_none() {
        params
            .refuse("replace", "must name the published groups that a rotation or repair replaces");
    }
    let rounds = rounds(&mut params, kind);
    params.finish()?;
    let (scope, cohort) = portal.cohort(&caller, &ids).await?;
    if cohort.archived_at.is_some() {
        return Err(Problem::Archived);
    }
    if let (Some(Kind::Repair), Some(base)) = (kind, &replace) {
        let base = portal.store.formation(&scope, base).await?;
        mending::is_needed(&portal, &scope, base).await?;
    }
    let students = portal.store.count_students(&scope).await?.values().sum::<u32>();
    fits_a_plan(students, rounds)?;
    portal.record(&caller, Some(&scope.cohort), "formations.start", students as usize).await?;

    let kind = kind.or(rounds.map(|_| Kind::Rotation));
    let wish = Wish { replace: replace.as_ref(), kind, around: None, rounds };
    match trigger(&portal, &caller, &scope, key.as_deref(), wish).await? {
        Outcome::Started { formation, started } => {
            let location = location(&scope.cohort, &formation);
            accepted(&location, &StartedFormation { formation, started })
        }
        Outcome::Busy { formation } => Err(Problem::Busy { formation }),
        Outcome::Published { formation } => Err(Problem::Published { formation }),
        Outcome::Moved => Err(Problem::Unavailable),
        Outcome::NoCohort => Err(Problem::NotFound),
    }
}

/// How many rounds are to be planned at once.
fn rounds(params: &mut Params, kind: Option<Kind>) -> Option<u32> {
    let rounds = params.text("rounds")?;
    let rounds = rounds.parse().ok().filter(|rounds| (2..=MOST_ROUNDS).contains(rounds));
    if rounds.is_none() {
        params.refuse("rounds", format!("must be a whole number from 2 to {MOST_ROUNDS}"));
    }
    if kind == Some(Kind::Repair) {
        params.refuse("rounds", "cannot be given with a repair, which is no round of its own");
    }
    rounds
}

/// Refuses a plan that is larger than one run of the engine makes.
fn fits_a_plan(students: u32, rounds: Option<u32>) -> Result<(), Problem> {
    let Some(rounds) = rounds.filter(|rounds| students.saturating_mul(*rounds) > MOST_SEATS) else {
        return Ok(());
    };
    let most = MOST_SEATS / students.max(1);
    let words = Localised::of(
        format!(
            "{rounds} runder af {students} studerende er flere, end der kan planlægges på én gang. Planlæg højst {most}."
        ),
        format!(
            "{rounds} rounds of {students} students are more than can be planned at once. Plan at most {most}."
        ),
    );
    let told = ParameterProblem::query("rounds", words.en.clone());
    Err(Problem::Parameters(vec![ParameterProblem { words: Some(words), ..told }]))
}
