//! The Forms (Create) API, read only.
//!
//! Sources: <https://www.typeform.com/developers/create/reference/retrieve-form/>,
//! <https://www.typeform.com/developers/get-started/responses-data-center/>.

use reqwest::Method;
use serde_json::Value;
use url::Url;

use super::{ClientError, TypeformClient, responses::checked_id};
use crate::payload::Definition;

/// A form as far as this project needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Typeform's id.
    pub id: String,
    /// The questions with their refs and choices.
    pub definition: Definition,
    /// Where its responses are kept (`_links.responses`); tells the account's region.
    pub responses_url: Option<Url>,
}

impl TypeformClient {
    /// The form with this id. [`ClientError::NotFound`] if the account has none.
    pub async fn form(&self, form_id: &str) -> Result<Form, ClientError> {
        checked_id(form_id)?;
        let answer = self.http.send(Method::GET, self.address(&["forms", form_id]), None).await?;
        let id = answer
            .get("id")
            .and_then(Value::as_str)
            .ok_or(ClientError::UnexpectedAnswer { expected: "a form with an id" })?;
        let responses_url = answer
            .pointer("/_links/responses")
            .and_then(Value::as_str)
            .and_then(|text| Url::parse(text).ok());
        Ok(Form { id: id.to_owned(), definition: Definition::from_json(&answer), responses_url })
    }

    /// Passes only if the form says that its responses are kept at this client's base address. A wrong
    /// region answers every look-up with an empty list, which would make an erasure that deleted nothing
    /// look complete; so a form that does not say is refused, too.
    pub fn check_region(&self, form: &Form) -> Result<(), ClientError> {
        let told = form.responses_url.as_ref().ok_or(ClientError::RegionUnknown)?;
        let ours = self.address(&["forms", &form.id, "responses"]);
        let same = told.origin() == ours.origin()
            && told.path().trim_end_matches('/') == ours.path().trim_end_matches('/');
        if same {
            return Ok(());
        }
        let path = told.path().split_once("/forms/").map_or("", |(before, _)| before);
        Err(ClientError::WrongRegion {
            responses_at: format!("{}{path}", told.origin().ascii_serialization()),
        })
    }
}
