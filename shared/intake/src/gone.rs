//! Whether a questionnaire belongs to somebody who was erased (D2).

use domain::StudentId;
use domain::erasure::ErasureStatus;
use domain::{Email, ResponseToken};
use futures::future::try_join;
use jiff::Timestamp;
use store::Scope;

use crate::ingest::{IngestError, Intake};

impl Intake {
    /// Whether an erasure forbids to store a questionnaire: it was erased itself, or its sender was, after
    /// they submitted it. What they submit later is a new consent; it waits until the erasure is
    /// completed, so that it does not go with the rest.
    pub(crate) async fn is_erased(
        &self,
        scope: &Scope,
        token: &ResponseToken,
        sender: Option<&Email>,
        submitted_at: Timestamp,
    ) -> Result<bool, IngestError> {
        let id = sender.map(|sender| StudentId::derive(&self.key, &scope.cohort, sender));
        let known = async {
            let Some(id) = &id else { return Ok((None, None)) };
            try_join(
                self.store.student_even_if_gone(scope, id),
                self.store.erased_student(scope, id),
            )
            .await
        };
        let (erased, (known, mark)) =
            Box::pin(try_join(self.store.erased_response(scope, token), known)).await?;
        if erased.is_some() {
            return Ok(true);
        }
        // The mark of an erasure that has been asked for and has not begun lies on the student.
        let asked = known.and_then(|known| known.erasure);
        if mark.as_ref().is_some_and(|mark| submitted_at <= mark.until) {
            return Ok(true);
        }
        let Some(erasure) = asked.or_else(|| mark.map(|mark| mark.erasure)) else {
            return Ok(false);
        };
        let Some(record) = self.store.erasure(&scope.institution, &erasure).await? else {
            return Ok(false);
        };
        if submitted_at <= record.started_at {
            return Ok(true);
        }
        if record.status == ErasureStatus::Completed {
            return Ok(false);
        }
        Err(IngestError::BeingErased)
    }
}
