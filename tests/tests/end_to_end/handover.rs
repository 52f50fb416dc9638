//! What a student and an institution are given of what is stored of them (D4, D6).

use anyhow::{Context as _, Result, ensure};
use dev::sample::Answered;
use reqwest::Method;
use serde_json::{Value, json};
use tests::cohort::small_with_mail;
use tests::{Api, Cohort, World, run, wait_for};

/// Takes a step that must succeed.
async fn step(api: &Api, cohort: &Cohort, below: &str, body: &Value) -> Result<Value> {
    let path = cohort.path(&format!("/rights{below}"));
    let answer = api.send(Method::POST, &path, body).await?;
    ensure!(answer.status < 300, "{path} answered {answer:?}");
    Ok(answer.body)
}

/// Waits for the link in a letter to a student about a request.
async fn link(
    world: &World,
    cohort: &Cohort,
    to: &Answered,
    subject: &str,
    request: &str,
) -> Result<String> {
    let text = wait_for(subject, async || {
        let sent = world.mails(cohort).await?;
        let ours = |mail: &&tests::outbox::Sent| {
            mail.to == to.email
                && mail.mail.subject.contains(subject)
                && mail.mail.text.contains(request)
        };
        Ok(sent.iter().find(ours).map(|mail| mail.mail.text.clone()))
    })
    .await?;
    let line = text.lines().find(|line| line.contains("/rights/")).context("a link")?;
    let (_, path) = line.split_once("/rights/").context("a path")?;
    Ok(format!("{}/rights/{path}", world.service.stack.http()?))
}

/// A request of a student, confirmed by them.
async fn confirmed(
    world: &World,
    operator: &Api,
    cohort: &Cohort,
    student: &Answered,
    (id, kind): (&str, &str),
) -> Result<String> {
    let new = json!({
        "kind": kind, "student": id, "channel": "email",
        "received_at": dev::sample::cohort::now(),
    });
    let noted = step(operator, cohort, "", &new).await?;
    let request = noted["id"].as_str().context("a request")?.to_owned();
    step(operator, cohort, &format!("/{request}/acknowledge"), &json!({})).await?;
    let url = link(world, cohort, student, "anmodning", &request).await?;
    let confirmed = reqwest::Client::new().post(&url).send().await?;
    ensure!(confirmed.status() == 200, "{}", confirmed.status());
    Ok(request)
}

#[test]
fn d4_a_student_fetches_everything_once_and_is_then_erased_on_their_request() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("handover", small_with_mail).await?;
        let students = cohort.answered_by(7).await?;
        let asking = &students[0];
        cohort.form().await?;
        let operator = world.operator().await?;
        let search = json!({ "email": asking.email });
        let found = operator.send(Method::POST, "/api/people/search", &search).await?;
        let found = found.body["items"].as_array().context("people")?.clone();
        let here = cohort.settings.id.as_str();
        let person = found.iter().find(|it| it["cohort"] == here).context("the person")?;
        let id = person["student"].as_str().context("an id")?.to_owned();

        let request = confirmed(world, &operator, &cohort, asking, (&id, "access")).await?;
        step(&operator, &cohort, &format!("/{request}/hand-over"), &json!({})).await?;
        let url = link(world, &cohort, asking, "klar", &request).await?;
        ensure!(!url.contains(asking.email.as_str()) && !url.contains(&id));
        let http = reqwest::Client::new();
        let page = http.get(&url).send().await?;
        ensure!(page.status() == 200 && page.text().await?.contains("<form method=\"post\">"));
        let file = http.post(&url).send().await?;
        ensure!(file.status() == 200, "{}", file.status());
        ensure!(file.headers()["content-type"] == "application/zip");
        let archive = file.bytes().await?;
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(archive.to_vec()))?;
        let mut data = String::new();
        std::io::Read::read_to_string(&mut archive.by_name("data.json")?, &mut data)?;
        ensure!(data.contains(asking.email.as_str()), "the student's own data is there");
        for other in &students[1..] {
            ensure!(!data.contains(other.email.as_str()), "nobody else's is");
        }
        let data: Value = serde_json::from_str(&data)?;
        for store in ["questionnaires", "groups", "formations", "messages", "requests"] {
            ensure!(data[store].as_array().is_some_and(|list| !list.is_empty()), "{store}");
        }
        ensure!(http.post(&url).send().await?.status() == 410, "a link serves once");

        let request = confirmed(world, &operator, &cohort, asking, (&id, "erasure")).await?;
        let below = format!("/{request}/erase");
        wait_for("the erasure's beginning", async || {
            let answer = step(&operator, &cohort, &below, &json!({})).await?;
            Ok(answer["erasure"].as_str().map(str::to_owned))
        })
        .await?;
        let told = world.mails(&cohort).await?;
        let last = |mail: &tests::outbox::Sent| {
            mail.to == asking.email && mail.mail.subject.contains("sletter")
        };
        ensure!(told.iter().any(last), "the student hears before the address is gone");
        let path = cohort.path(&format!("/rights/{request}"));
        let ended = wait_for("the end of the request", async || {
            let shown = operator.get(&path).await?;
            Ok((shown["status"] == "fulfilled").then_some(shown))
        })
        .await?;
        ensure!(ended["student"] == "stu_erased", "{ended}");
        let erasure = ended["erasure"].as_str().context("an erasure")?;
        let certificate = operator.get(&format!("/api/erasures/{erasure}/certificate")).await?;
        ensure!(certificate["reference"] == request.as_str(), "{certificate}");
        let gone = operator.send(Method::POST, "/api/people/search", &search).await?;
        let still = gone.body["items"].as_array().context("people")?.clone();
        ensure!(still.iter().all(|it| it["cohort"] != here), "{still:?}");
        Ok(())
    })
}

#[test]
fn d6_an_institution_gets_everything_back_in_files_with_their_hashes() -> Result<()> {
    run(async |world| {
        // Of its own: while something of an institution is being erased, it gets no export.
        let institution = world.another_institution().await?;
        let cohort = world
            .cohort("returned", |settings| {
                small_with_mail(settings);
                settings.institution = institution.clone();
            })
            .await?;
        let students = cohort.answered_by(6).await?;
        let operator = world.contact(&institution, "operator").await?.api;
        let headers = [("idempotency-key", "returned")];
        let answer = operator.post("/api/institution/export", &headers).await?;
        ensure!(answer.status == 202, "{answer:?}");
        let export = answer.body["id"].as_str().context("an export")?.to_owned();
        let path = format!("/api/institution/exports/{export}");
        let shown = wait_for("the export's end", async || {
            let shown = operator.get(&path).await?;
            Ok((shown["export"]["status"] != "running").then_some(shown))
        })
        .await?;
        ensure!(shown["export"]["status"] == "ready", "{shown}");
        let files = shown["files"].as_array().context("files")?;
        ensure!(files.iter().any(|file| file["name"] == "manifest.json"), "{files:?}");
        let ours = format!("{}.items-student-", cohort.settings.id);
        let lines = |file: &&Value| {
            let name = file["name"].as_str().unwrap_or_default();
            name.starts_with(&ours) && name.rsplit('.').next() == Some("jsonl")
        };
        let file = files.iter().find(lines).context("the cohort's students")?;
        let name = file["name"].as_str().context("a name")?;
        let path = format!("/api/institution/exports/{export}/files/{name}");
        let address = operator.get(&path).await?;
        let url = address["url"].as_str().context("an address")?;
        let body = reqwest::get(url).await?;
        ensure!(body.status() == 200, "{}", body.status());
        let body = body.text().await?;
        for student in &students {
            ensure!(body.contains(student.email.as_str()), "everybody is there");
        }
        ensure!(body.lines().count() == students.len());
        Ok(())
    })
}
