//! An answer to an evaluation: whose it is by the token of the personal link, and what is kept of it (M2).
//!
//! Kept are choices and numbers under the student's id; not the payload, no words of the respondent's own, so
//! there is nothing in which a name or a CPR number could stand. An answer without a token, or with one that
//! leads to nobody in the cohort, is not kept: whoever has a form's address could give any number of them, and
//! nobody could have theirs erased. It stays at Typeform until the cohort goes.
//!
//! **Safe to run twice and in any order**: the item is created only if Typeform's token is new, together with
//! the look that its sender is there and not being erased. There is nothing else to write, so nothing can be left
//! half done.

use domain::evaluation::{EvaluationAnswer, EvaluationToken};
use domain::profile::Profile;
use domain::retention;
use jiff::Timestamp;
use store::{Scope, StoredEvaluation};
use typeform::client::StoredResponse;

use crate::answers::{Read, read};
use crate::event::Readable;
use crate::ingest::{IngestError, Intake, Outcome, Receipt};

impl Intake {
    /// Takes in an answer to a cohort's evaluation.
    pub(crate) async fn evaluate(
        &self,
        scope: &Scope,
        readable: Readable,
        received_at: Timestamp,
        now: Timestamp,
    ) -> Result<Receipt, IngestError> {
        let Readable { token, form, response } = readable;
        let cohort = self.store.cohort(scope, retention::date_in_copenhagen(now)).await?;
        let Some(cohort) = cohort else { return Ok(Receipt::nothing_stored(Outcome::TooLate)) };
        let evaluation = cohort.settings.evaluation.filter(|known| known.form == form);
        let student = evaluation.as_ref().and_then(|evaluation| {
            let hidden = response.hidden.get(&evaluation.hidden)?;
            EvaluationToken::open(&self.key, &scope.cohort, hidden)
        });
        let (Some(evaluation), Some(student)) = (evaluation, student) else {
            return Ok(Receipt::nothing_stored(Outcome::Unaddressed));
        };
        // Whoever was erased and has answered the questionnaire anew has the same token as before.
        let mark = self.store.erased_student(scope, &student).await?;
        if mark.is_some_and(|mark| response.submitted_at <= mark.until) {
            return Ok(Receipt::nothing_stored(Outcome::TooLate));
        }
        let (mut profile, mut dropped) = (Profile::default(), 0);
        for question in &evaluation.questions {
            // No budget for text: the settings let only scales and choices in.
            match read(question, &response, &mut 0) {
                Read::Answered(answer) => {
                    profile.answers.insert(question.id.clone(), answer);
                }
                Read::Dropped => dropped += 1,
                Read::Named(_) | Read::Unanswered => {}
            }
        }
        let submitted_at = response.submitted_at;
        let answer = EvaluationAnswer { token, student, submitted_at, received_at, profile };
        let outcome = match self.store.store_evaluation(scope, &answer).await? {
            StoredEvaluation::New => Outcome::Evaluated,
            StoredEvaluation::Duplicate => Outcome::Duplicate,
            StoredEvaluation::SenderGone => Outcome::TooLate,
        };
        Ok(Receipt { dropped, ..Receipt::nothing_stored(outcome) })
    }
}

/// Whether Typeform's copy of an answer to an evaluation came by this personal link.
///
/// Under whichever name the token stands: an answer that was never taken in because the hidden field had another
/// name at Typeform is the person's all the same.
pub fn is_evaluation_of(token: &EvaluationToken, stored: &StoredResponse) -> bool {
    let fields = stored.raw().get("hidden").and_then(|fields| fields.as_object());
    let mut given = fields.into_iter().flat_map(|fields| fields.values());
    given.any(|given| given.as_str().is_some_and(|given| given.trim() == token.as_str()))
}
