//! The anonymous statistics of a cohort (D9).

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::{CohortId, QuestionId};
use serde::Serialize;
use statistics::table::Table;
use statistics::{Answers, Groups, Statistics};
use store::{Scope, keys};
use utoipa::ToSchema;

use crate::caller::Coordinator;
use crate::params::{NoParams, OfCohort, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Missing, Problem, tagged};

/// Rounded counts of a cohort's answers and groups. What is absent is withheld.
#[derive(Serialize, ToSchema)]
#[schema(as = Statistics)]
pub(crate) struct StatisticsView {
    /// How many students took part; absent when they were too few for statistics.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 115)]
    students: Option<u32>,
    /// Students per section.
    #[serde(skip_serializing_if = "Option::is_none")]
    sections: Option<Vec<CellView>>,
    /// How each question was answered; free text and wishes for other students are not counted.
    questions: Vec<AnswersView>,
    /// What groups were formed; absent when there are no statistics.
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<GroupsView>,
}

/// One count.
#[derive(Serialize, ToSchema)]
#[schema(as = Cell)]
pub(crate) struct CellView {
    /// What is counted: a section, an answer, a size, a tenth of the score, or `no_answer`.
    #[schema(example = "no_answer")]
    cell: String,
    /// How many, rounded down to a multiple of five; absent when it is withheld.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 35)]
    count: Option<u32>,
}

/// How a question was answered.
#[derive(Serialize, ToSchema)]
#[schema(as = QuestionStatistics)]
pub(crate) struct AnswersView {
    /// The question's id.
    #[schema(example = "ambition")]
    question: String,
    /// Whether each student could give several answers and is counted at each of them.
    several: bool,
    /// How many gave each answer, and under `no_answer` how many gave none.
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<Vec<CellView>>,
}

/// What groups were formed; counts are counts of groups.
#[derive(Serialize, ToSchema)]
#[schema(as = GroupStatistics)]
pub(crate) struct GroupsView {
    /// How many groups.
    #[schema(example = 25)]
    count: u32,
    /// Groups per size.
    #[serde(skip_serializing_if = "Option::is_none")]
    sizes: Option<Vec<CellView>>,
    /// How each criterion was met.
    scores: Vec<ScoresView>,
    /// Groups that break a must rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 5)]
    must_broken: Option<u32>,
    /// Candidate changes that the search evaluated, to one significant digit.
    #[schema(example = 400_000)]
    evaluations: u64,
    /// How far the scores stay below what is proven to be unreachable, on average, in hundreds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 2)]
    gap: Option<i64>,
}

/// How a criterion was met.
#[derive(Serialize, ToSchema)]
#[schema(as = CriterionStatistics)]
pub(crate) struct ScoresView {
    /// The criterion's id.
    #[schema(example = "similar-ambition")]
    criterion: String,
    /// Groups per score, in tenths of the largest score: `9` is 9,000 to 10,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<Vec<CellView>>,
}

impl AnswersView {
    pub(crate) fn of(question: QuestionId, answers: Answers) -> Self {
        let (several, counts) = match answers {
            Answers::One(table) => (false, table),
            Answers::Several(table) => (true, Some(table)),
        };
        Self { question: question.into(), several, counts: counts.map(cells) }
    }
}

fn cells(table: Table) -> Vec<CellView> {
    table.into_iter().map(|(cell, count)| CellView { cell, count }).collect()
}

impl From<Statistics> for StatisticsView {
    fn from(made: Statistics) -> Self {
        let questions = made.questions.into_iter();
        let questions = questions.map(|(id, answers)| AnswersView::of(id, answers));
        Self {
            students: made.students,
            sections: made.sections.map(cells),
            questions: questions.collect(),
            groups: made.groups.map(GroupsView::from),
        }
    }
}

impl From<Groups> for GroupsView {
    fn from(groups: Groups) -> Self {
        let scores = groups
            .scores
            .into_iter()
            .map(|(criterion, counts)| ScoresView { criterion, counts: counts.map(cells) });
        Self {
            count: groups.count,
            sizes: groups.sizes.map(cells),
            scores: scores.collect(),
            must_broken: groups.must_broken,
            evaluations: groups.evaluations,
            gap: groups.gap,
        }
    }
}

/// The anonymous statistics of a cohort
///
/// Made once, when the cohort's groups were first published, and kept after its data was erased.
/// Counts are rounded down to a multiple of five, and those from which something could be learnt of
/// fewer than five people are withheld. There are none before the first publication.
#[utoipa::path(
    get, path = "/api/cohorts/{cohort}/statistics", operation_id = "getStatistics", tag = "cohorts",
    extensions(("x-role" = json!("coordinator"))),
    params(OfCohort),
    responses(
        (status = 200, description = "The statistics.", body = StatisticsView,
            headers(("ETag" = String, description = "Send it as If-None-Match to ask for changes only."))),
        (status = 304, description = "Not changed since the ETag sent as If-None-Match."),
        Always, Missing,
    ),
)]
pub(crate) async fn show(
    State(portal): State<Portal>,
    Coordinator(caller): Coordinator,
    ids: PathIds,
    _: NoParams,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let scope = Scope::new(caller.institution.clone(), ids.id::<CohortId>("cohort")?);
    // The cohort may be erased: its statistics tell of nobody and stay.
    portal.store.cohort_even_if_gone(&scope).await?.ok_or(Problem::NotFound)?;
    let made = portal.objects.get_json::<Statistics>(&keys::statistics(&scope)).await?;
    tagged(&headers, &StatisticsView::from(made.ok_or(Problem::NotFound)?))
}
