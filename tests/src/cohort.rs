//! A cohort that belongs to one test.

use anyhow::{Context as _, Result, bail, ensure};
use dev::demo::{await_formation, operator_starts};
use dev::sample::cohort::{now, token};
use dev::sample::{Answered, SampleCohort, Submission, invent};
use domain::FormationId;
use domain::cohort::{Hardness, Settings};
use futures::{StreamExt as _, TryStreamExt as _};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use keys::Scope;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{World, wait_for};

/// Days until the deadline, unless a test wants another.
const DEADLINE_DAYS: i64 = 14;

/// Deliveries of one cohort that are under way at once.
const PARALLEL: usize = 4;

/// An onboarded cohort.
pub struct Cohort {
    world: &'static World,
    /// Its settings.
    pub settings: Settings,
    /// Its ids.
    pub scope: Scope,
}

/// One section, no must rules, no mail: for tests that are about something else.
pub fn small(settings: &mut Settings) {
    settings.sections.truncate(1);
    settings.criteria.retain(|criterion| criterion.hardness != Hardness::Must);
    settings.sizes = domain::cohort::Sizes { min: 2, preferred: 4, max: 5 };
    settings.mail_agreed = false;
}

/// The same, with mail.
pub fn small_with_mail(settings: &mut Settings) {
    small(settings);
    settings.mail_agreed = true;
}

impl World {
    /// Onboards a cohort made from the sample, changed as the test needs it.
    pub async fn cohort(
        &'static self,
        word: &str,
        change: impl FnOnce(&mut Settings),
    ) -> Result<Cohort> {
        let cohort = self.cohort_to_be(word, change)?;
        self.service.onboard_cohort(&cohort.settings).await?;
        Ok(cohort)
    }

    /// The same, not onboarded yet.
    pub fn cohort_to_be(
        &'static self,
        word: &str,
        change: impl FnOnce(&mut Settings),
    ) -> Result<Cohort> {
        let deadline = SignedDuration::from_hours(24 * DEADLINE_DAYS);
        let mut settings = SampleCohort::fresh(&self.service.layout, word, deadline)?.settings;
        change(&mut settings);
        Ok(Cohort::known(self, settings))
    }
}

impl Cohort {
    /// A cohort that is there already.
    pub fn known(world: &'static World, settings: Settings) -> Self {
        let scope = Scope::new(settings.institution.clone(), settings.id.clone());
        Self { world, settings, scope }
    }

    /// The stack it stands on.
    pub fn world(&self) -> &'static World {
        self.world
    }

    /// Invents students whose addresses no other test uses.
    pub fn invent(&self, count: usize) -> Vec<Answered> {
        let id = self.settings.id.as_str();
        let tag = &id[id.len() - 8..];
        let mut students = invent(&self.settings, count, 7);
        for student in &mut students {
            let (mailbox, host) = student.email.split_once('@').unwrap_or((&student.email, ""));
            student.email = format!("{mailbox}.{tag}@{host}");
        }
        students
    }

    /// A submission of now.
    pub fn submission<'a>(&'a self, answered: &'a Answered) -> Submission<'a> {
        self.submission_at(answered, now())
    }

    /// A submission of some time.
    pub fn submission_at<'a>(&'a self, answered: &'a Answered, at: Timestamp) -> Submission<'a> {
        Submission { settings: &self.settings, answered, token: token(), submitted_at: at }
    }

    /// Everybody answers; every answer must be taken.
    pub async fn answer(&self, students: &[Answered]) -> Result<()> {
        self.answer_at(students, now()).await
    }

    /// Those who have answered answer anew: submitted a second later than anything before. Of two answers in one
    /// second chance decides which counts.
    pub async fn answer_again(&self, students: &[Answered]) -> Result<()> {
        self.answer_at(students, now() + SignedDuration::from_secs(1)).await
    }

    async fn answer_at(&self, students: &[Answered], at: Timestamp) -> Result<()> {
        futures::stream::iter(students)
            .map(|answered| async {
                let answer = self.world.submit(&self.submission_at(answered, at)).await?;
                ensure!(answer.status == 200 && answer.outcome() == "accepted", "{answer:?}");
                Ok(())
            })
            .buffer_unordered(PARALLEL)
            .try_collect()
            .await
    }

    /// A cohort with students who have answered.
    pub async fn answered_by(&self, count: usize) -> Result<Vec<Answered>> {
        let students = self.invent(count);
        self.answer(&students).await?;
        Ok(students)
    }

    /// An operator starts a formation, which is published.
    pub async fn form(&self) -> Result<FormationId> {
        let formation = self.start().await?;
        await_formation(&self.world.service, &self.settings, &formation).await?;
        Ok(formation)
    }

    /// An operator starts a formation, which replaces the groups that are published.
    pub async fn start(&self) -> Result<FormationId> {
        let record = self.record().await?;
        let published = record["published_formation"]["S"].as_str();
        operator_starts(&self.world.service, &self.settings, published).await
    }

    /// Waits until a formation has this status; another end fails.
    pub async fn await_status(&self, formation: &FormationId, status: &str) -> Result<Value> {
        let key = keys::formation(&self.scope, formation);
        wait_for(status, async || {
            let item = self.world.service.item(&key).await?;
            match item["status"]["S"].as_str() {
                Some(now) if now == status => Ok(Some(item)),
                Some(end @ ("published" | "failed" | "rejected")) => {
                    bail!("the formation ended as {end}: {}", item["failure"])
                }
                _ => Ok(None),
            }
        })
        .await
    }

    /// The cohort's items whose sort key starts with `prefix`, in DynamoDB's form.
    pub async fn items(&self, prefix: &str) -> Result<Vec<Value>> {
        let mut items = self.world.service.partition(&keys::cohort_partition(&self.scope)).await?;
        items.retain(|item| item["sk"]["S"].as_str().is_some_and(|sk| sk.starts_with(prefix)));
        Ok(items)
    }

    /// The cohort's own record.
    pub async fn record(&self) -> Result<Value> {
        self.world.service.item(&keys::cohort(&self.scope)).await
    }

    /// The item of a student, found by address; the first spelling that came is the one that stays.
    pub async fn student(&self, email: &str) -> Result<Value> {
        let items = self.items(keys::STUDENT).await?;
        let theirs = |item: &Value| {
            item["email"]["S"].as_str().is_some_and(|known| known.eq_ignore_ascii_case(email))
        };
        let found = items.into_iter().find(theirs);
        found.context("there is no such student")
    }

    /// Keys of every version of every object.
    pub async fn versions(&self) -> Result<Vec<String>> {
        self.world.service.object_versions(&keys::cohort_prefix(&self.scope)).await
    }

    /// Everything that is stored of the cohort here: items and keys of objects, in a fixed order.
    pub async fn stored(&self) -> Result<(Vec<String>, Vec<String>)> {
        let mut items: Vec<String> =
            self.items("").await?.iter().map(ToString::to_string).collect();
        let mut versions = self.versions().await?;
        items.sort();
        versions.sort();
        Ok((items, versions))
    }

    /// Replaces the settings, as an operator does after mending them.
    pub async fn replace(&self, settings: &Settings) -> Result<()> {
        let answer =
            self.world.service.invoke("onboarding", &json!({ "replace_cohort": settings })).await?;
        ensure!(answer["replaced"] == true, "{answer}");
        Ok(())
    }

    /// Moves the deletion date to today, as if the groups had been formed eight months ago.
    pub async fn make_due(&self) -> Result<Date> {
        let today = today();
        self.world.service.set_delete_on(&self.scope, today).await?;
        Ok(today)
    }

    /// The path of the cohort in the API, with what follows.
    pub fn path(&self, below: &str) -> String {
        format!("/api/cohorts/{}{below}", self.settings.id)
    }
}

/// Today in Copenhagen.
pub fn today() -> Date {
    domain::retention::date_in_copenhagen(now())
}

/// A word that nothing else on the stack has.
pub fn unique() -> String {
    Uuid::new_v4().simple().to_string()[..12].to_owned()
}
