//! Who has met before: the rounds of groups that were published.

use std::collections::BTreeSet;

use domain::cohort::{CriterionSetting, Rule};
use domain::formation::Formation;
use domain::{FormationId, StudentId};
use posing::past_rounds;
use store::Scope;

use crate::Deps;
use crate::error::Error;

/// One past round's groups.
pub(crate) type Round = Vec<Vec<StudentId>>;

/// The rounds of published groups, the latest first ([`past_rounds`]); nothing if no criterion asks who has met.
pub(crate) async fn past(
    deps: &Deps,
    scope: &Scope,
    criteria: &[CriterionSetting],
    now: &Formation,
) -> Result<Vec<Vec<FormationId>>, Error> {
    if !ask_who_has_met(criteria) {
        return Ok(Vec::new());
    }
    Ok(past_rounds(deps.store.formations(scope).await?, now))
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
