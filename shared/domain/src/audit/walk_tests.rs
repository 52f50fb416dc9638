//! Whatever is done to a chain shows.

use proptest::prelude::*;

use super::*;
use crate::audit::{Actor, AuditEntry, Reason};

fn institution() -> InstitutionId {
    InstitutionId::parse("ins_example-university").unwrap()
}

/// A chain of entries that differ in every way that matters.
fn chain(length: u64) -> Vec<Link> {
    let mut head = Head::start(&institution());
    let mut links = Vec::new();
    for number in 0..length {
        let actor = if number % 2 == 0 {
            Actor::Job("mailer".into())
        } else {
            Actor::Contact(crate::ContactId::parse("sub-1").unwrap())
        };
        let at = jiff::Timestamp::from_second(1_789_041_600 + i64::try_from(number).unwrap());
        let entry = AuditEntry::new(&institution(), at.unwrap(), actor, "students.list", "r")
            .touching(2)
            .about(["stu_1", "stu_2"])
            .because(Reason::parse("case 1").ok().as_ref());
        let link = Link::after(&head, &entry, &format!("request-{number}"));
        head = link.head();
        links.push(link);
    }
    links
}

fn seal_at(links: &[Link], place: usize) -> Vec<Head> {
    links.get(place).map(Link::head).into_iter().collect()
}

/// Walks links as they are stored, each under its own number.
fn walk(stored: &[Link], seals: &[Head]) -> Result<u64, Broken> {
    let mut walk = Walk::new(&institution(), Head::start(&institution()), seals.iter().cloned());
    for link in stored {
        walk.step(link.sequence, Some(link))?;
    }
    walk.end()?;
    Ok(walk.checked())
}

/// Every single field of an entry, changed.
fn alterations() -> Vec<fn(&mut Link)> {
    vec![
        |link| link.unique.push('x'),
        |link| link.previous = "0".repeat(64),
        |link| link.hash = "0".repeat(64),
        |link| link.entry.institution = InstitutionId::parse("ins_other").unwrap(),
        |link| link.entry.cohort = Some(crate::CohortId::parse("coh_1").unwrap()),
        |link| link.entry.at += jiff::SignedDuration::from_nanos(1),
        |link| link.entry.actor = Actor::Job("onboarding".into()),
        |link| link.entry.action.push('s'),
        |link| link.entry.request.push('x'),
        |link| link.entry.subjects += 1,
        |link| drop(link.entry.ids.pop()),
        |link| link.entry.ids = vec!["stu_1stu_2".into()],
        |link| link.entry.reason = None,
        |link| link.entry.outcome = crate::audit::Outcome::Refused,
        |link| link.entry.problem = Some("not-found".into()),
    ]
}

#[test]
fn d5_the_same_entries_make_the_same_hashes_for_ever() {
    // Whoever verifies an old export must come to the same hashes: these are fixed.
    let links = chain(2);
    let expected = include_str!("walk_tests.txt");
    let start = std::iter::once(Head::start(&institution()));
    let got: Vec<String> =
        start.chain(links.iter().map(Link::head)).map(|head| head.to_string()).collect();
    assert_eq!(got, expected.lines().collect::<Vec<_>>());
}

#[test]
fn d5_every_altered_field_of_an_entry_shows() {
    for (number, alter) in alterations().into_iter().enumerate() {
        let mut links = chain(3);
        alter(&mut links[1]);
        let broken = walk(&links, &[]).unwrap_err();
        assert_eq!(broken.sequence, 2, "alteration {number}");
        assert!(matches!(broken.flaw, Flaw::Altered), "alteration {number}: {broken:?}");
    }
}

#[test]
fn d5_an_entry_rewritten_with_a_right_hash_shows_by_the_next_one_or_the_seal() {
    let mut links = chain(3);
    let forge = |links: &mut Vec<Link>, place: usize| {
        links[place].entry.subjects = 0;
        links[place].hash = links[place].computed();
    };
    forge(&mut links, 1);
    assert_eq!(walk(&links, &[]), Err(Broken { sequence: 3, flaw: Flaw::Unlinked }));
    let mut links = chain(3);
    let seal = seal_at(&links, 2);
    forge(&mut links, 2);
    assert_eq!(walk(&links, &seal), Err(Broken { sequence: 3, flaw: Flaw::Rewritten }));
}

#[test]
fn d5_an_entry_that_cannot_be_read_or_lies_elsewhere_shows() {
    let links = chain(2);
    let start = || Walk::new(&institution(), Head::start(&institution()), []);
    assert_eq!(start().step(1, None), Err(Broken { sequence: 1, flaw: Flaw::Altered }));
    let moved = start().step(1, Some(&links[1]));
    assert_eq!(moved, Err(Broken { sequence: 1, flaw: Flaw::Altered }));
    let again = links[0].head();
    let mut walk = Walk::new(&institution(), again, []);
    assert_eq!(walk.step(1, Some(&links[0])).unwrap_err().flaw, Flaw::Unlinked);
    // Another institution's chain does not pass for this one's.
    let other = InstitutionId::parse("ins_other").unwrap();
    let mut walk = Walk::new(&other, Head::start(&other), []);
    assert_eq!(walk.step(1, Some(&links[0])).unwrap_err().flaw, Flaw::Altered);
}

#[test]
fn d5_a_place_is_text_and_back() {
    let head = chain(1)[0].head();
    assert_eq!(Head::parse(&head.to_string()), Some(head));
    for text in ["", "1", "1-", "-1", "1-abc", &format!("1-{}", "G".repeat(64))] {
        assert_eq!(Head::parse(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn d5_a_whole_chain_is_sound_from_any_place(length in 1_u64..30, from in 0_usize..30) {
        let links = chain(length);
        let from = from.min(links.len());
        let head = from.checked_sub(1).map_or_else(|| Head::start(&institution()), |at| links[at].head());
        let mut walk = Walk::new(&institution(), head, links[from..].iter().map(Link::head));
        for link in &links[from..] {
            prop_assert_eq!(walk.step(link.sequence, Some(link)), Ok(()));
        }
        prop_assert_eq!(walk.end(), Ok(()));
        prop_assert_eq!((walk.checked(), walk.sealed()), (length - from as u64, length - from as u64));
    }

    #[test]
    fn d5_a_removed_swapped_inserted_or_cut_entry_shows(
        length in 3_u64..30, at in 0_usize..30, other in 0_usize..30, change in 0..4,
    ) {
        let links = chain(length);
        let seal = seal_at(&links, links.len() - 1);
        let (at, other) = (at % links.len(), other % links.len());
        prop_assert_eq!(walk(&links, &seal), Ok(length));
        let mut stored = links.clone();
        let first = match change {
            0 => { stored.remove(at); at }
            1 => {
                prop_assume!(at != other);
                // Two entries change places, numbers and all that a forger can mend in one entry.
                stored.swap(at, other);
                let (a, b) = (stored[at].sequence, stored[other].sequence);
                (stored[at].sequence, stored[other].sequence) = (b, a);
                for place in [at, other] {
                    stored[place].hash = stored[place].computed();
                }
                at.min(other)
            }
            2 => {
                // A forged entry comes in between and pushes the rest on.
                let head = at.checked_sub(1).map_or_else(|| Head::start(&institution()), |b| links[b].head());
                let mut forged = Link::after(&head, &links[at].entry, "forged");
                forged.hash = forged.computed();
                stored.insert(at, forged);
                for link in &mut stored[at + 1..] {
                    link.sequence += 1;
                }
                at + 1
            }
            _ => { stored.truncate(at); at }
        };
        let broken = walk(&stored, &seal);
        prop_assert!(broken.is_err(), "{change} at {at}");
        let flaw = broken.unwrap_err().flaw;
        match change {
            0 if at + 1 < links.len() => prop_assert_eq!(flaw, Flaw::Removed),
            0 | 3 => prop_assert_eq!(flaw, Flaw::Truncated),
            _ => {}
        }
        let sequence = broken.unwrap_err().sequence;
        prop_assert!(sequence >= first as u64 && sequence <= length + 1, "{sequence} for {first}");
    }
}
