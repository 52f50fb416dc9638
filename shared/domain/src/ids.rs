//! One type per kind of id, so that a cohort's id cannot be handed over where a student's is due.
//!
//! Ids travel in logs, URLs, queue bodies and table keys: they are made of `[A-Za-z0-9_-]` only,
//! which keeps key separators (`#`, `/`) out and fits SES message tags and execution names
//! (80 characters at most, Step Functions).

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::personal::Email;

/// The longest id that is accepted, in characters (Step Functions' limit for execution names).
pub const MAX_ID_LENGTH: usize = 80;

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The text is empty.
    #[error("{kind} is empty")]
    Empty {
        /// Which kind of id was expected.
        kind: &'static str,
    },
    /// The text is longer than [`MAX_ID_LENGTH`].
    #[error("{kind} is longer than {MAX_ID_LENGTH} characters")]
    TooLong {
        /// Which kind of id was expected.
        kind: &'static str,
    },
    /// The text holds a character outside `[A-Za-z0-9_-]`.
    #[error("{kind} may hold letters a to z, digits, '_' and '-' only")]
    Character {
        /// Which kind of id was expected.
        kind: &'static str,
    },
    /// The text lacks the prefix of its kind.
    #[error("{kind} must start with \"{prefix}\"")]
    Prefix {
        /// Which kind of id was expected.
        kind: &'static str,
        /// The missing prefix.
        prefix: &'static str,
    },
}

fn check(kind: &'static str, prefix: &'static str, text: &str) -> Result<(), IdError> {
    if text.is_empty() {
        return Err(IdError::Empty { kind });
    }
    if text.len() > MAX_ID_LENGTH {
        return Err(IdError::TooLong { kind });
    }
    if !text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-') {
        return Err(IdError::Character { kind });
    }
    if !text.starts_with(prefix) || text.len() == prefix.len() {
        return Err(IdError::Prefix { kind, prefix });
    }
    Ok(())
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The prefix that tells this kind of id from the others; empty where the id is given from outside.
            pub const PREFIX: &'static str = $prefix;

            /// Parses an id.
            pub fn parse(text: impl Into<String>) -> Result<Self, IdError> {
                let text = text.into();
                check(stringify!($name), Self::PREFIX, &text)?;
                Ok(Self(text))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::parse(text)
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::parse(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
    };
}

macro_rules! own_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        id!($(#[$doc])* $name, $prefix);

        impl $name {
            /// Makes an id from a random (version 4 or 7) UUID.
            pub fn from_uuid(uuid: Uuid) -> Self {
                Self(format!("{}{}", $prefix, uuid.simple()))
            }
        }
    };
}

own_id!(
    /// An institution: the tenant and data controller.
    InstitutionId, "ins_"
);
own_id!(
    /// A cohort: one intake of one programme with one questionnaire.
    CohortId, "coh_"
);
own_id!(
    /// A formation: one run that makes groups; also the name of its execution.
    FormationId, "for_"
);
own_id!(
    /// An erasure: one run that deletes; also the name of its execution.
    ErasureId, "era_"
);
own_id!(
    /// A request by which a student uses a right (access, rectification, erasure, ...).
    RightsRequestId, "rrq_"
);
own_id!(
    /// A breach of personal data security, as the register knows it.
    BreachId, "bre_"
);
own_id!(
    /// An export of everything that is stored of an institution; also the name of its execution.
    ExportId, "exp_"
);
own_id!(
    /// A mailing: what a contact writes to a cohort, a section or a group.
    MailingId, "mlg_"
);
id!(
    /// A notice of a change of the register of sub-processors; the register names it.
    NoticeId, "spn_"
);
id!(
    /// A sub-processor in the register, by the short word that the register gives it.
    SubprocessorId, ""
);
id!(
    /// A student within a cohort: a keyed hash of the e-mail address, so that the same address
    /// always meets the same record and the id alone gives nothing away.
    StudentId, "stu_"
);
id!(
    /// A list of expected students, by what stands in it: the same list is the same id.
    RosterId, "ros_"
);
id!(
    /// One mail; derived of what it is about, so that a second run makes the same record.
    MessageId, "msg_"
);
id!(
    /// A contact: the subject (`sub`) that the identity provider gives.
    ContactId, ""
);
id!(
    /// A questionnaire at Typeform.
    FormId, ""
);
id!(
    /// One submitted questionnaire at Typeform (`token`, there also `response_id`).
    ResponseToken, ""
);
id!(
    /// The processor's reference of a case in its own files, such as `2027-114`. It names nobody.
    CaseReference, ""
);
id!(
    /// A section (Danish: hold) of a cohort, named by whoever sets the cohort up.
    SectionId, ""
);
id!(
    /// A question of a cohort's questionnaire, named by whoever sets the cohort up.
    QuestionId, ""
);

/// The key under which students' addresses are hashed; 256 random bits, kept in Secrets Manager.
#[derive(Clone)]
pub struct IdentityKey(Vec<u8>);

impl IdentityKey {
    /// Wraps the key's bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    pub(crate) fn hash(&self, parts: &[&str]) -> String {
        keyed_hash(&self.0, parts)
    }
}

impl std::fmt::Debug for IdentityKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdentityKey(..)")
    }
}

/// HMAC-SHA256 over length-prefixed parts, as 64 hexadecimal digits.
///
/// The length prefix keeps `("ab", "c")` and `("a", "bc")` apart.
pub fn keyed_hash(key: &[u8], parts: &[&str]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    hex(&mac.finalize().into_bytes())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a String succeeds");
        text
    })
}

impl StudentId {
    /// The id of the student with this address in this cohort (128 bits of the keyed hash).
    pub fn derive(key: &IdentityKey, cohort: &CohortId, email: &Email) -> Self {
        let hash = key.hash(&["student", cohort.as_str(), &email.normalised()]);
        Self(format!("stu_{}", &hash[..32]))
    }
}

impl RosterId {
    /// The id of a list of expected students: their ids with their sections, in the order of ids. Under the
    /// secret key, so that nobody can try whether a short list is of somebody they know.
    pub fn derive<'a>(
        key: &IdentityKey,
        cohort: &CohortId,
        list: impl IntoIterator<Item = (&'a StudentId, &'a SectionId)>,
    ) -> Self {
        let mut parts = vec!["roster", cohort.as_str()];
        parts.extend(
            list.into_iter().flat_map(|(student, section)| [student.as_str(), section.as_str()]),
        );
        Self(format!("ros_{}", &key.hash(&parts)[..32]))
    }
}

impl ResponseToken {
    /// The key of a delivery that names no token that can be one: the same body always gets the same.
    pub fn for_body(key: &IdentityKey, body: &str) -> Self {
        Self(format!("unreadable_{}", &key.hash(&["body", body])[..32]))
    }

    /// What logs call the response instead of its token: the first 16 digits of the token's SHA-256.
    /// A token has more random bits than can be tried.
    pub fn log_id(&self) -> String {
        let mut digits = hex(&Sha256::digest(self.0.as_bytes()));
        digits.truncate(16);
        digits
    }
}

impl MessageId {
    /// The id of the mail of `kind` that the parts tell apart from all others of its kind.
    ///
    /// Derived, so that announcing twice makes one record (M4). The inputs are ids, so no secret
    /// key is needed.
    pub(crate) fn derive(parts: &[&str]) -> Self {
        Self(format!("msg_{}", &keyed_hash(b"message", parts)[..32]))
    }
}

impl CohortId {
    /// The id of the cohort that was asked for under an idempotency key: asking twice makes one.
    pub fn for_request(institution: &InstitutionId, idempotency_key: &str) -> Self {
        let hash = keyed_hash(b"cohort", &["request", institution.as_str(), idempotency_key]);
        Self(format!("coh_{}", &hash[..32]))
    }
}

impl FormationId {
    /// The id of the formation that a cohort's deadline starts: the same however often the schedule fires.
    pub fn for_deadline(cohort: &CohortId, deadline: jiff::Timestamp) -> Self {
        let hash = keyed_hash(b"formation", &["deadline", cohort.as_str(), &deadline.to_string()]);
        Self(format!("for_{}", &hash[..32]))
    }

    /// The id of the formation that a caller asked for under an idempotency key.
    pub fn for_request(cohort: &CohortId, idempotency_key: &str) -> Self {
        let hash = keyed_hash(b"formation", &["request", cohort.as_str(), idempotency_key]);
        Self(format!("for_{}", &hash[..32]))
    }

    /// The id of a later round of a plan: planning again makes the same.
    pub fn of_round(cohort: &CohortId, plan: &FormationId, round: u32) -> Self {
        let parts = ["round", cohort.as_str(), plan.as_str(), &round.to_string()];
        let hash = keyed_hash(b"formation", &parts);
        Self(format!("for_{}", &hash[..32]))
    }
}

impl RightsRequestId {
    /// The id of the request that was noted under an idempotency key: noting it twice makes one record.
    pub fn for_request(cohort: &CohortId, idempotency_key: &str) -> Self {
        let hash = keyed_hash(b"rights", &["request", cohort.as_str(), idempotency_key]);
        Self(format!("rrq_{}", &hash[..32]))
    }
}

impl ExportId {
    /// The id of the export that was asked for under an idempotency key: asking twice makes one.
    pub fn for_request(institution: &InstitutionId, idempotency_key: &str) -> Self {
        let hash = keyed_hash(b"export", &["request", institution.as_str(), idempotency_key]);
        Self(format!("exp_{}", &hash[..32]))
    }
}

impl ErasureId {
    /// The id of the erasure of a cohort that falls due on a date: the same however often the sweep runs.
    pub fn for_due_cohort(cohort: &CohortId, delete_on: jiff::civil::Date) -> Self {
        let hash = keyed_hash(b"erasure", &["due", cohort.as_str(), &delete_on.to_string()]);
        Self(format!("era_{}", &hash[..32]))
    }

    /// The id of the erasure of a student who stands by this response: the same however often it is
    /// asked for. Whoever answers anew after an erasure can be erased anew.
    pub fn for_person(cohort: &CohortId, student: &StudentId, response: &ResponseToken) -> Self {
        let parts = ["person", cohort.as_str(), student.as_str(), response.as_str()];
        Self(format!("era_{}", &keyed_hash(b"erasure", &parts)[..32]))
    }

    /// The id of the erasure of somebody who is expected and has not answered. Once erased, they come onto no
    /// roster of the cohort again, so there is one.
    pub fn for_expected(cohort: &CohortId, student: &StudentId) -> Self {
        let hash = keyed_hash(b"erasure", &["expected", cohort.as_str(), student.as_str()]);
        Self(format!("era_{}", &hash[..32]))
    }

    /// The id of the erasure of a cohort before its time, on somebody's word.
    pub fn for_asked_cohort(cohort: &CohortId) -> Self {
        let hash = keyed_hash(b"erasure", &["asked", cohort.as_str()]);
        Self(format!("era_{}", &hash[..32]))
    }

    /// The id of the erasure of an institution by the deactivation that was noted at this instant: the
    /// same however often it is asked for. What a restore brings back is deactivated anew and has an
    /// erasure, and a certificate, of its own.
    pub fn for_institution(institution: &InstitutionId, deactivated_at: jiff::Timestamp) -> Self {
        let parts = ["institution", institution.as_str(), &deactivated_at.to_string()];
        Self(format!("era_{}", &keyed_hash(b"erasure", &parts)[..32]))
    }

    /// The id of the erasure of a student whom a restore brought back on this day.
    pub fn for_restored_person(
        cohort: &CohortId,
        student: &StudentId,
        on: jiff::civil::Date,
    ) -> Self {
        let parts = ["restored", cohort.as_str(), student.as_str(), &on.to_string()];
        Self(format!("era_{}", &keyed_hash(b"erasure", &parts)[..32]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_cannot_carry_a_key_separator() {
        for bad in ["coh_a#b", "coh_a/b", "coh_", "stu_1", "", "coh_æ", "coh_a b"] {
            assert!(CohortId::parse(bad).is_err(), "{bad}");
        }
        assert!(CohortId::parse(format!("coh_{}", "a".repeat(77))).is_err());
        assert_eq!(CohortId::parse("coh_7-b").unwrap().as_str(), "coh_7-b");
    }

    #[test]
    fn q2_the_same_address_is_the_same_student_in_a_cohort_and_another_elsewhere() {
        let key = IdentityKey::new(*b"0123456789abcdef0123456789abcdef");
        let one = CohortId::parse("coh_1").unwrap();
        let two = CohortId::parse("coh_2").unwrap();
        let lower = Email::parse("ane@example.dk").unwrap();
        let upper = Email::parse(" Ane@Example.DK ").unwrap();
        assert_eq!(StudentId::derive(&key, &one, &lower), StudentId::derive(&key, &one, &upper));
        assert_ne!(StudentId::derive(&key, &one, &lower), StudentId::derive(&key, &two, &lower));
        let other_key = IdentityKey::new(*b"another key of thirty-two bytes!");
        assert_ne!(
            StudentId::derive(&key, &one, &lower),
            StudentId::derive(&other_key, &one, &lower)
        );
    }

    #[test]
    fn q4_a_body_without_a_token_gets_a_key_that_its_bytes_decide() {
        let key = IdentityKey::new(*b"0123456789abcdef0123456789abcdef");
        let made = ResponseToken::for_body(&key, "{}");
        assert!(ResponseToken::parse(made.as_str()).is_ok());
        assert_eq!(made, ResponseToken::for_body(&key, "{}"));
        assert_ne!(made, ResponseToken::for_body(&key, "{ }"));
        let other = IdentityKey::new(*b"another key of thirty-two bytes!");
        assert_ne!(made, ResponseToken::for_body(&other, "{}"), "nobody can guess at a body");
    }

    #[test]
    fn d10_logs_name_a_response_by_what_an_operator_can_work_out_from_its_token() {
        // printf %s tok1 | sha256sum | cut -c 1-16
        assert_eq!(ResponseToken::parse("tok1").unwrap().log_id(), "80b3ad2d438bfafa");
    }

    #[test]
    fn hashed_parts_are_kept_apart() {
        assert_ne!(keyed_hash(b"k", &["ab", "c"]), keyed_hash(b"k", &["a", "bc"]));
    }
}
