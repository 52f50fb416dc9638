//! Writes the groups and what is known of them.
//!
//! Safe to run twice: the solvers' outputs do not change, so the same groups are written again, and
//! the note on the formation only goes onto one that runs. Readers see the groups when the
//! formation's status says so, all at once.

use std::collections::{BTreeMap, BTreeSet};

use domain::SectionId;
use domain::cohort::Localised;
use domain::formation::{Failure, Kind, Price, SectionResult};
use serde_json::{Value, json};
use store::{Transition, keys};

use crate::Deps;
use crate::error::Error;
use crate::handler::UnderWay;
use crate::plan;
use crate::snapshot;
use crate::solve::Solved;
use crate::trail;

/// Runs the step; answers whether a contact has to approve.
pub async fn run(deps: &Deps, on: &UnderWay) -> Result<Value, Error> {
    let id = &on.formation.id;
    let snapshot = snapshot::read(deps, &on.scope, id).await?;
    let mut results: BTreeMap<SectionId, SectionResult> = BTreeMap::new();
    let mut engines = BTreeSet::new();
    let mut groups = Vec::new();
    let mut failures = Vec::new();
    for section in snapshot.sections.keys() {
        let key = keys::solve_output(&on.scope, id, section);
        match deps.objects.get_json(&key).await?.ok_or(Error::Missing("output"))? {
            Solved::Groups(output) => {
                results.insert(section.clone(), output.result);
                engines.insert(output.engine);
                groups.extend(output.groups);
            }
            Solved::Failed(failure) => failures.push(failure),
        }
    }
    if let Some(failure) = together(failures) {
        return Err(Error::Failed(Box::new(failure)));
    }
    let count = groups.iter().map(|group| group.members.len()).sum();
    let grouped = groups.iter().flat_map(|group| &group.members);
    trail::note(deps, on, "formation.groups", count, grouped).await?;
    deps.store.put_groups(&on.scope, &groups).await?;
    plan::keep(deps, on, &snapshot).await?;
    let sizes = on.cohort.settings.sizes;
    let sizes = usize::from(sizes.min)..=usize::from(sizes.max);
    let wrong = groups
        .iter()
        .any(|group| !group.must_broken.is_empty() || !sizes.contains(&group.members.len()));
    // More than one only if the function was replaced between two sections.
    let engine = engines.into_iter().collect::<Vec<_>>().join(", ");
    match deps.store.formation_solved(&on.scope, id, &engine, &results).await? {
        // Groups that a contact had under their hands go on to await them, and so does a plan, which they see whole;
        // nobody is told of other groups than they know before a contact has seen who it would be. What a contact
        // approved with a plan awaits nobody again.
        Transition::Done => {
            let approval = match (&on.formation.around, on.formation.kind) {
                (Some(around), _) => {
                    plan::needs_approval(deps, on, &around.formation, wrong).await?
                }
                (None, Kind::Repair) => true,
                (None, _) => on.cohort.settings.approval || on.formation.plans().is_some(),
            };
            Ok(json!({ "approval": approval }))
        }
        Transition::Past => Err(Error::Ended(on.formation.status)),
    }
}

/// One failure that tells of all: the first section's, with the others in its detail, and their
/// sentences behind its own as far as there is room.
pub fn together(failures: Vec<Failure>) -> Option<Failure> {
    /// A detail that named a thousand sections would help nobody and outgrow the machine's state.
    const MOST: usize = 20;
    /// So many sentences and students are told: a failure travels as an error's message.
    const SENTENCES: usize = 24;
    const STUDENTS: usize = 100;
    let mut failures = failures.into_iter();
    let mut first = failures.next()?;
    for failure in failures.as_slice() {
        let sentences = first.explained.len() + failure.explained.len();
        if sentences > SENTENCES || first.students.len() + failure.students.len() > STUDENTS {
            continue;
        }
        let section = failure.section.as_ref().map_or("", SectionId::as_str);
        let by = first.students.len();
        let before = u32::try_from(first.explained.len()).unwrap_or(u32::MAX);
        first.prices.extend(
            failure
                .prices
                .iter()
                .map(|price| Price { sentence: before + price.sentence, ..price.clone() }),
        );
        first.explained.extend(failure.explained.iter().map(|told| Localised {
            da: format!("Hold {section}: {}", renumbered(&told.da, by)),
            en: format!("Section {section}: {}", renumbered(&told.en, by)),
        }));
        first.students.extend(failure.students.iter().cloned());
    }
    let more = failures.len().saturating_sub(MOST);
    let mut details = vec![first.detail.clone()];
    details.extend(failures.take(MOST).map(|failure| {
        let section = failure.section.as_ref().map_or("", SectionId::as_str);
        format!("section {section}: {}", failure.detail)
    }));
    if more > 0 {
        details.push(format!("{more} more sections"));
    }
    Some(Failure { detail: details.join("; "), ..first })
}

/// A sentence whose students, `#1` and so on, stand so many places further back.
fn renumbered(text: &str, by: usize) -> String {
    let mut parts = text.split('#');
    let mut told = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = part.split_at(digits);
        told.push('#');
        match number.parse::<usize>() {
            Ok(number) => told.push_str(&(number + by).to_string()),
            Err(_) => told.push_str(number),
        }
        told.push_str(rest);
    }
    told
}

#[cfg(test)]
mod tests {
    use domain::StudentId;
    use domain::formation::FailureCode;

    use super::*;

    fn failure(section: &str, told: &str, students: &[&str]) -> Failure {
        Failure {
            section: Some(SectionId::parse(section).expect("an id")),
            explained: vec![Localised { da: told.into(), en: told.into() }],
            students: students.iter().map(|id| StudentId::parse(*id).expect("an id")).collect(),
            prices: vec![Price {
                sentence: 0,
                criterion: section.into(),
                broken: 0,
                score: 2,
                now: 1,
            }],
            ..Failure::new(FailureCode::MustRulesConflict, format!("detail of {section}"))
        }
    }

    #[test]
    fn g3_every_section_that_failed_is_explained_with_its_students() {
        let all = vec![
            failure("a", "#1 and #2 are too many.", &["stu_1", "stu_2"]),
            failure("b", "“#x” keeps #1 apart, #10 too.", &["stu_3"]),
            failure("c", "Nobody is free.", &[]),
        ];
        let told = together(all).expect("a failure");
        let english: Vec<&str> = told.explained.iter().map(|told| told.en.as_str()).collect();
        assert_eq!(
            english,
            [
                "#1 and #2 are too many.",
                "Section b: “#x” keeps #3 apart, #12 too.",
                "Section c: Nobody is free.",
            ]
        );
        assert!(told.explained[2].da.starts_with("Hold c: "));
        let priced = told.prices.iter().map(|price| (price.criterion.as_str(), price.sentence));
        assert_eq!(priced.collect::<Vec<_>>(), [("a", 0), ("b", 1), ("c", 2)]);
        assert_eq!(told.students.len(), 3);
        assert_eq!(told.detail, "detail of a; section b: detail of b; section c: detail of c");
        let many = (0..400).map(|n| failure(&format!("s{n}"), "text", &["stu_1"])).collect();
        let told = together(many).expect("a failure");
        assert!(told.explained.len() <= 24 && told.students.len() <= 100);
    }
}
