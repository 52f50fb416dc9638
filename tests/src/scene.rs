//! An institution with something on every route of the API, for tests that walk through all of them.

use anyhow::{Context as _, Result, ensure};
use domain::{ErasureId, FormationId};
use reqwest::Method;
use serde_json::json;
use tokio::sync::OnceCell;

use crate::cohort::{small, small_with_mail};
use crate::openapi::Operation;
use crate::registers::{close_breach, open_breach, tell_of_breach};
use crate::{Cohort, World};

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
        Ok(Self { cohort, formation, student, request, erasure, breach: breach.id })
    }

    /// The names of all parameters of paths, with what the scene has under them.
    fn parameters(&self) -> [(&str, &str); 7] {
        [
            ("cohort", self.cohort.settings.id.as_str()),
            ("formation", self.formation.as_str()),
            ("student", &self.student),
            ("request", &self.request),
            ("erasure", self.erasure.as_str()),
            ("breach", &self.breach),
            ("entry", ENTRY),
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
                    _ => "invented",
                };
            }
        }
        complete(operation, &parameters)
    }

    /// What nobody of another institution may read anywhere.
    pub fn marks(&self) -> [&str; 6] {
        [
            self.cohort.settings.id.as_str(),
            self.formation.as_str(),
            self.erasure.as_str(),
            &self.student,
            &self.request,
            &self.breach,
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
}
