//! Groups of a formation.

use domain::FormationId;
use domain::formation::Group;
use futures::{StreamExt, TryStreamExt};

use crate::item::{Cursor, Page, encode};
use crate::{Error, Scope, Store, keys};

/// How many writes are under way at once.
const PARALLEL: usize = 16;

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
    /// erasures alone, so the members say whether a group is the one that was read.
    pub async fn repair_groups(
        &self,
        scope: &Scope,
        changes: &[(Option<Group>, Group)],
    ) -> Result<bool, Error> {
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
        Ok(self.transact("repair_groups", items).await?.is_done())
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
