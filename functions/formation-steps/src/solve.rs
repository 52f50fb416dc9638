//! Forms the groups of one section.
//!
//! Safe to run twice: the engine gives the same groups for the same input, seed and budget (G4), so
//! a second run writes the same object. Sections do not know of each other; a section whose groups
//! cannot be formed writes why, and the commit tells of all of them at once (G3).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use domain::FormationId;
use domain::SectionId;
use domain::cohort::Localised;
use domain::formation::{Failure, FailureCode, Group, SectionResult, SolveInput, SolveOutput};
use grouping::{Conflicts, Hardness, Locks, Options, Problem, Solution};
use posing::{
    Mended, Posed, Told, common_slots, failure_code, form_again, form_around, gone_of, mend, pose,
    scores, with_gone,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::keys;

use crate::Deps;
use crate::error::Error;
use crate::handler::UnderWay;
use crate::plan;

/// What the step writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Solved {
    /// The groups.
    Groups(SolveOutput),
    /// Why there are none.
    Failed(Failure),
}

/// Runs the step; answers nothing that the machine needs.
pub async fn run(deps: &Deps, on: &UnderWay, section: &SectionId) -> Result<Value, Error> {
    let id = &on.formation.id;
    let body = deps.objects.get(&keys::solve_input(&on.scope, id, section)).await?;
    let body = body.ok_or(Error::Missing("input"))?;
    if on.formation.plans().is_some() {
        for (round, solved) in plan::solve(&body, &on.scope.cohort, id, section)? {
            write(deps, on, &round, section, &solved).await?;
        }
    } else {
        write(deps, on, id, section, &solve(&body, id, section)?).await?;
    }
    Ok(json!({ "done": true }))
}

async fn write(
    deps: &Deps,
    on: &UnderWay,
    formation: &FormationId,
    section: &SectionId,
    solved: &Solved,
) -> Result<(), Error> {
    match solved {
        Solved::Groups(output) => tracing::info!(
            section = section.as_str(),
            students = output.result.students,
            groups = output.result.groups,
            mean = output.result.mean,
            worst = output.result.worst,
            evaluations = output.result.evaluations,
            "section.solved"
        ),
        Solved::Failed(failure) => {
            tracing::warn!(section = section.as_str(), code = ?failure.code, "section.failed");
        }
    }
    deps.objects.put_json(&keys::solve_output(&on.scope, formation, section), solved).await?;
    Ok(())
}

/// Solves the input that these bytes hold. Pure: the bytes decide.
pub fn solve(body: &[u8], formation: &FormationId, section: &SectionId) -> Result<Solved, Error> {
    let input: SolveInput =
        serde_json::from_slice(body).map_err(|_| store::Error::Corrupt { kind: "solver input" })?;
    let input = if input.repair { with_gone(input) } else { input };
    let failed = |code, detail: String| {
        Ok(Solved::Failed(Failure { section: Some(section.clone()), ..Failure::new(code, detail) }))
    };
    let posed = match pose(&input) {
        Ok(posed) => posed,
        Err(misfit) => return failed(FailureCode::InvalidCriteria, misfit.to_string()),
    };
    // The budget is counted in evaluations, so the result does not depend on the machine; 20,000
    // students in one section took 12 s of one processor, of the 900 s that the function has.
    // One thread, as the function has one processor.
    let options =
        Options { threads: 1, ..Options::for_students(posed.problem.students, input.seed) };
    let told = Told { input: &input };
    // What a contact holds fast stays whatever rule it breaks; they see it, and decide.
    // So it is with what a repair could not mend: what was published before it may have broken rules, too.
    let held = input.repair || holds(&input);
    let Formed { solution, numbers, conflicting, changes, summary } =
        match form(&input, &posed.problem, &options) {
            Ok(found) => found,
            Err(error) => {
                let (explained, students) = told.refused(&error);
                let failure = Failure::new(failure_code(&error), error.to_string());
                let section = Some(section.clone());
                return Ok(Solved::Failed(Failure { section, explained, students, ..failure }));
            }
        };
    if solution.must_broken > 0 && !held {
        let (explained, students, prices) = told.conflicts(&conflicting, &solution);
        let failure = Failure::new(FailureCode::MustRulesConflict, conflicts(&solution));
        let section = Some(section.clone());
        let found = Failure { section, explained, students, prices, ..failure };
        return Ok(Solved::Failed(found));
    }
    let explained =
        [summary, told.section(&solution), told.held(&conflicting, &solution, &numbers)].concat();
    let formed = Judged { solution, numbers, changes, explained };
    Ok(Solved::Groups(output(&input, &posed, (formation, section), hash(body), formed)))
}

/// Groups with all that is told of them.
pub(crate) struct Judged {
    pub(crate) solution: Solution,
    pub(crate) numbers: Vec<u32>,
    /// What a repair did to each group; nothing for groups that were not mended.
    pub(crate) changes: Vec<Option<Localised>>,
    pub(crate) explained: Vec<Localised>,
}

/// What a section's solver writes of groups.
pub(crate) fn output(
    input: &SolveInput,
    posed: &Posed,
    (formation, section): (&FormationId, &SectionId),
    input_hash: String,
    judged: Judged,
) -> SolveOutput {
    let told = Told { input };
    let Judged { solution, numbers, changes, explained } = judged;
    let groups = numbers
        .iter()
        .zip(solution.groups.iter().zip(&solution.reports))
        .enumerate()
        .map(|(index, (number, (members, report)))| Group {
            formation: formation.clone(),
            section: section.clone(),
            number: *number,
            members: members.iter().map(|row| input.students[*row as usize].id.clone()).collect(),
            score: report.score.into(),
            scores: scores(report, members.len()),
            must_broken: report.must_broken.iter().map(|rule| rule.criterion.clone()).collect(),
            common_slots: common_slots(posed, members),
            told: told.members(report),
            explained: {
                let change = changes.get(index).cloned().flatten();
                change.into_iter().chain(told.group(&solution, index)).collect()
            },
            unanswered: told.ids(&report.silent),
            change: None,
        })
        .collect::<Vec<_>>();
    let result = SectionResult {
        students: posed.problem.students - if input.repair { gone_of(input) } else { 0 },
        input_hash,
        groups: u32::try_from(groups.len()).unwrap_or(u32::MAX),
        mean: solution.mean.into(),
        worst: solution.worst.into(),
        must_broken: solution.must_broken,
        evaluations: solution.evaluations,
        merged: input.merged.clone(),
        score: Some((i64::from(solution.objective) + 500) / 1000),
        bound: solution.bound.map(|bound| i64::from(bound.objective.div_ceil(1000))),
        proven: solution.bound.is_some_and(|bound| solution.objective >= bound.objective),
        explained,
        repeats: None,
        at_most: None,
    };
    SolveOutput { result, engine: solution.engine_version, groups }
}

/// Groups, and why they break must rules if they do.
struct Formed {
    solution: Solution,
    numbers: Vec<u32>,
    conflicting: Conflicts,
    /// What a repair did to each group.
    changes: Vec<Option<Localised>>,
    /// And to all of them.
    summary: Vec<Localised>,
}

impl From<(Solution, Vec<u32>, Conflicts)> for Formed {
    fn from((solution, numbers, conflicting): (Solution, Vec<u32>, Conflicts)) -> Self {
        Self { solution, numbers, conflicting, changes: Vec::new(), summary: Vec::new() }
    }
}

impl From<Mended> for Formed {
    fn from(mended: Mended) -> Self {
        let Mended { solution, numbers, changes, summary } = mended;
        Self { solution, numbers, conflicting: Conflicts::default(), changes, summary }
    }
}

/// Whether a contact holds anything fast here.
fn holds(input: &SolveInput) -> bool {
    input.laid.iter().any(|group| group.locked || !group.pinned.is_empty())
}

/// Forms the groups. Those that keep what a rotation is about come first, if they break no more must rules than
/// others.
fn form(
    input: &SolveInput,
    problem: &Problem,
    options: &Options<'_>,
) -> Result<Formed, grouping::Error> {
    if input.repair {
        return mend(input, problem).map(Formed::from);
    }
    let rotated = rotated(input, problem, options);
    let kept = |solution: &Solution| solution.must_broken == 0;
    if let Some((solution, numbers)) = rotated.as_ref().filter(|(found, _)| kept(found)).cloned() {
        return Ok((solution, numbers, Conflicts::default()).into());
    }
    let (solution, numbers, conflicting) = if holds(input) {
        let (solution, numbers) = form_around(input, problem, options)?;
        let conflicting = grouping::conflicts(problem, &solution, options)?;
        (solution, numbers, conflicting)
    } else {
        form_again(input, problem, options)?
    };
    match rotated {
        Some((rotated, numbers)) if rotated.must_cost <= solution.must_cost => {
            Ok((rotated, numbers, conflicting).into())
        }
        _ => Ok((solution, numbers, conflicting).into()),
    }
}

/// The groups that a search finds to which the rotation's rule is a must, judged as it stands in the input.
/// Where not everybody can have new partners, these are the groups with the fewest old ones. Nothing where
/// nobody has met, or where the engine refuses that rule beside the others.
fn rotated(
    input: &SolveInput,
    problem: &Problem,
    options: &Options<'_>,
) -> Option<(Solution, Vec<u32>)> {
    let id = input.while_possible.as_ref()?;
    let mut strict = problem.clone();
    strict.criteria.iter_mut().find(|rule| rule.id == *id)?.hardness = Hardness::Must;
    let (found, numbers) = form_around(input, &strict, options).ok()?;
    let locks = Locks { groups: found.groups, pins: Vec::new() };
    let judged = grouping::solve_around(problem, options, &locks).ok()?;
    let Solution { evaluations, progress, stopped_early, .. } = found;
    Some((Solution { evaluations, progress, stopped_early, ..judged }, numbers))
}

/// SHA-256, hexadecimal.
pub(crate) fn hash(body: &[u8]) -> String {
    Sha256::digest(body).iter().fold(String::with_capacity(64), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a String succeeds");
        text
    })
}

/// Which must rules the best groups still break, and in how many of them.
pub(crate) fn conflicts(solution: &Solution) -> String {
    let mut broken: BTreeMap<&str, usize> = BTreeMap::new();
    for rule in solution.reports.iter().flat_map(|report| &report.must_broken) {
        *broken.entry(&rule.criterion).or_default() += 1;
    }
    let groups = solution.groups.len();
    let told: Vec<String> = broken
        .iter()
        .map(|(criterion, count)| format!("`{criterion}` in {count} of {groups} groups"))
        .collect();
    told.join(", ")
}
