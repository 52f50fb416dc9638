//! Finding a person in all cohorts of an institution (D4): by the address or the student number that
//! they write from, never by browsing.

use axum::Json;
use axum::extract::State;
use domain::cohort::Cohort;
use domain::student::{Student, Suppression};
use domain::{CohortId, Email, SectionId, StudentId, StudentNumber};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use store::Scope;
use utoipa::ToSchema;

use crate::body::Body;
use crate::caller::{Caller, Operator};
use crate::params::NoParams;
use crate::portal::Portal;
use crate::problem::{Always, Problem};
use crate::sentences::Localised;
use crate::words;

/// Whom to look for; one member.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; its members are taken one by one")]
pub(crate) struct PeopleSearch {
    /// The address that the person answered with.
    #[schema(example = "freja.lund@example.edu")]
    email: Option<String>,
    /// The student number.
    #[schema(example = "s204711")]
    number: Option<String>,
}

/// Where the person was found.
#[derive(Serialize, ToSchema)]
pub(crate) struct People {
    /// One for each cohort that the person is in; none if nobody is found.
    items: Vec<PersonView>,
}

/// A person in a cohort, by ids and numbers.
#[derive(Serialize, ToSchema)]
#[schema(as = Person)]
pub(crate) struct PersonView {
    /// The cohort.
    #[schema(value_type = String, example = "coh_0192f0c1a2b37c4d8e5f60718293a4b5")]
    cohort: CohortId,
    /// The cohort's name.
    name: Localised,
    /// The student.
    #[schema(value_type = String, example = "stu_5b1e0f7c2a9d4e3f8b6a7c5d4e3f2a1b")]
    student: StudentId,
    /// The first day on which the data must not exist.
    #[schema(example = "2027-05-07")]
    delete_on: Date,
    /// What the roster says of somebody who has not answered, beside the address: that is all there is of them,
    /// but for questionnaires that could not be used. Absent for who has a record.
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<ExpectedView>,
    /// Whether the student is in formations and gets mails about groups.
    #[schema(example = true)]
    takes_part: bool,
    /// Why the address gets no further mail; absent when it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressed: Option<words::Suppression>,
    /// How many items name the student, by kind.
    #[schema(example = json!({"students": 1, "responses": 2, "groups": 1, "messages": 1}))]
    stored: BTreeMap<String, u64>,
}

/// Somebody who is expected and has not answered.
#[derive(Serialize, ToSchema)]
#[schema(as = Expected)]
pub(crate) struct ExpectedView {
    /// The section in which they are expected.
    #[schema(value_type = String, example = "hold-1")]
    section: SectionId,
    /// Since when the list stands that they are on.
    #[schema(example = "2026-08-25T08:00:00Z")]
    listed_at: Timestamp,
}

/// Find a person
///
/// In all cohorts of the institution whose data is there, by the e-mail address or by the student number; by
/// the address also on rosters.
/// Address and number stand in the body, so that they are in no log. Looking, whether somebody is found or
/// not, is recorded in the audit trail.
#[utoipa::path(
    post, path = "/api/people/search", operation_id = "searchPeople", tag = "rights",
    extensions(("x-role" = json!("operator"))),
    request_body(content = PeopleSearch, example = json!({ "email": "ida@example.edu" })),
    responses((status = 200, description = "Where the person was found.", body = People), Always),
)]
pub(crate) async fn search(
    State(portal): State<Portal>,
    Operator(caller): Operator,
    _: NoParams,
    body: Result<Body, Problem>,
) -> Result<Json<People>, Problem> {
    const ACTION: &str = "people.search";
    let wanted = match body.and_then(wanted) {
        Ok(wanted) => wanted,
        Err(problem) => {
            portal.record_refused(&caller, None, ACTION, problem.word()).await?;
            return Err(problem);
        }
    };
    let mut found = Vec::new();
    for cohort in portal.store.cohorts(&caller.institution, caller.today()).await? {
        let scope = Scope::new(caller.institution.clone(), cohort.settings.id.clone());
        for person in matching(&portal, &scope, &wanted).await? {
            found.push((scope.clone(), cohort.clone(), person));
        }
    }
    record(&portal, &caller, ACTION, &found).await?;
    let mut items = Vec::with_capacity(found.len());
    for (scope, cohort, Found { id, student, expected, suppressed }) in found {
        let stored = portal.store.count_person(&scope, &id, &BTreeSet::new()).await?;
        items.push(PersonView {
            cohort: scope.cohort,
            name: (&cohort.settings.name).into(),
            delete_on: cohort.delete_on,
            takes_part: student.as_ref().is_some_and(Student::takes_part),
            suppressed: student
                .as_ref()
                .and_then(|known| known.suppressed)
                .or(suppressed)
                .map(Into::into),
            expected,
            student: id,
            stored,
        });
    }
    Ok(Json(People { items }))
}

async fn record(
    portal: &Portal,
    caller: &Caller,
    action: &str,
    found: &[(Scope, Cohort, Found)],
) -> Result<(), Problem> {
    let ids: Vec<String> = found.iter().map(|(.., person)| person.id.to_string()).collect();
    portal.record_about(caller, None, action, &ids).await
}

/// Where somebody was found: with a record, or as one who is expected and has not answered.
struct Found {
    id: StudentId,
    student: Option<Student>,
    expected: Option<ExpectedView>,
    /// Why the address on the roster gets no further mail.
    suppressed: Option<Suppression>,
}

/// By what the person is known.
enum Wanted {
    Email(Email),
    Number(StudentNumber),
}

fn wanted(mut body: Body) -> Result<Wanted, Problem> {
    let email = body.optional_text("email", 320);
    let number = body.optional_text("number", 50);
    let parsed = email.as_deref().map(Email::parse);
    // What is wrong with an address is not said in its own words: they might repeat it.
    if matches!(parsed, Some(Err(_))) {
        body.refuse("email", "must be an e-mail address");
    }
    if email.is_some() == number.is_some() {
        body.refuse("email", "exactly one of email and number must be given");
    }
    body.finish()?;
    match (parsed, number) {
        (Some(Ok(email)), None) => Ok(Wanted::Email(email)),
        (None, Some(number)) => Ok(Wanted::Number(StudentNumber::new(&number))),
        _ => Err(Problem::Internal),
    }
}

async fn matching(portal: &Portal, scope: &Scope, wanted: &Wanted) -> Result<Vec<Found>, Problem> {
    let ids = match wanted {
        Wanted::Email(email) => portal.store.students_at(scope, email).await?,
        Wanted::Number(number) => portal.store.students_with_number(scope, number).await?,
    };
    let found = portal.store.students_by_id(scope, &ids).await?;
    let mut found: Vec<Found> = found
        .into_values()
        .map(|student| Found {
            id: student.id.clone(),
            student: Some(student),
            expected: None,
            suppressed: None,
        })
        .collect();
    if let (Wanted::Email(email), true) = (wanted, found.is_empty()) {
        found.extend(expected(portal, scope, email).await?);
    }
    Ok(found)
}

/// Whoever is expected at an address and has no record. Who is being erased is nobody, on whichever list.
async fn expected(portal: &Portal, scope: &Scope, email: &Email) -> Result<Option<Found>, Problem> {
    let (roster, listed) = portal.store.expected_even_if_gone(scope).await?;
    let mut theirs = listed.into_iter().filter(|one| {
        one.entry.erasure.is_none() && one.entry.email.normalised() == email.normalised()
    });
    let (Some(roster), Some(one)) = (roster, theirs.next()) else { return Ok(None) };
    if portal.store.student_even_if_gone(scope, &one.student).await?.is_some() {
        return Ok(None);
    }
    let view = ExpectedView { section: one.entry.section, listed_at: roster.changed_at };
    let suppressed = one.entry.suppressed;
    Ok(Some(Found { id: one.student, student: None, expected: Some(view), suppressed }))
}
