//! What is stored of a questionnaire (Q2, Q3, Q6).

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use dev::sample::cohort::now;
use domain::cohort::{QuestionKind, Settings};
use domain::profile::Answer;
use futures::future::try_join_all;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::cohort::small;
use tests::{run, wait_for};

#[test]
fn q2_redelivery_and_any_order_end_in_one_answer() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("orders", small).await?;
        let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        let students = cohort.invent(orders.len());
        let scale =
            cohort.settings.questions.iter().find(|question| question.id.as_str() == "ambition");
        let question = scale.expect("the sample asks for the ambition").id.clone();
        let base = now();
        for (student, order) in students.iter().zip(orders) {
            let mut versions = vec![student.clone(), student.clone(), student.clone()];
            // The same person, however the address is written.
            versions[1].email = student.email.to_uppercase();
            let submissions: Vec<_> = (1..)
                .zip(&mut versions)
                .map(|(value, version)| {
                    version.answers.insert(question.clone(), Answer::Scale(value));
                    let at = base + SignedDuration::from_mins(i64::from(value));
                    cohort.submission_at(version, at)
                })
                .collect();
            // One after the other, the last one three times at once, then all again at once.
            for which in order {
                let answer = world.submit(&submissions[which]).await?;
                ensure!(["accepted", "superseded"].contains(&answer.outcome()), "{answer:?}");
            }
            let again = [0, 1, 2, 0, 1, 2].map(|which| world.submit(&submissions[which]));
            for answer in try_join_all(again).await? {
                ensure!(answer.outcome() == "duplicate", "{answer:?}");
            }
            let item = cohort.student(&student.email).await?;
            ensure!(item["response"]["S"] == submissions[2].token.as_str(), "{order:?}: {item}");
        }
        ensure!(cohort.items(keys::STUDENT).await?.len() == students.len());
        ensure!(cohort.items(keys::RESPONSE).await?.len() == 3 * students.len());
        Ok(())
    })
}

#[test]
fn q3_a_cohort_that_asks_for_no_student_number_takes_answers() -> Result<()> {
    run(async |world| {
        let numberless = |settings: &mut Settings| {
            small(settings);
            settings.identity.student_number = None;
        };
        let cohort = world.cohort("numberless", numberless).await?;
        let students = cohort.answered_by(2).await?;
        let item = cohort.student(&students[0].email).await?;
        ensure!(item.get("number").is_none(), "{item}");
        Ok(())
    })
}

#[test]
fn q2_raw_object_and_profile_are_stored_once() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("once", small).await?;
        let students = cohort.invent(1);
        let submission = cohort.submission(&students[0]);
        // Typeform does not wait for one delivery to end before it tries again.
        let together = [0; 8].map(|_| world.submit(&submission));
        let outcomes: Vec<String> = try_join_all(together)
            .await?
            .iter()
            .map(|answer| answer.outcome().to_owned())
            .collect();
        let accepted = outcomes.iter().filter(|outcome| *outcome == "accepted").count();
        ensure!(accepted == 1, "{outcomes:?}");

        let key =
            format!("{}responses/{}.json", keys::cohort_prefix(&cohort.scope), submission.token);
        ensure!(cohort.versions().await? == [key.clone()], "one object, one version");
        let raw = world.service.object(&key).await?;
        ensure!(raw.as_bytes() == submission.body(), "the object is what was sent, byte for byte");
        let responses = cohort.items(keys::RESPONSE).await?;
        ensure!(responses.len() == 1 && cohort.items("").await?.len() == 2, "{responses:?}");
        let kept = responses[0]["profile"]["M"]["answers"]["M"]
            .as_object()
            .map_or(0, serde_json::Map::len);
        ensure!(
            kept == students[0].answers.len(),
            "{kept} of {} answers",
            students[0].answers.len()
        );
        Ok(())
    })
}

#[test]
fn q3_answers_are_found_by_ref_whatever_the_form_looks_like() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("traps", small).await?;
        let students = cohort.invent(2);
        ensure!(
            world.deliver(&cohort.submission(&students[0]).payload()).await?.outcome()
                == "accepted"
        );

        let mut trapped = students[0].clone();
        trapped.email = students[1].email.clone();
        let mut payload = cohort.submission(&trapped).payload();
        let response = &mut payload["form_response"];
        response["definition"] = json!({});
        response.as_object_mut().map(|members| members.remove("landed_at"));
        for name in ["hidden", "calculated", "variables"] {
            response[name] = Value::Null;
        }
        let answers = response["answers"].as_array_mut().expect("there are answers");
        answers.reverse();
        for answer in answers.iter_mut() {
            if answer["type"] == "choices" {
                // Arrays of another length, of nothing, or left out.
                answer["choices"]["ids"] = json!(["only-one"]);
                answer["choices"].as_object_mut().map(|members| members.remove("refs"));
            }
            if answer["type"] == "choice" {
                answer["choice"]["id"] = Value::Null;
            }
        }
        answers.push(json!({ "type": "hologram", "hologram": { "x": 1 }, "field": { "id": "q9", "type": "hologram" } }));
        answers.push(json!({ "type": "text", "text": "no ref", "field": { "id": "q10", "type": "short_text" } }));
        let answer = world.deliver(&payload).await?;
        ensure!(answer.outcome() == "accepted", "{answer:?}");

        let profiles: Vec<Value> = cohort
            .items(keys::RESPONSE)
            .await?
            .into_iter()
            .map(|mut item| item["profile"]["M"].take())
            .collect();
        ensure!(profiles.len() == 2);
        ensure!(profiles[0]["answers"] == profiles[1]["answers"], "{profiles:#?}");
        let unknown: Vec<&Value> =
            profiles.iter().map(|profile| &profile["unknown_types"]).collect();
        ensure!(unknown.iter().any(|types| types.to_string().contains("hologram")), "{unknown:?}");
        Ok(())
    })
}

#[test]
fn q6_a_cpr_number_is_nowhere() -> Result<()> {
    run(async |world| {
        let cohort = world.cohort("cpr", small).await?;
        let texts: BTreeSet<_> = cohort
            .settings
            .questions
            .iter()
            .filter(|question| question.kind == QuestionKind::Text)
            .collect::<Vec<_>>()
            .into_iter()
            .map(|question| question.id.clone())
            .collect();
        ensure!(texts.len() == 2, "the sample has two free texts");
        // Invented numbers of no checked digit; the last one has day + 60.
        let numbers = ["010190-1234", "3112851234", "130572 4321", "670190-1234"];
        let mut students = cohort.invent(numbers.len());
        for (student, number) in students.iter_mut().zip(numbers) {
            for text in &texts {
                student
                    .answers
                    .insert(text.clone(), Answer::Text(format!("Mit CPR-nummer er {number}.")));
            }
            let mut payload = cohort.submission(student).payload();
            payload["form_response"]["hidden"] = json!({ "note": number });
            let answer = world.deliver(&payload).await?;
            ensure!(answer.outcome() == "accepted", "{answer:?}");
            // A mapping that fails comes after the masking.
            payload["form_response"]["token"] = json!(dev::sample::cohort::token());
            for answer in payload["form_response"]["answers"].as_array_mut().into_iter().flatten() {
                if answer["type"] == "email" {
                    answer["email"] = json!("nobody");
                }
            }
            ensure!(world.deliver(&payload).await?.outcome() == "quarantined");
        }
        let mut everything = String::new();
        let (items, versions) = cohort.stored().await?;
        ensure!(versions.len() == 2 * numbers.len());
        everything.push_str(&items.concat());
        for key in &versions {
            everything.push_str(&world.service.object(key).await?);
        }
        for number in numbers {
            let digits: String = number.chars().filter(char::is_ascii_digit).collect();
            let (date, serial) = digits.split_at(6);
            for written in [
                number.to_owned(),
                digits.clone(),
                format!("{date}-{serial}"),
                format!("{date} {serial}"),
            ] {
                ensure!(!everything.contains(&written), "{written} was stored");
            }
        }
        let log = world.log_group("typeform-webhook");
        let logged = wait_for("the metric", async || {
            Ok(Some(world.logged(&log).await?).filter(|text| text.contains("CprMasked")))
        })
        .await?;
        for number in numbers {
            ensure!(!logged.contains(number), "{number} was logged");
        }
        for item in cohort.items(keys::RESPONSE).await? {
            ensure!(item["masked"]["N"] == "3", "three places each: {item}");
        }
        ensure!(everything.contains("Mit CPR-nummer er"), "the rest of the text stays");
        Ok(())
    })
}
