//! Takes the students' addresses off SES's suppression list, where a bounce or a complaint about our
//! mails put them.
//!
//! Every student's address is looked up, because SES enters addresses by itself whether or not we
//! heard of the bounce. After a deletion the address is looked up again; `verify` cannot do that, as
//! the addresses are gone by then. Look-ups are by address, so that no other addresses on the list
//! are ever read.

use aws_sdk_sesv2::error::{ProvideErrorMetadata, SdkError};
use domain::student::Student;
use domain::{Email, StudentId};
use futures::future::try_join_all;
use store::{Cursor, keys};
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
        let student = systems.store.student_even_if_gone(&subject.scope, person).await?;
        let none = [(counts::SUPPRESSIONS.to_owned(), 0)];
        counts::note(&systems.store, &task.institution, &mut subject.erasure, none).await?;
        if let Some(student) = student {
            lift(systems, task, subject, &[student]).await?;
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
    loop {
        let from = at.cursor.as_ref().map(cursor);
        let limit = Some(systems.limits.students);
        let page =
            systems.store.students_even_if_gone(&subject.scope, from.as_ref(), limit).await?;
        for batch in page.items.chunks(SIDE_BY_SIDE) {
            let next = Instant::now() + systems.limits.ses_interval;
            match lift(systems, task, subject, batch).await {
                Ok(()) => {}
                // Part of the slice is done: the machine's wait is the way to slow down.
                Err(Error::Ses { .. }) if at.cursor != start => return Ok(at),
                Err(error) => return Err(error),
            }
            at.cursor = batch.last().map(|student| student.id.clone());
            sleep_until(next).await;
        }
        if page.next.is_none() {
            return Ok(Progress::done(Step::Suppressions));
        }
        if began.elapsed() >= systems.limits.slice {
            return Ok(at);
        }
    }
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
    students: &[Student],
) -> Result<(), Error> {
    let spelled = students.iter().flat_map(|student| {
        let addresses = student.addresses().flat_map(spellings);
        addresses.map(|address| (student.id.clone(), address))
    });
    let spelled: Vec<(StudentId, String)> = spelled.collect();
    let looks = spelled.iter().map(|(_, address)| is_listed(systems, address));
    let listed = try_join_all(looks).await?;
    let entries = spelled.into_iter().zip(listed).filter_map(|(entry, is)| is.then_some(entry));
    let (owners, addresses): (Vec<StudentId>, Vec<String>) = entries.unzip();
    if let Some(last) = students.last() {
        let Subject { erasure, .. } = subject;
        let (store, institution) = (&systems.store, &task.institution);
        counts::note_suppressions(store, institution, erasure, &owners, &last.id).await?;
    }
    for address in &addresses {
        delete(systems, address).await?;
        if is_listed(systems, address).await? {
            return Err(Error::StillSuppressed);
        }
    }
    Ok(())
}

/// The address as mails were sent to it and, if that differs, in lower case.
pub(super) fn spellings(email: &Email) -> Vec<String> {
    let mut spellings = vec![email.as_str().to_owned(), email.normalised()];
    spellings.dedup();
    spellings
}

pub(super) async fn is_listed(systems: &Systems, address: &str) -> Result<bool, Error> {
    let outcome =
        systems.ses.get_suppressed_destination().email_address(address).send().await.map(drop);
    found("look up a suppressed address", outcome)
}

pub(super) async fn delete(systems: &Systems, address: &str) -> Result<(), Error> {
    let outcome =
        systems.ses.delete_suppressed_destination().email_address(address).send().await.map(drop);
    found("delete a suppressed address", outcome).map(drop)
}

/// Whether there was an entry.
fn found<E, R>(operation: &'static str, outcome: Result<(), SdkError<E, R>>) -> Result<bool, Error>
where
    E: ProvideErrorMetadata,
{
    let Err(error) = outcome else { return Ok(true) };
    // The service's messages quote the address; only the code is kept.
    let code = match &error {
        SdkError::ServiceError(service) => service.err().code().unwrap_or("unknown"),
        SdkError::TimeoutError(_) => "timeout",
        SdkError::DispatchFailure(_) => "dispatch",
        _ => "other",
    };
    if code == "NotFoundException" {
        return Ok(false);
    }
    Err(Error::Ses { operation, code: code.to_owned() })
}
