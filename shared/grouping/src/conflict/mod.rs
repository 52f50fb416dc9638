//! Why must rules cannot all hold, and what giving one up buys.
//!
//! First what counting proves (`obstacle`): nine who qualify cannot be in ten groups. What is
//! left is narrowed down by search: a rule without which the others still cannot be kept is no
//! part of the conflict, and is left out for good (the deletion filter). What remains is
//! minimal: without any one of its rules, groups were found that keep the others.

mod filter;
mod obstacle;

use serde::{Deserialize, Serialize};

pub use obstacle::Obstacle;

use crate::bound::exact;
use crate::chain::improve;
use crate::model::Model;
use crate::report::{Progress, report};
use crate::solve::{groups_of, search, solve};
use crate::state::Standing;
use crate::{Error, Hardness, Options, Problem, Rule, Solution};
use filter::Filter;

/// A minimal set of must rules that cannot all hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conflict {
    /// The rules, in the order of the problem's criteria.
    pub rules: Vec<Contender>,
    /// How sure it is.
    pub certainty: Certainty,
    /// The counting argument, if it is one.
    pub obstacle: Option<Obstacle>,
}

/// A rule in a conflict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contender {
    /// The criterion's id.
    pub criterion: String,
    /// The groups of the solution that break it.
    pub broken_in: u32,
    /// The students it touches: who counts for a rule about numbers, who is named by a rule
    /// about persons and sits where it is broken, all members where another rule is broken.
    /// Ascending.
    pub students: Vec<u32>,
    /// What is found when it is no must.
    pub relaxed: Relaxed,
}

/// The best found with one rule made a should rule of the same weight, all else as it was, so
/// that the objective compares with the solution's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relaxed {
    /// The number of must rules broken then, counted per group.
    pub must_broken: u32,
    /// The objective then, in thousandths of a point.
    pub objective: u32,
}

/// How sure a conflict is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// No groups keep these rules: by counting, or because all assignments were looked through.
    Proven,
    /// The search found no groups that keep these rules; there may be some.
    Found,
}

/// What a closer look at broken must rules finds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conflicts {
    /// Minimal sets of rules that cannot all hold; no rule is in two of them, and without all of
    /// these rules the others can hold (at most [`MOST_CONFLICTS`] sets).
    pub found: Vec<Conflict>,
    /// Groups that keep every must rule, if the closer look found some after all.
    pub kept: Option<Vec<Vec<u32>>>,
}

/// Finds groups as [`solve`](crate::solve) does and, where they break must rules, tells why. If the
/// closer look finds groups that keep every must rule after all, it goes on from these and there
/// is no conflict to tell.
pub fn solve_or_explain(
    problem: &Problem,
    options: &Options,
) -> Result<(Solution, Conflicts), Error> {
    let first = solve(problem, options)?;
    let conflicts = conflicts(problem, &first, options)?;
    let Some(kept) = conflicts.kept else { return Ok((first, conflicts)) };
    let model = Model::new(problem)?;
    let best = improve(&model, &kept, options.seed, options.budget, options.clock);
    let groups = groups_of(&best.home, kept.len() as u32);
    let better = report(problem, &model, groups);
    let evaluations = first.evaluations + best.spent;
    let mut progress = first.progress;
    progress.push(Progress { evaluations, must_cost: 0, objective: better.objective });
    let stopped_early = first.stopped_early || best.stopped;
    let solution = Solution { bound: first.bound, evaluations, progress, stopped_early, ..better };
    Ok((solution, Conflicts::default()))
}

/// So many conflicts are told; more do not help anybody.
pub const MOST_CONFLICTS: usize = 4;

/// Looks into the must rules that a solution breaks; nothing is found, and no time is spent, if
/// it breaks none. Takes about as long as a search with the same options, whatever a clock says.
pub fn conflicts(
    problem: &Problem,
    solution: &Solution,
    options: &Options,
) -> Result<Conflicts, Error> {
    let model = Model::new(problem)?;
    let mut told = Conflicts::default();
    if solution.must_broken == 0 {
        return Ok(told);
    }
    let mut musts: Vec<usize> = (0..problem.criteria.len())
        .filter(|&index| problem.criteria[index].hardness == Hardness::Must)
        .collect();
    let rounds = (musts.len() + 2) as u64 * 2;
    // A search cut short proves nothing: the clock has no say here.
    let options = &Options { clock: None, ..*options };
    let attempt = Options { budget: share(options.budget, rounds), ..*options };
    let filter = Filter { problem, options: attempt, exact: options.budget };
    let mut sets: Vec<(Vec<usize>, Certainty, Option<Obstacle>)> = Vec::new();
    while sets.len() < MOST_CONFLICTS {
        let Some((rules, obstacle)) = obstacle::find(problem, &model, &musts) else { break };
        musts.retain(|rule| !rules.contains(rule));
        sets.push((rules, Certainty::Proven, Some(obstacle)));
    }
    while sets.len() < MOST_CONFLICTS {
        // Rules that the solution keeps are tried without first, so that a broken one stays.
        musts.sort_by_key(|&rule| (broken_in(problem, solution, rule), rule));
        match filter.minimal(&musts)? {
            filter::Outcome::Kept(groups) => {
                if sets.is_empty() {
                    told.kept = Some(groups);
                }
                break;
            }
            filter::Outcome::Conflict(rules, certainty) => {
                musts.retain(|rule| !rules.contains(rule));
                sets.push((rules, certainty, None));
            }
        }
    }
    let contenders = sets.iter().map(|(rules, ..)| rules.len() as u64).sum::<u64>();
    let options = Options { budget: share(options.budget, 2 * contenders), ..*options };
    for (mut rules, certainty, obstacle) in sets {
        rules.sort_unstable();
        let rules = rules.into_iter().map(|rule| contender(problem, solution, &options, rule));
        told.found.push(Conflict { rules: rules.collect::<Result<_, _>>()?, certainty, obstacle });
    }
    Ok(told)
}

fn share(budget: u64, parts: u64) -> u64 {
    (budget / parts.max(1)).max(1_000)
}

/// The groups of a solution that break a rule.
fn broken_in(problem: &Problem, solution: &Solution, rule: usize) -> u32 {
    let id = &problem.criteria[rule].id;
    let breaks = |broken: &crate::BrokenRule| broken.criterion == *id;
    solution.reports.iter().filter(|report| report.must_broken.iter().any(breaks)).count() as u32
}

fn contender(
    problem: &Problem,
    solution: &Solution,
    options: &Options,
    rule: usize,
) -> Result<Contender, Error> {
    let mut relaxed = problem.clone();
    relaxed.criteria[rule].hardness = Hardness::Should;
    let model = Model::new(&relaxed)?;
    let found = search(&model, options)?;
    let mut standing = found.best.standing;
    let mut groups = groups_of(&found.best.home, found.groups);
    // The groups at hand may be better than what a part of the budget finds.
    let at_hand = standing_of(&model, &solution.groups);
    if at_hand.beats(standing) {
        standing = at_hand;
        groups.clone_from(&solution.groups);
    }
    if let Some(optimum) = exact(&model, options.budget)
        && optimum.standing.beats(standing)
    {
        standing = optimum.standing;
        groups = optimum.groups;
    }
    Ok(Contender {
        criterion: problem.criteria[rule].id.clone(),
        broken_in: broken_in(problem, solution, rule),
        students: students(problem, solution, rule),
        relaxed: Relaxed {
            must_broken: model.broken_rules(&groups),
            objective: crate::report::objective(&model, standing),
        },
    })
}

fn standing_of(model: &Model, groups: &[Vec<u32>]) -> Standing {
    let verdicts: Vec<(i64, i64)> = groups.iter().map(|group| model.judge_group(group)).collect();
    let sum: i64 = verdicts.iter().map(|verdict| verdict.0).sum();
    let least = verdicts.iter().map(|verdict| verdict.0).min().unwrap_or(0);
    let count = groups.len() as i64;
    Standing {
        cost: verdicts.iter().map(|verdict| verdict.1).sum(),
        value: (1000 - model.worst) * sum + model.worst * count * least,
        groups: count,
    }
}

/// Whom a rule touches.
fn students(problem: &Problem, solution: &Solution, rule: usize) -> Vec<u32> {
    let criterion = &problem.criteria[rule];
    let broken: Vec<&[u32]> = solution
        .groups
        .iter()
        .zip(&solution.reports)
        .filter(|(_, report)| report.must_broken.iter().any(|b| b.criterion == criterion.id))
        .map(|(group, _)| group.as_slice())
        .collect();
    let together =
        |a: u32, b: u32| broken.iter().any(|group| group.contains(&a) && group.contains(&b));
    let everybody = || 0..problem.students;
    let mut found: Vec<u32> = match &criterion.rule {
        Rule::Cover { feature, codes, .. } | Rule::AtMost { feature, codes, .. } => {
            let has = crate::law::counted(&problem.features[*feature].values, codes);
            everybody().filter(|&student| has[student as usize]).collect()
        }
        Rule::Apart { sets } => sets
            .iter()
            .flat_map(|set| {
                set.iter().copied().filter(|&a| set.iter().any(|&b| a != b && together(a, b)))
            })
            .collect(),
        Rule::Together { sets } => sets
            .iter()
            .filter(|set| {
                !solution.groups.iter().any(|group| set.iter().all(|s| group.contains(s)))
            })
            .flatten()
            .copied()
            .collect(),
        Rule::NotAgain { pairs, .. } => {
            pairs.iter().filter(|&&(a, b)| together(a, b)).flat_map(|&(a, b)| [a, b]).collect()
        }
        _ => broken.concat(),
    };
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests;
