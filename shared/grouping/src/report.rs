//! The output: groups, scores, broken rules, reasons.

use serde::{Deserialize, Serialize};

use crate::bound::Bound;
use crate::draw::Draw;
use crate::law::common;
use crate::model::Model;
use crate::reason::{Range, Said, said};
use crate::start::random;
use crate::state::Standing;
use crate::{ENGINE_VERSION, Problem, Rule, Values};

/// An assignment with everything that is known about it. Scores are 0 to 10,000.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Solution {
    /// The engine that made or judged it, [`ENGINE_VERSION`].
    pub engine_version: String,
    /// The groups as student indexes, ascending within a group and by the first member.
    pub groups: Vec<Vec<u32>>,
    /// One report per group, in the same order.
    pub reports: Vec<GroupReport>,
    /// The mean of the groups' scores.
    pub mean: u16,
    /// The score of the worst group.
    pub worst: u16,
    /// Mean and worst mixed by [`Problem::worst_weight`], in thousandths of a point: what the
    /// search maximises once no must rule can be mended.
    pub objective: u32,
    /// The number of must rules broken, counted per group.
    pub must_broken: u32,
    /// What the broken must rules cost in the comparison of assignments: 10 for each and its
    /// severity on top.
    pub must_cost: u64,
    /// What random groups of the same number reach.
    pub reference: Reference,
    /// What no groups of this section exceed; absent for an assignment that was only judged.
    pub bound: Option<Bound>,
    /// Evaluations of a change spent on the search; 0 for an assignment that was only judged.
    pub evaluations: u64,
    /// The best so far over the search of the winning chain; empty for a judged assignment.
    pub progress: Vec<Progress>,
    /// Whether a clock ended the search before its budget: another run may differ.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stopped_early: bool,
}

/// One group's scores.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupReport {
    /// The weighted mean over the criteria and the size.
    pub score: u16,
    /// How near the size is to the preferred one.
    pub size_score: u16,
    /// In the order of the problem's criteria.
    pub criteria: Vec<CriterionScore>,
    /// The must rules this group breaks.
    pub must_broken: Vec<BrokenRule>,
    /// Why the group is as it is, for the contact.
    pub reason: Reason,
    /// What may be said to the members; gives nobody's answers away.
    pub said: Vec<Said>,
    /// Members who left a question that counts unanswered, ascending.
    pub silent: Vec<u32>,
}

/// One criterion's word on a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CriterionScore {
    /// The criterion's id.
    pub criterion: String,
    /// 0 to 10,000.
    pub score: u16,
    /// How badly the rule is broken, in its own unit (members short, repeats, ...); 0: it holds.
    pub severity: u32,
    /// Members who have not answered, or (wishes) have none.
    pub missing: u32,
}

/// A must rule that a group breaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BrokenRule {
    /// The criterion's id.
    pub criterion: String,
    /// How badly, in the rule's own unit.
    pub severity: u32,
}

/// What a contact needs for a sentence about the group. What the members may read is
/// [`GroupReport::said`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// The criterion with the best score (the heavier one of equals), if two or more members
    /// have answered it.
    pub strongest: Option<String>,
    /// The criterion with the worst score, likewise.
    pub weakest: Option<String>,
    /// Per overlap criterion.
    pub common_slots: Vec<CommonSlots>,
}

/// The slots at which all members who gave a calendar are free.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommonSlots {
    /// The feature's id.
    pub feature: String,
    /// Ascending; empty if fewer than two members answered, as it would be one member's answer.
    pub slots: Vec<u16>,
    /// Members who gave a calendar.
    pub answered: u32,
    /// Members who did not.
    pub missing: u32,
}

/// The average of random assignments, to read a score against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// The average of their mean scores.
    pub mean: u16,
    /// The average of their worst scores.
    pub worst: u16,
}

/// A point of the search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    /// Evaluations of the chain so far.
    pub evaluations: u64,
    /// [`Solution::must_cost`] of the best so far.
    pub must_cost: u64,
    /// [`Solution::objective`] of the best so far.
    pub objective: u32,
}

/// Random assignments averaged for the reference.
const REFERENCES: u64 = 8;

/// Reports on groups that are known to be a partition within the sizes.
pub(crate) fn report(problem: &Problem, model: &Model, mut groups: Vec<Vec<u32>>) -> Solution {
    for group in &mut groups {
        group.sort_unstable();
    }
    groups.sort_unstable();
    let verdicts: Vec<(i64, i64)> = groups.iter().map(|g| model.judge_group(g)).collect();
    let ranges = Range::of_all(problem);
    let reports: Vec<GroupReport> = groups
        .iter()
        .zip(&verdicts)
        .map(|(group, verdict)| report_group(problem, &ranges, model, group, verdict.0))
        .collect();
    let count = groups.len() as i64;
    let sum: i64 = verdicts.iter().map(|verdict| verdict.0).sum();
    let least = verdicts.iter().map(|verdict| verdict.0).min().unwrap_or(0);
    let standing = Standing {
        cost: verdicts.iter().map(|verdict| verdict.1).sum(),
        value: (1000 - model.worst) * sum + model.worst * count * least,
        groups: count,
    };
    Solution {
        engine_version: ENGINE_VERSION.to_owned(),
        must_broken: reports.iter().map(|r| r.must_broken.len() as u32).sum(),
        must_cost: standing.cost as u64,
        mean: rounded(sum, count * model.total_weight) as u16,
        worst: rounded(least, model.total_weight) as u16,
        objective: objective(model, standing),
        reference: reference(model, groups.len()),
        groups,
        reports,
        bound: None,
        evaluations: 0,
        progress: Vec::new(),
        stopped_early: false,
    }
}

/// A standing's value in thousandths of a point.
pub(crate) fn objective(model: &Model, standing: Standing) -> u32 {
    rounded(standing.value, standing.groups * model.total_weight) as u32
}

pub(crate) fn rounded(value: i64, by: i64) -> i64 {
    (value + by / 2) / by
}

fn report_group(
    problem: &Problem,
    ranges: &[Option<Range>],
    model: &Model,
    group: &[u32],
    value: i64,
) -> GroupReport {
    let criteria: Vec<CriterionScore> = problem
        .criteria
        .iter()
        .zip(&model.rules)
        .map(|(criterion, rule)| {
            let judged = rule.judge_whole(group);
            let missing =
                group.iter().filter(|&&student| rule.is_silent(problem, criterion, student));
            CriterionScore {
                criterion: criterion.id.clone(),
                score: judged.score as u16,
                severity: judged.severity as u32,
                missing: missing.count() as u32,
            }
        })
        .collect();
    let must_broken = criteria
        .iter()
        .zip(&model.rules)
        .filter(|(score, rule)| rule.is_must() && score.severity > 0)
        .map(|(score, _)| BrokenRule {
            criterion: score.criterion.clone(),
            severity: score.severity,
        })
        .collect();
    let reason = reason(problem, &criteria, group);
    GroupReport {
        score: rounded(value, model.total_weight) as u16,
        size_score: model.size_score(group.len()) as u16,
        must_broken,
        said: said(problem, ranges, &criteria, &reason.common_slots, group.len()),
        silent: silent(problem, group),
        reason,
        criteria,
    }
}

/// The members without an answer to some question that counts.
fn silent(problem: &Problem, group: &[u32]) -> Vec<u32> {
    let answered = |student: u32| {
        let features = problem.criteria.iter().flat_map(|criterion| criterion.rule.features());
        features.into_iter().all(|feature| problem.features[feature].values.known(student))
    };
    group.iter().copied().filter(|&student| !answered(student)).collect()
}

fn reason(problem: &Problem, scores: &[CriterionScore], group: &[u32]) -> Reason {
    let answered: Vec<(&CriterionScore, u32)> = scores
        .iter()
        .zip(&problem.criteria)
        .filter(|(score, _)| score.missing as usize + 2 <= group.len())
        .map(|(score, criterion)| (score, criterion.weight))
        .collect();
    let strongest = answered.iter().max_by_key(|(score, weight)| (score.score, *weight));
    let weakest =
        answered.iter().min_by_key(|(score, weight)| (score.score, std::cmp::Reverse(*weight)));
    let mut features: Vec<usize> = problem
        .criteria
        .iter()
        .filter(|criterion| matches!(criterion.rule, Rule::Overlap { .. }))
        .filter_map(|criterion| criterion.rule.feature())
        .collect();
    features.sort_unstable();
    features.dedup();
    Reason {
        strongest: strongest.map(|(score, _)| score.criterion.clone()),
        weakest: weakest.map(|(score, _)| score.criterion.clone()),
        common_slots: features
            .into_iter()
            .filter_map(|feature| shared_slots(problem, feature, group))
            .collect(),
    }
}

/// The common slots of a group whose members exist; nothing if the feature is not slots.
pub(crate) fn shared_slots(
    problem: &Problem,
    feature: usize,
    group: &[u32],
) -> Option<CommonSlots> {
    let found = problem.features.get(feature)?;
    let Values::Slots(weeks) = &found.values else {
        return None;
    };
    let (week, answered) = common(weeks, group);
    Some(CommonSlots {
        feature: found.id.clone(),
        slots: if answered < 2 { Vec::new() } else { week.slots() },
        answered,
        missing: group.len() as u32 - answered,
    })
}

fn reference(model: &Model, groups: usize) -> Reference {
    let (mut means, mut worsts) = (0, 0);
    for stream in 0..REFERENCES {
        let mut draw = Draw::new(0, stream);
        let state = random(model, groups, &mut draw);
        means += state.sum() / groups as i64;
        worsts += state.least();
    }
    let by = REFERENCES as i64 * model.total_weight;
    Reference { mean: rounded(means, by) as u16, worst: rounded(worsts, by) as u16 }
}
