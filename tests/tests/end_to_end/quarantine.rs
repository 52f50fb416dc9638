//! What cannot be mapped waits until the mapping is mended (Q4).

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use tests::cohort::small;
use tests::{Cohort, World, run};

async fn reprocess(world: &World, event: &Value) -> Result<Value> {
    world.service.invoke("quarantine-reprocess", event).await
}

fn ids(cohort: &Cohort) -> Value {
    json!({ "institution": cohort.scope.institution, "cohort": cohort.scope.cohort })
}

#[test]
fn q4_unmappable_is_quarantined_visible_in_the_portal_and_reprocessed_after_the_mapping_is_mended()
-> Result<()> {
    run(async |world| {
        let cohort = world.cohort("unmapped", small).await?;
        let api = world.coordinator().await?;
        let students = cohort.invent(3);
        let to_section = |label: &str, number: usize| {
            let mut payload = cohort.submission(&students[number]).payload();
            for answer in payload["form_response"]["answers"].as_array_mut().into_iter().flatten() {
                if answer["field"]["ref"] == "section" {
                    answer["choice"] = json!({ "id": "x", "label": label });
                }
            }
            payload
        };
        let lost = [to_section("Hold 9", 0), to_section("Hold 9", 1)];
        let mut mute = cohort.submission(&students[2]).payload();
        let answers = mute["form_response"]["answers"].as_array_mut().expect("there are answers");
        answers.retain(|answer| answer["type"] != "email");
        for payload in lost.iter().chain([&mute]) {
            let answer = world.deliver(payload).await?;
            ensure!(answer.status == 200 && answer.outcome() == "quarantined", "{answer:?}");
            ensure!(world.deliver(payload).await?.outcome() == "duplicate");
        }
        let shown = async || {
            let list = api.list(&cohort.path("/quarantine")).await?;
            let mut reasons: Vec<String> = list
                .iter()
                .map(|entry| entry["reason"].as_str().unwrap_or("?").to_owned())
                .collect();
            reasons.sort();
            Ok::<_, anyhow::Error>(reasons)
        };
        ensure!(shown().await? == ["missing_email", "unknown_section", "unknown_section"]);
        ensure!(cohort.items(keys::STUDENT).await?.is_empty());

        // Without a mended mapping a run changes nothing.
        let before = cohort.stored().await?;
        let done = reprocess(world, &ids(&cohort)).await?;
        ensure!(done["accepted"] == 0 && done["still_quarantined"] == 3, "{done}");
        ensure!(cohort.stored().await? == before);

        let mut mended = cohort.settings.clone();
        mended.sections[0].answers.push("hold 9".into());
        cohort.replace(&mended).await?;
        let done = reprocess(world, &ids(&cohort)).await?;
        ensure!(done["accepted"] == 2 && done["still_quarantined"] == 1, "{done}");
        ensure!(shown().await? == ["missing_email"]);
        for student in &students[..2] {
            ensure!(cohort.student(&student.email).await?["section"]["S"] == "A");
        }
        let done = reprocess(world, &ids(&cohort)).await?;
        ensure!(done["accepted"] == 0, "a second run finds nothing to do: {done}");
        ensure!(world.deliver(&lost[0]).await?.outcome() == "duplicate");
        ensure!(cohort.items(keys::RESPONSE).await?.len() == 2);
        Ok(())
    })
}

#[test]
fn q4_a_questionnaire_of_an_unknown_form_waits_for_its_cohort() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort_to_be("stray", small)?;
        let students = cohort.invent(1);
        let submission = cohort.submission(&students[0]);
        let answer = world.deliver(&submission.payload()).await?;
        ensure!(answer.status == 200 && answer.outcome() == "quarantined", "{answer:?}");

        // Whose it is nobody knows: operators alone see it.
        let here = async || {
            let list = world.operator().await?.list("/api/quarantine").await?;
            Ok::<_, anyhow::Error>(
                list.into_iter().find(|entry| entry["token"] == submission.token.as_str()),
            )
        };
        let entry = here().await?;
        ensure!(entry.is_some_and(|entry| entry["reason"] == "unknown_form"));
        let raw = format!("{}responses/{}.json", keys::UNASSIGNED_PREFIX, submission.token);
        ensure!(world.service.object_versions(&raw).await?.len() == 1);
        let named = json!({ "unassigned": true, "tokens": [submission.token] });
        ensure!(reprocess(world, &named).await?["still_quarantined"] == 1);

        world.service.onboard_cohort(&cohort.settings).await?;
        let done = reprocess(world, &named).await?;
        ensure!(done["accepted"] == 1, "{done}");
        ensure!(here().await?.is_none());
        ensure!(world.service.object_versions(&raw).await?.is_empty(), "no version stays behind");
        ensure!(cohort.versions().await?.len() == 1);
        ensure!(
            cohort.student(&students[0].email).await?["response"]["S"] == submission.token.as_str()
        );
        Ok(())
    })
}
