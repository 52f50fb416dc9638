//! Every criterion's score and severity against a second reading of its definition, written for
//! clarity: whole groups, fractions instead of fixed point, nothing kept from one group to the next.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "the numbers are small"
)]

mod support;

use std::collections::BTreeSet;

use grouping::{Has, Problem, Rule, Values, Week, evaluate};
use proptest::prelude::*;
use support::{Dice, mixed, sizes};

/// Score (to be matched within `slack`) and severity.
struct Verdict {
    score: f64,
    severity: u32,
    slack: f64,
}

fn exactly(score: f64, severity: usize) -> Option<Verdict> {
    // Half a point for rounding to whole ones, a whole one for rounding down.
    Some(Verdict { score, severity: u32::try_from(severity).expect("few"), slack: 1.0 })
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn judge(problem: &Problem, rule: &Rule, group: &[u32]) -> Option<Verdict> {
    let has = |feature: usize, code: u16, student: u32| match &problem.features[feature].values {
        Values::Category(rows) => rows[student as usize] == Some(code),
        Values::Set(rows) => rows[student as usize].is_some_and(|set| set.0 >> code & 1 == 1),
        _ => panic!("no codes"),
    };
    let having = |feature: usize, codes: &[u16], among: &[u32]| {
        let any = |student: &&u32| codes.iter().any(|code| has(feature, *code, **student));
        among.iter().filter(any).count()
    };
    let pairs = group.len() * (group.len() - 1) / 2;
    let both = |a: &u32, b: &u32| group.contains(a) && group.contains(b);
    match rule {
        Rule::NeverAlone { feature, codes } => {
            let marks: Vec<Vec<Has>> =
                codes.iter().map(|&code| vec![Has { feature: *feature, code }]).collect();
            judge(problem, &Rule::NeverAloneMarked { marks }, group)
        }
        Rule::NeverAloneMarked { marks } => {
            let counts = marks.iter().map(|mark| {
                let all = |student: &&u32| mark.iter().all(|h| has(h.feature, h.code, **student));
                group.iter().filter(all).count()
            });
            let present: Vec<usize> = counts.filter(|count| *count > 0).collect();
            let alone = present.iter().filter(|count| **count == 1).count();
            let company = ratio(present.len() - alone, present.len());
            exactly(if present.is_empty() { 10_000.0 } else { 10_000.0 * company }, alone)
        }
        Rule::Cover { feature, codes, at_least } => {
            let wanted = *at_least as usize;
            let found = having(*feature, codes, group).min(wanted);
            exactly(10_000.0 * ratio(found, wanted), wanted - found)
        }
        Rule::AtMost { feature, codes, at_most } => {
            let allowed = *at_most as usize;
            let excess = having(*feature, codes, group).saturating_sub(allowed);
            let most = group.len().saturating_sub(allowed);
            exactly(10_000.0 * (1.0 - ratio(excess, most)), excess)
        }
        Rule::AsFew { feature, codes } | Rule::AsMany { feature, codes } => {
            let everybody: Vec<u32> = (0..problem.students).collect();
            let share = having(*feature, codes, &everybody) as f64 * group.len() as f64
                / everybody.len() as f64;
            let (down, up) = (share.floor() as usize, share.ceil() as usize);
            let found = having(*feature, codes, group);
            let (away, furthest, severity) = if matches!(rule, Rule::AsFew { .. }) {
                (found.saturating_sub(down), group.len() - down, found.saturating_sub(up))
            } else {
                (up.saturating_sub(found), up, down.saturating_sub(found))
            };
            // 1 + 2 + ... for each one away.
            let cost = |away: usize| (1..=away).sum::<usize>();
            exactly(10_000.0 * (1.0 - ratio(cost(away), cost(furthest))), severity)
        }
        Rule::Apart { sets } => {
            let together: usize = sets
                .iter()
                .map(|set| set.iter().filter(|student| group.contains(student)).count())
                .map(|inside| inside * inside.saturating_sub(1) / 2)
                .sum();
            exactly(10_000.0 * (1.0 - ratio(together, pairs)).max(0.0), together)
        }
        Rule::NotAgain { pairs: met, weights } => {
            let weight = |at: usize| weights.get(at).map_or(1, |weight| *weight as usize);
            let most = (0..met.len()).map(weight).max().unwrap_or(1);
            let again: usize = met
                .iter()
                .enumerate()
                .filter(|(_, (a, b))| both(a, b))
                .map(|(at, _)| weight(at))
                .sum();
            exactly(10_000.0 * (1.0 - ratio(again, most * pairs)).max(0.0), again)
        }
        Rule::Wishes { wanted, unwanted } => {
            let (mut content, mut unmet) = (0.0, 0);
            for student in group {
                let of = |wishes: &[(u32, u32)]| -> Vec<(bool, usize)> {
                    wishes
                        .iter()
                        .filter(|(who, _)| who == student)
                        .map(|&(who, partner)| {
                            let mutual = wishes.contains(&(partner, who));
                            (group.contains(&partner), 1 + usize::from(mutual))
                        })
                        .collect()
                };
                let (want, shun) = (of(wanted), of(unwanted));
                let mut possible: Vec<usize> = want.iter().map(|wish| wish.1).collect();
                possible.sort_unstable_by(|a, b| b.cmp(a));
                possible.truncate(problem.sizes.max as usize - 1);
                let all = possible.iter().chain(shun.iter().map(|wish| &wish.1)).sum();
                let met =
                    want.iter().filter(|wish| wish.0).chain(shun.iter().filter(|wish| !wish.0));
                let met: usize = met.map(|wish| wish.1).sum();
                content += if all == 0 { 1.0 } else { ratio(met, all) };
                unmet += possible.len() - want.iter().filter(|wish| wish.0).count();
                unmet += shun.iter().filter(|wish| wish.0).count();
            }
            exactly(10_000.0 * content / group.len() as f64, unmet)
        }
        Rule::Overlap { feature, min_common, min_length, slots_per_day } => {
            let Values::Slots(rows) = &problem.features[*feature].values else {
                panic!("no slots");
            };
            let weeks: Vec<Week> = group.iter().filter_map(|s| rows[*s as usize]).collect();
            if weeks.len() < group.len() {
                // What a silent member leaves is an estimate; see the unit tests.
                return None;
            }
            let grid = (usize::from(*min_length), usize::from(*slots_per_day));
            // Slots at which all but so many are free, in long enough runs.
            let free = |away: usize| {
                let needed = weeks.len() - away.min(weeks.len().saturating_sub(2));
                let free: BTreeSet<usize> = (0..192)
                    .filter(|slot| {
                        weeks.iter().filter(|week| week.slots().contains(&(*slot as u16))).count()
                            >= needed
                    })
                    .collect();
                in_runs(&free, grid).len()
            };
            let minimum = usize::from(*min_common);
            let (all, one, two) = (free(0), free(1), free(2));
            let score = if all >= minimum {
                8_000.0 + 2_000.0 * ratio(all - minimum, minimum).min(1.0)
            } else {
                let one = (one - all).min(minimum - all);
                let two = (two - free(1)).min(minimum - all - one);
                8_000.0 * (all as f64 + one as f64 / 4.0 + two as f64 / 16.0) / minimum as f64
            };
            exactly(score, minimum.saturating_sub(all))
        }
        Rule::Align { .. } | Rule::Mix { .. } | Rule::Balance { .. } | Rule::Together { .. } => {
            None
        }
    }
}

/// The slots in runs of at least so many in a row on one day, run by run.
fn in_runs(free: &BTreeSet<usize>, (length, per_day): (usize, usize)) -> BTreeSet<usize> {
    let mut kept = BTreeSet::new();
    let mut run: Vec<usize> = Vec::new();
    for slot in 0..=192 {
        let goes_on = free.contains(&slot)
            && run.last().is_none_or(|last| last + 1 == slot && last / per_day == slot / per_day);
        if !goes_on {
            if run.len() >= length {
                kept.extend(&run);
            }
            run.clear();
        }
        if free.contains(&slot) {
            run.push(slot);
        }
    }
    kept
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn g2_every_criterion_scores_as_it_is_defined(seed: u64, students in 4_u32..40) {
        let problem = mixed(seed, students, sizes(2, 3, 9));
        let mut dice = Dice(seed ^ 0x5eed);
        let mut left: Vec<u32> = (0..students).collect();
        let mut groups = Vec::new();
        while !left.is_empty() {
            let mut size = (2 + dice.roll(8) as usize).min(left.len());
            if left.len() - size == 1 {
                size -= 1;
            }
            if size < 2 {
                size = left.len();
            }
            groups.push((0..size).map(|_| left.remove(dice.roll(left.len() as u64) as usize)).collect::<Vec<u32>>());
        }
        let found = evaluate(&problem, &groups).expect("a partition");
        for (group, report) in found.groups.iter().zip(&found.reports) {
            for (criterion, scored) in problem.criteria.iter().zip(&report.criteria) {
                let Some(expected) = judge(&problem, &criterion.rule, group) else { continue };
                prop_assert!(
                    (f64::from(scored.score) - expected.score).abs() <= expected.slack,
                    "{:?}: {} instead of {}", criterion.rule, scored.score, expected.score
                );
                prop_assert_eq!(scored.severity, expected.severity, "{:?}", criterion.rule);
            }
        }
    }
}
