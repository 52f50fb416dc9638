//! What a formation does with people's data, in the audit trail (D5).
//!
//! An entry comes before the act. It stands once per formation and action, however often the machine
//! runs the task; the solvers read what the snapshot's entry says was taken, and have none of their own.

use domain::StudentId;
use domain::audit::AuditEntry;

use crate::Deps;
use crate::error::Error;
use crate::handler::UnderWay;

/// Notes that the formation is about to do something with the data of so many students; `ids` names
/// them where they are at hand.
pub(crate) async fn note(
    deps: &Deps,
    on: &UnderWay,
    action: &str,
    students: usize,
    ids: impl Iterator<Item = &StudentId>,
) -> Result<(), Error> {
    let (scope, formation) = (&on.scope, on.formation.id.as_str());
    let entry =
        AuditEntry::of_job(&scope.institution, on.now, "formation-steps", action, formation)
            .in_cohort(Some(&scope.cohort))
            .touching(students)
            .about(ids);
    Ok(deps.audit.append(&entry, formation).await?)
}
