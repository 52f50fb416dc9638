//! Puts one message per student into the outbox and the queue (M1, M4).
//!
//! Safe to run twice: see the crate `outbox`.

use domain::formation::FormationStatus;
use domain::message::{About, Message};
use serde_json::{Value, json};

use crate::Deps;
use crate::error::Error;
use crate::handler::UnderWay;
use crate::trail;

/// Runs the step; answers how many messages were queued.
pub async fn run(deps: &Deps, on: &UnderWay) -> Result<Value, Error> {
    let formation = &on.formation;
    if formation.status != FormationStatus::Published {
        return Err(Error::Ended(formation.status));
    }
    // Groups that others have replaced since are not worth a mail.
    let current = on.cohort.published_formation.as_ref() == Some(&formation.id);
    if !on.cohort.settings.mail_agreed || !current {
        tracing::info!(agreed = on.cohort.settings.mail_agreed, current, "announce.skipped");
        return Ok(json!({ "messages": 0 }));
    }
    let groups = deps.store.all_groups(&on.scope, &formation.id).await?;
    let count = groups.iter().map(|group| group.members.len()).sum();
    let told = groups.iter().flat_map(|group| &group.members);
    trail::note(deps, on, "formation.announce", count, told).await?;
    let messages: Vec<Message> = groups
        .iter()
        .flat_map(|group| group.members.iter().map(move |student| (group, student)))
        .map(|(group, student)| About::Group {
            student: student.clone(),
            formation: formation.id.clone(),
            section: group.section.clone(),
            group: group.number,
        })
        .map(|about| Message::queued(about, on.now))
        .collect();
    let place = (&on.scope).into();
    let queued = outbox::put(&deps.store, &deps.queue, &place, &messages).await?;
    tracing::info!(messages = messages.len(), queued, "announce.queued");
    Ok(json!({ "messages": queued }))
}
