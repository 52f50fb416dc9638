//! `cargo dev seed`: any class list becomes a cohort and signed questionnaires, so that a real class
//! can be tried on the local stack. The list stays where it is; nothing of it is written to the
//! repository.

mod class_list;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context as _, Result};
use clap::Args;
use jiff::SignedDuration;
use keys::Scope;
use serde_json::json;

use crate::demo::{await_formation, await_messages, onboard, operator_starts, submit_all};
use crate::layout::{DEFAULT_STACK, StackName};
use crate::process::progress;
use crate::sample::SampleCohort;
use crate::sample::cohort::now;
use crate::service::Service;

/// Put a class list through questionnaires, formation and mail on a running stack.
#[derive(Debug, Args)]
pub struct Seed {
    /// The running stack's name.
    #[arg(long, default_value = DEFAULT_STACK)]
    name: StackName,
    /// The class list: CSV with a header line.
    #[arg(long)]
    csv: PathBuf,
    /// What its columns mean, which criteria count, how large groups are (infra/dev/README.md).
    #[arg(long)]
    map: PathBuf,
}

impl Seed {
    /// Seeds and waits until every mail has reached its end; the last line is the result as JSON.
    pub async fn run(self) -> Result<()> {
        let service = Service::attach(&self.name).await?;
        let mut sample =
            SampleCohort::fresh(&service.layout, "seed", SignedDuration::from_hours(24 * 14))?;
        let map = class_list::Map::read(&self.map)?;
        let students = class_list::read(&self.csv, &map, &mut sample.settings)?;
        let settings = &sample.settings;
        onboard(&service, &sample).await?;

        let begun = Instant::now();
        progress(format!(
            "{} students in {} sections answer",
            students.len(),
            settings.sections.len()
        ));
        let responses = submit_all(&service, settings, &students, now()).await?;
        let posted = begun.elapsed();
        progress(format!("{responses} questionnaires accepted in {:.1} s", posted.as_secs_f64()));

        let begun = Instant::now();
        let formation = operator_starts(&service, settings, None).await?;
        await_formation(&service, settings, &formation).await?;
        let formed = begun.elapsed();
        let scope = Scope::new(settings.institution.clone(), settings.id.clone());
        let groups = service.count_items(&scope, keys::GROUP).await?;
        let broken = service.must_broken(&scope).await?;
        progress(format!(
            "{groups} groups in {:.1} s, {broken} must rules broken",
            formed.as_secs_f64()
        ));

        let begun = Instant::now();
        await_messages(&service, settings, students.len()).await?;
        let mailed = begun.elapsed();
        let mails = service.count_items(&scope, keys::MESSAGE).await?;
        progress(format!("{mails} mails reached their end in {:.1} s", mailed.as_secs_f64()));
        let result = json!({
            "cohort": settings.id, "formation": formation, "sections": settings.sections.len(),
            "responses": responses, "groups": groups, "must_broken": broken, "mails": mails,
            "posting_seconds": posted.as_secs_f64(), "formation_seconds": formed.as_secs_f64(),
            "mail_seconds": mailed.as_secs_f64(),
        });
        println!("{}", serde_json::to_string(&result).context("a JSON value serialises")?);
        Ok(())
    }
}
