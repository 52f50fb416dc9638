//! The list of mailings that are to go at a time to come (M2): part of the sparse index `deadline`, in a partition of
//! its own.

use domain::MailingId;
use domain::mailing::Mailing;
use jiff::Timestamp;

use crate::item::{Item, encode, number, string};
use crate::update::Change;
use crate::{Error, Scope, Store, keys};

impl Store {
    /// Mailings whose planned time has come and whose sending has not surely begun.
    ///
    /// The index is eventually consistent: the record that it names decides.
    pub async fn planned_by(&self, now: Timestamp) -> Result<Vec<(Scope, MailingId)>, Error> {
        let up_to = format!("{}~", now.strftime("%Y-%m-%dT%H:%M:%SZ"));
        let found = self.index_entries("deadline", keys::PLANNED, &up_to).await?;
        let read =
            |sk: String| keys::planned_in_index(&sk).ok_or(Error::Corrupt { kind: "index entry" });
        found.into_iter().map(read).collect()
    }

    /// Puts a planned mailing on its way, if nobody changed or erased it since it was read; tells whether it did.
    /// It stays on the list, so that a start that was not heard of is made up for, until [`Self::planned_done`] or the
    /// first step of its sending.
    pub async fn begin_planned(
        &self,
        scope: &Scope,
        was: &Mailing,
        is: &Mailing,
    ) -> Result<bool, Error> {
        let mut item = encode("mailing", &keys::mailing(scope, &is.id), is)?;
        item.extend(on_the_list(scope, is));
        self.put_mailing("begin_planned", item, was).await
    }

    /// Takes a mailing off the list, once its machine surely runs. What was changed since stands as it was written.
    pub async fn planned_done(&self, scope: &Scope, mailing: &Mailing) -> Result<(), Error> {
        let change = Change::of(&keys::mailing(scope, &mailing.id))
            .remove(&["deadline_pk", "deadline_sk"])
            .when("attribute_exists(pk) AND version = :was")
            .value(":was", number(mailing.version));
        self.change("planned_done", change).await.map(drop)
    }
}

/// The attributes that put a mailing with a plan on the list.
pub(crate) fn on_the_list(scope: &Scope, mailing: &Mailing) -> Item {
    let Some(plan) = &mailing.plan else { return Item::new() };
    let place = keys::planned_sk(plan.at, scope, &mailing.id);
    [("deadline_pk", keys::PLANNED.to_owned()), ("deadline_sk", place)]
        .map(|(name, value)| (name.to_owned(), string(value)))
        .into()
}
