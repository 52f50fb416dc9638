//! Responses: stored once each, the one submitted last counts (Q2).

use domain::ResponseToken;
use domain::student::{Response, Student};
use jiff::Timestamp;

use crate::item::{Cursor, Page, encode, number};
use crate::update::{Change, Transacted};
use crate::{Error, Scope, Store, keys};

/// What became of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoredResponse {
    /// It is the student's answer now.
    Current,
    /// It is kept, but a later one counts.
    Superseded,
    /// It was stored before; nothing changed.
    Duplicate,
}

impl Store {
    /// Stores a response and, if it is the student's latest, makes it the one that counts.
    ///
    /// Safe to run any number of times and in any order: the response is created only if its token
    /// is new, and the student changes only towards a later `submitted_at` (ties go to the larger
    /// token). Both happen in one transaction.
    pub async fn store_response(
        &self,
        scope: &Scope,
        student: &Student,
        response: &Response,
    ) -> Result<StoredResponse, Error> {
        const OPERATION: &str = "store_response";
        let item = encode("response", &keys::response(scope, &response.token), response)?;
        let values = encode("student", &keys::student(scope, &student.id), student)?;
        let order = number(order(student.submitted_at));
        let mut change = Change::of(&keys::student(scope, &student.id))
            .set("submitted_order", order)
            .when(
                "attribute_not_exists(pk) OR submitted_order < :set_submitted_order \
                 OR (submitted_order = :set_submitted_order AND #response < :set_response)",
            )
            .name("#response", "response");
        if student.number.is_none() {
            change = change.remove(&["number"]);
        }
        for (name, value) in values {
            // The id is derived from the address: another one than the first was put right since.
            if name == "email" {
                change = change.set_first("email", value);
                continue;
            }
            // A suppressed address stays suppressed when its owner answers again, and what the
            // student asked for stays in force.
            if !["pk", "sk", "former", "suppressed", "restricted", "objected"]
                .contains(&name.as_str())
            {
                change = change.set(&name, value);
            }
        }
        let both = vec![self.put_in_transaction(item.clone()), change.in_transaction(&self.table)];
        match self.transact(OPERATION, both).await? {
            Transacted::Done => return Ok(StoredResponse::Current),
            Transacted::Refused(0) => return Ok(StoredResponse::Duplicate),
            Transacted::Refused(_) => {}
        }
        let alone = vec![self.put_in_transaction(item)];
        match self.transact(OPERATION, alone).await? {
            Transacted::Done => Ok(StoredResponse::Superseded),
            Transacted::Refused(_) => Ok(StoredResponse::Duplicate),
        }
    }

    /// One response.
    pub async fn response(
        &self,
        scope: &Scope,
        token: &ResponseToken,
    ) -> Result<Option<Response>, Error> {
        self.get("response", "response", &keys::response(scope, token)).await
    }

    /// One page of the cohort's responses, superseded ones included, ordered by token.
    pub async fn responses(
        &self,
        scope: &Scope,
        from: Option<&Cursor>,
        limit: Option<i32>,
    ) -> Result<Page<Response>, Error> {
        let pk = keys::cohort_partition(scope);
        self.page("responses", "response", &pk, keys::RESPONSE, from, limit).await
    }
}

/// Orders instants as numbers; texts of different precision would not sort.
fn order(at: Timestamp) -> i64 {
    at.as_millisecond()
}
