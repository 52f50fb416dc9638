//! The shape of `docs/privacy.json`.

use serde::Deserialize;

/// Everything that the documents are written from.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Who processes, for whom.
    pub processing: Processing,
    /// The duties of the agreement, clause by clause.
    pub duties: Vec<Duty>,
    /// Where personal data lies.
    pub places: Vec<Place>,
}

/// What article 30(2) asks of a processor's record.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Processing {
    /// The processor, and where its data protection officer is reached.
    pub processor: String,
    /// On behalf of whom.
    pub controllers: String,
    /// The categories of processing.
    pub categories: Vec<String>,
    /// Whose data it is.
    pub people: Vec<String>,
    /// Transfers to a third country.
    pub transfers: String,
    /// Technical and organisational measures (article 32).
    pub measures: Vec<Measure>,
}

/// A measure of article 32.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// What it is for.
    pub aim: String,
    /// What is done.
    pub measure: String,
}

/// One duty of the agreement.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duty {
    /// The clause.
    pub clause: String,
    /// What it asks.
    pub duty: String,
    /// Requirements of the service.
    pub requirements: Vec<String>,
    /// The files that carry it.
    #[serde(default)]
    pub code: Vec<String>,
    /// The tests that show it, by function name.
    #[serde(default)]
    pub tests: Vec<String>,
    /// What people have to do, where code does not carry all of it.
    #[serde(default)]
    pub organised: Option<String>,
}

/// One place that holds personal data, or whose name might make one think so.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The table, bucket or service.
    pub store: String,
    /// Its keys there; a prefix of a sort key ends in `#`.
    pub key: Vec<String>,
    /// What it is called.
    pub name: String,
    /// Whose data; empty: nobody's.
    #[serde(default)]
    pub people: String,
    /// Which data.
    pub holds: String,
    /// What for.
    pub purpose: String,
    /// How long.
    pub kept: String,
    /// Who deletes it.
    pub deleted_by: String,
}

impl Place {
    /// Its keys.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.key.iter().map(String::as_str)
    }
}
