//! Students of a cohort.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::KeysAndAttributes;
use domain::student::{Student, Suppression};
use domain::{SectionId, StudentId};

use crate::item::{Cursor, Page, decode, key_item, string, text};
use crate::update::Change;
use crate::{Error, Scope, Store, keys};

/// DynamoDB reads at most this many items in one batch.
const BATCH: usize = 100;

/// How often a batch that was answered in part is asked for the rest.
const BATCH_TRIES: u32 = 6;

impl Store {
    /// One student.
    pub async fn student(&self, scope: &Scope, id: &StudentId) -> Result<Option<Student>, Error> {
        self.get("student", "student", &keys::student(scope, id)).await
    }

    /// One page of the cohort's students, ordered by id.
    pub async fn students(
        &self,
        scope: &Scope,
        from: Option<&Cursor>,
        limit: Option<i32>,
    ) -> Result<Page<Student>, Error> {
        self.page("students", "student", &keys::cohort_partition(scope), keys::STUDENT, from, limit)
            .await
    }

    /// All students of the cohort.
    pub async fn all_students(&self, scope: &Scope) -> Result<Vec<Student>, Error> {
        self.all("all_students", "student", &keys::cohort_partition(scope), keys::STUDENT).await
    }

    /// These students, by id; whoever is not there is absent.
    pub async fn students_by_id(
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

    /// How many students answered, by section.
    pub async fn count_students(&self, scope: &Scope) -> Result<BTreeMap<SectionId, u32>, Error> {
        let pk = keys::cohort_partition(scope);
        let mut counts = BTreeMap::new();
        for item in self.attributes("count_students", &pk, keys::STUDENT, &["section"]).await? {
            let section = text(&item, "section").and_then(|id| SectionId::parse(id).ok());
            *counts.entry(section.ok_or(Error::Corrupt { kind: "student" })?).or_default() += 1;
        }
        Ok(counts)
    }

    /// Notes that no further mail goes to a student's address (M5). A complaint stays a complaint.
    ///
    /// Tells whether the student is there. Running it again changes nothing.
    pub async fn suppress(
        &self,
        scope: &Scope,
        id: &StudentId,
        why: Suppression,
    ) -> Result<bool, Error> {
        let (word, condition) = match why {
            Suppression::Complained => ("complained", "attribute_exists(pk)"),
            Suppression::Bounced => (
                "bounced",
                "attribute_exists(pk) AND (attribute_not_exists(suppressed) OR suppressed = :set_suppressed)",
            ),
        };
        let change =
            Change::of(&keys::student(scope, id)).set("suppressed", string(word)).when(condition);
        if self.change("suppress", change).await? {
            return Ok(true);
        }
        Ok(self.student(scope, id).await?.is_some())
    }
}
