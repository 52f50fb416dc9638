//! Responses that could not be mapped (Q4).

use domain::ResponseToken;
use domain::quarantine::{QuarantineReason, Quarantined};

use crate::item::{Cursor, Page, key_item, string};
use crate::update::Change;
use crate::{Error, Scope, Store, keys};

impl Store {
    /// Quarantines a response of a cohort, or of no cohort; tells whether it was new.
    pub async fn quarantine(
        &self,
        scope: Option<&Scope>,
        entry: &Quarantined,
    ) -> Result<bool, Error> {
        self.create(
            "quarantine",
            "quarantined response",
            &keys::quarantine(scope, &entry.token),
            entry,
        )
        .await
    }

    /// Notes why a response of a cohort cannot be mapped now, if it is still in quarantine. Running it again
    /// changes nothing.
    pub async fn still_quarantined(
        &self,
        scope: &Scope,
        token: &ResponseToken,
        reason: QuarantineReason,
    ) -> Result<(), Error> {
        let change = Change::of(&keys::quarantine(Some(scope), token))
            .set("reason", string(reason.as_str()))
            .when("attribute_exists(pk)");
        self.change("still_quarantined", change).await?;
        Ok(())
    }

    /// One quarantined response.
    pub async fn quarantined(
        &self,
        scope: Option<&Scope>,
        token: &ResponseToken,
    ) -> Result<Option<Quarantined>, Error> {
        self.get("quarantined", "quarantined response", &keys::quarantine(scope, token)).await
    }

    /// One page of the quarantined responses of a cohort, or of no cohort.
    pub async fn quarantine_page(
        &self,
        scope: Option<&Scope>,
        from: Option<&Cursor>,
        limit: Option<i32>,
    ) -> Result<Page<Quarantined>, Error> {
        let pk = keys::quarantine_partition(scope);
        self.page("quarantine_page", "quarantined response", &pk, keys::QUARANTINE, from, limit)
            .await
    }

    /// How many responses of a cohort are in quarantine.
    pub async fn count_quarantined(&self, scope: &Scope) -> Result<u32, Error> {
        let pk = keys::quarantine_partition(Some(scope));
        let found = self.attributes("count_quarantined", &pk, keys::QUARANTINE, &["token"]).await?;
        Ok(u32::try_from(found.len()).unwrap_or(u32::MAX))
    }

    /// Takes a response out of quarantine, once it is stored elsewhere or due. Running it again changes nothing.
    pub async fn leave_quarantine(
        &self,
        scope: Option<&Scope>,
        token: &ResponseToken,
    ) -> Result<(), Error> {
        self.client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(key_item(&keys::quarantine(scope, token))))
            .send()
            .await
            .map_err(|error| Error::unavailable("leave_quarantine", error))?;
        Ok(())
    }
}
