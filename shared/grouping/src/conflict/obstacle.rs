//! Conflicts that counting proves.

use serde::{Deserialize, Serialize};

use crate::law::{Law, Overlap, Relation, Sense};
use crate::model::Model;
use crate::{Error, Problem, Rule};

/// Why must rules cannot hold, by numbers alone. Criteria by id, students by index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Obstacle {
    /// Fewer students qualify than all groups together need.
    TooFewQualify {
        /// A cover rule.
        criterion: String,
        /// What each group needs.
        at_least: u32,
        /// The fewest groups that the sizes allow.
        groups: u32,
        /// The students who qualify.
        have: u32,
        /// The largest group size that would have to be allowed; absent if nobody qualifies for
        /// a single group.
        size: Option<u32>,
    },
    /// More students count than all groups together may have.
    TooManyCount {
        /// An at-most rule.
        criterion: String,
        /// What each group may have.
        at_most: u32,
        /// The most groups that the sizes allow.
        groups: u32,
        /// The students who count.
        have: u32,
        /// The smallest group size that would have to be allowed; absent if none would do.
        size: Option<u32>,
    },
    /// One student is alone in the whole section with what must not be alone.
    OnlyOne {
        /// A never-alone rule.
        criterion: String,
        /// The student.
        student: u32,
    },
    /// Some students are free at fewer hours than their group is to have in common.
    TooFewFree {
        /// An overlap rule.
        criterion: String,
        /// The students.
        students: Vec<u32>,
        /// The hours asked for.
        needed: u32,
    },
    /// More students avoid each other than there can be groups.
    TooManyApart {
        /// A rule that keeps students apart, or from meeting again.
        criterion: String,
        /// The students.
        students: Vec<u32>,
        /// The most groups that the sizes allow.
        groups: u32,
    },
    /// A student is to avoid so many, or is free at other hours than so many, that not enough are
    /// left for a group.
    NobodyLeft {
        /// A rule that keeps students apart, or from meeting again, or an overlap rule.
        criterion: String,
        /// The student.
        student: u32,
        /// How many of the others they may meet.
        left: u32,
        /// How many the smallest group needs beside them.
        needed: u32,
    },
    /// One rule allows fewer groups than another one needs.
    NumberOfGroups {
        /// The cover rule with too few who qualify.
        fewer: String,
        /// So many groups it can be kept in.
        most: u32,
        /// The rule that needs more groups.
        more: String,
        /// So many it needs.
        least: u32,
    },
    /// Students who must be together do not fit into one group.
    TogetherTooLarge {
        /// A together rule that binds them.
        criterion: String,
        /// How many they are.
        students: u32,
        /// The largest size.
        max: u32,
    },
    /// Two students must be together and apart.
    TogetherAndApart {
        /// The apart rule.
        criterion: String,
        /// One student.
        first: u32,
        /// The other.
        second: u32,
    },
}

impl Obstacle {
    /// The students it names, ascending.
    pub fn students(&self) -> Vec<u32> {
        match self {
            Self::OnlyOne { student, .. } | Self::NobodyLeft { student, .. } => vec![*student],
            Self::TooManyApart { students, .. } | Self::TooFewFree { students, .. } => {
                students.clone()
            }
            Self::TogetherAndApart { first, second, .. } => vec![*first, *second],
            Self::TooFewQualify { .. }
            | Self::TooManyCount { .. }
            | Self::NumberOfGroups { .. }
            | Self::TogetherTooLarge { .. } => Vec::new(),
        }
    }

    /// The conflict for which a problem is refused, if that is why.
    pub fn of(error: &Error) -> Option<Self> {
        match error {
            Error::TogetherTooLarge { criterion, students, max } => Some(Self::TogetherTooLarge {
                criterion: criterion.clone(),
                students: *students,
                max: *max,
            }),
            Error::Contradiction { apart, first, second } => Some(Self::TogetherAndApart {
                criterion: apart.clone(),
                first: *first,
                second: *second,
            }),
            _ => None,
        }
    }
}

/// The first obstacle among these rules, with the rules it is about.
pub(super) fn find(
    problem: &Problem,
    model: &Model,
    rules: &[usize],
) -> Option<(Vec<usize>, Obstacle)> {
    let (low, high) = model.group_counts();
    for &rule in rules {
        if let Some(found) = alone(problem, model, rule) {
            return Some((vec![rule], found));
        }
    }
    // By rule: the numbers of groups it can be kept in.
    let ranges: Vec<(usize, u32, u32)> = rules
        .iter()
        .map(|&rule| {
            let (least, most) = crate::decide::needed(&model.rules[rule].law, model.students);
            (rule, least.max(low), most.min(high))
        })
        .collect();
    for &(fewer, _, most) in &ranges {
        if let Some(&(more, least, _)) = ranges.iter().find(|(_, least, _)| *least > most)
            && fewer != more
        {
            let id = |rule: usize| problem.criteria[rule].id.clone();
            let found = Obstacle::NumberOfGroups { fewer: id(fewer), most, more: id(more), least };
            return Some((vec![fewer, more], found));
        }
    }
    None
}

/// What makes one rule impossible by itself.
fn alone(problem: &Problem, model: &Model, rule: usize) -> Option<Obstacle> {
    let (low, high) = model.group_counts();
    let students = model.students;
    let criterion = problem.criteria[rule].id.clone();
    let have = |law: &crate::law::Tally| (0..students).filter(|&s| law.counts(s)).count() as u32;
    match (&model.rules[rule].law, &problem.criteria[rule].rule) {
        (Law::Tally(law), Rule::Cover { at_least, .. }) => {
            let have = have(law);
            let enough = have / at_least;
            let size = (enough > 0).then(|| students.div_ceil(enough));
            (u64::from(low) * u64::from(*at_least) > u64::from(have)).then_some(
                Obstacle::TooFewQualify { criterion, at_least: *at_least, groups: low, have, size },
            )
        }
        (Law::Tally(law), Rule::AtMost { at_most, .. }) => {
            let have = have(law);
            let size = (*at_most > 0).then(|| students / have.div_ceil(*at_most).max(1));
            let size = size.filter(|&size| size >= 2);
            (u64::from(high) * u64::from(*at_most) < u64::from(have)).then_some(
                Obstacle::TooManyCount { criterion, at_most: *at_most, groups: high, have, size },
            )
        }
        (Law::Alone(law), _) => law
            .lonely()
            .iter()
            .position(|&lonely| lonely)
            .map(|student| Obstacle::OnlyOne { criterion, student: student as u32 }),
        (Law::Overlap(law), Rule::Overlap { min_common, .. }) => {
            busy(model, law, criterion, u32::from(*min_common))
        }
        (Law::Relation(law), _) if law.sense() == Sense::Avoid => {
            avoided(model, law, criterion, high)
        }
        _ => None,
    }
}

/// Who is free too seldom, or never with enough others.
fn busy(model: &Model, law: &Overlap, criterion: String, hours: u32) -> Option<Obstacle> {
    let everybody = || 0..model.students;
    let students: Vec<u32> = everybody().filter(|&student| !law.enough(student, student)).collect();
    if !students.is_empty() {
        return Some(Obstacle::TooFewFree { criterion, students, needed: hours });
    }
    let needed = model.sizes.min - 1;
    everybody().find_map(|student| {
        let others = everybody().filter(|&other| other != student && law.enough(student, other));
        let left = others.take(needed as usize).count() as u32;
        let criterion = criterion.clone();
        (left < needed).then_some(Obstacle::NobodyLeft { criterion, student, left, needed })
    })
}

fn avoided(model: &Model, law: &Relation, criterion: String, high: u32) -> Option<Obstacle> {
    let students = model.students;
    let needed = model.sizes.min - 1;
    let left = |student: u32| students - 1 - law.partners(student).len() as u32;
    if let Some(student) = (0..students).find(|&student| left(student) < needed) {
        return Some(Obstacle::NobodyLeft { criterion, student, left: left(student), needed });
    }
    let mut clique = crate::decide::clique(law, students);
    clique.sort_unstable();
    (clique.len() as u32 > high).then_some(Obstacle::TooManyApart {
        criterion,
        students: clique,
        groups: high,
    })
}
