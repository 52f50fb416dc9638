//! The pure problem: a value per pair, bounds per group.

use std::fmt;

use thiserror::Error;

/// The largest number of students of a [`PairProblem`]: its matrix then takes 256 MiB.
pub const MAX_PAIR_STUDENTS: u32 = 8_192;

/// The sizes one group may have, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SizeBounds {
    /// No fewer members; at least 1.
    pub min: u32,
    /// No more members.
    pub max: u32,
}

/// A maximally diverse grouping problem: every student into one of the groups, each group's
/// size within its bounds, the values of all pairs inside groups summed to a maximum.
#[derive(Clone)]
pub struct PairProblem {
    students: usize,
    bounds: Vec<SizeBounds>,
    /// Both triangles, row by row; 0 on the diagonal.
    values: Vec<i32>,
}

/// What is wrong with a [`PairProblem`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PairError {
    /// Fewer than 2 students, or too many for a matrix.
    #[error("{students} students: a pair problem has 2 to {MAX_PAIR_STUDENTS}")]
    Students {
        /// How many were given.
        students: u32,
    },
    /// No groups, or more than students.
    #[error("{groups} groups for {students} students")]
    Groups {
        /// How many were given.
        groups: usize,
        /// The number of students.
        students: u32,
    },
    /// A group whose smallest size is 0 or above its largest.
    #[error("group {group} may have {min} to {max} members, which no size meets")]
    Bounds {
        /// Index of the group.
        group: usize,
        /// Its smallest size.
        min: u32,
        /// Its largest size.
        max: u32,
    },
    /// Bounds that do not add up to the number of students.
    #[error("the groups hold {least} to {most} students together, not {students}")]
    Capacity {
        /// The sum of the smallest sizes.
        least: u64,
        /// The sum of the largest sizes.
        most: u64,
        /// The number of students.
        students: u32,
    },
    /// A pair's value is given twice, or with a student that does not exist.
    #[error("an assignment names student {student} twice, or not at all, or there is none")]
    Assignment {
        /// Index of the student.
        student: u32,
    },
    /// A group of an assignment is outside its bounds, or there is no such group.
    #[error("group {group} of the assignment has {size} members, outside its bounds")]
    Size {
        /// Index of the group.
        group: usize,
        /// Its number of members.
        size: usize,
    },
    /// The search may not spend anything.
    #[error("a budget of 0 evaluations")]
    NoBudget,
}

impl PairProblem {
    /// Builds a problem; `value` is asked once for each pair (smaller index first).
    ///
    /// Values are integers on any scale (scale decimals up); only sums within groups count.
    pub fn new(
        students: u32,
        bounds: Vec<SizeBounds>,
        mut value: impl FnMut(u32, u32) -> i32,
    ) -> Result<Self, PairError> {
        if !(2..=MAX_PAIR_STUDENTS).contains(&students) {
            return Err(PairError::Students { students });
        }
        if bounds.is_empty() || bounds.len() > students as usize {
            return Err(PairError::Groups { groups: bounds.len(), students });
        }
        for (group, &SizeBounds { min, max }) in bounds.iter().enumerate() {
            if min == 0 || min > max {
                return Err(PairError::Bounds { group, min, max });
            }
        }
        let least = bounds.iter().map(|bounds| u64::from(bounds.min)).sum();
        let most = bounds.iter().map(|bounds| u64::from(bounds.max)).sum();
        if !(least..=most).contains(&u64::from(students)) {
            return Err(PairError::Capacity { least, most, students });
        }
        let n = students as usize;
        let mut values = vec![0; n * n];
        for a in 0..students {
            for b in a + 1..students {
                let v = value(a, b);
                values[a as usize * n + b as usize] = v;
                values[b as usize * n + a as usize] = v;
            }
        }
        Ok(Self { students: n, bounds, values })
    }

    /// The number of students.
    pub fn students(&self) -> u32 {
        self.students as u32
    }

    /// The groups' bounds.
    pub fn bounds(&self) -> &[SizeBounds] {
        &self.bounds
    }

    /// The value of a pair; 0 for a student with themselves.
    pub fn value(&self, a: u32, b: u32) -> i32 {
        self.values[a as usize * self.students + b as usize]
    }

    /// A student's values towards everybody.
    pub(crate) fn row(&self, student: usize) -> &[i32] {
        &self.values[student * self.students..][..self.students]
    }

    /// The sum of the values inside groups, after a check that everybody is in one group and
    /// the sizes are within bounds.
    pub fn evaluate(&self, groups: &[Vec<u32>]) -> Result<i64, PairError> {
        if groups.len() != self.bounds.len() {
            return Err(PairError::Groups { groups: groups.len(), students: self.students() });
        }
        let mut seen = vec![false; self.students];
        for &student in groups.iter().flatten() {
            match seen.get_mut(student as usize) {
                Some(seen) if !*seen => *seen = true,
                _ => return Err(PairError::Assignment { student }),
            }
        }
        if let Some(student) = seen.iter().position(|seen| !seen) {
            return Err(PairError::Assignment { student: student as u32 });
        }
        let mut sum = 0;
        for (group, (members, bounds)) in groups.iter().zip(&self.bounds).enumerate() {
            if !(bounds.min as usize..=bounds.max as usize).contains(&members.len()) {
                return Err(PairError::Size { group, size: members.len() });
            }
            for (i, &a) in members.iter().enumerate() {
                for &b in &members[i + 1..] {
                    sum += i64::from(self.value(a, b));
                }
            }
        }
        Ok(sum)
    }
}

/// Shows the shape only: values may follow from answers, which are personal data.
impl fmt::Debug for PairProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PairProblem[{} students, {} groups]", self.students, self.bounds.len())
    }
}
