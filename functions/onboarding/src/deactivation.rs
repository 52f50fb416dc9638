//! The end of an agreement, and its being taken back (D6).
//!
//! **Safe to run twice.** A deactivation in force stays as it was noted first; the same instruction
//! again is recognised, another one is a conflict. One that was taken back stays taken back.

use domain::deactivation::{Deactivation, Reactivation};
use domain::retention;
use runtime::StepError;
use runtime::clock::today;

use crate::handler::{Onboarded, Onboarding, onboarded};
use crate::refusal::{bad_request, conflict, gone, store as failed};
use crate::request::{WrittenEnd, WrittenReturn};

impl Onboarding {
    /// Puts an institution's data out of everybody's reach.
    pub(crate) async fn deactivate(
        &self,
        end: WrittenEnd,
        id: &str,
    ) -> Result<Onboarded, StepError> {
        let now = (self.clock)();
        let today = today(now);
        let erase_on = end.erase_on.unwrap_or_else(|| retention::erase_deactivated_on(today));
        let mut problems = Vec::new();
        if end.given_on > today {
            problems.push("deactivate_institution.given_on: lies in the future".to_owned());
        }
        let latest = retention::latest_erasure_of_deactivated(today);
        if erase_on < today || erase_on > latest {
            problems.push(format!(
                "deactivate_institution.erase_on: must not be before {today} and not after {latest}"
            ));
        }
        self.even_if_deactivated(&end.institution).await?;
        self.refused(&end.institution, "institution.deactivate.refused", problems, id).await?;
        self.record(&end.institution, "institution.deactivate", id).await?;
        let WrittenEnd { institution, reference, given_on, erase_on: agreed } = end;
        let wanted = Deactivation {
            reference,
            given_on,
            erase_on,
            noted_at: now,
            ended: None,
            erasure: None,
        };
        let done = self.store.deactivate(&institution, &wanted).await.map_err(|e| failed(&e))?;
        let in_force = self.store.deactivation(&institution).await.map_err(|e| failed(&e))?;
        let Some(in_force) = in_force.filter(Deactivation::is_in_force) else {
            return Err(StepError::new(StepError::TRANSIENT, "it was taken back meanwhile"));
        };
        if !done {
            let same = (&in_force.reference, in_force.given_on) == (&wanted.reference, given_on)
                && agreed.is_none_or(|agreed| agreed == in_force.erase_on);
            if !same {
                return Err(conflict(
                    "deactivate_institution: is deactivated by another instruction already",
                ));
            }
        }
        Ok(Onboarded { erase_on: Some(in_force.erase_on), ..onboarded(done, institution) })
    }

    /// Brings it back into reach, as long as its day has not come.
    pub(crate) async fn reactivate(
        &self,
        back: WrittenReturn,
        id: &str,
    ) -> Result<Onboarded, StepError> {
        let now = (self.clock)();
        let WrittenReturn { institution, reference, given_on } = back;
        self.even_if_deactivated(&institution).await?;
        let problems = if given_on > today(now) {
            vec!["reactivate_institution.given_on: lies in the future".to_owned()]
        } else {
            Vec::new()
        };
        self.refused(&institution, "institution.reactivate.refused", problems, id).await?;
        let known = self.store.deactivation(&institution).await.map_err(|e| failed(&e))?;
        let Some(known) = known.filter(Deactivation::is_in_force) else {
            return Ok(onboarded(false, institution));
        };
        if known.erasure.is_some() || retention::is_due(known.erase_on, today(now)) {
            return Err(gone("reactivate_institution: the day of its erasure has come"));
        }
        self.record(&institution, "institution.reactivate", id).await?;
        let word = Reactivation { reference, given_on, noted_at: now };
        let done = self.store.reactivate(&institution, &known, &word).await;
        let replaced = done.map_err(|e| failed(&e))?;
        Ok(Onboarded { replaced, ..onboarded(false, institution) })
    }

    /// Records and refuses an instruction that cannot be followed.
    async fn refused(
        &self,
        institution: &domain::InstitutionId,
        action: &str,
        problems: Vec<String>,
        id: &str,
    ) -> Result<(), StepError> {
        if problems.is_empty() {
            return Ok(());
        }
        self.record(institution, action, id).await?;
        Err(bad_request(problems.join("; ")))
    }
}
