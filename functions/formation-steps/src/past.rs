//! Who has met before: the rounds of groups that were published.

use std::collections::BTreeSet;

use domain::cohort::{CriterionSetting, Rule};
use domain::formation::{Formation, FormationStatus, Kind};
use domain::{FormationId, StudentId};
use store::Scope;

use crate::Deps;
use crate::error::Error;

/// One past round's groups.
pub(crate) type Round = Vec<Vec<StudentId>>;

/// The rounds of published groups, the latest first; nothing if no criterion asks who has met. A formation and the
/// repairs of its groups are one round, and the one that is being mended is no earlier one: who stays together does
/// not meet again.
pub(crate) async fn past(
    deps: &Deps,
    scope: &Scope,
    criteria: &[CriterionSetting],
    now: &Formation,
) -> Result<Vec<Vec<FormationId>>, Error> {
    if !ask_who_has_met(criteria) {
        return Ok(Vec::new());
    }
    let mut past = deps.store.formations(scope).await?;
    past.retain(|formation| formation.status == FormationStatus::Published);
    past.sort_by_key(|formation| std::cmp::Reverse(formation.ended_at));
    let repairs = past.iter().filter(|formation| formation.kind == Kind::Repair);
    let mended: BTreeSet<&FormationId> = repairs.filter_map(|it| it.replaces.as_ref()).collect();
    let mut rounds: Vec<Vec<FormationId>> = Vec::new();
    for formation in past.iter().filter(|formation| !mended.contains(&formation.id)) {
        let mut round = vec![formation.id.clone()];
        let mut last = formation;
        while last.kind == Kind::Repair
            && let Some(base) = past.iter().find(|base| last.replaces.as_ref() == Some(&base.id))
            && !round.contains(&base.id)
        {
            round.push(base.id.clone());
            last = base;
        }
        rounds.push(round);
    }
    let base = (now.kind == Kind::Repair).then_some(now.replaces.as_ref()).flatten();
    rounds.retain(|round| !round.iter().any(|id| *id == now.id || Some(id) == base));
    Ok(rounds)
}

/// The groups of past rounds. Of groups that were mended since, only the pairs are added that the mending parted:
/// they have met, and nobody has met twice in one round.
pub(crate) async fn rounds(
    deps: &Deps,
    scope: &Scope,
    past: &[Vec<FormationId>],
) -> Result<Vec<Round>, Error> {
    let mut rounds = Vec::with_capacity(past.len());
    for formations in past {
        let mut round = Round::new();
        let mut met: BTreeSet<(StudentId, StudentId)> = BTreeSet::new();
        for formation in formations {
            let latest = met.is_empty();
            for group in deps.store.all_groups(scope, formation).await? {
                let mut parted = pairs(&group.members);
                parted.retain(|pair| met.insert(pair.clone()));
                if latest {
                    round.push(group.members);
                } else {
                    round.extend(parted.into_iter().map(|(one, other)| vec![one, other]));
                }
            }
        }
        rounds.push(round);
    }
    Ok(rounds)
}

fn pairs(members: &[StudentId]) -> Vec<(StudentId, StudentId)> {
    let mut all = Vec::new();
    for (place, one) in members.iter().enumerate() {
        for other in &members[place + 1..] {
            let (low, high) = if one < other { (one, other) } else { (other, one) };
            all.push((low.clone(), high.clone()));
        }
    }
    all
}

fn ask_who_has_met(criteria: &[CriterionSetting]) -> bool {
    criteria.iter().any(|criterion| matches!(criterion.rule, Rule::NotAgain { .. }))
}
