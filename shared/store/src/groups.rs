//! Groups of a formation.

use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::FormationId;
use domain::formation::{Formation, FormationStatus, Group};
use futures::{StreamExt, TryStreamExt};

use crate::item::{Cursor, Page, encode, number, string};
use crate::update::Change;
use crate::{Error, Scope, Store, keys};

/// How many writes are under way at once.
const PARALLEL: usize = 16;

/// The condition that a formation's board is at the version `:seen`. One that nobody touched yet has no
/// version, which is the version 0.
pub(crate) fn at_version(seen: u32) -> &'static str {
    if seen == 0 {
        "(attribute_not_exists(board) OR board.version = :seen)"
    } else {
        "board.version = :seen"
    }
}

impl Store {
    /// Writes groups of a formation that no reader may see yet.
    ///
    /// Groups are the same for the same input and seed, so writing them again changes nothing;
    /// they become visible when the formation's status says so.
    pub async fn put_groups(&self, scope: &Scope, groups: &[Group]) -> Result<(), Error> {
        futures::stream::iter(groups)
            .map(|group| async move {
                let key = keys::group(scope, &group.formation, &group.section, group.number);
                self.client
                    .put_item()
                    .table_name(&self.table)
                    .set_item(Some(encode("group", &key, group)?))
                    .send()
                    .await
                    .map_err(|error| Error::unavailable("put_groups", error))?;
                Ok(())
            })
            .buffer_unordered(PARALLEL)
            .try_collect()
            .await
    }

    /// Puts repaired groups into the place of what was read, all of them or none; one that nobody is
    /// left in goes. Tells whether they were still as they were read. A formation's groups change by
    /// erasures and by hand, and either changes the members, so these say whether a group is the one that was read.
    pub async fn repair_groups(
        &self,
        scope: &Scope,
        changes: &[(Option<Group>, Group)],
    ) -> Result<bool, Error> {
        let items = self.in_place_of(scope, changes)?;
        Ok(self.transact("repair_groups", items).await?.is_done())
    }

    /// Puts groups that a contact changed by hand into the place of what was read, with what is known of
    /// the formation now, all of it or nothing. Tells whether the groups still await a decision, the board
    /// is at the version that was read, and the groups are as they were read.
    pub async fn edit_groups(
        &self,
        scope: &Scope,
        was: &Formation,
        now: &Formation,
        changes: &[(Option<Group>, Group)],
    ) -> Result<bool, Error> {
        let key = keys::formation(scope, &was.id);
        let mut item = encode("formation", &key, now)?;
        let mut take =
            |name: &str| item.remove(name).ok_or(Error::Unwritable { kind: "formation" });
        let version = at_version(was.board.version);
        let condition =
            format!("#status = :awaiting AND attribute_not_exists(decision) AND {version}");
        let change = Change::of(&key)
            .set("board", take("board")?)
            .set("sections", take("sections")?)
            .when(&condition)
            .name("#status", "status")
            .value(":awaiting", string(FormationStatus::AwaitingApproval.as_str()))
            .value(":seen", number(was.board.version));
        let mut items = self.in_place_of(scope, changes)?;
        items.push(change.in_transaction(&self.table));
        Ok(self.transact("edit_groups", items).await?.is_done())
    }

    fn in_place_of(
        &self,
        scope: &Scope,
        changes: &[(Option<Group>, Group)],
    ) -> Result<Vec<TransactWriteItem>, Error> {
        let mut items = Vec::with_capacity(changes.len());
        for (before, after) in changes {
            let key = keys::group(scope, &after.formation, &after.section, after.number);
            let item = encode("group", &key, after)?;
            let Some(before) = before else {
                items.push(self.put_in_transaction(item));
                continue;
            };
            let mut was = encode("group", &key, before)?;
            let was = was.remove("members").ok_or(Error::Unwritable { kind: "group" })?;
            let same = "members = :was";
            items.push(if after.members.is_empty() {
                self.delete_in_transaction(&key, Some((same, (":was", was))))
            } else {
                self.replace_in_transaction(item, same, (":was", was))
            });
        }
        Ok(items)
    }

    /// One page of a formation's groups, ordered by section and number.
    ///
    /// Callers show them only when the formation's status `has_groups`.
    pub async fn groups(
        &self,
        scope: &Scope,
        formation: &FormationId,
        from: Option<&Cursor>,
        limit: Option<i32>,
    ) -> Result<Page<Group>, Error> {
        let pk = keys::cohort_partition(scope);
        self.page("groups", "group", &pk, &keys::group_prefix(formation), from, limit).await
    }

    /// All groups of a formation.
    pub async fn all_groups(
        &self,
        scope: &Scope,
        formation: &FormationId,
    ) -> Result<Vec<Group>, Error> {
        self.all(
            "all_groups",
            "group",
            &keys::cohort_partition(scope),
            &keys::group_prefix(formation),
        )
        .await
    }

    /// One group.
    pub async fn group(
        &self,
        scope: &Scope,
        formation: &FormationId,
        section: &domain::SectionId,
        number: u32,
    ) -> Result<Option<Group>, Error> {
        self.get("group", "group", &keys::group(scope, formation, section, number)).await
    }
}
