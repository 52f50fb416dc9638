//! The hourly look: was every institution told of every breach within 24 hours (D7), and of every new
//! sub-processor 30 days ahead (D8)?
//!
//! It tells the operators by metrics, whose alarms mail them; the log names breach and institution by
//! id. A mail that was recorded and never queued is queued. Nothing else is changed, so it may run any
//! number of times.

use domain::breach::{Breach, Clock};
use domain::message::{Message, MessageStatus};
use domain::subprocessor::{announce_by, must_know};
use domain::{InstitutionId, MessageId, NoticeId};
use jiff::Timestamp;
use runtime::clock::today;
use runtime::{Metric, StepError, count};
use serde::Serialize;
use store::MessagePlace;
use subprocessors::Admitted;

use crate::handler::{Notices, failed};

/// What was found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Watched {
    /// Breaches of which an institution must be told within twelve hours.
    pub breaches_due: u64,
    /// Breaches of which an institution does not know after 24 hours, or whose mail did not arrive.
    pub breaches_overdue: u64,
    /// Institutions that were not told of a sub-processor in time.
    pub unannounced: u64,
    /// Mails that were queued again.
    pub queued_again: u64,
}

impl Notices {
    /// Looks at every institution.
    pub async fn watch(&self) -> Result<Watched, StepError> {
        let now = (self.clock)();
        let mut found = Watched::default();
        for institution in self.store.institutions().await.map_err(|e| failed(&e))? {
            for breach in self.store.breaches(&institution).await.map_err(|e| failed(&e))? {
                self.breach(&institution, &breach, now, &mut found).await?;
            }
            self.unannounced(&institution, now, &mut found).await?;
        }
        count(Metric::BreachNoticeDue, found.breaches_due);
        count(Metric::BreachNoticeOverdue, found.breaches_overdue);
        count(Metric::SubprocessorUnannounced, found.unannounced);
        tracing::info!(
            found.breaches_due,
            found.breaches_overdue,
            found.unannounced,
            "notices.watched"
        );
        Ok(found)
    }

    async fn breach(
        &self,
        institution: &InstitutionId,
        breach: &Breach,
        now: Timestamp,
        found: &mut Watched,
    ) -> Result<(), StepError> {
        let what = match breach.clock(now) {
            Clock::Running => return Ok(()),
            Clock::Due => {
                found.breaches_due += 1;
                "due"
            }
            Clock::Overdue => {
                found.breaches_overdue += 1;
                "overdue"
            }
            Clock::Met | Clock::Late => {
                let Some(told) = breach.notices.last() else { return Ok(()) };
                if self.arrives(institution, &told.message, found).await? {
                    return Ok(());
                }
                found.breaches_overdue += 1;
                "mail_failed"
            }
        };
        let (institution, breach) = (institution.as_str(), breach.id.as_str());
        tracing::error!(institution, breach, what, "breach.untold");
        Ok(())
    }

    /// Whether a mail arrived or is on its way; one that waits is queued again. A mail whose record is
    /// gone was settled two years ago.
    async fn arrives(
        &self,
        institution: &InstitutionId,
        id: &MessageId,
        found: &mut Watched,
    ) -> Result<bool, StepError> {
        let place = MessagePlace::of_institution(institution);
        let message = self.store.message(&place, id).await.map_err(|e| failed(&e))?;
        let Some(message) = message else { return Ok(true) };
        if message.status == MessageStatus::Queued {
            let again = Message::queued(message.about, message.status_at);
            self.queue(institution, again).await?;
            found.queued_again += 1;
        }
        Ok(!matches!(
            message.status,
            MessageStatus::Bounced | MessageStatus::Complained | MessageStatus::Failed
        ))
    }

    /// Counts an institution that should know of an entry of the register and was not told. From the
    /// last day on which it could be told, so that there is time to move the day.
    async fn unannounced(
        &self,
        id: &InstitutionId,
        now: Timestamp,
        found: &mut Watched,
    ) -> Result<(), StepError> {
        let Some(institution) = self.store.institution(id).await.map_err(|e| failed(&e))? else {
            return Ok(());
        };
        let admitted = |entry: &&subprocessors::Entry| entry.admitted == Admitted::Notice;
        for entry in self.register.entries.iter().filter(admitted) {
            let day = entry.effective_from;
            if today(now) < announce_by(day) || !must_know(institution.onboarded_at, day) {
                continue;
            }
            let notice = NoticeId::of(id, &entry.id, day);
            if self.store.notice(id, &notice).await.map_err(|e| failed(&e))?.is_none() {
                found.unannounced += 1;
                let (institution, entry) = (id.as_str(), entry.id.as_str());
                tracing::error!(institution, entry, "subprocessor.unannounced");
            }
        }
        Ok(())
    }
}
