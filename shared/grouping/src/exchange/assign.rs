//! The linear assignment problem (Jonker and Volgenant): prices of columns that are right for most
//! rows at once, then shortest augmenting paths for the rows left over.

/// No row, or no column.
const NONE: usize = usize::MAX;

/// How often rows in turn bid for the column they like best before paths are looked for.
const BIDS: usize = 3;

/// A square matrix of prices, row by row, and room for its solution.
#[derive(Default)]
pub(super) struct Assignment {
    side: usize,
    prices: Vec<i64>,
    /// By column: what is added to its prices, negated, so that rows agree on columns.
    rebate: Vec<i64>,
    /// By row: its column.
    takes: Vec<usize>,
    /// By column: its row.
    taken: Vec<usize>,
    free: Vec<usize>,
    path: Path,
}

/// Room for a search of shortest paths.
#[derive(Default)]
struct Path {
    /// By column: the distance, and the row it is reached from.
    distance: Vec<i64>,
    from: Vec<usize>,
    /// Columns reached for certain, each with its distance.
    done: Vec<(usize, i64)>,
}

impl Assignment {
    /// Starts a matrix of `side` rows and columns.
    pub(super) fn clear(&mut self, side: usize) {
        self.side = side;
        self.prices.clear();
    }

    /// Adds a row, and gives it back.
    pub(super) fn row(&mut self, prices: impl Iterator<Item = i64>) -> &mut [i64] {
        let before = self.prices.len();
        self.prices.extend(prices);
        &mut self.prices[before..]
    }

    /// By row: its column in an assignment with the smallest sum of prices.
    pub(super) fn solve(&mut self) -> &[usize] {
        self.take_cheapest();
        for _ in 0..2 {
            self.bid();
        }
        for row in std::mem::take(&mut self.free) {
            self.augment(row);
        }
        &self.takes
    }

    /// Each column is worth its lowest price, and goes to the row that has it if that is free.
    fn take_cheapest(&mut self) {
        let side = self.side;
        let Self { prices, rebate, takes, taken, free, .. } = self;
        rebate.clear();
        rebate.resize(side, i64::MAX);
        let mut cheapest = vec![NONE; side];
        for (row, prices) in prices.chunks_exact(side.max(1)).enumerate() {
            for ((rebate, cheapest), &price) in rebate.iter_mut().zip(&mut cheapest).zip(prices) {
                if price < *rebate {
                    *rebate = price;
                    *cheapest = row;
                }
            }
        }
        takes.clear();
        takes.resize(side, NONE);
        taken.clear();
        taken.resize(side, NONE);
        for (column, &row) in cheapest.iter().enumerate() {
            if takes[row] == NONE {
                takes[row] = column;
                taken[column] = row;
            }
        }
        free.clear();
        free.extend((0..side).filter(|&row| takes[row] == NONE));
    }

    /// Free rows take the column they like best, lower its rebate until they like another as much,
    /// and drive out who has it.
    fn bid(&mut self) {
        if self.side < 2 {
            return;
        }
        let waiting = std::mem::take(&mut self.free);
        // Rows of nearly equal prices could outbid each other for long.
        let mut left = BIDS * self.side;
        for start in waiting {
            let mut row = start;
            loop {
                let (best, second) = self.two_best(row);
                let mut column = best.1;
                if best.0 < second.0 {
                    self.rebate[column] -= second.0 - best.0;
                } else if self.taken[column] != NONE {
                    column = second.1;
                }
                let driven = std::mem::replace(&mut self.taken[column], row);
                self.takes[row] = column;
                if driven == NONE {
                    break;
                }
                self.takes[driven] = NONE;
                left = left.saturating_sub(1);
                if best.0 == second.0 || left == 0 {
                    self.free.push(driven);
                    break;
                }
                row = driven;
            }
        }
    }

    /// The lowest and second lowest price of a row after rebates, each with its column.
    fn two_best(&self, row: usize) -> ((i64, usize), (i64, usize)) {
        let (mut best, mut second) = ((i64::MAX, NONE), (i64::MAX, NONE));
        let prices = &self.prices[row * self.side..][..self.side];
        for (column, (price, rebate)) in prices.iter().zip(&self.rebate).enumerate() {
            let price = price - rebate;
            if price < second.0 {
                if price < best.0 {
                    second = best;
                    best = (price, column);
                } else {
                    second = (price, column);
                }
            }
        }
        (best, second)
    }

    /// Gives a free row a column along the cheapest chain of rows that change theirs.
    fn augment(&mut self, start: usize) {
        let side = self.side;
        let Self { prices: all, rebate, takes, taken, path, .. } = self;
        let Path { distance, from, done } = path;
        distance.clear();
        distance.resize(side, i64::MAX);
        from.clear();
        from.resize(side, start);
        done.clear();
        let (mut row, mut reached) = (start, 0);
        // What the row pays for the column it comes from; the first comes from none.
        let mut pays = 0;
        let end = loop {
            let prices = &all[row * side..][..side];
            let before = reached - pays;
            let (mut least, mut at) = (u64::MAX, 0);
            let columns = prices.iter().zip(&*rebate).zip(distance.iter_mut().zip(&mut *from));
            for (column, ((price, rebate), (distance, from))) in columns.enumerate() {
                let through = before + price - rebate;
                if through < *distance {
                    *distance = through;
                    *from = row;
                }
                // Columns that are done are below everything, which is above it without a sign.
                if distance.cast_unsigned() < least {
                    least = distance.cast_unsigned();
                    at = column;
                }
            }
            reached = least.cast_signed();
            if taken[at] == NONE {
                break at;
            }
            done.push((at, reached));
            distance[at] = i64::MIN;
            row = taken[at];
            pays = all[row * side + at] - rebate[at];
        };
        for &(column, distance) in &*done {
            rebate[column] += distance - reached;
        }
        let mut column = end;
        loop {
            let row = from[column];
            taken[column] = row;
            let before = std::mem::replace(&mut takes[row], column);
            if row == start {
                break;
            }
            column = before;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::Draw;

    fn cheapest(prices: &[i64], side: usize, row: usize, taken: u32) -> i64 {
        if row == side {
            return 0;
        }
        let free = (0..side).filter(|column| taken >> column & 1 == 0);
        free.map(|column| {
            prices[row * side + column] + cheapest(prices, side, row + 1, taken | 1 << column)
        })
        .min()
        .unwrap_or(0)
    }

    #[test]
    fn the_sum_is_the_smallest_of_all_permutations() {
        let mut draw = Draw::new(1, 0);
        let mut assignment = Assignment::default();
        for case in 0..300 {
            let side = 1 + draw.index(7);
            let span = [3, 1000, 1 << 30][draw.index(3)];
            let prices: Vec<i64> =
                (0..side * side).map(|_| i64::from(draw.below(span)) - 500).collect();
            assignment.clear(side);
            for row in prices.chunks(side) {
                assignment.row(row.iter().copied());
            }
            let takes = assignment.solve();
            let mut columns = takes.to_vec();
            columns.sort_unstable();
            assert_eq!(columns, (0..side).collect::<Vec<_>>());
            let sum: i64 =
                takes.iter().enumerate().map(|(row, column)| prices[row * side + column]).sum();
            assert_eq!(sum, cheapest(&prices, side, 0, 0), "case {case}");
        }
    }

    /// No permutation is cheaper if, with the columns' rebates, every row has what it likes best.
    #[test]
    fn large_matrices_leave_every_row_content() {
        let mut draw = Draw::new(2, 0);
        let mut assignment = Assignment::default();
        for case in 0..60 {
            let side = 1 + draw.index(120);
            let span = [1, 3, 1000, 1 << 30][draw.index(4)];
            assignment.clear(side);
            for _ in 0..side {
                let prices: Vec<i64> = (0..side).map(|_| i64::from(draw.below(span))).collect();
                assignment.row(prices.into_iter());
            }
            let takes = assignment.solve().to_vec();
            let Assignment { prices, rebate, .. } = &assignment;
            for (prices, &column) in prices.chunks(side).zip(&takes) {
                let best = prices.iter().zip(rebate).map(|(price, rebate)| price - rebate).min();
                assert_eq!(Some(prices[column] - rebate[column]), best, "case {case}");
            }
            let mut columns = takes;
            columns.sort_unstable();
            assert_eq!(columns, (0..side).collect::<Vec<_>>());
        }
    }
}
