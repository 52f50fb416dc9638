//! Rosters: who of a cohort is expected to answer, on pages of some eighty each (Q8, M2).
//!
//! A roster is replaced as a whole. The pages of the new list are written beside those of the old one, under
//! a version of their own; the roster's record then names the new list, on the condition that it still is as
//! it was read; the old pages go last. So a reader sees one list or the other, a run that died before the
//! record changed has changed nothing, and the next one, or the same again, takes away what it left.
//!
//! Whoever is being erased stays on the page on which they were marked until the erasure takes them off it: it
//! goes by their address, which stands nowhere else. No later list has them.

use std::collections::{BTreeMap, BTreeSet};

use domain::roster::{Answered, Attendee, Entry, Expected, Roster, attendance};
use domain::{Email, RosterId, StudentId};
use futures::{StreamExt as _, TryStreamExt as _};
use serde::{Deserialize, Serialize};

use crate::item::{Item, decode, encode, key_item, number, string, text};
use crate::update::{Change, Transacted};
use crate::{Error, Scope, Store, keys};

/// How many pages are written or deleted side by side.
const PARALLEL: usize = 16;

/// How often a list is read again that was replaced while it was read.
pub(crate) const TRIES: usize = 4;

/// How the replacement of a roster ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplacedRoster {
    /// The list is in its place.
    Done,
    /// Somebody else changed the roster meanwhile; nothing of this list is left.
    Stale,
    /// The cohort was put away or is being erased; nothing of this list is left.
    Closed,
}

/// A page of a list.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Sheet {
    entries: BTreeMap<StudentId, Entry>,
}

/// Who is expected and who answered, as of one moment.
#[derive(Debug, Clone)]
pub struct Attended {
    /// The roster, if there ever was one.
    pub roster: Option<Roster>,
    /// Everybody, in the order of ids.
    pub people: Vec<Attendee>,
}

impl Store {
    /// What is known of the cohort's roster as a whole, if it ever had one.
    pub async fn roster(&self, scope: &Scope) -> Result<Option<Roster>, Error> {
        self.get("roster", "roster", &keys::roster(scope)).await
    }

    /// The roster with everybody on it, also those who are being erased.
    pub async fn expected_even_if_gone(
        &self,
        scope: &Scope,
    ) -> Result<(Option<Roster>, Vec<Expected>), Error> {
        let mut roster = self.roster(scope).await?;
        for _ in 0..TRIES {
            let Some((version, list)) = listed(roster.as_ref()) else {
                return Ok((roster, Vec::new()));
            };
            let found = self.expected_on(scope, &keys::expected_prefix(version, &list)).await?;
            let now = self.roster(scope).await?;
            if now == roster {
                return Ok((roster, found));
            }
            roster = now;
        }
        Err(changing("expected"))
    }

    /// Everybody on any list: on the one that counts, and on what a run that died may have left.
    pub async fn expected_anywhere(&self, scope: &Scope) -> Result<Vec<Expected>, Error> {
        self.expected_on(scope, keys::EXPECTED).await
    }

    async fn expected_on(&self, scope: &Scope, prefix: &str) -> Result<Vec<Expected>, Error> {
        let pk = keys::cohort_partition(scope);
        let mut found = Vec::new();
        for item in self.attributes("expected", &pk, prefix, &["entries"]).await? {
            let sheet: Sheet = decode("roster page", item)?;
            found.extend(expected(sheet));
        }
        Ok(found)
    }

    /// One who is expected, whether or not they are being erased.
    pub async fn expected_student(
        &self,
        scope: &Scope,
        student: &StudentId,
    ) -> Result<Option<Entry>, Error> {
        let Some(key) = self.expected_key(scope, student).await? else { return Ok(None) };
        let sheet: Option<Sheet> = self.get("expected_student", "roster page", &key).await?;
        Ok(sheet.and_then(|mut sheet| sheet.entries.remove(student)))
    }

    /// The page of the list that counts on which a student stands who is on it.
    pub(crate) async fn expected_key(
        &self,
        scope: &Scope,
        student: &StudentId,
    ) -> Result<Option<keys::Key>, Error> {
        let roster = self.roster(scope).await?;
        let listed = listed(roster.as_ref());
        Ok(listed.map(|(version, list)| keys::expected(scope, version, &list, student)))
    }

    /// All addresses of a student: of the record, or of somebody who has not answered, of the roster. For
    /// erasure and for what is handed over.
    pub async fn addresses(&self, scope: &Scope, id: &StudentId) -> Result<Vec<Email>, Error> {
        if let Some(student) = self.student_even_if_gone(scope, id).await? {
            return Ok(student.addresses().cloned().collect());
        }
        let listed = self.expected_anywhere(scope).await?;
        let theirs = listed.into_iter().filter(|one| one.student == *id);
        let theirs = theirs.map(|one| (one.entry.email.normalised(), one.entry.email));
        Ok(theirs.collect::<BTreeMap<_, _>>().into_values().collect())
    }

    /// The page of any list on which a student stands: of the one that counts, or else of another that is
    /// there.
    pub(crate) async fn expected_page(
        &self,
        scope: &Scope,
        student: &StudentId,
        roster: Option<&Roster>,
    ) -> Result<Option<keys::Key>, Error> {
        if let Some((version, list)) = listed(roster) {
            let key = keys::expected(scope, version, &list, student);
            let sheet: Option<Sheet> = self.get("expected_page", "roster page", &key).await?;
            if sheet.is_some_and(|sheet| sheet.entries.contains_key(student)) {
                return Ok(Some(key));
            }
        }
        let pages = self.pages(scope).await?;
        let theirs = pages.into_iter().find(|(_, sheet)| sheet.entries.contains_key(student));
        Ok(theirs.map(|(key, _)| key))
    }

    /// Every page of every list.
    async fn pages(&self, scope: &Scope) -> Result<Vec<(keys::Key, Sheet)>, Error> {
        let pk = keys::cohort_partition(scope);
        let items =
            self.attributes("roster_pages", &pk, keys::EXPECTED, &["sk", "entries"]).await?;
        let page = |item: Item| {
            let sk = text(&item, "sk").unwrap_or_default().to_owned();
            Ok((keys::Key { pk: pk.clone(), sk }, decode("roster page", item)?))
        };
        items.into_iter().map(page).collect()
    }

    /// Puts a list in the roster's place, or with a `next` that has none takes the roster away, if the roster
    /// still is as it was read and the cohort is neither put away nor being erased; else nothing has changed.
    ///
    /// Safe to run again and to die anywhere: see the module.
    pub async fn replace_roster(
        &self,
        scope: &Scope,
        was: Option<&Roster>,
        next: &Roster,
        list: Vec<Expected>,
    ) -> Result<ReplacedRoster, Error> {
        if let Some((version, id)) = listed(Some(next)) {
            let mut sheets: BTreeMap<String, (keys::Key, Sheet)> = BTreeMap::new();
            for Expected { student, entry } in list {
                let key = keys::expected(scope, version, &id, &student);
                let place = sheets.entry(key.sk.clone()).or_insert((key, Sheet::default()));
                place.1.entries.insert(student, entry);
            }
            // A page that is there was written by a run with the same list, which the key names.
            futures::stream::iter(sheets.into_values().map(|(key, sheet)| async move {
                self.create("put_roster", "roster page", &key, &sheet).await
            }))
            .buffer_unordered(PARALLEL)
            .try_collect::<Vec<bool>>()
            .await?;
        }
        let key = keys::roster(scope);
        let roster = match was {
            None => self.put_in_transaction(encode("roster", &key, next)?),
            Some(was) => {
                let first = next.first_listed_at.map(|at| string(at.to_string()));
                let change = Change::of(&key)
                    .set("version", number(next.version))
                    .set("changed_at", string(next.changed_at.to_string()))
                    .set("changed_by", string(next.changed_by.as_str()))
                    .set_some("first_listed_at", first)
                    .set_some("list", next.list.as_ref().map(|id| string(id.as_str())))
                    .name("#seen", "version")
                    .value(":seen", number(was.version))
                    .when("attribute_exists(pk) AND #seen = :seen");
                let change = if next.list.is_none() { change.remove(&["list"]) } else { change };
                change.in_transaction(&self.table)
            }
        };
        let cohort = Change::of(&keys::cohort(scope))
            .when("attribute_exists(pk) AND attribute_not_exists(erasure) AND attribute_not_exists(archived_at)")
            .check_in_transaction(&self.table);
        let refused = match self.transact("replace_roster", vec![roster, cohort]).await? {
            Transacted::Done => {
                self.tidy_roster(scope, next).await?;
                return Ok(ReplacedRoster::Done);
            }
            Transacted::Refused(0) => ReplacedRoster::Stale,
            Transacted::Refused(_) => ReplacedRoster::Closed,
        };
        let now = self.roster(scope).await?;
        if now.as_ref().is_some_and(|now| (now.version, &now.list) == (next.version, &next.list)) {
            return Ok(ReplacedRoster::Done);
        }
        if let Some((version, id)) = listed(Some(next)) {
            let prefix = keys::expected_prefix(version, &id);
            let written = self.pages(scope).await?;
            let written = written.into_iter().map(|(key, _)| key);
            self.delete_pages(written.filter(|key| key.sk.starts_with(&prefix)).collect()).await?;
        }
        Ok(refused)
    }

    /// Deletes the pages of lists that this roster took the place of, but for whoever is being erased, and
    /// takes off its own whoever was erased while it was written. Which addresses get no further mail is taken
    /// over from them before. What a later version is writing meanwhile stays.
    pub async fn tidy_roster(&self, scope: &Scope, roster: &Roster) -> Result<(), Error> {
        let marks = self.erased_students(scope).await?;
        let is_marked = |student: &StudentId| {
            !marks.is_empty() && marks.contains(&keys::erased_student(scope, student).sk)
        };
        let (mut empty, mut off, mut known) = (Vec::new(), Vec::new(), BTreeMap::new());
        for (key, sheet) in self.pages(scope).await? {
            let Some((version, list)) = keys::expected_list(&key.sk) else { continue };
            let is_ours = version == roster.version && Some(&list) == roster.list.as_ref();
            if version < roster.version {
                let suppressed = sheet.entries.iter();
                known.extend(
                    suppressed.filter_map(|(id, entry)| Some((id.clone(), entry.suppressed?))),
                );
            }
            if version > roster.version {
                continue;
            }
            // Once the roster is another, nobody is marked on a page of the one before.
            if !is_ours && sheet.entries.values().all(|entry| entry.erasure.is_none()) {
                empty.push(key);
                continue;
            }
            let stays = |student: &StudentId, entry: &Entry| {
                entry.erasure.is_some() || (is_ours && !is_marked(student))
            };
            let gone = sheet.entries.into_iter().filter(|(id, entry)| !stays(id, entry));
            off.extend(gone.map(|(student, _)| (key.clone(), student)));
        }
        if let Some((version, list)) = listed(Some(roster)) {
            for (student, why) in known {
                let key = keys::expected(scope, version, &list, &student);
                self.note_suppressed(&key, &student, why).await?;
            }
        }
        self.delete_pages(empty).await?;
        futures::stream::iter(
            off.into_iter()
                .map(|(key, student)| async move { self.take_off(&key, &student).await }),
        )
        .buffer_unordered(PARALLEL)
        .try_collect::<Vec<()>>()
        .await
        .map(drop)
    }

    async fn take_off(&self, key: &keys::Key, student: &StudentId) -> Result<(), Error> {
        let change = Change::of(key)
            .name("#entries", "entries")
            .name("#student", student.as_str())
            .remove(&["#entries.#student"])
            .when("attribute_exists(pk)");
        self.change("take_off_roster", change).await.map(drop)
    }

    async fn delete_pages(&self, gone: Vec<keys::Key>) -> Result<(), Error> {
        let gone = gone.iter().map(key_item).collect::<Vec<Item>>();
        futures::stream::iter(gone.into_iter().map(|key| async move {
            let deleted =
                self.client.delete_item().table_name(&self.table).set_key(Some(key)).send().await;
            deleted.map(drop).map_err(|error| Error::unavailable("delete_roster_page", error))
        }))
        .buffer_unordered(PARALLEL)
        .try_collect::<Vec<()>>()
        .await
        .map(drop)
    }

    /// The sort keys of what stays of erased students and questionnaires of the cohort.
    pub async fn erased_students(&self, scope: &Scope) -> Result<BTreeSet<String>, Error> {
        let pk = keys::cohort_partition(scope);
        let marks = self.attributes("erased_students", &pk, keys::ERASED, &["sk"]).await?;
        Ok(marks.iter().filter_map(|mark| text(mark, "sk")).map(str::to_owned).collect())
    }

    /// What is told of everybody who answered: also of those who are being erased, whom readers leave out.
    pub async fn answered(&self, scope: &Scope) -> Result<Vec<Answered>, Error> {
        let pk = keys::cohort_partition(scope);
        let names =
            ["id", "email", "former", "name", "section", "submitted_at", "erasure", "suppressed"];
        let all = self.attributes("answered", &pk, keys::STUDENT, &names).await?;
        all.into_iter().map(|item| decode("student", item)).collect()
    }

    /// Who is expected and who has answered. Reads both lists whole: at 20,000 students some twenty pages.
    pub async fn attendance(&self, scope: &Scope) -> Result<Attended, Error> {
        let (roster, expected) = self.expected_even_if_gone(scope).await?;
        let answered = self.answered(scope).await?;
        Ok(Attended { roster, people: attendance(expected, answered) })
    }
}

/// Version and list of a roster that has one.
pub(crate) fn listed(roster: Option<&Roster>) -> Option<(u32, RosterId)> {
    let roster = roster?;
    Some((roster.version, roster.list.clone()?))
}

/// A list that is replaced as often as it is read.
pub(crate) fn changing(operation: &'static str) -> Error {
    let source = "the roster changes all the time".into();
    Error::Unavailable { operation, code: "changing".into(), source }
}

fn expected(sheet: Sheet) -> impl Iterator<Item = Expected> {
    sheet.entries.into_iter().map(|(student, entry)| Expected { student, entry })
}
