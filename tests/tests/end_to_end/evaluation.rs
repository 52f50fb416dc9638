//! Answers to an evaluation by personal links, what contacts see of them, and how one person's go (M2, D2).

use anyhow::{Context as _, Result, ensure};
use dev::sample::Answered;
use dev::sample::cohort::{now, token};
use domain::StudentId;
use domain::cohort::Settings;
use domain::evaluation::EvaluationToken;
use domain::ids::IdentityKey;
use serde_json::{Value, json};
use tests::cohort::{small, unique};
use tests::{Cohort, World, run};

/// The name of the hidden field.
const HIDDEN: &str = "token";

/// The key under which the stack makes personal links.
async fn key(world: &World) -> Result<IdentityKey> {
    let settings = world.configuration("typeform-webhook").await?;
    let secret = &settings["Environment"]["Variables"]["KEYS_SECRET_ARN"];
    let secret = json!({ "SecretId": secret });
    let emulator = &world.service.stack.emulator;
    let kept = emulator.json("secretsmanager", "secretsmanager.GetSecretValue", &secret).await?;
    let kept: Value = serde_json::from_str(kept["SecretString"].as_str().context("a secret")?)?;
    Ok(IdentityKey::new(kept["identity"].as_str().context("a key")?))
}

/// A cohort of the sample with an evaluation of its own form, whose form Typeform knows.
pub(crate) async fn evaluated(world: &'static World, more: fn(&mut Settings)) -> Result<Cohort> {
    let form = format!("Ev{}", unique());
    let evaluation = json!({ "form": form, "hidden": HIDDEN, "questions": [{
        "id": "content", "refs": ["content"], "kind": { "scale": { "min": 1, "max": 5 } },
        "label": { "da": "Hvor tilfreds er du?", "en": "How content are you?" },
    }] });
    let evaluation = serde_json::from_value(evaluation)?;
    let cohort = world
        .cohort("evaluated", |settings| {
            more(settings);
            settings.evaluation = Some(evaluation);
        })
        .await?;
    let mut known = cohort.settings.clone();
    known.form = form.parse()?;
    world.service.make_form(&known).await?;
    Ok(cohort)
}

/// Typeform keeps an answer and delivers it, twice; answers with what became of it first.
pub(crate) async fn answers(cohort: &Cohort, link: &str, content: u32) -> Result<String> {
    let world = cohort.world();
    let form = &cohort.settings.evaluation.as_ref().context("an evaluation")?.form;
    let token = token();
    let field = json!({ "id": "f1", "type": "opinion_scale", "ref": "content" });
    let payload = json!({
        "event_id": format!("01{}", unique()), "event_type": "form_response",
        "form_response": {
            "form_id": form, "token": token, "landed_at": now(), "submitted_at": now(),
            "hidden": { HIDDEN: link }, "definition": { "id": form, "fields": [] },
            "answers": [
                { "type": "number", "number": content, "field": field },
                { "type": "text", "text": "said-in-own-words", "field": { "id": "f2", "type": "long_text", "ref": "remarks" } },
            ],
        },
    });
    world.service.keep_at_typeform(form.as_str(), &payload).await?;
    let answer = world.deliver(&payload).await?;
    ensure!(answer.status == 200, "{answer:?}");
    let again = world.deliver(&payload).await?;
    ensure!(again.status == 200, "{again:?}");
    Ok(answer.outcome().to_owned())
}

async fn id(cohort: &Cohort, student: &Answered) -> Result<StudentId> {
    let item = cohort.student(&student.email).await?;
    Ok(item["id"]["S"].as_str().context("an id")?.parse()?)
}

#[test]
fn m2_answers_by_personal_links_become_results_and_go_with_the_person() -> Result<()> {
    run(async |world| {
        let cohort = evaluated(world, small).await?;
        let students = cohort.answered_by(12).await?;
        cohort.form().await?;
        let key = key(world).await?;
        let form = cohort.settings.evaluation.as_ref().context("an evaluation")?.form.clone();
        let mut links = Vec::new();
        for student in &students {
            let id = id(&cohort, student).await?;
            let link = EvaluationToken::derive(&key, &cohort.scope.cohort, &id);
            links.push((id, link.as_str().to_owned()));
        }
        let objects = cohort.versions().await?.len();
        for (place, (_, link)) in links.iter().take(10).enumerate() {
            let outcome =
                answers(&cohort, link, if place.is_multiple_of(2) { 3 } else { 4 }).await?;
            ensure!(outcome == "evaluated", "{outcome}");
        }
        let outcome = answers(&cohort, "made-up", 1).await?;
        ensure!(outcome == "unaddressed", "{outcome}");

        // Kept is little: an item for each, no payload, nobody's words.
        let kept = cohort.items(keys::EVALUATION).await?;
        ensure!(kept.len() == 10, "{}", kept.len());
        ensure!(!json!(kept).to_string().contains("said-in-own-words"));
        ensure!(cohort.versions().await?.len() == objects, "no object of it");
        ensure!(world.service.kept_at_typeform(form.as_str()).await? == 11);

        let coordinator = world.coordinator().await?;
        let shown = coordinator.get(&cohort.path("/evaluation")).await?;
        ensure!((&shown["asked"], &shown["answered"]) == (&json!(12), &json!(10)), "{shown}");
        ensure!(shown["rate"] == 83, "{shown}");
        let counts = shown["questions"][0]["counts"].as_array().context("counts")?;
        let told: Vec<&Value> = counts.iter().filter(|cell| !cell["count"].is_null()).collect();
        ensure!(told == [&json!({ "cell": "4", "count": 5 })], "{told:?}");

        // One who answered twice is erased: both go, here and at Typeform, and nobody else's.
        let (gone, link) = &links[0];
        answers(&cohort, link, 2).await?;
        ensure!(cohort.items(keys::EVALUATION).await?.len() == 11);
        let operator = world.operator().await?;
        let erasure = cohort.erase_person(&operator, gone.as_str()).await?;
        let kept = cohort.items(keys::EVALUATION).await?;
        ensure!(kept.len() == 9 && !json!(kept).to_string().contains(gone.as_str()));
        ensure!(world.service.kept_at_typeform(form.as_str()).await? == 10, "at Typeform");
        let certificate = operator.get(&format!("/api/erasures/{erasure}/certificate")).await?;
        let deleted = &certificate["deleted"];
        ensure!(deleted["typeform.evaluations"] == 2, "{certificate}");
        ensure!(deleted["dynamodb.evaluations"] == 2, "{certificate}");
        let outcome = answers(&cohort, link, 5).await?;
        ensure!(outcome == "too_late", "{outcome}");
        ensure!(cohort.items(keys::EVALUATION).await?.len() == 9);
        let shown = coordinator.get(&cohort.path("/evaluation")).await?;
        ensure!((&shown["asked"], &shown["answered"]) == (&json!(11), &json!(5)), "{shown}");

        // With the cohort everything goes, what came without a link and after the erasure, too.
        cohort.erase().await?;
        ensure!(cohort.items("").await?.is_empty());
        ensure!(world.service.kept_at_typeform(form.as_str()).await? == 0);
        Ok(())
    })
}
