//! A student's request from the operator's note to the student's own word and back (D4).

use anyhow::{Context as _, Result, ensure};
use dev::sample::Answered;
use reqwest::Method;
use serde_json::{Value, json};
use tests::cohort::small;
use tests::{Api, Cohort, World, run, wait_for};

/// Takes a step that must succeed.
async fn step(api: &Api, cohort: &Cohort, below: &str, body: &Value) -> Result<Value> {
    let path = cohort.path(&format!("/rights{below}"));
    let answer = api.send(Method::POST, &path, body).await?;
    ensure!(answer.status < 300, "{path} answered {answer:?}");
    Ok(answer.body)
}

/// Waits for the text of a letter to a student whose subject holds a word.
async fn letter(world: &World, cohort: &Cohort, to: &Answered, word: &str) -> Result<String> {
    wait_for(word, async || {
        let sent = world.mails(cohort).await?;
        let ours =
            |mail: &&tests::outbox::Sent| mail.to == to.email && mail.mail.subject.contains(word);
        Ok(sent.iter().find(ours).map(|mail| mail.mail.text.clone()))
    })
    .await
}

/// Whom the groups of the published formation hold.
async fn grouped(api: &Api, cohort: &Cohort, formation: &str) -> Result<Vec<String>> {
    let groups = api.list(&cohort.path(&format!("/formations/{formation}/groups"))).await?;
    let members = groups.iter().flat_map(|group| group["members"].as_array().into_iter().flatten());
    Ok(members.filter_map(|member| member["id"].as_str().map(str::to_owned)).collect())
}

/// Waits for the letter that asks a student to confirm, and gives the address its link leads to here.
async fn link(world: &World, cohort: &Cohort, asking: &Answered) -> Result<String> {
    let text = letter(world, cohort, asking, "anmodning").await?;
    let line = text.lines().find(|line| line.contains("/rights/")).context("a link")?;
    let (_, path) = line.split_once("/rights/").context("a link")?;
    Ok(format!("{}/rights/{path}", world.service.stack.http()?))
}

#[test]
fn d4_a_student_confirms_by_the_link_and_an_objection_keeps_them_out_until_it_is_lifted()
-> Result<()> {
    run(async |world| {
        let cohort = world.cohort("rights", small).await?;
        let students = cohort.answered_by(7).await?;
        let asking = &students[0];
        let id =
            cohort.student(&asking.email).await?["id"]["S"].as_str().context("an id")?.to_owned();
        let operator = world.operator().await?;
        let new = json!({
            "kind": "objection", "student": id, "channel": "email",
            "received_at": dev::sample::cohort::now(),
        });
        let noted = step(&operator, &cohort, "", &new).await?;
        let request = noted["id"].as_str().context("a request")?.to_owned();
        // A coordinator neither sees nor changes requests.
        let coordinator = world.coordinator().await?;
        ensure!(coordinator.status(&cohort.path("/rights")).await? == 403);
        // Before the student has confirmed it nothing happens.
        let in_force = format!("/{request}/restrict");
        let path = cohort.path(&format!("/rights{in_force}"));
        let early = operator.send(Method::POST, &path, &json!({})).await?;
        ensure!(early.status == 409, "{early:?}");

        step(&operator, &cohort, &format!("/{request}/acknowledge"), &json!({})).await?;
        let url = link(world, &cohort, asking).await?;
        let http = reqwest::Client::new();
        for _ in 0..2 {
            let page = http.get(&url).send().await?;
            ensure!(page.status() == 200, "{}", page.status());
            let policy = page.headers()["content-security-policy"].to_str()?.to_owned();
            ensure!(policy.starts_with("default-src 'none'"), "{policy}");
            ensure!(page.text().await?.contains("<form method=\"post\">"));
        }
        let status = async || {
            let shown = operator.get(&cohort.path(&format!("/rights/{request}"))).await?;
            Ok::<_, anyhow::Error>(shown["status"].as_str().context("a status")?.to_owned())
        };
        ensure!(status().await? == "acknowledged", "opening the link confirms nothing");
        ensure!(http.post(format!("{url}0")).send().await?.status() == 410);
        ensure!(status().await? == "acknowledged", "another token confirms nothing");
        ensure!(http.post(&url).send().await?.status() == 200);
        ensure!(status().await? == "confirmed");
        ensure!(http.post(&url).send().await?.status() == 410, "a link serves once");
        letter(world, &cohort, asking, "bekræftet").await?;

        step(&operator, &cohort, &in_force, &json!({})).await?;
        letter(world, &cohort, asking, "behandlet").await?;
        let formation = cohort.form().await?;
        let members = grouped(&operator, &cohort, formation.as_str()).await?;
        ensure!(members.len() == 6 && !members.contains(&id), "{members:?}");
        // What is stored stays, also when the student answers again.
        cohort.answer_again(&students[..1]).await?;
        ensure!(cohort.student(&asking.email).await?["objected"]["S"].is_string());

        step(&operator, &cohort, &format!("/{request}/lift"), &json!({})).await?;
        letter(world, &cohort, asking, "ophører").await?;
        let formation = cohort.form().await?;
        let members = grouped(&operator, &cohort, formation.as_str()).await?;
        ensure!(members.len() == 7 && members.contains(&id), "{members:?}");

        // Every step stands in the trail, with ids and the reason; nothing names the student.
        let trail = world.audit(&world.institution).await?;
        for (action, outcome) in [
            ("rights.note", "done"),
            ("rights.restrict", "refused"),
            ("rights.acknowledge", "done"),
            ("rights.restrict", "done"),
            ("rights.lift", "done"),
        ] {
            let found = trail.iter().any(|entry| {
                entry["action"]["S"] == action
                    && entry["outcome"]["S"] == outcome
                    && entry["cohort"]["S"] == cohort.settings.id.as_str()
                    && entry["reason"]["S"].is_string()
            });
            ensure!(found, "{action} {outcome}");
        }
        ensure!(trail.iter().all(|entry| !entry.to_string().contains(&asking.email)));
        Ok(())
    })
}

#[test]
fn d4_mail_goes_to_an_address_put_right_and_the_student_stays_who_they_are() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("address", small).await?;
        let students = cohort.answered_by(5).await?;
        let asking = &students[0];
        let id =
            cohort.student(&asking.email).await?["id"]["S"].as_str().context("an id")?.to_owned();
        let operator = world.operator().await?;
        let request = cohort.request_of(&id, "rectification").await?;
        step(&operator, &cohort, &format!("/{request}/acknowledge"), &json!({})).await?;
        let url = link(world, &cohort, asking).await?;
        ensure!(world.http.post(&url).send().await?.status() == 200);
        let before = dev::sample::cohort::now();
        let new = Answered { email: format!("new.{}", asking.email), ..asking.clone() };
        let taken = json!({ "email": students[1].email });
        let path = cohort.path(&format!("/rights/{request}/rectify"));
        let refused = operator.send(Method::POST, &path, &taken).await?;
        ensure!(refused.status == 400, "{refused:?}");
        let body = json!({ "email": new.email });
        step(&operator, &cohort, &format!("/{request}/rectify"), &body).await?;
        letter(world, &cohort, &new, "behandlet").await?;

        // A questionnaire from the former address is still theirs, and does not take the new one away.
        cohort.answer_again(&students[..1]).await?;
        let known = operator.list(&cohort.path("/students")).await?;
        ensure!(known.len() == 5, "{}", known.len());
        let mine = known.iter().find(|student| student["id"] == id.as_str()).context("them")?;
        ensure!(mine["email"] == new.email.as_str(), "{}", mine["id"]);
        for email in [&asking.email, &new.email] {
            let body = json!({ "email": email });
            let found = operator.send(Method::POST, "/api/people/search", &body).await?;
            let here = |item: &&Value| item["cohort"] == cohort.settings.id.as_str();
            let found = found.body["items"].as_array().into_iter().flatten().find(here);
            ensure!(found.is_some_and(|item| item["student"] == id.as_str()), "{found:?}");
        }

        // What comes back late from the former address says nothing about the new one.
        let sent = world.mails(&cohort).await?;
        let message = |to: &str| {
            let theirs = sent.iter().find(|mail| mail.to == to);
            theirs.map(|mail| mail.message.clone()).context("a mail")
        };
        let suppressed = async || {
            let student = cohort.student(&new.email).await?;
            Ok::<_, anyhow::Error>(student["suppressed"]["S"].as_str().map(str::to_owned))
        };
        let old = message(&asking.email)?;
        world.tell_of_mail_sent(&cohort, &old, "Bounce", before).await?;
        cohort.await_message(&old, "bounced").await?;
        ensure!(suppressed().await?.is_none());
        let late = message(&new.email)?;
        // Times of mails are in whole seconds: after the one in which the address was put right.
        let after = dev::sample::cohort::now() + jiff::SignedDuration::from_secs(1);
        world.tell_of_mail_sent(&cohort, &late, "Bounce", after).await?;
        cohort.await_message(&late, "bounced").await?;
        ensure!(suppressed().await?.as_deref() == Some("bounced"));
        Ok(())
    })
}
