//! Deletes the questionnaires at Typeform, and the answers to the evaluation: asks, and asks again, until none
//! is listed at either form.
//!
//! Typeform registers a deletion at once and does it later, so "done" is an empty list and nothing
//! else. The wrong region answers with empty lists too; therefore nothing counts before the form has
//! said that its responses are kept where the client asks.

use domain::cohort::{Cohort, Evaluation};
use domain::evaluation::EvaluationToken;
use domain::{Email, FormId, ResponseToken, StudentId};
use store::{Erased, keys};
use tokio::time::Instant;

use typeform::client::{ClientError, Form, ResponsesQuery, StoredResponse, TypeformClient};
use typeform::payload::Definition;

use super::Subject;
use super::person::{mark, mark_evaluations};
use crate::handler::running_for;
use crate::task::{Progress, Step, Task};
use crate::{Error, Systems, counts};

/// The tag under which the service's webhook stands at each form.
pub const WEBHOOK_TAG: &str = "unihelper";

/// Shortest and longest wait for Typeform to delete, in seconds; between them a tenth of the time
/// that has gone by, so that a day of waiting takes fewer than 300 rounds.
const WAITS: (i64, i64) = (10, 600);

/// A form of the cohort.
#[derive(Clone, Copy)]
struct Asked<'a> {
    form: &'a FormId,
    /// What it evaluates by, if it is the evaluation.
    evaluation: Option<&'a Evaluation>,
}

impl Asked<'_> {
    /// The name under which its responses are counted.
    fn counted(self) -> String {
        let name = if self.evaluation.is_some() { counts::EVALUATIONS } else { counts::RESPONSES };
        name.to_owned()
    }

    /// The kind of the items that its responses became.
    fn items(self) -> &'static str {
        if self.evaluation.is_some() { "evaluations" } else { "responses" }
    }
}

/// The questionnaire first: the cohort's record outlives both.
fn forms(cohort: &Cohort) -> Vec<Asked<'_>> {
    let settings = &cohort.settings;
    let evaluation = settings.evaluation.as_ref();
    let evaluation = evaluation.map(|known| Asked { form: &known.form, evaluation: Some(known) });
    [Asked { form: &settings.form, evaluation: None }].into_iter().chain(evaluation).collect()
}

/// Repeatable: deletions of what is gone are ignored, and a webhook that is gone is fine.
pub(crate) async fn typeform(
    systems: &Systems,
    task: &Task,
    subject: &mut Subject,
) -> Result<Progress, Error> {
    let cohort = subject.cohort.clone();
    let mut done = true;
    for asked in forms(&cohort) {
        done &= at_form(systems, task, subject, asked).await?;
    }
    Ok(if done {
        Progress::done(Step::Typeform)
    } else {
        Progress::not_done(Step::Typeform, wait(systems, task))
    })
}

/// Deletes at one form; tells whether nothing is listed there any more.
async fn at_form(
    systems: &Systems,
    task: &Task,
    subject: &mut Subject,
    asked: Asked<'_>,
) -> Result<bool, Error> {
    let client = &systems.typeform;
    let form = asked.form;
    let Some(home) = at_home(systems, subject, asked).await? else {
        let none = [(asked.counted(), 0)];
        counts::note(&systems.store, &task.institution, &mut subject.erasure, none).await?;
        return Ok(true);
    };
    if let Some(person) = subject.person.clone() {
        return of_person(systems, task, subject, (asked, &person, &home)).await;
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
            let listed = [(asked.counted(), page.total_items)];
            counts::note(&systems.store, &task.institution, &mut subject.erasure, listed).await?;
        }
        if query.before.is_none() && page.items.is_empty() && page.total_items == 0 {
            return Ok(true);
        }
        let Some(cursor) = page.next_before() else { break };
        query.before = Some(cursor.to_owned());
        tokens.extend(page.items.into_iter().map(|item| item.token));
        if began.elapsed() >= systems.limits.slice {
            break;
        }
    }
    client.delete_responses(form.as_str(), &tokens).await?;
    Ok(false)
}

/// Deletes one person's questionnaires and leaves everybody else's, and the webhook. Those that came
/// while the erasure began are marked first, and those that never came (begun and not sent, or sent and
/// not delivered) as they are seen: this step comes before the record goes that tells whose they are.
async fn of_person(
    systems: &Systems,
    task: &Task,
    subject: &mut Subject,
    (asked, student, home): (Asked<'_>, &StudentId, &Form),
) -> Result<bool, Error> {
    if let Some(evaluation) = asked.evaluation {
        if task.is_fresh() {
            mark_evaluations(&systems.store, &subject.scope, student, &subject.erasure).await?;
        }
        let tokens = evaluated_by(systems, subject, evaluation, student).await?;
        return delete_listed(systems, task, subject, (asked, tokens)).await;
    }
    if task.is_fresh() {
        mark(systems, (&subject.scope, &subject.cohort.settings), student, &subject.erasure)
            .await?;
    }
    let known = systems.store.addresses(&subject.scope, student).await?;
    let known = (!known.is_empty()).then_some((known.as_slice(), &home.definition));
    let tokens = of_person_listed(systems, subject, known).await?;
    delete_listed(systems, task, subject, (asked, tokens)).await
}

/// Deletes what is listed of a person at a form; tells whether nothing is. A list that broke off shows
/// that something was deleted a moment ago.
async fn delete_listed(
    systems: &Systems,
    task: &Task,
    subject: &mut Subject,
    (asked, tokens): (Asked<'_>, Option<Vec<String>>),
) -> Result<bool, Error> {
    let Some(tokens) = tokens else { return Ok(false) };
    if task.is_fresh() {
        let listed = [(asked.counted(), tokens.len() as u64)];
        counts::note(&systems.store, &task.institution, &mut subject.erasure, listed).await?;
    }
    if tokens.is_empty() {
        return Ok(true);
    }
    systems.typeform.delete_responses(asked.form.as_str(), &tokens).await?;
    Ok(false)
}

/// The answers to the evaluation that came by a person's link, whether or not they were ever delivered, and
/// those that are marked as theirs; nothing if the list broke off. The link's token follows from the person's
/// id, so it tells them at the very end as at the beginning. The marks tell what was taken in from them, also if
/// the form has lost its hidden field since.
async fn evaluated_by(
    systems: &Systems,
    subject: &Subject,
    evaluation: &Evaluation,
    student: &StudentId,
) -> Result<Option<Vec<String>>, Error> {
    let Subject { scope, erasure, .. } = subject;
    let token = EvaluationToken::derive(&systems.identity, &scope.cohort, student);
    let marks = systems.store.erased_marks(scope, &erasure.id).await?;
    let is_marked = |token: &str| {
        let token = ResponseToken::parse(token).ok();
        token.is_some_and(|token| marks.contains(&keys::erased_response(scope, &token).sk))
    };
    let is_theirs =
        |item: &StoredResponse| is_marked(&item.token) || intake::is_evaluation_of(&token, item);
    let mut query = ResponsesQuery::everything();
    let mut tokens = Vec::new();
    loop {
        let page = match systems.typeform.responses(evaluation.form.as_str(), &query).await {
            Ok(page) => page,
            Err(ClientError::Status { status: 400, .. }) if query.before.is_some() => {
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        let next = page.next_before().map(str::to_owned);
        let theirs = page.items.into_iter().filter(is_theirs);
        tokens.extend(theirs.map(|item| item.token));
        if next.is_none() {
            return Ok(Some(tokens));
        }
        query.before = next;
    }
}

/// The person's questionnaires that Typeform lists; nothing if the list broke off. While it is known who
/// the person is, those of theirs that are not marked yet are marked.
async fn of_person_listed(
    systems: &Systems,
    subject: &Subject,
    known: Option<(&[Email], &Definition)>,
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
                let theirs = known.is_some_and(|(addresses, definition)| {
                    intake::is_stored_from((&cohort.settings, definition), &item, addresses)
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

/// How many responses Typeform still lists at the cohort's forms, unfinished ones included; nothing if a form
/// is gone on an operator's word and none is listed at the other.
pub(super) async fn listed(systems: &Systems, subject: &Subject) -> Result<Option<u64>, Error> {
    let (mut left, mut is_known) = (0, true);
    for asked in forms(&subject.cohort) {
        match listed_at(systems, subject, asked).await? {
            Some(listed) => left += listed,
            None => is_known = false,
        }
    }
    Ok((is_known || left > 0).then_some(left))
}

async fn listed_at(
    systems: &Systems,
    subject: &Subject,
    asked: Asked<'_>,
) -> Result<Option<u64>, Error> {
    if at_home(systems, subject, asked).await?.is_none() {
        return Ok(subject.erasure.form_gone.is_none().then_some(0));
    }
    if let (Some(person), Some(evaluation)) = (&subject.person, asked.evaluation) {
        let listed = evaluated_by(systems, subject, evaluation, person).await?;
        return Ok(Some(listed.map_or(1, |tokens| tokens.len() as u64)));
    }
    if subject.person.is_some() {
        // A list that broke off shows that something was deleted a moment ago.
        let listed = of_person_listed(systems, subject, None).await?;
        return Ok(Some(listed.map_or(1, |tokens| tokens.len() as u64)));
    }
    let query = ResponsesQuery { page_size: 1, ..ResponsesQuery::everything() };
    let page = systems.typeform.responses(asked.form.as_str(), &query).await?;
    Ok(Some(page.total_items.max(page.items.len() as u64)))
}

/// The form, if Typeform knows it; an error if the client asks in another region than the form's.
///
/// A form that was deleted took its responses with it, but a token of another account is told the
/// same. So where questionnaires came from the form, only an operator can say that it is gone.
/// Where none ever came, or all that came were read back as gone a step ago, there is nothing to say.
async fn at_home(
    systems: &Systems,
    subject: &Subject,
    asked: Asked<'_>,
) -> Result<Option<Form>, Error> {
    let client: &TypeformClient = &systems.typeform;
    match client.form(asked.form.as_str()).await {
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
            match items.get(asked.items()) {
                Some(taken_in) if *taken_in > 0 => Err(Error::FormMissing),
                _ => Ok(None),
            }
        }
        Err(error) => Err(error.into()),
    }
}
