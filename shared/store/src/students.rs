//! Students of a cohort.

use domain::StudentId;
use domain::student::{Student, Suppression};

use crate::item::{Cursor, Page, string};
use crate::update::Change;
use crate::{Error, Scope, Store, keys};

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
