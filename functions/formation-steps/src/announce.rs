//! Puts one message per student into the outbox and the queue (M1, M4).
//!
//! Safe to run twice: see the crate `outbox`.

use std::collections::{BTreeMap, BTreeSet};

use domain::formation::{FormationStatus, Group, Kind};
use domain::message::{About, Message, MessageStatus};
use domain::{ErasureId, FormationId, SectionId, StudentId};
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
    let known = if formation.kind == Kind::Repair {
        told(deps, on, &groups).await?
    } else {
        BTreeSet::new()
    };
    let count: usize = groups.iter().map(|group| group.members.len()).sum();
    let members = groups.iter().flat_map(|group| &group.members);
    let told = members.filter(|student| !known.contains(*student));
    trail::note(deps, on, "formation.announce", count - known.len(), told).await?;
    let messages: Vec<Message> = groups
        .iter()
        .flat_map(|group| group.members.iter().map(move |student| (group, student)))
        .filter(|(_, student)| !known.contains(*student))
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

/// Who is together, and where: what a group's members were told.
type Company<'g> = (&'g SectionId, u32, BTreeSet<&'g StudentId>);

fn company(group: &Group) -> Company<'_> {
    (&group.section, group.number, group.members.iter().collect())
}

/// Who of these groups has been told of theirs already, by a mail about the groups that were mended: whose group is
/// as it was, and whose mail was sent, or may have been. A mail that still waits ends as one about groups that
/// others have replaced, so another one takes its place.
async fn told(deps: &Deps, on: &UnderWay, groups: &[Group]) -> Result<BTreeSet<StudentId>, Error> {
    let now: BTreeSet<Company<'_>> = groups.iter().map(company).collect();
    // By formation and student: the erasure that changed the group last, if one did.
    let mut same: BTreeMap<(FormationId, StudentId), Option<ErasureId>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut next = on.formation.replaces.clone();
    while let Some(id) = next.take().filter(|id| seen.insert(id.clone())) {
        let before = deps.store.all_groups(&on.scope, &id).await?;
        for group in before.iter().filter(|group| now.contains(&company(group))) {
            let change = group.change.as_ref().map(|change| change.erasure.clone());
            same.extend(
                group.members.iter().map(|student| ((id.clone(), student.clone()), change.clone())),
            );
        }
        let base = deps.store.formation(&on.scope, &id).await?;
        next = base.filter(|base| base.kind == Kind::Repair).and_then(|base| base.replaces);
    }
    let mut told = BTreeSet::new();
    let mut from = None;
    loop {
        let page = deps.store.messages(&(&on.scope).into(), from.as_ref(), None).await?;
        for message in page.items.into_iter().filter(|message| may_have_gone(message.status)) {
            let (place, erasure) = match message.about {
                About::Group { formation, student, .. } => ((formation, student), None),
                About::GroupChanged { formation, student, erasure, .. } => {
                    ((formation, student), Some(erasure))
                }
                _ => continue,
            };
            if same.get(&place) == Some(&erasure) {
                told.insert(place.1);
            }
        }
        match page.next {
            Some(next) => from = Some(next),
            None => return Ok(told),
        }
    }
}

fn may_have_gone(status: MessageStatus) -> bool {
    !matches!(status, MessageStatus::Queued | MessageStatus::Failed | MessageStatus::Bounced)
}
