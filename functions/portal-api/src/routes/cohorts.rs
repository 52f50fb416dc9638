//! Cohorts: the list, and one with its settings and counts.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::cohort::{Cohort, QuestionKind, Rule};
use domain::{CohortId, FormId, FormationId, QuestionId, SectionId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use crate::caller::Caller;
use crate::page::{PageParams, Paged, place_in_time};
use crate::params::{NoParams, OfCohort, Params, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Missing, Problem, tagged};
use crate::routes::formations::{FormationSummary, newest};
use crate::sentences::{self, Localised};
use crate::words;

/// Where a cohort is in its flow.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CohortState {
    /// Students answer; no groups are published and none are being formed.
    Collecting,
    /// A formation runs or awaits approval.
    Forming,
    /// Groups are published and no other formation runs.
    Published,
}

/// A cohort in short.
#[derive(Serialize, ToSchema)]
pub(crate) struct CohortSummary {
    /// Its id.
    #[schema(value_type = String, example = "coh_0192f0c1a2b37c4d8e5f60718293a4b5")]
    id: CohortId,
    /// Its name.
    name: Localised,
    /// The language of its mails.
    language: words::Language,
    /// When groups are formed without anybody asking.
    #[schema(example = "2026-09-07T10:00:00Z")]
    deadline: Timestamp,
    /// The first day on which its data must not exist.
    #[schema(example = "2027-05-07")]
    delete_on: Date,
    /// Where it is in its flow.
    state: CohortState,
    /// The formation that runs or awaits approval now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "for_0192f0c1a2b37c4d8e5f60718293a4b5")]
    active_formation: Option<FormationId>,
    /// The formation whose groups count now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "for_0192f0c1a2b37c4d8e5f60718293a4b5")]
    published_formation: Option<FormationId>,
    /// When groups were last published.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-09-07T10:04:12Z")]
    last_formation_at: Option<Timestamp>,
    /// When it was put away: nothing starts in it any more. Its data is deleted when it would be otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2027-01-20T08:00:00Z")]
    archived_at: Option<Timestamp>,
}

/// A cohort with its settings and how many have answered.
#[derive(Serialize, ToSchema)]
#[schema(as = Cohort)]
pub(crate) struct CohortView {
    /// What the list shows too.
    #[serde(flatten)]
    summary: CohortSummary,
    /// When it was set up.
    #[schema(example = "2026-08-03T08:00:00Z")]
    created_at: Timestamp,
    /// Its questionnaire at Typeform.
    #[schema(value_type = String, example = "Xy12AbCd")]
    form: FormId,
    /// Whether a contact reviews the groups before students hear of them.
    approval: bool,
    /// Whether the institution has agreed that students get the mail with their group.
    mail_agreed: bool,
    /// How large groups may be, in members.
    sizes: Sizes,
    /// The questions that are kept.
    questions: Vec<QuestionView>,
    /// How questions count when groups are formed.
    criteria: Vec<CriterionView>,
    /// How many students have answered.
    responses: Responses,
    /// How many questionnaires could not be used and wait until the settings are mended.
    #[schema(example = 3)]
    quarantined: u32,
    /// The formation that was asked for last.
    #[serde(skip_serializing_if = "Option::is_none")]
    latest_formation: Option<FormationSummary>,
    /// The plan of rounds that is under way, awaits a decision, or has the round whose groups count.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "for_0192f0c1a2b37c4d8e5f60718293a4b5")]
    plan: Option<FormationId>,
}

/// How large groups may be, in members.
#[derive(Serialize, ToSchema)]
pub(crate) struct Sizes {
    /// The smallest group.
    #[schema(example = 4)]
    min: u16,
    /// The size that is aimed at.
    #[schema(example = 5)]
    preferred: u16,
    /// The largest group.
    #[schema(example = 6)]
    max: u16,
}

/// A question that is kept in the profile.
#[derive(Serialize, ToSchema)]
#[schema(as = Question)]
pub(crate) struct QuestionView {
    /// Its id within the cohort.
    #[schema(value_type = String, example = "ambition")]
    id: QuestionId,
    /// What kind of answer it takes.
    kind: AnswerKind,
    /// What it is called.
    label: Localised,
}

/// What kind of answer a question takes.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AnswerKind {
    /// A number on a scale.
    Scale,
    /// One of several options.
    Choice,
    /// Any number of several options.
    Choices,
    /// Free times in the week.
    Availability,
    /// Other students.
    Students,
    /// Free text: kept, never used to form groups.
    Text,
}

/// What a criterion asks for.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RuleKind {
    /// Similar answers within a group.
    Align,
    /// Different answers within a group.
    Mix,
    /// The group's mean near the section's mean.
    Balance,
    /// Hours in which all members are free.
    Overlap,
    /// No member who is the only one with a marked answer.
    NeverAlone,
    /// No member who is the only one with a mark, which may be several answers together.
    NeverAloneMarked,
    /// At least so many members with a marked answer.
    Cover,
    /// At most so many members with a marked answer.
    AtMost,
    /// As few members as possible with a marked answer.
    AsFew,
    /// As many members as possible with a marked answer.
    AsMany,
    /// Students who are in different groups.
    Apart,
    /// Students who are in the same group.
    Together,
    /// Nobody with a partner of earlier rounds.
    NotAgain,
    /// Partners whom students want or do not want.
    Wishes,
}

/// A criterion of the cohort.
#[derive(Serialize, ToSchema)]
#[schema(as = Criterion)]
pub(crate) struct CriterionView {
    /// Its id within the cohort; scores name it.
    #[schema(example = "same-ambition")]
    id: String,
    /// What it asks for.
    rule: RuleKind,
    /// The question that counts; absent if it is none or several.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "ambition")]
    question: Option<QuestionId>,
    /// What it asks for, in words.
    label: Localised,
    /// How much it counts against the others, 1 to 100.
    #[schema(example = 20)]
    weight: u32,
    /// How strictly it is meant.
    hardness: words::Hardness,
}

/// How many students have answered; a later answer of the same student counts once.
#[derive(Serialize, ToSchema)]
pub(crate) struct Responses {
    /// In the whole cohort.
    #[schema(example = 118)]
    students: u32,
    /// Section by section, those without an answer too.
    sections: Vec<SectionResponses>,
}

/// How many students of a section have answered.
#[derive(Serialize, ToSchema)]
pub(crate) struct SectionResponses {
    /// The section.
    #[schema(value_type = String, example = "hold-1")]
    section: SectionId,
    /// How many.
    #[schema(example = 31)]
    students: u32,
}

fn summary(cohort: &Cohort) -> CohortSummary {
    let state = match (&cohort.active_formation, &cohort.published_formation) {
        (Some(_), _) => CohortState::Forming,
        (None, Some(_)) => CohortState::Published,
        (None, None) => CohortState::Collecting,
    };
    CohortSummary {
        id: cohort.settings.id.clone(),
        name: (&cohort.settings.name).into(),
        language: cohort.settings.language.into(),
        deadline: cohort.settings.deadline,
        delete_on: cohort.delete_on,
        state,
        active_formation: cohort.active_formation.clone(),
        published_formation: cohort.published_formation.clone(),
        last_formation_at: cohort.last_formation_at,
        archived_at: cohort.archived_at,
    }
}

fn questions(cohort: &Cohort) -> Vec<QuestionView> {
    let kind = |kind: &QuestionKind| match kind {
        QuestionKind::Scale { .. } => AnswerKind::Scale,
        QuestionKind::Choice { .. } => AnswerKind::Choice,
        QuestionKind::Choices { .. } => AnswerKind::Choices,
        QuestionKind::Availability { .. } => AnswerKind::Availability,
        QuestionKind::Students => AnswerKind::Students,
        QuestionKind::Text => AnswerKind::Text,
    };
    let known = cohort.settings.questions.iter();
    known
        .map(|question| QuestionView {
            id: question.id.clone(),
            kind: kind(&question.kind),
            label: (&question.label).into(),
        })
        .collect()
}

fn only(questions: &BTreeSet<&QuestionId>) -> Option<QuestionId> {
    let first = questions.first().filter(|_| questions.len() == 1)?;
    Some((*first).clone())
}

fn criteria(cohort: &Cohort) -> Vec<CriterionView> {
    let rule = |rule: &Rule| match rule {
        Rule::Align { .. } => RuleKind::Align,
        Rule::Mix { .. } => RuleKind::Mix,
        Rule::Balance { .. } => RuleKind::Balance,
        Rule::Overlap { .. } => RuleKind::Overlap,
        Rule::NeverAlone { .. } => RuleKind::NeverAlone,
        Rule::NeverAloneMarked { .. } => RuleKind::NeverAloneMarked,
        Rule::Cover { .. } => RuleKind::Cover,
        Rule::AtMost { .. } => RuleKind::AtMost,
        Rule::AsFew { .. } => RuleKind::AsFew,
        Rule::AsMany { .. } => RuleKind::AsMany,
        Rule::Apart { .. } => RuleKind::Apart,
        Rule::Together { .. } => RuleKind::Together,
        Rule::NotAgain { .. } => RuleKind::NotAgain,
        Rule::Wishes { .. } => RuleKind::Wishes,
    };
    let known = cohort.settings.criteria.iter();
    known
        .map(|criterion| CriterionView {
            id: criterion.id.clone(),
            rule: rule(&criterion.rule),
            question: only(&criterion.rule.questions()),
            label: sentences::criterion(criterion, &cohort.settings.questions),
            weight: criterion.weight,
            hardness: criterion.hardness.into(),
        })
        .collect()
}

fn responses(cohort: &Cohort, mut counts: BTreeMap<SectionId, u32>) -> Responses {
    for section in &cohort.settings.sections {
        counts.entry(section.id.clone()).or_default();
    }
    let students = counts.values().sum();
    let sections = counts.into_iter();
    let sections = sections.map(|(section, students)| SectionResponses { section, students });
    Responses { students, sections: sections.collect() }
}

/// The institution's cohorts
///
/// Newest deadline first. Cohorts whose data is due for deletion or erased are not listed, and those that
/// were put away only when they are asked for.
#[utoipa::path(
    get, path = "/api/cohorts", operation_id = "listCohorts", tag = "cohorts",
    extensions(("x-role" = json!("viewer"))),
    params(
        ("archived" = Option<bool>, Query, description = "Those that were put away instead of the others.", example = false),
        PageParams,
    ),
    responses((status = 200, description = "The cohorts.", body = Paged<CohortSummary>), Always),
)]
pub(crate) async fn list(
    State(portal): State<Portal>,
    caller: Caller,
    mut params: Params,
) -> Result<Json<Paged<CohortSummary>>, Problem> {
    let archived = params.parsed::<bool>("archived").unwrap_or_default();
    let which = if archived { "archived" } else { "cohorts" };
    let asked = params.page(&[which, caller.institution.as_str()]);
    params.finish()?;
    let mut cohorts = portal.store.cohorts(&caller.institution, caller.today()).await?;
    cohorts.retain(|cohort| cohort.archived_at.is_some() == archived);
    let (cohorts, next) = asked.window(cohorts, |cohort| {
        place_in_time(cohort.settings.deadline, cohort.settings.id.as_str())
    });
    Ok(Json(Paged { items: cohorts.iter().map(summary).collect(), next }))
}

/// One cohort
///
/// Its settings in short, how many students have answered per section, how many questionnaires
/// could not be used, its deletion date and its latest formation.
#[utoipa::path(
    get, path = "/api/cohorts/{cohort}", operation_id = "getCohort", tag = "cohorts",
    extensions(("x-role" = json!("viewer"))),
    params(OfCohort),
    responses(
        (status = 200, description = "The cohort.", body = CohortView,
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
    let (scope, cohort) = portal.cohort(&caller, &ids).await?;
    let counts = portal.store.count_students(&scope).await?;
    let quarantined = portal.store.count_quarantined(&scope).await?;
    let formations = portal.store.formations(&scope).await?;
    let sizes = cohort.settings.sizes;
    let view = CohortView {
        summary: summary(&cohort),
        created_at: cohort.created_at,
        form: cohort.settings.form.clone(),
        approval: cohort.settings.approval,
        mail_agreed: cohort.settings.mail_agreed,
        sizes: Sizes { min: sizes.min, preferred: sizes.preferred, max: sizes.max },
        questions: questions(&cohort),
        criteria: criteria(&cohort),
        responses: responses(&cohort, counts),
        plan: posing::current_plan(&formations).cloned(),
        quarantined,
        latest_formation: newest(formations),
    };
    tagged(&headers, &view)
}
