//! A validated problem, compiled for the search.

use crate::check::{Blocks, effective_sizes, ordered_sizes};
use crate::codes::Runs;
use crate::law::{
    Agg, Alone, Balance, Change, Column, FULL, Judged, Law, Overlap, Packed, Pairwise, Relation,
    Sense, Share, Tally, Wishes,
};
use crate::{Criterion, Error, Hardness, MAX_GROUP_SIZE, Problem, Rule, Sizes, Values};

/// A should or must criterion's weight counts so many times that of a could criterion.
pub(crate) const SHOULD_FACTOR: i64 = 4;

/// The floor of a must criterion that gives none.
const MUST_FLOOR: u16 = 5000;

/// What one broken must rule in one group costs beside its severity: fewer broken rules go
/// before less badly broken ones.
pub(crate) const BREACH: i64 = 10;

/// A compiled criterion.
pub(crate) struct Ruled {
    pub(crate) law: Law,
    weight: i64,
    hardness: Hardness,
}

/// The compiled problem.
pub(crate) struct Model {
    pub(crate) students: u32,
    pub(crate) sizes: Sizes,
    pub(crate) rules: Vec<Ruled>,
    /// Columns of pairwise rules that are worked on together.
    pub(crate) packed: Packed,
    /// The sum of all weights, the sizes' included.
    pub(crate) total_weight: i64,
    /// The worst group's share in thousandths.
    pub(crate) worst: i64,
    /// Students whom must rules bind together, in blocks of two or more.
    pub(crate) blocks: Vec<Vec<u32>>,
    /// By group, from the first: members who cannot be moved and are not among the `students`.
    pub(crate) anchors: Vec<Vec<u32>>,
    /// Groups outside the search.
    pub(crate) closed: Closed,
    size_weight: i64,
}

/// Groups outside the search that count in the objective all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Closed {
    pub(crate) groups: i64,
    /// The sum of their weighted sums, the least of them, and the cost of their broken must rules.
    pub(crate) sum: i64,
    pub(crate) least: i64,
    pub(crate) cost: i64,
}

impl Closed {
    /// No group is outside the search.
    pub(crate) const NONE: Self = Self { groups: 0, sum: 0, least: i64::MAX, cost: 0 };
}

impl Model {
    /// Validates and compiles.
    pub(crate) fn new(problem: &Problem) -> Result<Self, Error> {
        crate::check::check(problem)?;
        let sizes = effective_sizes(problem)?;
        Ok(Self::compile(problem, sizes, sizes.max))
    }

    /// Validates and compiles for assignments that people have made: groups of any size up to
    /// [`MAX_GROUP_SIZE`], and students who could not be split within the sizes.
    pub(crate) fn by_hand(problem: &Problem) -> Result<Self, Error> {
        crate::check::check_rest(problem)?;
        let reach = problem.students.min(MAX_GROUP_SIZE);
        Ok(Self::compile(problem, ordered_sizes(problem)?, reach))
    }

    /// Compiles a validated problem for groups of up to `reach` members.
    pub(crate) fn compile(problem: &Problem, sizes: Sizes, reach: u32) -> Self {
        let max = reach.max(sizes.max) as usize;
        let mut rules: Vec<Ruled> = problem
            .criteria
            .iter()
            .map(|criterion| Ruled {
                law: compile(problem, criterion, sizes.max as usize, max),
                weight: i64::from(criterion.weight) * factor(criterion.hardness),
                hardness: criterion.hardness,
            })
            .collect();
        let packed = pack(&mut rules);
        let criteria: i64 = rules.iter().map(|rule| rule.weight).sum();
        let size_weight = if sizes.min == sizes.max {
            i64::from(rules.is_empty())
        } else if let Some(weight) = sizes.weight {
            i64::from(weight) * SHOULD_FACTOR
        } else {
            (criteria / (rules.len() as i64).max(1)).max(1)
        };
        Self {
            students: problem.students,
            sizes,
            rules,
            packed,
            total_weight: criteria + size_weight,
            worst: i64::from(problem.worst_weight),
            blocks: blocks(problem),
            anchors: Vec::new(),
            closed: Closed::NONE,
            size_weight,
        }
    }

    /// The number of students in the groups of the search.
    pub(crate) fn seated(&self) -> u32 {
        self.students + self.anchors.iter().map(|anchor| anchor.len() as u32).sum::<u32>()
    }

    /// Whether there are must rules and no wishes.
    pub(crate) fn only_musts(&self) -> bool {
        !self.rules.is_empty() && self.rules.iter().all(Ruled::is_must)
    }

    /// The score of a size: full at the preferred one, less by equal steps on either side.
    pub(crate) fn size_score(&self, size: usize) -> i64 {
        let Sizes { min, preferred, max, .. } = self.sizes;
        let steps = i64::from((preferred - min).max(max - preferred)) + 1;
        let away = (size as i64 - i64::from(preferred)).abs();
        FULL - (FULL * away / steps).min(FULL)
    }

    /// What the size of a group brings to its weighted sum.
    pub(crate) fn size_value(&self, size: usize) -> i64 {
        self.size_weight * self.size_score(size)
    }

    /// The range of the number of groups that the sizes allow.
    pub(crate) fn group_counts(&self) -> (u32, u32) {
        let Sizes { min, max, .. } = self.sizes;
        let anchors = self.anchors.len() as u32;
        let needed: u32 = self.anchors.iter().map(|anchor| min.max(anchor.len() as u32)).sum();
        let seated = self.seated();
        (seated.div_ceil(max).max(anchors), anchors + seated.saturating_sub(needed) / min)
    }

    /// The must rules that groups break, counted per group.
    pub(crate) fn broken_rules(&self, groups: &[Vec<u32>]) -> u32 {
        let musts = || self.rules.iter().filter(|rule| rule.is_must());
        let broken = groups.iter().map(|group| {
            musts().filter(|rule| rule.judge_whole(group).severity > 0).count() as u32
        });
        broken.sum()
    }

    /// A group judged after a change, given its aggregates before it: weighted sum, and cost of
    /// its broken must rules. The aggregates afterwards are left in `after`; `sums` is room for
    /// the packed columns.
    pub(crate) fn judge_change(
        &self,
        before: &[Agg],
        change: Change<'_>,
        sums: &mut [i32],
        after: &mut [Agg],
    ) -> (i64, i64) {
        self.shift(before, change, sums, after);
        let mut value = self.size_value(change.size());
        let mut cost = 0;
        for (rule, &agg) in self.rules.iter().zip(&*after) {
            let (more, broken) = rule.weigh(rule.law.judge(agg, change));
            value += more;
            cost += broken;
        }
        (value, cost)
    }

    /// A group's aggregates after a change, left in `after`.
    pub(crate) fn shift(
        &self,
        before: &[Agg],
        change: Change<'_>,
        sums: &mut [i32],
        after: &mut [Agg],
    ) {
        self.packed.shift(change, sums);
        for ((rule, &agg), after) in self.rules.iter().zip(before).zip(after) {
            *after = match rule.law.place() {
                Some(place) => Agg {
                    sum: agg.sum + i64::from(sums[place]),
                    extra: agg.extra + self.packed.known(place, change),
                },
                None => rule.law.shift(agg, change),
            };
        }
    }

    /// A group judged from nothing: weighted sum, and cost of its broken must rules.
    pub(crate) fn judge_group(&self, members: &[u32]) -> (i64, i64) {
        let mut value = self.size_value(members.len());
        let mut cost = 0;
        for rule in &self.rules {
            let (more, broken) = rule.weigh(rule.judge_whole(members));
            value += more;
            cost += broken;
        }
        (value, cost)
    }
}

impl Ruled {
    /// A verdict as (weighted score, cost).
    pub(crate) fn weigh(&self, judged: Judged) -> (i64, i64) {
        if judged.severity == 0 || self.hardness == Hardness::Could {
            return (self.weight * judged.score, 0);
        }
        if self.hardness == Hardness::Must {
            (self.weight * judged.score, BREACH + judged.severity)
        } else {
            (self.weight * (judged.score / 2), 0)
        }
    }

    /// How much a point of the score counts in a group's weighted sum.
    pub(crate) fn weight(&self) -> i64 {
        self.weight
    }

    /// Whether a low score costs nothing beside itself.
    pub(crate) fn never_breaks(&self, law: &Pairwise) -> bool {
        !self.binds() || !law.has_floor()
    }

    /// What a full score brings to a group's weighted sum.
    pub(crate) fn worth_of_full(&self) -> i64 {
        self.weight * FULL
    }

    /// Whether it is a must rule.
    pub(crate) fn is_must(&self) -> bool {
        self.hardness == Hardness::Must
    }

    /// Whether it is more than a wish.
    pub(crate) fn binds(&self) -> bool {
        self.hardness != Hardness::Could
    }

    /// Whether a member has said nothing that the rule could go by.
    pub(crate) fn is_silent(&self, problem: &Problem, criterion: &Criterion, student: u32) -> bool {
        if let Law::Wishes(wishes) = &self.law {
            return !wishes.wishes(student);
        }
        let features = criterion.rule.features();
        let mut columns = features.iter().map(|&feature| &problem.features[feature].values);
        !features.is_empty() && columns.all(|values| !values.known(student))
    }

    /// The verdict on a whole group.
    pub(crate) fn judge_whole(&self, members: &[u32]) -> Judged {
        let change = Change { rest: members, leaves: None, joins: None };
        self.law.judge(self.law.whole(members), change)
    }
}

/// Packs the columns of all pairwise rules that allow it.
fn pack(rules: &mut [Ruled]) -> Packed {
    let columns: Vec<Column<'_>> = rules
        .iter()
        .filter_map(|rule| match &rule.law {
            Law::Pairwise(law) => law.column(),
            _ => None,
        })
        .collect();
    let (packed, places) = Packed::new(&columns);
    let mut places = places.into_iter();
    for rule in rules {
        if let Law::Pairwise(law) = &mut rule.law
            && law.column().is_some()
            && let Some(place) = places.next()
        {
            law.pack(place);
        }
    }
    packed
}

fn factor(hardness: Hardness) -> i64 {
    match hardness {
        Hardness::Must | Hardness::Should => SHOULD_FACTOR,
        Hardness::Could => 1,
    }
}

/// `largest` is the largest group asked for, `max` the largest that may have to be judged.
fn compile(problem: &Problem, criterion: &Criterion, largest: usize, max: usize) -> Law {
    let values = |feature: &usize| &problem.features[*feature].values;
    let floor = |floor: &Option<u16>| {
        let absent = if criterion.hardness == Hardness::Must { MUST_FLOOR } else { 0 };
        i64::from(floor.unwrap_or(absent))
    };
    match &criterion.rule {
        Rule::Align { feature, floor: f } => {
            Law::Pairwise(Pairwise::new(values(feature), false, floor(f), max))
        }
        Rule::Mix { feature, floor: f } => {
            Law::Pairwise(Pairwise::new(values(feature), true, floor(f), max))
        }
        Rule::Balance { feature, floor: f } => match values(feature) {
            Values::Number(rows) => Law::Balance(Balance::new(rows, floor(f), max)),
            _ => unreachable!("validation lets only numbers in"),
        },
        Rule::Overlap { feature, min_common, min_length, slots_per_day } => match values(feature) {
            Values::Slots(rows) => {
                let runs = Runs::new(*min_length, *slots_per_day);
                Law::Overlap(Overlap::new(rows, *min_common, runs, max))
            }
            _ => unreachable!("validation lets only slots in"),
        },
        Rule::NeverAlone { feature, codes } => Law::Alone(Alone::new(values(feature), codes)),
        Rule::NeverAloneMarked { marks } => {
            Law::Alone(Alone::of_marks(&problem.features, problem.students, marks))
        }
        Rule::Cover { feature, codes, at_least } => {
            Law::Tally(Tally::new(values(feature), codes, *at_least, false))
        }
        Rule::AtMost { feature, codes, at_most } => {
            Law::Tally(Tally::new(values(feature), codes, *at_most, true))
        }
        Rule::AsFew { feature, codes } => Law::Share(Share::new(values(feature), codes, true, max)),
        Rule::AsMany { feature, codes } => {
            Law::Share(Share::new(values(feature), codes, false, max))
        }
        Rule::Apart { sets } => {
            Law::Relation(Relation::new(problem.students, Sense::Avoid, &all_pairs(sets)))
        }
        Rule::Together { sets } => {
            Law::Relation(Relation::new(problem.students, Sense::Seek, &all_pairs(sets)))
        }
        Rule::NotAgain { pairs, weights } => {
            Law::Relation(Relation::weighted(problem.students, Sense::Avoid, pairs, weights))
        }
        Rule::Wishes { wanted, unwanted } => {
            Law::Wishes(Wishes::new(problem.students, wanted, unwanted, largest))
        }
    }
}

fn all_pairs(sets: &[Vec<u32>]) -> Vec<(u32, u32)> {
    sets.iter()
        .flat_map(|set| {
            set.iter().enumerate().flat_map(|(i, &a)| set[i + 1..].iter().map(move |&b| (a, b)))
        })
        .collect()
}

fn blocks(problem: &Problem) -> Vec<Vec<u32>> {
    let mut joined = Blocks::new(problem.students);
    for criterion in &problem.criteria {
        if let (Hardness::Must, Rule::Together { sets }) = (criterion.hardness, &criterion.rule) {
            for pair in sets.iter().flat_map(|set| set.windows(2)) {
                joined.join(pair[0], pair[1]);
            }
        }
    }
    let mut by_root = vec![Vec::new(); problem.students as usize];
    for student in 0..problem.students {
        by_root[joined.root(student) as usize].push(student);
    }
    by_root.retain(|block| block.len() > 1);
    by_root
}
