//! Questionnaires of forms that no cohort uses: kept for a while so that they can be claimed, then
//! deleted.

use domain::quarantine::Quarantined;
use domain::retention;
use jiff::civil::Date;
use runtime::telemetry::log_error;
use store::{Cursor, Deleted, keys};
use tokio::time::Instant;

use crate::answer::{LISTED, Unassigned};
use crate::{Error, Systems};

/// Questionnaires looked at per page.
const PAGE: i32 = 100;

/// What became of the questionnaires that are due.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// In a dry run: the first of them.
    pub(crate) listed: Vec<Unassigned>,
    /// Deleted; in a dry run: due.
    pub(crate) count: u64,
    /// Not deleted; the log says why.
    pub(crate) failed: u64,
    /// Whether some were not reached.
    pub(crate) out_of_time: bool,
}

/// Deletes what is due, or lists it. A questionnaire that fails does not stop the others.
pub(crate) async fn sweep(systems: &Systems, today: Date, dry_run: bool) -> Result<Outcome, Error> {
    let began = Instant::now();
    let mut outcome = Outcome::default();
    let mut from: Option<Cursor> = None;
    loop {
        let page = systems.store.quarantine_page(None, from.as_ref(), Some(PAGE)).await?;
        for entry in &page.items {
            let delete_on = retention::unassigned_delete_on(entry.received_at);
            if !retention::is_due(delete_on, today) {
                continue;
            }
            if dry_run {
                outcome.count += 1;
                if outcome.listed.len() < LISTED {
                    outcome.listed.push(Unassigned { response: entry.token.clone(), delete_on });
                }
                continue;
            }
            if began.elapsed() >= systems.slice {
                outcome.out_of_time = true;
                return Ok(outcome);
            }
            match delete(systems, entry).await {
                Ok(()) => outcome.count += 1,
                Err(error) => {
                    log_error("unassigned", &error);
                    outcome.failed += 1;
                }
            }
        }
        match page.next {
            Some(next) => from = Some(next),
            None => return Ok(outcome),
        }
    }
}

/// First every version of the object, then the item that leads to it: a run that died in between is
/// simply run again.
async fn delete(systems: &Systems, entry: &Quarantined) -> Result<(), Error> {
    let key = keys::raw_response(None, &entry.token);
    if !matches!(systems.objects.delete_below(&key, None).await?, Deleted::All(_)) {
        return Err(Error::ObjectsKept);
    }
    Ok(systems.store.leave_quarantine(None, &entry.token).await?)
}
