//! The linear assignment problem, by shortest augmenting paths (Kuhn; Jonker and Volgenant).

/// A square matrix of prices, row by row, and room for its solution.
#[derive(Default)]
pub(super) struct Assignment {
    side: usize,
    prices: Vec<i64>,
    takes: Vec<usize>,
}

impl Assignment {
    /// Starts a matrix of `side` rows and columns.
    pub(super) fn clear(&mut self, side: usize) {
        self.side = side;
        self.prices.clear();
    }

    /// Adds a row.
    pub(super) fn row(&mut self, prices: impl Iterator<Item = i64>) {
        self.prices.extend(prices);
    }

    /// By row: its column in an assignment with the smallest sum of prices.
    pub(super) fn solve(&mut self) -> &[usize] {
        let side = self.side;
        // Columns are counted from 1; 0 stands for the row that is being placed.
        let mut of_row = vec![0_i64; side];
        let mut of_column = vec![0_i64; side + 1];
        let mut row_in: Vec<Option<usize>> = vec![None; side + 1];
        let mut before = vec![0; side + 1];
        for row in 0..side {
            row_in[0] = Some(row);
            let mut distance = vec![i64::MAX; side + 1];
            let mut done = vec![false; side + 1];
            let mut column = 0;
            while let Some(from) = row_in[column] {
                done[column] = true;
                let prices = &self.prices[from * side..][..side];
                let (mut step, mut next) = (i64::MAX, 0);
                for other in 1..=side {
                    if done[other] {
                        continue;
                    }
                    let price = prices[other - 1] - of_row[from] - of_column[other];
                    if price < distance[other] {
                        distance[other] = price;
                        before[other] = column;
                    }
                    if distance[other] < step {
                        step = distance[other];
                        next = other;
                    }
                }
                for other in 0..=side {
                    if done[other] {
                        if let Some(row) = row_in[other] {
                            of_row[row] += step;
                        }
                        of_column[other] -= step;
                    } else if distance[other] != i64::MAX {
                        distance[other] -= step;
                    }
                }
                column = next;
            }
            while column != 0 {
                row_in[column] = row_in[before[column]];
                column = before[column];
            }
        }
        self.takes.clear();
        self.takes.resize(side, 0);
        for (column, row) in row_in.into_iter().enumerate().skip(1) {
            if let Some(row) = row {
                self.takes[row] = column - 1;
            }
        }
        &self.takes
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
            let side = 1 + draw.index(6);
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
}
