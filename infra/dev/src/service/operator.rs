//! What an operator does by `cargo lambda invoke --remote`: call a function with an event.

use anyhow::{Context as _, Result};
use domain::cohort::Settings;
use serde_json::{Value, json};

use super::Service;
use crate::layout::Layout;

/// A function that answered with an error.
#[derive(Debug, thiserror::Error)]
#[error("{function} answered {name}: {message}")]
pub struct InvokeError {
    /// The function.
    pub function: String,
    /// The error's fixed name.
    pub name: String,
    /// What it says.
    pub message: String,
}

/// A sample event of the repository, e.g. `sample_event(&layout, "onboarding", "cohort")`.
pub fn sample_event(layout: &Layout, function: &str, case: &str) -> Result<Value> {
    let path = layout.path(&format!("events/{function}/{case}.json"));
    let text = std::fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("reading {}", path.display()))
}

impl Service {
    /// Invokes a function and waits for its answer; an [`InvokeError`] if it fails.
    pub async fn invoke(&self, function: &str, event: &Value) -> Result<Value> {
        let path = format!("/2015-03-31/functions/{}-{function}/invocations", self.stack.name);
        let answer =
            self.emulator().rest("lambda", reqwest::Method::POST, &path, Some(event)).await?;
        match answer.get("errorType").and_then(Value::as_str) {
            Some(name) => Err(InvokeError {
                function: function.to_owned(),
                name: name.to_owned(),
                message: answer["errorMessage"].as_str().unwrap_or_default().to_owned(),
            }
            .into()),
            None => Ok(answer),
        }
    }

    /// Onboards an institution; a second time changes nothing.
    pub async fn onboard_institution(&self, institution: &Value) -> Result<Value> {
        self.invoke("onboarding", &json!({ "institution": institution })).await
    }

    /// Onboards a cohort, and makes its form known at Typeform.
    pub async fn onboard_cohort(&self, settings: &Settings) -> Result<Value> {
        self.make_form(settings).await?;
        self.invoke("onboarding", &json!({ "cohort": settings })).await
    }
}
