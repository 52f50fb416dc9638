//! Students of a cohort.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::KeysAndAttributes;
use domain::student::{Student, Suppression};
use domain::{Email, ErasureId, ResponseToken, SectionId, StudentId, StudentNumber};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::item::{Cursor, Page, decode, key_item, number, string, text};
use crate::update::Change;
use crate::{Error, Scope, Store, keys};

/// DynamoDB reads at most this many items in one batch.
const BATCH: usize = 100;

/// How often a batch that was answered in part is asked for the rest.
const BATCH_TRIES: u32 = 6;

/// What stays of an erased student while the cohort is there, so that a questionnaire that comes again does
/// not bring them back. Neither it nor its key says who it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// Questionnaires submitted up to this time are gone for good; a later one is a new consent.
    pub until: Timestamp,
    /// The erasure.
    pub erasure: ErasureId,
}

/// What a search by address reads of a student.
#[derive(Deserialize)]
struct Known {
    id: StudentId,
    email: Email,
    #[serde(default)]
    former: Vec<Email>,
    erasure: Option<ErasureId>,
}

impl Store {
    /// One student, unless they are being erased.
    pub async fn student(&self, scope: &Scope, id: &StudentId) -> Result<Option<Student>, Error> {
        let student = self.student_even_if_gone(scope, id).await?;
        Ok(student.filter(|student| student.erasure.is_none()))
    }

    /// One student, whether or not they are being erased.
    pub async fn student_even_if_gone(
        &self,
        scope: &Scope,
        id: &StudentId,
    ) -> Result<Option<Student>, Error> {
        self.get("student", "student", &keys::student(scope, id)).await
    }

    /// What stays of an erased student.
    pub async fn erased_student(
        &self,
        scope: &Scope,
        id: &StudentId,
    ) -> Result<Option<Erased>, Error> {
        self.get("erased_student", "erased student", &keys::erased_student(scope, id)).await
    }

    /// What stays of an erased questionnaire.
    pub async fn erased_response(
        &self,
        scope: &Scope,
        token: &ResponseToken,
    ) -> Result<Option<Erased>, Error> {
        self.get("erased_response", "erased response", &keys::erased_response(scope, token)).await
    }

    /// One page of the cohort's students, ordered by id, without those who are being erased: a page
    /// may hold fewer than it could.
    pub async fn students(
        &self,
        scope: &Scope,
        from: Option<&Cursor>,
        limit: Option<i32>,
    ) -> Result<Page<Student>, Error> {
        let mut page = self.students_even_if_gone(scope, from, limit).await?;
        page.items.retain(|student| student.erasure.is_none());
        Ok(page)
    }

    /// The same with those who are being erased.
    pub async fn students_even_if_gone(
        &self,
        scope: &Scope,
        from: Option<&Cursor>,
        limit: Option<i32>,
    ) -> Result<Page<Student>, Error> {
        self.page("students", "student", &keys::cohort_partition(scope), keys::STUDENT, from, limit)
            .await
    }

    /// All students of the cohort, without those who are being erased.
    pub async fn all_students(&self, scope: &Scope) -> Result<Vec<Student>, Error> {
        let pk = keys::cohort_partition(scope);
        let mut all: Vec<Student> = self.all("all_students", "student", &pk, keys::STUDENT).await?;
        all.retain(|student| student.erasure.is_none());
        Ok(all)
    }

    /// These students, by id; whoever is not there or is being erased is absent.
    pub async fn students_by_id(
        &self,
        scope: &Scope,
        ids: impl IntoIterator<Item = &StudentId>,
    ) -> Result<BTreeMap<StudentId, Student>, Error> {
        let mut found = self.students_by_id_even_if_gone(scope, ids).await?;
        found.retain(|_, student| student.erasure.is_none());
        Ok(found)
    }

    /// These students, by id, also those who are being erased.
    pub async fn students_by_id_even_if_gone(
        &self,
        scope: &Scope,
        ids: impl IntoIterator<Item = &StudentId>,
    ) -> Result<BTreeMap<StudentId, Student>, Error> {
        let mut wanted: Vec<&StudentId> = ids.into_iter().collect();
        wanted.sort();
        wanted.dedup();
        let mut found = BTreeMap::new();
        for batch in wanted.chunks(BATCH) {
            let keys = batch.iter().map(|id| key_item(&keys::student(scope, id))).collect();
            let ask = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true);
            let mut ask = ask.build().ok();
            let mut tries = 0;
            while let Some(keys) = ask.take() {
                let answer = self.client.batch_get_item().request_items(&self.table, keys);
                let answer = answer
                    .send()
                    .await
                    .map_err(|error| Error::unavailable("students_by_id", error))?;
                for item in
                    answer.responses.unwrap_or_default().remove(&self.table).unwrap_or_default()
                {
                    let student: Student = decode("student", item)?;
                    found.insert(student.id.clone(), student);
                }
                ask = answer.unprocessed_keys.unwrap_or_default().remove(&self.table);
                if ask.is_some() {
                    tries += 1;
                    if tries == BATCH_TRIES {
                        return Err(Error::Unavailable {
                            operation: "students_by_id",
                            code: "unprocessed".into(),
                            source: "the table answers in part only".into(),
                        });
                    }
                    tokio::time::sleep(Duration::from_millis(10 << tries)).await;
                }
            }
        }
        Ok(found)
    }

    /// Students of this number, compared without regard to case and surrounding space; not those who are
    /// being erased.
    pub async fn students_with_number(
        &self,
        scope: &Scope,
        wanted: &StudentNumber,
    ) -> Result<Vec<StudentId>, Error> {
        let pk = keys::cohort_partition(scope);
        let names = ["id", "number", "erasure"];
        let all = self.attributes("students_with_number", &pk, keys::STUDENT, &names).await?;
        let there = all.iter().filter(|item| !item.contains_key("erasure"));
        let theirs = there.filter(|item| {
            text(item, "number").is_some_and(|number| domain::cohort::same(number, wanted.as_str()))
        });
        theirs
            .map(|item| {
                let id = text(item, "id").and_then(|id| StudentId::parse(id).ok());
                id.ok_or(Error::Corrupt { kind: "student" })
            })
            .collect()
    }

    /// Students whose mail goes to this address or went there before it was put right; not those who are
    /// being erased. Their ids do not tell: an id comes from the first address.
    pub async fn students_at(
        &self,
        scope: &Scope,
        wanted: &Email,
    ) -> Result<Vec<StudentId>, Error> {
        let pk = keys::cohort_partition(scope);
        let names = ["id", "email", "former", "erasure"];
        let all = self.attributes("students_at", &pk, keys::STUDENT, &names).await?;
        let mut found = Vec::new();
        for item in all {
            let known: Known = decode("student", item)?;
            let mut theirs = std::iter::once(&known.email).chain(&known.former);
            if known.erasure.is_none() && theirs.any(|one| one.normalised() == wanted.normalised())
            {
                found.push(known.id);
            }
        }
        Ok(found)
    }

    /// How many students answered, by section, without those who are being erased.
    pub async fn count_students(&self, scope: &Scope) -> Result<BTreeMap<SectionId, u32>, Error> {
        let pk = keys::cohort_partition(scope);
        let mut counts = BTreeMap::new();
        let names = ["section", "erasure"];
        for item in self.attributes("count_students", &pk, keys::STUDENT, &names).await? {
            if item.contains_key("erasure") {
                continue;
            }
            let section = text(&item, "section").and_then(|id| SectionId::parse(id).ok());
            *counts.entry(section.ok_or(Error::Corrupt { kind: "student" })?).or_default() += 1;
        }
        Ok(counts)
    }

    /// Notes that no further mail goes to a student's address (M5), because of a mail sent at a time:
    /// if the address was put right since, it went to another. A complaint stays a complaint.
    ///
    /// Tells whether the student is there. Running it again changes nothing.
    pub async fn suppress(
        &self,
        scope: &Scope,
        id: &StudentId,
        why: Suppression,
        sent_at: Timestamp,
    ) -> Result<bool, Error> {
        const SAME: &str =
            "attribute_exists(pk) AND (attribute_not_exists(email_since) OR email_since <= :sent)";
        let (word, condition) = match why {
            Suppression::Complained => ("complained", SAME.to_owned()),
            Suppression::Bounced => (
                "bounced",
                format!(
                    "{SAME} AND (attribute_not_exists(suppressed) OR suppressed = :set_suppressed)"
                ),
            ),
        };
        let change = Change::of(&keys::student(scope, id))
            .set("suppressed", string(word))
            .value(":sent", number(sent_at.as_millisecond()))
            .when(&condition);
        if self.change("suppress", change).await? {
            return Ok(true);
        }
        Ok(self.student(scope, id).await?.is_some())
    }
}
