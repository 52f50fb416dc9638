//! Writes the groups and what is known of them.
//!
//! Safe to run twice: the solvers' outputs do not change, so the same groups are written again, and
//! the note on the formation only goes onto one that runs. Readers see the groups when the
//! formation's status says so, all at once.

use std::collections::{BTreeMap, BTreeSet};

use domain::SectionId;
use domain::formation::{Failure, SectionResult};
use serde_json::{Value, json};
use store::{Transition, keys};

use crate::Deps;
use crate::error::Error;
use crate::handler::UnderWay;
use crate::snapshot;
use crate::solve::Solved;

/// Runs the step; answers whether a contact has to approve.
pub async fn run(deps: &Deps, on: &UnderWay) -> Result<Value, Error> {
    let id = &on.formation.id;
    let snapshot = snapshot::read(deps, &on.scope, id).await?;
    let mut results: BTreeMap<SectionId, SectionResult> = BTreeMap::new();
    let mut engines = BTreeSet::new();
    let mut groups = Vec::new();
    let mut failures = Vec::new();
    for section in snapshot.sections.keys() {
        let key = keys::solve_output(&on.scope, id, section);
        match deps.objects.get_json(&key).await?.ok_or(Error::Missing("output"))? {
            Solved::Groups(output) => {
                results.insert(section.clone(), output.result);
                engines.insert(output.engine);
                groups.extend(output.groups);
            }
            Solved::Failed(failure) => failures.push(failure),
        }
    }
    if let Some(failure) = together(failures) {
        return Err(Error::Failed(failure));
    }
    deps.store.put_groups(&on.scope, &groups).await?;
    // More than one only if the function was replaced between two sections.
    let engine = engines.into_iter().collect::<Vec<_>>().join(", ");
    match deps.store.formation_solved(&on.scope, id, &engine, &results).await? {
        Transition::Done => Ok(json!({ "approval": on.cohort.settings.approval })),
        Transition::Past => Err(Error::Ended(on.formation.status)),
    }
}

/// One failure that tells of all: the first section's, the others in its detail.
pub fn together(failures: Vec<Failure>) -> Option<Failure> {
    /// A detail that named a thousand sections would help nobody and outgrow the machine's state.
    const MOST: usize = 20;
    let mut failures = failures.into_iter();
    let first = failures.next()?;
    let more = failures.len().saturating_sub(MOST);
    let mut details = vec![first.detail.clone()];
    details.extend(failures.take(MOST).map(|failure| {
        let section = failure.section.as_ref().map_or("", SectionId::as_str);
        format!("section {section}: {}", failure.detail)
    }));
    if more > 0 {
        details.push(format!("{more} more sections"));
    }
    Some(Failure { detail: details.join("; "), ..first })
}
