//! Deletion of what is due, everywhere and provably (D1, D2).

use anyhow::{Context as _, Result, ensure};
use dev::sample::Answered;
use dev::sample::cohort::now;
use reqwest::Method;
use serde_json::{Value, json};
use tests::cohort::{small, small_with_mail};
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
    cohort.answer(&students[..2]).await?;
    let mut lost = cohort.submission(&students[2]).payload();
    let answers = lost["form_response"]["answers"].as_array_mut().context("answers")?;
    answers.retain(|answer| answer["type"] != "email");
    world.service.keep_at_typeform(cohort.settings.form.as_str(), &lost).await?;
    ensure!(world.deliver(&lost).await?.outcome() == "quarantined");
    cohort.form().await?;
    wait_for("the ends of all mails", 90, async || {
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
        wait_for("empty queues", 180, async || {
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
        let cohort = world.cohort("unseen", small).await?;
        let students = cohort.answered_by(4).await?;
        let formation = cohort.form().await?;
        let student = cohort.student(&students[0].email).await?;
        let student = student["id"]["S"].as_str().context("an id")?.to_owned();
        let request = cohort.request_of(&student, "objection").await?;
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
        let erasure = {
            let _alone = world.sweeps.lock().await;
            let due = cohort.make_due().await?;
            let swept = futures::future::try_join_all([0; 3].map(|_| world.sweep())).await?;
            for swept in &swept {
                let found = cohort.in_sweep(swept).context("each sweep finds it")?;
                let known = [json!("started"), json!("running")].contains(&found["state"]);
                ensure!(known, "{found}");
            }
            domain::ErasureId::for_due_cohort(&cohort.settings.id, due)
        };
        let record = cohort.await_erasure(&erasure, "completed").await?;
        ensure!(world.executions(MACHINE, erasure.as_str()).await?.len() == 1);
        let key = keys::certificate(&cohort.scope.institution, &erasure);
        let certificate = world.service.object(&key).await?;
        let ended = cohort.record().await?;
        ensure!(ended["retention_pk"].is_null(), "off the list of what is due: {ended}");

        let _alone = world.sweeps.lock().await;
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
        // Typeform stumbles twice, which a retry mends; S3 refuses, which none does.
        world.service.set_typeform(&json!({ "fail_next": 2 })).await?;
        let bucket = world.service.stack.deployed.output("DataBucket")?;
        let objects = format!("arn:aws:s3:::{bucket}/{}*", keys::cohort_prefix(&cohort.scope));
        let delete = ["s3:DeleteObject", "s3:DeleteObjectVersion"];
        let stop = async || {
            let erasure = cohort.start_erasure().await?;
            let failed = cohort.await_erasure(&erasure, "failed").await?;
            ensure!(failed["failure"]["S"].as_str().is_some_and(|why| !why.is_empty()), "{failed}");
            Ok(erasure)
        };
        let erasure = world.without_right("erasure-steps", &delete, &objects, stop).await?;
        let [items, versions, kept] = cohort.left().await?;
        ensure!(versions == before[1] && items > 0, "S3 kept {versions} of {}", before[1]);
        ensure!(kept == 0, "Typeform came before");
        let api = world.coordinator().await?;
        ensure!(api.status(&cohort.path("")).await? == 404, "what failed stays invisible");
        let certificate = format!("/api/erasures/{erasure}/certificate");
        let none = api.call(Method::GET, &certificate, &[]).await?;
        ensure!(none.status == 409 && none.body["erasure_status"] == "failed", "{none:?}");

        let began = now();
        {
            let _alone = world.sweeps.lock().await;
            let swept = world.sweep().await?;
            let found = cohort.in_sweep(&swept).context("the next sweep finds it")?;
            ensure!(found["erasure"] == erasure.as_str(), "the same erasure: {found}");
        }
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
