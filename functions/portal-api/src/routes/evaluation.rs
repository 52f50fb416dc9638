//! How a cohort's groups were evaluated (M2): numbers, rounded, small ones withheld.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use domain::cohort::Question;
use domain::student::Student;
use serde::Serialize;
use statistics::evaluation::{Results, Third, results};
use utoipa::ToSchema;

use crate::caller::Coordinator;
use crate::params::{NoParams, OfCohort, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Missing, Problem};
use crate::routes::statistics::AnswersView;
use crate::sentences::Localised;

/// How a cohort's groups were evaluated.
#[derive(Serialize, ToSchema)]
#[schema(as = Evaluation)]
pub(crate) struct EvaluationView {
    /// Whether the settings name an evaluation.
    #[schema(example = true)]
    named: bool,
    /// Whether groups are published: their members are asked.
    #[schema(example = true)]
    published: bool,
    /// How many are asked: members of the published groups, without those who asked for a restriction or
    /// objected.
    #[schema(example = 118)]
    asked: usize,
    /// How many of them answered, in fives; absent below five.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 85)]
    answered: Option<u32>,
    /// The same in percent of those asked, rounded down.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 72)]
    rate: Option<u32>,
    /// Each question, in the order of the settings.
    questions: Vec<EvaluatedQuestion>,
}

/// How a question of an evaluation was answered.
#[derive(Serialize, ToSchema)]
pub(crate) struct EvaluatedQuestion {
    /// What it is called.
    label: Localised,
    /// The numbers.
    #[serde(flatten)]
    answers: AnswersView,
    /// Of a question on a scale: the means of members of the published groups that score lowest, in the middle and
    /// highest. Absent where there are fewer than three groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    thirds: Option<Vec<ThirdView>>,
}

/// The answers of members of a third of the groups.
#[derive(Serialize, ToSchema)]
#[schema(as = EvaluatedThird)]
pub(crate) struct ThirdView {
    /// How many groups.
    #[schema(example = 8)]
    groups: usize,
    /// The lowest score among them, 0 to 10,000.
    #[schema(example = 5200)]
    score_from: i64,
    /// The highest score among them.
    #[schema(example = 6900)]
    score_to: i64,
    /// Of how many answers the mean is, in fives; absent with the mean.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 25)]
    answers: Option<u32>,
    /// The mean, in halves, on a scale of more than ten steps more coarsely; absent below twenty answers. The
    /// lowest and the highest one that can be told stand for everything beyond them, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 3.5)]
    mean: Option<f64>,
}

impl From<&Third> for ThirdView {
    fn from(third: &Third) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "tenths on a scale of at most 101 steps")]
        let mean = |tenths: i64| tenths as f64 / 10.0;
        Self {
            groups: third.groups,
            score_from: third.from,
            score_to: third.to,
            answers: third.mean.map(|(answers, _)| answers),
            mean: third.mean.map(|(_, tenths)| mean(tenths)),
        }
    }
}

/// How groups were evaluated
///
/// Of the members of the published groups: how many answered the evaluation, and how they answered each
/// question, also by the score of their groups. These are the groups that are published when somebody looks: what
/// was answered while others were published counts for them as well. Counts are rounded down to a multiple of
/// five, and those from which something could be learnt of fewer than five people are withheld; means are told of
/// twenty answers or more, and rounded. New answers are counted five at a time. Of a person's several answers the
/// last one counts, in the place of the first. Who asked for a restriction or objected is neither asked
/// nor counted. Looking at it is recorded in the audit trail.
#[utoipa::path(
    get, path = "/api/cohorts/{cohort}/evaluation", operation_id = "getEvaluation", tag = "cohorts",
    extensions(("x-role" = json!("coordinator"))),
    params(OfCohort),
    responses((status = 200, description = "Numbers per question.", body = EvaluationView), Always, Missing),
)]
pub(crate) async fn show(
    State(portal): State<Portal>,
    Coordinator(caller): Coordinator,
    ids: PathIds,
    _: NoParams,
) -> Result<Json<EvaluationView>, Problem> {
    let (scope, cohort) = portal.cohort(&caller, &ids).await?;
    portal.record(&caller, Some(&scope.cohort), "evaluation.show", 0).await?;
    let evaluation = cohort.settings.evaluation.as_ref();
    let questions = evaluation.map_or(&[][..], |evaluation| &evaluation.questions);
    let groups = match &cohort.published_formation {
        Some(formation) => portal.store.all_groups(&scope, formation).await?,
        None => Vec::new(),
    };
    let students = portal.store.all_students(&scope).await?.into_iter();
    let taking_part: BTreeSet<_> =
        students.filter(Student::takes_part).map(|student| student.id).collect();
    let answers = match evaluation {
        Some(_) => portal.store.all_evaluations(&scope).await?,
        None => Vec::new(),
    };
    let found = results(questions, &groups, &taking_part, answers);
    Ok(Json(EvaluationView {
        named: evaluation.is_some(),
        published: cohort.published_formation.is_some(),
        asked: found.asked,
        answered: found.answered,
        rate: rate(&found),
        questions: questions.iter().filter_map(|question| view(question, &found)).collect(),
    }))
}

fn rate(found: &Results) -> Option<u32> {
    let asked = u32::try_from(found.asked).ok().filter(|asked| *asked > 0)?;
    Some(found.answered? * 100 / asked)
}

fn view(question: &Question, found: &Results) -> Option<EvaluatedQuestion> {
    let answers = found.questions.get(&question.id)?.clone();
    let thirds = found.thirds.get(&question.id);
    Some(EvaluatedQuestion {
        label: (&question.label).into(),
        answers: AnswersView::of(question.id.clone(), answers),
        thirds: thirds.map(|thirds| thirds.iter().map(Into::into).collect()),
    })
}
