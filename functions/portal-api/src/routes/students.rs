//! Who answered (Q8).

use axum::Json;
use axum::extract::State;
use domain::student::Student;
use domain::{Email, PersonName, SectionId, StudentId, StudentNumber};
use jiff::Timestamp;
use serde::Serialize;
use store::keys;
use utoipa::ToSchema;

use crate::caller::Caller;
use crate::page::{PageParams, Paged};
use crate::params::{OfCohort, ParameterProblem, Params, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Missing, Problem};
use crate::words;

/// A student who answered.
#[derive(Serialize, ToSchema)]
#[schema(as = Student)]
pub(crate) struct StudentView {
    /// The id within the cohort.
    #[schema(value_type = String, example = "stu_5b1e0f7c2a9d4e3f8b6a7c5d4e3f2a1b")]
    id: StudentId,
    /// The name as written.
    #[schema(value_type = String, example = "Freja Lund")]
    name: PersonName,
    /// Where mail goes.
    #[schema(value_type = String, example = "freja.lund@example.edu")]
    email: Email,
    /// The student number, where the questionnaire asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "s204711")]
    number: Option<StudentNumber>,
    /// The section.
    #[schema(value_type = String, example = "hold-1")]
    section: SectionId,
    /// When the answer that counts was submitted.
    #[schema(example = "2026-09-01T07:31:05Z")]
    submitted_at: Timestamp,
    /// Why the address gets no further mail; absent when it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressed: Option<words::Suppression>,
    /// Whether the student is in formations and gets mails about groups; not if they asked for a
    /// restriction or objected.
    #[schema(example = true)]
    takes_part: bool,
}

impl From<Student> for StudentView {
    fn from(student: Student) -> Self {
        Self {
            takes_part: student.takes_part(),
            id: student.id,
            name: student.name,
            email: student.email,
            number: student.number,
            section: student.section,
            submitted_at: student.submitted_at,
            suppressed: student.suppressed.map(Into::into),
        }
    }
}

/// Who answered
///
/// The students of the cohort who answered the questionnaire, each with their latest answer's time.
/// Looking at this list is recorded in the audit trail.
#[utoipa::path(
    get, path = "/api/cohorts/{cohort}/students", operation_id = "listStudents", tag = "cohorts",
    extensions(("x-role" = json!("viewer"))),
    params(
        OfCohort,
        ("section" = Option<String>, Query, description = "Only the students of this section of the cohort.", example = "hold-1"),
        PageParams,
    ),
    responses((status = 200, description = "The students.", body = Paged<StudentView>), Always, Missing),
)]
pub(crate) async fn list(
    State(portal): State<Portal>,
    caller: Caller,
    ids: PathIds,
    mut params: Params,
) -> Result<Json<Paged<StudentView>>, Problem> {
    let section: Option<SectionId> = params.parsed("section");
    let filter = section.as_ref().map_or("", SectionId::as_str);
    let cohort = ids.id::<domain::CohortId>("cohort")?;
    let asked = params.page(&["students", caller.institution.as_str(), cohort.as_str(), filter]);
    params.finish()?;
    let (scope, cohort) = portal.cohort(&caller, &ids).await?;
    if let Some(section) = &section
        && !cohort.settings.sections.iter().any(|known| known.id == *section)
    {
        let problem = ParameterProblem::query("section", "is not a section of this cohort");
        return Err(Problem::Parameters(vec![problem]));
    }

    let (store, scope) = (&portal.store, &scope);
    let size = if section.is_none() { asked.read_size() } else { None };
    let read = |from: Option<store::Cursor>| async move {
        store.students(scope, from.as_ref(), size).await
    };
    let keep = |student: &Student| section.as_ref().is_none_or(|one| student.section == *one);
    let place = |student: &Student| keys::student(scope, &student.id).sk;
    let (students, next) = asked.gather(read, keep, place).await?;

    let shown: Vec<String> = students.iter().map(|student| student.id.to_string()).collect();
    portal.record_about(&caller, Some(&scope.cohort), "students.list", &shown).await?;
    Ok(Json(Paged { items: students.into_iter().map(Into::into).collect(), next }))
}
