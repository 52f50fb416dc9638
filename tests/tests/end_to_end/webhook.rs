//! What the webhook takes in and what it refuses (Q1, Q4, Q5, bad input).

use anyhow::{Context as _, Result, ensure};
use dev::sample::cohort::token;
use dev::service::Delivered;
use reqwest::Method;
use serde_json::{Value, json};
use tests::cohort::{small, unique};
use tests::{Cohort, World, run, wait_for};
use typeform::signature::sign;

/// One byte more than a body may have.
const TOO_LONG: usize = 1024 * 1024 + 1;

async fn nothing_is_stored(cohort: &Cohort) -> Result<()> {
    let (items, objects) = cohort.stored().await?;
    ensure!(items.is_empty() && objects.is_empty(), "stored: {items:?} {objects:?}");
    Ok(())
}

fn refused(answer: &Delivered, status: u16) -> Result<()> {
    ensure!(answer.status == status, "expected {status}, got {answer:?}");
    // A problem document (RFC 9457) that repeats nothing of the request.
    ensure!(answer.body["status"] == status && answer.body["title"].is_string(), "{answer:?}");
    ensure!(!answer.body.to_string().contains("example.edu"), "{answer:?}");
    Ok(())
}

#[test]
fn q1_forged_or_missing_signature_is_refused_and_nothing_is_stored() -> Result<()> {
    run(async |world: &World| {
        let cohort = world.cohort("forged", small).await?;
        let students = cohort.invent(1);
        let body = cohort.submission(&students[0]).body();
        let secret = &world.service.stack.webhook_secret;
        let right = sign(secret, &body);
        let mut longer = body.clone();
        longer.push(b' ');
        let log = world.log_group("typeform-webhook");
        let counted = world.logged(&log).await?.matches("SignaturesRejected").count();

        let forgeries = [
            None,
            Some(String::new()),
            Some(sign("not the secret", &body)),
            Some(sign("", &body)),
            Some(right.trim_start_matches("sha256=").to_owned()),
            Some(format!("{right}=")),
            Some(right.to_uppercase()),
        ];
        for signature in &forgeries {
            refused(&world.post(body.clone(), signature.as_deref()).await?, 401)?;
        }
        refused(&world.post(longer, Some(&right)).await?, 401)?;
        nothing_is_stored(&cohort).await?;

        wait_for("the metric", async || {
            let now = world.logged(&log).await?.matches("SignaturesRejected").count();
            Ok((now > counted + forgeries.len()).then_some(()))
        })
        .await?;
        ensure!(world.post(body, Some(&right)).await?.status == 200);
        Ok(())
    })
}

#[test]
fn q1_any_of_several_secrets_is_accepted() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("rotated", small).await?;
        let students = cohort.invent(3);
        let (first, next) = (world.service.stack.webhook_secret.clone(), unique());
        let post = async |number: usize, secret: &str| {
            let body = cohort.submission(&students[number]).body();
            let signature = sign(secret, &body);
            Ok::<_, anyhow::Error>(world.post(body, Some(&signature)).await?.status)
        };
        let secret =
            json!({ "SecretId": world.service.stack.deployed.output("WebhookSecretArn")? });
        let emulator = &world.service.stack.emulator;
        let held =
            emulator.json("secretsmanager", "secretsmanager.GetSecretValue", &secret).await?;
        let held: Value = serde_json::from_str(held["SecretString"].as_str().context("a secret")?)?;
        let secrets = async |valid: &Value| {
            // Nobody else delivers while processes with the former list end.
            let _alone = world.deliveries.write().await;
            world.service.stack.set_secret("WebhookSecretArn", valid).await?;
            world.new_processes("typeform-webhook").await
        };
        let mut rotating = held.clone();
        rotating["secrets"].as_array_mut().context("a list")?.insert(0, json!(next));
        secrets(&rotating).await?;
        let both = [post(0, &next).await?, post(1, &first).await?];
        // The end of a rotation; here it is the new one that goes, so that other tests go on.
        secrets(&held).await?;
        let after = [post(2, &next).await?, post(2, &first).await?];
        ensure!(both == [200, 200], "{both:?}");
        ensure!(after == [401, 200], "{after:?}");
        Ok(())
    })
}

#[test]
fn q1_a_body_that_arrives_as_base64_is_verified_over_its_own_bytes() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("base64", small).await?;
        let students = cohort.invent(1);
        let body = cohort.submission(&students[0]).body();
        let signature = sign(&world.service.stack.webhook_secret, &body);
        let shared = world.deliveries.read().await;
        // The gateway hands a body over as base64 unless its type is text or JSON.
        let request = world.http.post(world.service.webhook_url()?);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let request = request.header("Typeform-Signature", signature).body(body.clone());
        let answer = request.send().await?;
        ensure!(answer.status() == 200, "{}", answer.status());
        ensure!(answer.json::<Value>().await?["outcome"] == "accepted");
        drop(shared);
        ensure!(world.deliver_bytes(body).await?.outcome() == "duplicate");
        ensure!(cohort.items(keys::STUDENT).await?.len() == 1);
        Ok(())
    })
}

#[test]
fn q4_no_path_or_method_answers_404_or_410() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("paths", small).await?;
        let students = cohort.invent(1);
        let _shared = world.deliveries.read().await;
        let base = world.service.stack.http()?;
        let paths = ["", "/", "/webhooks", "/webhooks/typeform/", "/webhooks/other", "/a/b?c=d"];
        for path in paths.into_iter().chain(["/webhooks/typeform"]) {
            for method in [Method::GET, Method::PUT, Method::DELETE, Method::HEAD, Method::PATCH] {
                let url = format!("{base}{path}");
                let status = world.http.request(method.clone(), &url).send().await?.status();
                // Who types the address and nothing else comes to the portal.
                let origin = method == Method::GET && ["", "/"].contains(&path);
                ensure!((status == 405) != origin, "{method} {path} answered {status}");
            }
        }
        // Typeform posts where it was told to; a mistyped path must not lose a questionnaire.
        for path in paths {
            let body = cohort.submission(&students[0]).body();
            let signature = sign(&world.service.stack.webhook_secret, &body);
            let request = world.http.post(format!("{base}{path}")).body(body);
            let request = request.header("content-type", "application/json");
            let answer = request.header("typeform-signature", signature).send().await?;
            ensure!(answer.status() == 200, "POST {path} answered {}", answer.status());
        }
        ensure!(cohort.items(keys::RESPONSE).await?.len() == paths.len());
        Ok(())
    })
}

#[test]
fn q4_a_store_that_is_down_answers_503_and_the_retry_succeeds() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("down", small).await?;
        let students = cohort.invent(1);
        let body = cohort.submission(&students[0]).body();
        let deliver = async || world.service.deliver(body.clone()).await;

        // The bucket, for this cohort alone.
        let bucket = world.service.stack.deployed.output("DataBucket")?;
        let objects = format!("arn:aws:s3:::{bucket}/{}*", keys::cohort_prefix(&cohort.scope));
        let put = ["s3:PutObject"];
        let log = world.log_group("typeform-webhook");
        let counted = world.logged(&log).await?.matches("DeliveriesFailed").count();
        let answer = {
            let _shared = world.deliveries.read().await;
            world.without_right("typeform-webhook", &put, &objects, None, deliver).await?
        };
        refused(&answer, 503)?;
        wait_for("the metric that the alarm watches", async || {
            let now = world.logged(&log).await?.matches("DeliveriesFailed").count();
            Ok((now > counted).then_some(()))
        })
        .await?;
        nothing_is_stored(&cohort).await?;

        // The table, for writing: the raw object is stored by then, the response is not.
        let write = ["dynamodb:PutItem", "dynamodb:UpdateItem"];
        let partition = keys::cohort_partition(&cohort.scope);
        let answer = {
            let _shared = world.deliveries.read().await;
            let partition = Some(partition.as_str());
            world.without_right("typeform-webhook", &write, "*", partition, deliver).await?
        };
        refused(&answer, 503)?;
        ensure!(cohort.items("").await?.is_empty());
        ensure!(cohort.versions().await?.len() == 1, "the raw object is there");

        let answer = world.deliver_bytes(body.clone()).await?;
        ensure!(answer.status == 200 && answer.outcome() == "accepted", "{answer:?}");
        ensure!(cohort.items(keys::RESPONSE).await?.len() == 1);
        ensure!(cohort.versions().await?.len() == 1, "the raw object was not written again");
        Ok(())
    })
}

#[test]
fn q5_partial_and_test_deliveries_are_recognised_and_never_stored() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("partial", small).await?;
        let students = cohort.invent(2);
        let mut partial = cohort.submission(&students[0]).payload();
        partial["event_type"] = json!("form_response_partial");
        ensure!(world.deliver(&partial).await?.outcome() == "partial");

        let mut test = cohort.submission(&students[1]).payload();
        let token = token();
        test["event_id"] = json!(token);
        test["form_response"]["token"] = json!(token);
        test["form_response"]["landed_at"] = test["form_response"]["submitted_at"].clone();
        for answer in test["form_response"]["answers"].as_array_mut().into_iter().flatten() {
            match answer["type"].as_str() {
                Some("text") => answer["text"] = json!("Lorem ipsum dolor"),
                Some("email") => answer["email"] = json!("an_account@example.com"),
                _ => {}
            }
        }
        ensure!(world.deliver(&test).await?.outcome() == "test");
        nothing_is_stored(&cohort).await
    })
}

#[test]
fn bad_input_over_one_mebibyte_answers_413_even_when_signed() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("long", small).await?;
        let students = cohort.invent(1);
        let mut body = cohort.submission(&students[0]).body();
        body.resize(TOO_LONG, b' ');
        refused(&world.deliver_bytes(body.clone()).await?, 413)?;
        nothing_is_stored(&cohort).await?;
        body.truncate(TOO_LONG - 1);
        ensure!(world.deliver_bytes(body).await?.status == 200);
        Ok(())
    })
}

#[test]
fn bad_input_that_is_no_questionnaire_answers_400_when_signed() -> Result<()> {
    run(async |world: &World| {
        for body in ["", "{", "null", "[]", "{}", "\"text\"", r#"{"form_response":"text"}"#] {
            refused(&world.deliver_bytes(body.into()).await?, 400)?;
        }
        // Without a signature nobody learns even that.
        refused(&world.post(b"{".to_vec(), None).await?, 401)
    })
}

#[test]
fn q4_a_response_that_cannot_be_read_is_kept_with_its_cohort_until_it_can() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("renamed", small).await?;
        let students = cohort.invent(1);
        let submission = cohort.submission(&students[0]);
        let mut payload = submission.payload();
        let response = payload["form_response"].as_object_mut().context("a response")?;
        let token = response.remove("token").context("a token")?;
        response.insert("response_key".to_owned(), token);
        for outcome in ["quarantined", "duplicate"] {
            let answer = world.deliver(&payload).await?;
            ensure!(answer.status == 200 && answer.outcome() == outcome, "{answer:?}");
        }

        let ours = world.coordinator().await?.list(&cohort.path("/quarantine")).await?;
        ensure!(ours.len() == 1 && ours[0]["reason"] == "unreadable", "{ours:?}");
        let id = ours[0]["token"].as_str().context("an id")?;
        ensure!(id.starts_with("unreadable_"), "{id}");
        let entry = domain::ResponseToken::parse(id)?;
        let raw = keys::raw_response(Some(&cohort.scope), &entry);
        ensure!(cohort.stored().await?.1 == [raw.as_str()]);

        // The log leads to cohort and entry without Typeform's token.
        let entry = entry.log_id();
        wait_for("the line", async || {
            let log = world.logged(&world.log_group("typeform-webhook")).await?;
            let line = log.lines().find(|line| line.contains(&entry)).map(str::to_owned);
            Ok(line.filter(|line| line.contains(cohort.settings.id.as_str())))
        })
        .await?;
        let log = world.logged(&world.log_group("typeform-webhook")).await?;
        ensure!(!log.contains(submission.token.as_str()), "the token is in the log");
        let (institution, name) = (&cohort.scope.institution, &cohort.scope.cohort);
        let named = json!({ "institution": institution, "cohort": name, "tokens": [id] });
        let done = world.service.invoke("quarantine-reprocess", &named).await?;
        ensure!(done["by_reason"]["unreadable"] == 1, "{done}");

        // A later version of the code can read it; here the object changes instead of the code.
        world.service.put_object(&raw, submission.body()).await?;
        let done = world.service.invoke("quarantine-reprocess", &named).await?;
        ensure!(done["accepted"] == 1, "{done}");
        let own = domain::ResponseToken::parse(&*submission.token)?;
        let own = keys::raw_response(Some(&cohort.scope), &own);
        let objects = cohort.stored().await?.1;
        ensure!(objects == [own.as_str()], "{objects:?}");
        ensure!(cohort.items(keys::QUARANTINE).await?.is_empty());
        ensure!(cohort.items(keys::STUDENT).await?.len() == 1);
        Ok(())
    })
}
