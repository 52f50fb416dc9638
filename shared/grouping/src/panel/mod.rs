//! Many students judged in one place of a group, each in turn.
//!
//! To judge one change, every law is asked about it. Here every law is asked about all students at
//! once: what it says of the members who stay is worked out once; students who are the same to it,
//! or to several laws together, are judged once; what is told apart by numbers, sets or calendars
//! is worked out in lanes, which the compiler does several at a time. The verdicts are the same to
//! the last bit.

mod blend;

use crate::law::{Agg, Change, FULL, LANES, Law, Seats};
use crate::model::{Model, Ruled};
use blend::Blend;

/// Students to be judged together.
pub(crate) struct Panel<'m> {
    model: &'m Model,
    /// Laws that tell few kinds of students apart.
    blends: Vec<Blend>,
    /// The other laws.
    columns: Vec<Column>,
    joins: Vec<u32>,
    /// Sums over laws in whole lanes, as long as they fit, and before.
    part: Vec<i32>,
    values: Vec<i64>,
    costs: Vec<i64>,
    sums: Vec<i32>,
    /// Whether no sum leaves `part`.
    narrow: bool,
    /// Whether anybody would break a must rule.
    broken: bool,
}

/// How the students are told apart by a law.
struct Column {
    /// The place of its rule.
    rule: usize,
    told: Told,
}

enum Told {
    /// By their answers.
    Answers(Seats),
    /// By their calendars.
    Words { words: Vec<u64>, worths: Vec<[i32; 2]> },
    /// Each is judged for themselves.
    Each,
}

impl<'m> Panel<'m> {
    pub(crate) fn new(model: &'m Model) -> Self {
        let (blends, rest) = Blend::of_all(model);
        let columns = rest.into_iter().map(|rule| Column {
            rule,
            told: match &model.rules[rule].law {
                Law::Pairwise(law) if law.answers().is_some() => Told::Answers(Seats::default()),
                Law::Overlap(law) if law.words().is_some() && !model.rules[rule].is_must() => {
                    let worths = law.worths(|judged| model.rules[rule].weigh(judged).0);
                    Told::Words { words: Vec::new(), worths }
                }
                _ => Told::Each,
            },
        });
        Self {
            model,
            blends,
            columns: columns.collect(),
            joins: Vec::new(),
            part: Vec::new(),
            values: Vec::new(),
            costs: Vec::new(),
            sums: Vec::new(),
            narrow: model.total_weight * FULL <= i64::from(i32::MAX),
            broken: false,
        }
    }

    /// Takes the students to be judged from now on.
    pub(crate) fn seat(&mut self, joins: &[u32]) {
        self.joins.clear();
        self.joins.extend(joins);
        // What is left in the places beyond the last student is nobody's.
        self.part.clear();
        self.part.resize(joins.len().next_multiple_of(LANES), 0);
        self.sums.resize(joins.len(), 0);
        self.values.resize(joins.len(), 0);
        self.costs.clear();
        self.costs.resize(joins.len(), 0);
        for blend in &mut self.blends {
            blend.seat(joins);
        }
        for Column { rule, told } in &mut self.columns {
            match (told, &self.model.rules[*rule].law) {
                (Told::Answers(seats), Law::Pairwise(law)) => law.seat(joins, seats),
                (Told::Words { words, .. }, Law::Overlap(law)) => {
                    let rows = law.words().unwrap_or_default();
                    words.clear();
                    words.extend(joins.iter().map(|&student| rows[student as usize]));
                    words.resize(joins.len().next_multiple_of(LANES), 0);
                }
                _ => {}
            }
        }
    }

    /// Judges each student beside those who stay, whose aggregates these are.
    pub(crate) fn judge(&mut self, rest: &[u32], aggs: &[Agg]) {
        self.values.fill(self.model.size_value(rest.len() + 1));
        if std::mem::take(&mut self.broken) {
            self.costs.fill(0);
        }
        for blend in &mut self.blends {
            self.broken |= blend.judge(self.model, rest, aggs, &mut self.part, &mut self.costs);
            if !self.narrow {
                add_up(&mut self.part, &mut self.values);
            }
        }
        for column in 0..self.columns.len() {
            self.judge_column(column, rest, aggs);
            if !self.narrow {
                add_up(&mut self.part, &mut self.values);
            }
        }
        add_up(&mut self.part, &mut self.values);
    }

    fn judge_column(&mut self, column: usize, rest: &[u32], aggs: &[Agg]) {
        let Self { model, columns, joins, part, costs, sums, broken, .. } = self;
        let Column { rule, told } = &mut columns[column];
        let (rule, agg) = (&model.rules[*rule], aggs[*rule]);
        let size = rest.len() + 1;
        let mut take = |index: usize, (value, cost): (i64, i64)| {
            part[index] += value as i32;
            costs[index] += cost;
            *broken |= cost != 0;
        };
        match (told, &rule.law) {
            (Told::Answers(seats), Law::Pairwise(law)) => {
                let scale = law.scale(size, rule.weight());
                if let Some(scale) = scale.filter(|_| rule.never_breaks(law)) {
                    law.add_worth(seats, rest, agg, scale, part);
                    return;
                }
                law.distances_of(&seats.answers[..joins.len()], rest, sums);
                for (index, (&sum, &answer)) in sums.iter().zip(&seats.answers).enumerate() {
                    let agg = Agg {
                        sum: agg.sum + i64::from(sum),
                        extra: agg.extra + i64::from(answer >= 0),
                    };
                    take(index, rule.weigh(law.judge(agg, size)));
                }
            }
            (Told::Words { words, worths }, Law::Overlap(law)) => {
                law.add_worth(rest, words, worths, part);
            }
            (_, Law::Overlap(law)) => {
                law.judge_each(rest, joins, |index, judged| take(index, rule.weigh(judged)));
            }
            (_, law) => {
                for (index, &student) in joins.iter().enumerate() {
                    take(index, verdict(rule, law, rest, agg, student));
                }
            }
        }
    }

    /// The weighted sum with each student, and the cost of the must rules then broken.
    pub(crate) fn verdicts(&self) -> impl Iterator<Item = (i64, i64)> {
        self.values.iter().copied().zip(self.costs.iter().copied())
    }

    /// The weighted sums alone.
    pub(crate) fn values(&self) -> impl Iterator<Item = i64> {
        self.values.iter().copied()
    }

    /// Whether any of these costs is one.
    pub(crate) fn broken(&self) -> bool {
        self.broken
    }
}

/// Adds what has come together in lanes to the sums.
fn add_up(part: &mut [i32], values: &mut [i64]) {
    for (value, part) in values.iter_mut().zip(part) {
        *value += i64::from(std::mem::take(part));
    }
}

/// A law's verdict on a student beside others.
fn verdict(rule: &Ruled, law: &Law, rest: &[u32], agg: Agg, student: u32) -> (i64, i64) {
    let change = Change { rest, leaves: None, joins: Some(student) };
    rule.weigh(law.judge(law.shift(agg, change), change))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::draw::Draw;
    use crate::support::{mixed, sizes};
    use crate::{Criterion, Hardness, MAX_CRITERIA, MAX_WEIGHT};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        /// Judged together, students get the verdicts they get one by one: all kinds of criteria,
        /// answers missing or not, several windows in turn.
        #[test]
        fn a_panel_says_the_same_as_each_change_alone(seed: u64, students in 6_u32..60) {
            let model = Model::new(&mixed(seed, students, sizes(2, 3, 6))).expect("valid");
            let mut draw = Draw::new(seed, 0);
            let mut panel = Panel::new(&model);
            let mut order: Vec<u32> = (0..students).collect();
            let mut sums = vec![0; model.packed.width()];
            let mut after = vec![Agg::default(); model.rules.len()];
            for _ in 0..10 {
                draw.shuffle(&mut order);
                let (rest, joins) = order.split_at(1 + draw.index(4));
                panel.seat(joins);
                let aggs: Vec<Agg> =
                    model.rules.iter().map(|rule| rule.law.whole(rest)).collect();
                panel.judge(rest, &aggs);
                let together: Vec<(i64, i64)> = panel.verdicts().collect();
                for (&student, verdict) in joins.iter().zip(together) {
                    let change = Change { rest, leaves: None, joins: Some(student) };
                    let alone = model.judge_change(&aggs, change, &mut sums, &mut after);
                    prop_assert_eq!(verdict, alone);
                }
            }
        }
    }

    #[test]
    fn sums_of_many_heavy_criteria_do_not_overflow() {
        let mut problem = mixed(1, 24, sizes(2, 3, 6));
        let each = problem.criteria.clone();
        problem.criteria = (0..MAX_CRITERIA)
            .flat_map(|copy| {
                let heavy = |criterion: &Criterion| Criterion {
                    id: format!("{} {copy}", criterion.id),
                    weight: MAX_WEIGHT,
                    hardness: Hardness::Should,
                    ..criterion.clone()
                };
                each.iter().map(heavy).collect::<Vec<_>>()
            })
            .take(MAX_CRITERIA)
            .collect();
        let model = Model::new(&problem).expect("valid");
        assert!(model.total_weight * FULL > i64::from(i32::MAX));
        let mut panel = Panel::new(&model);
        assert!(!panel.narrow);
        let rest = [20, 21, 22, 23];
        let joins: Vec<u32> = (0..20).collect();
        let aggs: Vec<Agg> = model.rules.iter().map(|rule| rule.law.whole(&rest)).collect();
        panel.seat(&joins);
        panel.judge(&rest, &aggs);
        for (&student, verdict) in joins.iter().zip(panel.verdicts()) {
            let group = [&rest[..], &[student]].concat();
            assert_eq!(verdict, model.judge_group(&group));
        }
    }
}
