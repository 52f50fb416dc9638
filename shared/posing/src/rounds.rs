//! Rounds of groups: which formations make one, who has met in them, and plans of several (G7).

use std::collections::{BTreeMap, BTreeSet};

use domain::cohort::Localised;
use domain::formation::{Formation, FormationStatus, Group, Kind, LaidGroup, SolveInput};
use domain::{FormationId, SectionId, StudentId};
use grouping::{Error, Options, Problem, Rotation, pairs_of, plan_rounds};
use serde::Serialize;

/// The rounds of published groups before a formation, the latest first. A formation and the repairs of its groups
/// are one round, and the one that is being mended is no earlier one: who stays together does not meet again.
pub fn past_rounds(mut all: Vec<Formation>, now: &Formation) -> Vec<Vec<FormationId>> {
    all.retain(|formation| formation.status == FormationStatus::Published);
    all.sort_by_key(|formation| std::cmp::Reverse(formation.ended_at));
    let repairs = all.iter().filter(|formation| formation.kind == Kind::Repair);
    let mended: BTreeSet<&FormationId> = repairs.filter_map(|it| it.replaces.as_ref()).collect();
    let mut rounds: Vec<Vec<FormationId>> = Vec::new();
    for formation in all.iter().filter(|formation| !mended.contains(&formation.id)) {
        let mut round = vec![formation.id.clone()];
        let mut last = formation;
        while last.kind == Kind::Repair
            && let Some(base) = all.iter().find(|base| last.replaces.as_ref() == Some(&base.id))
            && !round.contains(&base.id)
        {
            round.push(base.id.clone());
            last = base;
        }
        rounds.push(round);
    }
    let base = (now.kind == Kind::Repair).then_some(now.replaces.as_ref()).flatten();
    rounds.retain(|round| !round.iter().any(|id| *id == now.id || Some(id) == base));
    rounds
}

/// The rounds whose partners a formation's groups are judged by, the latest first: those that were published before
/// it, and of its plan the earlier ones that still wait.
pub fn rounds_before(all: &[Formation], now: &Formation) -> Vec<Vec<FormationId>> {
    let mut published = all.to_vec();
    if now.status == FormationStatus::Published {
        published.retain(|other| other.ended_at < now.ended_at || other.id == now.id);
    }
    let published = past_rounds(published, now);
    let Some(place) = now.plan.as_ref().filter(|_| now.status == FormationStatus::Planned) else {
        return published;
    };
    // A round that was published stands among those that were; the first one's groups may await a decision.
    let of_plan =
        |other: &&Formation| other.plan.as_ref().is_some_and(|it| it.formation == place.formation);
    let done: BTreeSet<u32> = all
        .iter()
        .filter(of_plan)
        .filter(|other| other.status == FormationStatus::Published)
        .filter_map(|other| other.plan.as_ref().map(|it| it.round))
        .collect();
    let waits = |other: &&Formation| {
        let round = other.plan.as_ref().map_or(0, |it| it.round);
        let has_groups = other.status == FormationStatus::Planned || other.plans().is_some();
        round < place.round && has_groups && other.status.has_groups() && !done.contains(&round)
    };
    let mut waiting: Vec<&Formation> = all.iter().filter(of_plan).filter(waits).collect();
    waiting.sort_by_key(|other| std::cmp::Reverse(other.plan.as_ref().map(|it| it.round)));
    let waiting = waiting.into_iter().map(|other| vec![other.id.clone()]);
    waiting.chain(published).collect()
}

/// The formation whose groups count, whatever repairs mended them since.
pub fn counting(all: &[Formation]) -> Option<&Formation> {
    let published = all.iter().filter(|it| it.status == FormationStatus::Published);
    let mut last = published.max_by_key(|it| it.ended_at)?;
    let mut seen = BTreeSet::new();
    while last.kind == Kind::Repair
        && seen.insert(&last.id)
        && let Some(base) = all.iter().find(|base| last.replaces.as_ref() == Some(&base.id))
    {
        last = base;
    }
    Some(last)
}

/// The plan that a contact is at: one that is under way or awaits a decision, else the one whose round counts.
pub fn current_plan(all: &[Formation]) -> Option<&FormationId> {
    let open = all.iter().find(|it| !it.status.has_ended() && it.plan.is_some());
    let at = open.or_else(|| counting(all))?;
    at.plan.as_ref().map(|place| &place.formation)
}

/// Where a round of a plan stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RoundState {
    /// Its plan awaits a contact's decision, or is still being made.
    Proposed,
    /// Its groups are on their way to be published.
    UnderWay,
    /// Its groups were published.
    Published,
    /// It is the one to be published next.
    Next,
    /// Others come before it.
    Waiting,
    /// It will not be published: its plan was rejected, or groups outside the plan count by now.
    SetAside,
}

/// A round of a plan.
#[derive(Debug)]
pub struct Round<'f> {
    /// Which one, from 1.
    pub number: u32,
    /// What was planned.
    pub planned: &'f Formation,
    /// The formation that took it up and has not failed or been rejected; of the first round the plan itself.
    pub taken: Option<&'f Formation>,
    /// Where it stands.
    pub state: RoundState,
    /// How often it was tried to take it up, and came to nothing.
    pub failed: usize,
}

/// The rounds of a plan that have been planned by now, in their order.
pub fn rounds_of<'f>(all: &'f [Formation], plan: &FormationId) -> Vec<Round<'f>> {
    let of_plan = |it: &&Formation| it.plan.as_ref().is_some_and(|place| place.formation == *plan);
    let place = |it: &Formation| it.plan.as_ref().map_or(0, |place| place.round);
    let Some(first) = all.iter().find(|it| it.id == *plan) else { return Vec::new() };
    let at = counting(all).filter(of_plan).map(place);
    let is_planned = |it: &&Formation| it.status == FormationStatus::Planned || it.id == *plan;
    let mut planned: Vec<&Formation> = all.iter().filter(of_plan).filter(is_planned).collect();
    planned.sort_by_key(|it| place(it));
    let round = |planned: &'f Formation| {
        let number = place(planned);
        let tries = || {
            let others = all.iter().filter(of_plan).filter(move |it| place(it) == number);
            others.filter(|it| it.status != FormationStatus::Planned)
        };
        let gone = |it: &&Formation| {
            matches!(it.status, FormationStatus::Failed | FormationStatus::Rejected)
        };
        let published = tries().find(|it| it.status == FormationStatus::Published);
        let open = || tries().find(|it| !it.status.has_ended());
        let taken = published.or_else(open);
        let state = match (taken.map(|it| it.status), first.status) {
            (Some(FormationStatus::Published), _) => RoundState::Published,
            (_, FormationStatus::Running | FormationStatus::AwaitingApproval) => {
                RoundState::Proposed
            }
            (Some(_), _) => RoundState::UnderWay,
            (None, FormationStatus::Published) if at == Some(number.saturating_sub(1)) => {
                RoundState::Next
            }
            (None, FormationStatus::Published) if at.is_some_and(|at| at < number) => {
                RoundState::Waiting
            }
            _ => RoundState::SetAside,
        };
        Round { number, planned, taken, state, failed: tries().filter(gone).count() }
    };
    planned.into_iter().map(round).collect()
}

/// Two members of a group who have been together before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meeting {
    /// The section.
    pub section: SectionId,
    /// The group's number.
    pub number: u32,
    /// One student.
    pub one: StudentId,
    /// The other.
    pub other: StudentId,
    /// In how many earlier rounds.
    pub before: u32,
}

/// Who meets again in groups, by the groups of each earlier round; of groups that were mended since, those before
/// and after count as one round. In the order of the groups.
pub fn meetings(groups: &[Group], before: &[Vec<Group>]) -> Vec<Meeting> {
    let mut met: BTreeMap<(&StudentId, &StudentId), u32> = BTreeMap::new();
    for round in before {
        let together: BTreeSet<_> = round.iter().flat_map(|group| pairs(&group.members)).collect();
        for pair in together {
            *met.entry(pair).or_default() += 1;
        }
    }
    let again = |group: &Group| {
        let known = pairs(&group.members);
        let found = known.into_iter().filter_map(|pair| Some((pair, *met.get(&pair)?)));
        let meeting = |((one, other), before): ((&StudentId, &StudentId), u32)| Meeting {
            section: group.section.clone(),
            number: group.number,
            one: one.clone(),
            other: other.clone(),
            before,
        };
        found.map(meeting).collect::<Vec<_>>()
    };
    groups.iter().flat_map(again).collect()
}

/// The pairs of members, each once, the smaller id first, ascending.
fn pairs(members: &[StudentId]) -> Vec<(&StudentId, &StudentId)> {
    let members: BTreeSet<&StudentId> = members.iter().collect();
    let members: Vec<&StudentId> = members.into_iter().collect();
    let mut all = Vec::new();
    for (at, one) in members.iter().enumerate() {
        all.extend(members[at + 1..].iter().map(|other| (*one, *other)));
    }
    all
}

/// Plans as many rounds as an input asks for, after those that it names. The rule that a rotation adds is what the
/// engine plans by anyway, so it is left out there.
pub fn plan(
    input: &SolveInput,
    problem: &Problem,
    options: &Options<'_>,
) -> Result<Rotation, Error> {
    let mut bare = problem.clone();
    bare.criteria.retain(|criterion| Some(&criterion.id) != input.while_possible.as_ref());
    let rows: BTreeMap<&StudentId, u32> =
        input.students.iter().map(|student| &student.id).zip(0..).collect();
    let row = |id: &StudentId| rows.get(id).copied();
    let in_rows = |round: &Vec<Vec<StudentId>>| {
        let groups: Vec<Vec<u32>> =
            round.iter().map(|group| group.iter().filter_map(row).collect()).collect();
        pairs_of(&groups)
    };
    let past: Vec<(u32, u32)> = input.past.iter().flat_map(in_rows).collect();
    plan_rounds(&bare, &past, input.rounds, options)
}

/// The input by which one round of a plan is judged: its groups as they are, after those before it.
pub fn round_input(
    input: &SolveInput,
    before: &[Vec<Vec<u32>>],
    groups: &[Vec<u32>],
) -> SolveInput {
    let ids = |rows: &Vec<u32>| -> Vec<StudentId> {
        rows.iter().map(|row| input.students[*row as usize].id.clone()).collect()
    };
    let earlier = before.iter().rev().map(|round| round.iter().map(ids).collect());
    let laid = (1..).zip(groups).map(|(number, rows)| LaidGroup {
        number,
        members: ids(rows),
        locked: true,
        pinned: Vec::new(),
        missing: 0,
        must_broken: Vec::new(),
    });
    SolveInput {
        past: earlier.chain(input.past.iter().cloned()).collect(),
        laid: laid.collect(),
        rounds: 0,
        ..input.clone()
    }
}

/// To a contact about a round: how many meet again.
pub fn repeats_told(repeats: u32) -> Localised {
    match repeats {
        0 => Localised {
            da: "Ingen møder nogen, de har været i gruppe med før.".to_owned(),
            en: "Nobody meets anybody they have been in a group with before.".to_owned(),
        },
        1 => Localised {
            da: "To studerende, der har været i gruppe sammen før, er det igen.".to_owned(),
            en: "Two students who have been in a group together before are so again.".to_owned(),
        },
        _ => Localised {
            da: format!("{repeats} par har været i gruppe sammen før og er det igen."),
            en: format!("{repeats} pairs have been in a group together before and are so again."),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formation(
        id: &str,
        status: &str,
        ended: Option<u32>,
        more: &serde_json::Value,
    ) -> Formation {
        let mut json = serde_json::json!({
            "id": id, "status": status, "requested_by": "operator",
            "requested_at": "2026-09-01T10:00:00Z", "seed": 1,
        });
        let members = json.as_object_mut().expect("an object");
        if let Some(day) = ended {
            members.insert("ended_at".into(), format!("2026-09-{day:02}T10:00:00Z").into());
        }
        members.extend(more.as_object().expect("an object").clone());
        serde_json::from_value(json).expect("a formation")
    }

    fn of_plan(round: u32) -> serde_json::Value {
        serde_json::json!({ "plan": { "formation": "for_plan", "round": round, "rounds": 3 } })
    }

    fn ids(rounds: &[Vec<FormationId>]) -> Vec<Vec<&str>> {
        rounds.iter().map(|round| round.iter().map(FormationId::as_str).collect()).collect()
    }

    fn group(number: u32, members: &[&str]) -> Group {
        serde_json::from_value(serde_json::json!({
            "formation": "for_1", "section": "a", "number": number, "score": 0, "scores": {},
            "members": members,
        }))
        .expect("a group")
    }

    #[test]
    fn g7_a_planned_round_comes_after_those_that_wait_before_it_and_those_that_were_published() {
        let old = formation("for_old", "published", Some(1), &serde_json::json!({}));
        let awaiting = formation("for_plan", "awaiting_approval", None, &of_plan(1));
        let second = formation("for_second", "planned", None, &of_plan(2));
        let third = formation("for_third", "planned", None, &of_plan(3));
        let all = [old.clone(), awaiting.clone(), second.clone(), third.clone()];
        assert_eq!(ids(&rounds_before(&all, &awaiting)), [["for_old"]]);
        let told = [vec!["for_second"], vec!["for_plan"], vec!["for_old"]];
        assert_eq!(ids(&rounds_before(&all, &third)), told);

        // Published and mended, then taken up: what was published counts, not what waited.
        let first = formation("for_plan", "published", Some(2), &of_plan(1));
        let mended = serde_json::json!({ "kind": "repair", "replaces": "for_plan" });
        let mended = formation("for_mended", "published", Some(3), &mended);
        let taken = formation("for_taken", "published", Some(4), &of_plan(2));
        let all = [old, first, mended, taken.clone(), second, third.clone()];
        let published = [vec!["for_taken"], vec!["for_mended", "for_plan"], vec!["for_old"]];
        assert_eq!(ids(&rounds_before(&all, &third)), published);
        assert_eq!(ids(&rounds_before(&all, &taken)), published[1..]);
    }

    #[test]
    fn g7_the_next_round_is_the_one_behind_the_groups_that_count() {
        use RoundState::{Next, Proposed, Published, SetAside, UnderWay, Waiting};
        let plan = FormationId::parse("for_plan").expect("an id");
        let first = |status, ended| formation("for_plan", status, ended, &of_plan(1));
        let rest = [
            formation("for_third", "planned", None, &of_plan(3)),
            formation("for_second", "planned", None, &of_plan(2)),
        ];
        let states = |more: &[Formation]| {
            let all = [&rest[..], more].concat();
            let states: Vec<RoundState> =
                rounds_of(&all, &plan).iter().map(|round| round.state).collect();
            (states, current_plan(&all).is_some())
        };
        let awaiting = first("awaiting_approval", None);
        assert_eq!(states(&[awaiting]), (vec![Proposed; 3], true));
        assert_eq!(states(&[first("rejected", Some(2))]), (vec![SetAside; 3], false));
        let published = first("published", Some(2));
        let next = (vec![Published, Next, Waiting], true);
        assert_eq!(states(std::slice::from_ref(&published)), next);
        let mended = serde_json::json!({ "kind": "repair", "replaces": "for_plan" });
        let mended = formation("for_mended", "published", Some(3), &mended);
        assert_eq!(states(&[published.clone(), mended.clone()]), next);
        let taken = |status, ended| formation("for_taken", status, ended, &of_plan(2));
        let under_way = (vec![Published, UnderWay, Waiting], true);
        assert_eq!(states(&[published.clone(), taken("running", None)]), under_way);
        assert_eq!(states(&[published.clone(), taken("failed", Some(4))]), next);
        let second = (vec![Published, Published, Next], true);
        assert_eq!(states(&[published.clone(), mended, taken("published", Some(4))]), second);
        // Groups outside the plan count now: what waits would repeat them unseen.
        let outside = formation("for_outside", "published", Some(5), &serde_json::json!({}));
        assert_eq!(states(&[published, outside]), (vec![Published, SetAside, SetAside], false));
    }

    #[test]
    fn g7_who_meets_again_is_told_with_how_often_and_a_mended_round_counts_once() {
        let now = [group(1, &["stu_1", "stu_2", "stu_3"]), group(2, &["stu_4", "stu_5"])];
        let mended = vec![group(1, &["stu_1", "stu_2"]), group(1, &["stu_2", "stu_1", "stu_9"])];
        let older = vec![group(7, &["stu_2", "stu_1"]), group(8, &["stu_3", "stu_4"])];
        let told = meetings(&now, &[mended, older]);
        let [only] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!((only.one.as_str(), only.other.as_str(), only.before), ("stu_1", "stu_2", 2));
        assert_eq!(only.number, 1);
    }
}
