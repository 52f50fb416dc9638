//! How the answers are distributed that criteria count (Q8, D9): numbers, rounded, small ones withheld.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use domain::ResponseToken;
use domain::cohort::{CriterionSetting, Question};
use domain::profile::Profile;
use jiff::Timestamp;
use serde::Serialize;
use statistics::table::{LEAST, rounded};
use store::Scope;
use utoipa::ToSchema;

use crate::caller::Coordinator;
use crate::params::{NoParams, OfCohort, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Missing, Problem};
use crate::routes::statistics::AnswersView;
use crate::sentences::{self, Localised};

/// How the answers are distributed that criteria count.
#[derive(Serialize, ToSchema)]
#[schema(as = Distribution)]
pub(crate) struct DistributionView {
    /// Of how many students: those who answered first, in fives.
    #[schema(example = 115)]
    students: u32,
    /// Each criterion that counts answers, in the order of the settings.
    criteria: Vec<CriterionDistribution>,
}

/// The answers that a criterion counts.
#[derive(Serialize, ToSchema)]
pub(crate) struct CriterionDistribution {
    /// The criterion's id within the cohort.
    #[schema(example = "same-ambition")]
    criterion: String,
    /// What it asks for, in words.
    label: Localised,
    /// Its questions and how they were answered.
    questions: Vec<QuestionDistribution>,
}

/// How a question was answered.
#[derive(Serialize, ToSchema)]
pub(crate) struct QuestionDistribution {
    /// What it is called.
    label: Localised,
    /// The numbers.
    #[serde(flatten)]
    answers: AnswersView,
}

/// How the answers are distributed that criteria count
///
/// For each criterion how many students gave which answer. Counts are rounded down to a multiple of five, and
/// those from which something could be learnt of fewer than five people are withheld. Only every fifth answer
/// moves them: of 118 students the first 115 are counted, so that nobody's answer can be told from what
/// changed with it. Who asked for a restriction or objected is not counted.
#[utoipa::path(
    get, path = "/api/cohorts/{cohort}/distribution", operation_id = "getDistribution", tag = "cohorts",
    extensions(("x-role" = json!("coordinator"))),
    params(OfCohort),
    responses((status = 200, description = "Numbers per criterion.", body = DistributionView), Always, Missing),
)]
pub(crate) async fn show(
    State(portal): State<Portal>,
    Coordinator(caller): Coordinator,
    ids: PathIds,
    _: NoParams,
) -> Result<Json<DistributionView>, Problem> {
    let (scope, cohort) = portal.cohort(&caller, &ids).await?;
    let profiles = profiles(&portal, &scope).await?;
    let questions = &cohort.settings.questions;
    let told = statistics::of_answers(questions, &profiles.iter().collect::<Vec<_>>());
    let of_question = |question: &Question| {
        let answers = told.get(&question.id)?.clone();
        let answers = AnswersView::of(question.id.clone(), answers);
        Some(QuestionDistribution { label: (&question.label).into(), answers })
    };
    let of_criterion = |criterion: &CriterionSetting| {
        let counted = criterion.rule.questions();
        let asked = questions.iter().filter(|question| counted.contains(&question.id));
        let shown: Vec<_> = asked.filter_map(of_question).collect();
        (!shown.is_empty()).then(|| CriterionDistribution {
            criterion: criterion.id.clone(),
            label: sentences::criterion(criterion, questions),
            questions: shown,
        })
    };
    Ok(Json(DistributionView {
        students: rounded(profiles.len()),
        criteria: cohort.settings.criteria.iter().filter_map(of_criterion).collect(),
    }))
}

/// The profiles of those who answered first and take part, as many as a multiple of five.
async fn profiles(portal: &Portal, scope: &Scope) -> Result<Vec<Profile>, Problem> {
    let mut students: Vec<(Timestamp, ResponseToken)> = portal
        .store
        .all_students(scope)
        .await?
        .into_iter()
        .filter(domain::student::Student::takes_part)
        .map(|student| (student.submitted_at, student.response))
        .collect();
    students.sort();
    students.truncate(students.len() / LEAST * LEAST);
    let counted: BTreeSet<ResponseToken> = students.into_iter().map(|(_, token)| token).collect();
    let (mut found, mut from) = (Vec::with_capacity(counted.len()), None);
    loop {
        let page = portal.store.responses(scope, from.as_ref(), None).await?;
        let theirs = page.items.into_iter().filter(|response| counted.contains(&response.token));
        found.extend(theirs.map(|response| response.profile));
        match page.next {
            Some(next) => from = Some(next),
            None => return Ok(found),
        }
    }
}
