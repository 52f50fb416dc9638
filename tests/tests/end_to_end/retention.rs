//! How long data is kept, and on whose word longer (D1).

use anyhow::{Result, ensure};
use domain::retention;
use jiff::ToSpan as _;
use reqwest::Method;
use serde_json::json;
use tests::cohort::{small, today};
use tests::run;

#[test]
fn d1_a_publication_moves_the_deletion_date_to_eight_months_later() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("months", small).await?;
        let api = world.coordinator().await?;
        let deadline = retention::date_in_copenhagen(cohort.settings.deadline);
        let told = api.get(&cohort.path("")).await?;
        ensure!(told["delete_on"] == deadline.checked_add(8.months())?.to_string(), "{told}");
        cohort.answered_by(3).await?;
        cohort.form().await?;
        let told = api.get(&cohort.path("")).await?;
        let expected = today().checked_add(8.months())?;
        ensure!(told["delete_on"] == expected.to_string(), "{}", told["delete_on"]);
        let record = cohort.record().await?;
        let sk = keys::retention_sk(expected, &cohort.scope);
        ensure!(record["retention_sk"]["S"] == sk, "{record}");
        // The day before it is not due, on the day it is.
        for (day, is_due) in [(expected.yesterday()?, false), (expected, true)] {
            let event = json!({ "source": "operator", "dry_run": true, "as_of": day });
            let swept = world.service.invoke("retention-sweep", &event).await?;
            ensure!(cohort.in_sweep(&swept).is_some() == is_due, "{day}: {swept}");
        }
        Ok(())
    })
}

#[test]
fn d1_a_written_instruction_extends_the_term_and_can_be_revoked() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("extended", small).await?;
        let api = world.operator().await?;
        let address = cohort.path("/retention/extension");
        let until = today().checked_add(20.months())?;
        let mut instruction = json!({
            "until": until, "given_by": "Karen Holm, study director",
            "given_on": today(), "reference": "2026-417",
        });
        let answer = world.coordinator().await?.send(Method::PUT, &address, &instruction).await?;
        ensure!(answer.status == 403, "{answer:?}");
        let answer = api.send(Method::PUT, &address, &instruction).await?;
        ensure!(answer.status == 200 && answer.body["delete_on"] == json!(until), "{answer:?}");

        // Publication moves the regular term; the instruction reaches further.
        cohort.answered_by(3).await?;
        cohort.form().await?;
        let shown = async || world.coordinator().await?.get(&cohort.path("/retention")).await;
        let term = shown().await?;
        ensure!(term["delete_on"] == json!(until) && term["extension"]["until"] == json!(until));
        let regular = today().checked_add(8.months())?;
        ensure!(term["regular_delete_on"] == json!(regular), "{term}");
        let as_of = |day| json!({ "source": "operator", "dry_run": true, "as_of": day });
        let swept = world.service.invoke("retention-sweep", &as_of(regular)).await?;
        ensure!(cohort.in_sweep(&swept).is_none(), "{swept}");
        let swept = world.service.invoke("retention-sweep", &as_of(until)).await?;
        ensure!(cohort.in_sweep(&swept).is_some(), "{swept}");

        // Past 24 months nothing changes, and the attempt stands in the audit trail.
        instruction["until"] = json!(today().checked_add(25.months())?);
        let answer = api.send(Method::PUT, &address, &instruction).await?;
        ensure!(answer.status == 400, "{answer:?}");
        ensure!(shown().await?["delete_on"] == json!(until));

        let answer = api.call(Method::DELETE, &address, &[]).await?;
        ensure!(answer.status == 200 && answer.body["delete_on"] == json!(regular), "{answer:?}");
        ensure!(shown().await?.get("extension").is_none());
        let trail = world.audit(&world.institution).await?;
        for (action, outcome) in [
            ("retention.extend", "done"),
            ("retention.extend", "refused"),
            ("retention.revoke", "done"),
        ] {
            let noted = trail.iter().any(|entry| {
                entry["action"]["S"] == action
                    && entry["outcome"]["S"] == outcome
                    && entry["reason"]["S"].is_string()
                    && entry["cohort"]["S"] == cohort.settings.id.as_str()
            });
            ensure!(noted, "{action}");
        }
        Ok(())
    })
}
