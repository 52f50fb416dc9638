//! The Responses API: list, look up by id, delete.
//!
//! Sources: <https://www.typeform.com/developers/responses/reference/retrieve-responses/>,
//! <https://www.typeform.com/developers/responses/reference/delete-responses>.

use std::{collections::BTreeSet, fmt};

use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

use super::{ClientError, TypeformClient};
use crate::payload::{self, Definition, PayloadError, Response, is_identifier};

/// Most responses a page can have.
pub const MAX_PAGE_SIZE: u16 = 1000;
/// Most responses one request can delete.
pub const MAX_DELETE: usize = 1000;
/// Ids per look-up. They travel in the address, and 100 of 32 characters stay below 4 KiB of it.
const IDS_PER_LOOKUP: usize = 100;

/// How far the respondent came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResponseType {
    /// Opened the form.
    Started,
    /// Answered something, but did not submit.
    Partial,
    /// Submitted.
    Completed,
}

impl ResponseType {
    /// All of them: erasure must not leave the unfinished ones.
    pub const ALL: [Self; 3] = [Self::Started, Self::Partial, Self::Completed];

    /// Typeform's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Partial => "partial",
            Self::Completed => "completed",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// Which responses to list. Newest first.
#[derive(Debug, Clone)]
pub struct ResponsesQuery {
    /// Responses per page, 1 to [`MAX_PAGE_SIZE`].
    pub page_size: u16,
    /// Only those older than the response with this token, itself excluded: the cursor to the next page,
    /// from [`ResponsesPage::next_before`].
    pub before: Option<String>,
    /// Only those submitted at this time or later, to the second. Responses of the last half hour may
    /// be missing from the answer, so windows must overlap.
    pub since: Option<Timestamp>,
    /// Only those submitted at this time or earlier, to the second.
    pub until: Option<Timestamp>,
    /// Only those of these types.
    pub response_types: Vec<ResponseType>,
}

impl Default for ResponsesQuery {
    /// The first full page of submitted responses.
    fn default() -> Self {
        Self {
            page_size: MAX_PAGE_SIZE,
            before: None,
            since: None,
            until: None,
            response_types: vec![ResponseType::Completed],
        }
    }
}

impl ResponsesQuery {
    /// The first full page of everything Typeform keeps about the form, submitted or not.
    pub fn everything() -> Self {
        Self { response_types: ResponseType::ALL.to_vec(), ..Self::default() }
    }
}

/// One page of responses, newest first.
#[derive(Debug, Clone)]
pub struct ResponsesPage {
    /// How many responses the query matches in all.
    pub total_items: u64,
    /// The responses of this page.
    pub items: Vec<StoredResponse>,
}

impl ResponsesPage {
    /// The cursor to the next page: the oldest token of this one. `None` on an empty page, the end. Page
    /// first and delete afterwards: whether a deleted token still works as a cursor is not documented.
    pub fn next_before(&self) -> Option<&str> {
        self.items.last().map(|item| item.token.as_str())
    }
}

/// A response as Typeform keeps it, without the `metadata` (browser, network address) it adds: nobody
/// needs those, so they are dropped before anything can store them.
#[derive(Clone, PartialEq)]
pub struct StoredResponse {
    /// The response's id; the same as in the webhook.
    pub token: String,
    /// How far the respondent came, if the answer says so.
    pub response_type: Option<ResponseType>,
    raw: Value,
}

impl StoredResponse {
    fn from_json(mut raw: Value) -> Result<Self, ClientError> {
        let unreadable = ClientError::UnexpectedAnswer { expected: "a token in each response" };
        let Some(object) = raw.as_object_mut() else { return Err(unreadable) };
        object.remove("metadata");
        let named =
            |key: &str| object.get(key).and_then(Value::as_str).filter(|text| is_identifier(text));
        let Some(token) = named("token").or_else(|| named("response_id")).map(str::to_owned) else {
            return Err(unreadable);
        };
        let response_type = named("response_type").and_then(ResponseType::from_name);
        Ok(Self { token, response_type, raw })
    }

    /// The response as a webhook would have brought it. The API leaves out the form's definition, so
    /// give that of [`TypeformClient::form`] to join choices with it.
    pub fn response(
        &self,
        form_id: &str,
        definition: &Definition,
    ) -> Result<Response, PayloadError> {
        let submitted =
            !matches!(self.response_type, Some(ResponseType::Started | ResponseType::Partial));
        payload::response_from_item(&self.raw, form_id, definition, submitted)
    }

    /// The response as it came, without metadata: the raw object to store.
    pub fn raw(&self) -> &Value {
        &self.raw
    }
}

impl fmt::Debug for StoredResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredResponse")
            .field("response_type", &self.response_type)
            .finish_non_exhaustive()
    }
}

impl TypeformClient {
    /// One page of a form's responses. To read all: repeat with `before` = `next_before()` until a page
    /// is empty.
    pub async fn responses(
        &self,
        form_id: &str,
        query: &ResponsesQuery,
    ) -> Result<ResponsesPage, ClientError> {
        if !(1..=MAX_PAGE_SIZE).contains(&query.page_size) {
            return Err(ClientError::BadPageSize);
        }
        let mut parameters = vec![
            ("page_size", query.page_size.to_string()),
            ("response_type", names(&query.response_types)),
        ];
        let second = |time: Timestamp| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        parameters.extend(query.before.clone().map(|token| ("before", token)));
        parameters.extend(query.since.map(|time| ("since", second(time))));
        parameters.extend(query.until.map(|time| ("until", second(time))));
        self.page(form_id, &parameters).await
    }

    /// The responses with these ids that Typeform still has, whatever their type. Ids it does not know
    /// are left out of the answer.
    pub async fn responses_by_id(
        &self,
        form_id: &str,
        ids: &[String],
    ) -> Result<Vec<StoredResponse>, ClientError> {
        let mut found = Vec::new();
        for chunk in ids.chunks(IDS_PER_LOOKUP) {
            let parameters = [
                ("page_size", chunk.len().to_string()),
                ("response_type", names(&ResponseType::ALL)),
                ("included_response_ids", checked(chunk)?.join(",")),
            ];
            let asked: BTreeSet<&str> = chunk.iter().map(String::as_str).collect();
            let page = self.page(form_id, &parameters).await?;
            // A server that ignores the filter must not make foreign responses look asked for.
            found.extend(page.items.into_iter().filter(|item| asked.contains(item.token.as_str())));
        }
        Ok(found)
    }

    /// Asks Typeform to delete the responses with these ids, 1,000 a request.
    ///
    /// Success means the deletion is registered, not done: ask [`Self::responses_by_id`] until nothing
    /// is left. Ids that are gone or never were are ignored, so this may be repeated at any time.
    pub async fn delete_responses(&self, form_id: &str, ids: &[String]) -> Result<(), ClientError> {
        for chunk in ids.chunks(MAX_DELETE) {
            let body = json!({ "included_response_ids": checked(chunk)? });
            self.http.send(Method::DELETE, self.responses_address(form_id)?, Some(&body)).await?;
        }
        Ok(())
    }

    async fn page(
        &self,
        form_id: &str,
        parameters: &[(&str, String)],
    ) -> Result<ResponsesPage, ClientError> {
        let mut url = self.responses_address(form_id)?;
        url.query_pairs_mut().extend_pairs(parameters);
        let mut answer = self.http.send(Method::GET, url, None).await?;
        let Some(Value::Array(items)) = answer.get_mut("items").map(Value::take) else {
            return Err(ClientError::UnexpectedAnswer { expected: "a list of items" });
        };
        let items =
            items.into_iter().map(StoredResponse::from_json).collect::<Result<Vec<_>, _>>()?;
        let total_items = answer
            .get("total_items")
            .and_then(Value::as_u64)
            .ok_or(ClientError::UnexpectedAnswer { expected: "a number of items" })?;
        Ok(ResponsesPage { total_items, items })
    }

    fn responses_address(&self, form_id: &str) -> Result<url::Url, ClientError> {
        checked_id(form_id)?;
        Ok(self.address(&["forms", form_id, "responses"]))
    }
}

/// The id itself, if it is one: it becomes part of an address.
pub(super) fn checked_id(id: &str) -> Result<(), ClientError> {
    if is_identifier(id) { Ok(()) } else { Err(ClientError::BadId) }
}

fn checked(ids: &[String]) -> Result<&[String], ClientError> {
    ids.iter().try_for_each(|id| checked_id(id))?;
    Ok(ids)
}

fn names(types: &[ResponseType]) -> String {
    types.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(",")
}
