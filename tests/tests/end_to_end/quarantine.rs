//! What cannot be mapped waits until the mapping is mended (Q4).

use anyhow::{Result, ensure};
use reqwest::Method;
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

#[test]
fn q4_a_coordinator_mends_the_settings_and_has_questionnaires_processed_again_in_the_portal()
-> Result<()> {
    run(async |world| {
        let cohort = world.cohort("again", small).await?;
        let coordinator = world.contact(&world.institution, "coordinator").await?;
        let viewer = world.contact(&world.institution, "viewer").await?;
        let api = &coordinator.api;
        let students = cohort.invent(2);
        let path = cohort.path("/quarantine/reprocess");
        let again = async |key: &str| api.post(&path, &[("idempotency-key", key)]).await;
        let waiting = async || anyhow::Ok(api.get(&cohort.path("")).await?["quarantined"].clone());

        let mut lost = cohort.submission(&students[0]).payload();
        for answer in lost["form_response"]["answers"].as_array_mut().into_iter().flatten() {
            if answer["field"]["ref"] == "section" {
                answer["choice"] = json!({ "id": "x", "label": "Hold 9" });
            }
        }
        let mut mute = cohort.submission(&students[1]).payload();
        let answers = mute["form_response"]["answers"].as_array_mut().expect("there are answers");
        answers.retain(|answer| answer["type"] != "email");
        for payload in [&lost, &mute] {
            ensure!(world.deliver(payload).await?.outcome() == "quarantined");
        }
        ensure!(waiting().await? == 2);

        // Whoever only looks on sees it and starts nothing; before the settings are mended nothing is taken in.
        ensure!(viewer.api.list(&cohort.path("/quarantine")).await?.len() == 2);
        let refused = viewer.api.post(&path, &[("idempotency-key", "key-0")]).await?;
        ensure!(refused.status == 403, "{refused:?}");
        ensure!(refused.body["type"] == "urn:unihelper:problem:role-too-low", "{refused:?}");
        let unmended = again("key-1").await?;
        ensure!(unmended.body == json!({ "accepted": 0, "remaining": 2 }), "{unmended:?}");

        let address = cohort.path("/settings");
        let mut mended = api.get(&address).await?["settings"].clone();
        let means = mended["sections"][0]["answers"].as_array_mut();
        means.expect("answers that mean the section").push(json!("hold 9"));
        let changed = api.change(Method::PUT, &address, 0, &mended).await?;
        ensure!(changed.status == 200, "{changed:?}");

        let done = again("key-2").await?;
        ensure!(done.status == 200, "{done:?}");
        ensure!(done.body == json!({ "accepted": 1, "remaining": 1 }), "{done:?}");
        ensure!(waiting().await? == 1);
        let known = api.list(&cohort.path("/students")).await?;
        ensure!(known.len() == 1 && known[0]["email"] == students[0].email, "{known:?}");
        // The same request again takes nobody in twice.
        let repeated = again("key-2").await?;
        ensure!(repeated.body == json!({ "accepted": 0, "remaining": 1 }), "{repeated:?}");
        ensure!(cohort.items(keys::RESPONSE).await?.len() == 1);

        let mut told = Vec::new();
        for entry in world.audit(&world.institution).await? {
            let by = entry["actor"]["M"]["contact"]["S"].as_str().unwrap_or_default();
            let outcome = entry["outcome"]["S"].as_str().unwrap_or_default().to_owned();
            let action = entry["action"]["S"].as_str().unwrap_or_default();
            if by == viewer.id.as_str() && action.ends_with("/quarantine/reprocess") {
                told.push(("viewer", outcome));
            } else if by == coordinator.id.as_str() && action == "quarantine.reprocess" {
                told.push(("coordinator", outcome));
            }
        }
        let done = || ("coordinator", "done".to_owned());
        ensure!(told == [("viewer", "refused".to_owned()), done(), done(), done()], "{told:?}");
        Ok(())
    })
}
