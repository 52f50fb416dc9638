//! Rules about named pairs of students: apart, together, not again.

use super::{Agg, Change, FULL, Judged, pairs};

/// What a relation asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sense {
    /// Related students are not in one group.
    Avoid,
    /// Related students are in one group.
    Seek,
}

/// A sparse symmetric relation with weights.
pub(crate) struct Relation {
    sense: Sense,
    /// Rows of `partners`, by student (one more than there are students).
    start: Vec<u32>,
    /// Partner and weight, by ascending partner; of a pair given several times the sum.
    partners: Vec<(u32, u32)>,
    /// By student: the sum of weights.
    degree: Vec<u32>,
    /// The largest weight given: what one relation counts in full.
    unit: i64,
}

impl Relation {
    /// Relates pairs, all with weight 1.
    pub(crate) fn new(students: u32, sense: Sense, related: &[(u32, u32)]) -> Self {
        Self::weighted(students, sense, related, &[])
    }

    /// Relates pairs with weights in the same order; no weights: all 1.
    pub(crate) fn weighted(
        students: u32,
        sense: Sense,
        related: &[(u32, u32)],
        weights: &[u32],
    ) -> Self {
        let weight = |position: usize| weights.get(position).copied().unwrap_or(1);
        let mut both: Vec<(u32, u32, u32)> = related
            .iter()
            .enumerate()
            .flat_map(|(i, &(a, b))| [(a, b, weight(i)), (b, a, weight(i))])
            .collect();
        both.sort_unstable();
        let mut start = Vec::with_capacity(students as usize + 1);
        let mut partners: Vec<(u32, u32)> = Vec::new();
        let mut degree = vec![0; students as usize];
        let mut at = 0;
        for student in 0..students {
            let row = partners.len();
            start.push(row as u32);
            while at < both.len() && both[at].0 == student {
                let (_, partner, weight) = both[at];
                match partners[row..].last_mut() {
                    Some(last) if last.0 == partner => last.1 += weight,
                    _ => partners.push((partner, weight)),
                }
                degree[student as usize] += weight;
                at += 1;
            }
        }
        start.push(partners.len() as u32);
        let unit = i64::from(weights.iter().copied().max().unwrap_or(1));
        Self { sense, start, partners, degree, unit }
    }

    /// A student's partners with weight.
    pub(crate) fn partners(&self, student: u32) -> &[(u32, u32)] {
        let row = student as usize;
        &self.partners[self.start[row] as usize..self.start[row + 1] as usize]
    }

    /// What the relation asks for.
    pub(crate) fn sense(&self) -> Sense {
        self.sense
    }

    /// What a pair leaves of the score of its group at most, all pairs of the group together
    /// leaving their mean.
    pub(crate) fn at_best(&self, a: u32, b: u32) -> i64 {
        let partners = self.partners(a);
        match partners.binary_search_by_key(&b, |partner| partner.0) {
            Ok(found) => FULL - FULL * i64::from(partners[found].1).min(self.unit) / self.unit,
            Err(_) => FULL,
        }
    }

    pub(crate) fn shift(&self, mut agg: Agg, change: Change<'_>) -> Agg {
        if let Some(student) = change.leaves {
            agg.sum -= self.company(student, change.rest);
            agg.extra -= i64::from(self.degree[student as usize]);
        }
        if let Some(student) = change.joins {
            agg.sum += self.company(student, change.rest);
            agg.extra += i64::from(self.degree[student as usize]);
        }
        agg
    }

    /// `agg.sum` adds up the related pairs inside the group, `agg.extra` the members' relations.
    pub(crate) fn judge(&self, agg: Agg, size: usize) -> Judged {
        match self.sense {
            Sense::Avoid => {
                let most = self.unit * pairs(size).max(1);
                Judged { score: FULL - (FULL * agg.sum / most).min(FULL), severity: agg.sum }
            }
            Sense::Seek => {
                let inside = 2 * agg.sum;
                Judged {
                    score: if agg.extra == 0 { FULL } else { FULL * inside / agg.extra },
                    severity: agg.extra - inside,
                }
            }
        }
    }

    /// The relations between a student and others.
    fn company(&self, student: u32, others: &[u32]) -> i64 {
        let partners = self.partners(student);
        if partners.is_empty() {
            return 0;
        }
        others
            .iter()
            .map(|other| {
                partners
                    .binary_search_by_key(other, |partner| partner.0)
                    .map_or(0, |found| i64::from(partners[found].1))
            })
            .sum()
    }
}
