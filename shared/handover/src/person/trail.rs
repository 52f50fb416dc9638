//! Who read or changed the student's data. Staff are told apart from jobs and not named.

use domain::audit::{Actor, AuditEntry, Outcome};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use store::{Order, Scope};

use super::Sources;
use crate::Error;

/// How many reads the walk takes at most, of up to [`STRIDE`] entries each.
const MOST_READS: usize = 200;
const STRIDE: i32 = 500;

/// How much earlier than its place an entry may be dated: it bears the time at which its request began.
const LAG: SignedDuration = SignedDuration::from_hours(1);

/// The entries about a student.
#[derive(Debug, Clone, Serialize)]
pub struct Trail {
    /// The entries, the oldest first.
    pub entries: Vec<Entry>,
    /// Whether the trail was read back to the student's first questionnaire; otherwise earlier entries
    /// are handed over on request.
    pub complete: bool,
}

/// One entry.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    /// Its number in the institution's trail.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// Who: `staff`, or the name of a job.
    pub by: String,
    /// What.
    pub action: String,
    /// Why, if a reason was given.
    pub reason: Option<String>,
    /// Whether it was let through.
    pub outcome: Outcome,
    /// Whether the entry names the student; otherwise it counts more people of the cohort than it names.
    pub named: bool,
}

/// Walks back along the trail to when the first questionnaire came.
pub(super) async fn of(
    from: Sources<'_>,
    scope: &Scope,
    named: &[String],
    since: Option<Timestamp>,
) -> Result<Trail, Error> {
    let begin = since.map(|since| since.checked_sub(LAG).unwrap_or(since));
    let (mut entries, mut place, mut complete) = (Vec::new(), None, false);
    'walk: for _ in 0..MOST_READS {
        let read = from.audit.links(&scope.institution, Order::Newest, place, Some(STRIDE)).await?;
        if read.is_empty() {
            complete = true;
            break;
        }
        for stored in read {
            place = Some(stored.place);
            let Some(link) = stored.link else { continue };
            if begin.is_some_and(|begin| link.entry.at < begin) {
                complete = true;
                break 'walk;
            }
            entries.extend(entry(stored.place, link.entry, scope, named));
        }
    }
    entries.reverse();
    Ok(Trail { entries, complete })
}

fn entry(number: u64, entry: AuditEntry, scope: &Scope, ids: &[String]) -> Option<Entry> {
    let named = entry.ids.iter().any(|id| ids.contains(id));
    let counts_more = entry.cohort.as_ref() == Some(&scope.cohort)
        && usize::try_from(entry.subjects).is_ok_and(|subjects| subjects > entry.ids.len());
    (named || counts_more).then(|| Entry {
        number,
        at: entry.at,
        by: match entry.actor {
            Actor::Contact(_) => "staff".to_owned(),
            Actor::Job(function) => function,
            Actor::Student(_) => "student".to_owned(),
        },
        action: entry.action,
        reason: entry.reason.map(|reason| reason.as_str().to_owned()),
        outcome: entry.outcome,
        named,
    })
}
