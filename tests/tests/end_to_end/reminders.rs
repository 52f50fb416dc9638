//! Who has not answered is reminded, once, and nobody who answers meanwhile (M2, M4).

use anyhow::{Context as _, Result, ensure};
use reqwest::Method;
use serde_json::json;
use tests::cohort::small_with_mail;
use tests::{run, wait_for};

#[test]
fn m2_of_three_who_are_expected_the_two_who_have_not_answered_are_reminded_once() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("reminded", small_with_mail).await?;
        let students = cohort.answered_by(1).await?;
        let section = cohort.settings.sections.first().context("a section")?.id.to_string();
        let api = world.coordinator().await?;
        let waiting = ["first", "second"].map(|word| format!("{word}.{}", students[0].email));
        let row = |email: &str| json!({ "email": email, "section": section });
        let rows =
            json!({ "students": [row(&students[0].email), row(&waiting[0]), row(&waiting[1])] });
        let put = api.change(Method::PUT, &cohort.path("/roster"), 0, &rows).await?;
        ensure!(put.status == 200, "{put:?}");
        let ready = api.get(&cohort.path("/reminder")).await?;
        ensure!(ready["all"] == json!({ "waiting": 2, "suppressed": 0 }), "{ready}");

        // With the text that stands ready, confirmed twice at once and again afterwards.
        let base = cohort.path("/mailings");
        let body = json!({ "audience": { "to": "not_answered" }, "texts": ready["texts"] });
        let made = api.send_once("reminded-1", &base, &body).await?;
        ensure!(made.status == 201, "{made:?}");
        let here = format!("{base}/{}", made.body["id"].as_str().context("an id")?);
        let preview = api.get(&format!("{here}/preview")).await?;
        ensure!(preview["recipients"] == 2, "{preview}");
        let (send, version) = (format!("{here}/send"), format!("\"{}\"", made.body["version"]));
        let headers = [("idempotency-key", "s1"), ("if-match", version.as_str())];
        let (one, two) = futures::try_join!(api.post(&send, &headers), api.post(&send, &headers))?;
        ensure!((one.status, two.status) == (202, 202), "{one:?} {two:?}");
        cohort.await_mails(2).await?;
        wait_for("the reminder's end", async || {
            let progress = api.get(&format!("{here}/messages/summary")).await?;
            let statuses = &progress["statuses"];
            let done = progress["status"] == "sent" && statuses["delivered"] == 2;
            Ok(done.then_some(()))
        })
        .await?;
        ensure!(api.post(&send, &headers).await?.status == 202);
        let other = [("idempotency-key", "s2"), ("if-match", version.as_str())];
        ensure!(api.post(&send, &other).await?.status == 409);
        let mails = world.mails(&cohort).await?;
        let mut to: Vec<&str> = mails.iter().map(|mail| mail.to.as_str()).collect();
        to.sort_unstable();
        ensure!(to == [waiting[0].as_str(), waiting[1].as_str()], "{to:?}");
        let link = format!("https://form.typeform.com/to/{}", cohort.settings.form);
        ensure!(mails.iter().all(|mail| mail.mail.text.contains(&link)), "{}", mails[0].mail.text);

        // The results name addresses; records, queue and trail name ids.
        let told = api.list(&format!("{here}/messages")).await?;
        let shown = |email: &str| told.iter().find(|mail| mail["email"] == email);
        let (first, second) = (shown(&waiting[0]), shown(&waiting[1]));
        let first = first.and_then(|mail| mail["id"].as_str()).context("the first")?;
        let second = second.and_then(|mail| mail["id"].as_str()).context("the second")?;
        for item in cohort.items(keys::MESSAGE).await? {
            ensure!(!item.to_string().contains(&students[0].email), "{item}");
        }

        // An address that refuses it gets no reminder again, also under the next list.
        world.tell_of_mail(&cohort, first, "Bounce").await?;
        cohort.await_message(first, "bounced").await?;
        wait_for("the note on the roster", async || {
            let ready = api.get(&cohort.path("/reminder")).await?;
            Ok((ready["all"]["suppressed"] == 1).then_some(()))
        })
        .await?;
        let resend = |message: &str| cohort.path(&format!("/messages/{message}/resend"));
        let refused = api.post(&resend(first), &[]).await?;
        ensure!(refused.body["obstacle"] == "suppressed", "{refused:?}");
        let rows = json!({ "students": [row(&waiting[0]), row(&waiting[1])] });
        let put = api.change(Method::PUT, &cohort.path("/roster"), 1, &rows).await?;
        ensure!(put.status == 200, "{put:?}");
        let ready = api.get(&cohort.path("/reminder")).await?;
        ensure!(ready["all"] == json!({ "waiting": 2, "suppressed": 1 }), "{ready}");

        // To one once more, however often it is asked for; and not to who stands on no list any more.
        let again = resend(second);
        let (one, two) = futures::try_join!(api.post(&again, &[]), api.post(&again, &[]))?;
        ensure!((one.status, two.status) == (202, 202), "{one:?} {two:?}");
        cohort.await_mails(3).await?;
        let rows = json!({ "students": [row(&waiting[0])] });
        let put = api.change(Method::PUT, &cohort.path("/roster"), 2, &rows).await?;
        ensure!(put.status == 200, "{put:?}");
        let gone = api.post(&resend(second), &[]).await?;
        ensure!(gone.body["obstacle"] == "not_expected", "{gone:?}");
        ensure!(world.mails(&cohort).await?.len() == 3);
        Ok(())
    })
}
