//! The sample institution and cohort: the events that an operator onboards with (`events/onboarding/`).

use anyhow::{Context as _, Result};
use domain::cohort::Settings;
use domain::{CohortId, FormId};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use uuid::Uuid;

use crate::layout::Layout;
use crate::service::sample_event;

/// The sample institution with a cohort of its own.
pub struct SampleCohort {
    /// The institution, in the form in which it is onboarded.
    pub institution: Value,
    /// The coordinator, in the form in which they are onboarded.
    pub contact: Value,
    /// The cohort.
    pub settings: Settings,
}

impl SampleCohort {
    /// Reads the sample as the events have it, so that other events of the repository meet it; only
    /// the deadline lies `deadline_in` ahead.
    pub fn read(layout: &Layout, deadline_in: SignedDuration) -> Result<Self> {
        let institution = sample_event(layout, "onboarding", "institution")?["institution"].clone();
        let contact = sample_event(layout, "onboarding", "contact")?["contact"].clone();
        let cohort = sample_event(layout, "onboarding", "cohort")?["cohort"].clone();
        let mut settings: Settings = serde_json::from_value(cohort).context("the sample cohort")?;
        settings.deadline = now() + deadline_in;
        Ok(Self { institution, contact, settings })
    }

    /// The sample with an id and a form of its own, so that it can stand beside others on one stack.
    pub fn fresh(layout: &Layout, word: &str, deadline_in: SignedDuration) -> Result<Self> {
        let mut sample = Self::read(layout, deadline_in)?;
        let unique = Uuid::new_v4().simple().to_string();
        sample.settings.id = CohortId::parse(format!("coh_{word}-{}", &unique[..8]))?;
        sample.settings.form = FormId::parse(unique[8..16].to_owned())?;
        Ok(sample)
    }
}

/// Now, in whole seconds as Typeform counts.
#[expect(clippy::disallowed_methods, reason = "the one source of time of this program")]
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

/// A token as Typeform makes them.
pub fn token() -> String {
    Uuid::new_v4().simple().to_string()
}
