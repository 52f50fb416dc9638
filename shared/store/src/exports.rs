//! Exports of institutions (D6): what is known of them and of their files, and the pages they are made of.

use domain::export::{ExportFile, ExportStatus, InstitutionExport};
use domain::{ExportId, InstitutionId};
use serde_json::Value;

use crate::duties::indexed;
use crate::item::{Item, encode, key_item, number, string, text};
use crate::keys::{Duty, Key};
use crate::update::Change;
use crate::{Error, Store, keys};

/// The kind of duty that an export is while its files are there.
const DUTY: &str = "institution-export";

/// Attributes that a change may take away.
const OPTIONAL: [&str; 5] = ["place", "ended_at", "failure", "duties_pk", "duties_sk"];

/// Some items of a partition as they are stored.
#[derive(Debug, Clone, Default)]
pub struct RawPage {
    /// Sort keys and items.
    pub items: Vec<(String, Value)>,
    /// The sort key after which the partition goes on.
    pub next: Option<String>,
}

impl Store {
    /// Notes an export; tells whether it was new.
    pub async fn create_export(
        &self,
        institution: &InstitutionId,
        export: &InstitutionExport,
    ) -> Result<bool, Error> {
        self.create_item("create_export", item(institution, export)?).await
    }

    /// One export.
    pub async fn export(
        &self,
        institution: &InstitutionId,
        id: &ExportId,
    ) -> Result<Option<InstitutionExport>, Error> {
        self.get("export", "export", &keys::institution_export(institution, id)).await
    }

    /// All exports of an institution, those whose files are gone too.
    pub async fn exports(
        &self,
        institution: &InstitutionId,
    ) -> Result<Vec<InstitutionExport>, Error> {
        let pk = keys::exports_partition(institution);
        self.all("exports", "export", &pk, keys::EXPORT).await
    }

    /// Replaces an export if nothing changed it since it was read; tells whether it did.
    pub async fn move_export(
        &self,
        institution: &InstitutionId,
        was: &InstitutionExport,
        is: &InstitutionExport,
    ) -> Result<bool, Error> {
        let values = item(institution, is)?;
        let gone: Vec<&'static str> =
            OPTIONAL.into_iter().filter(|name| !values.contains_key(*name)).collect();
        let mut change = Change::of(&keys::institution_export(institution, &is.id))
            .remove(&gone)
            .when("version = :was")
            .value(":was", number(was.version));
        for (name, value) in values {
            if !["pk", "sk"].contains(&name.as_str()) {
                change = change.set(&name, value);
            }
        }
        self.change("move_export", change).await
    }

    /// Notes a file that was written. The same page makes the same file, so noting it again changes nothing.
    pub async fn put_export_file(
        &self,
        institution: &InstitutionId,
        export: &ExportId,
        file: &ExportFile,
    ) -> Result<(), Error> {
        let key = keys::export_file(institution, export, &file.name);
        self.client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(encode("export file", &key, file)?))
            .send()
            .await
            .map(drop)
            .map_err(|error| Error::unavailable("put_export_file", error))
    }

    /// The files of an export, by name.
    pub async fn export_files(
        &self,
        institution: &InstitutionId,
        export: &ExportId,
    ) -> Result<Vec<ExportFile>, Error> {
        let pk = keys::exports_partition(institution);
        self.all("export_files", "export file", &pk, &keys::export_file_prefix(export)).await
    }

    /// Forgets the files of an export; what is gone stays gone.
    pub async fn delete_export_files(
        &self,
        institution: &InstitutionId,
        export: &ExportId,
    ) -> Result<(), Error> {
        let files = self.export_files(institution, export).await?;
        let named = files.iter().map(|file| keys::export_file(institution, export, &file.name));
        let keys: Vec<Item> = named.map(|key| key_item(&key)).collect();
        self.delete_keys(&keys).await
    }

    /// Some items of a partition as they are stored, without their keys and places in indexes.
    pub async fn raw_page(
        &self,
        partition: &str,
        after: Option<&str>,
        limit: i32,
    ) -> Result<RawPage, Error> {
        let start = after.map(|sk| key_item(&Key { pk: partition.to_owned(), sk: sk.to_owned() }));
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", string(partition))
            .set_exclusive_start_key(start)
            .limit(limit)
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| Error::unavailable("raw_page", error))?;
        let next = answer.last_evaluated_key.as_ref().and_then(|key| text(key, "sk"));
        let next = next.map(str::to_owned);
        let items = answer.items.unwrap_or_default().into_iter();
        let items = items.map(|mut item| {
            let sk = text(&item, "sk").unwrap_or_default().to_owned();
            item.retain(|name, _| !name.ends_with("_pk") && !name.ends_with("_sk"));
            item.remove("pk");
            item.remove("sk");
            let value = serde_dynamo::from_item(item);
            value.map(|value| (sk, value)).map_err(|_| Error::Corrupt { kind: "item" })
        });
        Ok(RawPage { items: items.collect::<Result<_, _>>()?, next })
    }
}

/// The item of an export. While files may be there it is a duty that is looked at each time: they go when
/// their term is over, and as soon as something that may be in them is erased.
fn item(institution: &InstitutionId, export: &InstitutionExport) -> Result<Item, Error> {
    let mut item = encode("export", &keys::institution_export(institution, &export.id), export)?;
    if export.status != ExportStatus::Expired {
        let duty = Duty {
            kind: DUTY.to_owned(),
            institution: institution.clone(),
            cohort: None,
            id: export.id.to_string(),
        };
        item.extend(indexed(export.requested_at, &duty));
    }
    Ok(item)
}
