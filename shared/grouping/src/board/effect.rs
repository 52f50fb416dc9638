//! What a change does to the objective, the groups and the must rules.

use serde::{Deserialize, Serialize};

use super::{Board, Change, Verdict};
use crate::law::{Change as Whole, Judged};
use crate::report::{objective, rounded};
use crate::state::Standing;

/// A change of one or two students.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Edit {
    /// A student joins another group.
    Move {
        /// The student.
        student: u32,
        /// The group; the number of groups stands for a new one.
        to: usize,
    },
    /// Two students of different groups change places.
    Swap {
        /// One.
        a: u32,
        /// The other.
        b: u32,
    },
}

/// A value before and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shift<T> {
    /// As it is.
    pub before: T,
    /// As it would be.
    pub after: T,
}

/// How the groups stand as a whole, in the units of [`Solution`](crate::Solution).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoardStanding {
    /// Mean and worst mixed, in thousandths of a point.
    pub objective: u32,
    /// The mean of the groups' scores.
    pub mean: u16,
    /// The score of the worst group.
    pub worst: u16,
    /// The number of must rules broken, counted per group.
    pub must_broken: u32,
    /// What the broken must rules cost.
    pub must_cost: u64,
}

/// What a change does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    /// All groups together.
    pub standing: Shift<BoardStanding>,
    /// Whether it is for the better: fewer or less badly broken must rules, or as many and a
    /// higher objective.
    pub better: bool,
    /// The groups touched, in the order of the change.
    pub groups: Vec<GroupEffect>,
    /// Must rules that would be broken and are not.
    pub newly_broken: Vec<RuleBreach>,
    /// Must rules that are broken and would not be.
    pub mended: Vec<RuleBreach>,
    /// Groups touched whose size would be outside the range.
    pub out_of_size: Vec<SizeBreach>,
}

/// What a change does to one group. An empty group has score 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupEffect {
    /// The group.
    pub group: usize,
    /// Members.
    pub size: Shift<u32>,
    /// The weighted mean over the criteria and the size.
    pub score: Shift<u16>,
    /// In the order of the problem's criteria.
    pub criteria: Vec<CriterionEffect>,
}

/// What a change does to one criterion in one group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CriterionEffect {
    /// The criterion's id.
    pub criterion: String,
    /// 0 to 10,000.
    pub score: Shift<u16>,
    /// How badly the rule is broken, in its own unit; 0: it holds.
    pub severity: Shift<u32>,
}

/// A must rule broken in a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleBreach {
    /// The group.
    pub group: usize,
    /// The criterion's id.
    pub criterion: String,
}

/// A group whose size is outside the range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SizeBreach {
    /// The group.
    pub group: usize,
    /// Its members.
    pub size: u32,
    /// The smallest size allowed.
    pub min: u32,
    /// The largest size allowed.
    pub max: u32,
}

impl Verdict {
    /// A group without members: not in the mean, and not the worst.
    pub(super) fn empty() -> Self {
        Self { value: i64::MAX, cost: 0, judged: Vec::new() }
    }

    fn sum(&self) -> i64 {
        if self.value == i64::MAX { 0 } else { self.value }
    }

    fn counts(&self) -> i64 {
        i64::from(self.value != i64::MAX)
    }
}

impl Board {
    /// How the groups stand.
    pub fn standing(&self) -> BoardStanding {
        self.total(&[])
    }

    /// Every group outside the size range.
    pub fn out_of_size(&self) -> Vec<SizeBreach> {
        (0..self.groups.len())
            .filter_map(|group| self.breach(group, self.groups[group].len()))
            .collect()
    }

    pub(super) fn judge(&self, members: &[u32]) -> Verdict {
        if members.is_empty() {
            return Verdict::empty();
        }
        let mut verdict = Verdict {
            value: self.model.size_value(members.len()),
            cost: 0,
            judged: Vec::with_capacity(self.model.rules.len()),
        };
        let whole = Whole { rest: members, leaves: None, joins: None };
        for rule in &self.model.rules {
            let judged = rule.law.judge(rule.law.whole(members), whole);
            let (value, cost) = rule.weigh(judged);
            verdict.value += value;
            verdict.cost += cost;
            verdict.judged.push(judged);
        }
        verdict
    }

    pub(super) fn effect(&self, change: &Change) -> Effect {
        let spare = Verdict::empty();
        let verdicts: Vec<(usize, Verdict)> =
            change.iter().map(|(group, members)| (*group, self.judge(members))).collect();
        let standing = Shift { before: self.total(&[]), after: self.total(&verdicts) };
        let key = |at: &BoardStanding| (at.must_cost, std::cmp::Reverse(at.objective));
        let mut effect = Effect {
            better: key(&standing.after) < key(&standing.before),
            standing,
            groups: Vec::with_capacity(change.len()),
            newly_broken: Vec::new(),
            mended: Vec::new(),
            out_of_size: Vec::new(),
        };
        for ((group, members), (_, after)) in change.iter().zip(&verdicts) {
            let before = self.verdicts.get(*group).unwrap_or(&spare);
            let size = self.groups.get(*group).map_or(0, Vec::len);
            effect.out_of_size.extend(self.breach(*group, members.len()));
            effect.groups.push(GroupEffect {
                group: *group,
                size: Shift { before: size as u32, after: members.len() as u32 },
                score: Shift { before: self.score(before), after: self.score(after) },
                criteria: self.criteria(
                    *group,
                    before,
                    after,
                    &mut effect.newly_broken,
                    &mut effect.mended,
                ),
            });
        }
        effect
    }

    fn criteria(
        &self,
        group: usize,
        before: &Verdict,
        after: &Verdict,
        newly_broken: &mut Vec<RuleBreach>,
        mended: &mut Vec<RuleBreach>,
    ) -> Vec<CriterionEffect> {
        let nothing = Judged { score: 0, severity: 0 };
        let mut effects = Vec::with_capacity(self.model.rules.len());
        for (index, rule) in self.model.rules.iter().enumerate() {
            let was = before.judged.get(index).unwrap_or(&nothing);
            let is = after.judged.get(index).unwrap_or(&nothing);
            let criterion = self.problem.criteria[index].id.clone();
            if rule.is_must() && (was.severity > 0) != (is.severity > 0) {
                let list = if is.severity > 0 { &mut *newly_broken } else { &mut *mended };
                list.push(RuleBreach { group, criterion: criterion.clone() });
            }
            effects.push(CriterionEffect {
                criterion,
                score: Shift { before: was.score as u16, after: is.score as u16 },
                severity: Shift { before: was.severity as u32, after: is.severity as u32 },
            });
        }
        effects
    }

    /// How all groups stand with some verdicts replaced.
    fn total(&self, replaced: &[(usize, Verdict)]) -> BoardStanding {
        let (mut sum, mut count, mut cost, mut broken) = self.totals;
        let mut least = i64::MAX;
        for (group, after) in replaced {
            if let Some(before) = self.verdicts.get(*group) {
                sum -= before.sum();
                count -= before.counts();
                cost -= before.cost;
                broken -= self.broken(before);
            }
            sum += after.sum();
            count += after.counts();
            cost += after.cost;
            broken += self.broken(after);
            least = least.min(after.value);
        }
        least = least.min(match replaced {
            [] => self.least.min(),
            [(a, _), (b, _)] if *a.max(b) < self.verdicts.len() => {
                self.least.min_with(*a, i64::MAX, *b, i64::MAX)
            }
            _ => {
                let touched = |group| replaced.iter().any(|&(touched, _)| touched == group);
                let others = self.verdicts.iter().enumerate().filter(|&(group, _)| !touched(group));
                others.map(|(_, verdict)| verdict.value).min().unwrap_or(i64::MAX)
            }
        });
        let worst = self.model.worst;
        let value = (1000 - worst) * sum + worst * count * least;
        BoardStanding {
            objective: objective(&self.model, Standing { cost, value, groups: count }),
            mean: rounded(sum, count * self.model.total_weight) as u16,
            worst: rounded(least, self.model.total_weight) as u16,
            must_broken: broken as u32,
            must_cost: cost as u64,
        }
    }

    /// What the groups add up to.
    pub(super) fn add_up(&self) -> (i64, i64, i64, i64) {
        self.verdicts.iter().fold((0, 0, 0, 0), |(sum, count, cost, broken), verdict| {
            (
                sum + verdict.sum(),
                count + verdict.counts(),
                cost + verdict.cost,
                broken + self.broken(verdict),
            )
        })
    }

    /// The number of must rules that a group breaks.
    fn broken(&self, verdict: &Verdict) -> i64 {
        let broken = |(rule, judged): (&crate::model::Ruled, &Judged)| {
            i64::from(rule.is_must() && judged.severity > 0)
        };
        self.model.rules.iter().zip(&verdict.judged).map(broken).sum()
    }

    fn score(&self, verdict: &Verdict) -> u16 {
        rounded(verdict.sum(), self.model.total_weight) as u16
    }

    fn breach(&self, group: usize, size: usize) -> Option<SizeBreach> {
        let (min, max) = (self.model.sizes.min, self.model.sizes.max);
        let size = size as u32;
        (size > 0 && !(min..=max).contains(&size)).then_some(SizeBreach { group, size, min, max })
    }
}
