//! An institution with something on every route of the API, for tests that walk through all of them.

use anyhow::{Context as _, Result, ensure};
use domain::{ErasureId, FormationId};
use reqwest::Method;
use serde_json::json;
use tokio::sync::OnceCell;

use crate::cohort::{small, small_with_mail};
use crate::openapi::Operation;
use crate::registers::{close_breach, open_breach, tell_of_breach};
use crate::{Cohort, World, wait_for};

/// The sub-processor of the scene's notice.
const ENTRY: &str = "example-walker";

/// One of everything.
pub struct Scene {
    /// A cohort with a formation, mails and a questionnaire in quarantine.
    pub cohort: Cohort,
    /// Its published formation.
    pub formation: FormationId,
    /// A student of it.
    pub student: String,
    /// A request of that student.
    pub request: String,
    /// The erasure of another cohort.
    pub erasure: ErasureId,
    /// A breach that the institution was told of.
    pub breach: String,
    /// What a contact wrote to the cohort.
    pub mailing: String,
    /// A mail of the cohort.
    pub message: String,
}

static SCENE: OnceCell<Scene> = OnceCell::const_new();

impl Scene {
    /// The one scene of the process.
    pub async fn get(world: &'static World) -> Result<&'static Self> {
        SCENE.get_or_try_init(|| Self::make(world)).await
    }

    async fn make(world: &'static World) -> Result<Self> {
        let cohort = world.cohort("scene", small_with_mail).await?;
        let students = cohort.answered_by(5).await?;
        let mut lost = cohort.submission(&students[0]).payload();
        let answers = lost["form_response"]["answers"].as_array_mut().context("answers")?;
        answers.retain(|answer| answer["type"] != "email");
        world.deliver(&lost).await?;
        let formation = cohort.form().await?;
        cohort.await_mails(5).await?;
        let student = cohort.student(&students[0].email).await?;
        let student = student["id"]["S"].as_str().context("an id")?.to_owned();
        let request = cohort.request_of(&student, "objection").await?;
        let gone = world.cohort("gone", small).await?;
        gone.answered_by(2).await?;
        let erasure = gone.erase().await?;
        let operator = world.operator().await?;
        let (breach, aware) = open_breach(&operator).await?;
        let breach = tell_of_breach(&operator, breach, aware).await?;
        close_breach(&operator, &breach).await?;
        world.announce(&world.institution, ENTRY).await?;
        let mailing = cohort.mailing_of("scene").await?;
        let send = cohort.path(&format!("/mailings/{mailing}/send"));
        let once = [("if-match", "\"1\""), ("idempotency-key", "scene")];
        let answer = world.coordinator().await?.post(&send, &once).await?;
        ensure!(answer.status == 202, "{answer:?}");
        cohort.await_mails(10).await?;
        // The last mail may be there before the sending has said that it is done.
        let summary = cohort.path(&format!("/mailings/{mailing}/messages/summary"));
        let api = world.coordinator().await?;
        wait_for("the mailing's end", async || {
            Ok((api.get(&summary).await?["status"] == "sent").then_some(()))
        })
        .await?;
        let messages = cohort.statuses().await?;
        let message = messages.into_keys().next().context("a mail")?;
        let breach = breach.id;
        Ok(Self { cohort, formation, student, request, erasure, breach, mailing, message })
    }

    /// The names of all parameters of paths, with what the scene has under them.
    fn parameters(&self) -> [(&str, &str); 11] {
        [
            ("cohort", self.cohort.settings.id.as_str()),
            ("formation", self.formation.as_str()),
            ("student", &self.student),
            ("request", &self.request),
            ("erasure", self.erasure.as_str()),
            ("breach", &self.breach),
            ("mailing", &self.mailing),
            ("message", &self.message),
            ("entry", ENTRY),
            // Anybody's erasure ends an export, so no scene can hold one.
            ("export", "exp_invented"),
            ("file", "manifest.json"),
        ]
    }

    /// The path of an operation in this scene. A parameter that the scene does not know is an error.
    pub fn filled(&self, operation: &Operation) -> Result<String> {
        complete(operation, &self.parameters())
    }

    /// The path of an operation on what is not there, below what is: only the first parameter is wrong.
    pub fn invented(&self, operation: &Operation) -> Result<String> {
        let mut parameters = self.parameters();
        let first = operation.path.split('{').nth(1).and_then(|rest| rest.split('}').next());
        let first = first.context("the path has no parameter")?;
        for (name, value) in &mut parameters {
            if *name == first {
                *value = match *name {
                    "cohort" => "coh_invented",
                    "erasure" => "era_invented",
                    "breach" => "bre_invented",
                    "export" => "exp_invented",
                    _ => "invented",
                };
            }
        }
        complete(operation, &parameters)
    }

    /// What nobody of another institution may read anywhere.
    pub fn marks(&self) -> [&str; 8] {
        [
            self.cohort.settings.id.as_str(),
            self.formation.as_str(),
            self.erasure.as_str(),
            &self.student,
            &self.request,
            &self.breach,
            &self.mailing,
            &self.message,
        ]
    }
}

fn complete(operation: &Operation, parameters: &[(&str, &str)]) -> Result<String> {
    let path = operation.filled(parameters);
    ensure!(!path.contains('{'), "{path} has a parameter that the scene does not know");
    Ok(path)
}

impl Cohort {
    /// An operator notes a request of a student; answers with its id.
    pub async fn request_of(&self, student: &str, kind: &str) -> Result<String> {
        let body = json!({
            "kind": kind, "student": student, "channel": "email",
            "received_at": dev::sample::cohort::now(),
        });
        let operator = self.world().operator().await?;
        let noted = operator.send(Method::POST, &self.path("/rights"), &body).await?;
        ensure!(noted.status == 202, "{noted:?}");
        Ok(noted.body["id"].as_str().context("a request")?.to_owned())
    }

    /// A coordinator writes to the cohort, under a key; answers with the draft's id.
    pub async fn mailing_of(&self, key: &str) -> Result<String> {
        let body = json!({
            "audience": { "to": "cohort" },
            "texts": {
                "da": { "subject": "Introuge", "body": "Vi ses." },
                "en": { "subject": "Intro week", "body": "See you." },
            },
        });
        let api = self.world().coordinator().await?;
        let made = api.send_once(key, &self.path("/mailings"), &body).await?;
        ensure!(made.status == 201, "{made:?}");
        Ok(made.body["id"].as_str().context("a mailing")?.to_owned())
    }
}
