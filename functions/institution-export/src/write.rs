//! A page of a part as files.

use std::collections::BTreeMap;

use domain::ContactId;
use domain::export::{ExportFile, ExportPlace, ExportRef, InstitutionExport};
use futures::{StreamExt as _, TryStreamExt as _};
use handover::csv;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use store::{Order, Scope, keys};

use crate::parts::Part;
use crate::{Error, Systems};

/// Items of a page at most: DynamoDB ends a page at 1 MB whatever is asked for.
pub(crate) const ITEMS: i32 = 500;
/// Objects of a page at most; a questionnaire has some tens of kilobytes.
const OBJECTS: i32 = 100;
/// How many objects are read at once.
const PARALLEL: usize = 8;

/// Members that are keys to something and no data of anybody.
const SECRETS: [&str; 2] = ["nonce", "task_token"];

/// Writes the page at a place; tells the key after which the part goes on, if it does.
pub(crate) async fn page(
    systems: &Systems,
    subject: &ExportRef,
    part: &Part,
    place: &ExportPlace,
) -> Result<Option<String>, Error> {
    let after = place.after.as_deref();
    let institution = &subject.institution;
    let scope = |cohort: &domain::CohortId| Scope::new(institution.clone(), cohort.clone());
    let (items, next) = match part {
        Part::Institution => {
            items(systems, &keys::institution_partition(institution), after).await?
        }
        Part::Contacts => contacts(systems, subject, after).await?,
        Part::Registers => items(systems, &keys::register_partition(institution), after).await?,
        Part::Letters => {
            items(systems, &keys::correspondence_partition(institution), after).await?
        }
        Part::Items(cohort) => {
            items(systems, &keys::cohort_partition(&scope(cohort)), after).await?
        }
        Part::Raw(cohort) => {
            objects(systems, &keys::raw_responses_prefix(&scope(cohort)), after).await?
        }
        Part::Certificates => {
            objects(systems, &keys::certificates_prefix(institution), after).await?
        }
        Part::Trail => trail(systems, subject, after).await?,
    };
    let mut kinds: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for (kind, mut item) in items {
        strip(&mut item);
        kinds.entry(kind).or_default().push(item);
    }
    for (kind, items) in kinds {
        let name = format!("{}-{kind}-{:05}", part.name(), place.pages + 1);
        let mut lines = Vec::new();
        for item in &items {
            serde_json::to_writer(&mut lines, item).map_err(|_| Error::Unwritable)?;
            lines.push(b'\n');
        }
        let count = items.len();
        file(systems, subject, format!("{name}.jsonl"), "application/x-ndjson", count, lines)
            .await?;
        let table = csv::objects(items.iter()).into_bytes();
        file(systems, subject, format!("{name}.csv"), "text/csv", count, table).await?;
    }
    Ok(next)
}

/// Items of a kind, and the key after which the part goes on.
type Page = (Vec<(String, Value)>, Option<String>);

async fn items(systems: &Systems, partition: &str, after: Option<&str>) -> Result<Page, Error> {
    let page = systems.store.raw_page(partition, after, ITEMS).await?;
    let kind = |sk: &str| sk.split('#').next().unwrap_or_default().to_lowercase();
    let items = page.items.into_iter().map(|(sk, item)| (kind(&sk), item));
    Ok((items.collect(), page.next))
}

/// Contacts, whose list holds their ids.
async fn contacts(
    systems: &Systems,
    subject: &ExportRef,
    after: Option<&str>,
) -> Result<Page, Error> {
    let partition = keys::contacts_partition(&subject.institution);
    let page = systems.store.raw_page(&partition, after, ITEMS).await?;
    let mut found = Vec::with_capacity(page.items.len());
    for (sk, _) in page.items {
        let id = sk.strip_prefix(keys::CONTACT).and_then(|id| ContactId::parse(id).ok());
        let Some(id) = id else { continue };
        if let Some(contact) = systems.store.contact(&id).await? {
            let contact = serde_json::to_value(contact).map_err(|_| Error::Unwritable)?;
            found.push(("contact".to_owned(), contact));
        }
    }
    Ok((found, page.next))
}

/// Objects below a prefix, each under its name.
async fn objects(systems: &Systems, prefix: &str, after: Option<&str>) -> Result<Page, Error> {
    let keys = systems.objects.keys_page(prefix, after, OBJECTS).await?;
    let next = keys.last().cloned();
    let found = futures::stream::iter(keys)
        .map(|key| async move {
            let body = systems.objects.get(&key).await?;
            let name = key.rsplit('/').next().unwrap_or_default();
            let name = name.strip_suffix(".json").unwrap_or(name).to_owned();
            Ok::<_, Error>(body.map(|body| {
                let text = || Value::String(String::from_utf8_lossy(&body).into_owned());
                let value = serde_json::from_slice(&body).unwrap_or_else(|_| text());
                ("object".to_owned(), json!({ "name": name, "body": value }))
            }))
        })
        .buffered(PARALLEL)
        .try_collect::<Vec<_>>()
        .await?;
    Ok((found.into_iter().flatten().collect(), next))
}

/// The audit trail as it stood when the export was asked for and since: what is read last is the newest.
async fn trail(systems: &Systems, subject: &ExportRef, after: Option<&str>) -> Result<Page, Error> {
    let from = after.and_then(|number| number.parse().ok()).unwrap_or(0);
    let read =
        systems.audit.links(&subject.institution, Order::Oldest, Some(from), Some(ITEMS)).await?;
    let next = read.last().map(|last| last.place.to_string());
    let mut found = Vec::with_capacity(read.len());
    for stored in read {
        let Some(link) = stored.link else { continue };
        let link = serde_json::to_value(link).map_err(|_| Error::Unwritable)?;
        found.push(("entry".to_owned(), link));
    }
    Ok((found, next))
}

/// Takes out what would let its reader do something, and puts members in order.
fn strip(value: &mut Value) {
    match value {
        Value::Object(members) => {
            let kept = std::mem::take(members).into_iter();
            let kept = kept.filter(|(name, _)| !SECRETS.contains(&name.as_str()));
            // In the order of their names, so that the same item is the same line.
            let mut kept: BTreeMap<String, Value> = kept.collect();
            kept.values_mut().for_each(strip);
            members.extend(kept);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

/// Writes a file and then notes it.
async fn file(
    systems: &Systems,
    subject: &ExportRef,
    name: String,
    kind: &str,
    items: usize,
    body: Vec<u8>,
) -> Result<(), Error> {
    let prefix = keys::institution_export_prefix(&subject.institution, &subject.export);
    let sha256 = Sha256::digest(&body).iter().fold(String::new(), |mut text, byte| {
        use std::fmt::Write as _;
        write!(text, "{byte:02x}").expect("writing to a String succeeds");
        text
    });
    let noted =
        ExportFile { items: items as u64, bytes: body.len() as u64, sha256, name: name.clone() };
    systems.objects.put(&format!("{prefix}{name}"), kind, body).await?;
    let (institution, export) = (&subject.institution, &subject.export);
    Ok(systems.store.put_export_file(institution, export, &noted).await?)
}

/// What every file holds and is: written last, so an export with a manifest is whole.
pub(crate) async fn manifest(
    systems: &Systems,
    subject: &ExportRef,
    export: &InstitutionExport,
) -> Result<(), Error> {
    const NAME: &str = "manifest.json";
    let (institution, id) = (&subject.institution, &subject.export);
    let mut files = systems.store.export_files(institution, id).await?;
    // A task that died may have written it before.
    files.retain(|file| file.name != NAME);
    // Each page stands there twice, as lines and as a table.
    let items: u64 = files.iter().map(|file| file.items).sum::<u64>() / 2;
    let body = json!({
        "format": "unihelper-institution/1", "institution": institution, "export": id,
        "requested_at": export.requested_at, "items": items, "files": files,
    });
    let body = serde_json::to_vec_pretty(&body).map_err(|_| Error::Unwritable)?;
    file(systems, subject, NAME.to_owned(), "application/json", files.len(), body).await
}
