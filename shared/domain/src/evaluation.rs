//! What students answer to a cohort's evaluation, and the token by which an answer is a student's (M2).
//!
//! The token stands in the personal link and comes back as a hidden field. It names nobody to whoever reads it
//! there, needs no table to be looked up in, and cannot be made up.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::ids::{IdentityKey, hex};
use crate::profile::Profile;
use crate::{CohortId, ResponseToken, StudentId};

/// Letters of the token that prove where it comes from.
const PROOF: usize = 32;

/// A student of a cohort, as the hidden field of the evaluation names them.
///
/// Deterministic authenticated encryption of the student's id, built as RFC 5297 does it (a synthetic
/// initialisation vector) from the one keyed hash that is used everywhere: the proof is a hash of cohort and
/// student, the rest is the id, masked by a hash of the proof. So the same student has the same token
/// whenever it is made, one token says nothing of another, and without the key nobody can read one or make
/// one, neither at Typeform nor in a browser's history.
#[derive(Clone, PartialEq, Eq)]
pub struct EvaluationToken(String);

impl EvaluationToken {
    /// The token of a student.
    pub fn derive(key: &IdentityKey, cohort: &CohortId, student: &StudentId) -> Self {
        let proof = proof(key, cohort, student);
        let masked = masked(key, cohort, &proof, student.as_str().as_bytes());
        Self(letters(&format!("{proof}{}", hex(&masked))))
    }

    /// The student whom a hidden field of this cohort's evaluation names, if it is a token that this
    /// service made for the cohort.
    pub fn open(key: &IdentityKey, cohort: &CohortId, text: &str) -> Option<StudentId> {
        let text = text.trim();
        let digits = digits(text)?;
        let (given, rest) = digits.split_at_checked(PROOF)?;
        let student = masked(key, cohort, given, &bytes(rest)?);
        let student = StudentId::parse(String::from_utf8(student).ok()?).ok()?;
        (Self::derive(key, cohort, &student).0 == text).then_some(student)
    }

    /// What stands in a link that somebody looks at before mails are sent: no token, and nobody's.
    pub const EXAMPLE: &str = "EXAMPLE-NOT-A-PERSONAL-LINK";

    /// The token as it stands in the link. It is somebody's: it goes into their mail and nowhere else.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for EvaluationToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EvaluationToken(..)")
    }
}

fn proof(key: &IdentityKey, cohort: &CohortId, student: &StudentId) -> String {
    key.hash(&["evaluation", cohort.as_str(), student.as_str()])[..PROOF].to_owned()
}

/// These bytes under a mask that the proof decides; masking twice gives them back.
fn masked(key: &IdentityKey, cohort: &CohortId, proof: &str, text: &[u8]) -> Vec<u8> {
    let block = |number: usize| {
        let parts = ["evaluation mask", cohort.as_str(), proof, &number.to_string()];
        key.hash(&parts).into_bytes()
    };
    let pairs = |digits: Vec<u8>| bytes(std::str::from_utf8(&digits).unwrap_or_default());
    let mask = (0..).flat_map(|number| pairs(block(number)).unwrap_or_default());
    text.iter().zip(mask).map(|(byte, mask)| byte ^ mask).collect()
}

/// Hexadecimal digits as the letters a to p: without figures nothing in a token looks like a CPR number, which
/// would be masked wherever a payload is kept.
fn letters(digits: &str) -> String {
    let letter =
        |digit: char| char::from(b'a' + u8::try_from(digit.to_digit(16).unwrap_or(0)).unwrap_or(0));
    digits.chars().map(letter).collect()
}

fn digits(letters: &str) -> Option<String> {
    let digit = |letter: u8| (b'a'..=b'p').contains(&letter).then(|| u32::from(letter - b'a'));
    letters.bytes().map(|letter| char::from_digit(digit(letter)?, 16)).collect()
}

fn bytes(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| match pair {
            [_, _] => u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok(),
            _ => None,
        })
        .collect()
}

/// What somebody answered to the evaluation, as it is stored: no name, no address, no words of their own,
/// and not as Typeform sent it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvaluationAnswer {
    /// Typeform's id of the response, by which it is deleted there.
    pub token: ResponseToken,
    /// Who answered.
    pub student: StudentId,
    /// When it was submitted; of a student's several the last one counts.
    pub submitted_at: Timestamp,
    /// When it came.
    pub received_at: Timestamp,
    /// Choices and numbers.
    pub profile: Profile,
}

/// Of each student the answer that counts: the one submitted last, and of two submitted at once the one with
/// the larger token, as with questionnaires.
pub fn that_count(answers: Vec<EvaluationAnswer>) -> BTreeMap<StudentId, EvaluationAnswer> {
    let mut counting: BTreeMap<StudentId, EvaluationAnswer> = BTreeMap::new();
    let order = |answer: &EvaluationAnswer| (answer.submitted_at, answer.token.clone());
    for answer in answers {
        match counting.get(&answer.student) {
            Some(known) if order(known) >= order(&answer) => {}
            _ => drop(counting.insert(answer.student.clone(), answer)),
        }
    }
    counting
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Email;

    fn key() -> IdentityKey {
        IdentityKey::new(*b"0123456789abcdef0123456789abcdef")
    }

    fn cohort(id: &str) -> CohortId {
        CohortId::parse(id).unwrap()
    }

    fn student(address: &str) -> StudentId {
        StudentId::derive(&key(), &cohort("coh_1"), &Email::parse(address).unwrap())
    }

    #[test]
    fn m2_a_link_leads_to_the_student_whom_it_was_made_for_and_shows_nobody() {
        let one = cohort("coh_1");
        for student in [student("ane@example.dk"), StudentId::parse("stu_1").unwrap()] {
            let token = EvaluationToken::derive(&key(), &one, &student);
            assert_eq!(EvaluationToken::open(&key(), &one, token.as_str()), Some(student.clone()));
            assert_eq!(token, EvaluationToken::derive(&key(), &one, &student), "always the same");
            assert_eq!(format!("{token:?}"), "EvaluationToken(..)");
        }
        let ane = student("ane@example.dk");
        let token = EvaluationToken::derive(&key(), &one, &ane);
        assert!(!digits(token.as_str()).unwrap().contains(&ane.as_str()[4..12]), "nothing of it");
        assert!(token.as_str().bytes().all(|byte| byte.is_ascii_lowercase()));
    }

    #[test]
    fn m2_nobody_can_make_a_token_up_or_use_one_elsewhere() {
        let (one, two) = (cohort("coh_1"), cohort("coh_2"));
        let made = EvaluationToken::derive(&key(), &one, &student("ane@example.dk"));
        let opened = |text: &str| EvaluationToken::open(&key(), &one, text);
        assert_eq!(EvaluationToken::open(&key(), &two, made.as_str()), None);
        let other = IdentityKey::new(*b"another key of thirty-two bytes!");
        assert_eq!(EvaluationToken::open(&other, &one, made.as_str()), None);
        for place in 0..made.as_str().len() {
            let mut text = made.as_str().to_owned();
            let letter = if &text[place..=place] == "a" { "b" } else { "a" };
            text.replace_range(place..=place, letter);
            assert_eq!(opened(&text), None, "{place}");
        }
        let capitals = made.as_str().to_uppercase();
        let id = student("ane@example.dk");
        for text in [
            "",
            EvaluationToken::EXAMPLE,
            "xxxxx",
            id.as_str(),
            &made.as_str()[..40],
            &capitals,
            "ærø",
            "{{token}}",
        ] {
            assert_eq!(opened(text), None, "{text}");
        }
    }

    #[test]
    fn m2_two_students_have_nothing_of_their_tokens_in_common() {
        let of =
            |address: &str| EvaluationToken::derive(&key(), &cohort("coh_1"), &student(address));
        let (one, two) = (of("ane@example.dk"), of("bo@example.dk"));
        assert_ne!(one.as_str()[..8], two.as_str()[..8]);
        // The prefix of every id is the same; its mask is not.
        assert_ne!(one.as_str()[PROOF..PROOF + 8], two.as_str()[PROOF..PROOF + 8]);
    }

    #[test]
    fn m2_of_several_answers_the_one_submitted_last_counts() {
        let answer = |token: &str, at: &str| EvaluationAnswer {
            token: ResponseToken::parse(token).unwrap(),
            student: student("ane@example.dk"),
            submitted_at: at.parse().unwrap(),
            received_at: "2027-01-20T08:00:00Z".parse().unwrap(),
            profile: Profile::default(),
        };
        let (early, late) = ("2027-01-10T08:00:00Z", "2027-01-11T08:00:00Z");
        let orders = [
            vec![answer("a", late), answer("z", early)],
            vec![answer("z", early), answer("a", late)],
        ];
        for answers in orders {
            let counting = that_count(answers);
            assert_eq!(counting.len(), 1);
            assert_eq!(counting.values().next().unwrap().token.as_str(), "a");
        }
        let tie = that_count(vec![answer("b", late), answer("a", late)]);
        assert_eq!(tie.values().next().unwrap().token.as_str(), "b");
    }
}
