//! Deletes the questionnaires at Typeform: asks, and asks again, until none is listed.
//!
//! Typeform registers a deletion at once and does it later, so "done" is an empty list and nothing
//! else. The wrong region answers with empty lists too; therefore nothing counts before the form has
//! said that its responses are kept where the client asks.

use domain::student::Student;
use domain::{ResponseToken, StudentId};
use store::{Erased, keys};
use tokio::time::Instant;

use typeform::client::{ClientError, Form, ResponsesQuery, TypeformClient};
use typeform::payload::Definition;

use super::Subject;
use super::person::mark;
use crate::handler::running_for;
use crate::task::{Progress, Step, Task};
use crate::{Error, Systems, counts};

/// The tag under which the service's webhook stands at each form.
pub const WEBHOOK_TAG: &str = "unihelper";

/// Shortest and longest wait for Typeform to delete, in seconds; between them a tenth of the time
/// that has gone by, so that a day of waiting takes fewer than 300 rounds.
const WAITS: (i64, i64) = (10, 600);

/// Repeatable: deletions of what is gone are ignored, and a webhook that is gone is fine.
pub(crate) async fn typeform(
    systems: &Systems,
    task: &Task,
    subject: &mut Subject,
) -> Result<Progress, Error> {
    let client = &systems.typeform;
    let form = subject.cohort.settings.form.clone();
    let Some(home) = at_home(systems, subject).await? else {
        let none = [(counts::RESPONSES.to_owned(), 0)];
        counts::note(&systems.store, &task.institution, &mut subject.erasure, none).await?;
        return Ok(Progress::done(Step::Typeform));
    };
    if let Some(person) = subject.person.clone() {
        return of_person(systems, task, subject, (&person, &home)).await;
    }
    if task.is_fresh() {
        client.delete_webhook(form.as_str(), WEBHOOK_TAG).await?;
    }
    let began = Instant::now();
    let mut query = ResponsesQuery::everything();
    let mut tokens = Vec::new();
    // All pages first: whether a deleted response still works as a cursor is not documented.
    loop {
        let page = match client.responses(form.as_str(), &query).await {
            Ok(page) => page,
            // The cursor itself was deleted meanwhile, by the round before.
            Err(ClientError::Status { status: 400, .. }) if query.before.is_some() => break,
            Err(error) => return Err(error.into()),
        };
        if query.before.is_none() && task.is_fresh() {
            let listed = [(counts::RESPONSES.to_owned(), page.total_items)];
            counts::note(&systems.store, &task.institution, &mut subject.erasure, listed).await?;
        }
        if query.before.is_none() && page.items.is_empty() && page.total_items == 0 {
            return Ok(Progress::done(Step::Typeform));
        }
        let Some(cursor) = page.next_before() else { break };
        query.before = Some(cursor.to_owned());
        tokens.extend(page.items.into_iter().map(|item| item.token));
        if began.elapsed() >= systems.limits.slice {
            break;
        }
    }
    client.delete_responses(form.as_str(), &tokens).await?;
    Ok(Progress::not_done(Step::Typeform, wait(systems, task)))
}

/// Deletes one person's questionnaires and leaves everybody else's, and the webhook. Those that came
/// while the erasure began are marked first, and those that never came (begun and not sent, or sent and
/// not delivered) as they are seen: this step comes before the record goes that tells whose they are.
async fn of_person(
    systems: &Systems,
    task: &Task,
    subject: &mut Subject,
    (student, home): (&StudentId, &Form),
) -> Result<Progress, Error> {
    if task.is_fresh() {
        mark(systems, (&subject.scope, &subject.cohort.settings), student, &subject.erasure)
            .await?;
    }
    let known = systems.store.student_even_if_gone(&subject.scope, student).await?;
    let known = known.as_ref().map(|known| (known, &home.definition));
    let Some(tokens) = of_person_listed(systems, subject, known).await? else {
        return Ok(Progress::not_done(Step::Typeform, wait(systems, task)));
    };
    if task.is_fresh() {
        let listed = [(counts::RESPONSES.to_owned(), tokens.len() as u64)];
        counts::note(&systems.store, &task.institution, &mut subject.erasure, listed).await?;
    }
    if tokens.is_empty() {
        return Ok(Progress::done(Step::Typeform));
    }
    systems.typeform.delete_responses(subject.cohort.settings.form.as_str(), &tokens).await?;
    Ok(Progress::not_done(Step::Typeform, wait(systems, task)))
}

/// The person's questionnaires that Typeform lists; nothing if the list broke off. While it is known who
/// the person is, those of theirs that are not marked yet are marked.
async fn of_person_listed(
    systems: &Systems,
    subject: &Subject,
    known: Option<(&Student, &Definition)>,
) -> Result<Option<Vec<String>>, Error> {
    let Subject { scope, cohort, erasure, .. } = subject;
    let erased = Erased { until: erasure.started_at, erasure: erasure.id.clone() };
    let marks = systems.store.erased_marks(&subject.scope, &subject.erasure.id).await?;
    let form = subject.cohort.settings.form.as_str();
    let mut query = ResponsesQuery::everything();
    let mut tokens = Vec::new();
    loop {
        let page = match systems.typeform.responses(form, &query).await {
            Ok(page) => page,
            Err(ClientError::Status { status: 400, .. }) if query.before.is_some() => {
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        let next = page.next_before().map(str::to_owned);
        for item in page.items {
            let Ok(token) = ResponseToken::parse(item.token.as_str()) else { continue };
            if !marks.contains(&keys::erased_response(scope, &token).sk) {
                let theirs = known.is_some_and(|(student, definition)| {
                    intake::is_stored_from((&cohort.settings, definition), &item, student)
                });
                if !theirs {
                    continue;
                }
                systems.store.mark_erased_response(scope, &token, &erased).await?;
            }
            tokens.push(item.token);
        }
        if next.is_none() {
            return Ok(Some(tokens));
        }
        query.before = next;
    }
}

/// Seconds until the next look.
fn wait(systems: &Systems, task: &Task) -> u32 {
    let gone_by = running_for(task, (systems.clock)()).as_secs();
    u32::try_from((gone_by / 10).clamp(WAITS.0, WAITS.1)).unwrap_or_default()
}

/// How many questionnaires Typeform still lists, unfinished ones included; nothing if its form is
/// gone on an operator's word.
pub(super) async fn listed(systems: &Systems, subject: &Subject) -> Result<Option<u64>, Error> {
    if at_home(systems, subject).await?.is_none() {
        return Ok(subject.erasure.form_gone.is_none().then_some(0));
    }
    if subject.person.is_some() {
        // A list that broke off shows that something was deleted a moment ago.
        let listed = of_person_listed(systems, subject, None).await?;
        return Ok(Some(listed.map_or(1, |tokens| tokens.len() as u64)));
    }
    let query = ResponsesQuery { page_size: 1, ..ResponsesQuery::everything() };
    let form = subject.cohort.settings.form.as_str();
    let page = systems.typeform.responses(form, &query).await?;
    Ok(Some(page.total_items.max(page.items.len() as u64)))
}

/// The form, if Typeform knows it; an error if the client asks in another region than the form's.
///
/// A form that was deleted took its responses with it, but a token of another account is told the
/// same. So where questionnaires came from the form, only an operator can say that it is gone.
/// Where none ever came, or all that came were read back as gone a step ago, there is nothing to say.
async fn at_home(systems: &Systems, subject: &Subject) -> Result<Option<Form>, Error> {
    let client: &TypeformClient = &systems.typeform;
    match client.form(subject.cohort.settings.form.as_str()).await {
        Ok(form) => {
            client.check_region(&form)?;
            Ok(Some(form))
        }
        Err(ClientError::NotFound) => {
            tracing::warn!(erasure = subject.erasure.id.as_str(), "erasure.form_gone");
            if subject.erasure.form_gone.is_some() {
                return Ok(None);
            }
            let items = systems.store.count_items(&subject.scope).await?;
            match items.get("responses") {
                Some(taken_in) if *taken_in > 0 => Err(Error::FormMissing),
                _ => Ok(None),
            }
        }
        Err(error) => Err(error.into()),
    }
}
