//! Published groups repaired after somebody came late (G8).

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use domain::FormationId;
use serde_json::{Value, json};
use tests::cohort::small_with_mail;
use tests::run;

type Company<'g> = BTreeSet<&'g str>;

fn company(group: &Value) -> Company<'_> {
    let members = group["members"].as_array().into_iter().flatten();
    members.filter_map(|member| member["id"].as_str()).collect()
}

#[test]
fn g8_who_comes_late_joins_a_published_group_and_only_that_group_is_mailed() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("mended", small_with_mail).await?;
        let students = cohort.invent(10);
        let (late, early) = students.split_last().context("students")?;
        cohort.answer(early).await?;
        let first = cohort.form().await?;
        cohort.await_mails(9).await?;
        let api = world.coordinator().await?;
        let at =
            |formation: &str, below: &str| cohort.path(&format!("/formations/{formation}{below}"));
        let need = at(first.as_str(), "/repair");
        ensure!(api.get(&need).await? == json!({ "joined": 0, "left": 0 }));
        let repair = cohort.path(&format!("/formations?kind=repair&replace={first}"));
        let needless = api.post(&repair, &[("idempotency-key", "needless")]).await?;
        ensure!(needless.status == 400, "{needless:?}");

        cohort.answer(std::slice::from_ref(late)).await?;
        ensure!(api.get(&need).await? == json!({ "joined": 1, "left": 0 }));
        let started = api.post(&repair, &[("idempotency-key", "mend")]).await?;
        ensure!(started.status == 202 && started.body["started"] == true, "{started:?}");
        let again = api.post(&repair, &[("idempotency-key", "mend")]).await?;
        ensure!(again.body["formation"] == started.body["formation"], "{again:?}");
        let second = started.body["formation"].as_str().context("a formation")?;
        let second = FormationId::parse(second)?;
        // The cohort asks for no approval, but a repair does.
        cohort.await_status(&second, "awaiting_approval").await?;
        let before = api.list(&at(first.as_str(), "/groups")).await?;
        let after = api.list(&at(second.as_str(), "/groups")).await?;
        let known: BTreeSet<Company<'_>> = before.iter().map(company).collect();
        let (same, other): (Vec<&Value>, Vec<&Value>) =
            after.iter().partition(|group| known.contains(&company(group)));
        let [joined] = other[..] else { anyhow::bail!("{} groups changed", other.len()) };
        ensure!(same.len() == before.len() - 1, "{after:?}");
        let id = cohort.student(&late.email).await?;
        ensure!(company(joined).contains(id["id"]["S"].as_str().context("an id")?), "{joined}");

        let approved = api.decide(&at(second.as_str(), "/approve"), 0).await?;
        ensure!(approved.status == 202, "{approved:?}");
        cohort.await_status(&second, "published").await?;
        let mails = 9 + company(joined).len();
        let statuses = cohort.await_mails(mails).await?;
        ensure!(statuses.len() == mails, "{} mails", statuses.len());
        ensure!(
            api.get(&at(second.as_str(), "/repair")).await? == json!({ "joined": 0, "left": 0 })
        );
        Ok(())
    })
}
