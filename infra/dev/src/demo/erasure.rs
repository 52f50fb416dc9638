//! A second cohort, past its time, is erased; then everything is read back.

use anyhow::{Context as _, Result, ensure};
use domain::cohort::Settings;
use jiff::SignedDuration;
use keys::Scope;
use serde_json::{Value, json};

use super::{ERASED_STUDENTS, SEED, await_formation, operator_starts, submit_all, wait_for};
use crate::process::progress;
use crate::sample::cohort::now;
use crate::sample::{SampleCohort, invent};
use crate::service::{Portal, Service};

/// Seconds that an erasure may take on a busy machine.
const LIMIT: u64 = 300;

/// What became of the second cohort.
pub(super) struct Erased {
    /// Erased and certified.
    pub cohorts: u64,
    /// Found afterwards.
    pub left_over: u64,
}

/// Forms groups in a second cohort, moves its date back, and lets the daily sweep erase it.
pub(super) async fn show(
    service: &Service,
    portal: &Portal,
    main: &SampleCohort,
) -> Result<Erased> {
    let mut settings =
        SampleCohort::fresh(&service.layout, "past", SignedDuration::from_hours(24 * 14))?.settings;
    settings.sections.truncate(1);
    settings.mail_agreed = false;
    // So few students may not satisfy every must rule; this cohort is here to be erased.
    settings.criteria.retain(|criterion| criterion.hardness != domain::cohort::Hardness::Must);
    ensure!(settings.institution == main.settings.institution, "the sample has one institution");
    service.onboard_cohort(&settings).await?;
    let students = invent(&settings, ERASED_STUDENTS, SEED + 1);
    submit_all(service, &settings, &students, now()).await?;
    let formation = operator_starts(service, &settings, None).await?;
    await_formation(service, &settings, &formation).await?;
    progress(format!(
        "a second cohort of {ERASED_STUDENTS} has its groups; its deletion date is moved to today"
    ));
    let found = left_over(service, &settings).await?;
    ensure!(found > ERASED_STUDENTS as u64, "nothing was there to be erased");

    let scope = Scope::new(settings.institution.clone(), settings.id.clone());
    let today = now().to_zoned(domain::retention::copenhagen()).date();
    service.set_delete_on(&scope, today).await?;
    let path = format!("/api/cohorts/{}", settings.id);
    let gone = portal.call(reqwest::Method::GET, &path, &[]).await?;
    ensure!(gone.status == 404, "due data is still visible: {}", gone.status);
    progress("it is out of everybody's sight at once; the daily sweep finds it");
    service.invoke("retention-sweep", &json!({ "source": "daily" })).await?;

    let erasure = domain::ErasureId::for_due_cohort(&settings.id, today);
    let key = keys::certificate(&settings.institution, &erasure);
    let certificate: Value = wait_for("the deletion certificate", LIMIT, async || {
        let listed = service.object_versions(&key).await?;
        if listed.is_empty() {
            return Ok(None);
        }
        Ok(Some(serde_json::from_str(&service.object(&key).await?).context("the certificate")?))
    })
    .await?;
    progress(format!("erased: {found} things found before; certificate {key}"));
    println!("{}", serde_json::to_string_pretty(&certificate)?);
    let left_over = left_over(service, &settings).await?;
    progress(format!(
        "read back: {left_over} items, object versions and responses at Typeform left"
    ));
    Ok(Erased { cohorts: 1, left_over })
}

/// What is there of a cohort: items, versions of objects, responses at Typeform.
pub(super) async fn left_over(service: &Service, settings: &Settings) -> Result<u64> {
    let scope = Scope::new(settings.institution.clone(), settings.id.clone());
    let items = service.count_items(&scope, "").await?;
    let versions = service.object_versions(&keys::cohort_prefix(&scope)).await?.len();
    let kept = service.kept_at_typeform(settings.form.as_str()).await?;
    Ok((items + versions + kept) as u64)
}
