//! What the student answered to the cohort's evaluation.

use serde_json::{Value, json};

use super::questionnaires::told;
use super::{Ask, Sources};
use crate::Error;

/// Every answer that is kept, the oldest first, and which of them counts. The payloads are not kept.
pub(super) async fn theirs(from: Sources<'_>, ask: &Ask<'_>) -> Result<Vec<Value>, Error> {
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let page = from.store.evaluations(ask.scope, cursor.as_ref(), None).await?;
        found.extend(page.items.into_iter().filter(|one| one.student == ask.student.id));
        match page.next {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    found.sort_by_key(|answer| (answer.submitted_at, answer.token.clone()));
    let settings = &ask.cohort.settings;
    let asked = settings.evaluation.as_ref().map_or(&[][..], |known| &known.questions);
    let last = found.len();
    let values = found.iter().enumerate().map(|(place, answer)| {
        let answers = answer.profile.answers.iter();
        let answers: Vec<Value> =
            answers.map(|(id, answer)| told((asked, settings.language), id.as_str(), answer)).collect();
        json!({
            "token": answer.token, "submitted_at": answer.submitted_at, "received_at": answer.received_at,
            "counts": place + 1 == last, "answers": answers,
        })
    });
    Ok(values.collect())
}
