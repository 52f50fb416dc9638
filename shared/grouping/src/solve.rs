//! The entry points.

use std::fmt;

use rayon::prelude::*;

use crate::bound::{Beyond, beyond, estimate};
use crate::chain::{Outcome, run};
use crate::decide::decide;
use crate::model::Model;
use crate::report::{CommonSlots, Progress, Solution, objective, report, shared_slots};
use crate::stop::Clock;
use crate::{Error, Problem};

/// How to search. The same problem, seed, budget and restarts give the same solution whatever
/// the number of threads, unless a clock ends the search.
#[derive(Clone, Copy)]
pub struct Options<'c> {
    /// Chooses among equally likely searches; store it with the result.
    pub seed: u64,
    /// The number of changes judged, over all chains; about two million take a second on one
    /// core with eight criteria. Where many students are judged together, 24 count as one, as
    /// they take as long.
    pub budget: u64,
    /// The threads that run the chains; 0: one per core.
    pub threads: usize,
    /// The number of independent chains that share the budget, at most 1024; absent: as suits
    /// students and budget.
    pub restarts: Option<u32>,
    /// Ends the search where it stands once the time allowed has passed, whatever is left of the
    /// budget; asked every few thousand evaluations. A guard, not a way to set the time: a
    /// search cut short has not cooled down. As long as it does not strike, it changes nothing.
    pub clock: Option<Clock<'c>>,
}

impl fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("seed", &self.seed)
            .field("budget", &self.budget)
            .field("threads", &self.threads)
            .field("restarts", &self.restarts)
            .field("clock", &self.clock.is_some())
            .finish()
    }
}

impl Options<'_> {
    /// A budget that suits a number of students: a good result in about a second for 500, in
    /// about twenty for 20,000, on one core.
    pub fn for_students(students: u32, seed: u64) -> Self {
        Self {
            seed,
            budget: (u64::from(students) * 4_000).clamp(500_000, 15_000_000),
            threads: 0,
            restarts: None,
            clock: None,
        }
    }

    /// The number of chains.
    fn chains(&self, students: u32) -> u32 {
        // One long chain beats several short ones up to some 10,000 evaluations per student;
        // what is left over buys variety.
        self.restarts.unwrap_or_else(|| {
            (self.budget / (u64::from(students) * 10_000).max(1)).clamp(1, 8) as u32
        })
    }
}

/// Looking beyond what was found may take so many times the search's budget: a class of twenty then
/// takes seconds, and its groups are known to be the best.
const FURTHER: u64 = 8;

/// Finds the best groups it can within the budget; small sections are looked through completely.
pub fn solve(problem: &Problem, options: &Options) -> Result<Solution, Error> {
    let model = Model::new(problem)?;
    let mut found = search(&model, options)?;
    let mut groups = groups_of(&found.best.home, found.groups);
    // Where there was no time for the search, there is no more for its bound.
    let effort = if found.stopped { found.evaluations } else { options.budget };
    let mut bound = estimate(&model, effort);
    let further = effort.saturating_mul(FURTHER);
    match beyond(&model, found.best.standing, further) {
        Some(Beyond::Better(optimum)) => {
            bound = bound.proved(&model, optimum.standing);
            found.best.trace.push((found.evaluations, optimum.standing));
            groups = optimum.groups;
        }
        Some(Beyond::Nothing) => bound = bound.proved(&model, found.best.standing),
        None => {}
    }
    Ok(Solution { bound: Some(bound), ..found.report(problem, &model, groups) })
}

/// What a search hands back.
pub(crate) struct Found {
    pub(crate) best: Outcome,
    /// The number of groups.
    pub(crate) groups: u32,
    evaluations: u64,
    /// Whether a clock ended it before its budget did.
    stopped: bool,
}

impl Found {
    /// Reports on the groups found, with the course of the search.
    pub(crate) fn report(
        &self,
        problem: &Problem,
        model: &Model,
        groups: Vec<Vec<u32>>,
    ) -> Solution {
        let mut solution = report(problem, model, groups);
        solution.evaluations = self.evaluations;
        solution.stopped_early = self.stopped;
        solution.progress = self
            .best
            .trace
            .iter()
            .map(|(evaluations, standing)| Progress {
                evaluations: *evaluations,
                must_cost: standing.cost as u64,
                objective: objective(model, *standing),
            })
            .collect();
        solution
    }
}

/// By group: its members.
pub(crate) fn groups_of(home: &[u32], groups: u32) -> Vec<Vec<u32>> {
    let mut members = vec![Vec::new(); groups as usize];
    for (student, &group) in home.iter().enumerate() {
        members[group as usize].push(student as u32);
    }
    members
}

/// Searches within the budget.
pub(crate) fn search(model: &Model, options: &Options) -> Result<Found, Error> {
    if options.budget == 0 {
        return Err(Error::NoBudget);
    }
    let chains = options.chains(model.students);
    if !(1..=1024).contains(&chains) {
        return Err(Error::RestartsOutOfRange { restarts: chains });
    }
    let (groups, trial, tried) = decide(model, options.seed, options.budget, options.clock);
    let budget = options.budget.saturating_sub(tried) / u64::from(chains);
    let chain = |index: u32| {
        let stream = (options.seed, u64::from(index));
        run(model, groups, stream, budget.max(1), options.clock)
    };
    let outcomes: Vec<Outcome> = if chains == 1 || options.threads == 1 {
        (0..chains).map(chain).collect()
    } else {
        rayon::ThreadPoolBuilder::new()
            .num_threads(options.threads)
            .build()
            .map_err(|_| Error::Threads { threads: options.threads })?
            .install(|| (0..chains).into_par_iter().map(chain).collect())
    };
    let evaluations = tried + outcomes.iter().map(|outcome| outcome.spent).sum::<u64>();
    // A clock that strikes during a trial has struck for the chains too.
    let stopped = outcomes.iter().any(|outcome| outcome.stopped);
    let best = outcomes
        .into_iter()
        .chain(trial)
        .reduce(|best, next| if next.standing.beats(best.standing) { next } else { best })
        .expect("there is at least one chain");
    Ok(Found { best, groups, evaluations, stopped })
}

/// Judges an assignment without changing it.
pub fn evaluate(problem: &Problem, groups: &[Vec<u32>]) -> Result<Solution, Error> {
    let model = Model::new(problem)?;
    check_partition(problem, groups)?;
    let (min, max) = (model.sizes.min, model.sizes.max);
    for (group, members) in groups.iter().enumerate() {
        if !(min as usize..=max as usize).contains(&members.len()) {
            return Err(Error::GroupSize { group, size: members.len(), min, max });
        }
    }
    Ok(report(problem, &model, groups.to_vec()))
}

/// Whether everybody is in exactly one group.
pub(crate) fn check_partition(problem: &Problem, groups: &[Vec<u32>]) -> Result<(), Error> {
    let mut assigned = vec![false; problem.students as usize];
    for &student in groups.iter().flatten() {
        match assigned.get_mut(student as usize) {
            Some(seen) if !*seen => *seen = true,
            _ => return Err(Error::AssignedTwice { student }),
        }
    }
    if let Some(student) = assigned.iter().position(|seen| !seen) {
        return Err(Error::NotAssigned { student: student as u32 });
    }
    Ok(())
}

/// The slots at which all members of a group who gave a calendar are free; `None` if the
/// feature is not a slots column or a member does not exist.
pub fn common_slots(problem: &Problem, feature: usize, group: &[u32]) -> Option<CommonSlots> {
    let rows = problem.features.get(feature)?.values.len();
    if group.iter().any(|&student| student as usize >= rows) {
        return None;
    }
    shared_slots(problem, feature, group)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bound::exact;
    use crate::support::{mixed, sizes};

    #[test]
    fn the_search_alone_finds_the_optimum_of_small_sections_nearly_always() {
        let mut missed = 0;
        for seed in 0..120 {
            let students = 5 + (seed % 7) as u32;
            let problem = mixed(seed, students, sizes(2, 3, 4));
            let model = Model::new(&problem).expect("mixed problems are valid");
            let optimum = exact(&model, 1_000_000).expect("few students");
            let options = Options { seed, budget: 60_000, threads: 1, restarts: None, clock: None };
            let found = search(&model, &options).expect("valid options");
            assert!(!found.best.standing.beats(optimum.standing), "case {seed}");
            missed += u32::from(optimum.standing.beats(found.best.standing));
        }
        assert!(missed <= 4, "{missed} of 120");
    }
}
