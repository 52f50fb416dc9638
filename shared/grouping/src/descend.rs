//! Exact first-improvement descent over all swaps and moves.

use crate::chain::Record;
use crate::draw::Draw;
use crate::state::State;

/// Improves until no single swap or move is better, or the budget ends. Whether the end is a
/// proven local optimum.
pub(crate) fn descend(
    state: &mut State<'_>,
    budget: u64,
    draw: &mut Draw,
    record: &mut Record<'_>,
) -> bool {
    let students = state.model.students as usize;
    let mut order: Vec<u32> = (0..state.model.students).collect();
    // The time of each group's last change and of each student's last fruitless look-around.
    let mut changed = vec![1_u64; state.groups];
    let mut looked = vec![0_u64; students];
    let mut time = 1;
    let mut left = budget;
    let mut least = state.least();
    loop {
        draw.shuffle(&mut order);
        let mut improved = false;
        for &student in &order {
            let since = looked[student as usize];
            let mut found = false;
            let mut cursor = Targets::new(draw.index(students + state.groups));
            while let Some(target) = cursor.next(students, state.groups) {
                let from = state.home[student as usize] as usize;
                let Some(to) = target.group(state, from) else {
                    continue;
                };
                // A swap has also been judged when the other student looked around.
                let since = match target {
                    Target::Student(other) => since.max(looked[other as usize]),
                    Target::Group(_) => since,
                };
                if changed[from] <= since && changed[to] <= since {
                    continue;
                }
                if left == 0 || record.stopped() {
                    record.keep(state, true);
                    return false;
                }
                left -= 1;
                record.spend(1);
                let delta = match target {
                    Target::Student(other) => state.try_swap(student, other),
                    Target::Group(to) => state.try_move(student, to),
                };
                if delta.improves() {
                    state.commit();
                    time += 1;
                    changed[from] = time;
                    changed[to] = time;
                    found = true;
                }
            }
            if found {
                improved = true;
            } else {
                looked[student as usize] = time;
            }
        }
        if !improved {
            // A new worst group changes what is an improvement elsewhere: look at all again.
            if state.least() == least {
                record.keep(state, true);
                return true;
            }
            least = state.least();
            looked.fill(0);
        }
    }
}

/// Where a student could go: in another's place, or into a group with room.
#[derive(Clone, Copy)]
enum Target {
    Student(u32),
    Group(usize),
}

impl Target {
    /// The group concerned; nothing if the change is not possible.
    fn group(self, state: &State<'_>, from: usize) -> Option<usize> {
        match self {
            Self::Student(other) => {
                let to = state.home[other as usize] as usize;
                (to != from).then_some(to)
            }
            Self::Group(to) => {
                let sizes = state.model.sizes;
                (to != from && state.size(from) > sizes.min && state.size(to) < sizes.max)
                    .then_some(to)
            }
        }
    }
}

/// All targets once, from a random place on.
struct Targets {
    offset: usize,
    done: usize,
}

impl Targets {
    fn new(offset: usize) -> Self {
        Self { offset, done: 0 }
    }

    fn next(&mut self, students: usize, groups: usize) -> Option<Target> {
        let all = students + groups;
        if self.done == all {
            return None;
        }
        let at = (self.offset + self.done) % all;
        self.done += 1;
        Some(if at < students { Target::Student(at as u32) } else { Target::Group(at - students) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model;
    use crate::start::random;
    use crate::support::{mixed, sizes};

    #[test]
    fn no_swap_or_move_improves_on_a_descent_that_ended_by_itself() {
        for seed in 0..60 {
            let problem = mixed(seed, 24, sizes(3, 4, 6));
            let model = Model::new(&problem).expect("mixed problems are valid");
            let mut draw = Draw::new(seed, 0);
            let mut state = random(&model, 6, &mut draw);
            let mut record = Record::new(&model, None);
            assert!(descend(&mut state, 1_000_000, &mut draw, &mut record));
            for a in 0..24 {
                let from = state.home[a as usize] as usize;
                for b in 0..24 {
                    if state.home[b as usize] as usize != from {
                        assert!(!state.try_swap(a, b).improves(), "problem {seed}: {a} and {b}");
                    }
                }
                for to in 0..6 {
                    if to != from && state.size(from) > 3 && state.size(to) < 6 {
                        assert!(!state.try_move(a, to).improves(), "problem {seed}: {a} to {to}");
                    }
                }
            }
        }
    }
}
