//! The breach register and the register of sub-processors (D7, D8).

use anyhow::{Context as _, Result, ensure};
use domain::InstitutionId;
use reqwest::Method;
use serde_json::{Value, json};
use tests::cohort::{small_with_mail, unique};
use tests::registers::{close_breach, open_breach, tell_of_breach};
use tests::{World, run, wait_for};

/// The mails to an address.
async fn mails_to(world: &World, address: &str) -> Result<Vec<dev::service::Mail>> {
    let mut mails = world.service.mails().await?;
    mails.retain(|mail| mail.to.iter().any(|to| to == address));
    Ok(mails)
}

/// An institution with a privacy contact of its own, whose letters are English.
async fn institution(world: &World) -> Result<(InstitutionId, String)> {
    let id = world.another_institution().await?;
    let address = format!("dpo-{}@example.edu", unique());
    let replaced = json!({
        "id": id, "name": "Example University", "reply_to": "studiestart@example.edu",
        "privacy_contact": address, "language": "en",
    });
    let done =
        world.service.invoke("onboarding", &json!({"replace_institution": replaced})).await?;
    ensure!(done["replaced"] == true, "{done}");
    Ok((id, address))
}

#[test]
fn d8_anybody_reads_the_register_and_nothing_else_is_public() -> Result<()> {
    run(async |world| {
        let base = world.service.stack.http()?;
        let get = |path: &str, language: &str| {
            world.http.get(format!("{base}{path}")).header("accept-language", language).send()
        };
        let page = get("/subprocessors", "en").await?;
        ensure!(page.status() == 200, "{}", page.status());
        let header = |name: &str| page.headers().get(name).and_then(|value| value.to_str().ok());
        let policy = header("content-security-policy").context("no policy")?.to_owned();
        ensure!(policy.starts_with("default-src 'none'"), "{policy}");
        let tag = header("etag").context("no ETag")?.to_owned();
        let text = page.text().await?;
        ensure!(text.contains("<html lang=\"en\">") && text.contains("Typeform SL"), "{text}");
        let again = world.http.get(format!("{base}/subprocessors")).header("accept-language", "en");
        ensure!(again.header("if-none-match", tag).send().await?.status() == 304);
        let danish = get("/subprocessors?lang=da", "en").await?.text().await?;
        ensure!(danish.contains("Underdatabehandlere"), "{danish}");
        let data: Value = get("/subprocessors.json", "da").await?.json().await?;
        ensure!(data["entries"].as_array().is_some_and(|entries| entries.len() >= 2), "{data}");
        ensure!(world.policies("public-pages").await?.is_empty(), "the page has rights");
        Ok(())
    })
}

#[test]
fn d7_an_institution_is_told_of_a_breach_once_and_gets_a_certificate() -> Result<()> {
    run(async |world| {
        let (institution, address) = institution(world).await?;
        let operator = world.contact(&institution, "operator").await?.api;
        let coordinator = world.contact(&institution, "coordinator").await?.api;
        let (id, aware) = open_breach(&operator).await?;
        let path = format!("/api/breaches/{id}");
        ensure!(coordinator.status(&path).await? == 404, "seen before it was told");
        let breach = tell_of_breach(&operator, id, aware).await?;
        ensure!(breach.told["clock"] == "met", "{}", breach.told);
        let notices = format!("{path}/notices");
        let confirm = json!({"confirm": "notify"});
        let twice = operator.change(Method::POST, &notices, 4, &confirm).await?;
        ensure!(twice.status == 412, "{}", twice.body);
        let mail =
            wait_for("the mail", async || Ok(mails_to(world, &address).await?.into_iter().next()))
                .await?;
        ensure!(mail.subject.starts_with("Personal data breach"), "{}", mail.subject);
        ensure!(mail.text.contains("Known.") && mail.text.contains("12."), "{}", mail.text);
        let again = world.service.invoke("notices", &json!({"source": "hourly"})).await?;
        ensure!(again["breaches_overdue"].is_u64(), "{again}");
        close_breach(&operator, &breach).await?;
        let proof = coordinator.get(&format!("{path}/certificate")).await?;
        ensure!(proof["told_in_time"] == true, "{proof}");
        ensure!(mails_to(world, &address).await?.len() == 1, "told more than once");
        let stranger = world.coordinator().await?;
        ensure!(stranger.status(&path).await? == 404, "another institution sees it");
        Ok(())
    })
}

#[test]
fn d7_the_people_of_a_breach_are_counted_from_the_data() -> Result<()> {
    run(async |world| {
        // Of its own: all cohorts of an institution are read, and other tests make many.
        let institution = world.another_institution().await?;
        let cohort = world
            .cohort("breached", |settings| {
                small_with_mail(settings);
                settings.institution = institution.clone();
            })
            .await?;
        cohort.answered_by(3).await?;
        let answered = dev::sample::cohort::now();
        let operator = world.contact(&institution, "operator").await?.api;
        let now = dev::sample::cohort::now();
        let body = json!({"aware_at": (now - jiff::SignedDuration::from_hours(2)).to_string()});
        let opened = operator.send(Method::POST, "/api/breaches", &body).await?.body;
        let path = format!("/api/breaches/{}/affected", opened["id"].as_str().context("an id")?);
        // In whole seconds: of the one in which the last answer came, its end would not count.
        let until = wait_for("the next second", async || {
            let now = dev::sample::cohort::now();
            Ok((now > answered).then(|| now.to_string()))
        })
        .await?;
        let window = json!({"from": "2026-01-01T00:00:00Z", "until": until, "stores": "responses raw_objects"});
        let counted = operator.change(Method::POST, &path, 1, &window).await?.body;
        let cohorts = counted["affected"]["cohorts"].as_array().context("cohorts")?;
        let ours = cohorts.iter().find(|found| found["cohort"] == cohort.settings.id.as_str());
        let ours = ours.context("the cohort is not counted")?;
        ensure!(ours["students"] == 3 && ours["raw_objects"] == 3, "{ours}");
        ensure!(ours["messages"] == 0, "mails were not asked for: {ours}");
        let early = json!({"from": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z", "stores": "responses"});
        let none = operator.change(Method::POST, &path, 2, &early).await?.body;
        ensure!(none["affected"]["cohorts"] == json!([]), "{none}");
        Ok(())
    })
}

#[test]
fn d8_an_institution_is_told_of_a_new_sub_processor_and_objects() -> Result<()> {
    run(async |world| {
        for (entry, name) in [("aws", "InEffect"), ("nobody", "NotFound")] {
            let refused = world.service.invoke("notices", &json!({"announce": entry})).await;
            let told = refused.err().context("it was announced")?.to_string();
            ensure!(told.contains(name), "{told}");
        }
        let (institution, address) = institution(world).await?;
        world.announce(&institution, "example-translator").await?;
        let mail =
            wait_for("the mail", async || Ok(mails_to(world, &address).await?.into_iter().next()))
                .await?;
        ensure!(mail.subject.starts_with("New sub-processor from"), "{}", mail.subject);
        let viewer = world.contact(&institution, "viewer").await?.api;
        let seen = viewer.get("/api/subprocessors").await?;
        ensure!(seen["notices"][0]["open"] == true, "{seen}");
        let coordinator = world.contact(&institution, "coordinator").await?.api;
        let path = "/api/subprocessors/example-translator/objection";
        let body = json!({"reason": "There is no basis for the transfer."});
        for _ in 0..2 {
            let done = coordinator.send(Method::POST, path, &body).await?;
            ensure!(done.status == 200, "{}", done.body);
        }
        let seen = viewer.get("/api/subprocessors").await?;
        ensure!(seen["notices"][0]["objection"]["reason"] == body["reason"], "{seen}");
        let others = world.coordinator().await?.get("/api/subprocessors").await?;
        ensure!(!others.to_string().contains("example-translator"), "{others}");
        Ok(())
    })
}
