//! Lists page by page: `limit` and an opaque `cursor` that fits the list it came from.

use std::cmp::Reverse;
use std::future::Future;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ids::keyed_hash;
use jiff::Timestamp;
use serde::Serialize;
use store::Cursor;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::{IntoParams, ToSchema};

use crate::params::Params;

/// Items of a page unless the caller says otherwise.
const DEFAULT_LIMIT: usize = 50;
/// Items of a page at most.
const MAX_LIMIT: usize = 200;
/// Characters of a cursor that bind it to its list.
const SEAL: usize = 16;

/// Some items of a list and where it goes on.
#[derive(Serialize, ToSchema)]
pub(crate) struct Paged<T> {
    /// The items.
    pub(crate) items: Vec<T>,
    /// Hand it over as `cursor` to get the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "ZGQxM2ZlMjc5MWY1ZTQ2M1NUVURFTlQjc3R1XzVmMmM")]
    pub(crate) next: Option<String>,
}

/// What a caller asked of a list.
pub(crate) struct Asked {
    list: Vec<String>,
    limit: usize,
    after: Option<String>,
}

impl Params {
    /// Takes `limit` and `cursor`. `list` names the list with everything that makes it this one
    /// (institution, cohort, filters), so that a cursor of another list is refused.
    pub(crate) fn page(&mut self, list: &[&str]) -> Asked {
        let list: Vec<String> = list.iter().map(|part| (*part).to_owned()).collect();
        let limit = self.text("limit").map(|text| text.parse().unwrap_or(0));
        let limit = limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            self.refuse("limit", format!("must be a whole number from 1 to {MAX_LIMIT}"));
        }
        let cursor = self.text("cursor");
        let after = cursor.as_deref().and_then(|cursor| open(&list, cursor));
        if cursor.is_some() && after.is_none() {
            self.refuse("cursor", "is not a cursor of this list; start again without it");
        }
        Asked { list, limit, after }
    }
}

fn seal(list: &[String], place: &str) -> String {
    let mut parts: Vec<&str> = list.iter().map(String::as_str).collect();
    parts.push(place);
    // No secret: a forged cursor could only name another place of the same list, because the list
    // itself comes from the caller's own record. The seal catches mix-ups and damage.
    keyed_hash(b"cursor", &parts)[..SEAL].to_owned()
}

fn close(list: &[String], place: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}{place}", seal(list, place)))
}

fn open(list: &[String], cursor: &str) -> Option<String> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let (sealed, place) = text.split_at_checked(SEAL)?;
    (sealed == seal(list, place)).then(|| place.to_owned())
}

impl Asked {
    /// How many items at most.
    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// The place after which this page begins; none on the first one.
    pub(crate) fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }

    /// The cursor of the page that begins after a place.
    pub(crate) fn cursor(&self, place: &str) -> String {
        close(&self.list, place)
    }

    /// How many items to read at once when all of them count; one more than asked for tells
    /// whether the list goes on.
    pub(crate) fn read_size(&self) -> Option<i32> {
        i32::try_from(self.limit + 1).ok()
    }

    /// Reads on until the page is full of items that `keep` takes or the list ends. `place` is an
    /// item's sort key.
    pub(crate) async fn gather<T, F>(
        self,
        read: impl Fn(Option<Cursor>) -> F,
        keep: impl Fn(&T) -> bool,
        place: impl Fn(&T) -> String,
    ) -> Result<(Vec<T>, Option<String>), store::Error>
    where
        F: Future<Output = Result<store::Page<T>, store::Error>>,
    {
        let mut found = Vec::new();
        let mut from = self.after.clone().map(Cursor);
        loop {
            let page = read(from).await?;
            found.extend(page.items.into_iter().filter(&keep));
            if found.len() > self.limit || page.next.is_none() {
                return Ok(self.cut(found, place));
            }
            from = page.next;
        }
    }

    /// A page of a list that is read whole, the greatest place first: a handful of items.
    pub(crate) fn window<T>(
        self,
        mut items: Vec<T>,
        place: impl Fn(&T) -> String,
    ) -> (Vec<T>, Option<String>) {
        items.sort_by_cached_key(|item| Reverse(place(item)));
        if let Some(after) = &self.after {
            items.retain(|item| place(item) < *after);
        }
        self.cut(items, place)
    }

    fn cut<T>(&self, mut items: Vec<T>, place: impl Fn(&T) -> String) -> (Vec<T>, Option<String>) {
        let more = items.len() > self.limit;
        items.truncate(self.limit);
        let next = items.last().filter(|_| more).map(|last| close(&self.list, &place(last)));
        (items, next)
    }
}

/// A place in a list that is ordered by time; the id keeps items of one instant apart.
pub(crate) fn place_in_time(at: Timestamp, id: &str) -> String {
    format!("{}#{id}", at.strftime("%Y-%m-%dT%H:%M:%S%.9f"))
}

/// `limit` and `cursor` in the document.
pub(crate) struct PageParams;

impl IntoParams for PageParams {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let limit = ObjectBuilder::new()
            .schema_type(Type::Integer)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
            .minimum(Some(1))
            .maximum(Some(MAX_LIMIT))
            .default(Some(DEFAULT_LIMIT.into()));
        let cursor = ObjectBuilder::new().schema_type(Type::String);
        let query = |name, description, schema| {
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Query)
                .description(Some(description))
                .schema(Some(schema))
                .build()
        };
        vec![
            query("limit", "How many items at most.", limit),
            query("cursor", "`next` of the page before; only for the same list.", cursor),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(parts: &[&str]) -> Vec<String> {
        parts.iter().map(|part| (*part).to_owned()).collect()
    }

    #[test]
    fn p1_a_cursor_fits_its_own_list_only() {
        let students = list(&["students", "ins_1", "coh_1", ""]);
        let cursor = close(&students, "STUDENT#stu_1");
        assert_eq!(open(&students, &cursor).as_deref(), Some("STUDENT#stu_1"));
        for other in [
            list(&["messages", "ins_1", "coh_1", ""]),
            list(&["students", "ins_2", "coh_1", ""]),
            list(&["students", "ins_1", "coh_2", ""]),
            list(&["students", "ins_1", "coh_1", "a"]),
        ] {
            assert_eq!(open(&other, &cursor), None, "{other:?}");
        }
    }

    #[test]
    fn p1_a_damaged_cursor_is_refused() {
        let students = list(&["students"]);
        let cursor = close(&students, "STUDENT#stu_1");
        for place in 0..cursor.len() {
            let mut damaged = cursor.clone().into_bytes();
            damaged[place] = if damaged[place] == b'A' { b'B' } else { b'A' };
            let damaged = String::from_utf8(damaged).unwrap();
            assert_eq!(open(&students, &damaged), None, "{damaged}");
        }
        for text in ["", "A", "æ", "AAAA", "////"] {
            assert_eq!(open(&students, text), None, "{text}");
        }
    }

    #[test]
    fn p1_a_window_walks_the_whole_list_once() {
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let asked = Asked { list: list(&["x"]), limit: 2, after };
            let (items, next) = asked.window(vec![3, 1, 5, 2, 4], ToString::to_string);
            seen.extend(items);
            let Some(next) = next else { break };
            after = open(&list(&["x"]), &next);
        }
        assert_eq!(seen, [5, 4, 3, 2, 1]);
    }
}
