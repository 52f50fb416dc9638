//! Difference matrices for orders that fields do not give, found by a search among symmetric
//! ones.

use super::abelian::Abelian;
use crate::draw::Draw;

/// Steps of the search for one kind of symmetry, and the kinds tried.
const STEPS: u32 = 1_000_000;
const TRIES: usize = 8;

/// Columns of `rows` elements such that for any two rows the differences along the columns are
/// distinct: `wanted` or more if that many were found, at most the order of the group.
pub(super) fn columns(group: &Abelian, rows: u32, wanted: u32, draw: &mut Draw) -> Vec<Vec<u32>> {
    let mut plans: Vec<Plan> = Vec::new();
    for fixed in [false, true] {
        let turn = rows - u32::from(fixed);
        for zero in [false, true] {
            let most = (group.order - u32::from(zero)) / turn;
            plans.extend((1..=most).map(|bases| Plan { fixed, zero, turn, bases }));
        }
    }
    // The smallest that is enough, else the largest.
    plans.sort_by_key(|plan| plan.columns());
    let (fewer, enough) = plans.split_at(plans.partition_point(|plan| plan.columns() < wanted));
    for &plan in enough.iter().chain(fewer.iter().rev()).take(TRIES) {
        if let Some(bases) = Search::new(group, plan, draw).run(draw) {
            return plan.unfold(&bases);
        }
    }
    vec![vec![0; rows as usize]]
}

/// A symmetry: columns come as all turns of some base columns.
#[derive(Clone, Copy)]
struct Plan {
    /// Whether a row of zeros stands above the rows that turn.
    fixed: bool,
    /// Whether there is a column of zeros besides.
    zero: bool,
    /// The rows that turn.
    turn: u32,
    bases: u32,
}

impl Plan {
    fn columns(self) -> u32 {
        self.bases * self.turn + u32::from(self.zero)
    }

    fn unfold(self, bases: &[u32]) -> Vec<Vec<u32>> {
        let turn = self.turn as usize;
        let mut columns = Vec::new();
        for base in bases.chunks(turn) {
            for shift in 0..turn {
                let top = self.fixed.then_some(0);
                let rest = (0..turn).map(|row| base[(row + shift) % turn]);
                columns.push(top.into_iter().chain(rest).collect());
            }
        }
        if self.zero {
            columns.push(vec![0; turn + usize::from(self.fixed)]);
        }
        columns
    }
}

/// Annealing over the base columns. Differences need counting by distance of rows only: the
/// turns make them the same for all rows so far apart.
struct Search {
    plan: Plan,
    order: u32,
    /// By (a, b): a - b.
    minus: Vec<u32>,
    bases: Vec<u32>,
    /// By line (a distance of rows; 0 for the values themselves) and element: how often.
    count: Vec<u32>,
    conflicts: i64,
}

impl Search {
    fn new(group: &Abelian, plan: Plan, draw: &mut Draw) -> Self {
        let order = group.order;
        let minus = (0..order * order)
            .map(|pair| group.add(pair / order, group.negative(pair % order)))
            .collect();
        let lines = plan.turn / 2 + 1;
        let bases: Vec<u32> = (0..plan.bases * plan.turn).map(|_| draw.below(order)).collect();
        let count = vec![0; (lines * order) as usize];
        let mut search = Self { plan, order, minus, bases, count, conflicts: 0 };
        if plan.zero {
            // The column of zeros has all its differences zero.
            for line in 0..lines {
                search.count[(line * order) as usize] = 1;
            }
        }
        for at in 0..search.bases.len() {
            search.enter(at, true, at % plan.turn as usize);
        }
        search
    }

    /// Counts, or no longer counts, an entry's value and its differences to the entries of the
    /// same base in rows before `upto`.
    fn enter(&mut self, at: usize, here: bool, upto: usize) {
        let turn = self.plan.turn as usize;
        let (base, row) = (at / turn * turn, at % turn);
        let value = self.bases[at];
        if self.plan.fixed {
            self.tell(0, value, here);
        }
        for other in (0..upto).filter(|&other| other != row) {
            let distance = (row + turn - other) % turn;
            let there = self.bases[base + other];
            let forth = self.minus[(value * self.order + there) as usize];
            let back = self.minus[(there * self.order + value) as usize];
            if 2 * distance <= turn {
                self.tell(distance, forth, here);
            }
            if 2 * distance >= turn {
                self.tell(turn - distance, back, here);
            }
        }
    }

    fn tell(&mut self, line: usize, element: u32, here: bool) {
        let count = &mut self.count[line * self.order as usize + element as usize];
        if here {
            self.conflicts += i64::from(*count > 0);
            *count += 1;
        } else {
            *count -= 1;
            self.conflicts -= i64::from(*count > 0);
        }
    }

    fn run(mut self, draw: &mut Draw) -> Option<Vec<u32>> {
        // Chances in 2^16 of keeping a change that adds so many conflicts.
        const CHANCE: [u32; 5] = [65_536, 5_400, 440, 36, 3];
        let turn = self.plan.turn as usize;
        for _ in 0..STEPS {
            if self.conflicts == 0 {
                return Some(self.bases);
            }
            let at = draw.index(self.bases.len());
            let (before, value) = (self.conflicts, self.bases[at]);
            self.enter(at, false, turn);
            self.bases[at] = draw.below(self.order);
            self.enter(at, true, turn);
            let more = self.conflicts - before;
            let keeps =
                more <= 0 || CHANCE.get(more as usize).is_some_and(|&c| draw.below(65_536) < c);
            if !keeps {
                self.enter(at, false, turn);
                self.bases[at] = value;
                self.enter(at, true, turn);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g7_differences_of_any_two_rows_are_distinct() {
        for (order, rows, wanted, at_least) in
            [(20, 5, 18, 18), (14, 4, 13, 13), (12, 5, 9, 9), (6, 3, 5, 5), (10, 6, 6, 2)]
        {
            let group = Abelian::new(order);
            let columns = columns(&group, rows, wanted, &mut Draw::new(1, 1));
            assert!(columns.len() >= at_least, "{order} {rows}: {}", columns.len());
            for i in 0..rows as usize {
                for j in 0..i {
                    let mut seen = vec![false; order as usize];
                    for column in &columns {
                        let difference = group.add(column[i], group.negative(column[j]));
                        assert!(!seen[difference as usize], "{order}: rows {i} and {j}");
                        seen[difference as usize] = true;
                    }
                }
            }
        }
    }
}
