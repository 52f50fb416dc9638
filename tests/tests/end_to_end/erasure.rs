//! Deletion of what is due, everywhere and provably (D1, D2).

use anyhow::{Context as _, Result, ensure};
use dev::sample::Answered;
use dev::sample::cohort::now;
use domain::cohort::Settings;
use domain::{ErasureId, InstitutionId};
use reqwest::Method;
use serde_json::{Value, json};
use tests::cohort::{small, small_with_mail, today};
use tests::{Cohort, World, run, wait_for};

const MACHINE: &str = "ErasureStateMachineArn";

/// A published cohort with everything that leaves traces: superseded answers, a quarantined one,
/// groups, mails, a bounce and a complaint, and another formation that failed.
async fn full(world: &'static World, word: &str) -> Result<(Cohort, Vec<Answered>)> {
    let cohort = world.cohort(word, small_with_mail).await?;
    let mut students = cohort.invent(6);
    students[0].email = format!("bounce.{}", students[0].email);
    students[1].email = format!("complaint.{}", students[1].email);
    cohort.answer(&students).await?;
    cohort.answer_again(&students[..2]).await?;
    let mut lost = cohort.submission(&students[2]).payload();
    let answers = lost["form_response"]["answers"].as_array_mut().context("answers")?;
    answers.retain(|answer| answer["type"] != "email");
    world.service.keep_at_typeform(cohort.settings.form.as_str(), &lost).await?;
    ensure!(world.deliver(&lost).await?.outcome() == "quarantined");
    cohort.form().await?;
    wait_for("the ends of all mails", async || {
        let statuses = cohort.statuses().await?;
        let count = |word: &str| statuses.values().filter(|status| *status == word).count();
        let ended = (count("bounced"), count("complained"), count("delivered")) == (1, 1, 4);
        Ok(ended.then_some(()))
    })
    .await?;
    let [items, versions, kept] = cohort.left().await?;
    // 6 students, 8 responses, 1 in quarantine, 1 formation, groups, 6 messages.
    ensure!(items >= 23 && versions >= 12 && kept == 9, "{items} {versions} {kept}");
    for student in &students[..2] {
        ensure!(world.service.is_suppressed(&student.email).await?, "SES suppresses by itself");
    }
    Ok((cohort, students))
}

#[test]
fn d2_erasure_leaves_nothing() -> Result<()> {
    run(async |world| {
        // Typeform takes its time: a deletion shows after the third look.
        world.service.set_typeform(&json!({ "delete_after_reads": 3 })).await?;
        let (cohort, students) = full(world, "erased").await?;
        let messages = cohort.statuses().await?;
        let before = cohort.left().await?;
        let erasure = cohort.erase().await?;
        ensure!(cohort.left().await? == [0, 0, 0], "{:?}", cohort.left().await?);
        for student in &students {
            ensure!(!world.service.is_suppressed(&student.email).await?, "still suppressed");
        }

        let api = world.coordinator().await?;
        let certificate = api.get(&format!("/api/erasures/{erasure}/certificate")).await?;
        let deleted = certificate["deleted"].as_object().context("counts")?;
        let counted = |word: &str| {
            let named = deleted.iter().filter(|(name, _)| name.contains(word));
            named.filter_map(|(_, count)| count.as_u64()).sum::<u64>()
        };
        ensure!(counted("students") == 6 && counted("messages") == 6, "{deleted:?}");
        ensure!(counted("quarantines") == 1 && counted("suppress") == 2, "{deleted:?}");
        let all: u64 = deleted.values().filter_map(Value::as_u64).sum();
        ensure!(all == before.iter().sum::<usize>() as u64 + 2, "{deleted:?} of {before:?}");
        let left = certificate["left_over"].as_object().context("what was left")?;
        ensure!(left.len() == 4 && left.values().all(|count| *count == 0), "{left:?}");
        for student in &students {
            for word in [&student.email, &student.last, &student.number] {
                ensure!(!certificate.to_string().contains(word.as_str()), "{certificate}");
            }
        }
        let ledger = json!({
            "TableName": world.service.stack.deployed.output("LedgerTable")?,
            "Key": { "pk": { "S": certificate["ledger_entry"] } },
        });
        let entry = world.dynamodb("GetItem", &ledger).await?["Item"].take();
        ensure!(entry["erased_at"]["S"].is_string(), "{entry}");
        ensure!(!entry.to_string().contains(cohort.settings.id.as_str()), "only hashes: {entry}");

        // What comes later brings nothing back: a delivery, an event of a mail, an id in the queue.
        let late = world.deliver(&cohort.submission(&students[3]).payload()).await?;
        ensure!(late.status == 200 && late.outcome() == "too_late", "{late:?}");
        let sent = world.mails(&cohort).await?.len();
        for message in messages.keys() {
            world.tell_of_mail(&cohort, message, "Delivery").await?;
            world.queue_mail(&cohort.reference(message)).await?;
        }
        wait_for("empty queues", async || {
            let queued = world.queued().await?;
            let id = cohort.settings.id.as_str();
            Ok((!queued.iter().any(|(_, body)| body.contains(id))).then_some(()))
        })
        .await?;
        ensure!(cohort.left().await? == [0, 0, 0]);
        ensure!(world.mails(&cohort).await?.len() == sent);
        Ok(())
    })
}

#[test]
fn d2_due_data_is_invisible_before_the_sweep() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("unseen", small_with_mail).await?;
        let students = cohort.answered_by(4).await?;
        let formation = cohort.form().await?;
        let student = cohort.student(&students[0].email).await?;
        let student = student["id"]["S"].as_str().context("an id")?.to_owned();
        let request = cohort.request_of(&student, "objection").await?;
        let mailing = cohort.mailing_of("unseen").await?;
        // What is still on its way would change what is compared below.
        let mails = cohort.await_mails(4).await?.len();
        cohort.await_mails(mails).await?;
        // In the highest role, so that no route answers for another reason.
        let api = world.operator().await?;
        let operations = world.document.operations();
        let of_cohort: Vec<_> =
            operations.iter().filter(|operation| operation.path.contains("{cohort}")).collect();
        let _alone = world.sweeps.lock().await;
        let later = cohort.record().await?["delete_on"]["S"].as_str().context("a date")?.parse()?;
        cohort.make_due().await?;
        let before = cohort.stored().await?;
        for operation in of_cohort {
            let path = operation.filled(&[
                ("cohort", cohort.settings.id.as_str()),
                ("formation", formation.as_str()),
                ("student", &student),
                ("request", &request),
                ("mailing", &mailing),
                // It answers 404 whether or not there is such a mail.
                ("message", "msg_invented"),
            ]);
            ensure!(!path.contains('{'), "{path} has a parameter that this test does not know");
            // Anonymous counts outlive the cohort (D9).
            if path.ends_with("/statistics") {
                continue;
            }
            let answer = api.call(operation.method.clone(), &path, &[]).await?;
            ensure!(answer.status == 404, "{} {path} answered {}", operation.method, answer.status);
        }
        let listed = api.list("/api/cohorts").await?;
        ensure!(listed.iter().all(|known| known["id"] != cohort.settings.id.as_str()));
        let late = world.deliver(&cohort.submission(&students[0]).payload()).await?;
        ensure!(late.status == 200 && late.outcome() == "too_late", "{late:?}");
        let event = json!({
            "source": "operator", "institution": cohort.scope.institution,
            "cohort": cohort.scope.cohort,
        });
        let refused = world.service.invoke("formation-trigger", &event).await?;
        ensure!(refused["refused"] == "no_cohort", "{refused}");
        ensure!(cohort.stored().await? == before, "it is all there still, and nothing came to it");

        // Only the date made it so.
        world.service.set_delete_on(&cohort.scope, later).await?;
        ensure!(api.status(&cohort.path("")).await? == 200);
        Ok(())
    })
}

#[test]
fn d2_a_dry_run_lists_and_changes_nothing() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("dry", small).await?;
        cohort.answered_by(3).await?;
        let _alone = world.sweeps.lock().await;
        let later = cohort.record().await?["delete_on"]["S"].as_str().context("a date")?.parse()?;
        let due = cohort.make_due().await?;
        let before = (cohort.stored().await?, cohort.record().await?, cohort.left().await?);
        let event = json!({ "source": "operator", "dry_run": true });
        let swept = world.service.invoke("retention-sweep", &event).await?;
        let listed = cohort.in_sweep(&swept).context("it is due")?;
        ensure!(listed["state"] == "due" && listed["delete_on"] == due.to_string(), "{listed}");
        ensure!(swept["dry_run"] == true, "{swept}");
        let name = listed["erasure"].as_str().context("an id")?;
        ensure!(world.executions(MACHINE, name).await?.is_empty());
        let after = (cohort.stored().await?, cohort.record().await?, cohort.left().await?);
        ensure!(after == before);
        world.service.set_delete_on(&cohort.scope, later).await?;
        Ok(())
    })
}

#[test]
fn d2_sweeps_at_once_and_a_second_sweep_change_nothing_one_certificate() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("sweeps", small).await?;
        cohort.answered_by(2).await?;
        let _alone = world.sweeps.lock().await;
        let due = cohort.make_due().await?;
        let swept = futures::future::try_join_all([0; 3].map(|_| world.sweep())).await?;
        for swept in &swept {
            let found = cohort.in_sweep(swept).context("each sweep finds it")?;
            let known = [json!("started"), json!("running")].contains(&found["state"]);
            ensure!(known, "{found}");
        }
        let erasure = domain::ErasureId::for_due_cohort(&cohort.settings.id, due);
        let record = cohort.await_erasure(&erasure, "completed").await?;
        ensure!(world.executions(MACHINE, erasure.as_str()).await?.len() == 1);
        let key = keys::certificate(&cohort.scope.institution, &erasure);
        let certificate = world.service.object(&key).await?;
        let ended = cohort.record().await?;
        ensure!(ended["retention_pk"].is_null(), "off the list of what is due: {ended}");

        let swept = world.sweep().await?;
        ensure!(cohort.in_sweep(&swept).is_none(), "{swept}");
        ensure!(world.executions(MACHINE, erasure.as_str()).await?.len() == 1);
        ensure!(world.service.object_versions(&key).await?.len() == 1, "one certificate");
        ensure!(world.service.object(&key).await? == certificate);
        let again = keys::erasure(&cohort.scope.institution, &erasure);
        ensure!(world.service.item(&again).await? == record);
        Ok(())
    })
}

#[test]
fn d2_another_cohort_of_the_same_students_is_untouched() -> Result<()> {
    run(async |world| {
        let (cohort, students) = full(world, "goes").await?;
        let stays = world.cohort("stays", small).await?;
        stays.answer(&students).await?;
        stays.form().await?;
        let before = (stays.stored().await?, stays.record().await?, stays.left().await?);
        cohort.erase().await?;
        ensure!(cohort.left().await? == [0, 0, 0]);
        let after = (stays.stored().await?, stays.record().await?, stays.left().await?);
        ensure!(after == before);
        let api = world.coordinator().await?;
        ensure!(api.list(&stays.path("/students")).await?.len() == students.len());
        ensure!(api.status(&cohort.path("")).await? == 404);
        Ok(())
    })
}

#[test]
fn d2_erasure_resumes_after_a_failure() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("resumed", small).await?;
        cohort.answered_by(3).await?;
        let before = cohort.left().await?;
        // A sweep of another test would go on with what fails here.
        let alone = world.sweeps.lock().await;
        // Typeform stumbles twice, which a retry mends; S3 refuses, which none does.
        world.service.set_typeform(&json!({ "fail_next": 2 })).await?;
        let bucket = world.service.stack.deployed.output("DataBucket")?;
        let objects = format!("arn:aws:s3:::{bucket}/{}*", keys::cohort_prefix(&cohort.scope));
        let delete = ["s3:DeleteObject", "s3:DeleteObjectVersion"];
        let stop = async || {
            let erasure = cohort.start_erasure_alone(&alone).await?;
            let failed = cohort.await_erasure(&erasure, "failed").await?;
            ensure!(failed["failure"]["S"].as_str().is_some_and(|why| !why.is_empty()), "{failed}");
            Ok(erasure)
        };
        let erasure = world.without_right("erasure-steps", &delete, &objects, None, stop).await?;
        let [items, versions, kept] = cohort.left().await?;
        ensure!(versions == before[1] && items > 0, "S3 kept {versions} of {}", before[1]);
        ensure!(kept == 0, "Typeform came before");
        let api = world.coordinator().await?;
        ensure!(api.status(&cohort.path("")).await? == 404, "what failed stays invisible");
        let certificate = format!("/api/erasures/{erasure}/certificate");
        let none = api.call(Method::GET, &certificate, &[]).await?;
        ensure!(none.status == 409 && none.body["erasure_status"] == "failed", "{none:?}");

        // The record says so a moment before the execution ends, and what still runs is not started again.
        wait_for("the execution's end", async || {
            let runs = world.executions(MACHINE, erasure.as_str()).await?;
            Ok((runs.first().context("it ran")?["status"] == "FAILED").then_some(()))
        })
        .await?;
        let began = now();
        let swept = world.sweep().await?;
        let found = cohort.in_sweep(&swept).context("the next sweep finds it")?;
        ensure!(found["erasure"] == erasure.as_str(), "the same erasure: {found}");
        ensure!(found["state"] == "started", "{found}");
        drop(alone);
        cohort.await_erasure(&erasure, "completed").await?;
        ensure!(cohort.left().await? == [0, 0, 0]);
        let told = api.get(&certificate).await?;
        let all: u64 =
            told["deleted"].as_object().context("counts")?.values().filter_map(Value::as_u64).sum();
        ensure!(all == before.iter().sum::<usize>() as u64, "both runs together: {told}");
        let started: jiff::Timestamp = told["started_at"].as_str().context("a time")?.parse()?;
        ensure!(started <= began, "it goes on from where it stopped");
        Ok(())
    })
}

/// What a world has of an institution: its items outside of cohorts, and all its objects.
async fn of_institution(world: &World, id: &InstitutionId) -> Result<(Vec<Value>, Vec<String>)> {
    let mut items = Vec::new();
    for pk in [
        keys::institution_partition(id),
        keys::correspondence_partition(id),
        keys::contacts_partition(id),
        keys::register_partition(id),
    ] {
        items.extend(world.service.partition(&pk).await?);
    }
    Ok((items, world.service.object_versions(&format!("institutions/{id}/")).await?))
}

#[test]
fn d6_an_institution_is_erased_whole_and_nothing_else_is() -> Result<()> {
    run(async |world| {
        let goes = world.another_institution().await?;
        let neighbour = world.another_institution().await?;
        let in_it = |institution: &InstitutionId| {
            let institution = institution.clone();
            move |settings: &mut Settings| {
                small(settings);
                settings.institution = institution;
            }
        };
        let first = world.cohort("first", in_it(&goes)).await?;
        let second = world.cohort("second", in_it(&goes)).await?;
        let stays = world.cohort("stays", in_it(&neighbour)).await?;
        let students = first.answered_by(3).await?;
        second.answered_by(2).await?;
        stays.answer(&students).await?;
        first.form().await?;
        stays.form().await?;
        let operator = world.contact(&goes, "operator").await?;
        let viewer = world.contact(&goes, "viewer").await?;
        let other = world.contact(&neighbour, "viewer").await?;
        let before =
            (stays.stored().await?, stays.left().await?, of_institution(world, &neighbour).await?);

        let path = "/api/institution/erasure";
        let body = json!({
            "reference": "2027-512", "given_by": "Karen Holm, study director",
            "given_on": today().to_string(), "confirm": goes,
        });
        let early = operator.api.send(Method::POST, path, &body).await?;
        ensure!(early.status == 409, "its agreement has not ended: {early:?}");
        let end = json!({ "deactivate_institution": {
            "institution": goes, "reference": "2027-512", "given_on": today().to_string(),
        }});
        world.service.invoke("onboarding", &end).await?;
        let refused = viewer.api.send(Method::POST, path, &body).await?;
        ensure!(refused.status == 403, "{refused:?}");
        let asked = operator.api.send(Method::POST, path, &body).await?;
        ensure!(asked.status == 202, "{asked:?}");
        let erasure: ErasureId = asked.body["erasure"].as_str().context("an id")?.parse()?;
        let again = operator.api.send(Method::POST, path, &body).await?;
        ensure!(again.body == asked.body, "one erasure: {again:?}");
        let record = world.await_institution(&goes, &erasure, "completed").await?;
        ensure!(record["instruction"].is_null() && record["requested_by"].is_null(), "{record}");

        // Nothing is left but proofs, and those who must hand them over.
        ensure!(first.left().await? == [0, 0, 0] && second.left().await? == [0, 0, 0]);
        let (items, objects) = of_institution(world, &goes).await?;
        let left: Vec<&str> = items.iter().filter_map(|item| item["sk"]["S"].as_str()).collect();
        let proofs = |sk: &&&str| sk.starts_with("ERASURE#");
        ensure!(left.iter().filter(proofs).count() == 3, "{left:?}");
        let rest: Vec<&&str> = left.iter().filter(|sk| !proofs(sk)).collect();
        let access = format!("CONTACT#{}", operator.id);
        ensure!(rest == [&"DEACTIVATION", &access.as_str()], "{rest:?}");
        ensure!(objects.len() == 3 && objects.iter().all(|key| key.contains("/certificates/")));
        let answer = viewer.api.call(Method::GET, "/api/me", &[]).await?;
        ensure!(answer.status == 403 || answer.status == 401, "{answer:?}");
        ensure!(world.service.item(&keys::contact(&viewer.id)).await?.is_null());
        let late = world.deliver(&first.submission(&students[0]).payload()).await?;
        ensure!(late.status == 200 && late.outcome() == "too_late", "{late:?}");
        ensure!(first.left().await? == [0, 0, 0]);

        let certificate = operator.api.get(&format!("/api/erasures/{erasure}/certificate")).await?;
        ensure!(certificate["scope"] == "institution", "{certificate}");
        ensure!(certificate["deleted"]["dynamodb.contacts"] == 1, "{certificate}");
        let cohorts = certificate["cohorts"].as_array().context("cohorts")?;
        ensure!(cohorts.len() == 2, "{certificate}");
        for cohort in cohorts {
            let id = cohort.as_str().context("an id")?;
            let own = operator.api.get(&format!("/api/erasures/{id}/certificate")).await?;
            ensure!(own["left_over"]["typeform"] == 0, "{own}");
        }
        let pdf = format!("/api/erasures/{erasure}/certificate.pdf");
        ensure!(operator.api.status(&pdf).await? == 200);

        // The neighbour has all of the same.
        let after =
            (stays.stored().await?, stays.left().await?, of_institution(world, &neighbour).await?);
        ensure!(after == before, "something of another institution changed");
        other.api.get("/api/me").await?;
        Ok(())
    })
}

#[test]
fn d2_a_person_is_erased_everywhere_and_nobody_else_is() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("person", small_with_mail).await?;
        let students = cohort.answered_by(4).await?;
        let formation = cohort.form().await?;
        cohort.await_mails(4).await?;
        let operator = world.operator().await?;
        let email = &students[0].email;
        let listed = operator.list(&cohort.path("/students")).await?;
        let theirs = listed.iter().find(|student| student["email"] == email.as_str());
        let theirs = theirs.context("the student")?["id"].as_str().context("an id")?.to_owned();
        let named = |item: &Value| item.to_string().contains(&theirs);
        let items = cohort.items("").await?;
        let own = items.iter().find(|item| item["sk"]["S"] == format!("STUDENT#{theirs}"));
        let token =
            own.context("a record")?["response"]["S"].as_str().context("a token")?.to_owned();
        let others = |items: &[Value], prefix: &str| {
            let of_kind = items.iter().filter(|item| {
                let sk = item["sk"]["S"].as_str().unwrap_or_default();
                sk.starts_with(prefix) && !sk.contains(&theirs) && !sk.contains(&token)
            });
            of_kind
                .filter(|item| item["student"]["S"] != theirs.as_str())
                .cloned()
                .collect::<Vec<Value>>()
        };
        ensure!(
            items.iter().filter(|item| named(item)).count() >= 4,
            "record, response, mail, group"
        );
        let [_, versions, kept] = cohort.left().await?;
        let prefix = keys::cohort_prefix(&cohort.scope);
        let snapshot = keys::snapshot(&cohort.scope, &formation);
        let raw = format!("{prefix}responses/{token}.json");
        let objects = world.service.object_versions(&prefix).await?;
        ensure!(objects.contains(&snapshot) && objects.contains(&raw), "{objects:?}");

        let erasure = cohort.erase_person(&operator, &theirs).await?;

        let after = cohort.items("").await?;
        for item in &after {
            let text = item.to_string();
            ensure!(
                !named(item) && !text.contains(&token) && !text.contains(email.as_str()),
                "{item}"
            );
        }
        for prefix in ["STUDENT#", "RESPONSE#"] {
            ensure!(others(&after, prefix) == others(&items, prefix), "{prefix} of others");
            ensure!(others(&after, prefix).len() == 3);
        }
        // The mails of others stay, and the rest of the group gets another one.
        let mails = others(&after, "MESSAGE#");
        let known = others(&items, "MESSAGE#");
        ensure!(known.iter().all(|mail| mails.iter().any(|now| now["sk"] == mail["sk"])));
        let told = mails.iter().filter(|mail| mail["kind"]["S"] == "group_changed").count();
        ensure!(told == 3, "{told}");
        for group in after.iter().filter(|item| item["members"]["L"].is_array()) {
            let members = group["members"]["L"].as_array().context("members")?;
            ensure!(members.len() == 3, "{group}");
        }
        // Objects: the questionnaire with its versions, and what the formation kept of the person.
        let objects = world.service.object_versions(&prefix).await?;
        ensure!(!objects.contains(&snapshot) && !objects.contains(&raw), "{objects:?}");
        let raws = objects.iter().filter(|key| key.contains("/responses/")).count();
        ensure!(raws >= 3 && objects.len() < versions, "{objects:?}");
        ensure!(cohort.left().await?[2] == kept - 1, "Typeform");
        let listed = operator.list(&cohort.path("/students")).await?;
        ensure!(listed.len() == 3);
        let certificate = operator.get(&format!("/api/erasures/{erasure}/certificate")).await?;
        ensure!(certificate["scope"] == "person" && certificate["reference"] == "2027-031");
        ensure!(certificate["deleted"]["typeform.responses"] == 1, "{certificate}");
        let text = certificate.to_string();
        ensure!(!text.contains(&theirs) && !text.contains(email.as_str()), "{text}");
        Ok(())
    })
}
