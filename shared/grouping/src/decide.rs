//! How many groups: what the sizes allow, what the rules need, and short trials between the two.

use crate::chain::run;
use crate::law::{Law, Sense};
use crate::model::Model;

/// Above so many groups one more or less changes too little to be worth a trial.
const TRIED_UP_TO: u32 = 60;

/// The numbers of groups worth trying, the most likely first.
pub(crate) fn candidates(model: &Model) -> Vec<u32> {
    let (low, high) = model.group_counts();
    let preferred = model.sizes.preferred;
    let natural = ((model.students + preferred / 2) / preferred).clamp(low, high);
    let mut found = vec![natural];
    for only_must in [true, false] {
        let (mut least, mut most) = (low, high);
        for rule in &model.rules {
            if rule.is_must() || rule.binds() && !only_must {
                let (at_least, at_most) = needed(&rule.law, model.students);
                least = least.max(at_least.min(high));
                most = most.min(at_most.max(low));
            }
        }
        if least <= most {
            found.push(natural.clamp(least, most));
        } else {
            // No number suits all rules: the ends are the numbers that suit some.
            found.extend([least, most]);
        }
    }
    if natural <= TRIED_UP_TO {
        found.extend([(natural + 1).min(high), (natural - 1).max(low)]);
    }
    let mut unique = Vec::new();
    for groups in found {
        if !unique.contains(&groups) {
            unique.push(groups);
        }
    }
    unique
}

/// Decides by short trials; the number, and the evaluations spent.
pub(crate) fn decide(model: &Model, seed: u64, budget: u64) -> (u32, u64) {
    let candidates = candidates(model);
    if candidates.len() == 1 {
        return (candidates[0], 0);
    }
    let each = (budget / 20).max(1);
    let mut spent = 0;
    let mut best: Option<(u32, crate::state::Standing)> = None;
    for groups in candidates {
        let outcome = run(model, groups, seed, TRIAL, each);
        spent += outcome.spent;
        if best.is_none_or(|(_, standing)| outcome.standing.beats(standing)) {
            best = Some((groups, outcome.standing));
        }
    }
    (best.map_or(1, |(groups, _)| groups), spent)
}

/// The stream of random numbers of the trials, beyond those of the chains.
const TRIAL: u64 = 1 << 20;

/// The numbers of groups with which a rule can hold in every group.
fn needed(law: &Law, students: u32) -> (u32, u32) {
    match law {
        Law::Tally(law) => law.bounds(),
        Law::Relation(law) if law.sense() == Sense::Avoid => {
            // Everybody a student is to avoid needs a place elsewhere; a set of k students who
            // all avoid each other needs k groups.
            let clique = (0..students).map(|student| clique_at(law, student)).max();
            (clique.unwrap_or(1), u32::MAX)
        }
        _ => (1, u32::MAX),
    }
}

/// The size of a set of mutually related students around one, found greedily.
fn clique_at(law: &crate::law::Relation, student: u32) -> u32 {
    let mut clique = vec![student];
    for &(partner, _) in law.partners(student) {
        let related = |member: &u32| {
            law.partners(partner).binary_search_by_key(member, |other| other.0).is_ok()
        };
        if clique.iter().all(related) {
            clique.push(partner);
        }
    }
    clique.len() as u32
}
