//! Two formations side by side (G6): who is in another group, and how the groups score.

use std::collections::{BTreeMap, BTreeSet};

use domain::formation::Group;
use domain::{SectionId, StudentId};

/// Where a group stands.
type Place<'g> = (&'g SectionId, u32);

/// A student who is in another group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moved {
    /// The section: of the groups before, or after for who was in none.
    pub section: SectionId,
    /// The group's number before; none for who was in none.
    pub from: Option<u32>,
    /// The student.
    pub student: StudentId,
    /// The number after; none for who is in none.
    pub to: Option<u32>,
    /// How many of the others in the group before are in the group after.
    pub kept: usize,
}

/// Who is in another group, by section and group before, and how many are where they were.
pub fn moves(before: &[Group], after: &[Group], by_number: bool) -> (Vec<Moved>, usize) {
    let (was, is) = (homes(before), homes(after));
    let same = if by_number { BTreeMap::new() } else { alike(&was, after) };
    // What a group before is called after: by its number where one comes from the other, else the one
    // that most of it are in.
    let heir = |place: Place<'_>| {
        let place = (place.0.clone(), place.1);
        if by_number { Some(place.1) } else { same.get(&place).copied() }
    };
    let (mut moved, mut stay) = (Vec::new(), 0);
    let everybody: BTreeSet<&StudentId> = was.keys().chain(is.keys()).copied().collect();
    for student in everybody {
        let (from, to) = (was.get(student), is.get(student));
        if let (Some(from), Some(to)) = (from, to)
            && from.0.section == to.0.section
            && heir(place(from.0)) == Some(to.0.number)
        {
            stay += 1;
            continue;
        }
        let kept = match (from, to) {
            (Some(from), Some(to)) => from.1.intersection(&to.1).count() - 1,
            _ => 0,
        };
        let Some(section) = from.or(to).map(|(group, _)| group.section.clone()) else { continue };
        moved.push(Moved {
            section,
            from: from.map(|(group, _)| group.number),
            student: student.clone(),
            to: to.map(|(group, _)| group.number),
            kept,
        });
    }
    moved.sort();
    (moved, stay)
}

/// A group and who is in it.
type Home<'g> = (&'g Group, std::rc::Rc<BTreeSet<&'g StudentId>>);

fn homes(groups: &[Group]) -> BTreeMap<&StudentId, Home<'_>> {
    let mut homes = BTreeMap::new();
    for group in groups {
        let members = std::rc::Rc::new(group.members.iter().collect::<BTreeSet<_>>());
        homes.extend(group.members.iter().map(|member| (member, (group, members.clone()))));
    }
    homes
}

fn place(group: &Group) -> Place<'_> {
    (&group.section, group.number)
}

/// Each group before with the number of the one after that it shares most members with, each once.
fn alike(was: &BTreeMap<&StudentId, Home<'_>>, after: &[Group]) -> BTreeMap<(SectionId, u32), u32> {
    let mut shared: Vec<(usize, bool, Place<'_>, u32)> = Vec::new();
    for group in after {
        let mut counts: BTreeMap<Place<'_>, usize> = BTreeMap::new();
        let homes = group.members.iter().filter_map(|member| was.get(member));
        for (home, _) in homes.filter(|(home, _)| home.section == group.section) {
            *counts.entry(place(home)).or_default() += 1;
        }
        let renamed = |at: Place<'_>| at.1 != group.number;
        shared.extend(counts.into_iter().map(|(at, count)| (count, renamed(at), at, group.number)));
    }
    // Of two that share as many, the one of the same number.
    shared.sort_unstable_by_key(|&(count, renamed, at, number)| {
        (std::cmp::Reverse(count), renamed, at, number)
    });
    let mut found = BTreeMap::new();
    let mut taken = BTreeSet::new();
    for (_, _, (section, from), to) in shared {
        let key = (section.clone(), from);
        if !found.contains_key(&key) && taken.insert((section, to)) {
            found.insert(key, to);
        }
    }
    found
}

/// How groups score, over all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// How many groups there are.
    pub groups: usize,
    /// The mean of their scores, 0 to 10,000.
    pub mean: i64,
    /// The lowest of their scores.
    pub worst: i64,
    /// Broken must rules, counted once per rule and group.
    pub broken: usize,
}

/// How groups score overall; nothing if there are none.
pub fn standing(groups: &[Group]) -> Option<Standing> {
    let broken = groups.iter().map(|group| group.must_broken.len()).sum();
    of(groups.iter().map(|group| group.score), groups.len(), broken)
}

/// How groups fit one criterion; nothing if it counts in none of them.
pub fn standing_in(groups: &[Group], criterion: &str) -> Option<Standing> {
    let breaks = |group: &&Group| group.must_broken.iter().any(|broken| broken == criterion);
    let broken = groups.iter().filter(breaks).count();
    let scores: Vec<i64> =
        groups.iter().filter_map(|group| group.scores.get(criterion).copied()).collect();
    of(scores.iter().copied(), scores.len(), broken)
}

fn of(scores: impl Iterator<Item = i64>, groups: usize, broken: usize) -> Option<Standing> {
    let (mut sum, mut worst) = (0, None);
    for score in scores {
        sum += score;
        worst = Some(worst.map_or(score, |worst: i64| worst.min(score)));
    }
    let mean = sum / i64::try_from(groups).ok().filter(|groups| *groups > 0)?;
    Some(Standing { groups, mean, worst: worst?, broken })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(section: &str, number: u32, members: &[u32], score: i64) -> Group {
        serde_json::from_value(serde_json::json!({
            "formation": "for_1", "section": section, "number": number, "score": score,
            "scores": { "same": score - 100 }, "must_broken": if score < 50 { vec!["same"] } else { vec![] },
            "members": members.iter().map(|id| format!("stu_{id}")).collect::<Vec<_>>(),
        }))
        .expect("a group")
    }

    fn told(before: &[Group], after: &[Group], by_number: bool) -> (Vec<String>, usize) {
        let (moved, stay) = moves(before, after, by_number);
        let number =
            |number: Option<u32>| number.map_or("-".to_owned(), |number| number.to_string());
        let one = |one: Moved| {
            format!(
                "{} {}: {}>{} {}",
                one.section,
                one.student,
                number(one.from),
                number(one.to),
                one.kept
            )
        };
        (moved.into_iter().map(one).collect(), stay)
    }

    #[test]
    fn g6_who_changes_group_is_told_whatever_the_groups_are_called() {
        let before = [group("a", 1, &[1, 2, 3], 0), group("a", 2, &[4, 5, 6], 0)];
        // The same groups under other numbers, but for an exchange of 3 and 4.
        let after = [group("a", 1, &[5, 6, 3], 0), group("a", 2, &[1, 2, 4], 0)];
        assert_eq!(
            told(&before, &after, false),
            (vec!["a stu_3: 1>1 0".to_owned(), "a stu_4: 2>2 0".to_owned()], 4)
        );
        // By number: groups that one formation took over from the other.
        let (moved, stay) = told(&before, &after, true);
        assert_eq!((moved.len(), stay), (4, 2));
        assert_eq!(moved[0], "a stu_1: 1>2 1", "with one of the two others");
        assert_eq!(told(&before, &before, false), (vec![], 6));
    }

    #[test]
    fn g6_who_came_left_or_changed_section_is_told() {
        let before = [group("a", 1, &[1, 2, 3], 0), group("b", 1, &[7, 8], 0)];
        let after = [group("a", 1, &[1, 2, 9], 0), group("b", 1, &[7, 8, 3], 0)];
        assert_eq!(
            told(&before, &after, false),
            (vec!["a stu_9: ->1 0".to_owned(), "a stu_3: 1>1 0".to_owned()], 4)
        );
        assert_eq!(told(&before, &[], false).0.len(), 5);
    }

    #[test]
    fn g5_a_standing_counts_groups_in_which_something_counts() {
        let groups = [group("a", 1, &[1], 40), group("a", 2, &[2], 101)];
        let all = standing(&groups).expect("groups");
        assert_eq!(all, Standing { groups: 2, mean: 70, worst: 40, broken: 1 });
        let same = standing_in(&groups, "same").expect("scores");
        assert_eq!((same.worst, same.broken), (-60, 1));
        assert_eq!(standing_in(&groups, "other"), None);
        assert_eq!(standing(&[]), None);
    }
}
