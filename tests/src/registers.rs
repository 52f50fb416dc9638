//! Entries of an institution's registers (D7, D8), as an operator or the announcing function makes them.

use anyhow::{Context as _, Result, ensure};
use domain::breach::Question;
use domain::message::{About, Message};
use domain::{InstitutionId, NoticeId, SubprocessorId};
use jiff::{SignedDuration, Span, Timestamp};
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::{Api, World};

/// A breach that the institution was told of and that was closed, with every step's own checks.
pub struct ToldBreach {
    /// Its id.
    pub id: String,
    /// What the API said after the notice.
    pub told: Value,
}

impl ToldBreach {
    /// The path of the breach in the API.
    pub fn path(&self) -> String {
        format!("/api/breaches/{}", self.id)
    }
}

/// Changes a breach from a version.
async fn step(
    operator: &Api,
    method: Method,
    path: &str,
    version: u64,
    body: &Value,
) -> Result<Value> {
    let answer = operator.change(method, path, version, body).await?;
    ensure!(answer.status == 200, "{path}: {}", answer.body);
    Ok(answer.body)
}

/// Enters a breach that was noticed an hour ago; answers with its id.
pub async fn open_breach(operator: &Api) -> Result<(String, Timestamp)> {
    let aware = dev::sample::cohort::now() - SignedDuration::from_hours(1);
    let body = json!({ "aware_at": aware.to_string() });
    let opened = operator.send(Method::POST, "/api/breaches", &body).await?;
    ensure!(opened.status == 200, "{}", opened.body);
    Ok((opened.body["id"].as_str().context("an id")?.to_owned(), aware))
}

/// Answers, assesses, counts, and tells the institution: versions 1 to 4 of a breach.
pub async fn tell_of_breach(operator: &Api, id: String, aware: Timestamp) -> Result<ToldBreach> {
    let path = format!("/api/breaches/{id}");
    let answers: Map<String, Value> = Question::ALL
        .into_iter()
        .map(|question| {
            let date = question == Question::ClosingDate;
            (question.as_str().to_owned(), json!(if date { "2026-12-01" } else { "Known." }))
        })
        .collect();
    let at = |what: &str| format!("{path}/{what}");
    step(operator, Method::PATCH, &at("answers"), 1, &answers.into()).await?;
    step(operator, Method::POST, &at("assessment"), 2, &json!({"risk": "likely"})).await?;
    let until = aware.to_string();
    let window = json!({"from": "2026-01-01T00:00:00Z", "until": until, "stores": "records"});
    step(operator, Method::POST, &at("affected"), 3, &window).await?;
    let confirm = json!({"confirm": "notify"});
    let told = step(operator, Method::POST, &at("notices"), 4, &confirm).await?;
    Ok(ToldBreach { id, told })
}

/// Closes a breach that was told.
pub async fn close_breach(operator: &Api, breach: &ToldBreach) -> Result<()> {
    let path = format!("{}/closure", breach.path());
    step(operator, Method::POST, &path, 5, &json!({})).await.map(drop)
}

impl World {
    /// Puts a notice of a new sub-processor where `notices` puts it, with its mail: the register
    /// that is deployed announces nobody.
    pub async fn announce(&self, institution: &InstitutionId, entry: &str) -> Result<()> {
        let entry = SubprocessorId::parse(entry)?;
        let now = dev::sample::cohort::now();
        let from = crate::cohort::today().checked_add(Span::new().days(30))?;
        let id = NoticeId::of(institution, &entry, from);
        let message = Message::queued(About::Subprocessor { notice: id.clone() }, now);
        let both = |text: &str| json!({"M": {"da": {"S": text}, "en": {"S": text}}});
        let text = |text: &str| json!({"S": text});
        let key = keys::notice(institution, &id);
        let notice = json!({
            "pk": text(&key.pk), "sk": text(&key.sk), "id": text(id.as_str()),
            "entry": text(entry.as_str()), "name": text("Example Translator ApS"),
            "registration": text("CVR 12345678"), "address": text("Eksempelvej 1"),
            "processing": both("Translates."), "location": both("Denmark."),
            "transfer": both("None."), "fields": both("answers"),
            "effective_from": text(&from.to_string()),
            "announced_at": text(&message.status_at.to_string()),
            "message": text(message.id.as_str()),
        });
        let place = keys::MessagePlace::of_institution(institution);
        let key = keys::message(&place, &message.id);
        let mail = json!({
            "pk": text(&key.pk), "sk": text(&key.sk), "id": text(message.id.as_str()),
            "kind": text("subprocessor"), "notice": text(id.as_str()), "status": text("queued"),
            "status_at": text(&message.status_at.to_string()), "attempts": {"N": "0"},
        });
        let table = self.service.stack.deployed.output("AppTable")?;
        for item in [notice, mail] {
            self.dynamodb("PutItem", &json!({"TableName": table, "Item": item})).await?;
        }
        self.queue_mail(&serde_json::to_value(place.reference(&message.id))?).await
    }
}
