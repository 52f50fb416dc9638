//! Erasing a cohort, and looking at what is left.

use anyhow::{Context as _, Result, bail};
use domain::ErasureId;
use serde_json::{Value, json};
use tokio::sync::MutexGuard;

use crate::{Cohort, World, wait_for};

impl World {
    /// Runs the daily sweep.
    pub async fn sweep(&self) -> Result<Value> {
        self.service.invoke("retention-sweep", &json!({ "source": "daily" })).await
    }
}

impl World {
    /// Waits until an institution's own erasure has this status.
    pub async fn await_institution(
        &self,
        institution: &domain::InstitutionId,
        erasure: &ErasureId,
        status: &str,
    ) -> Result<Value> {
        let key = keys::erasure(institution, erasure);
        wait_for(&format!("institution's erasure {status}"), async || {
            let item = self.service.item(&key).await?;
            Ok((item["status"]["S"] == status).then_some(item))
        })
        .await
    }
}

impl Cohort {
    /// Makes the cohort due and runs the sweep, which starts its erasure.
    pub async fn start_erasure(&self) -> Result<ErasureId> {
        let alone = self.world().sweeps.lock().await;
        self.start_erasure_alone(&alone).await
    }

    /// The same, for a test that keeps all other sweeps away for longer: any sweep goes on with
    /// what has failed.
    pub async fn start_erasure_alone(&self, _alone: &MutexGuard<'_, ()>) -> Result<ErasureId> {
        let due = self.make_due().await?;
        let swept = self.world().sweep().await?;
        let erasure = ErasureId::for_due_cohort(&self.settings.id, due);
        let found = self.in_sweep(&swept).context("the sweep did not find the cohort")?;
        if found["erasure"] != erasure.as_str() || found["state"] != "started" {
            bail!("the sweep answered {found}");
        }
        Ok(erasure)
    }

    /// What a sweep says of this cohort.
    pub fn in_sweep(&self, swept: &Value) -> Option<Value> {
        let cohorts = swept["cohorts"].as_array()?;
        cohorts.iter().find(|cohort| cohort["cohort"] == self.settings.id.as_str()).cloned()
    }

    /// Waits until the record of an erasure has this status.
    pub async fn await_erasure(&self, erasure: &ErasureId, status: &str) -> Result<Value> {
        let key = keys::erasure(&self.scope.institution, erasure);
        wait_for(&format!("erasure {status}"), async || {
            let item = self.world().service.item(&key).await?;
            Ok((item["status"]["S"] == status).then_some(item))
        })
        .await
    }

    /// Asks for the erasure of one person as an operator, and waits for its end.
    pub async fn erase_person(&self, operator: &crate::Api, student: &str) -> Result<ErasureId> {
        let path = self.path(&format!("/students/{student}/erasure"));
        let body = json!({ "reference": "2027-031", "confirm": student });
        let answer = operator.send(reqwest::Method::POST, &path, &body).await?;
        if answer.status != 202 {
            bail!("asking for the erasure answered {answer:?}");
        }
        let erasure = answer.body["erasure"].as_str().context("an id")?.parse()?;
        self.await_erasure(&erasure, "completed").await?;
        Ok(erasure)
    }

    /// Erases the cohort, to the end.
    pub async fn erase(&self) -> Result<ErasureId> {
        let erasure = self.start_erasure().await?;
        self.await_erasure(&erasure, "completed").await?;
        Ok(erasure)
    }

    /// How many things are there of the cohort: items, versions of objects, responses at Typeform.
    pub async fn left(&self) -> Result<[usize; 3]> {
        let (items, versions) = self.stored().await?;
        let service = &self.world().service;
        let kept = service.kept_at_typeform(self.settings.form.as_str()).await?;
        Ok([items.len(), versions.len(), kept])
    }
}
