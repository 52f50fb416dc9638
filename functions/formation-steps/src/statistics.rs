//! Keeps the anonymous statistics of a cohort's first published formation (D9).
//!
//! Safe to run twice, and after later formations: the object is created once and the first one
//! stands, so no two outputs of one cohort can be held against each other. A cohort that is too
//! small leaves a record that says only this, for the same reason: a student more would otherwise
//! make the difference between nothing and everything.

use std::collections::BTreeMap;

use runtime::telemetry;
use store::{PutOutcome, keys};

use crate::Deps;
use crate::error::Error;
use crate::handler::UnderWay;

/// Makes and keeps them. Groups do not wait for statistics: if they cannot be made, the log says so
/// and a later publication makes them.
pub async fn keep(deps: &Deps, on: &UnderWay) {
    match Box::pin(kept(deps, on)).await {
        Ok(PutOutcome::Written) => tracing::info!("statistics.kept"),
        Ok(PutOutcome::Existed) => {}
        Err(error) => telemetry::log_error("statistics", &error),
    }
}

async fn kept(deps: &Deps, on: &UnderWay) -> Result<PutOutcome, Error> {
    let mut inputs = BTreeMap::new();
    for section in on.formation.sections.keys() {
        let key = keys::solve_input(&on.scope, &on.formation.id, section);
        let input = deps.objects.get_json(&key).await?.ok_or(Error::Missing("input"))?;
        inputs.insert(section.clone(), input);
    }
    let groups = deps.store.all_groups(&on.scope, &on.formation.id).await?;
    let made = ::statistics::of(&on.formation, &inputs, &groups);
    let body =
        serde_json::to_vec(&made).map_err(|_| store::Error::Unwritable { kind: "statistics" })?;
    Ok(deps.objects.create(&keys::statistics(&on.scope), body).await?)
}
