//! What a contact needs to remind those who have not answered (M2): a text to begin with, until when it can be
//! sent, and how many would get it.

use axum::Json;
use axum::extract::State;
use domain::SectionId;
use domain::roster::{Attendee, Presence};
use jiff::Timestamp;
use mail::reminder_texts;
use serde::Serialize;
use utoipa::ToSchema;

use crate::caller::Caller;
use crate::mailing_views::TextsView;
use crate::params::{NoParams, OfCohort, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Missing, Problem};

/// What there is for a reminder.
#[derive(Serialize, ToSchema)]
pub(crate) struct Reminder {
    /// Until when one can be sent: the cohort's deadline.
    #[schema(example = "2026-12-15T11:00:00Z")]
    deadline: Timestamp,
    /// Whether that is still to come.
    #[schema(example = true)]
    open: bool,
    /// Where the questionnaire is answered. Every reminder has it as a button below its text, with the section
    /// where the questionnaire is told it by its address.
    #[schema(example = "https://form.typeform.com/to/fGh12345")]
    questionnaire: String,
    /// A text to begin with, to be changed or sent as it is.
    texts: TextsView,
    /// In the whole cohort.
    all: WaitingView,
    /// Section by section.
    sections: Vec<SectionWaiting>,
}

/// How many are expected and have not answered.
#[derive(Serialize, ToSchema)]
#[schema(as = Waiting)]
pub(crate) struct WaitingView {
    /// How many.
    #[schema(example = 9)]
    waiting: usize,
    /// Of them, those whose address gets no further mail.
    #[schema(example = 1)]
    suppressed: usize,
}

/// How many of a section are expected and have not answered.
#[derive(Serialize, ToSchema)]
pub(crate) struct SectionWaiting {
    /// The section.
    #[schema(value_type = String, example = "hold-1")]
    section: SectionId,
    /// How many.
    #[serde(flatten)]
    counts: WaitingView,
}

impl WaitingView {
    fn of(people: &[Attendee], section: Option<&SectionId>) -> Self {
        let waiting = |one: &&Attendee| {
            one.presence == Presence::Waiting
                && section.is_none_or(|section| one.section == *section)
        };
        let suppressed = |one: &&Attendee| waiting(one) && one.suppressed.is_some();
        Self {
            waiting: people.iter().filter(waiting).count(),
            suppressed: people.iter().filter(suppressed).count(),
        }
    }
}

/// What there is for a reminder
///
/// A text in both languages that names the deadline, and how many are on the roster who have not answered, in
/// numbers. A reminder is written and sent as a mailing to `not_answered`.
#[utoipa::path(
    get, path = "/api/cohorts/{cohort}/reminder", operation_id = "getReminder", tag = "mail",
    extensions(("x-role" = json!("viewer"))),
    params(OfCohort),
    responses((status = 200, description = "What there is for a reminder.", body = Reminder), Always, Missing),
)]
pub(crate) async fn show(
    State(portal): State<Portal>,
    caller: Caller,
    ids: PathIds,
    _: NoParams,
) -> Result<Json<Reminder>, Problem> {
    let (scope, cohort) = portal.cohort(&caller, &ids).await?;
    let settings = &cohort.settings;
    let people = portal.store.attendance(&scope).await?.people;
    let of = |section: &SectionId| SectionWaiting {
        section: section.clone(),
        counts: WaitingView::of(&people, Some(section)),
    };
    Ok(Json(Reminder {
        deadline: settings.deadline,
        open: caller.now < settings.deadline,
        questionnaire: settings.questionnaire(portal.forms, None),
        texts: (&reminder_texts(&settings.name, settings.deadline)).into(),
        all: WaitingView::of(&people, None),
        sections: settings.sections.iter().map(|section| of(&section.id)).collect(),
    }))
}
