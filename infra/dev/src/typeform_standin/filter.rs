//! The query of the Responses API: what it asks for, and which responses answer it.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde_json::{Value, json};

use super::{Refusal, state::Item};

const DEFAULT_PAGE_SIZE: usize = 25;
const MAX_PAGE_SIZE: usize = 1000;

/// A query, checked.
pub(super) struct Filter {
    page_size: usize,
    before: Option<String>,
    after: Option<String>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    included: Option<Vec<String>>,
    excluded: Vec<String>,
    types: Vec<String>,
}

impl Filter {
    pub(super) fn read(query: &[(String, String)]) -> Result<Self, Refusal> {
        let mut filter = Self {
            page_size: DEFAULT_PAGE_SIZE,
            before: None,
            after: None,
            since: None,
            until: None,
            included: None,
            excluded: Vec::new(),
            types: vec!["completed".to_owned()],
        };
        let list = |value: &str| {
            value.split(',').filter(|part| !part.is_empty()).map(str::to_owned).collect()
        };
        for (key, value) in query {
            match key.as_str() {
                "page_size" => filter.page_size = page_size(value)?,
                "before" => filter.before = Some(value.clone()),
                "after" => filter.after = Some(value.clone()),
                "since" => filter.since = Some(time(value)?),
                "until" => filter.until = Some(time(value)?),
                "included_response_ids" => filter.included = Some(list(value)),
                "excluded_response_ids" => filter.excluded = list(value),
                "response_type" => filter.types = types(list(value))?,
                other => {
                    return Err(Refusal::bad_request(format!(
                        "the stand-in does not know `{other}`"
                    )));
                }
            }
        }
        if filter.before.is_some() && filter.after.is_some() {
            return Err(Refusal::bad_request("before and after exclude each other"));
        }
        Ok(filter)
    }

    /// The page in the API's shape, newest first; after a cursor `after`, oldest first.
    pub(super) fn page<'a>(&self, items: impl Iterator<Item = &'a Item>) -> Result<Value, Refusal> {
        let mut all: Vec<&Value> = items.map(|item| &item.json).collect();
        all.sort_by(|one, another| order(another).cmp(&order(one)));
        let cursor = |token: &str| {
            let position = all.iter().position(|item| item["token"] == token);
            position.ok_or_else(|| Refusal::bad_request("the cursor is no response of this form"))
        };
        let window: Vec<&Value> = match (&self.before, &self.after) {
            (Some(token), _) => all[cursor(token)? + 1..].to_vec(),
            (_, Some(token)) => all[..cursor(token)?].iter().rev().copied().collect(),
            _ => all.clone(),
        };
        let total = all.iter().filter(|item| self.wants(item)).count();
        let page: Vec<&Value> =
            window.into_iter().filter(|item| self.wants(item)).take(self.page_size).collect();
        Ok(
            json!({ "total_items": total, "page_count": total.div_ceil(self.page_size), "items": page }),
        )
    }

    fn wants(&self, item: &Value) -> bool {
        let text = |key: &str| item[key].as_str().unwrap_or_default();
        let named = |list: &[String]| list.iter().any(|token| token == text("token"));
        // Unfinished responses have no time of submission; their window is that of their landing.
        let key = if text("response_type") == "completed" { "submitted_at" } else { "landed_at" };
        let at = text(key).parse::<Timestamp>().ok();
        let within = |bound: Option<Timestamp>, holds: fn(&Timestamp, &Timestamp) -> bool| {
            bound.is_none_or(|bound| at.is_some_and(|at| holds(&at, &bound)))
        };
        self.types.iter().any(|kind| kind == text("response_type"))
            && self.included.as_deref().is_none_or(named)
            && !named(&self.excluded)
            && within(self.since, Timestamp::ge)
            && within(self.until, Timestamp::le)
    }
}

fn order(item: &Value) -> (Option<Timestamp>, &str) {
    let at = item["submitted_at"].as_str().and_then(|text| text.parse().ok());
    (at, item["token"].as_str().unwrap_or_default())
}

fn page_size(value: &str) -> Result<usize, Refusal> {
    let size = value.parse().ok().filter(|size| (1..=MAX_PAGE_SIZE).contains(size));
    size.ok_or_else(|| Refusal::bad_request("page_size must be between 1 and 1000"))
}

fn types(list: Vec<String>) -> Result<Vec<String>, Refusal> {
    let known = |name: &String| matches!(name.as_str(), "started" | "partial" | "completed");
    if !list.is_empty() && list.iter().all(known) {
        return Ok(list);
    }
    Err(Refusal::bad_request("response_type must be started, partial or completed"))
}

/// Seconds since 1970, or ISO 8601 in UTC.
fn time(value: &str) -> Result<Timestamp, Refusal> {
    let seconds = || value.parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    let iso = || value.parse::<Timestamp>().ok();
    let civil = || {
        let time: DateTime = value.parse().ok()?;
        time.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    };
    seconds()
        .or_else(iso)
        .or_else(civil)
        .ok_or_else(|| Refusal::bad_request("since and until must be times"))
}
