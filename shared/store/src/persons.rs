//! What one student left in a cohort's partition, and how it goes (D2, D4).

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{ErasureId, InstitutionId, ResponseToken, StudentId};
use jiff::Timestamp;

use crate::erasures::kind_of;
use crate::item::{Item, encode, key_item, string, text};
use crate::update::Change;
use crate::{Erased, Error, Scope, Store, keys};

/// Stands where an erased student's id stood and others' places depend on it.
const NOBODY: &str = "stu_erased";

/// What becomes of an item when a student is erased.
enum Fate {
    Stays,
    Goes,
    /// These attributes get these values.
    Changes(Vec<(String, AttributeValue)>),
}

impl Store {
    /// Writes what tells an erased student's questionnaire if it comes again. Writing it again changes
    /// nothing.
    pub async fn mark_erased_response(
        &self,
        scope: &Scope,
        token: &ResponseToken,
        erased: &Erased,
    ) -> Result<(), Error> {
        self.put_mark(&keys::erased_response(scope, token), erased).await
    }

    /// Writes what tells an erased student. One who was erased, answered anew and is erased again has
    /// the mark of the later erasure.
    pub async fn mark_erased_student(
        &self,
        scope: &Scope,
        student: &StudentId,
        erased: &Erased,
    ) -> Result<(), Error> {
        self.put_mark(&keys::erased_student(scope, student), erased).await
    }

    async fn put_mark(&self, key: &keys::Key, erased: &Erased) -> Result<(), Error> {
        self.client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(encode("mark", key, erased)?))
            .send()
            .await
            .map(drop)
            .map_err(|error| Error::unavailable("put_mark", error))
    }

    /// The sort keys of the marks of one erasure.
    pub async fn erased_marks(
        &self,
        scope: &Scope,
        erasure: &ErasureId,
    ) -> Result<BTreeSet<String>, Error> {
        let pk = keys::cohort_partition(scope);
        let names = ["sk", "erasure"];
        let marks = self.attributes("erased_marks", &pk, keys::ERASED, &names).await?;
        let ours = marks.iter().filter(|mark| text(mark, "erasure") == Some(erasure.as_str()));
        Ok(ours.filter_map(|mark| text(mark, "sk")).map(str::to_owned).collect())
    }

    /// How many items still name a student, by kind. Changes nothing.
    pub async fn count_person(
        &self,
        scope: &Scope,
        student: &StudentId,
        marks: &BTreeSet<String>,
    ) -> Result<BTreeMap<String, u64>, Error> {
        let mut counts = BTreeMap::new();
        let mut start = None;
        loop {
            let (page, next) = self.whole_items(scope, start).await?;
            for item in &page {
                if !matches!(fate(scope, item, student, marks), Fate::Stays) {
                    *counts.entry(kind_of(item)).or_default() += 1;
                }
            }
            let Some(next) = next else { return Ok(counts) };
            start = Some(next);
        }
    }

    /// Deletes a student's items and takes the id out of everybody else's, page by page; the student's
    /// own record goes last, because the steps before need it. What is gone stays gone and a change is
    /// made only to what was read, so a run that died is simply run again.
    pub async fn erase_person(
        &self,
        scope: &Scope,
        student: &StudentId,
        erasure: &ErasureId,
        marks: &BTreeSet<String>,
    ) -> Result<(), Error> {
        let own = keys::student(scope, student);
        let mut start = None;
        loop {
            let (page, next) = self.whole_items(scope, start).await?;
            let mut gone = Vec::new();
            for item in &page {
                match fate(scope, item, student, marks) {
                    Fate::Stays => {}
                    Fate::Goes if text(item, "sk") == Some(own.sk.as_str()) => {}
                    Fate::Goes => gone.push(key_of(item)),
                    Fate::Changes(mut changes) => {
                        if text(item, "sk").is_some_and(|sk| sk.starts_with(keys::GROUP)) {
                            changes.push(("change".to_owned(), lost_a_member(erasure)));
                        }
                        self.take_out(item, changes).await?;
                    }
                }
            }
            self.delete_keys(&gone).await?;
            let Some(next) = next else { break };
            start = Some(next);
        }
        self.delete_keys(&[key_item(&own)]).await
    }

    async fn take_out(
        &self,
        item: &Item,
        changes: Vec<(String, AttributeValue)>,
    ) -> Result<(), Error> {
        let (pk, sk) = (text(item, "pk"), text(item, "sk"));
        let key = keys::Key {
            pk: pk.unwrap_or_default().to_owned(),
            sk: sk.unwrap_or_default().to_owned(),
        };
        let mut change = Change::of(&key);
        let mut same = vec!["attribute_exists(pk)".to_owned()];
        for (number, (name, value)) in changes.into_iter().enumerate() {
            if let Some(was) = item.get(&name) {
                same.push(format!("#was_{number} = :was_{number}"));
                change = change
                    .name(&format!("#was_{number}"), &name)
                    .value(&format!(":was_{number}"), was.clone());
            }
            change = change.set(&name, value);
        }
        let change = change.when(&same.join(" AND "));
        // What somebody changed meanwhile is found by the reading back that follows.
        self.change("erase_person", change).await.map(drop)
    }

    /// Completes a person's erasure. The student's id, a keyed hash of an address, leaves the record.
    pub async fn complete_person(
        &self,
        institution: &InstitutionId,
        id: &ErasureId,
        at: Timestamp,
    ) -> Result<(), Error> {
        let change = Change::of(&keys::erasure(institution, id))
            .set("status", string("completed"))
            .set("completed_at", string(at.to_string()))
            .remove(&["failure", "suppressions_counted", "student"])
            .when("attribute_exists(pk) AND attribute_not_exists(completed_at)");
        self.change("complete_person", change).await.map(drop)
    }

    async fn whole_items(
        &self,
        scope: &Scope,
        start: Option<Item>,
    ) -> Result<(Vec<Item>, Option<Item>), Error> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", string(keys::cohort_partition(scope)))
            .set_exclusive_start_key(start)
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| Error::unavailable("whole_items", error))?;
        Ok((answer.items.unwrap_or_default(), answer.last_evaluated_key))
    }
}

fn key_of(item: &Item) -> Item {
    let names = ["pk", "sk"].into_iter();
    names.filter_map(|name| Some((name.to_owned(), item.get(name)?.clone()))).collect()
}

fn fate(scope: &Scope, item: &Item, student: &StudentId, marks: &BTreeSet<String>) -> Fate {
    let sk = text(item, "sk").unwrap_or_default();
    let (kind, rest) = sk.split_once('#').unwrap_or((sk, ""));
    let is_marked = || {
        ResponseToken::parse(rest)
            .is_ok_and(|token| marks.contains(&keys::erased_response(scope, &token).sk))
    };
    let is_theirs = || text(item, "student") == Some(student.as_str());
    match kind {
        "STUDENT" if rest == student.as_str() => Fate::Goes,
        "RESPONSE" if is_theirs() || is_marked() => Fate::Goes,
        "MESSAGE" if is_theirs() => Fate::Goes,
        "QUARANTINE" if is_marked() => Fate::Goes,
        // The numbers in a failure's sentences count these ids; a request stays as proof of what was done.
        "RIGHTS" => changes(item, student, Some(NOBODY)),
        "FORMATION" => match changes(item, student, Some(NOBODY)) {
            Fate::Changes(mut changes) => {
                changes.iter_mut().for_each(newer_board);
                Fate::Changes(changes)
            }
            other => other,
        },
        "GROUP" => match changes(item, student, None) {
            Fate::Changes(mut changes) => {
                // Both speak of the group as it was.
                changes.push(("told".to_owned(), AttributeValue::L(Vec::new())));
                changes.push(("explained".to_owned(), left_smaller()));
                Fate::Changes(changes)
            }
            other => other,
        },
        _ => changes(item, student, None),
    }
}

/// A board that loses somebody is another one: who read it before must not write it back.
fn newer_board((name, value): &mut (String, AttributeValue)) {
    let AttributeValue::M(board) = value else { return };
    if name == "board" {
        let seen = board.get("version").and_then(|version| version.as_n().ok());
        let seen: u64 = seen.and_then(|version| version.parse().ok()).unwrap_or(0);
        board.insert("version".to_owned(), AttributeValue::N((seen + 1).to_string()));
    }
}

/// By this mark the repair that follows finds the group ([`domain::formation::GroupChange`]).
fn lost_a_member(erasure: &ErasureId) -> AttributeValue {
    let change = [("erasure", string(erasure.as_str())), ("repaired", AttributeValue::Bool(false))];
    AttributeValue::M(change.map(|(name, value)| (name.to_owned(), value)).into())
}

/// What a contact is told of a group that somebody has left.
fn left_smaller() -> AttributeValue {
    let told = [
        ("da", "Et medlem er slettet. Gruppen er ikke dannet på ny og kan være mindre end aftalt."),
        (
            "en",
            "A member was erased. The group was not formed anew and may be smaller than agreed.",
        ),
    ];
    let told = told.map(|(language, words)| (language.to_owned(), string(words)));
    AttributeValue::L(vec![AttributeValue::M(told.into())])
}

fn changes(item: &Item, student: &StudentId, instead: Option<&str>) -> Fate {
    let others = item.iter().filter(|(name, _)| !["pk", "sk"].contains(&name.as_str()));
    let naming = others.filter(|(_, value)| names(value, student.as_str()));
    let changes: Vec<_> = naming
        .map(|(name, value)| (name.clone(), without(value, student.as_str(), instead)))
        .collect();
    if changes.is_empty() { Fate::Stays } else { Fate::Changes(changes) }
}

fn names(value: &AttributeValue, id: &str) -> bool {
    match value {
        AttributeValue::S(text) => text == id,
        AttributeValue::L(list) => list.iter().any(|value| names(value, id)),
        AttributeValue::M(map) => map.values().any(|value| names(value, id)),
        _ => false,
    }
}

/// The value without an id: taken out of lists, or replaced.
fn without(value: &AttributeValue, id: &str, instead: Option<&str>) -> AttributeValue {
    match value {
        AttributeValue::S(text) if text == id => string(instead.unwrap_or(NOBODY)),
        AttributeValue::L(list) => {
            let is_it = |value: &AttributeValue| matches!(value, AttributeValue::S(s) if s == id);
            let kept = list.iter().filter(|value| instead.is_some() || !is_it(value));
            AttributeValue::L(kept.map(|value| without(value, id, instead)).collect())
        }
        AttributeValue::M(map) => {
            let inner = map.iter().map(|(name, value)| (name.clone(), without(value, id, instead)));
            AttributeValue::M(inner.collect())
        }
        other => other.clone(),
    }
}
