//! What reaches the webhook in the demo: a cohort's questionnaires with everything that goes wrong
//! in practice.

use anyhow::{Result, ensure};
use domain::cohort::Settings;
use domain::profile::Answer;
use futures::{StreamExt as _, TryStreamExt as _};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::process::progress;
use crate::sample::cohort::{now, token};
use crate::sample::{Answered, Submission};
use crate::service::{Delivered, Portal, Service};

/// How many deliveries are under way at once; Typeform does not deliver one after the other either.
const PARALLEL: usize = 8;

/// How often the webhook answered what.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Stored as a student's answer, or kept beside a later one.
    pub responses: u64,
    /// Came again.
    pub duplicates: u64,
    /// Refused for their signature.
    pub rejected: u64,
    /// Could not be mapped.
    pub quarantined: u64,
    /// Partial or test deliveries: recognised, not stored.
    pub passed_over: u64,
}

/// Submits one questionnaire per student; every one must be accepted.
pub async fn submit_all(
    service: &Service,
    settings: &Settings,
    students: &[Answered],
    at: Timestamp,
) -> Result<u64> {
    futures::stream::iter(students)
        .map(|answered| async move {
            let submission = Submission { settings, answered, token: token(), submitted_at: at };
            let answer = service.submit(&submission).await?;
            ensure!(
                answer.status == 200,
                "a questionnaire was answered {}: {}",
                answer.status,
                answer.body
            );
            Ok(1)
        })
        .buffer_unordered(PARALLEL)
        .try_fold(0, async |sum, one| Ok(sum + one))
        .await
}

/// Submits what goes wrong in practice, each kind with what the webhook must answer.
pub(super) async fn submit_trouble(
    service: &Service,
    settings: &Settings,
    students: &[Answered],
) -> Result<Tally> {
    let mut tally = Tally::default();
    let at = now();
    let later = |minutes| at + SignedDuration::from_mins(minutes);

    // Typeform delivers the same response again.
    for answered in &students[..5] {
        let submission = Submission { settings, answered, token: token(), submitted_at: later(1) };
        expect(&service.submit(&submission).await?, 200, "accepted")?;
        expect(&service.deliver(submission.body()).await?, 200, "duplicate")?;
        tally.responses += 1;
        tally.duplicates += 1;
    }
    // A student answers twice more, and the last answer arrives first.
    for answered in &students[5..10] {
        let last = Submission { settings, answered, token: token(), submitted_at: later(9) };
        let middle = Submission { settings, answered, token: token(), submitted_at: later(4) };
        expect(&service.submit(&last).await?, 200, "accepted")?;
        expect(&service.submit(&middle).await?, 200, "superseded")?;
        tally.responses += 2;
    }
    let one = Submission { settings, answered: &students[0], token: token(), submitted_at: at };
    // Somebody else posts.
    let forged = typeform::signature::sign("not the secret", &one.body());
    expect_status(&service.post(one.body(), Some(&forged)).await?, 401)?;
    expect_status(&service.post(one.body(), None).await?, 401)?;
    tally.rejected += 2;
    // The "send test request" button, and a partial response.
    expect(&service.deliver(test_delivery(&one)).await?, 200, "test")?;
    let mut partial = one.payload();
    partial["event_type"] = json!("form_response_partial");
    expect(&service.deliver(serde_json::to_vec(&partial)?).await?, 200, "partial")?;
    tally.passed_over += 2;
    // A section that does not exist, and a form that no cohort uses.
    let mut lost = Submission { token: token(), ..one }.payload();
    for answer in lost["form_response"]["answers"].as_array_mut().into_iter().flatten() {
        if answer["field"]["ref"] == "section" {
            answer["choice"] = json!({ "id": "x", "ref": "hold_9", "label": "Hold 9" });
        }
    }
    expect(&service.deliver(serde_json::to_vec(&lost)?).await?, 200, "quarantined")?;
    let mut stray =
        Submission { settings, answered: &students[1], token: token(), submitted_at: at }.payload();
    stray["form_response"]["form_id"] = json!("AnotherForm1");
    expect(&service.deliver(serde_json::to_vec(&stray)?).await?, 200, "quarantined")?;
    tally.quarantined += 2;
    // A student writes a civil registration number into a text field.
    let mut careless = students[10].clone();
    let text = settings.questions.iter().find(|q| q.kind == domain::cohort::QuestionKind::Text);
    if let Some(question) = text {
        careless
            .answers
            .insert(question.id.clone(), Answer::Text("Mit CPR-nummer er 010190-1234.".into()));
    }
    let submission =
        Submission { settings, answered: &careless, token: token(), submitted_at: later(2) };
    expect(&service.submit(&submission).await?, 200, "accepted")?;
    tally.responses += 1;
    Ok(tally)
}

/// How many responses the portal shows in quarantine, the ones of no cohort included.
pub(super) async fn quarantined(
    service: &Service,
    portal: &Portal,
    settings: &Settings,
) -> Result<u64> {
    let own = portal.list(&format!("/api/cohorts/{}/quarantine", settings.id)).await?;
    // Only operators see in the portal what belongs to no cohort; the demo's contact is none.
    let unassigned = service.partition(keys::UNASSIGNED).await?;
    for entry in &own {
        progress(format!("in quarantine: {} ({})", entry["token"], entry["reason"]));
    }
    Ok((own.len() + unassigned.len()) as u64)
}

/// What Typeform's test button sends: filler text, one id for event and token.
fn test_delivery(like: &Submission<'_>) -> Vec<u8> {
    let mut payload = like.payload();
    let token = token();
    payload["event_id"] = json!(token);
    let response = &mut payload["form_response"];
    response["token"] = json!(token);
    response["landed_at"] = response["submitted_at"].clone();
    for answer in response["answers"].as_array_mut().into_iter().flatten() {
        match answer["type"].as_str() {
            Some("text") => answer["text"] = json!("Lorem ipsum dolor"),
            Some("email") => answer["email"] = json!("an_account@example.com"),
            Some("choice") => answer["choice"] = json!({ "label": "Barcelona" }),
            Some("choices") => answer["choices"] = json!({ "labels": ["Barcelona", "Oslo"] }),
            _ => {}
        }
    }
    payload.to_string().into_bytes()
}

fn expect(answer: &Delivered, status: u16, outcome: &str) -> Result<()> {
    expect_status(answer, status)?;
    ensure!(answer.outcome() == outcome, "expected \"{outcome}\", got {}", answer.body);
    Ok(())
}

fn expect_status(answer: &Delivered, status: u16) -> Result<()> {
    ensure!(
        answer.status == status,
        "expected {status}, got {}: {}",
        answer.status,
        brief(&answer.body)
    );
    Ok(())
}

fn brief(body: &Value) -> String {
    body.to_string().chars().take(200).collect()
}
