//! Rounds without a repeat from one round that is turned: students stand in circles of `turns`
//! places (and a few in the middle), and from round to round everybody in a circle moves on by
//! one place. Two students of the first round's group then never meet again if no other pair of
//! that round is the same pair turned.

use crate::draw::Draw;

/// A first round of groups of these sizes that can be turned `turns` times, as students by
/// group; nothing if none was found within so many steps.
pub(super) fn first_round(
    sizes: &[usize],
    turns: u32,
    middle: u32,
    steps: u64,
    draw: &mut Draw,
) -> Option<Vec<Vec<u32>>> {
    let mut search = Search::new(sizes, turns, middle, draw);
    search.run(steps, draw).then(|| search.groups())
}

/// The round after `by` turns.
pub(super) fn turned(first: &[Vec<u32>], turns: u32, middle: u32, by: u32) -> Vec<Vec<u32>> {
    let students: u32 = first.iter().map(|group| group.len() as u32).sum();
    let turn = |student: u32| {
        if student >= students - middle {
            return student;
        }
        let place = student % turns;
        student - place + (place + by) % turns
    };
    first.iter().map(|group| group.iter().map(|&student| turn(student)).collect()).collect()
}

/// Annealing over swaps of the first round; what counts is pairs that are the same when turned.
struct Search {
    students: usize,
    /// By pair of students: the number of their pair up to turning.
    orbit: Vec<u32>,
    /// By orbit: its pairs in the round.
    count: Vec<u32>,
    conflicts: i64,
    seats: Vec<u32>,
    /// By seat: the first seat of its group, and the last but one.
    group: Vec<(u32, u32)>,
}

impl Search {
    fn new(sizes: &[usize], turns: u32, middle: u32, draw: &mut Draw) -> Self {
        let students: usize = sizes.iter().sum();
        let circles = (students as u32 - middle) / turns;
        let mut orbit = vec![0; students * students];
        // Orbit 0 is for pairs that would meet more than once by turning alone.
        let pure = 1;
        let mixed = pure + circles * turns;
        let middles = mixed + circles * circles * turns;
        for a in 0..students as u32 {
            for b in 0..students as u32 {
                let (low, high) = (a.min(b), a.max(b));
                let (circle_low, circle_high) = (low / turns, high / turns);
                let apart = (high % turns + turns - low % turns) % turns;
                let number = if low >= circles * turns {
                    0
                } else if high >= circles * turns {
                    middles + (high - circles * turns) * circles + circle_low
                } else if circle_low != circle_high {
                    mixed + (circle_low * circles + circle_high) * turns + apart
                } else if 2 * apart == turns {
                    0
                } else {
                    pure + circle_low * turns + apart.min(turns - apart)
                };
                orbit[a as usize * students + b as usize] = number;
            }
        }
        let mut count = vec![0; (middles + middle * circles) as usize + 1];
        count[0] = 1;
        let mut group = Vec::with_capacity(students);
        for &size in sizes {
            let first = group.len() as u32;
            group.extend(std::iter::repeat_n((first, first + size as u32), size));
        }
        let mut seats: Vec<u32> = (0..students as u32).collect();
        draw.shuffle(&mut seats);
        let mut search = Self { students, orbit, count, conflicts: 0, seats, group };
        for seat in 0..students {
            for other in search.group[seat].0 as usize..seat {
                search.meet(search.seats[seat], search.seats[other]);
            }
        }
        search
    }

    fn groups(&self) -> Vec<Vec<u32>> {
        let mut groups = Vec::new();
        let mut at = 0;
        while at < self.students {
            let end = self.group[at].1 as usize;
            groups.push(self.seats[at..end].to_vec());
            at = end;
        }
        groups
    }

    fn meet(&mut self, a: u32, b: u32) {
        let count = &mut self.count[self.orbit[a as usize * self.students + b as usize] as usize];
        self.conflicts += i64::from(*count > 0);
        *count += 1;
    }

    fn part(&mut self, a: u32, b: u32) {
        let count = &mut self.count[self.orbit[a as usize * self.students + b as usize] as usize];
        *count -= 1;
        self.conflicts -= i64::from(*count > 0);
    }

    fn swap(&mut self, a: usize, b: usize) {
        let (x, y) = (self.seats[a], self.seats[b]);
        for (seat, leaves, joins) in [(a, x, y), (b, y, x)] {
            let (first, end) = self.group[seat];
            for other in first as usize..end as usize {
                if other != seat {
                    self.part(leaves, self.seats[other]);
                    self.meet(joins, self.seats[other]);
                }
            }
        }
        self.seats.swap(a, b);
    }

    fn run(&mut self, steps: u64, draw: &mut Draw) -> bool {
        // Chances in 2^16 of keeping a swap that adds so many conflicts.
        const CHANCE: [u32; 4] = [65_536, 1_614, 40, 1];
        for _ in 0..steps {
            if self.conflicts == 0 {
                return true;
            }
            let (a, b) = (draw.index(self.students), draw.index(self.students));
            if self.group[a] == self.group[b] {
                continue;
            }
            let before = self.conflicts;
            self.swap(a, b);
            let more = self.conflicts - before;
            let keeps =
                more <= 0 || CHANCE.get(more as usize).is_some_and(|&c| draw.below(65_536) < c);
            if !keeps {
                self.swap(a, b);
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g7_a_round_that_is_turned_brings_nobody_together_twice() {
        // Even and odd numbers of turns, with and without a middle, mixed sizes.
        for (sizes, turns) in
            [(vec![4; 8], 8), (vec![4; 8], 7), (vec![3; 5], 4), (vec![5, 5, 5, 4, 4, 4], 4)]
        {
            let students: usize = sizes.iter().sum();
            let middle = students as u32 % turns;
            let first = first_round(&sizes, turns, middle, 2_000_000, &mut Draw::new(1, 0))
                .expect("there is room");
            let mut met = vec![false; students * students];
            for by in 0..turns {
                let round = turned(&first, turns, middle, by);
                let mut all = round.concat();
                all.sort_unstable();
                assert_eq!(all, (0..students as u32).collect::<Vec<u32>>());
                for group in &round {
                    for (i, &a) in group.iter().enumerate() {
                        for &b in &group[i + 1..] {
                            let pair = a.min(b) as usize * students + a.max(b) as usize;
                            assert!(!met[pair], "{a} and {b} again in round {by} of {turns}");
                            met[pair] = true;
                        }
                    }
                }
            }
        }
    }
}
