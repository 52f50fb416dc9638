//! What the function is invoked with.

use domain::formation::{Around, Kind};
use domain::{CohortId, ContactId, FormationId, InstitutionId};
use serde::Deserialize;

/// Why a formation is to start.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "source", rename_all = "snake_case", deny_unknown_fields)]
pub enum Request {
    /// The schedule, every minute: start what is past its deadline.
    Deadline {},
    /// A contact, through the portal, which has checked that the cohort is theirs.
    Contact {
        /// The contact's institution.
        institution: InstitutionId,
        /// The cohort.
        cohort: CohortId,
        /// Who asks.
        contact: ContactId,
        /// The same key asks for the same formation, however often it comes.
        #[serde(default)]
        idempotency_key: Option<IdempotencyKey>,
        /// The published groups that are to be replaced, once the cohort has any.
        #[serde(default)]
        replace: Option<FormationId>,
        /// What is wanted of the groups.
        #[serde(default)]
        kind: Kind,
        /// The groups that the formation begins from, if it does not form everybody anew.
        #[serde(default)]
        around: Option<Around>,
        /// How many rounds are planned at once, if it is more than one.
        #[serde(default)]
        rounds: Option<u32>,
    },
    /// Processor staff, by direct invocation.
    Operator {
        /// The institution.
        institution: InstitutionId,
        /// The cohort.
        cohort: CohortId,
        /// The same key asks for the same formation, however often it comes.
        #[serde(default)]
        idempotency_key: Option<IdempotencyKey>,
        /// The published groups that are to be replaced, once the cohort has any.
        #[serde(default)]
        replace: Option<FormationId>,
    },
    /// Processor staff: run a failed formation again.
    ///
    /// A failed formation is not revived; a new one is started whose id is derived from the failed
    /// one's, so asking twice makes one. The record of the failure and its reason stays, the answers
    /// and criteria are read anew (they are often what was mended), and a closed execution's name
    /// could not be used again for 90 days anyway. `RedriveExecution` would repeat the old input
    /// from the failed state on, within 14 days only, with a cohort that may have moved on.
    Redrive {
        /// The institution.
        institution: InstitutionId,
        /// The cohort.
        cohort: CohortId,
        /// The failed formation.
        formation: FormationId,
    },
}

/// A key that a caller chose: 1 to 200 characters. It is only ever hashed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct IdempotencyKey(String);

/// A key that is empty or too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an idempotency key has 1 to 200 characters")]
pub struct KeyLength;

impl TryFrom<String> for IdempotencyKey {
    type Error = KeyLength;

    fn try_from(text: String) -> Result<Self, KeyLength> {
        if (1..=200).contains(&text.chars().count()) { Ok(Self(text)) } else { Err(KeyLength) }
    }
}

impl IdempotencyKey {
    /// The formation that `caller` asks for under this key. Callers do not share keys.
    pub fn formation(&self, cohort: &CohortId, caller: &str) -> FormationId {
        FormationId::for_request(cohort, &format!("{caller}:{}", self.0))
    }
}

/// The formation that an invocation without a key asks for. Lambda gives a retried invocation the
/// same request id.
pub fn formation_of_invocation(cohort: &CohortId, request_id: &str) -> FormationId {
    FormationId::for_request(cohort, &format!("invocation:{request_id}"))
}

/// The formation that runs a failed one again.
pub fn formation_again(cohort: &CohortId, failed: &FormationId) -> FormationId {
    FormationId::for_request(cohort, &format!("redrive:{failed}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g1_the_same_key_of_the_same_caller_is_the_same_formation() {
        let cohort = CohortId::parse("coh_1").unwrap();
        let key = IdempotencyKey::try_from("k".to_owned()).unwrap();
        let other = IdempotencyKey::try_from("l".to_owned()).unwrap();
        assert_eq!(key.formation(&cohort, "a"), key.formation(&cohort, "a"));
        assert_ne!(key.formation(&cohort, "a"), key.formation(&cohort, "b"));
        assert_ne!(key.formation(&cohort, "a"), other.formation(&cohort, "a"));
        assert_ne!(key.formation(&cohort, "operator"), formation_of_invocation(&cohort, "k"));
    }

    #[test]
    fn keys_have_1_to_200_characters() {
        assert!(IdempotencyKey::try_from(String::new()).is_err());
        assert!(IdempotencyKey::try_from("x".repeat(200)).is_ok());
        assert!(IdempotencyKey::try_from("x".repeat(201)).is_err());
    }

    #[test]
    fn a_request_with_a_field_too_many_is_refused() {
        let text = r#"{"source":"operator","institution":"ins_1","cohort":"coh_1","contact":"x"}"#;
        assert!(serde_json::from_str::<Request>(text).is_err());
    }
}
