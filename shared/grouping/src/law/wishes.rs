//! Wishes: partners whom students want or do not want.

use std::collections::BTreeSet;

use super::{Agg, Change, FULL, Judged};

/// A member's contentment is kept in parts of `FULL << FINE`, so that its shares add up to full
/// once rounded.
const FINE: u32 = 16;

/// Directed wishes, each a share of its student's contentment.
pub(crate) struct Wishes {
    /// Rows of `effects`, by student (one more than there are students).
    start: Vec<u32>,
    /// What company with somebody changes, by ascending partner.
    effects: Vec<Effect>,
    /// By student: contentment and unmet wishes without any company.
    alone: Vec<Agg>,
    /// Who has any wishes.
    wishing: Vec<bool>,
}

/// What it changes that two students are in one group, by both sides' wishes of each other.
#[derive(Clone, Copy)]
struct Effect {
    partner: u32,
    contentment: i64,
    unmet: i64,
}

impl Wishes {
    /// Compiles wishes as (student, partner), each at most once. `max` is the largest group.
    pub(crate) fn new(
        students: u32,
        wanted: &[(u32, u32)],
        unwanted: &[(u32, u32)],
        max: usize,
    ) -> Self {
        let all = [sorted(wanted), sorted(unwanted)];
        // A wish of both counts twice.
        let weight = |kind: usize, a: u32, b: u32| 1 + i64::from(all[kind].contains(&(b, a)));
        let mut alone = Vec::with_capacity(students as usize);
        let mut wishing = Vec::with_capacity(students as usize);
        let mut effects = Vec::with_capacity(2 * (wanted.len() + unwanted.len()));
        for student in 0..students {
            let of = |kind: usize| {
                all[kind]
                    .range((student, 0)..=(student, u32::MAX))
                    .map(move |&(_, partner)| (partner, weight(kind, student, partner)))
            };
            let mut best: Vec<i64> = of(0).map(|(_, weight)| weight).collect();
            best.sort_unstable_by(|a, b| b.cmp(a));
            best.truncate(max.saturating_sub(1));
            let total = best.iter().sum::<i64>() + of(1).map(|(_, weight)| weight).sum::<i64>();
            let share = |weight: i64| (FULL << FINE) * weight / total;
            for (partner, weight) in of(0) {
                add(&mut effects, student, partner, share(weight), -1);
            }
            for (partner, weight) in of(1) {
                add(&mut effects, student, partner, -share(weight), 1);
            }
            wishing.push(total > 0);
            alone.push(Agg {
                sum: if total > 0 {
                    of(1).map(|(_, weight)| share(weight)).sum()
                } else {
                    FULL << FINE
                },
                extra: best.len() as i64,
            });
        }
        let (start, effects) = rows(students, effects);
        Self { start, effects, alone, wishing }
    }

    /// Whether a student wishes for anything.
    pub(crate) fn wishes(&self, student: u32) -> bool {
        self.wishing[student as usize]
    }

    pub(crate) fn shift(&self, mut agg: Agg, change: Change<'_>) -> Agg {
        if let Some(student) = change.leaves {
            let with = self.with(student, change.rest);
            agg.sum -= with.sum;
            agg.extra -= with.extra;
        }
        if let Some(student) = change.joins {
            let with = self.with(student, change.rest);
            agg.sum += with.sum;
            agg.extra += with.extra;
        }
        agg
    }

    /// `agg.sum` adds up the members' contentment, `agg.extra` their unmet wishes.
    pub(crate) fn judge(agg: Agg, size: usize) -> Judged {
        let size = size.max(1) as i64;
        let score = (agg.sum + (size << (FINE - 1))) / (size << FINE);
        // In a group above the sizes more wishes can be met than were counted.
        Judged { score: score.clamp(0, FULL), severity: agg.extra.max(0) }
    }

    /// What a student brings to others.
    fn with(&self, student: u32, others: &[u32]) -> Agg {
        let row = student as usize;
        let mine = &self.effects[self.start[row] as usize..self.start[row + 1] as usize];
        let mut agg = self.alone[row];
        if !mine.is_empty() {
            for other in others {
                if let Ok(found) = mine.binary_search_by_key(other, |effect| effect.partner) {
                    agg.sum += mine[found].contentment;
                    agg.extra += mine[found].unmet;
                }
            }
        }
        agg
    }
}

fn sorted(pairs: &[(u32, u32)]) -> BTreeSet<(u32, u32)> {
    pairs.iter().copied().collect()
}

fn add(effects: &mut Vec<(u32, Effect)>, a: u32, b: u32, contentment: i64, unmet: i64) {
    effects.push((a, Effect { partner: b, contentment, unmet }));
    effects.push((b, Effect { partner: a, contentment, unmet }));
}

/// Effects by student and partner, those of the same two added up.
fn rows(students: u32, mut effects: Vec<(u32, Effect)>) -> (Vec<u32>, Vec<Effect>) {
    effects.sort_unstable_by_key(|(student, effect)| (*student, effect.partner));
    let mut start = Vec::with_capacity(students as usize + 1);
    let mut merged: Vec<Effect> = Vec::with_capacity(effects.len());
    let mut at = 0;
    for student in 0..students {
        let row = merged.len();
        start.push(row as u32);
        while let Some((_, effect)) = effects.get(at).filter(|(owner, _)| *owner == student) {
            match merged[row..].last_mut() {
                Some(last) if last.partner == effect.partner => {
                    last.contentment += effect.contentment;
                    last.unmet += effect.unmet;
                }
                _ => merged.push(*effect),
            }
            at += 1;
        }
    }
    start.push(merged.len() as u32);
    (start, merged)
}
