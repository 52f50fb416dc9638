//! A contact's whole work in a browser on the running stack (P3).
//!
//! The browser is Playwright's part (`functions/portal-web/web/tests/stack/whole.spec.ts`): it signs in,
//! sets up a cohort, waits for answers, forms groups, approves them and sees the mails. Here students answer.

use anyhow::{Context as _, Result, ensure};
use dev::service::sample_event;
use domain::InstitutionId;
use domain::cohort::Settings;
use serde_json::json;
use tests::cohort::{small_with_mail, unique};
use tests::{Api, Cohort, World, run, wait_for};

/// How many students answer.
const STUDENTS: usize = 12;
#[test]
fn p3_a_contact_goes_from_a_new_cohort_to_published_groups_and_mails_in_the_browser() -> Result<()>
{
    run(async |world| {
        let forms = [format!("Form{}", unique()), format!("Form{}", unique())];
        let institution = InstitutionId::parse(format!("ins_journey-{}", unique()))?;
        let mut onboard = sample_event(&world.service.layout, "onboarding", "institution")?;
        onboard["institution"]["id"] = json!(institution);
        onboard["institution"]["forms"] = json!(forms);
        world.service.onboard_institution(&onboard["institution"]).await?;
        let before = world
            .cohort("journey", |settings| {
                small_with_mail(settings);
                settings.institution = institution.clone();
                settings.form = forms[0].parse().expect("an id");
            })
            .await?;
        let contact = world.contact(&institution, "coordinator").await?;

        let name = format!("Journey {}", unique());
        let stack = &world.service.stack;
        let description = json!({
            "endpoint": stack.emulator.endpoint(),
            "portal_url": stack.portal()?,
            "login": { "user": contact.login.user, "password": contact.login.password },
            "journey": {
                "begin_with": before.settings.id, "form": forms[1], "name": name, "students": STUDENTS,
            },
        });
        let path = std::env::temp_dir().join(format!("journey-{}.json", unique()));
        std::fs::write(&path, description.to_string())?;
        let walk = async {
            let walked = dev::web::whole(&world.service.layout, &path).await;
            std::fs::remove_file(&path)?;
            walked
        };
        let mut settings = before.settings.clone();
        settings.form = forms[1].parse()?;
        let ((), ()) = tokio::try_join!(walk, answer(world, &contact.api, &name, settings))?;
        Ok(())
    })
}

/// Waits for the cohort that the contact sets up, as they were to; then its students answer.
async fn answer(
    world: &'static World,
    api: &Api,
    name: &str,
    mut settings: Settings,
) -> Result<()> {
    let cohort = wait_for("the new cohort", async || {
        let known = api.list("/api/cohorts").await?;
        Ok(known.into_iter().find(|cohort| cohort["name"]["en"] == name))
    })
    .await?;
    let id = cohort["id"].as_str().context("an id")?;
    let shown = api.get(&format!("/api/cohorts/{id}/settings")).await?;
    let shown = &shown["settings"];
    ensure!(shown["approval"] == true && shown["mail_agreed"] == true, "{shown}");
    ensure!(shown["form"] == settings.form.as_str(), "{shown}");
    settings.id = id.parse()?;
    Cohort::known(world, settings).answered_by(STUDENTS).await.map(drop)
}
