//! Contacts set up cohorts themselves (P3).

use anyhow::{Context as _, Result, ensure};
use dev::service::sample_event;
use domain::InstitutionId;
use jiff::ToSpan as _;
use reqwest::Method;
use serde_json::{Value, json};
use tests::cohort::{today, unique};
use tests::run;

/// The settings of the sample cohort as the API takes them, with a form of their own.
fn wanted(form: &str) -> Result<Value> {
    let layout = dev::layout::Layout::find()?;
    let mut settings = sample_event(&layout, "onboarding", "cohort")?["cohort"].clone();
    let members = settings.as_object_mut().context("the sample's settings")?;
    members.remove("institution");
    members.remove("id");
    settings["form"] = json!(form);
    let deadline = today().checked_add(30.days())?;
    settings["deadline"] = json!(format!("{deadline}T10:00:00Z"));
    for question in settings["questions"].as_array_mut().context("questions")? {
        if let Some(word) = question["kind"].as_str().map(str::to_owned) {
            question["kind"] = json!({ word: {} });
        }
    }
    Ok(settings)
}

#[test]
fn p3_a_contact_sets_up_a_cohort_changes_it_and_puts_it_away() -> Result<()> {
    run(async |world| {
        let id = format!("ins_settings-{}", unique());
        let form = format!("Form{}", unique());
        let mut institution = sample_event(&world.service.layout, "onboarding", "institution")?;
        institution["institution"]["id"] = json!(id);
        institution["institution"]["forms"] = json!([form]);
        world.service.onboard_institution(&institution["institution"]).await?;
        let institution = InstitutionId::parse(id)?;
        let api = world.contact(&institution, "coordinator").await?.api;

        // All that is wrong at once, each with its place.
        let settings = wanted(&form)?;
        let mut wrong = settings.clone();
        wrong["deadline"] = json!("2020-01-01T10:00:00Z");
        wrong["form"] = json!("Kq7Lm2Xa");
        let refused = api.send_once("key-1", "/api/cohorts", &wrong).await?;
        ensure!(refused.status == 400, "{refused:?}");
        let places: Vec<&Value> = refused.body["errors"]
            .as_array()
            .context("errors")?
            .iter()
            .map(|error| &error["pointer"])
            .collect();
        ensure!(places == ["/form", "/deadline"], "{places:?}");

        // Once under its key, however often it is asked for.
        let made = api.send_once("key-1", "/api/cohorts", &settings).await?;
        ensure!(made.status == 201, "{made:?}");
        let again = api.send_once("key-1", "/api/cohorts", &settings).await?;
        ensure!((again.status, &again.body) == (201, &made.body), "{again:?}");
        let cohort = made.body["cohort"].as_str().context("an id")?;
        let address = format!("/api/cohorts/{cohort}/settings");
        let shown = api.get(&address).await?;
        ensure!(shown["settings"] == made.body["settings"], "{shown}");

        // Of two changes of one version the second is told.
        let mut smaller = shown["settings"].clone();
        smaller["sizes"] = json!({ "min": 3, "preferred": 4, "max": 5 });
        let done = api.change(Method::PUT, &address, 0, &smaller).await?;
        ensure!((done.status, &done.body["version"]) == (200, &json!(1)), "{done:?}");
        let late = api.change(Method::PUT, &address, 0, &shown["settings"]).await?;
        ensure!((late.status, &late.body["version"]) == (412, &json!(1)), "{late:?}");

        // Put away it stands still, and comes back.
        let archive = format!("/api/cohorts/{cohort}/archive");
        let away = api.change(Method::PUT, &archive, 1, &json!({})).await?;
        ensure!(away.status == 200 && away.body["archived_at"].is_string(), "{away:?}");
        ensure!(api.list("/api/cohorts").await?.is_empty());
        ensure!(api.list("/api/cohorts?archived=true").await?.len() == 1);
        let start = api.post(&format!("/api/cohorts/{cohort}/formations"), &[]).await?;
        ensure!(start.status == 409, "{start:?}");
        let back = api.change(Method::DELETE, &archive, 2, &json!({})).await?;
        ensure!(back.status == 200 && back.body.get("archived_at").is_none(), "{back:?}");
        ensure!(api.list("/api/cohorts").await?.len() == 1);
        Ok(())
    })
}
