//! Answers to evaluations: one item for each, under Typeform's token (M2).

use domain::ResponseToken;
use domain::evaluation::EvaluationAnswer;

use crate::item::{Cursor, Page, encode};
use crate::update::{Change, Transacted};
use crate::{Error, Scope, Store, keys};

/// What became of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoredEvaluation {
    /// It is stored.
    New,
    /// It was stored before; nothing changed.
    Duplicate,
    /// Its sender is not there any more or is being erased; nothing was stored.
    SenderGone,
}

impl Store {
    /// Stores an answer if its token is new and its sender is there and not being erased, which is one
    /// transaction: an erasure that was asked for a moment ago finds everything that was stored before it
    /// and nothing is stored after it.
    ///
    /// Safe to run any number of times and in any order; which of a student's answers counts is told when
    /// they are read.
    pub async fn store_evaluation(
        &self,
        scope: &Scope,
        answer: &EvaluationAnswer,
    ) -> Result<StoredEvaluation, Error> {
        let item = encode("evaluation", &keys::evaluation(scope, &answer.token), answer)?;
        let sender = Change::of(&keys::student(scope, &answer.student))
            .when("attribute_exists(pk) AND attribute_not_exists(erasure)");
        let both = vec![self.put_in_transaction(item), sender.check_in_transaction(&self.table)];
        Ok(match self.transact("store_evaluation", both).await? {
            Transacted::Done => StoredEvaluation::New,
            Transacted::Refused(0) => StoredEvaluation::Duplicate,
            Transacted::Refused(_) => StoredEvaluation::SenderGone,
        })
    }

    /// One answer.
    pub async fn evaluation(
        &self,
        scope: &Scope,
        token: &ResponseToken,
    ) -> Result<Option<EvaluationAnswer>, Error> {
        self.get("evaluation", "evaluation", &keys::evaluation(scope, token)).await
    }

    /// One page of the cohort's answers, earlier ones of the same student included, ordered by token.
    pub async fn evaluations(
        &self,
        scope: &Scope,
        from: Option<&Cursor>,
        limit: Option<i32>,
    ) -> Result<Page<EvaluationAnswer>, Error> {
        let pk = keys::cohort_partition(scope);
        self.page("evaluations", "evaluation", &pk, keys::EVALUATION, from, limit).await
    }

    /// Whether there is any.
    pub async fn is_evaluated(&self, scope: &Scope) -> Result<bool, Error> {
        Ok(!self.evaluations(scope, None, Some(1)).await?.items.is_empty())
    }

    /// All of them.
    pub async fn all_evaluations(&self, scope: &Scope) -> Result<Vec<EvaluationAnswer>, Error> {
        let pk = keys::cohort_partition(scope);
        self.all("all_evaluations", "evaluation", &pk, keys::EVALUATION).await
    }
}
