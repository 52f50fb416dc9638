//! The formations that the student took part in, what of them went in, and their groups.

use std::collections::BTreeMap;
use std::fmt;

use domain::formation::{Formation, FormationStatus, SolveStudent};
use domain::{FormationId, ResponseToken, SectionId, StudentId};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Value, json};
use store::keys;

use super::questionnaires::without_others;
use super::{Ask, Sources};
use crate::Error;

/// Who takes part in a formation, as far as it is read here.
#[derive(Deserialize)]
struct Snapshot {
    sections: BTreeMap<SectionId, BTreeMap<StudentId, ResponseToken>>,
}

/// Formations and groups, the oldest formation first.
pub(super) async fn theirs(
    from: Sources<'_>,
    ask: &Ask<'_>,
) -> Result<(Vec<Value>, Vec<Value>), Error> {
    let mut all = from.store.formations(ask.scope).await?;
    all.sort_by_key(|formation| formation.requested_at);
    let (mut formations, mut groups) = (Vec::new(), Vec::new());
    for formation in all {
        groups.extend(groups_of(from, ask, &formation).await?);
        let part = part_in(from, ask, &formation.id).await?;
        let failure = formation.failure.as_ref();
        let named = failure.is_some_and(|failure| failure.students.contains(&ask.student.id));
        let held = formation.board.pinned.contains(&ask.student.id);
        if part.is_none() && !named && !held {
            continue;
        }
        formations.push(json!({
            "id": formation.id,
            "status": formation.status,
            "requested_at": formation.requested_at,
            "ended_at": formation.ended_at,
            "took_part": part,
            "held_fast": held,
            "named_in_conflict": named.then(|| failure.map(|failure| failure.code)),
        }));
    }
    Ok((formations, groups))
}

/// The student's groups of a formation. Of the others their number stands there and nothing else.
async fn groups_of(
    from: Sources<'_>,
    ask: &Ask<'_>,
    formation: &Formation,
) -> Result<Vec<Value>, Error> {
    let (mut found, mut cursor) = (Vec::new(), None);
    let waits = formation.status == FormationStatus::Planned;
    loop {
        let page = from.store.groups(ask.scope, &formation.id, cursor.as_ref(), None).await?;
        for group in page.items {
            if !group.members.contains(&ask.student.id) {
                continue;
            }
            found.push(json!({
                "formation": group.formation,
                "published": formation.status.has_groups()
                    && ask.cohort.published_formation.as_ref() == Some(&formation.id),
                "planned_for_round": waits.then(|| formation.plan.as_ref().map(|plan| plan.round)),
                "section": group.section,
                "number": group.number,
                "members": group.members.len(),
                "score": group.score,
                "scores": group.scores,
                "must_broken": group.must_broken,
                "common_slots": group.common_slots,
                "told": group.told.iter().map(|text| text.get(ask.cohort.settings.language)).collect::<Vec<_>>(),
                "left_a_question_open": group.unanswered.contains(&ask.student.id),
            }));
        }
        match page.next {
            Some(next) => cursor = Some(next),
            None => return Ok(found),
        }
    }
}

/// What a formation's objects hold of the student: the questionnaire that counted and the answers
/// that the search read.
async fn part_in(
    from: Sources<'_>,
    ask: &Ask<'_>,
    formation: &FormationId,
) -> Result<Option<Value>, Error> {
    let key = keys::snapshot(ask.scope, formation);
    let Some(snapshot) = from.objects.get_json::<Snapshot>(&key).await? else { return Ok(None) };
    for (section, students) in &snapshot.sections {
        let Some(token) = students.get(&ask.student.id) else { continue };
        let key = keys::solve_input(ask.scope, formation, section);
        let input = from.objects.get(&key).await?;
        let read = input.and_then(|input| only(&input, &ask.student.id));
        let profile = read.map(|student| without_others(&student.profile)).transpose()?;
        return Ok(Some(json!({ "section": section, "questionnaire": token, "profile": profile })));
    }
    Ok(None)
}

/// One student of an input, without keeping all the others.
fn only(input: &[u8], id: &StudentId) -> Option<SolveStudent> {
    let mut input = serde_json::Deserializer::from_slice(input);
    Input(id).deserialize(&mut input).ok().flatten()
}

/// Reads an input for one student.
struct Input<'a>(&'a StudentId);

impl<'de> DeserializeSeed<'de> for Input<'_> {
    type Value = Option<SolveStudent>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Input<'_> {
    type Value = Option<SolveStudent>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the input of a solver")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(name) = map.next_key::<String>()? {
            if name == "students" {
                found = map.next_value_seed(Students(self.0))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

/// Reads a list of students for one of them.
struct Students<'a>(&'a StudentId);

impl<'de> DeserializeSeed<'de> for Students<'_> {
    type Value = Option<SolveStudent>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Students<'_> {
    type Value = Option<SolveStudent>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("students with their answers")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(student) = list.next_element::<SolveStudent>()? {
            if student.id == *self.0 {
                found = Some(student);
            }
        }
        Ok(found)
    }
}
