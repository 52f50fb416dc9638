//! What one student left in a cohort's partition and in its rules, and how it goes (D2, D4).

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use domain::cohort::without_student;
use domain::{ErasureId, InstitutionId, ResponseToken, StudentId};
use jiff::Timestamp;

use crate::erasing::kind_of;
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
        let person = self.person(scope, student, marks).await?;
        let mut counts = BTreeMap::new();
        if let Some(cohort) = self.cohort_even_if_gone(scope).await?
            && cohort.settings.criteria.iter().any(|criterion| criterion.names(student))
        {
            counts.insert("cohorts".to_owned(), 1);
        }
        let mut start = None;
        loop {
            let (page, next) = self.whole_items(scope, start).await?;
            for item in &page {
                if !matches!(fate(scope, item, &person), Fate::Stays) {
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
        self.leave_rules(scope, student).await?;
        let person = self.person(scope, student, marks).await?;
        let own = keys::student(scope, student);
        let mut start = None;
        loop {
            let (page, next) = self.whole_items(scope, start).await?;
            let mut gone = Vec::new();
            for item in &page {
                match fate(scope, item, &person) {
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

    /// Takes a student out of the cohort's criteria. The settings are another version then: a contact
    /// who read them before cannot write the student back.
    async fn leave_rules(&self, scope: &Scope, student: &StudentId) -> Result<(), Error> {
        let Some(cohort) = self.cohort_even_if_gone(scope).await? else { return Ok(()) };
        let criteria = &cohort.settings.criteria;
        if !criteria.iter().any(|criterion| criterion.names(student)) {
            return Ok(());
        }
        let key = keys::cohort(scope);
        let mut read = encode("cohort", &key, &serde_json::json!({ "criteria": criteria }))?;
        let left = serde_json::json!({ "criteria": without_student(criteria, student) });
        let mut left = encode("cohort", &key, &left)?;
        let (Some(read), Some(left)) = (read.remove("criteria"), left.remove("criteria")) else {
            return Err(Error::Unwritable { kind: "cohort" });
        };
        let change = Change::of(&key)
            .set("criteria", left)
            .count("settings_version")
            .when("attribute_exists(pk) AND criteria = :read")
            .value(":read", read);
        // What somebody changed meanwhile is found by the reading back that follows.
        self.change("leave_rules", change).await.map(drop)
    }

    async fn person<'a>(
        &self,
        scope: &Scope,
        student: &'a StudentId,
        marks: &'a BTreeSet<String>,
    ) -> Result<Person<'a>, Error> {
        let addresses = self.addresses(scope, student).await?;
        let addresses = addresses.iter().map(domain::Email::normalised).collect();
        Ok(Person { student, marks, addresses })
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
            .remove(&["failure", "suppressions_counted", "items_counted", "student"])
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

/// Who is erased, and what tells that something is theirs.
struct Person<'a> {
    student: &'a StudentId,
    marks: &'a BTreeSet<String>,
    /// In lower case; none once the records that name them are gone. The record goes last, so what is found
    /// by address has gone before.
    addresses: BTreeSet<String>,
}

fn fate(scope: &Scope, item: &Item, person: &Person<'_>) -> Fate {
    let Person { student, marks, .. } = *person;
    let sk = text(item, "sk").unwrap_or_default();
    let (kind, rest) = sk.split_once('#').unwrap_or((sk, ""));
    let is_marked = || {
        ResponseToken::parse(rest)
            .is_ok_and(|token| marks.contains(&keys::erased_response(scope, &token).sk))
    };
    let is_theirs = || text(item, "student") == Some(student.as_str());
    // Ids that other addresses of theirs lead to are marked with the same erasure.
    let is_another_id = |id: Option<&str>| {
        let id = id.and_then(|id| StudentId::parse(id).ok());
        id.is_some_and(|id| marks.contains(&keys::erased_student(scope, &id).sk))
    };
    match kind {
        "STUDENT" if rest == student.as_str() => Fate::Goes,
        "RESPONSE" if is_theirs() || is_marked() => Fate::Goes,
        "EVALUATION" if is_theirs() => Fate::Goes,
        // A reminder went to the id of the roster, which may be that of another address of theirs.
        "MESSAGE" if is_theirs() || is_another_id(text(item, "student")) => Fate::Goes,
        "QUARANTINE" if is_marked() => Fate::Goes,
        "EXPECTED" => off_the_roster(item, person),
        // A mailing on its way names the last student of the page that was read.
        "MAILING" => {
            match text(item, "place").and_then(|place| place.strip_prefix(keys::STUDENT)) {
                Some(last) if last == student.as_str() || is_another_id(Some(last)) => {
                    Fate::Changes(vec![("place".to_owned(), string(a_little_before(last)))])
                }
                _ => changes(item, student, None),
            }
        }
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

/// A page of a roster without the student: by the id, and by any address that is or was theirs, as whoever
/// answered from another address than the roster has stands there under another id.
fn off_the_roster(item: &Item, person: &Person<'_>) -> Fate {
    let Some(AttributeValue::M(entries)) = item.get("entries") else { return Fate::Stays };
    let is_theirs = |id: &str, entry: &AttributeValue| {
        let email = entry.as_m().ok().and_then(|entry| entry.get("email"));
        let email =
            email.and_then(|email| email.as_s().ok()).map(|email| email.to_ascii_lowercase());
        id == person.student.as_str()
            || email.is_some_and(|email| person.addresses.contains(&email))
    };
    let others = entries.iter().filter(|(id, entry)| !is_theirs(id, entry));
    let others: std::collections::HashMap<_, _> =
        others.map(|(id, entry)| (id.clone(), entry.clone())).collect();
    if others.len() == entries.len() {
        return Fate::Stays;
    }
    Fate::Changes(vec![("entries".to_owned(), AttributeValue::M(others))])
}

/// A place in the list of students that names nobody: with so few digits of the id, it may lie before some who
/// were read already, whose messages are made once all the same.
fn a_little_before(student: &str) -> String {
    let digits = student.trim_start_matches(StudentId::PREFIX);
    let few: String = digits.chars().take(4).collect();
    format!("{}{}{few}", keys::STUDENT, StudentId::PREFIX)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> StudentId {
        StudentId::parse(text).expect("an id")
    }

    #[test]
    fn d2_a_mailing_on_its_way_does_not_keep_the_id_of_an_erased_student() {
        let scope = Scope::new("ins_1".parse().expect("an id"), "coh_1".parse().expect("an id"));
        let who = id("stu_5b1e0f7c2a9d4e3f8b6a7c5d4e3f2a1b");
        let mailing = |place: &str| -> Item {
            [("pk", "p"), ("sk", "MAILING#mlg_1"), ("place", place)]
                .map(|(name, value)| (name.to_owned(), string(value)))
                .into()
        };
        let (marks, addresses) = (BTreeSet::new(), BTreeSet::new());
        let person = Person { student: &who, marks: &marks, addresses };
        let stands_at = |place: &str| fate(&scope, &mailing(place), &person);
        let Fate::Changes(changes) = stands_at(&format!("STUDENT#{who}")) else {
            panic!("it names the student")
        };
        assert_eq!(changes, [("place".to_owned(), string("STUDENT#stu_5b1e"))]);
        let (name, place) = &changes[0];
        let place = place.as_s().expect("a text");
        assert!(name == "place" && place.as_str() < format!("STUDENT#{who}").as_str());
        assert!(matches!(stands_at(place), Fate::Stays), "then it is in order");
        assert!(matches!(stands_at("STUDENT#stu_6"), Fate::Stays));
    }
}
