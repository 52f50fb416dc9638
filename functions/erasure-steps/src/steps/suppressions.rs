//! Takes the students' addresses off SES's suppression list, where a bounce or a complaint about our
//! mails put them.
//!
//! Every student's address is looked up, and that of everybody who was expected: reminders went there. After a deletion the address is looked up again; `verify`
//! cannot do that, as the addresses are gone by then.

use std::collections::BTreeMap;
use std::ops::Bound;

use domain::student::Student;
use domain::{Email, StudentId};
use futures::future::try_join_all;
use store::{Cursor, keys};
use suppression::spellings;
use tokio::time::{Instant, sleep_until};

use super::Subject;
use crate::task::{Progress, Step, Task};
use crate::{Error, Systems, counts};

/// Students looked up side by side.
pub(crate) const SIDE_BY_SIDE: usize = 4;

/// Seconds until the machine goes on with the next slice, or tries again where SES throttled.
const NEXT_SLICE: u32 = 1;

/// Repeatable: goes on after the last student that was seen to, an opaque id; what was deleted is
/// not found again.
pub(crate) async fn suppressions(
    systems: &Systems,
    task: &Task,
    subject: &mut Subject,
) -> Result<Progress, Error> {
    if let Some(person) = &subject.person {
        let person = person.clone();
        let addresses = systems.store.addresses(&subject.scope, &person).await?;
        let none = [(counts::SUPPRESSIONS.to_owned(), 0)];
        counts::note(&systems.store, &task.institution, &mut subject.erasure, none).await?;
        if !addresses.is_empty() {
            lift(systems, task, subject, &[(person, addresses)]).await?;
        }
        return Ok(Progress::done(Step::Suppressions));
    }
    let began = Instant::now();
    let mut at = match task.unfinished() {
        Some(before) => before.clone(),
        None => Progress::not_done(Step::Suppressions, NEXT_SLICE),
    };
    let start = at.cursor.clone();
    let none = [(counts::SUPPRESSIONS.to_owned(), 0)];
    counts::note(&systems.store, &task.institution, &mut subject.erasure, none).await?;
    let expected = expected(systems, subject).await?;
    loop {
        let from = at.cursor.as_ref().map(cursor);
        let limit = Some(systems.limits.students);
        let page =
            systems.store.students_even_if_gone(&subject.scope, from.as_ref(), limit).await?;
        let more = page.next.is_some();
        for batch in merged(page.items, more, at.cursor.as_ref(), &expected).chunks(SIDE_BY_SIDE) {
            let next = Instant::now() + systems.limits.ses_interval;
            match lift(systems, task, subject, batch).await {
                Ok(()) => {}
                // Part of the slice is done: the machine's wait is the way to slow down.
                Err(Error::Suppression(_)) if at.cursor != start => return Ok(at),
                Err(error) => return Err(error),
            }
            at.cursor = batch.last().map(|(student, _)| student.clone());
            sleep_until(next).await;
        }
        if !more {
            return Ok(Progress::done(Step::Suppressions));
        }
        if began.elapsed() >= systems.limits.slice {
            return Ok(at);
        }
    }
}

/// Somebody and all addresses that are or were theirs.
type Person = (StudentId, Vec<Email>);

/// The addresses of everybody on a roster: a reminder that bounced is on the list, too.
async fn expected(
    systems: &Systems,
    subject: &Subject,
) -> Result<BTreeMap<StudentId, Vec<Email>>, Error> {
    let mut found: BTreeMap<StudentId, Vec<Email>> = BTreeMap::new();
    for one in systems.store.expected_anywhere(&subject.scope).await? {
        found.entry(one.student).or_default().push(one.entry.email);
    }
    Ok(found)
}

/// The students of a page and whoever is expected among them, in the order of ids, which is that in which
/// suppressions are counted; with the last page everybody who comes after it.
fn merged(
    students: Vec<Student>,
    more: bool,
    after: Option<&StudentId>,
    expected: &BTreeMap<StudentId, Vec<Email>>,
) -> Vec<Person> {
    let last = students.last().map(|student| student.id.clone());
    let from = after.map_or(Bound::Unbounded, Bound::Excluded);
    let to = last.as_ref().filter(|_| more).map_or(Bound::Unbounded, Bound::Included);
    let mut people: BTreeMap<StudentId, Vec<Email>> = BTreeMap::new();
    for student in students {
        people.insert(student.id.clone(), student.addresses().cloned().collect());
    }
    for (id, addresses) in expected.range::<StudentId, _>((from, to)) {
        let known = people.entry(id.clone()).or_default();
        for address in addresses {
            if !known.contains(address) {
                known.push(address.clone());
            }
        }
    }
    people.into_iter().collect()
}

/// The place in the table after a student.
fn cursor(student: &StudentId) -> Cursor {
    Cursor(format!("{}{student}", keys::STUDENT))
}

/// Deletes the entries of some students; they are counted before the first is deleted.
async fn lift(
    systems: &Systems,
    task: &Task,
    subject: &mut Subject,
    students: &[Person],
) -> Result<(), Error> {
    let spelled = students.iter().flat_map(|(student, addresses)| {
        let addresses = addresses.iter().flat_map(spellings);
        addresses.map(|address| (student.clone(), address))
    });
    let spelled: Vec<(StudentId, String)> = spelled.collect();
    let looks = spelled.iter().map(|(_, address)| systems.suppressed.lists(address));
    let listed = try_join_all(looks).await?;
    let entries = spelled.into_iter().zip(listed).filter_map(|(entry, is)| is.then_some(entry));
    let (owners, addresses): (Vec<StudentId>, Vec<String>) = entries.unzip();
    if let Some((last, _)) = students.last() {
        let Subject { erasure, .. } = subject;
        let (store, institution) = (&systems.store, &task.institution);
        counts::note_suppressions(store, institution, erasure, &owners, last).await?;
    }
    for address in &addresses {
        systems.suppressed.lift(address).await?;
    }
    Ok(())
}
