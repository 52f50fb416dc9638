//! Typeform's side of a cohort, at the stand-in.

use anyhow::{Context as _, Result};
use domain::cohort::Settings;
use serde_json::{Value, json};

use super::Service;

impl Service {
    fn standin(&self, path: &str) -> Result<String> {
        let base = self.stack.deployed.parameter("TypeformBaseUrl")?;
        let origin = base.rsplit_once('/').map_or(base, |(origin, _region)| origin);
        Ok(format!("{origin}/_standin/{path}"))
    }

    /// Makes the cohort's form known.
    pub async fn make_form(&self, settings: &Settings) -> Result<()> {
        let url = self.standin(&format!("forms/{}", settings.form))?;
        let form = json!({ "title": settings.name.en, "fields": [] });
        self.http.put(url).json(&form).send().await?.error_for_status()?;
        Ok(())
    }

    /// Keeps a response as Typeform does before it delivers it.
    pub async fn keep_at_typeform(&self, form: &str, payload: &Value) -> Result<()> {
        let url = self.standin(&format!("forms/{form}/responses"))?;
        self.http.post(url).json(payload).send().await?.error_for_status()?;
        Ok(())
    }

    /// How many responses of a form Typeform still has, those about to be deleted included.
    pub async fn kept_at_typeform(&self, form: &str) -> Result<usize> {
        let url = self.standin(&format!("forms/{form}"))?;
        let answer: Value = self.http.get(url).send().await?.error_for_status()?.json().await?;
        let count = |name: &str| answer[name].as_array().map(Vec::len);
        Ok(count("kept").context("an unknown answer")?
            + count("pending_deletion").unwrap_or_default())
    }

    /// Changes how the stand-in behaves (`delete_after_reads`, `fail_next`, ...).
    pub async fn set_typeform(&self, settings: &Value) -> Result<()> {
        let url = self.standin("settings")?;
        self.http.patch(url).json(settings).send().await?.error_for_status()?;
        Ok(())
    }
}
