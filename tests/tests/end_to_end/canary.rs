//! Marked values go through every flow; then everything that must not hold personal data is searched
//! for them (D10).

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use dev::sample::Answered;
use domain::cohort::QuestionKind;
use domain::profile::Answer;
use domain::{ErasureId, FormationId};
use reqwest::Method;
use serde_json::{Value, json};
use tests::cohort::{small_with_mail, unique};
use tests::{Api, Cohort, World, run, wait_for};

/// The words that nobody but the test has.
#[derive(Default)]
struct Canaries {
    words: BTreeSet<String>,
    /// Bodies seen in queues.
    bodies: BTreeSet<String>,
}

impl Canaries {
    fn sing(&mut self, kind: &str) -> String {
        let word = format!("{kind}{}", unique());
        self.words.insert(word.clone());
        word
    }

    fn told(&self, text: &str) -> Option<&String> {
        self.words.iter().find(|word| text.contains(word.as_str()))
    }

    fn mark(&mut self, cohort: &Cohort, students: &mut [Answered]) {
        for (number, student) in students.iter_mut().enumerate() {
            student.first = self.sing("Zirkonia");
            student.last = self.sing("Quetzal");
            let mailbox = self.sing(if number == 0 { "bounce" } else { "wren" });
            student.email = format!("{mailbox}@student.example.edu");
            student.number = self.sing("s");
            for question in &cohort.settings.questions {
                if question.kind == QuestionKind::Text {
                    student.answers.insert(question.id.clone(), Answer::Text(self.sing("Words")));
                }
            }
        }
    }

    /// Waits for something and looks into the queues meanwhile.
    async fn watch<T>(
        &mut self,
        world: &World,
        cohort: &Cohort,
        what: &str,
        mut ask: impl AsyncFnMut() -> Result<Option<T>>,
    ) -> Result<T> {
        let bodies = &mut self.bodies;
        // Beside the asking, which pauses for longer than a mail waits in its queue.
        let look = async {
            loop {
                // What SES itself reports names addresses; the queue of its reports cannot be without.
                let queued = world.queued().await?.into_iter();
                let ours = queued.filter(|(queue, _)| !queue.contains("MailEvents"));
                let ours = ours.map(|(_, body)| body);
                bodies.extend(ours.filter(|body| body.contains(cohort.settings.id.as_str())));
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        tokio::select! {
            found = wait_for(what, &mut ask) => found,
            failed = look => failed,
        }
    }
}

/// A call that must be refused, whose answer must not repeat what it was given.
async fn refused(canaries: &Canaries, api: &Api, path: &str, body: &Value) -> Result<()> {
    let answer = api.send(Method::POST, path, body).await?;
    ensure!((400..500).contains(&answer.status), "{path}: {answer:?}");
    let text = answer.body.to_string();
    ensure!(canaries.told(&text).is_none(), "{path} repeats {:?}", canaries.told(&text));
    Ok(())
}

/// A request of a student, confirmed by the link in their mail, and their name put right.
async fn rectified(
    canaries: &mut Canaries,
    world: &World,
    cohort: &Cohort,
    operator: &Api,
    student: &Answered,
) -> Result<()> {
    let id = cohort.student(&student.email).await?["id"]["S"].as_str().context("id")?.to_owned();
    let request = cohort.request_of(&id, "rectification").await?;
    let path = cohort.path(&format!("/rights/{request}"));
    let acknowledged =
        operator.send(Method::POST, &format!("{path}/acknowledge"), &json!({})).await?;
    ensure!(acknowledged.status < 300, "{acknowledged:?}");
    let link = canaries
        .watch(world, cohort, "the link", async || {
            let sent = world.mails(cohort).await?;
            let ours = sent.iter().filter(|mail| mail.to == student.email);
            let mut lines = ours.flat_map(|mail| mail.mail.text.lines().map(str::to_owned));
            Ok(lines.find(|line| line.contains("/rights/")))
        })
        .await?;
    // Links lead to browsers' histories and logs of proxies.
    ensure!(canaries.told(&link).is_none(), "the link names somebody: {link}");
    let (_, rest) = link.split_once("/rights/").context("a link")?;
    let url = format!("{}/rights/{rest}", world.service.stack.http()?);
    let page = world.http.get(&url).send().await?.text().await?;
    ensure!(canaries.told(&page).is_none(), "the page names somebody");
    ensure!(world.http.post(&url).send().await?.status() == 200);
    let words = canaries.sing("Renamed");
    refused(
        canaries,
        operator,
        &format!("{path}/rectify"),
        &json!({ "name": "", "section": words }),
    )
    .await?;
    let address = format!("{}@example.edu", canaries.sing("readdressed"));
    let name = json!({ "name": canaries.sing("Renamed"), "email": address });
    let done = operator.send(Method::POST, &format!("{path}/rectify"), &name).await?;
    ensure!(done.status < 300, "{}", done.status);
    Ok(())
}

/// A student is erased while the others stay.
async fn erased(cohort: &Cohort, operator: &Api, student: &Answered) -> Result<ErasureId> {
    let id = cohort.student(&student.email).await?["id"]["S"].as_str().context("id")?.to_owned();
    let body = json!({ "reference": "2027-031", "confirm": id });
    let path = cohort.path(&format!("/students/{id}/erasure"));
    let started = operator.send(Method::POST, &path, &body).await?;
    ensure!(started.status == 202, "{started:?}");
    let erasure = ErasureId::parse(started.body["erasure"].as_str().context("an erasure")?)?;
    cohort.await_erasure(&erasure, "completed").await?;
    Ok(erasure)
}

/// Executions, logs and the audit trail hold ids and nothing else.
async fn searched(canaries: &Canaries, cohort: &Cohort, executions: &[(&str, &str)]) -> Result<()> {
    let world = cohort.world();
    ensure!(!canaries.bodies.is_empty(), "no body was seen in a queue");
    for body in &canaries.bodies {
        ensure!(canaries.told(body).is_none(), "a queue holds {body}");
    }
    for (machine, name) in executions {
        let run = world.executions(machine, name).await?;
        ensure!(!run.is_empty(), "nothing ran on {machine}");
        // A sweep that met an erasure at its very end may have begun it once more.
        for execution in run {
            let text = world.told_by_execution(&execution).await?;
            ensure!(text.contains(cohort.settings.id.as_str()), "a history was read");
            let told = canaries.told(&text);
            ensure!(told.is_none(), "an execution of {machine} holds {told:?}");
        }
    }
    let mut with_lines = BTreeSet::new();
    // Metrics travel in the logs, the gateway's addresses too.
    for group in world.log_groups().await? {
        let text = world.logged(&group).await?;
        ensure!(canaries.told(&text).is_none(), "{group} holds {:?}", canaries.told(&text));
        if text.contains("\"level\"") {
            with_lines.insert(group);
        }
    }
    for function in [
        "typeform-webhook",
        "formation-steps",
        "mailer",
        "portal-api",
        "erasure-steps",
        "confirmation",
    ] {
        ensure!(with_lines.contains(&world.log_group(function)), "{function} logged nothing");
    }
    let trail = world.audit(&cohort.scope.institution).await?;
    let ours = trail.iter().map(ToString::to_string);
    let ours: Vec<_> = ours.filter(|it| it.contains(cohort.settings.id.as_str())).collect();
    ensure!(ours.len() > 5, "{} entries", ours.len());
    for entry in ours {
        ensure!(canaries.told(&entry).is_none(), "the audit trail holds {entry}");
    }
    Ok(())
}

#[test]
fn d10_no_personal_data_in_logs_states_queues_urls_or_errors() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("canary", small_with_mail).await?;
        let (operator, api) = (world.operator().await?, world.coordinator().await?);
        let mut canaries = Canaries::default();
        let mut students = cohort.invent(12);
        canaries.mark(&cohort, &mut students);
        cohort.answer(&students).await?;
        let mut lost = cohort.submission(&students[1]).payload();
        for answer in lost["form_response"]["answers"].as_array_mut().into_iter().flatten() {
            if answer["type"] == "email" {
                answer["email"] = json!(format!("{}@", students[1].last));
            }
        }
        ensure!(world.deliver(&lost).await?.outcome() == "quarantined");

        let formation: FormationId = cohort.start().await?;
        canaries
            .watch(world, &cohort, "the mails", async || {
                let statuses = cohort.statuses().await?;
                let ended =
                    statuses.values().filter(|it| ["delivered", "bounced"].contains(&it.as_str()));
                Ok((ended.count() == students.len()).then_some(()))
            })
            .await?;
        for path in ["", "/students", "/quarantine", "/formations", "/statistics", "/rights"] {
            operator.get(&cohort.path(path)).await?;
        }
        for path in ["groups", "messages"] {
            api.get(&cohort.path(&format!("/formations/{formation}/{path}"))).await?;
        }
        rectified(&mut canaries, world, &cohort, &operator, &students[2]).await?;
        refused(
            &canaries,
            &operator,
            &cohort.path("/rights"),
            &json!({ "kind": students[3].first, "student": students[3].email, "channel": "email" }),
        )
        .await?;
        refused(&canaries, &operator, "/api/breaches", &json!({ "aware_at": students[3].email }))
            .await?;
        let person = erased(&cohort, &operator, &students[4]).await?;
        let whole = cohort.erase().await?;
        let executions = [
            ("FormationStateMachineArn", formation.as_str()),
            ("ErasureStateMachineArn", person.as_str()),
            ("ErasureStateMachineArn", whole.as_str()),
        ];
        searched(&canaries, &cohort, &executions).await
    })
}
