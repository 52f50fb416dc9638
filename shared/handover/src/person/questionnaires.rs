//! What the student answered: mapped, and as Typeform sent it, in every version that is kept.

use domain::cohort::{Question, QuestionKind};
use domain::institution::Language;
use domain::profile::{Answer, Profile};
use domain::student::Response;
use futures::{StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use serde_json::{Value, json};
use store::keys;

use super::{Ask, Sources};
use crate::Error;

/// How many objects are read at once.
const PARALLEL: usize = 8;

/// The student's questionnaires.
pub(super) struct Theirs {
    pub(super) values: Vec<Value>,
    /// When the first of them came.
    pub(super) since: Option<Timestamp>,
}

pub(super) async fn theirs(from: Sources<'_>, ask: &Ask<'_>) -> Result<Theirs, Error> {
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let page = from.store.responses(ask.scope, cursor.as_ref(), None).await?;
        let theirs = page.items.into_iter().filter(|one| one.student == ask.student.id);
        found.extend(theirs);
        match page.next {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    found.sort_by_key(|response| response.submitted_at);
    let since = found.iter().map(|response| response.received_at).min();
    let mut values = Vec::with_capacity(found.len());
    for response in &found {
        let received = received(from, ask, &response.token).await?;
        values.push(value(response, ask, received)?);
    }
    Ok(Theirs { values, since })
}

/// A response as it is stored, its answers in words, and the raw questionnaire.
fn value(response: &Response, ask: &Ask<'_>, received: Vec<Value>) -> Result<Value, Error> {
    let mut value = serde_json::to_value(response).map_err(|_| Error::Unwritable)?;
    let answers = response.profile.answers.iter();
    let settings = &ask.cohort.settings;
    let asked = (settings.questions.as_slice(), settings.language);
    value["answers"] = answers.map(|(id, answer)| told(asked, id.as_str(), answer)).collect();
    value["profile"] = without_others(&response.profile)?;
    value["counts"] = (response.token == ask.student.response).into();
    value["as_received"] = received.into();
    Ok(value)
}

/// A profile as it is stored. Others whom the student named stand there by keyed hashes: of them their
/// number is shown; as the student wrote them they stand in the raw form.
pub(super) fn without_others(profile: &Profile) -> Result<Value, Error> {
    let mut value = serde_json::to_value(profile).map_err(|_| Error::Unwritable)?;
    for (id, answer) in &profile.answers {
        if let Answer::Students(named) = answer {
            value["answers"][id.as_str()] = json!({ "students_named": named.len() });
        }
    }
    Ok(value)
}

/// An answer with the question it belongs to.
pub(super) fn told((asked, language): (&[Question], Language), id: &str, answer: &Answer) -> Value {
    let question = asked.iter().find(|known| known.id.as_str() == id);
    let label = question.map(|known| known.label.get(language));
    let value = match answer {
        Answer::Students(named) => json!({ "students_named": named.len() }),
        Answer::Scale(number) => json!(number),
        Answer::Choice(code) => json!(code),
        Answer::Choices(codes) => json!(codes),
        Answer::Slots(slots) => slots.iter().map(|slot| json!(hour(*slot))).collect(),
        Answer::Text(text) => json!(text),
    };
    let kind = question.map(|known| match known.kind {
        QuestionKind::Scale { .. } => "scale",
        QuestionKind::Choice { .. } => "choice",
        QuestionKind::Choices { .. } => "choices",
        QuestionKind::Availability { .. } => "availability",
        QuestionKind::Students => "students",
        QuestionKind::Text => "text",
    });
    json!({ "question": id, "label": label, "kind": kind, "value": value })
}

/// An hour of the week as people write it.
fn hour(slot: u16) -> String {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let day = DAYS.get(usize::from(slot / 24)).copied().unwrap_or("?");
    format!("{day} {:02}:00", slot % 24)
}

/// Every version that the bucket keeps of a raw questionnaire, the oldest first.
async fn received(
    from: Sources<'_>,
    ask: &Ask<'_>,
    token: &domain::ResponseToken,
) -> Result<Vec<Value>, Error> {
    let key = keys::raw_response(Some(ask.scope), token);
    let mut found = Vec::new();
    for version in from.objects.versions_of(&key).await? {
        let Some(body) = from.objects.get_version(&key, &version.id).await? else { continue };
        let payload = serde_json::from_slice(&body)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&body).into_owned()));
        found.push(json!({ "stored_at": version.stored_at, "payload": payload }));
    }
    Ok(found)
}

/// Questionnaires of the cohort that could not be used and that the student sent.
pub(super) async fn set_aside(from: Sources<'_>, ask: &Ask<'_>) -> Result<Vec<Value>, Error> {
    let addresses: Vec<_> = ask.student.addresses().cloned().collect();
    let addresses = &addresses;
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let page = from.store.quarantine_page(Some(ask.scope), cursor.as_ref(), None).await?;
        let entries = futures::stream::iter(page.items)
            .map(|entry| async move {
                let key = keys::raw_response(Some(ask.scope), &entry.token);
                let raw = from.objects.get(&key).await?;
                let settings = &ask.cohort.settings;
                let theirs = raw.is_some_and(|raw| intake::is_from(settings, &raw, addresses));
                Ok::<_, Error>(theirs.then_some(entry))
            })
            .buffered(PARALLEL)
            .try_collect::<Vec<_>>()
            .await?;
        for entry in entries.into_iter().flatten() {
            let mut value = serde_json::to_value(&entry).map_err(|_| Error::Unwritable)?;
            value["as_received"] = received(from, ask, &entry.token).await?.into();
            found.push(value);
        }
        match page.next {
            Some(next) => cursor = Some(next),
            None => return Ok(found),
        }
    }
}
