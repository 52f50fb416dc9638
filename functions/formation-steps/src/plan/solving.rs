//! Plans the rounds of one section.

use std::collections::{BTreeMap, HashSet};

use domain::cohort::Localised;
use domain::formation::{Failure, FailureCode, SolveInput};
use domain::{CohortId, FormationId, SectionId, StudentId};
use grouping::{Options, pairs_of};
use posing::{Told, failure_code, form_around, pose, repeats_told, round_input};

use crate::error::Error;
use crate::solve::{Judged, Solved, conflicts, hash, output};

/// A plan searches as long for each round as for one alone, up to so many evaluations in all: with 20,000 students
/// and ten rounds they take some minutes of one processor, of the 900 s that the function has.
const MOST: u64 = 60_000_000;

/// The rounds of the input that these bytes hold, by the formations that they are. Pure: the bytes decide. Where a
/// round cannot be, there is none: why stands with the first.
///
/// Each round is judged by itself, after those before it: so it is told of as a formation is that comes after
/// published ones, and must rules hold in every one.
pub fn solve(
    body: &[u8],
    cohort: &CohortId,
    plan: &FormationId,
    section: &SectionId,
) -> Result<Vec<(FormationId, Solved)>, Error> {
    let input: SolveInput =
        serde_json::from_slice(body).map_err(|_| store::Error::Corrupt { kind: "solver input" })?;
    Ok(match planned(&input, body, cohort, plan, section) {
        Ok(rounds) => rounds,
        Err(failure) => {
            let failure = Failure { section: Some(section.clone()), ..*failure };
            vec![(plan.clone(), Solved::Failed(failure))]
        }
    })
}

fn planned(
    input: &SolveInput,
    body: &[u8],
    cohort: &CohortId,
    plan: &FormationId,
    section: &SectionId,
) -> Result<Vec<(FormationId, Solved)>, Box<Failure>> {
    let refused = |error: &grouping::Error| {
        let failure = Failure::new(failure_code(error), error.to_string());
        let (explained, students) = Told { input }.refused(error);
        Box::new(Failure { explained, students, ..failure })
    };
    let misfit = |misfit: posing::Misfit| {
        Box::new(Failure::new(FailureCode::InvalidCriteria, misfit.to_string()))
    };
    let posed = pose(input).map_err(misfit)?;
    let one = Options { threads: 1, ..Options::for_students(posed.problem.students, input.seed) };
    let budget = (one.budget * u64::from(input.rounds)).min(MOST);
    let all = Options { budget, ..one };
    let found = posing::plan(input, &posed.problem, &all).map_err(|error| refused(&error))?;
    let spent = budget / u64::from(input.rounds).max(1);

    let rows: BTreeMap<&StudentId, u32> =
        input.students.iter().map(|student| &student.id).zip(0..).collect();
    let past = input
        .past
        .iter()
        .flatten()
        .map(|group| group.iter().filter_map(|id| rows.get(id).copied()).collect::<Vec<u32>>());
    let mut met: HashSet<(u32, u32)> = pairs_of(&past.collect::<Vec<_>>()).into_iter().collect();
    let mut before: Vec<Vec<Vec<u32>>> = Vec::new();
    let mut rounds = Vec::new();
    for (number, round) in (1..).zip(found.rounds) {
        let mut groups = round.solution.groups;
        let mut here = round_input(input, &before, &groups);
        let mut posed = pose(&here).map_err(misfit)?;
        let (mut solution, mut numbers) =
            form_around(&here, &posed.problem, &one).map_err(|error| refused(&error))?;
        if solution.must_broken > 0 {
            let conflicting = grouping::conflicts(&posed.problem, &solution, &one)
                .map_err(|error| refused(&error))?;
            let Some(kept) = conflicting.kept else {
                let (explained, students, prices) =
                    Told { input: &here }.conflicts(&conflicting, &solution);
                let (explained, detail) = in_round(number, explained, &conflicts(&solution));
                let failure = Failure::new(FailureCode::MustRulesConflict, detail);
                return Err(Box::new(Failure { explained, students, prices, ..failure }));
            };
            // The closer look found groups that keep them all: rules come before repeats.
            groups = kept;
            here = round_input(input, &before, &groups);
            posed = pose(&here).map_err(misfit)?;
            (solution, numbers) =
                form_around(&here, &posed.problem, &one).map_err(|error| refused(&error))?;
        }
        let pairs = pairs_of(&solution.groups);
        let repeats = pairs.iter().filter(|pair| met.contains(pair)).count();
        let repeats = u32::try_from(repeats).unwrap_or(u32::MAX);
        met.extend(pairs);
        before.push(groups);
        solution.evaluations = spent;
        let explained = [vec![repeats_told(repeats)], Told { input: &here }.section(&solution)];
        let id =
            if number == 1 { plan.clone() } else { FormationId::of_round(cohort, plan, number) };
        let judged =
            Judged { solution, numbers, changes: Vec::new(), explained: explained.concat() };
        let mut written = output(&here, &posed, (&id, section), hash(body), judged);
        written.result.repeats = Some(repeats);
        written.result.at_most = Some(found.at_most);
        rounds.push((id, Solved::Groups(written)));
    }
    Ok(rounds)
}

/// What stands in the way of a round; of the first it says so without saying which.
fn in_round(number: u32, mut explained: Vec<Localised>, detail: &str) -> (Vec<Localised>, String) {
    if number == 1 {
        return (explained, detail.to_owned());
    }
    for told in &mut explained {
        *told = Localised {
            da: format!("Runde {number}: {}", told.da),
            en: format!("Round {number}: {}", told.en),
        };
    }
    (explained, format!("round {number}: {detail}"))
}
