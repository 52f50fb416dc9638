//! Contacts of institutions, signed in.

use anyhow::{Context as _, Result};
use dev::service::sample_event;
use dev::stack::Login;
use domain::{ContactId, InstitutionId};
use serde_json::{Value, json};

use crate::cohort::unique;
use crate::{Api, World};

/// A contact with everything needed to act as them.
#[derive(Clone)]
pub struct Contact {
    /// The subject of their account.
    pub id: ContactId,
    /// How they sign in.
    pub login: Login,
    /// All tokens of their sign-in.
    pub tokens: Value,
    /// The API as they call it.
    pub api: Api,
}

impl World {
    /// Onboards a contact, who enrols a second factor and signs in.
    pub async fn contact(
        &'static self,
        institution: &InstitutionId,
        role: &str,
    ) -> Result<Contact> {
        let contact = json!({
            "institution": institution,
            "email": format!("{role}-{}@example.edu", unique()),
            "name": "Karen Holm",
            "role": role,
        });
        let login = self.service.onboard_contact(&contact).await?;
        // Once more: it changes nothing and tells the subject.
        let known = self.service.invoke("onboarding", &json!({ "contact": contact })).await?;
        let id = ContactId::parse(known["contact"].as_str().context("no subject")?)?;
        let tokens = self.service.sign_in_tokens(&login).await?;
        let token = tokens["access_token"].as_str().context("no access token")?;
        let mut api = Api::new(self, token)?;
        if role == "operator" {
            api = api.with_reason("Test case 1");
        }
        Ok(Contact { id, login, tokens, api })
    }

    /// Onboards another institution.
    pub async fn another_institution(&self) -> Result<InstitutionId> {
        let mut institution = sample_event(&self.service.layout, "onboarding", "institution")?;
        let id = format!("ins_other-{}", unique());
        institution["institution"]["id"] = json!(id);
        self.service.onboard_institution(&institution["institution"]).await?;
        Ok(InstitutionId::parse(id)?)
    }
}
