//! A mailing that is confirmed for a time to come goes by itself, once; and one that stopped is closed (M2, M3, M4).

use anyhow::{Context as _, Result, ensure};
use dev::sample::cohort::now;
use futures::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};
use tests::cohort::{Cohort, small_with_mail};
use tests::{Api, run, wait_for};

/// A draft of a mail, as a contact has it before them.
struct Draft<'a> {
    cohort: &'a Cohort,
    api: Api,
    here: String,
    id: String,
}

impl<'a> Draft<'a> {
    async fn write(cohort: &'a Cohort, key: &str, body: &Value) -> Result<Self> {
        let api = cohort.world().coordinator().await?;
        let base = cohort.path("/mailings");
        let made = api.send_once(key, &base, body).await?;
        ensure!(made.status == 201, "{made:?}");
        let id = made.body["id"].as_str().context("an id")?.to_owned();
        Ok(Self { cohort, api, here: format!("{base}/{id}"), id })
    }

    async fn plan(&self, version: u64, at: Timestamp) -> Result<Value> {
        let path = format!("{}/plan", self.here);
        let answer = self.api.change(Method::PUT, &path, version, &json!({ "at": at })).await?;
        ensure!(answer.status == 200 && answer.body["status"] == "planned", "{answer:?}");
        Ok(answer.body)
    }

    async fn is(&self, status: &str) -> Result<()> {
        wait_for(&format!("the mailing to be {status}"), async || {
            let shown = self.api.get(&self.here).await?;
            Ok((shown["status"] == status).then_some(()))
        })
        .await
    }

    fn key(&self) -> Result<keys::Key> {
        Ok(keys::mailing(&self.cohort.scope, &self.id.parse()?))
    }

    async fn runs(&self) -> Result<Vec<Value>> {
        let world = self.cohort.world();
        world.executions("MailingStateMachineArn", &format!("{}-", self.id)).await
    }
}

fn soon(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

#[test]
fn m2_a_planned_reminder_goes_out_at_its_time_once() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("planned", small_with_mail).await?;
        let students = cohort.answered_by(1).await?;
        let section = cohort.settings.sections.first().context("a section")?.id.to_string();
        let waiting = ["first", "second"].map(|word| format!("{word}.{}", students[0].email));
        let row = |email: &str| json!({ "email": email, "section": section });
        let rows = json!({ "students": waiting.each_ref().map(|email| row(email)) });
        let api = world.coordinator().await?;
        let put = api.change(Method::PUT, &cohort.path("/roster"), 0, &rows).await?;
        ensure!(put.status == 200, "{put:?}");
        let ready = api.get(&cohort.path("/reminder")).await?;
        let body = json!({ "audience": { "to": "not_answered" }, "texts": ready["texts"] });

        // One by nobody's hand: the schedule fires once a minute.
        let draft = Draft::write(&cohort, "planned-1", &body).await?;
        let at = soon(8);
        let planned = draft.plan(1, at).await?;
        ensure!(planned["plan"]["at"] == json!(at.round(jiff::Unit::Second)?), "{planned}");
        ensure!(world.mails(&cohort).await?.is_empty() && draft.runs().await?.is_empty());
        draft.is("sent").await?;
        cohort.await_mails(2).await?;
        let shown = draft.api.get(&draft.here).await?;
        let sent_at: Timestamp = shown["sent_at"].as_str().context("a time")?.parse()?;
        ensure!(sent_at >= at.round(jiff::Unit::Second)?, "{sent_at} is before {at}");
        ensure!(shown["recipients"] == 2 && shown["sent_by"] == planned["plan"]["made_by"]);

        // The clock strikes late, and again and again while the mailing is on its way.
        let rushed = Draft::write(&cohort, "planned-2", &body).await?;
        let at = soon(2);
        rushed.plan(1, at).await?;
        wait_for("the time", async || Ok((now() > at).then_some(()))).await?;
        let tick = json!({ "source": "minute" });
        let ticks = [0; 6].map(|_| world.service.invoke("mailing-clock", &tick));
        for answer in try_join_all(ticks).await? {
            ensure!(answer["due"].is_u64(), "{answer}");
        }
        rushed.is("sent").await?;
        cohort.await_mails(4).await?;
        let answer = world.service.invoke("mailing-clock", &tick).await?;
        ensure!(answer["started"].is_u64(), "{answer}");
        for draft in [&draft, &rushed] {
            let runs = draft.runs().await?;
            ensure!(runs.len() == 1 && runs[0]["name"] == format!("{}-1", draft.id), "{runs:?}");
            ensure!(!world.told_by_execution(&runs[0]).await?.contains('@'), "ids alone");
            let item = cohort.items(&format!("{}{}", keys::MAILING, draft.id)).await?;
            ensure!(item.len() == 1 && item[0]["deadline_pk"].is_null(), "{item:?}");
        }
        let mails = world.mails(&cohort).await?;
        for email in &waiting {
            let mine = mails.iter().filter(|mail| mail.to == *email).count();
            ensure!(mine == 2, "{mine} mails to one of two mailings each");
        }
        // Who confirmed and what the clock did stand in the trail.
        let trail = Value::from(world.audit(&cohort.scope.institution).await?).to_string();
        for action in ["mailings.plan", "mailings.start"] {
            ensure!(trail.contains(action), "nothing says {action}");
        }
        Ok(())
    })
}

#[test]
fn m2_what_is_taken_back_or_may_not_go_any_more_stays_here_and_says_why() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("unplanned", small_with_mail).await?;
        cohort.answered_by(2).await?;
        let body = json!({
            "audience": { "to": "cohort" },
            "texts": { "da": { "subject": "Introuge", "body": "Vi ses i A1." } },
        });
        let back = Draft::write(&cohort, "unplanned-1", &body).await?;
        let changed = Draft::write(&cohort, "unplanned-2", &body).await?;
        let unagreed = Draft::write(&cohort, "unplanned-3", &body).await?;
        let at = soon(6);
        for draft in [&back, &changed, &unagreed] {
            draft.plan(1, at).await?;
        }
        let path = format!("{}/plan", back.here);
        let answer = back.api.change(Method::DELETE, &path, 2, &json!({})).await?;
        ensure!(answer.status == 200 && answer.body["status"] == "draft", "{answer:?}");
        let mut other = body.clone();
        other["texts"]["da"]["body"] = "Vi ses i B2.".into();
        let answer = changed.api.change(Method::PUT, &changed.here, 2, &other).await?;
        ensure!(answer.status == 200 && answer.body["plan"].is_null(), "{answer:?}");
        let key = keys::cohort(&cohort.scope);
        world.set(&key, "mail_agreed", &json!({ "BOOL": false })).await?;

        wait_for("the time", async || Ok((now() > at).then_some(()))).await?;
        world.service.invoke("mailing-clock", &json!({ "source": "minute" })).await?;
        unagreed.is("draft").await?;
        let shown = unagreed.api.get(&unagreed.here).await?;
        ensure!(shown["missed"]["reason"] == "mail_not_agreed", "{shown}");
        world.set(&key, "mail_agreed", &json!({ "BOOL": true })).await?;
        world.service.invoke("mailing-clock", &json!({ "source": "minute" })).await?;
        for draft in [&back, &changed, &unagreed] {
            draft.is("draft").await?;
            ensure!(draft.runs().await?.is_empty(), "{} was begun", draft.id);
        }
        ensure!(world.mails(&cohort).await?.is_empty(), "a mail went out");

        // What was taken back can still be sent; it goes once, and no clock sends it again.
        let send = [("idempotency-key", "s1"), ("if-match", "\"3\"")];
        let sent = back.api.post(&format!("{}/send", back.here), &send).await?;
        ensure!(sent.status == 202, "{sent:?}");
        back.is("sent").await?;
        cohort.await_mails(2).await?;
        world.service.invoke("mailing-clock", &json!({ "source": "minute" })).await?;
        ensure!(back.runs().await?.len() == 1 && world.mails(&cohort).await?.len() == 2);
        Ok(())
    })
}

#[test]
fn m3_what_stopped_and_was_closed_sends_nothing_more() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("closed", small_with_mail).await?;
        cohort.answered_by(2).await?;
        let body = json!({
            "audience": { "to": "cohort" },
            "texts": { "da": { "subject": "Introuge", "body": "Vi ses i A1." } },
        });
        let draft = Draft::write(&cohort, "closed-1", &body).await?;
        let close = format!("{}/close", draft.here);
        let early = draft.api.change(Method::POST, &close, 1, &json!({})).await?;
        ensure!(early.status == 409, "{early:?}");
        let send = [("idempotency-key", "s1"), ("if-match", "\"1\"")];
        let sent = draft.api.post(&format!("{}/send", draft.here), &send).await?;
        ensure!(sent.status == 202, "{sent:?}");
        draft.is("sent").await?;
        cohort.await_mails(2).await?;

        // As its machine leaves it when a task fails for good, with one of its mails still in the queue.
        world.set(&draft.key()?, "status", &json!({ "S": "stopped" })).await?;
        world.set(&draft.key()?, "failure", &json!({ "S": "internal" })).await?;
        let version = draft.api.get(&draft.here).await?["version"].as_u64().context("a version")?;
        let closings =
            [0; 3].map(|_| draft.api.change(Method::POST, &close, version, &Value::Null));
        for closed in futures::future::join_all(closings).await {
            let closed = closed?;
            // One closes; who asks at the same moment is told, or finds it closed.
            ensure!([200, 412].contains(&closed.status), "{closed:?}");
        }
        let again = draft.api.change(Method::POST, &close, version, &json!({})).await?;
        ensure!(again.status == 200 && again.body["status"] == "closed", "{again:?}");
        ensure!(again.body["recipients"] == 2, "how many it went to stays: {again:?}");
        let told = draft.api.list(&format!("{}/messages", draft.here)).await?;
        let message = told[0]["id"].as_str().context("a mail")?;
        let key = keys::message(&(&cohort.scope).into(), &message.parse()?);
        world.set(&key, "status", &json!({ "S": "queued" })).await?;
        world.queue_mail(&cohort.reference(message)).await?;
        cohort.await_message(message, "failed").await?;
        let told = draft.api.list(&format!("{}/messages", draft.here)).await?;
        let told = told.iter().find(|mail| mail["id"] == message).context("the mail")?;
        ensure!(told["failure"] == "mailing_closed", "{told}");
        ensure!(world.mails(&cohort).await?.len() == 2, "a mail went out");
        let version = again.body["version"].as_u64().context("a version")?.to_string();
        let headers = [("idempotency-key", "s2"), ("if-match", version.as_str())];
        let refused = draft.api.post(&format!("{}/send", draft.here), &headers).await?;
        ensure!(refused.status == 409, "{refused:?}");

        // Another may follow.
        let next = Draft::write(&cohort, "closed-2", &body).await?;
        let sent = next.api.post(&format!("{}/send", next.here), &send).await?;
        ensure!(sent.status == 202, "{sent:?}");
        next.is("sent").await
    })
}
