//! What a section's totals let a criterion reach, as shares of the members.
//!
//! A score that depends on how many members have an answer is bounded by a straight line through
//! its upper hull, laid on at the number an even spread gives each group: exact for the even
//! spread, valid for every other.

use super::worth;
use crate::law::{Agg, FULL, Judged, Law, Line, Pairwise, SHIFT, pairs};
use crate::model::{Model, Ruled};

/// Sums of distances are kept in so many parts.
const FINE: i128 = 256;

/// Above this size the cuts of a number line are not worth their time.
const MOST_CUT: usize = 64;

/// By student: the share in the criterion's part of the score, in groups of `size`.
pub(super) fn shares(model: &Model, rule: &Ruled, size: usize) -> Vec<i64> {
    let full = worth(model, i128::from(rule.worth_of_full()), size as i128);
    let whole = vec![full; model.students as usize];
    let found = match &rule.law {
        Law::Tally(law) => {
            let has: Vec<bool> = (0..model.students).map(|s| law.counts(s)).collect();
            Some(counted(model, rule, size, &has, |count| {
                law.judge(Agg { sum: count as i64, extra: 0 }, size)
            }))
        }
        Law::Alone(law) => {
            let lonely = i64::from(u64::BITS);
            Some(counted(model, rule, size, &law.lonely(), |count| {
                let severity = count.min(1) as i64;
                Judged { score: FULL - FULL / lonely * severity, severity }
            }))
        }
        Law::Pairwise(law) if law.is_mix() => mix(model, rule, law, size),
        _ => None,
    };
    let total = |shares: &[i64]| shares.iter().map(|&share| i128::from(share)).sum::<i128>();
    found.filter(|found| total(found) < total(&whole)).unwrap_or(whole)
}

/// A score that follows from the number of members with something.
fn counted(
    model: &Model,
    rule: &Ruled,
    size: usize,
    has: &[bool],
    judge: impl Fn(usize) -> Judged,
) -> Vec<i64> {
    let total = has.iter().filter(|has| **has).count();
    let values: Vec<i64> = (0..=size.min(total)).map(|count| rule.weigh(judge(count)).0).collect();
    let (at, rise, run) = tangent(&values, size * total, has.len());
    // No count has more than values[at] + (count - at) * rise / run.
    let base = i128::from(values[at]) * run - at as i128 * rise;
    let each = worth(model, base, run * size as i128);
    let one = worth(model, rise, run);
    has.iter().map(|&has| if has { each + one } else { each }).collect()
}

/// A line above all values, as low as possible at `over / under`: through the point at the
/// index given, with the slope rise over run.
fn tangent(values: &[i64], over: usize, under: usize) -> (usize, i128, i128) {
    let mut hull: Vec<usize> = Vec::new();
    for (index, &value) in values.iter().enumerate() {
        while let [.., a, b] = hull[..] {
            let before = i128::from(values[b] - values[a]) * (index - a) as i128;
            if before > i128::from(value - values[a]) * (b - a) as i128 {
                break;
            }
            hull.pop();
        }
        hull.push(index);
    }
    let edge = hull.windows(2).find(|edge| over <= edge[1] * under).or(hull.windows(2).last());
    match edge {
        Some(&[a, b]) => (a, i128::from(values[b] - values[a]), (b - a) as i128),
        _ => (0, 0, 1),
    }
}

/// Mix of codes or numbers: the most even spread.
fn mix(model: &Model, rule: &Ruled, law: &Pairwise, size: usize) -> Option<Vec<i64>> {
    let (line, rows) = law.line()?;
    let (sums, fine) = match line {
        Line::Codes => (codes(rows, size, law.typical()), FINE),
        Line::Numbers => (numbers(rows, size, law.typical())?, FINE * i128::from(FULL)),
    };
    let weight = i128::from(rule.worth_of_full() / FULL) * i128::from(law.reciprocal(size));
    let sums = sums.into_iter();
    Some(sums.map(|sum| worth(model, sum * weight, fine << SHIFT)).collect())
}

/// Of the distances between codes, in [`FINE`] parts. Per code, the pairs of members who share
/// it are at least what the count nearest to the even spread and the next give.
fn codes(rows: &[i32], size: usize, typical: i64) -> Vec<i128> {
    let most = rows.iter().max().map_or(0, |&code| (code + 1).max(0) as usize);
    let mut counts = vec![0_usize; most];
    let mut missing = 0_usize;
    for &code in rows {
        match usize::try_from(code) {
            Ok(code) => counts[code] += 1,
            Err(_) => missing += 1,
        }
    }
    let even: Vec<usize> = counts.iter().map(|count| size * count / rows.len()).collect();
    let same: i64 = even.iter().map(|&count| pairs(count + 1)).sum();
    let full = i128::from(FULL) * FINE;
    let each = (i128::from(pairs(size) + same) * full).div_euclid(size as i128) + 1;
    // The fewest pairs have a missing answer where all who gave none are together.
    let together = missing.clamp(1, size);
    let concerned = pairs(size) - pairs(size - together);
    let loss = i128::from((FULL - typical) * concerned) * FINE / together as i128;
    rows.iter()
        .map(|&code| match usize::try_from(code) {
            Ok(code) => each - full * even[code] as i128,
            Err(_) => each - loss,
        })
        .collect()
}

/// Of the distances between numbers, in [`FINE`] parts of a [`FULL`]th; nothing if there is
/// nothing to gain. Each gap between two neighbouring numbers counts for every pair on either
/// side of it: members below times members above.
fn numbers(rows: &[i32], size: usize, typical: i64) -> Option<Vec<i128>> {
    let mut sorted: Vec<i32> = rows.iter().copied().filter(|&value| value >= 0).collect();
    sorted.sort_unstable();
    if size > MOST_CUT || i64::from(sorted.last()? - sorted.first()?) != FULL {
        return None;
    }
    let known = sorted.len();
    let missing = rows.len() - known;
    let mut gammas: Vec<Option<i128>> = vec![None; size + 1];
    // By rank: what the gaps above a number give to those below them.
    let mut below = vec![0_i128; known];
    let (mut each, mut silent) = (0, 0);
    for rank in (1..known).rev() {
        let gap = i128::from(sorted[rank] - sorted[rank - 1]);
        let at = (size * rank / known).min(size - 1);
        let slope = i128::from(FULL) * (size as i128 - 1 - 2 * at as i128);
        let base = i128::from(FULL) * (at * at + at) as i128;
        below[rank - 1] = below[rank] + gap * slope * FINE;
        each += gap * ((base * FINE).div_euclid(size as i128) + 1);
        let gamma = *gammas[at].get_or_insert_with(|| {
            silence(size, size.min(missing), base, slope, i128::from(typical))
        });
        silent += gap * gamma;
    }
    Some(
        rows.iter()
            .map(|&value| {
                if value < 0 {
                    each + silent
                } else {
                    // The last of equals: the gaps between equals are nothing.
                    each + below[sorted.partition_point(|&other| other <= value) - 1]
                }
            })
            .collect(),
    )
}

/// The least that a member without an answer has to be given at a gap, in [`FINE`] parts, so
/// that base + slope * below + silence * missing bounds every group of this size.
fn silence(size: usize, missing: usize, base: i128, slope: i128, typical: i128) -> i128 {
    let needed = (1..=missing).flat_map(|missing| {
        let answered = size - missing;
        (0..=answered).map(move |below| {
            let crossing = i128::from(FULL) * (below * (answered - below)) as i128;
            let concerned = i128::from(pairs(size) - pairs(answered));
            let over = crossing + typical * concerned - base - slope * below as i128;
            (over * FINE).div_euclid(missing as i128) + 1
        })
    });
    needed.max().unwrap_or(0)
}
