//! What a contact writes to students: tried out, sent by one confirmation, told of, and sent once more (M2, M3, M4).

use anyhow::{Context as _, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use tests::cohort::small_with_mail;
use tests::{run, wait_for};

const WORDS: &str = "Vi ses i auditorium A1";

#[test]
fn m2_what_a_contact_writes_is_tried_sent_once_and_sent_to_one_student_again() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("written", small_with_mail).await?;
        let students = cohort.answered_by(5).await?;
        let api = world.coordinator().await?;
        let base = cohort.path("/mailings");
        let body = json!({
            "audience": { "to": "cohort" },
            "texts": {
                "da": { "subject": "Introuge", "body": format!("{WORDS}.\n\nSe https://example.edu/intro") },
                "en": { "subject": "Intro week", "body": "See you in A1." },
            },
        });
        let made = api.send_once("written-1", &base, &body).await?;
        ensure!(made.status == 201, "{made:?}");
        let mailing = made.body["id"].as_str().context("an id")?.to_owned();
        let here = format!("{base}/{mailing}");
        let preview = api.get(&format!("{here}/preview")).await?;
        ensure!(preview["recipients"] == 5, "{preview}");
        ensure!(preview["html"].as_str().is_some_and(|html| html.contains(WORDS)), "{preview}");

        // The trial reaches the contact alone.
        let tried = api.post(&format!("{here}/trial"), &[("idempotency-key", "t1")]).await?;
        ensure!(tried.status == 202, "{tried:?}");
        cohort.await_mails(1).await?;
        let trial = world.mails(&cohort).await?;
        ensure!(trial.len() == 1 && tried.body["to"] == trial[0].to.as_str());
        ensure!(trial[0].mail.text.contains(WORDS), "{}", trial[0].mail.text);

        // One confirmation, clicked twice and from two places at once.
        let send = format!("{here}/send");
        let version = format!("\"{}\"", made.body["version"]);
        let first = [("idempotency-key", "s1"), ("if-match", version.as_str())];
        let other = [("idempotency-key", "s2"), ("if-match", version.as_str())];
        let (one, two) = futures::try_join!(api.post(&send, &first), api.post(&send, &first))?;
        ensure!((one.status, two.status) == (202, 202), "{one:?} {two:?}");
        cohort.await_mails(6).await?;
        wait_for("the mailing's end", async || {
            let progress = api.get(&format!("{here}/messages/summary")).await?;
            Ok((progress["status"] == "sent").then_some(()))
        })
        .await?;
        ensure!(api.post(&send, &first).await?.status == 202);
        let late = api.post(&send, &other).await?;
        ensure!(late.status == 409, "{late:?}");
        let mails = world.mails(&cohort).await?;
        ensure!(mails.len() == 6, "{} mails", mails.len());
        for student in &students {
            let mine: Vec<_> = mails.iter().filter(|mail| mail.to == student.email).collect();
            let [mail] = mine[..] else { anyhow::bail!("{} mails to one student", mine.len()) };
            ensure!(mail.mail.text.contains(WORDS) && mail.mail.text.contains(&student.first));
            ensure!(mail.details["reply_to"] == json!(["studiestart@example.edu"]));
        }

        // Ids travel, words do not.
        let name = format!("{mailing}-1");
        let runs = world.executions("MailingStateMachineArn", &name).await?;
        ensure!(!runs.is_empty(), "no execution is called {name}");
        for run in runs {
            let told = world.told_by_execution(&run).await?;
            ensure!(!told.contains(WORDS) && told.contains(&mailing), "{told}");
        }
        let trail = world.audit(&cohort.scope.institution).await?;
        ensure!(!Value::from(trail).to_string().contains(WORDS), "the trail holds the text");

        // To one once more; however often it is asked for, one mail comes.
        let told = api.list(&format!("{here}/messages")).await?;
        ensure!(
            told.len() == 5 && told.iter().all(|mail| mail["status"] == "delivered"),
            "{told:?}"
        );
        let message = told[0]["id"].as_str().context("an id")?;
        let again = cohort.path(&format!("/messages/{message}/resend"));
        let (one, two) = futures::try_join!(api.post(&again, &[]), api.post(&again, &[]))?;
        ensure!((one.status, two.status) == (202, 202), "{one:?} {two:?}");
        cohort.await_mails(7).await?;
        ensure!(world.mails(&cohort).await?.len() == 7);

        // Whose address came back gets nothing more, and the contact is told why.
        let bounced = told[1]["id"].as_str().context("an id")?;
        world.tell_of_mail(&cohort, bounced, "Bounce").await?;
        cohort.await_message(bounced, "bounced").await?;
        let again = cohort.path(&format!("/messages/{bounced}/resend"));
        let refused = api.post(&again, &[]).await?;
        ensure!(refused.body["obstacle"] == "suppressed", "{refused:?}");
        let changed = api.change(Method::PUT, &here, 1, &body).await?;
        ensure!(changed.status == 409, "{changed:?}");
        Ok(())
    })
}

#[test]
fn m6_what_a_contact_wrote_goes_with_the_cohort() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("unwritten", small_with_mail).await?;
        cohort.answered_by(4).await?;
        let api = world.coordinator().await?;
        let body = json!({
            "audience": { "to": "cohort" },
            "texts": { "da": { "subject": "Introuge", "body": WORDS } },
        });
        let made = api.send_once("unwritten-1", &cohort.path("/mailings"), &body).await?;
        ensure!(made.status == 201, "{made:?}");
        ensure!(cohort.items(keys::MAILING).await?.len() == 1);
        cohort.start_erasure().await?;
        wait_for("the mailing's erasure", async || {
            Ok(cohort.items(keys::MAILING).await?.is_empty().then_some(()))
        })
        .await
    })
}
