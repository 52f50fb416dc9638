//! What a contact needs to ask for the evaluation (M2): a text to begin with, whether anybody can be asked now, and
//! how many would be.

use axum::Json;
use axum::extract::State;
use domain::SectionId;
use domain::student::Student;
use mail::evaluation_texts;
use serde::Serialize;
use utoipa::ToSchema;

use crate::caller::Caller;
use crate::mailing_views::TextsView;
use crate::params::{NoParams, OfCohort, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Missing, Problem};

/// What there is for the mail about an evaluation.
#[derive(Serialize, ToSchema)]
pub(crate) struct EvaluationMail {
    /// Whether the settings name an evaluation; without one nobody can be asked.
    #[schema(example = true)]
    named: bool,
    /// Whether groups are published: their members are asked.
    #[schema(example = true)]
    published: bool,
    /// Where the evaluation is answered, with an example in the place of the token by which an answer is somebody's.
    /// Every mail has the student's own link as a button below its text.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://form.typeform.com/to/Ev4Lu8Te#token=EXAMPLE-NOT-A-PERSONAL-LINK")]
    link: Option<String>,
    /// A text to begin with, to be changed or sent as it is.
    texts: TextsView,
    /// In the whole cohort.
    all: SilentView,
    /// Section by section.
    sections: Vec<SectionSilent>,
}

/// How many are in a published group and have not answered the evaluation.
#[derive(Serialize, ToSchema)]
#[schema(as = Silent)]
pub(crate) struct SilentView {
    /// How many, without those who asked for a restriction or objected.
    #[schema(example = 33)]
    silent: usize,
    /// Of them, those whose address gets no further mail.
    #[schema(example = 1)]
    suppressed: usize,
}

/// How many of a section are in a published group and have not answered the evaluation.
#[derive(Serialize, ToSchema)]
pub(crate) struct SectionSilent {
    /// The section.
    #[schema(value_type = String, example = "hold-1")]
    section: SectionId,
    /// How many.
    #[serde(flatten)]
    counts: SilentView,
}

impl SilentView {
    fn of(silent: &[Student], section: Option<&SectionId>) -> Self {
        let there = |one: &&Student| section.is_none_or(|section| one.section == *section);
        Self {
            silent: silent.iter().filter(there).count(),
            suppressed: silent.iter().filter(there).filter(|one| one.suppressed.is_some()).count(),
        }
    }
}

/// What there is for the mail about the evaluation
///
/// A text in both languages, and how many are in a published group and have not answered the evaluation, in
/// numbers. Such a mail is written and sent as a mailing to `not_evaluated`; one that is written later goes to
/// those who have not answered by then.
#[utoipa::path(
    get, path = "/api/cohorts/{cohort}/evaluation/mail", operation_id = "getEvaluationMail", tag = "mail",
    extensions(("x-role" = json!("viewer"))),
    params(OfCohort),
    responses((status = 200, description = "What there is for the mail.", body = EvaluationMail), Always, Missing),
)]
pub(crate) async fn show(
    State(portal): State<Portal>,
    caller: Caller,
    ids: PathIds,
    _: NoParams,
) -> Result<Json<EvaluationMail>, Problem> {
    let (scope, cohort) = portal.cohort(&caller, &ids).await?;
    let settings = &cohort.settings;
    let named = settings.evaluation.is_some();
    let mut silent = Vec::new();
    if named && cohort.published_formation.is_some() {
        let students = portal.store.all_students(&scope).await?;
        // The answers last: who answers in between has answered.
        let asked = portal.store.asked(&scope, &cohort).await?;
        let wanted = |one: &Student| one.takes_part() && asked.is_silent(&one.id);
        silent.extend(students.into_iter().filter(wanted));
    }
    let of = |section: &SectionId| SectionSilent {
        section: section.clone(),
        counts: SilentView::of(&silent, Some(section)),
    };
    Ok(Json(EvaluationMail {
        named,
        published: cohort.published_formation.is_some(),
        link: settings.evaluation_link(portal.forms, None),
        texts: (&evaluation_texts(&settings.name)).into(),
        all: SilentView::of(&silent, None),
        sections: settings.sections.iter().map(|section| of(&section.id)).collect(),
    }))
}
