//! Verifies an exported audit trail on this machine alone (D5).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use clap::{Args, Subcommand};
use domain::audit::{Head, Link, Walk};
use serde_json::Value;

use crate::process::progress;

/// `cargo dev audit`.
#[derive(Debug, Args)]
pub(crate) struct Audit {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Check that an export of `GET /api/audit` without filters is one whole chain.
    Verify {
        /// The pages as they were answered, one after the other.
        #[arg(long)]
        file: PathBuf,
        /// A place that must lie on the chain, such as a seal's or an earlier `head`; may be repeated.
        #[arg(long = "seal", value_parser = head)]
        seals: Vec<Head>,
    },
}

fn head(text: &str) -> Result<Head, String> {
    Head::parse(text).ok_or_else(|| "a place is written SEQUENCE-HASH".to_owned())
}

impl Audit {
    /// Runs it.
    pub(crate) fn run(self) -> Result<()> {
        let What::Verify { file, seals } = self.what;
        progress(verify(&read(&file)?, seals)?);
        Ok(())
    }
}

fn read(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))
}

/// Walks along an export; tells how far it is whole.
fn verify(export: &str, seals: Vec<Head>) -> Result<String> {
    let mut entries = BTreeMap::new();
    for page in serde_json::Deserializer::from_str(export).into_iter::<Value>() {
        let mut page = page.context("the export is not JSON")?;
        let Value::Array(items) = page["items"].take() else { bail!("a page has no `items`") };
        for item in items {
            let place = item["sequence"].as_u64().context("an entry has no `sequence`")?;
            let known = entries.insert(place, item);
            ensure!(known.is_none(), "entry {place} is there twice");
        }
    }
    let Some((_, first)) = entries.first_key_value() else { bail!("the export is empty") };
    let first = link(first).context("the first entry cannot be read")?;
    let institution = first.entry.institution.clone();
    let from = match first.sequence.checked_sub(1) {
        Some(0) | None => Head::start(&institution),
        Some(sequence) => Head { sequence, hash: first.previous.clone() },
    };
    let begun = from.sequence + 1;
    let earlier = seals.iter().filter(|seal| seal.sequence < begun).count();
    ensure!(earlier == 0, "the export begins at entry {begun}, after a place that must lie on it");
    let mut walk = Walk::new(&institution, from, seals);
    let mut stepped = Ok(());
    for (place, item) in &entries {
        stepped = stepped.and_then(|()| walk.step(*place, link(item).as_ref()));
    }
    if let Err(broken) = stepped.and_then(|()| walk.end()) {
        bail!(
            "the chain of {institution} is broken at entry {}: {}",
            broken.sequence,
            broken.flaw.told()
        );
    }
    Ok(format!(
        "{institution}: {} entries from {begun} on are whole, {} places of them as given; the head is {}",
        walk.checked(),
        walk.sealed(),
        walk.head()
    ))
}

/// The entry that an item is, if it says nothing else than what is hashed.
fn link(item: &Value) -> Option<Link> {
    let link: Link = serde_json::from_value(item.clone()).ok()?;
    let same = serde_json::to_value(&link).ok()?;
    let empty = |name: &str, value: &Value| name == "ids" && *value == Value::Array(Vec::new());
    let hashed = item
        .as_object()?
        .iter()
        .all(|(name, value)| same.get(name) == Some(value) || empty(name, value));
    hashed.then_some(link)
}

#[cfg(test)]
mod tests {
    use domain::InstitutionId;
    use domain::audit::AuditEntry;
    use serde_json::json;

    use super::*;

    fn chain(length: u64) -> (Vec<Value>, Head) {
        let institution = InstitutionId::parse("ins_example-university").unwrap();
        let mut head = Head::start(&institution);
        let mut items = Vec::new();
        for number in 0..length {
            let at = "2026-09-10T12:00:00Z".parse().unwrap();
            let entry = AuditEntry::of_job(&institution, at, "mailer", "mails.send", "r");
            let link = Link::after(&head, &entry, &number.to_string());
            head = link.head();
            let mut item = serde_json::to_value(&link).unwrap();
            item["ids"] = json!([]);
            items.push(item);
        }
        (items, head)
    }

    fn pages(items: &[Value]) -> String {
        let pages = items.chunks(2).map(|items| json!({ "items": items, "next": "x" }).to_string());
        pages.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn d5_a_whole_export_is_told_with_its_head() {
        let (items, head) = chain(5);
        let told = verify(&pages(&items), vec![head.clone()]).unwrap();
        assert!(
            told.contains("5 entries from 1 on") && told.ends_with(&head.to_string()),
            "{told}"
        );
        let told = verify(&pages(&items[2..]), Vec::new()).unwrap();
        assert!(told.contains("3 entries from 3 on"), "{told}");
    }

    #[test]
    fn d5_what_was_done_to_an_export_is_told() {
        type Change = fn(&mut Vec<Value>);
        let (whole, head) = chain(5);
        let changes: [(&str, Change); 6] = [
            ("at entry 3: the entry is missing", |items| drop(items.remove(2))),
            ("at entry 2: the entry does not say", |items| items[1]["subjects"] = 7.into()),
            ("at entry 2: the entry does not say", |items| items[1]["note"] = "fine".into()),
            ("at entry 5: the chain ends", |items| drop(items.pop())),
            ("is there twice", |items| items.push(items[0].clone())),
            ("is empty", Vec::clear),
        ];
        for (told, change) in changes {
            let mut items = whole.clone();
            change(&mut items);
            let error = verify(&pages(&items), vec![head.clone()]).unwrap_err();
            assert!(error.to_string().contains(told), "{told}: {error}");
        }
        let error = verify(&pages(&whole[2..]), vec![Head { sequence: 1, hash: head.hash }]);
        assert!(error.unwrap_err().to_string().contains("begins at entry 3"));
        assert!(verify("nonsense", Vec::new()).is_err());
    }
}
