//! The criteria that name a student: what was said of somebody by whoever set up the cohort.

use std::collections::{BTreeMap, BTreeSet};

use super::{CriterionSetting, Rule};
use crate::StudentId;

impl CriterionSetting {
    /// Whether it names the student.
    pub fn names(&self, student: &StudentId) -> bool {
        self.sets().is_some_and(|sets| sets.iter().any(|set| set.contains(student.as_str())))
    }

    fn sets(&self) -> Option<&[BTreeSet<String>]> {
        match &self.rule {
            Rule::Apart { sets } | Rule::Together { sets } => Some(sets),
            _ => None,
        }
    }
}

/// The criteria as they are when a student is gone. Whoever is left alone in a set is apart from and
/// together with nobody, so the set goes; so does a criterion without sets.
pub fn without_student(
    criteria: &[CriterionSetting],
    student: &StudentId,
) -> Vec<CriterionSetting> {
    let mut left = criteria.to_vec();
    left.retain_mut(|criterion| {
        if !criterion.names(student) {
            return true;
        }
        let (Rule::Apart { sets } | Rule::Together { sets }) = &mut criterion.rule else {
            return true;
        };
        sets.retain_mut(|set| !set.remove(student.as_str()) || set.len() > 1);
        !sets.is_empty()
    });
    left
}

/// Whom criteria name that did not name them before, each once, with the place of the criterion that does.
pub fn newly_named(
    known: &[CriterionSetting],
    wanted: &[CriterionSetting],
) -> BTreeMap<String, usize> {
    let before: BTreeSet<&str> = each_named(known).map(|(student, _)| student).collect();
    let mut new = BTreeMap::new();
    for (student, place) in each_named(wanted).filter(|(student, _)| !before.contains(student)) {
        new.entry(student.to_owned()).or_insert(place);
    }
    new
}

/// Of whom something else is said: who is named by another rule, or in other company, than before.
pub fn named_otherwise(
    known: &[CriterionSetting],
    wanted: &[CriterionSetting],
) -> BTreeSet<String> {
    let said = |criteria: &[CriterionSetting]| {
        let sets = criteria.iter().flat_map(|criterion| {
            let sets = criterion.sets().unwrap_or_default().iter();
            sets.map(move |set| (criterion.rule.kind(), criterion.hardness, set.clone()))
        });
        sets.collect::<Vec<_>>()
    };
    let (before, after) = (said(known), said(wanted));
    let gone = before.iter().filter(|set| !after.contains(set));
    let new = after.iter().filter(|set| !before.contains(set));
    gone.chain(new).flat_map(|(_, _, set)| set.iter().cloned()).collect()
}

/// Everybody whom criteria name.
pub fn everybody_named(criteria: &[CriterionSetting]) -> BTreeSet<String> {
    each_named(criteria).map(|(student, _)| student.to_owned()).collect()
}

/// Whom criteria name, each time with the criterion's place.
fn each_named(criteria: &[CriterionSetting]) -> impl Iterator<Item = (&str, usize)> {
    criteria.iter().enumerate().flat_map(|(place, criterion)| {
        let sets = criterion.sets().unwrap_or_default().iter().flatten();
        sets.map(move |student| (student.as_str(), place))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn criteria(json: &str) -> Vec<CriterionSetting> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn d2_sets_lose_the_student_and_go_when_one_is_left() {
        let rules = criteria(
            r#"[
            {"id": "a", "weight": 1, "hardness": "must", "rule": {"apart": {"sets": [["stu_1", "stu_2"], ["stu_1", "stu_3", "stu_4"], ["stu_5", "stu_6"]]}}},
            {"id": "b", "weight": 1, "hardness": "must", "rule": {"together": {"sets": [["stu_1", "stu_2"]]}}},
            {"id": "c", "weight": 1, "hardness": "could", "rule": {"mix": {"question": "stu_1"}}}
        ]"#,
        );
        let student: StudentId = "stu_1".parse().unwrap();
        let named: Vec<_> = rules.iter().map(|rule| rule.names(&student)).collect();
        assert_eq!(named, [true, true, false]);
        let left = without_student(&rules, &student);
        let expected = criteria(
            r#"[
            {"id": "a", "weight": 1, "hardness": "must", "rule": {"apart": {"sets": [["stu_3", "stu_4"], ["stu_5", "stu_6"]]}}},
            {"id": "c", "weight": 1, "hardness": "could", "rule": {"mix": {"question": "stu_1"}}}
        ]"#,
        );
        assert_eq!(left, expected);
        assert_eq!(without_student(&left, &student), left);
    }

    #[test]
    fn d2_whom_rules_name_anew_is_told_once_with_the_first_place() {
        let known = criteria(
            r#"[{"id": "a", "weight": 1, "hardness": "must", "rule": {"apart": {"sets": [["stu_1", "stu_2"]]}}}]"#,
        );
        let wanted = criteria(
            r#"[
            {"id": "c", "weight": 1, "hardness": "could", "rule": {"mix": {"question": "stu_9"}}},
            {"id": "b", "weight": 1, "hardness": "must", "rule": {"together": {"sets": [["stu_2", "stu_3"]]}}},
            {"id": "a", "weight": 1, "hardness": "must", "rule": {"apart": {"sets": [["stu_1", "stu_3"], ["stu_1", "stu_4"]]}}}
        ]"#,
        );
        let new = newly_named(&known, &wanted);
        assert_eq!(new, BTreeMap::from([("stu_3".to_owned(), 1), ("stu_4".to_owned(), 2)]));
        assert_eq!(newly_named(&wanted, &known), BTreeMap::new());
    }

    #[test]
    fn d5_of_whom_something_else_is_said_is_told() {
        let rule = |kind: &str, hardness: &str, sets: &str| {
            criteria(&format!(
                r#"[{{"id": "a", "weight": 1, "hardness": "{hardness}", "rule": {{"{kind}": {{"sets": {sets}}}}}}}]"#
            ))
        };
        let known = rule("apart", "must", r#"[["stu_1", "stu_2"], ["stu_3", "stu_4"]]"#);
        let told =
            |wanted: Vec<_>| named_otherwise(&known, &wanted).into_iter().collect::<Vec<_>>();
        assert!(told(known.clone()).is_empty());
        let one_less = rule("apart", "must", r#"[["stu_1", "stu_2"]]"#);
        assert_eq!(told(one_less), ["stu_3", "stu_4"]);
        let one_more =
            rule("apart", "must", r#"[["stu_1", "stu_2", "stu_5"], ["stu_3", "stu_4"]]"#);
        assert_eq!(told(one_more), ["stu_1", "stu_2", "stu_5"]);
        let other = rule("together", "must", r#"[["stu_1", "stu_2"]]"#);
        assert_eq!(told(other), ["stu_1", "stu_2", "stu_3", "stu_4"]);
        assert_eq!(told(Vec::new()), ["stu_1", "stu_2", "stu_3", "stu_4"]);
        assert_eq!(everybody_named(&known).len(), 4);
    }
}
