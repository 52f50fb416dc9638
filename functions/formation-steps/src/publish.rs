//! Makes the groups count and moves the cohort's deletion date (D1).
//!
//! Safe to run twice: one transaction does it, once; a second run finds the formation published. The
//! transaction names the deletion date that was read: if an instruction of the controller moved it
//! meanwhile, the step is tried again with the new one. The anonymous statistics follow, and are
//! written once.

use domain::formation::{FormationStatus, Kind, Verdict};
use domain::retention;
use runtime::{Metric, count};
use serde_json::{Value, json};
use store::{Term, Transition};

use crate::Deps;
use crate::error::Error;
use crate::handler::UnderWay;
use crate::{statistics, trail};

/// Runs the step.
pub async fn run(deps: &Deps, on: &UnderWay) -> Result<Value, Error> {
    let formation = &on.formation;
    // Whoever holds the token could wake the machine; only a contact's recorded word publishes.
    let approved = formation.decision.as_ref().is_some_and(|d| d.verdict == Verdict::Approved);
    if formation.status == FormationStatus::AwaitingApproval && !approved {
        return Err(Error::NotApproved);
    }
    let cohort = &on.cohort;
    // A repair is no formation that data is kept for longer (the agreement's annex A.5): the term of what it mends
    // goes on.
    let mends = (formation.kind == Kind::Repair).then_some(cohort.last_formation_at).flatten();
    let formed_at = mends.unwrap_or(on.now);
    let delete_on = retention::delete_on(cohort.settings.deadline, Some(formed_at));
    let term = Term {
        delete_on: retention::extended(delete_on, cohort.extension.as_ref()),
        was: cohort.delete_on,
    };
    // Whose groups they are stands in the entry of the step that wrote them.
    let students = formation.sections.values().map(|section| section.students as usize).sum();
    trail::note(deps, on, "formation.publish", students, std::iter::empty()).await?;
    match deps.store.publish_formation(&on.scope, &formation.id, (on.now, formed_at), term).await? {
        Transition::Done => count(Metric::FormationsPublished, 1),
        Transition::Past => {
            let now = deps.store.formation(&on.scope, &formation.id).await?;
            let status = now.map_or(FormationStatus::Failed, |formation| formation.status);
            match status {
                FormationStatus::Published => {}
                FormationStatus::Running | FormationStatus::AwaitingApproval => {
                    return Err(Error::Moved);
                }
                _ => return Err(Error::Ended(status)),
            }
        }
    }
    statistics::keep(deps, on).await;
    Ok(json!({ "published": true }))
}
