//! A problem seen by a part of its students, or by all in another order.

use crate::problem::Feature;
use crate::{Problem, Rule, Values};

/// The problem of these students only, in this order: student `i` of the result is `order[i]`.
/// Sets and pairs lose whoever is not among them.
pub(crate) fn select(problem: &Problem, order: &[u32]) -> Problem {
    let mut place = vec![None; problem.students as usize];
    for (index, &student) in order.iter().enumerate() {
        place[student as usize] = Some(index as u32);
    }
    let features = problem
        .features
        .iter()
        .map(|feature| Feature { id: feature.id.clone(), values: rows(&feature.values, order) })
        .collect();
    let mut criteria = problem.criteria.clone();
    for criterion in &mut criteria {
        rename(&mut criterion.rule, &place);
    }
    Problem {
        students: order.len() as u32,
        sizes: problem.sizes,
        features,
        criteria,
        worst_weight: problem.worst_weight,
    }
}

fn rows(values: &Values, order: &[u32]) -> Values {
    fn pick<T: Copy>(rows: &[T], order: &[u32]) -> Vec<T> {
        order.iter().map(|&student| rows[student as usize]).collect()
    }
    match values {
        Values::Number(rows) => Values::Number(pick(rows, order)),
        Values::Category(rows) => Values::Category(pick(rows, order)),
        Values::Set(rows) => Values::Set(pick(rows, order)),
        Values::Slots(rows) => Values::Slots(pick(rows, order)),
    }
}

/// Replaces the students that a rule names. Every kind is listed, so that one that names
/// students cannot be forgotten here.
fn rename(rule: &mut Rule, place: &[Option<u32>]) {
    match rule {
        Rule::Apart { sets } | Rule::Together { sets } => {
            for set in &mut *sets {
                *set = set.iter().filter_map(|&student| place[student as usize]).collect();
            }
            sets.retain(|set| set.len() > 1);
        }
        Rule::NotAgain { pairs, weights } => {
            if !weights.is_empty() {
                let mut both = pairs.iter().map(|pair| here(*pair, place).is_some());
                weights.retain(|_| both.next().unwrap_or(false));
            }
            *pairs = pairs.iter().filter_map(|&pair| here(pair, place)).collect();
        }
        Rule::Wishes { wanted, unwanted } => {
            for wishes in [wanted, unwanted] {
                *wishes = wishes.iter().filter_map(|&wish| here(wish, place)).collect();
            }
        }
        Rule::Align { .. }
        | Rule::Mix { .. }
        | Rule::Balance { .. }
        | Rule::Overlap { .. }
        | Rule::NeverAlone { .. }
        | Rule::NeverAloneMarked { .. }
        | Rule::Cover { .. }
        | Rule::AtMost { .. }
        | Rule::AsFew { .. }
        | Rule::AsMany { .. } => {}
    }
}

/// A pair under its new names, if both are among the selected.
fn here((a, b): (u32, u32), place: &[Option<u32>]) -> Option<(u32, u32)> {
    Some((place[a as usize]?, place[b as usize]?))
}
