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

/// Score, to be met to within a point for rounding, and severity.
type Verdict = (f64, usize);

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// The verdict on a group; nothing for rules that are judged elsewhere.
fn judge(problem: &Problem, rule: &Rule, group: &[u32]) -> Option<Verdict> {
    let everybody: Vec<u32> = (0..problem.students).collect();
    let inside = |a: u32, b: u32| group.contains(&a) && group.contains(&b);
    let pairs = group.len() * (group.len() - 1) / 2;
    let having = |feature, codes: &[u16], among: &[u32]| {
        let any = |student: &&u32| {
            codes.iter().any(|&code| has(problem, Has { feature, code }, **student))
        };
        among.iter().filter(any).count()
    };
    Some(match rule {
        Rule::NeverAlone { feature, codes } => {
            let mark = |&code: &u16| vec![Has { feature: *feature, code }];
            company(problem, &codes.iter().map(mark).collect::<Vec<_>>(), group)
        }
        Rule::NeverAloneMarked { marks } => company(problem, marks, group),
        Rule::Cover { feature, codes, at_least } => {
            let wanted = *at_least as usize;
            let found = having(*feature, codes, group).min(wanted);
            (10_000.0 * ratio(found, wanted), wanted - found)
        }
        Rule::AtMost { feature, codes, at_most } => {
            let allowed = *at_most as usize;
            let excess = having(*feature, codes, group).saturating_sub(allowed);
            let most = group.len().saturating_sub(allowed);
            (10_000.0 * (1.0 - ratio(excess, most)), excess)
        }
        Rule::AsFew { feature, codes } | Rule::AsMany { feature, codes } => {
            let of = ratio(group.len(), everybody.len());
            let share = having(*feature, codes, &everybody) as f64 * of;
            let found = having(*feature, codes, group);
            fair(share, found, group.len(), matches!(rule, Rule::AsFew { .. }))
        }
        Rule::Apart { sets } => {
            let among = |set: &Vec<u32>| set.iter().filter(|s| group.contains(s)).count();
            let close: usize =
                sets.iter().map(among).map(|count| count * count.saturating_sub(1) / 2).sum();
            (10_000.0 * (1.0 - ratio(close, pairs)).max(0.0), close)
        }
        Rule::NotAgain { pairs: met, weights } => {
            let weight = |at: usize| weights.get(at).map_or(1, |weight| *weight as usize);
            let most = (0..met.len()).map(weight).max().unwrap_or(1);
            let again = (0..met.len()).filter(|&at| inside(met[at].0, met[at].1)).map(weight).sum();
            (10_000.0 * (1.0 - ratio(again, most * pairs)).max(0.0), again)
        }
        Rule::Wishes { wanted, unwanted } => {
            contentment(wanted, unwanted, problem.sizes.max as usize, group)
        }
        Rule::Overlap { feature, min_common, min_length, slots_per_day } => {
            let Values::Slots(rows) = &problem.features[*feature].values else {
                panic!("no slots");
            };
            let weeks: Option<Vec<Week>> = group.iter().map(|s| rows[*s as usize]).collect();
            // What a silent member leaves is an estimate; see the tests of missing answers.
            let grid = (usize::from(*min_length), usize::from(*slots_per_day));
            meetings(&weeks?, usize::from(*min_common), grid)
        }
        Rule::Align { .. } | Rule::Mix { .. } | Rule::Balance { .. } | Rule::Together { .. } => {
            return None;
        }
    })
}

fn has(problem: &Problem, has: Has, student: u32) -> bool {
    match &problem.features[has.feature].values {
        Values::Category(rows) => rows[student as usize] == Some(has.code),
        Values::Set(rows) => rows[student as usize].is_some_and(|set| set.0 >> has.code & 1 == 1),
        _ => panic!("no codes"),
    }
}

fn company(problem: &Problem, marks: &[Vec<Has>], group: &[u32]) -> Verdict {
    let counts = marks.iter().map(|mark| {
        let all = |student: &&u32| mark.iter().all(|&one| has(problem, one, **student));
        group.iter().filter(all).count()
    });
    let present: Vec<usize> = counts.filter(|count| *count > 0).collect();
    let alone = present.iter().filter(|count| **count == 1).count();
    let score = 1.0 - ratio(alone, present.len());
    (10_000.0 * score, alone)
}

fn fair(share: f64, found: usize, size: usize, few: bool) -> Verdict {
    // A share that is whole but for rounding of fractions is whole.
    let whole = if (share - share.round()).abs() < 1e-9 { share.round() } else { share };
    let (down, up) = (whole.floor() as usize, whole.ceil() as usize);
    let (away, furthest, severity) = if few {
        (found.saturating_sub(down), size - down, found.saturating_sub(up))
    } else {
        (up.saturating_sub(found), up, down.saturating_sub(found))
    };
    let cost = |away: usize| (1..=away).sum::<usize>();
    (10_000.0 * (1.0 - ratio(cost(away), cost(furthest))), severity)
}

fn contentment(
    wanted: &[(u32, u32)],
    unwanted: &[(u32, u32)],
    max: usize,
    group: &[u32],
) -> Verdict {
    let (mut content, mut unmet) = (0.0, 0);
    for &student in group {
        // (present, weight) of each of this student's wishes.
        let of = |wishes: &[(u32, u32)]| -> Vec<(bool, usize)> {
            let mine = wishes.iter().filter(|(who, _)| *who == student);
            mine.map(|&(who, partner)| {
                let mutual = wishes.contains(&(partner, who));
                (group.contains(&partner), 1 + usize::from(mutual))
            })
            .collect()
        };
        let (want, shun) = (of(wanted), of(unwanted));
        let mut possible: Vec<usize> = want.iter().map(|wish| wish.1).collect();
        possible.sort_unstable_by(|a, b| b.cmp(a));
        possible.truncate(max - 1);
        let all: usize = possible.iter().chain(shun.iter().map(|wish| &wish.1)).sum();
        let met = want.iter().filter(|wish| wish.0).chain(shun.iter().filter(|wish| !wish.0));
        let met: usize = met.map(|wish| wish.1).sum();
        content += if all == 0 { 1.0 } else { ratio(met, all) };
        unmet += possible.len() - want.iter().filter(|wish| wish.0).count();
        unmet += shun.iter().filter(|wish| wish.0).count();
    }
    (10_000.0 * content / group.len() as f64, unmet)
}

fn meetings(weeks: &[Week], minimum: usize, grid: (usize, usize)) -> Verdict {
    // Slots at which all but so many are free, in long enough runs; a meeting needs two.
    let free = |away: usize| {
        let needed = weeks.len() - away.min(weeks.len().saturating_sub(2));
        let there =
            |slot: u16| weeks.iter().filter(|week| week.slots().contains(&slot)).count() >= needed;
        in_runs(&(0..192_u16).filter(|&slot| there(slot)).map(usize::from).collect(), grid).len()
    };
    let (all, but_one, but_two) = (free(0), free(1), free(2));
    let short = minimum.saturating_sub(all);
    if short == 0 {
        return (8_000.0 + 2_000.0 * ratio(all - minimum, minimum).min(1.0), 0);
    }
    let one = (but_one - all).min(short);
    let two = (but_two - but_one).min(short - one);
    let near = all as f64 + one as f64 / 4.0 + two as f64 / 16.0;
    (8_000.0 * near / minimum as f64, short)
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
        let mut groups: Vec<Vec<u32>> = Vec::new();
        while !left.is_empty() {
            // Two to nine, without leaving a last one alone.
            let most = if left.len() > 10 { 9 } else { left.len().saturating_sub(2).max(2) };
            let size = (2 + dice.roll(most as u64 - 1) as usize).min(left.len());
            let size = if left.len() < 4 { left.len() } else { size };
            let take = |_| left.remove(dice.roll(left.len() as u64) as usize);
            groups.push((0..size).map(take).collect());
        }
        let found = evaluate(&problem, &groups).expect("a partition");
        for (group, report) in found.groups.iter().zip(&found.reports) {
            for (criterion, scored) in problem.criteria.iter().zip(&report.criteria) {
                let Some((score, severity)) = judge(&problem, &criterion.rule, group) else {
                    continue;
                };
                prop_assert!(
                    (f64::from(scored.score) - score).abs() <= 1.0,
                    "{:?}: {} instead of {score}", criterion.rule, scored.score
                );
                prop_assert_eq!(scored.severity as usize, severity, "{:?}", criterion.rule);
            }
        }
    }
}
