//! A student asks for their data and gets it; then asks to be erased and is, with a certificate.

use std::fs;
use std::io::Cursor;

use anyhow::{Context as _, Result, ensure};
use domain::cohort::Settings;
use reqwest::Method;
use serde_json::{Value, json};

use super::wait_for;
use crate::process::progress;
use crate::sample::Answered;
use crate::sample::cohort::now;
use crate::service::{Portal, Service};

/// Seconds that a letter or an erasure may take on a busy machine.
const LIMIT: u64 = 300;

/// What an operator sees and does for one student.
struct Case<'a> {
    service: &'a Service,
    operator: Portal,
    settings: &'a Settings,
    student: &'a Answered,
    /// The student's id.
    id: String,
}

/// Goes through both requests; returns how many files the student got and what is found of them afterwards.
pub(super) async fn show(
    service: &Service,
    settings: &Settings,
    student: &Answered,
) -> Result<(u64, u64)> {
    let contact = json!({
        "institution": settings.institution, "email": "operator-demo@example.edu",
        "name": "Karen Holm", "role": "operator",
    });
    let login = service.onboard_contact(&contact).await?;
    let token = service.sign_in(&login).await?;
    let operator = service.portal(&token)?.with_reason("Case 2026-031, the student wrote to us");
    let id = found(&operator, settings, student).await?.context("the student is not found")?;
    let case = Case { service, operator, settings, student, id };
    let files = case.export().await?;
    case.erase().await?;
    let left = found(&case.operator, settings, student).await?;
    progress(format!("searched again by address: {} found", u8::from(left.is_some())));
    Ok((files, u64::from(left.is_some())))
}

/// The id of a student in a cohort, found by address.
async fn found(
    operator: &Portal,
    settings: &Settings,
    student: &Answered,
) -> Result<Option<String>> {
    let search = json!({ "email": student.email });
    let answer = operator.send(Method::POST, "/api/people/search", &search).await?;
    ensure!(answer.status == 200, "the search answered {}: {}", answer.status, answer.body);
    let people = answer.body["items"].as_array().context("people")?;
    let here = people.iter().find(|person| person["cohort"] == settings.id.as_str());
    Ok(here.and_then(|person| person["student"].as_str()).map(str::to_owned))
}

impl Case<'_> {
    /// The student's data, fetched by them through the link in their mail.
    async fn export(&self) -> Result<u64> {
        progress(
            "a student asks for their data; an operator notes it, the student confirms by a link",
        );
        let request = self.confirmed("access").await?;
        self.step(&format!("/{request}/hand-over"), &json!({})).await?;
        let url = self.link("klar", &request).await?;
        let answer = reqwest::Client::new().post(&url).send().await?;
        ensure!(answer.status() == 200, "the file was answered {}", answer.status());
        let bytes = answer.bytes().await?.to_vec();
        let path = self.kept("a-students-data.zip");
        fs::write(&path, &bytes).with_context(|| path.display().to_string())?;
        let archive = zip::ZipArchive::new(Cursor::new(bytes)).context("the file is no archive")?;
        let mut names = Vec::new();
        for name in archive.file_names() {
            names.push(name?.into_owned());
        }
        names.sort_unstable();
        progress(format!("everything stored of them, fetched once: {}", path.display()));
        println!("  {}", names.join("  "));
        Ok(names.len() as u64)
    }

    /// The student's erasure, from their request to the certificate.
    async fn erase(&self) -> Result<()> {
        progress("the same student asks to be erased");
        let request = self.confirmed("erasure").await?;
        wait_for("the erasure's beginning", LIMIT, async || {
            let answer = self.step(&format!("/{request}/erase"), &json!({})).await?;
            Ok(answer["erasure"].as_str().map(str::to_owned))
        })
        .await?;
        let path = format!("/api/cohorts/{}/rights/{request}", self.settings.id);
        let ended = wait_for("the end of the request", LIMIT, async || {
            let shown = self.operator.get(&path).await?;
            Ok((shown["status"] == "fulfilled").then_some(shown))
        })
        .await?;
        let erasure = ended["erasure"].as_str().context("an erasure")?;
        let path = format!("/api/erasures/{erasure}/certificate");
        let certificate = self.operator.get(&path).await?;
        progress(format!("erased, their group repaired, the rest of it told; GET {path}"));
        println!("{}", serde_json::to_string_pretty(&certificate)?);
        Ok(())
    }

    /// A request that the student has confirmed.
    async fn confirmed(&self, kind: &str) -> Result<String> {
        let new = json!({
            "kind": kind, "student": self.id, "channel": "email", "received_at": now(),
        });
        let noted = self.step("", &new).await?;
        let request = noted["id"].as_str().context("a request")?.to_owned();
        self.step(&format!("/{request}/acknowledge"), &json!({})).await?;
        let url = self.link("anmodning", &request).await?;
        let confirmed = reqwest::Client::new().post(&url).send().await?;
        ensure!(confirmed.status() == 200, "the link was answered {}", confirmed.status());
        Ok(request)
    }

    async fn step(&self, below: &str, body: &Value) -> Result<Value> {
        let path = format!("/api/cohorts/{}/rights{below}", self.settings.id);
        let answer = self.operator.send(Method::POST, &path, body).await?;
        ensure!(answer.status < 300, "{path} answered {}: {}", answer.status, answer.body);
        Ok(answer.body)
    }

    /// The link in the student's mail about a request whose subject has this word.
    async fn link(&self, word: &str, request: &str) -> Result<String> {
        let text = wait_for("the student's mail", LIMIT, async || {
            let mails = self.service.mails().await?.into_iter();
            let mut ours = mails.filter(|mail| {
                mail.to.contains(&self.student.email)
                    && mail.subject.contains(word)
                    && mail.text.contains(request)
            });
            Ok(ours.next().map(|mail| mail.text))
        })
        .await?;
        let line = text.lines().find(|line| line.contains("/rights/")).context("no link")?;
        let (_, path) = line.split_once("/rights/").context("no link")?;
        Ok(format!("{}/rights/{path}", self.service.stack.http()?))
    }

    fn kept(&self, name: &str) -> std::path::PathBuf {
        self.service.layout.state(&self.service.stack.name).join(name)
    }
}
