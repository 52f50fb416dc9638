//! Several rounds of groups, planned together so that nobody meets the same partner twice while
//! that is possible.
//!
//! # The order of what counts
//!
//! 1. Must rules, as in [`solve`](crate::solve), over all rounds.
//! 2. Repeats: a pair of students who are together in a round and were before, in an earlier
//!    round of the plan or among the past pairs. Each later time counts one.
//! 3. The objectives of all rounds.
//!
//! If the problem has a must criterion of the kind *not again*, a repeat weighs as much as a
//! broken must rule and both are one step. Sizes always hold.
//!
//! # How
//!
//! While there is much room the rounds are annealed together, first for rules and repeats, then
//! for the score without giving up what was reached. Where room is tight, rounds without repeats
//! come from a design, in which the students are then placed for the best score: who stands
//! where is free, since a design stays one whoever its points are.

mod abelian;
mod design;
mod develop;
mod met;
mod search;
mod starter;

use serde::{Deserialize, Serialize};

use self::met::Met;
use self::search::Table;
use crate::decide::decide;
use crate::draw::Draw;
use crate::model::Model;
use crate::report::report;
use crate::{Error, Hardness, MAX_PAIRS, MAX_ROUNDS, Options, Problem, Rule, Solution};

/// A plan of rounds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    /// In the order in which they take place.
    pub rounds: Vec<Round>,
    /// Repeats over all rounds.
    pub repeats: u32,
    /// No plan has more rounds without a repeat than this, since everybody has only so many
    /// partners left. Often fewer are possible.
    pub at_most: u32,
}

/// One round of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Round {
    /// The groups with all that is known of them. Past pairs count in its scores only where a
    /// criterion of the problem names them.
    pub solution: Solution,
    /// Pairs who meet again, ascending.
    pub repeats: Vec<Repeat>,
}

/// Two students who meet again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    /// One student.
    pub a: u32,
    /// The other, with the higher index.
    pub b: u32,
    /// How often they have been together before.
    pub before: u32,
}

/// The pairs of students who are together in these groups, for the past of a later plan.
pub fn pairs_of(groups: &[Vec<u32>]) -> Vec<(u32, u32)> {
    let pairs = |group: &Vec<u32>| {
        let mut pairs = Vec::with_capacity(group.len() * group.len() / 2);
        for (i, &a) in group.iter().enumerate() {
            pairs.extend(group[i + 1..].iter().map(|&b| (a.min(b), a.max(b))));
        }
        pairs
    };
    groups.iter().flat_map(pairs).collect()
}

/// Plans so many rounds at once, after those in which the past pairs have met (see
/// [`pairs_of`]); a pair given several times has met several times. Rounds that took place or
/// were published are kept by giving their pairs as past and planning only what follows. The
/// budget is shared by all rounds, about equally; no clock is asked.
pub fn plan_rounds(
    problem: &Problem,
    past: &[(u32, u32)],
    rounds: u32,
    options: &Options,
) -> Result<Rotation, Error> {
    let model = Model::new(problem)?;
    if options.budget == 0 {
        return Err(Error::NoBudget);
    }
    if !(1..=MAX_ROUNDS).contains(&rounds) {
        return Err(Error::RoundsOutOfRange { rounds });
    }
    let met = past_met(problem, past)?;
    let (groups, _, tried) = decide(&model, options.seed, options.budget / 10, None);
    let budget = options.budget.saturating_sub(tried).max(1);
    let again = problem.criteria.iter().any(|criterion| {
        criterion.hardness == Hardness::Must && matches!(criterion.rule, Rule::NotAgain { .. })
    });
    let plan = Plan { model: &model, met: &met, groups, rounds, again, seed: options.seed };
    let table = plan.best(budget);
    Ok(plan.report(problem, &table, at_most(problem, &model, &met)))
}

fn past_met(problem: &Problem, past: &[(u32, u32)]) -> Result<Met, Error> {
    if past.len() as u64 > MAX_PAIRS {
        return Err(Error::PastTooLong { pairs: past.len() as u64 });
    }
    let mut met = Met::new(problem.students);
    for &(a, b) in past {
        if a == b || a >= problem.students || b >= problem.students {
            return Err(Error::PastPair { first: a, second: b });
        }
        met.add(a, b);
    }
    Ok(met)
}

/// The most rounds without a repeat: as long as everybody has partners left for a smallest
/// group, and all together pairs for a round of the smallest groups.
fn at_most(problem: &Problem, model: &Model, past: &Met) -> u32 {
    let students = problem.students;
    let each = (0..students).map(|s| (students - 1 - past.partners(s)) / (model.sizes.min - 1));
    let pairs = |size: usize| (size * (size - 1) / 2) as u64;
    let (_, most) = model.group_counts();
    let round: u64 = design::even_sizes(students, most).into_iter().map(pairs).sum();
    let known: u64 = (0..students).map(|s| u64::from(past.partners(s))).sum::<u64>() / 2;
    let all = (pairs(students as usize) - known) / round;
    each.min().unwrap_or(0).min(all as u32)
}

/// The rounds in such an order that repeats come late: next is always the one that repeats least
/// of what came before, from the first that makes the longest start without a repeat.
fn in_order(mut rounds: Vec<Vec<Vec<u32>>>, past: &Met) -> Vec<Vec<Vec<u32>>> {
    let pairs: Vec<Vec<(u32, u32)>> = rounds.iter().map(|groups| pairs_of(groups)).collect();
    let count = rounds.len();
    let again = |pairs: &Vec<(u32, u32)>, met: &Met| {
        pairs.iter().filter(|&&(a, b)| met.times(a, b) > 0).count()
    };
    let with_past: Vec<usize> = pairs.iter().map(|pairs| again(pairs, past)).collect();
    let mut shared = vec![0; count * count];
    for (i, mine) in pairs.iter().enumerate() {
        let mut met = Met::new(past.students());
        for &(a, b) in mine {
            met.add(a, b);
        }
        for (j, theirs) in pairs.iter().enumerate() {
            shared[i * count + j] = again(theirs, &met);
        }
    }
    let order_from = |first: usize| {
        let mut weight = with_past.clone();
        let mut left: Vec<usize> = (0..count).collect();
        let mut order = Vec::with_capacity(count);
        let (mut next, mut clean, mut still) = (first, 0, true);
        loop {
            still &= weight[next] == 0;
            clean += usize::from(still);
            order.push(next);
            left.retain(|&round| round != next);
            for &round in &left {
                weight[round] += shared[next * count + round];
            }
            match left.iter().min_by_key(|&&round| weight[round]) {
                Some(&round) => next = round,
                None => return (clean, order),
            }
        }
    };
    let best =
        (0..count).map(order_from).reduce(|best, next| if next.0 > best.0 { next } else { best });
    let order = best.map_or(Vec::new(), |best| best.1);
    order.into_iter().map(|round| std::mem::take(&mut rounds[round])).collect()
}

/// What is asked for.
struct Plan<'p> {
    model: &'p Model,
    met: &'p Met,
    groups: u32,
    rounds: u32,
    /// Whether a repeat breaks a must rule.
    again: bool,
    seed: u64,
}

/// A share of all partners used by the rounds from which room is called tight.
const TIGHT: f64 = 0.5;

/// Steps of the search for a design per evaluation of the budget: they are much cheaper.
const STEPS: u64 = 50;

impl<'p> Plan<'p> {
    /// The better of two ways, the likelier one first and often alone.
    fn best(&self, budget: u64) -> Table<'p> {
        let size = f64::from(self.model.students) / f64::from(self.groups);
        let partners = f64::from(self.model.students - 1);
        let tight = f64::from(self.rounds) * (size - 1.0) > TIGHT * partners;
        let mut best: Option<Table<'p>> = None;
        for designed in [tight, !tight] {
            let found = if designed { self.designed(budget) } else { Some(self.free(budget)) };
            if let Some(found) = found
                && best.as_ref().is_none_or(|best| found.rank() < best.rank())
            {
                best = Some(found);
            }
            if best.as_ref().is_some_and(Table::flawless) {
                break;
            }
        }
        best.unwrap_or_else(|| self.free(budget))
    }

    /// All rounds from a constructive start each.
    fn free(&self, budget: u64) -> Table<'p> {
        let mut draw = Draw::new(self.seed, (1 << 41) | u64::from(self.rounds));
        let mut table = Table::new(self.model, self.met, self.again);
        for _ in 0..self.rounds {
            table.construct(self.groups, &mut draw);
        }
        if self.groups > 1 {
            let spent = table.settle(0, budget / 2, &mut draw);
            table.polish(budget - spent, &mut draw);
        }
        table
    }

    /// Rounds of a design, and those it lacks from a constructive start.
    fn designed(&self, budget: u64) -> Option<Table<'p>> {
        let (students, sizes) = (self.model.students, self.model.sizes);
        let rounds = design::rounds(students, self.groups, sizes, self.rounds, budget * STEPS);
        if rounds.len() < 2 {
            return None;
        }
        let mut draw = Draw::new(self.seed, (1 << 42) | u64::from(self.rounds));
        let mut table = Table::new(self.model, self.met, self.again);
        let mut who: Vec<u32> = (0..students).collect();
        draw.shuffle(&mut who);
        for round in &rounds {
            table.lay(round, &who);
        }
        table.permute(budget / 2, &mut draw);
        let first = rounds.len();
        for _ in first..self.rounds as usize {
            table.construct(self.groups, &mut draw);
        }
        table.settle(first, budget / 4, &mut draw);
        table.polish(budget / 4, &mut draw);
        Some(table)
    }

    fn report(&self, problem: &Problem, table: &Table<'_>, at_most: u32) -> Rotation {
        let mut met = self.met.clone();
        let mut plan = Rotation { rounds: Vec::new(), repeats: 0, at_most };
        for groups in in_order(table.groups().collect(), self.met) {
            let mut pairs = pairs_of(&groups);
            pairs.sort_unstable();
            let mut repeats = Vec::new();
            for &(a, b) in &pairs {
                let before = u32::from(met.times(a, b));
                if before > 0 {
                    repeats.push(Repeat { a, b, before });
                }
                met.add(a, b);
            }
            plan.repeats += repeats.len() as u32;
            plan.rounds.push(Round { solution: report(problem, self.model, groups), repeats });
        }
        plan
    }
}
