//! `cargo dev demo`: the whole service on invented students, from questionnaire to erasure.
//!
//! Every step goes the way it goes in production: questionnaires are posted to the webhook with
//! Typeform's signature, the operator invokes functions, the contact signs in and calls the API.
//! Only one thing is moved by hand: the date on which the second cohort is due.

mod erasure;
mod formation;
mod mails;
mod person;
mod questionnaires;
mod show;

use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;
use jiff::SignedDuration;
use serde::Serialize;

use crate::layout::{Layout, StackName};
use crate::process::{progress, until_stopped};
use crate::sample::cohort::now;
use crate::sample::{SampleCohort, invent};
use crate::server::ServerOptions;
use crate::service::{Portal, Service};
use crate::stack::{Sample, Stack};
use crate::tools::Tools;

pub use formation::{await_formation, operator_starts};
pub use mails::await_messages;
pub use questionnaires::submit_all;

/// Students of the main cohort.
const STUDENTS: usize = 120;

/// Students of the cohort that is erased.
const ERASED_STUDENTS: usize = 12;

/// The seed of the invention: every demo shows the same students.
const SEED: u64 = 2026;

/// The state machines' waits (an erasure's for calls under way, and for Typeform's asynchronous
/// deletion) are shortened to this part, so that nobody has to wait through them.
const WAIT_SCALE: f64 = 0.1;

/// See the whole service work on invented students, from questionnaire to erasure.
#[derive(Debug, Args)]
pub struct Demo {
    /// The stack's name; several run side by side under different names.
    #[arg(long, default_value = "demo")]
    name: StackName,
    /// Port on 127.0.0.1; a free one if not given.
    #[arg(long)]
    port: Option<u16>,
    /// Stop the stack at the end and print the result as one line of JSON.
    #[arg(long)]
    exit: bool,
}

/// What the demo found, in the words of its last line.
#[derive(Debug, Default, Serialize)]
pub struct Outcome {
    /// Responses stored in the main cohort, superseded ones included.
    pub responses: u64,
    /// Deliveries refused for their signature.
    pub rejected: u64,
    /// Responses in quarantine.
    pub quarantined: u64,
    /// Groups that were formed in the main cohort.
    pub groups: u64,
    /// Must rules that a group breaks.
    pub must_broken: u64,
    /// Mails that SES accepted.
    pub mails: u64,
    /// Students who got more than one mail.
    pub mails_twice: u64,
    /// Files in what a student was given of their own data.
    pub exported_files: u64,
    /// What a search finds of that student after their erasure.
    pub person_left: u64,
    /// Cohorts that were erased and certified.
    pub erased_cohorts: u64,
    /// What was found of them afterwards: items, versions of objects, responses at Typeform.
    pub left_over: u64,
    /// How long all of it took.
    pub seconds: u64,
}

impl Demo {
    /// Runs the demo.
    pub async fn run(self, layout: &Layout) -> Result<()> {
        let started = Instant::now();
        let tools = Tools::install(layout).await?;
        let options = ServerOptions {
            name: self.name.clone(),
            port: self.port,
            region: "eu-north-1".into(),
            keep: false,
            wait_scale: Some(WAIT_SCALE),
        };
        let parameters = [("Schedules".to_owned(), "ENABLED".to_owned())];
        let stack = Stack::up(layout, &tools, &options, &parameters).await?;
        let service = Service::new(layout.clone(), stack)?;
        let told = until_stopped(tell(&service, started)).await;
        if self.exit || told.is_err() {
            Stack::down(layout, &self.name).await?;
            let outcome = told?;
            println!("{}", serde_json::to_string(&outcome)?);
            return outcome.check();
        }
        let outcome = told?;
        outcome.check()?;
        show::farewell(&service)?;
        tokio::signal::ctrl_c().await.context("waiting for Ctrl-C")?;
        Stack::down(layout, &self.name).await?;
        Ok(())
    }
}

impl Outcome {
    /// Whether everything came out as it must for the sample.
    fn check(&self) -> Result<()> {
        let students = u64::try_from(STUDENTS)?;
        // 5 delivered twice, 5 times two further answers, 1 with a CPR number.
        ensure!(self.responses == students + 5 + 10 + 1, "{} responses", self.responses);
        ensure!(self.rejected == 2, "{} rejected", self.rejected);
        ensure!(self.quarantined == 2, "{} quarantined", self.quarantined);
        ensure!((20..=30).contains(&self.groups), "{} groups", self.groups);
        ensure!(self.must_broken == 0, "{} must rules broken", self.must_broken);
        ensure!(self.mails == students, "{} mails", self.mails);
        ensure!(self.mails_twice == 0, "{} mailed twice", self.mails_twice);
        ensure!(self.exported_files >= 3, "{} files", self.exported_files);
        ensure!(self.person_left == 0, "{} of an erased person left", self.person_left);
        ensure!(self.erased_cohorts == 1, "{} cohorts erased", self.erased_cohorts);
        ensure!(self.left_over == 0, "{} left over", self.left_over);
        Ok(())
    }
}

async fn tell(service: &Service, started: Instant) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    let sample = SampleCohort::fresh(&service.layout, "demo", SignedDuration::from_hours(24 * 14))?;
    let portal = onboard(service, &sample).await?;
    let settings = &sample.settings;

    progress(format!(
        "{STUDENTS} students in {} sections answer the questionnaire",
        settings.sections.len()
    ));
    let students = invent(settings, STUDENTS, SEED);
    let first = now() - SignedDuration::from_hours(48);
    let accepted = submit_all(service, settings, &students, first).await?;
    let trouble = questionnaires::submit_trouble(service, settings, &students).await?;
    progress(format!(
        "webhook: {accepted} accepted; then {} more answers from the same students, {} deliveries repeated, \
         {} forged, {} test or partial, {} quarantined, 1 with its CPR number masked",
        trouble.responses,
        trouble.duplicates,
        trouble.rejected,
        trouble.passed_over,
        trouble.quarantined
    ));
    outcome.rejected = trouble.rejected;
    outcome.quarantined = questionnaires::quarantined(service, &portal, settings).await?;
    outcome.responses = show::responses(service, &portal, settings).await?;

    progress("the coordinator starts the formation in the portal");
    let formation = formation::contact_starts(&portal, settings).await?;
    await_formation(service, settings, &formation).await?;
    (outcome.groups, outcome.must_broken) = show::groups(&portal, settings, &formation).await?;

    progress("mails go out; SES tells what became of them");
    await_messages(service, settings, STUDENTS).await?;
    (outcome.mails, outcome.mails_twice) =
        show::mails(service, &portal, settings, &formation).await?;

    let asking = students.last().context("nobody was invented")?;
    (outcome.exported_files, outcome.person_left) = person::show(service, settings, asking).await?;

    let erased = erasure::show(service, &portal, &sample).await?;
    outcome.erased_cohorts = erased.cohorts;
    outcome.left_over = erased.left_over;
    outcome.seconds = started.elapsed().as_secs();
    Ok(outcome)
}

/// Onboards the sample institution, its coordinator and a cohort; signs the coordinator in and
/// writes all of it to the stack's description. What was onboarded before is left as it is.
pub async fn onboard(service: &Service, sample: &SampleCohort) -> Result<Portal> {
    let described =
        Stack::described(&service.layout, &service.stack.name)?.and_then(|found| found.sample);
    let (login, mut cohorts) = if let Some(known) = described {
        (known.login, known.cohorts)
    } else {
        service.onboard_institution(&sample.institution).await?;
        (service.onboard_contact(&sample.contact).await?, Vec::new())
    };
    let token = service.sign_in(&login).await?;
    let cohort = sample.settings.id.to_string();
    if !cohorts.contains(&cohort) {
        service.onboard_cohort(&sample.settings).await?;
        cohorts.push(cohort);
    }
    let institution = sample.settings.institution.to_string();
    let described = Sample { institution, cohorts, login, token: token.clone() };
    service.stack.describe(&service.layout, Some(described))?;
    progress(format!(
        "onboarded {} with cohort {} and its coordinator",
        sample.settings.institution, sample.settings.id
    ));
    service.portal(&token)
}

/// Asks again and again until the answer is there, at most `limit` seconds.
pub async fn wait_for<T>(
    what: &str,
    limit: u64,
    mut ask: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let end = Instant::now() + std::time::Duration::from_secs(limit);
    loop {
        let asked = Instant::now();
        if let Some(found) = ask().await? {
            return Ok(found);
        }
        if Instant::now() > end {
            bail!("{what}: not within {limit} s");
        }
        // Asking is to slow down nothing: the emulator is one process.
        let pause = (asked.elapsed() * 4).max(std::time::Duration::from_millis(250));
        tokio::time::sleep(pause).await;
    }
}
