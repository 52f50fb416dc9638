//! Who has been together with whom, and how often.

/// Symmetric counts of meetings.
#[derive(Clone)]
pub(super) struct Met {
    students: usize,
    counts: Counts,
}

#[derive(Clone)]
enum Counts {
    /// By pair.
    Dense(Vec<u16>),
    /// By student: partners met.
    Sparse(Vec<Vec<(u32, u16)>>),
}

/// Up to so many students all pairs are kept (8 MB).
const DENSE: u32 = 2_000;

impl Met {
    pub(super) fn new(students: u32) -> Self {
        let n = students as usize;
        let counts = if students <= DENSE {
            Counts::Dense(vec![0; n * n])
        } else {
            Counts::Sparse(vec![Vec::new(); n])
        };
        Self { students: n, counts }
    }

    pub(super) fn students(&self) -> u32 {
        self.students as u32
    }

    pub(super) fn times(&self, a: u32, b: u32) -> u16 {
        match &self.counts {
            Counts::Dense(all) => all[a as usize * self.students + b as usize],
            Counts::Sparse(rows) => {
                rows[a as usize].iter().find(|met| met.0 == b).map_or(0, |met| met.1)
            }
        }
    }

    pub(super) fn add(&mut self, a: u32, b: u32) {
        for (a, b) in [(a, b), (b, a)] {
            match &mut self.counts {
                Counts::Dense(all) => {
                    let count = &mut all[a as usize * self.students + b as usize];
                    *count = count.saturating_add(1);
                }
                Counts::Sparse(rows) => {
                    let row = &mut rows[a as usize];
                    match row.iter_mut().find(|met| met.0 == b) {
                        Some(met) => met.1 = met.1.saturating_add(1),
                        None => row.push((b, 1)),
                    }
                }
            }
        }
    }

    /// Takes back one meeting of two who have met.
    pub(super) fn remove(&mut self, a: u32, b: u32) {
        for (a, b) in [(a, b), (b, a)] {
            match &mut self.counts {
                Counts::Dense(all) => all[a as usize * self.students + b as usize] -= 1,
                Counts::Sparse(rows) => {
                    let row = &mut rows[a as usize];
                    if let Some(at) = row.iter().position(|met| met.0 == b) {
                        row[at].1 -= 1;
                        if row[at].1 == 0 {
                            row.swap_remove(at);
                        }
                    }
                }
            }
        }
    }

    /// The number of different partners a student has met.
    pub(super) fn partners(&self, student: u32) -> u32 {
        let row = student as usize;
        match &self.counts {
            Counts::Dense(all) => {
                let row = &all[row * self.students..][..self.students];
                row.iter().filter(|&&count| count > 0).count() as u32
            }
            Counts::Sparse(rows) => rows[row].len() as u32,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_count_alike() {
        let mut dice = crate::support::Dice(1);
        let mut dense = Met::new(DENSE);
        let mut sparse = Met::new(DENSE + 1);
        let mut pairs = Vec::new();
        for _ in 0..3_000 {
            let a = dice.roll(20) as u32;
            let b = (a + 1 + dice.roll(19) as u32) % 20;
            if dice.roll(3) == 0 && !pairs.is_empty() {
                let (a, b) = pairs.swap_remove(dice.roll(pairs.len() as u64) as usize);
                dense.remove(a, b);
                sparse.remove(a, b);
            } else {
                pairs.push((a, b));
                dense.add(a, b);
                sparse.add(a, b);
            }
            assert_eq!(dense.times(a, b), sparse.times(b, a));
            assert_eq!(dense.partners(a), sparse.partners(a));
        }
    }
}
