//! Requests of students who make use of their rights (D4).

use std::collections::BTreeSet;
use std::fmt::Write as _;

use domain::RightsRequestId;
use domain::rights::{RightsRequest, clock};
use domain::student::{Response, Student};

use crate::duties::indexed;
use crate::item::{Item, encode, number, string};
use crate::keys::Duty;
use crate::update::{Change, Transacted};
use crate::{Error, Scope, Store, keys};

/// The kind of duty that a request is while its clock runs.
const REQUEST: &str = "rights";
/// The kind of duty that a link to the data is until its time is over.
const EXPORT: &str = "export";

/// Attributes of a student that a step may change.
const CHANGED: [&str; 7] =
    ["name", "email", "former", "number", "section", "restricted", "objected"];

/// Attributes that a change may take away.
const OPTIONAL: [&str; 14] = [
    "acknowledged_at",
    "link",
    "confirmed_at",
    "longer",
    "refusal",
    "ended_at",
    "changed",
    "erasure_told_at",
    "erasure",
    "download",
    "export_until",
    "reminded",
    "duties_pk",
    "duties_sk",
];

impl Store {
    /// Notes a request; tells whether it was new.
    pub async fn create_rights_request(
        &self,
        scope: &Scope,
        request: &RightsRequest,
    ) -> Result<bool, Error> {
        self.create_item("create_rights_request", item(scope, request)?).await
    }

    /// One request.
    pub async fn rights_request(
        &self,
        scope: &Scope,
        id: &RightsRequestId,
    ) -> Result<Option<RightsRequest>, Error> {
        self.get("rights_request", "rights request", &keys::rights(scope, id)).await
    }

    /// All requests of a cohort.
    pub async fn rights_requests(&self, scope: &Scope) -> Result<Vec<RightsRequest>, Error> {
        let pk = keys::cohort_partition(scope);
        self.all("rights_requests", "rights request", &pk, keys::RIGHTS).await
    }

    /// Replaces a request by what a step made of it, if nothing changed it since it was read; tells
    /// whether it did. Its place in the index of duties moves with it.
    pub async fn move_rights_request(
        &self,
        scope: &Scope,
        was: &RightsRequest,
        is: &RightsRequest,
    ) -> Result<bool, Error> {
        let items = vec![change(scope, was, is)?.in_transaction(&self.table)];
        Ok(matches!(self.transact("move_rights_request", items).await?, Transacted::Done))
    }

    /// The same together with what becomes of the student, as they were read and as they become, and the
    /// questionnaire that counts from now on if one was put right. Only what differs is written, and only if it is
    /// as it was read: two steps at once, of a restriction and an objection or of an operator and the student, do
    /// not undo each other. Not if the student answered meanwhile, either.
    pub async fn take_rights_step(
        &self,
        scope: &Scope,
        was: &RightsRequest,
        is: &RightsRequest,
        student: Option<(&Student, &Student, Option<&Response>)>,
    ) -> Result<bool, Error> {
        let mut items = vec![change(scope, was, is)?.in_transaction(&self.table)];
        if let Some((before, after, response)) = student {
            let key = keys::student(scope, &after.id);
            let (read, values) =
                (encode("student", &key, before)?, encode("student", &key, after)?);
            let moved = before.email != after.email;
            let mut condition = "attribute_exists(pk) AND #response = :read".to_owned();
            let mut change = Change::of(&key)
                .name("#response", "response")
                .value(":read", string(before.response.as_str()));
            for name in CHANGED.into_iter().filter(|name| read.get(*name) != values.get(*name)) {
                change = match values.get(name) {
                    Some(value) => change.set(name, value.clone()),
                    None => change.remove(&[name]),
                };
                change = if let Some(was) = read.get(name) {
                    write!(condition, " AND #{name} = :was_{name}").expect("a text takes text");
                    change.value(&format!(":was_{name}"), was.clone())
                } else {
                    write!(condition, " AND attribute_not_exists(#{name})")
                        .expect("a text takes text");
                    change
                };
            }
            if moved && !values.contains_key("suppressed") {
                change = change.remove(&["suppressed"]);
            }
            if let Some(at) = is.ended_at.filter(|_| moved) {
                change = change.set("email_since", number(at.as_millisecond()));
            }
            if response.is_some() {
                for name in ["response", "submitted_at"] {
                    change = change.set_some(name, values.get(name).cloned());
                }
            }
            let mut change = change.when(&condition);
            if let Some(response) = response {
                let order = number(after.submitted_at.as_millisecond());
                change = change.set("submitted_order", order);
                let key = keys::response(scope, &response.token);
                items.push(self.put_in_transaction(encode("response", &key, response)?));
            }
            // Where nothing differs, it is only asked that they have not answered meanwhile.
            items.push(if change.changes_something() {
                change.in_transaction(&self.table)
            } else {
                change.check_in_transaction(&self.table)
            });
        }
        Ok(matches!(self.transact("take_rights_step", items).await?, Transacted::Done))
    }

    /// Ends a request whose erasure has its certificate; tells what it is now. Looking again changes
    /// nothing, and of two that look at once one ends it.
    pub async fn settle_erasure(
        &self,
        scope: &Scope,
        request: RightsRequest,
    ) -> Result<RightsRequest, Error> {
        let Some(id) = request.erasure.as_ref().filter(|_| request.status.is_open()) else {
            return Ok(request);
        };
        let erasure = self.erasure(&scope.institution, id).await?;
        let Some(at) = erasure.and_then(|erasure| erasure.completed_at) else {
            return Ok(request);
        };
        let Ok(ended) = request.clone().erased(at) else { return Ok(request) };
        let moved = self.move_rights_request(scope, &request, &ended).await?;
        Ok(if moved { ended } else { request })
    }

    /// Notes which reminders the operators had of a request, unless it has changed since.
    pub async fn rights_reminded(
        &self,
        scope: &Scope,
        seen: &RightsRequest,
        reminded: &BTreeSet<u32>,
    ) -> Result<(), Error> {
        let key = keys::rights(scope, &seen.id);
        let mut item = encode("reminders", &key, &serde_json::json!({ "reminded": reminded }))?;
        let reminded = item.remove("reminded").ok_or(Error::Unwritable { kind: "reminders" })?;
        let change = Change::of(&key)
            .set("reminded", reminded)
            .when("version = :was")
            .value(":was", number(seen.version));
        self.change("rights_reminded", change).await.map(drop)
    }
}

/// The change from one state of a request to the next.
fn change(scope: &Scope, was: &RightsRequest, is: &RightsRequest) -> Result<Change, Error> {
    let values = item(scope, is)?;
    let gone: Vec<&'static str> =
        OPTIONAL.into_iter().filter(|name| !values.contains_key(*name)).collect();
    let mut change = Change::of(&keys::rights(scope, &is.id))
        .remove(&gone)
        .when("version = :was")
        .value(":was", number(was.version));
    for (name, value) in values {
        if !["pk", "sk"].contains(&name.as_str()) {
            change = change.set(&name, value);
        }
    }
    Ok(change)
}

/// The item of a request with its place in the index: while something is owed the request's, then that of
/// the link to the data until its time is over. One whose erasure runs is looked at each time.
fn item(scope: &Scope, request: &RightsRequest) -> Result<Item, Error> {
    let mut item = encode("rights request", &keys::rights(scope, &request.id), request)?;
    let begun = request.erasure.as_ref().and(request.erasure_told_at);
    let next = clock(request, request.received_at).next;
    let owed = next.map(|by| (begun.map_or(by, |begun| begun.min(by)), REQUEST));
    if let Some((by, kind)) = owed.or_else(|| request.export_until.map(|by| (by, EXPORT))) {
        let duty = Duty {
            kind: kind.to_owned(),
            institution: scope.institution.clone(),
            cohort: Some(scope.cohort.clone()),
            id: request.id.to_string(),
        };
        item.extend(indexed(by, &duty));
    }
    Ok(item)
}
