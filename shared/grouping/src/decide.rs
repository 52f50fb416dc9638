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

/// Decides by trials: a short one of each candidate, a longer one of the best two; where these
/// break must rules, short ones of other numbers, so that no rule is given up for the number
/// alone. Gives the best outcome of its number of groups, and the evaluations spent; nothing if
/// there is no choice.
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
    let (low, high) = model.group_counts();
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
        best_first(&mut outcomes);
        candidates = Vec::new();
        for &(groups, _) in &outcomes {
            if !candidates.contains(&groups) && candidates.len() < 2 {
                candidates.push(groups);
            }
        }
    }
    let others = if outcomes[0].1.standing.cost > 0 { OTHERS } else { 0 };
    for _ in 0..others {
        let best = outcomes[0].0;
        let tried: Vec<u32> = outcomes.iter().map(|(groups, _)| *groups).collect();
        let Some(groups) = untried(&tried, best, low, high) else { break };
        let outcome = run(model, groups, (seed, TRIAL), (budget / 30).max(1), clock);
        spent += outcome.spent;
        outcomes.push((groups, outcome));
        best_first(&mut outcomes);
    }
    let (groups, best) = outcomes.swap_remove(0);
    (groups, Some(best), spent)
}

/// Stable, so that of equals the likelier number comes first.
fn best_first(outcomes: &mut [(u32, Outcome)]) {
    outcomes.sort_by(|(_, a), (_, b)| {
        let better = |a: &Outcome, b: &Outcome| a.standing.beats(b.standing);
        better(b, a).cmp(&better(a, b))
    });
}

/// A number of groups not tried yet: the ends, then the middle of the wider gap beside the best.
fn untried(tried: &[u32], best: u32, low: u32, high: u32) -> Option<u32> {
    if let Some(end) = [high, low].into_iter().find(|end| !tried.contains(end)) {
        return Some(end);
    }
    let below = tried.iter().copied().filter(|&groups| groups < best).max().unwrap_or(best);
    let above = tried.iter().copied().filter(|&groups| groups > best).min().unwrap_or(best);
    let (from, to) = if best - below > above - best { (below, best) } else { (best, above) };
    (to - from > 1).then(|| from + (to - from) / 2)
}

/// Other numbers tried where must rules are broken.
const OTHERS: usize = 8;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::{criterion, feature, overlap, sizes};
    use crate::{Hardness, Options, Problem, Values, Week, solve};

    #[test]
    fn g2_a_must_rule_is_not_given_up_for_the_number_of_groups() {
        // Twelve pairs, each with an hour of its own: only groups of two can meet.
        let free = (0..24_u16).map(|student| Week::from_slots([student / 2 * 3]));
        let problem = Problem {
            students: 24,
            sizes: sizes(2, 4, 5),
            features: vec![feature("free", Values::Slots(free.collect()))],
            criteria: vec![criterion("can meet", 1, Hardness::Must, overlap(0, 1))],
            worst_weight: 250,
        };
        let options = Options {
            seed: 1,
            budget: 100_000,
            threads: 1,
            restarts: None,
            ..Options::for_students(24, 1)
        };
        let solution = solve(&problem, &options).expect("valid");
        assert_eq!((solution.must_broken, solution.groups.len()), (0, 12));
    }

    #[test]
    fn every_number_near_the_best_is_tried_once() {
        let mut tried = vec![6];
        while let Some(groups) = untried(&tried, 6, 3, 12) {
            assert!(!tried.contains(&groups));
            tried.push(groups);
        }
        assert_eq!(tried, [6, 12, 3, 9, 7, 4, 5]);
    }
}
