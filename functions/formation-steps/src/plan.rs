//! A plan of several rounds (G7): one run of the machine plans them all, the first is the formation's own, the
//! others wait as formations of the status `planned` until each is taken up by a formation of its own
//! ([decision 25](../../../docs/adr/0025-a-plan-is-formations-that-wait.md)).
//!
//! Safe to run twice: the ids of the rounds follow from the plan's, the engine gives the same rounds for the same
//! input, groups that are written again are the same, and a record that is there stays.

mod solving;
mod taking;

use std::collections::{BTreeMap, BTreeSet};

use domain::formation::{Formation, FormationStatus, Kind, PlannedRound, SectionResult};
use domain::{FormationId, SectionId};
use store::keys;

use crate::Deps;
use crate::error::Error;
use crate::handler::UnderWay;
use crate::snapshot::Snapshot;
use crate::solve::Solved;

pub use solving::solve;
pub(crate) use taking::taken_up;

/// Writes the later rounds: of each its groups, then its record. One round is held at a time, as a plan of a large
/// cohort has many.
pub(crate) async fn keep(deps: &Deps, on: &UnderWay, snapshot: &Snapshot) -> Result<(), Error> {
    let plan = &on.formation;
    let Some(rounds) = plan.plans() else { return Ok(()) };
    for round in 2..=rounds {
        let id = FormationId::of_round(&on.scope.cohort, &plan.id, round);
        let mut sections: BTreeMap<SectionId, SectionResult> = BTreeMap::new();
        let mut engines = BTreeSet::new();
        for section in snapshot.sections.keys() {
            let key = keys::solve_output(&on.scope, &id, section);
            let Solved::Groups(output) =
                deps.objects.get_json(&key).await?.ok_or(Error::Missing("output"))?
            else {
                return Err(Error::Missing("round"));
            };
            deps.store.put_groups(&on.scope, &output.groups).await?;
            sections.insert(section.clone(), output.result);
            engines.insert(output.engine);
        }
        let planned = Formation {
            id,
            kind: Kind::Rotation,
            status: FormationStatus::Planned,
            replaces: None,
            around: None,
            plan: Some(PlannedRound { formation: plan.id.clone(), round, rounds }),
            ended_at: None,
            engine: Some(engines.into_iter().collect::<Vec<_>>().join(", ")),
            sections,
            failure: None,
            task_token: None,
            decision: None,
            board: domain::formation::BoardMarks::default(),
            ..plan.clone()
        };
        deps.store.create_planned(&on.scope, &planned).await?;
    }
    Ok(())
}

/// Whether a formation that begins from others needs a contact's word. What they approved with a plan needs no other,
/// unless a must rule is broken or a size missed since somebody left.
pub(crate) async fn needs_approval(
    deps: &Deps,
    on: &UnderWay,
    base: &FormationId,
    wrong: bool,
) -> Result<bool, Error> {
    let base = deps.store.formation(&on.scope, base).await?;
    Ok(wrong || base.is_none_or(|base| base.status != FormationStatus::Planned))
}
