//! Who is in a published group gets a mail with their own link to the evaluation, and nobody who has answered (M2,
//! M4).

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use domain::evaluation::EvaluationToken;
use serde_json::{Value, json};
use tests::api::Api;
use tests::cohort::small_with_mail;
use tests::{Cohort, run, wait_for};

use crate::evaluation::{answers, evaluated};

/// Writes a mailing with the text that stands ready, confirms it, and waits until so many were delivered; answers
/// where it is.
async fn mailed(cohort: &Cohort, api: &Api, key: &str, count: u64) -> Result<String> {
    let base = cohort.path("/mailings");
    let ready = api.get(&cohort.path("/evaluation/mail")).await?;
    ensure!(ready["all"] == json!({ "silent": count, "suppressed": 0 }), "{ready}");
    let body = json!({ "audience": { "to": "not_evaluated" }, "texts": ready["texts"] });
    let made = api.send_once(key, &base, &body).await?;
    ensure!(made.status == 201, "{made:?}");
    let here = format!("{base}/{}", made.body["id"].as_str().context("an id")?);
    let preview = api.get(&format!("{here}/preview")).await?;
    ensure!(preview["recipients"] == count, "{preview}");
    for form in ["text", "html"] {
        let shown = preview[form].as_str().context("a mail")?;
        ensure!(shown.contains(&format!("#token={}", EvaluationToken::EXAMPLE)), "{shown}");
    }
    let (send, version) = (format!("{here}/send"), format!("\"{}\"", made.body["version"]));
    let headers = [("idempotency-key", "s1"), ("if-match", version.as_str())];
    let (one, two) = futures::try_join!(api.post(&send, &headers), api.post(&send, &headers))?;
    ensure!((one.status, two.status) == (202, 202), "{one:?} {two:?}");
    wait_for("the mailing's end", async || {
        let progress = api.get(&format!("{here}/messages/summary")).await?;
        let done = progress["status"] == "sent" && progress["statuses"]["delivered"] == count;
        Ok(done.then_some(()))
    })
    .await?;
    Ok(here)
}

/// The tokens that the mails of a mailing carry, by address.
async fn tokens(cohort: &Cohort, api: &Api, mailing: &str) -> Result<BTreeMap<String, String>> {
    let form = &cohort.settings.evaluation.as_ref().context("an evaluation")?.form;
    let link = format!("https://form.typeform.com/to/{form}#token=");
    let listed = api.list(&format!("{mailing}/messages")).await?;
    let ids: Vec<&str> = listed.iter().filter_map(|mail| mail["id"].as_str()).collect();
    let mut found = BTreeMap::new();
    for sent in cohort.world().mails(cohort).await? {
        if ids.contains(&sent.message.as_str()) {
            let (_, rest) = sent.mail.text.split_once(&link).context("a link of one's own")?;
            let token: String = rest.chars().take_while(char::is_ascii_lowercase).collect();
            ensure!(found.insert(sent.to.clone(), token).is_none(), "twice to {}", sent.to);
        }
    }
    Ok(found)
}

#[test]
fn m2_members_answer_by_the_link_in_their_mail_and_the_silent_are_mailed_again() -> Result<()> {
    run(async |world| {
        let cohort = evaluated(world, small_with_mail).await?;
        let mut students = cohort.invent(9);
        let late = students.split_off(8);
        cohort.answer(&students).await?;
        cohort.form().await?;
        // Came too late for the groups, and is asked nothing.
        cohort.answer(&late).await?;
        let api = world.coordinator().await?;
        let first = mailed(&cohort, &api, "asked-1", 8).await?;
        let links = tokens(&cohort, &api, &first).await?;
        let mut expected: Vec<&str> = students.iter().map(|one| one.email.as_str()).collect();
        expected.sort_unstable();
        ensure!(links.keys().map(String::as_str).collect::<Vec<_>>() == expected, "{links:?}");
        ensure!(!links.contains_key(&late[0].email), "nobody outside");

        // The token of a mail is what its student's answer comes by; it stands nowhere else.
        let everything = json!(cohort.items("").await?).to_string();
        for token in links.values() {
            ensure!(!token.is_empty() && !everything.contains(token.as_str()), "a token is kept");
        }
        for email in &expected[..3] {
            let outcome = answers(&cohort, &links[*email], 4).await?;
            ensure!(outcome == "evaluated", "{outcome}");
        }
        let kept: Vec<Value> = cohort.items(keys::EVALUATION).await?;
        ensure!(kept.len() == 3, "{}", kept.len());
        let outcome = answers(&cohort, EvaluationToken::EXAMPLE, 1).await?;
        ensure!(outcome == "unaddressed", "{outcome}");

        // Who has answered gets it no more, neither in the next mailing nor once more.
        let second = mailed(&cohort, &api, "asked-2", 5).await?;
        let again = tokens(&cohort, &api, &second).await?;
        ensure!(again.keys().map(String::as_str).collect::<Vec<_>>() == expected[3..]);
        for (email, token) in &again {
            ensure!(links[email] == *token, "the same link whenever it is made");
        }
        let listed = api.list(&format!("{first}/messages")).await?;
        let of = |email: &str| listed.iter().find(|mail| mail["email"] == email);
        let answered = of(expected[0]).and_then(|mail| mail["id"].as_str()).context("a mail")?;
        let resend = cohort.path(&format!("/messages/{answered}/resend"));
        let refused = api.post(&resend, &[]).await?;
        ensure!(refused.body["obstacle"] == "answered", "{refused:?}");
        let silent = of(expected[7]).and_then(|mail| mail["id"].as_str()).context("a mail")?;
        let sent = api.post(&cohort.path(&format!("/messages/{silent}/resend")), &[]).await?;
        ensure!(sent.status == 202, "{sent:?}");
        Ok(())
    })
}
