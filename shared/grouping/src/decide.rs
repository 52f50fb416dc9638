//! How many groups: what the sizes allow, what the rules need, and short trials between the two.

use crate::chain::{Outcome, run};
use crate::law::{Law, Relation, Sense};
use crate::model::Model;
use crate::stop::Clock;

/// Above so many groups one more or less changes too little to be worth a trial.
const TRIED_UP_TO: u32 = 60;

/// The numbers of groups worth trying, the most likely first.
pub(crate) fn candidates(model: &Model) -> Vec<u32> {
    let (low, high) = model.group_counts();
    let preferred = model.sizes.preferred;
    let natural = ((model.seated() + preferred / 2) / preferred).clamp(low, high);
    let mut found = vec![natural];
    for only_must in [true, false] {
        let (mut least, mut most) = (low, high);
        for rule in &model.rules {
            if rule.is_must() || rule.binds() && !only_must {
                let (at_least, at_most) = needed(&rule.law, model.seated());
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

/// Decides by trials: a short one of each candidate, a longer one of the best two. Gives the
/// best outcome of its number of groups, and the evaluations spent; nothing if there is no
/// choice.
pub(crate) fn decide(
    model: &Model,
    seed: u64,
    budget: u64,
    clock: Option<Clock<'_>>,
) -> (u32, Option<Outcome>, u64) {
    let mut candidates = candidates(model);
    if candidates.len() == 1 {
        return (candidates[0], None, 0);
    }
    let mut spent = 0;
    let mut outcomes: Vec<(u32, Outcome)> = Vec::new();
    let trials = if model.students <= SMALL {
        [(TRIAL, 2 * candidates.len() as u64), (TRIAL + 1, 6)]
    } else {
        [(TRIAL, 30), (TRIAL + 1, 15)]
    };
    for (stream, part) in trials {
        for &groups in &candidates {
            let outcome = run(model, groups, (seed, stream), (budget / part).max(1), clock);
            spent += outcome.spent;
            outcomes.push((groups, outcome));
        }
        // Stable, so that of equals the likelier number comes first.
        outcomes.sort_by(|(_, a), (_, b)| {
            let better = |a: &Outcome, b: &Outcome| a.standing.beats(b.standing);
            better(b, a).cmp(&better(a, b))
        });
        candidates = Vec::new();
        for &(groups, _) in &outcomes {
            if !candidates.contains(&groups) && candidates.len() < 2 {
                candidates.push(groups);
            }
        }
    }
    let (groups, best) = outcomes.swap_remove(0);
    (groups, Some(best), spent)
}

/// Up to so many students the number of groups matters more than the last refinement.
const SMALL: u32 = 24;

/// The first stream of random numbers of the trials, beyond those of the chains.
const TRIAL: u64 = 1 << 20;

/// The numbers of groups with which a rule can hold in every group.
pub(crate) fn needed(law: &Law, students: u32) -> (u32, u32) {
    match law {
        Law::Tally(law) => law.bounds(students),
        Law::Relation(law) if law.sense() == Sense::Avoid => {
            // Everybody a student is to avoid needs a place elsewhere; a set of k students who
            // all avoid each other needs k groups. Looking around the busiest is enough.
            (clique(law, students).len().max(1) as u32, u32::MAX)
        }
        _ => (1, u32::MAX),
    }
}

/// A large set of mutually related students, found greedily around each of the busiest.
pub(crate) fn clique(law: &Relation, students: u32) -> Vec<u32> {
    let mut busiest: Vec<u32> = (0..students).collect();
    busiest.sort_by_key(|&student| std::cmp::Reverse(law.partners(student).len()));
    busiest.truncate(16);
    let found = busiest.into_iter().map(|student| clique_at(law, student));
    found.max_by_key(Vec::len).unwrap_or_default()
}

/// A set of mutually related students around one.
fn clique_at(law: &Relation, student: u32) -> Vec<u32> {
    let mut clique = vec![student];
    for &(partner, _) in law.partners(student) {
        let related = |member: &u32| {
            law.partners(partner).binary_search_by_key(member, |other| other.0).is_ok()
        };
        if clique.iter().all(related) {
            clique.push(partner);
        }
    }
    clique
}
