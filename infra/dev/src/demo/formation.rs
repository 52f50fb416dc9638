//! Starting a formation and waiting for its end.

use anyhow::{Context as _, Result, bail, ensure};
use domain::FormationId;
use domain::cohort::Settings;
use keys::Scope;
use serde_json::json;

use super::wait_for;
use crate::service::{Portal, Service};

/// Seconds that a formation may take on a busy machine.
const LIMIT: u64 = 300;

/// A contact starts a formation in the portal.
pub(super) async fn contact_starts(portal: &Portal, settings: &Settings) -> Result<FormationId> {
    let path = format!("/api/cohorts/{}/formations", settings.id);
    let answer = portal.post(&path, &[("idempotency-key", "demo")]).await?;
    ensure!(
        answer.status == 202,
        "starting a formation was answered {}: {}",
        answer.status,
        answer.body
    );
    formation_in(&answer.body)
}

/// An operator starts a formation by invoking the function.
pub async fn operator_starts(
    service: &Service,
    settings: &Settings,
    replace: Option<&str>,
) -> Result<FormationId> {
    let event = json!({
        "source": "operator", "institution": settings.institution, "cohort": settings.id,
        "replace": replace,
    });
    formation_in(&service.invoke("formation-trigger", &event).await?)
}

fn formation_in(body: &serde_json::Value) -> Result<FormationId> {
    let id = body["formation"].as_str().or_else(|| body["id"].as_str());
    Ok(FormationId::parse(id.with_context(|| format!("no formation in {body}"))?)?)
}

/// Waits until a formation is published.
pub async fn await_formation(
    service: &Service,
    settings: &Settings,
    formation: &FormationId,
) -> Result<()> {
    let scope = Scope::new(settings.institution.clone(), settings.id.clone());
    let key = keys::formation(&scope, formation);
    wait_for("the formation", LIMIT, async || {
        let item = service.item(&key).await?;
        match item["status"]["S"].as_str() {
            Some("published") => Ok(Some(())),
            Some("failed" | "rejected") => bail!("the formation failed: {}", item["failure"]),
            _ => Ok(None),
        }
    })
    .await
}
