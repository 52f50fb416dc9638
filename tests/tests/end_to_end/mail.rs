//! The mail with the group: what it holds, that it comes once, what becomes of it (M1, M4, M5).

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dev::sample::cohort::now;
use domain::FormationId;
use domain::institution::Language;
use domain::profile::Answer;
use futures::future::try_join_all;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::cohort::{small, small_with_mail};
use tests::{Cohort, World, run, wait_for};

async fn holds_the_group(world: &'static World, language: Language) -> Result<()> {
    let cohort = world.cohort("mailed", |settings| {
        small_with_mail(settings);
        settings.language = language;
        settings.sizes = domain::cohort::Sizes { min: 4, preferred: 4, max: 4 };
    });
    let cohort = cohort.await?;
    let mut students = cohort.invent(4);
    for student in &mut students {
        // Tuesday from 8 to 12 suits everybody.
        let free = (32..36).collect();
        for question in &cohort.settings.questions {
            if question.id.as_str() == "availability" {
                student.answers.insert(question.id.clone(), Answer::Slots(free));
                break;
            }
        }
    }
    cohort.answer(&students).await?;
    cohort.form().await?;
    cohort.await_mails(4).await?;
    let sent = world.mails(&cohort).await?;
    ensure!(sent.len() == students.len(), "{} mails", sent.len());
    let name = cohort.settings.name.get(language);
    let (subject, slots) = match language {
        Language::Da => ("Din studiegruppe: gruppe 1", "tirsdag kl. 8–12"),
        Language::En => ("Your study group: group 1", "Tuesday 8–12"),
    };
    for student in &students {
        let mine: Vec<_> = sent.iter().filter(|mail| mail.to == student.email).collect();
        let [mail] = mine[..] else { anyhow::bail!("{} mails to one student", mine.len()) };
        let html = mail.mail.html.as_deref().context("an HTML part")?;
        ensure!(mail.mail.subject.starts_with(subject), "{}", mail.mail.subject);
        ensure!(mail.mail.subject.contains(name), "{}", mail.mail.subject);
        for other in students.iter().filter(|other| other.email != student.email) {
            let (mailbox, _) = other.email.split_once('@').context("an address")?;
            ensure!(mail.mail.text.contains(&other.email), "an address is missing");
            ensure!(mail.mail.text.contains(&format!("{} {}", other.first, other.last)));
            ensure!(html.contains(mailbox), "an address is missing in HTML");
        }
        ensure!(mail.mail.text.contains(slots), "{}", mail.mail.text);
        ensure!(mail.mail.text.contains(&student.first), "the mail names its reader");
        ensure!(
            mail.mail.text.contains("Example University") && html.contains("Example University")
        );
        ensure!(mail.details["reply_to"] == json!(["studiestart@example.edu"]), "{}", mail.details);
        ensure!(mail.mail.from.contains("groups@example.edu"), "{}", mail.mail.from);
        let file =
            STANDARD.decode(mail.details["calendar"].as_str().context("a calendar file")?)?;
        let file = String::from_utf8(file)?;
        ensure!(file.starts_with("BEGIN:VCALENDAR") && file.contains("BEGIN:VEVENT"), "{file}");
        ensure!(file.contains("T080000"), "{file}");
        let tags = mail.details["tags"].as_object().context("tags")?;
        ensure!(
            tags.len() == 3 && tags["institution"] == cohort.scope.institution.as_str(),
            "{tags:?}"
        );
    }
    Ok(())
}

#[test]
fn m1_mail_holds_the_group_in_danish() -> Result<()> {
    run(async |world| holds_the_group(world, Language::Da).await)
}

#[test]
fn m1_mail_holds_the_group_in_english() -> Result<()> {
    run(async |world| holds_the_group(world, Language::En).await)
}

#[test]
fn m1_no_mail_without_agreement() -> Result<()> {
    run(async |world| {
        let (cohort, _) = published_without_mail(world, "silent", 4).await?;
        ensure!(cohort.items(keys::MESSAGE).await?.is_empty());
        ensure!(world.mails(&cohort).await?.is_empty());
        Ok(())
    })
}

/// Groups that are published, without mail: the outbox is the test's to fill.
///
/// Groups are published a step before they are announced, and the announcement goes by what is
/// agreed by then: whoever agrees to mail afterwards must not be overtaken by it.
async fn published_without_mail(
    world: &'static World,
    word: &str,
    students: usize,
) -> Result<(Cohort, FormationId)> {
    let cohort = world.cohort(word, small).await?;
    cohort.answered_by(students).await?;
    let formation = cohort.form().await?;
    wait_for("the execution's end", async || {
        let runs = world.executions("FormationStateMachineArn", formation.as_str()).await?;
        Ok((runs.first().context("it ran")?["status"] == "SUCCEEDED").then_some(()))
    })
    .await?;
    Ok((cohort, formation))
}

/// The institution agrees to mail after all.
async fn agree_to_mail(cohort: &Cohort) -> Result<()> {
    let mut agreed = cohort.settings.clone();
    agreed.mail_agreed = true;
    cohort.replace(&agreed).await
}

#[test]
fn m4_duplicate_queue_messages_and_announcements_send_no_second_mail() -> Result<()> {
    run(async |world| {
        let (cohort, formation) = published_without_mail(world, "twice", 5).await?;
        agree_to_mail(&cohort).await?;
        let mut announce = cohort.reference("-");
        announce.as_object_mut().map(|members| members.remove("message"));
        announce["step"] = json!("announce");
        announce["formation"] = json!(formation);
        // The task is retried while it is still at work.
        try_join_all([0; 3].map(|_| world.service.invoke("formation-steps", &announce))).await?;
        let messages = cohort.statuses().await?;
        ensure!(messages.len() == 5, "{messages:?}");
        for message in messages.keys() {
            let reference = cohort.reference(message);
            try_join_all([0; 4].map(|_| world.queue_mail(&reference))).await?;
        }
        cohort.await_mails(5).await?;
        for message in messages.keys() {
            world.queue_mail(&cohort.reference(message)).await?;
        }
        world.service.invoke("formation-steps", &announce).await?;
        nothing_is_queued(world, &cohort).await?;
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        for mail in world.mails(&cohort).await? {
            *counts.entry(mail.to).or_default() += 1;
        }
        ensure!(counts.len() == 5 && counts.values().all(|count| *count == 1), "{counts:?}");
        Ok(())
    })
}

/// Waits until no queue holds a message of the cohort any more.
async fn nothing_is_queued(world: &World, cohort: &Cohort) -> Result<()> {
    wait_for("an empty queue", async || {
        let queued = world.queued().await?;
        let ours =
            queued.iter().filter(|(_, body)| body.contains(cohort.settings.id.as_str())).count();
        Ok((ours == 0).then_some(()))
    })
    .await
}

/// A mailer claimed a message and died: its lease ran out a minute ago.
async fn a_mailer_died(world: &'static World, word: &str) -> Result<(Cohort, String)> {
    let (cohort, formation) = published_without_mail(world, word, 4).await?;
    agree_to_mail(&cohort).await?;
    let groups = cohort.items(&keys::group_prefix(&formation)).await?;
    let group = groups.first().context("a group")?;
    let student = group["members"]["L"][0]["S"].as_str().context("a member")?;
    let student = domain::StudentId::parse(student)?;
    let section = group["section"]["S"].as_str().context("a section")?;
    let about = domain::message::About::Group {
        student: student.clone(),
        formation: formation.clone(),
        section: domain::SectionId::parse(section)?,
        group: 1,
    };
    let id = domain::MessageId::of(&about);
    let key = keys::message(&(&cohort.scope).into(), &id);
    let long_ago = (now() - SignedDuration::from_mins(3)).to_string();
    let lease = (now() - SignedDuration::from_mins(1)).to_string();
    let item = json!({
        "pk": { "S": key.pk }, "sk": { "S": key.sk },
        "id": { "S": id }, "kind": { "S": "group" }, "student": { "S": student },
        "formation": { "S": formation }, "section": group["section"], "group": group["number"],
        "status": { "S": "claimed" }, "status_at": { "S": long_ago }, "attempts": { "N": "1" },
        "lease_until": { "S": lease },
    });
    let table = world.service.stack.deployed.output("AppTable")?;
    world.dynamodb("PutItem", &json!({ "TableName": table, "Item": item })).await?;
    world.queue_mail(&cohort.reference(id.as_str())).await?;
    cohort.await_message(id.as_str(), "unknown").await?;
    ensure!(world.mails(&cohort).await?.is_empty(), "nobody knows yet, so nothing is sent");
    Ok((cohort, id.to_string()))
}

#[test]
fn m4_unknown_outcome_is_settled_by_the_event_before_any_retry() -> Result<()> {
    run(async |world| {
        let (cohort, message) = a_mailer_died(world, "settled").await?;
        world.tell_of_mail(&cohort, &message, "Delivery").await?;
        cohort.await_message(&message, "delivered").await?;
        nothing_is_queued(world, &cohort).await?;
        ensure!(world.mails(&cohort).await?.is_empty(), "the mail had been sent");
        let item = &cohort.items(keys::MESSAGE).await?[0];
        ensure!(item["attempts"]["N"] == "1" && item["ses_id"]["S"].is_string(), "{item}");
        // Events come late and again; a delivery does not undo itself.
        for kind in ["Send", "Delivery"] {
            world.tell_of_mail(&cohort, &message, kind).await?;
        }
        nothing_is_queued(world, &cohort).await?;
        ensure!(cohort.statuses().await?[&message] == "delivered");
        Ok(())
    })
}

#[test]
fn m4_unknown_outcome_without_an_event_is_tried_again_once() -> Result<()> {
    run(async |world| {
        let (cohort, message) = a_mailer_died(world, "retried").await?;
        cohort.await_message(&message, "delivered").await?;
        nothing_is_queued(world, &cohort).await?;
        let sent = world.mails(&cohort).await?;
        ensure!(sent.len() == 1 && sent[0].message == message, "{} mails", sent.len());
        let item = &cohort.items(keys::MESSAGE).await?[0];
        ensure!(item["attempts"]["N"] == "2", "{item}");
        Ok(())
    })
}

#[test]
fn m5_bounces_and_complaints_mark_the_message_and_suppress_further_mail() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("bounces", small_with_mail).await?;
        let mut students = cohort.invent(5);
        students[0].email = format!("bounce.{}", students[0].email);
        students[1].email = format!("complaint.{}", students[1].email);
        cohort.answer(&students).await?;
        let first = cohort.form().await?;
        let api = world.coordinator().await?;
        let expected = BTreeMap::from([("bounced", 1), ("complained", 1), ("delivered", 3)]);
        let path = cohort.path(&format!("/formations/{first}/messages"));
        // A complaint follows its delivery, so a delivered mail is not yet at its end.
        wait_for("bounce and complaint", async || {
            let summary = api.get(&format!("{path}/summary")).await?;
            let reached =
                expected.iter().all(|(status, count)| summary["statuses"][*status] == *count);
            Ok(reached.then_some(()))
        })
        .await?;
        for (status, student) in [("bounced", &students[0]), ("complained", &students[1])] {
            let messages = api.list(&format!("{path}?status={status}")).await?;
            ensure!(messages.len() == 1 && messages[0]["email"] == student.email, "{messages:?}");
            let listed = api.list(&cohort.path("/students")).await?;
            let listed: Vec<&Value> =
                listed.iter().filter(|s| s["email"] == student.email).collect();
            ensure!(listed.len() == 1 && listed[0]["suppressed"] == status, "{listed:?}");
        }
        let second = cohort.form().await?;
        wait_for("the second mails", async || {
            let path = cohort.path(&format!("/formations/{second}/messages/summary"));
            let statuses = api.get(&path).await?["statuses"].take();
            Ok((statuses["delivered"] == 3 && statuses["failed"] == 2).then_some(()))
        })
        .await?;
        let failed = cohort.path(&format!("/formations/{second}/messages?status=failed"));
        for message in api.list(&failed).await? {
            ensure!(message["failure"] == "suppressed", "{message}");
        }
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        for mail in world.mails(&cohort).await? {
            *counts.entry(mail.to).or_default() += 1;
        }
        for (number, student) in students.iter().enumerate() {
            let expected = if number < 2 { 1 } else { 2 };
            ensure!(counts[&student.email] == expected, "{counts:?}");
        }
        Ok(())
    })
}
