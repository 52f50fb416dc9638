//! Many students judged in one place of a group, each in turn.
//!
//! To judge one change, every law is asked about it. Here every law is asked about all students at
//! once: what it says of the members who stay is worked out once, students who are the same
//! to it are judged once, and distances are added up column by column, which the compiler does
//! several at a time. The verdicts are the same to the last bit.

use crate::law::{Agg, Change, Law};
use crate::model::{Model, Ruled};

/// Students to be judged together.
pub(crate) struct Panel<'m> {
    model: &'m Model,
    columns: Vec<Column>,
    joins: Vec<u32>,
    sums: Vec<i32>,
    values: Vec<i64>,
    costs: Vec<i64>,
}

/// How the students are told apart by a law.
enum Column {
    /// By few kinds.
    Kinds(Kinds),
    /// By their answers, in the order of the joiners.
    Answers(Vec<i32>),
    /// Each is judged for themselves.
    Each,
}

/// Students by what a law knows of them.
struct Kinds {
    /// By student.
    of: Vec<u8>,
    /// By joiner: the place of their kind in `present`.
    here: Vec<u8>,
    /// A joiner of each kind there is among them.
    present: Vec<u32>,
    verdicts: Vec<(i64, i64)>,
}

/// More kinds than that take longer to judge than all students by the faster ways.
const FEW: usize = 16;

impl<'m> Panel<'m> {
    pub(crate) fn new(model: &'m Model) -> Self {
        let columns = model.rules.iter().map(|rule| column(model, &rule.law)).collect();
        Self {
            model,
            columns,
            joins: Vec::new(),
            sums: Vec::new(),
            values: Vec::new(),
            costs: Vec::new(),
        }
    }

    /// Takes the students to be judged from now on.
    pub(crate) fn seat(&mut self, joins: &[u32]) {
        self.joins.clear();
        self.joins.extend(joins);
        self.sums.resize(joins.len(), 0);
        for (column, rule) in self.columns.iter_mut().zip(&self.model.rules) {
            match (column, &rule.law) {
                (Column::Kinds(kinds), _) => kinds.seat(joins),
                (Column::Answers(answers), Law::Pairwise(law)) => {
                    let rows = law.answers().unwrap_or_default();
                    answers.clear();
                    answers.extend(joins.iter().map(|&student| rows[student as usize]));
                }
                (Column::Answers(_) | Column::Each, _) => {}
            }
        }
    }

    /// Judges each student beside those who stay, whose aggregates these are.
    pub(crate) fn judge(&mut self, rest: &[u32], aggs: &[Agg]) {
        let Self { model, columns, joins, sums, values, costs } = self;
        values.clear();
        values.resize(joins.len(), model.size_value(rest.len() + 1));
        costs.clear();
        costs.resize(joins.len(), 0);
        for ((column, rule), &agg) in columns.iter_mut().zip(&model.rules).zip(aggs) {
            let mut take = |index: usize, (value, cost): (i64, i64)| {
                values[index] += value;
                costs[index] += cost;
            };
            match (column, &rule.law) {
                (Column::Kinds(kinds), _) => kinds.judge(rule, rest, agg, values, costs),
                (Column::Answers(answers), Law::Pairwise(law)) => {
                    law.distances_of(answers, rest, sums);
                    let size = rest.len() + 1;
                    for (index, (&sum, &answer)) in sums.iter().zip(&*answers).enumerate() {
                        let agg = Agg {
                            sum: agg.sum + i64::from(sum),
                            extra: agg.extra + i64::from(answer >= 0),
                        };
                        take(index, rule.weigh(law.judge(agg, size)));
                    }
                }
                (_, Law::Overlap(law)) => {
                    law.judge_each(rest, joins, |index, judged| take(index, rule.weigh(judged)));
                }
                (_, Law::Balance(law)) => {
                    for (index, &student) in joins.iter().enumerate() {
                        let change = Change { rest, leaves: None, joins: Some(student) };
                        take(index, rule.weigh(law.judge(law.shift(agg, change))));
                    }
                }
                (Column::Answers(_) | Column::Each, _) => {
                    for (index, &student) in joins.iter().enumerate() {
                        take(index, verdict(rule, rest, agg, student));
                    }
                }
            }
        }
    }

    /// The weighted sum with each student, and the cost of the must rules then broken.
    pub(crate) fn verdicts(&self) -> impl Iterator<Item = (i64, i64)> {
        self.values.iter().copied().zip(self.costs.iter().copied())
    }
}

/// A law's verdict on a student beside others.
fn verdict(rule: &Ruled, rest: &[u32], agg: Agg, student: u32) -> (i64, i64) {
    let change = Change { rest, leaves: None, joins: Some(student) };
    rule.weigh(rule.law.judge(rule.law.shift(agg, change), change))
}

fn column(model: &Model, law: &Law) -> Column {
    match (Kinds::of(model, law), law) {
        (Some(kinds), _) => Column::Kinds(kinds),
        (None, Law::Pairwise(law)) if law.answers().is_some() => Column::Answers(Vec::new()),
        _ => Column::Each,
    }
}

impl Kinds {
    /// Nothing if they are many.
    fn of(model: &Model, law: &Law) -> Option<Self> {
        let mut keys = Vec::new();
        let mut of = Vec::with_capacity(model.students as usize);
        for student in 0..model.students {
            let key = law.key(student)?;
            let kind = keys.iter().position(|other| *other == key).unwrap_or_else(|| {
                keys.push(key);
                keys.len() - 1
            });
            if keys.len() > FEW {
                return None;
            }
            of.push(kind as u8);
        }
        Some(Self { of, here: Vec::new(), present: Vec::new(), verdicts: Vec::new() })
    }

    fn seat(&mut self, joins: &[u32]) {
        let mut places = [None; FEW];
        self.here.clear();
        self.present.clear();
        for &student in joins {
            let place = places[usize::from(self.of[student as usize])].get_or_insert_with(|| {
                self.present.push(student);
                self.present.len() as u8 - 1
            });
            self.here.push(*place);
        }
    }

    fn judge(
        &mut self,
        rule: &Ruled,
        rest: &[u32],
        agg: Agg,
        values: &mut [i64],
        costs: &mut [i64],
    ) {
        let judged = self.present.iter().map(|&student| verdict(rule, rest, agg, student));
        self.verdicts.clear();
        self.verdicts.extend(judged);
        for (value, &place) in values.iter_mut().zip(&self.here) {
            *value += self.verdicts[usize::from(place)].0;
        }
        if self.verdicts.iter().any(|verdict| verdict.1 != 0) {
            for (cost, &place) in costs.iter_mut().zip(&self.here) {
                *cost += self.verdicts[usize::from(place)].1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::draw::Draw;
    use crate::support::{mixed, sizes};

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
}
