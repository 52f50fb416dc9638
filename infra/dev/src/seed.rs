//! `cargo dev seed`: any class list becomes a cohort and signed questionnaires, so that a real class
//! can be tried on the local stack. The list stays where it is; nothing of it is written to the
//! repository.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use clap::Args;
use classlist::{ClassList, Fault, Map};
use domain::cohort::Settings;
use domain::profile::Answer;
use jiff::SignedDuration;
use keys::Scope;
use serde_json::json;

use crate::demo::{await_formation, await_messages, onboard, operator_starts, submit_all};
use crate::layout::{DEFAULT_STACK, StackName};
use crate::process::progress;
use crate::sample::cohort::now;
use crate::sample::{Answered, SampleCohort};
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
    /// The students of the list; the settings are made to fit them.
    fn students(&self, settings: &mut Settings) -> Result<Vec<Answered>> {
        let (map, list) = read(&self.map, &self.csv)?;
        let columns = &map.columns;
        let needed = [
            ("email", &columns.email),
            ("first_name", &columns.first_name),
            ("last_name", &columns.last_name),
            ("student_number", &columns.student_number),
            ("section", &columns.section),
        ];
        for (name, column) in needed {
            ensure!(column.is_some(), "{}: columns.{name} is needed here", self.map.display());
        }
        list.fit(&map, settings);
        let problems: Vec<String> = settings.problems().iter().map(ToString::to_string).collect();
        if !problems.is_empty() {
            bail!("{}: {}", self.map.display(), problems.join("; "));
        }
        Ok(list.rows.into_iter().map(answered).collect())
    }

    /// Seeds and waits until every mail has reached its end; the last line is the result as JSON.
    pub async fn run(self) -> Result<()> {
        let service = Service::attach(&self.name).await?;
        let mut sample =
            SampleCohort::fresh(&service.layout, "seed", SignedDuration::from_hours(24 * 14))?;
        let students = self.students(&mut sample.settings)?;
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

/// Reads a map and the list it is about; what is wrong names the file.
pub(crate) fn read(map: &Path, csv: &Path) -> Result<(Map, ClassList)> {
    let named = |path: &Path| path.display().to_string();
    let bytes = std::fs::read(map).with_context(|| named(map))?;
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        let read = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        let (line, column) = (read.split('\n').count(), read.rsplit('\n').next().unwrap_or(""));
        let column = column.chars().count() + 1;
        anyhow!("{}: line {line}, column {column}: is not in UTF-8", map.display())
    })?;
    let found = Map::parse(text).with_context(|| named(map))?;
    let bytes = std::fs::read(csv).with_context(|| named(csv))?;
    let list = classlist::read(&bytes, &found).map_err(|fault| {
        let place = match &fault {
            Fault::Map(_) => format!("{} (with {})", map.display(), csv.display()),
            _ => format!("{} (as {} says)", csv.display(), map.display()),
        };
        anyhow::Error::new(fault).context(place)
    })?;
    Ok((found, list))
}

/// A row as somebody who answers the questionnaire. Wishes stay behind: the questionnaire asks for
/// addresses, the list has ids of its own.
fn answered(row: classlist::Row) -> Answered {
    let mut answers = row.answers;
    answers.retain(|_, answer| !matches!(answer, Answer::Students(_)));
    Answered {
        email: row.email,
        first: row.first,
        last: row.last,
        number: row.number,
        section: row.section,
        answers,
    }
}
