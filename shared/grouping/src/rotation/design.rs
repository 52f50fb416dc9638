//! Many rounds without a repeated pair, by construction.
//!
//! Three ways, the first that gives enough rounds, else the longest:
//! - *grid*: students are the cells of a grid of as many rows as a group has members and as many
//!   columns as there are groups; every group has one student of each row. A difference matrix
//!   over an abelian group (the rows of a multiplication table over finite fields; else from a
//!   search) gives up to as many rounds as there are groups, and the rows are groups of their own
//!   after that;
//! - *turned*: one round that is turned (see [`develop`](super::develop)).
//!
//! Sizes differ by at most one.

use super::abelian::Abelian;
use super::develop::{first_round, turned};
use super::starter;
use crate::Sizes;
use crate::draw::Draw;

/// A round: students by group.
pub(super) type Groups = Vec<Vec<u32>>;

/// Larger sections meet nobody again for a long time anyway.
const LARGEST: u32 = 600;

/// Steps per pair of students of one search for a round to turn, and the searches made.
const STEPS: u64 = 3_000;
const SEARCHES: u32 = 10;

/// Up to `wanted` rounds of `groups` groups.
/// The search for a round to turn takes `effort` steps at most.
pub(super) fn rounds(
    students: u32,
    groups: u32,
    sizes: Sizes,
    wanted: u32,
    effort: u64,
) -> Vec<Groups> {
    if students > LARGEST || groups < 2 {
        return Vec::new();
    }
    // Nobody can meet more than everybody.
    let wanted = wanted.min((students - 1) / (students / groups - 1).max(1));
    // The design is the same for every seed; who stands where is not.
    let mut draw = Draw::new(0, 1 << 40);
    let mut best = grid(students, groups, sizes, wanted, &mut draw);
    let enough = |rounds: &Vec<Groups>| rounds.len() as u32 >= wanted;
    if !enough(&best) {
        let around = (wanted..wanted + 3).chain((2..wanted).rev());
        let lengths: Vec<u32> = around
            .filter(|&turns| turns > best.len() as u32 && students % turns <= groups)
            .filter(|&turns| turns <= students)
            .collect();
        let mut searches = 0;
        let pairs = u64::from(students) * u64::from(students) / 2;
        let mut left = effort;
        for turns in lengths {
            // Fewer rounds come easier: most is tried for the number asked for.
            let tries = if turns == wanted { SEARCHES / 2 } else { 1 };
            for _ in 0..tries {
                if searches == SEARCHES || best.len() as u32 >= turns.min(wanted) {
                    break;
                }
                searches += 1;
                let steps = (STEPS * pairs).min(left);
                left -= steps;
                let middle = students % turns;
                let even = even_sizes(students, groups);
                if let Some(first) = first_round(&even, turns, middle, steps, &mut draw) {
                    best = (0..turns).map(|by| turned(&first, turns, middle, by)).collect();
                }
            }
        }
    }
    best.truncate(wanted as usize);
    best
}

/// As even as can be, the larger first.
pub(super) fn even_sizes(students: u32, groups: u32) -> Vec<usize> {
    let (size, more) = (students / groups, students % groups);
    (0..groups).map(|group| (size + u32::from(group < more)) as usize).collect()
}

fn grid(students: u32, groups: u32, sizes: Sizes, wanted: u32, draw: &mut Draw) -> Vec<Groups> {
    let rows = students.div_ceil(groups);
    let abelian = Abelian::new(groups);
    let columns: Vec<Vec<u32>> = if rows <= abelian.smallest() {
        let column = |x| (0..rows).map(|label| abelian.times_label(x, label)).collect();
        (0..groups).map(column).collect()
    } else if rows <= groups {
        starter::columns(&abelian, rows, wanted, draw)
    } else {
        Vec::new()
    };
    let mut rounds: Vec<Groups> = columns
        .iter()
        .map(|column| {
            let member = |row: usize, group| row as u32 * groups + abelian.add(column[row], group);
            // The last row may be short.
            let members = |group| {
                let all = (0..rows as usize).map(|row| member(row, group));
                all.filter(|&student| student < students).collect()
            };
            (0..groups).map(members).collect()
        })
        .collect();
    // Whoever stands in one row has not met yet.
    let short = students - (rows - 1) * groups;
    let within = |row: u32| if row + 1 == rows { short } else { groups };
    let left = wanted.saturating_sub(rounds.len() as u32);
    let by_row: Vec<Vec<Groups>> =
        (0..rows).map(|row| alone(within(row), sizes, left, draw)).collect();
    let more = by_row.iter().map(Vec::len).min().unwrap_or(0);
    for round in 0..more {
        let mut all = Groups::new();
        for (row, rounds) in (0..).zip(&by_row) {
            let moved = |group: &Vec<u32>| group.iter().map(|&s| s + row * groups).collect();
            all.extend(rounds[round].iter().map(moved));
        }
        rounds.push(all);
    }
    rounds
}

/// Rounds of a few students by themselves.
fn alone(students: u32, sizes: Sizes, wanted: u32, draw: &mut Draw) -> Vec<Groups> {
    let (low, high) = (students.div_ceil(sizes.max), students / sizes.min);
    if low > high || wanted == 0 {
        return Vec::new();
    }
    let groups = ((students + sizes.preferred / 2) / sizes.preferred).clamp(low, high);
    let rounds = if groups < 2 { Vec::new() } else { grid(students, groups, sizes, wanted, draw) };
    if !rounds.is_empty() {
        return rounds;
    }
    let mut first = 0..;
    vec![
        even_sizes(students, groups)
            .into_iter()
            .map(|size| first.by_ref().take(size).collect())
            .collect(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_no_repeat(students: u32, rounds: &[Groups]) {
        let mut met = std::collections::HashSet::new();
        for round in rounds {
            let mut all = round.concat();
            all.sort_unstable();
            assert_eq!(all, (0..students).collect::<Vec<u32>>());
            for group in round {
                for (i, &a) in group.iter().enumerate() {
                    for &b in &group[i + 1..] {
                        assert!(met.insert((a.min(b), a.max(b))), "{a} and {b} meet again");
                    }
                }
            }
        }
    }

    fn count(
        students: u32,
        groups: u32,
        (min, preferred, max): (u32, u32, u32),
        wanted: u32,
    ) -> usize {
        let sizes = Sizes { min, preferred, max, weight: None, allow_small: false };
        let found = rounds(students, groups, sizes, wanted, 50_000_000);
        assert_no_repeat(students, &found);
        found.len()
    }

    #[test]
    fn g7_designs_give_as_many_rounds_as_fields_allow_and_more() {
        // Affine planes and what is left of them when students are missing.
        assert_eq!(count(25, 5, (5, 5, 5), 9), 6);
        assert_eq!(count(49, 7, (7, 7, 7), 8), 8);
        assert_eq!(count(32, 8, (4, 4, 4), 9), 9);
        assert_eq!(count(61, 16, (3, 4, 4), 16), 16);
        // Not a power of a prime.
        assert!(count(100, 20, (5, 5, 5), 21) >= 21);
        assert!(count(103, 21, (4, 5, 6), 15) >= 15);
    }

    #[test]
    fn g7_a_round_is_turned_where_no_grid_is_known() {
        assert!(count(60, 12, (5, 5, 5), 11) >= 11);
    }
}
