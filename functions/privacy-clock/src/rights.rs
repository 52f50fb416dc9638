//! Requests of students: acknowledged within 48 hours, done within 30 days, or up to 90 (D4).
//!
//! Operators are told by the metrics `RightsDueSoon` and `RightsOverdue`, whose alarms mail them, and
//! find the requests by the ids that the log names. No mail of the function's own:
//! it would need a right to send, and say no more.

use std::collections::BTreeSet;

use domain::RightsRequestId;
use domain::rights::{Alert, RightsRequest, clock};
use jiff::Timestamp;
use store::Scope;
use store::keys::Duty;

use crate::handler::Answer;
use crate::{Error, Systems};

/// The request that a duty names. The index may lag behind: one that is gone is nobody's duty.
pub(crate) async fn request(
    systems: &Systems,
    duty: &Duty,
) -> Result<Option<(Scope, RightsRequest)>, Error> {
    let (Some(cohort), Ok(id)) = (&duty.cohort, RightsRequestId::parse(&duty.id)) else {
        return Err(Error::UnknownDuty { kind: duty.kind.clone() });
    };
    let scope = Scope::new(duty.institution.clone(), cohort.clone());
    let request = systems.store.rights_request(&scope, &id).await?;
    Ok(request.map(|request| (scope, request)))
}

/// Counts what is late, and a reminder the first time that its day has come.
pub(crate) async fn look(
    systems: &Systems,
    duty: &Duty,
    now: Timestamp,
    answer: &mut Answer,
) -> Result<(), Error> {
    let Some((scope, request)) = request(systems, duty).await? else { return Ok(()) };
    // An erasure that has its certificate fulfils the request it was begun for.
    let request = systems.store.settle_erasure(&scope, request).await?;
    let Some(alert) = clock(&request, now).alert else { return Ok(()) };
    let what = match alert {
        Alert::Unacknowledged => "unacknowledged",
        Alert::Overdue => "overdue",
        Alert::DueSoon(_) => "due_soon",
    };
    let Alert::DueSoon(days) = alert else {
        answer.rights_overdue += 1;
        tracing::error!(
            institution = scope.institution.as_str(),
            cohort = scope.cohort.as_str(),
            request = request.id.as_str(),
            what,
            "rights.late"
        );
        return Ok(());
    };
    if request.reminded.contains(&days) {
        return Ok(());
    }
    answer.rights_due_soon += 1;
    tracing::warn!(
        institution = scope.institution.as_str(),
        cohort = scope.cohort.as_str(),
        request = request.id.as_str(),
        days,
        what,
        "rights.due_soon"
    );
    let reminded: BTreeSet<u32> = request.reminded.iter().copied().chain([days]).collect();
    Ok(systems.store.rights_reminded(&scope, &request, &reminded).await?)
}
