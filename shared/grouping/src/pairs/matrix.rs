//! The group-major delta matrix: what every student would bring to every group.

use super::problem::PairProblem;
use super::sum::Sum;

/// Rows are padded to a multiple of this, so that loops over them have no remainder.
const LANES: usize = 8;

/// An assignment, with each student's summed values to each group's members. Judging a swap or
/// an insert takes a few look-ups; carrying it out updates two rows.
pub(crate) struct Matrix<'p, S> {
    pub(crate) problem: &'p PairProblem,
    pub(crate) groups: usize,
    /// Entries per row.
    width: usize,
    /// Room for members of one group.
    pub(crate) stride: usize,
    values: Vec<i32>,
    /// `pull[group * width + student]`: the student's values to the group's members.
    pull: Vec<S>,
    /// By place `group * stride + seat`: the member's pull towards their own group.
    own: Vec<S>,
    members: Vec<u32>,
    size: Vec<u32>,
    home: Vec<u32>,
    seat: Vec<u32>,
    total: i64,
}

impl<'p, S: Sum> Matrix<'p, S> {
    /// The state of an assignment, given as each student's group.
    pub(crate) fn new(problem: &'p PairProblem, home: &[u32]) -> Self {
        let students = problem.students() as usize;
        let groups = problem.bounds().len();
        let width = students.next_multiple_of(LANES);
        let stride = problem.bounds().iter().map(|bounds| bounds.max).max().unwrap_or(1);
        let stride = stride.min(problem.students()) as usize;
        let mut values = vec![0; students * width];
        for (row, student) in values.chunks_exact_mut(width).zip(0..) {
            row[..students].copy_from_slice(problem.row(student));
        }
        let mut matrix = Self {
            problem,
            groups,
            width,
            stride,
            values,
            pull: vec![S::default(); groups * width],
            own: vec![S::default(); groups * stride],
            members: vec![0; groups * stride],
            size: vec![0; groups],
            home: vec![0; students],
            seat: vec![0; students],
            total: 0,
        };
        matrix.assign(home);
        matrix
    }

    /// Takes another assignment.
    pub(crate) fn assign(&mut self, home: &[u32]) {
        self.size.fill(0);
        self.pull.fill(S::default());
        self.home.copy_from_slice(home);
        for (student, &group) in home.iter().enumerate() {
            let seat = self.size[group as usize];
            self.members[group as usize * self.stride + seat as usize] = student as u32;
            self.seat[student] = seat;
            self.size[group as usize] = seat + 1;
            let values = &self.values[student * self.width..][..self.width];
            let pull = &mut self.pull[group as usize * self.width..][..self.width];
            for (pull, &value) in pull.iter_mut().zip(values) {
                *pull = pull.plus(S::of(value));
            }
        }
        for group in 0..self.groups {
            self.refresh(group);
        }
        let twice: i64 = (0..self.groups)
            .flat_map(|group| &self.own[group * self.stride..][..self.size[group] as usize])
            .map(|own| own.wide())
            .sum();
        self.total = twice / 2;
    }

    /// The sum of the values inside groups.
    pub(crate) fn total(&self) -> i64 {
        self.total
    }

    /// By student: their group.
    pub(crate) fn home(&self) -> &[u32] {
        &self.home
    }

    pub(crate) fn size(&self, group: usize) -> usize {
        self.size[group] as usize
    }

    pub(crate) fn members(&self, group: usize) -> &[u32] {
        &self.members[group * self.stride..][..self.size[group] as usize]
    }

    /// Whether a group can do with a member less.
    pub(crate) fn can_give(&self, group: usize) -> bool {
        self.size[group] > self.problem.bounds()[group].min
    }

    /// Whether a group has room for one more.
    pub(crate) fn has_room(&self, group: usize) -> bool {
        self.size[group] < self.problem.bounds()[group].max
    }

    /// What everybody would bring to a group.
    pub(crate) fn pull(&self, group: usize) -> &[S] {
        &self.pull[group * self.width..][..self.width]
    }

    /// What a student would bring to each group, in order.
    pub(crate) fn pulls(&self, student: usize) -> impl Iterator<Item = S> {
        self.pull[student..].iter().step_by(self.width).copied()
    }

    /// What a group's members bring to it, by seat.
    pub(crate) fn own(&self, group: usize) -> &[S] {
        &self.own[group * self.stride..][..self.size[group] as usize]
    }

    pub(crate) fn values(&self, student: usize) -> &[i32] {
        &self.values[student * self.width..][..self.width]
    }

    fn own_pull(&self, student: usize) -> S {
        self.own[self.home[student] as usize * self.stride + self.seat[student] as usize]
    }

    /// What exchanging two students of different groups brings.
    pub(crate) fn swap_gain(&self, a: usize, b: usize) -> S {
        let (from, to) = (self.home[a] as usize, self.home[b] as usize);
        let value = S::of(self.values[a * self.width + b]);
        let towards = self.pull[to * self.width + a].plus(self.pull[from * self.width + b]);
        towards.minus(self.own_pull(a)).minus(self.own_pull(b)).minus(value.plus(value))
    }

    /// What moving a student to another group brings.
    pub(crate) fn move_gain(&self, student: usize, to: usize) -> S {
        self.pull[to * self.width + student].minus(self.own_pull(student))
    }

    /// Exchanges two students of different groups.
    pub(crate) fn swap(&mut self, a: usize, b: usize) {
        self.total += self.swap_gain(a, b).wide();
        let (from, to) = (self.home[a] as usize, self.home[b] as usize);
        let width = self.width;
        let (lower, upper) = self.pull.split_at_mut(from.max(to) * width);
        let (low, high) = (&mut lower[from.min(to) * width..][..width], &mut upper[..width]);
        let (pull_from, pull_to) = if from < to { (low, high) } else { (high, low) };
        let (row_a, row_b) =
            (&self.values[a * width..][..width], &self.values[b * width..][..width]);
        for (((pull_from, pull_to), &a), &b) in
            pull_from.iter_mut().zip(pull_to).zip(row_a).zip(row_b)
        {
            let change = S::of(b).minus(S::of(a));
            *pull_from = pull_from.plus(change);
            *pull_to = pull_to.minus(change);
        }
        let (seat_a, seat_b) = (self.seat[a], self.seat[b]);
        self.members[from * self.stride + seat_a as usize] = b as u32;
        self.members[to * self.stride + seat_b as usize] = a as u32;
        self.home.swap(a, b);
        self.seat.swap(a, b);
        self.refresh(from);
        self.refresh(to);
    }

    /// Moves a student to another group.
    pub(crate) fn shift(&mut self, student: usize, to: usize) {
        self.total += self.move_gain(student, to).wide();
        let from = self.home[student] as usize;
        let row = &self.values[student * self.width..][..self.width];
        for (pull, &value) in self.pull[from * self.width..][..self.width].iter_mut().zip(row) {
            *pull = pull.minus(S::of(value));
        }
        for (pull, &value) in self.pull[to * self.width..][..self.width].iter_mut().zip(row) {
            *pull = pull.plus(S::of(value));
        }
        let seat = self.seat[student];
        self.size[from] -= 1;
        let last = self.members[from * self.stride + self.size[from] as usize];
        self.members[from * self.stride + seat as usize] = last;
        self.seat[last as usize] = seat;
        let seat = self.size[to];
        self.members[to * self.stride + seat as usize] = student as u32;
        self.size[to] += 1;
        self.seat[student] = seat;
        self.home[student] = to as u32;
        self.refresh(from);
        self.refresh(to);
    }

    /// Reads the members' own pulls from the group's row again.
    fn refresh(&mut self, group: usize) {
        let pull = &self.pull[group * self.width..][..self.width];
        let seats = group * self.stride..group * self.stride + self.size[group] as usize;
        for (own, &member) in self.own[seats.clone()].iter_mut().zip(&self.members[seats]) {
            *own = pull[member as usize];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::Draw;
    use crate::pairs::SizeBounds;

    fn plain(problem: &PairProblem, home: &[u32]) -> i64 {
        let mut sum = 0;
        for a in 0..home.len() {
            for b in 0..a {
                if home[a] == home[b] {
                    sum += i64::from(problem.value(a as u32, b as u32));
                }
            }
        }
        sum
    }

    fn walk<S: Sum>(seed: u64) {
        let mut draw = Draw::new(seed, 0);
        let students = 5 + draw.index(20);
        let groups = 2 + draw.index(3);
        let bounds = vec![SizeBounds { min: 1, max: students as u32 }; groups];
        let problem =
            PairProblem::new(students as u32, bounds, |_, _| draw.below(2001).cast_signed() - 1000)
                .expect("bounds that fit");
        let home: Vec<u32> = (0..students).map(|student| (student % groups) as u32).collect();
        let mut matrix = Matrix::<S>::new(&problem, &home);
        for _ in 0..200 {
            let (a, b) = (draw.index(students), draw.index(students));
            let to = draw.index(groups);
            let before = matrix.total();
            let from = matrix.home()[a] as usize;
            let gain = if from != matrix.home()[b] as usize && draw.one_in(2) {
                let gain = matrix.swap_gain(a, b).wide();
                matrix.swap(a, b);
                gain
            } else if to != from && matrix.can_give(from) && matrix.has_room(to) {
                let gain = matrix.move_gain(a, to).wide();
                matrix.shift(a, to);
                gain
            } else {
                continue;
            };
            assert_eq!(before + gain, matrix.total());
            assert_eq!(matrix.total(), plain(&problem, matrix.home()));
            let fresh = Matrix::<S>::new(&problem, matrix.home());
            for group in 0..groups {
                assert!(matrix.pull(group) == fresh.pull(group));
                let mut members = matrix.members(group).to_vec();
                members.sort_unstable();
                assert_eq!(members, fresh.members(group));
            }
        }
    }

    #[test]
    fn gains_are_the_differences_of_full_evaluations() {
        for seed in 0..50 {
            walk::<i32>(seed);
            walk::<i64>(seed);
        }
    }
}
