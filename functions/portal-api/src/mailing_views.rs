//! Mailings as contacts see them.

use domain::cohort::Cohort;
use domain::institution::Language;
use domain::mailing::{Audience, MailText, Mailing, Texts};
use domain::{ContactId, MailingId, SectionId};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::words;

/// To whom a mailing goes.
#[derive(Serialize, ToSchema)]
#[schema(as = MailingAudience)]
pub(crate) struct AudienceView {
    /// `cohort`: everybody who answered; `section`; `group`, one of the published formation; `not_answered`: who
    /// is on the roster and has not answered, everybody or those of a section; or `not_evaluated`: who is in a
    /// published group and has not answered the evaluation, everybody or those of a section.
    #[schema(example = "section")]
    to: &'static str,
    /// The section, with `section` and `group`; with the last two if it goes to those of one alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "hold-1")]
    section: Option<SectionId>,
    /// The group within the section, with `group`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 3, minimum = 1)]
    group: Option<u32>,
}

impl From<&Audience> for AudienceView {
    fn from(audience: &Audience) -> Self {
        let (to, section, group) = match audience {
            Audience::Cohort => ("cohort", None, None),
            Audience::Section { section } => ("section", Some(section), None),
            Audience::Group { section, group, .. } => ("group", Some(section), Some(*group)),
            Audience::NotAnswered { section } => ("not_answered", section.as_ref(), None),
            Audience::NotEvaluated { section } => ("not_evaluated", section.as_ref(), None),
        };
        Self { to, section: section.cloned(), group }
    }
}

/// Subject and text of a mail.
#[derive(Serialize, ToSchema)]
#[schema(as = MailingText)]
pub(crate) struct TextView {
    /// One line.
    #[schema(example = "Introuge", min_length = 1, max_length = 150)]
    subject: String,
    /// Plain paragraphs between empty lines; addresses that begin with https:// become links.
    #[schema(
        example = "Vi mødes mandag kl. 10.\n\nTag din computer med.",
        min_length = 1,
        max_length = 5000
    )]
    body: String,
}

impl From<&MailText> for TextView {
    fn from(text: &MailText) -> Self {
        Self { subject: text.subject.clone(), body: text.body.clone() }
    }
}

/// What a mailing says, in one or both languages.
#[derive(Serialize, ToSchema)]
#[schema(as = MailingTexts)]
pub(crate) struct TextsView {
    /// Danish.
    #[serde(skip_serializing_if = "Option::is_none")]
    da: Option<TextView>,
    /// English.
    #[serde(skip_serializing_if = "Option::is_none")]
    en: Option<TextView>,
}

impl From<&Texts> for TextsView {
    fn from(texts: &Texts) -> Self {
        Self { da: texts.da.as_ref().map(Into::into), en: texts.en.as_ref().map(Into::into) }
    }
}

/// When a mailing goes, and on whose word.
#[derive(Serialize, ToSchema)]
#[schema(as = MailingPlan)]
pub(crate) struct PlanView {
    /// When it goes: within about a minute after it.
    #[schema(example = "2026-12-01T07:00:00Z")]
    at: Timestamp,
    /// When somebody confirmed it.
    #[schema(example = "2026-11-27T13:20:00Z")]
    made_at: Timestamp,
    /// Who did.
    #[schema(value_type = String, example = "sub-coordinator")]
    made_by: ContactId,
}

/// A plan that came to nothing.
#[derive(Serialize, ToSchema)]
#[schema(as = MissedMailing)]
pub(crate) struct MissedView {
    /// When it was to go.
    #[schema(example = "2026-12-01T07:00:00Z")]
    at: Timestamp,
    /// Why it did not, as a fixed word: the cohort was put away (`archived`) or its language changed
    /// (`mail_language`), mail was not agreed any more (`mail_not_agreed`), the group was replaced (`superseded`), the
    /// deadline had passed (`deadline_passed`) or was moved since the plan was made (`deadline_moved`), there was no
    /// evaluation (`no_evaluation`) or were no published groups (`not_published`), whoever planned it may not send
    /// mails any more (`contact_left`), or it could not be started for so long that it would have come too late
    /// (`too_late`).
    #[schema(example = "deadline_moved")]
    reason: String,
}

/// When a mailing is to go.
#[derive(ToSchema)]
#[schema(as = MailingPlanRequest)]
#[expect(dead_code, reason = "describes the body; its member is read by itself")]
pub(crate) struct PlanRequest {
    /// A moment to come, to the second: a reminder's before the deadline, and any before the day on which the cohort
    /// is deleted.
    #[schema(example = "2026-12-01T08:00:00+01:00")]
    at: Timestamp,
}

/// A mailing.
#[derive(Serialize, ToSchema)]
#[schema(as = Mailing)]
pub(crate) struct MailingView {
    /// Its id.
    #[schema(value_type = String, example = "mlg_1f3870be274f6c49b3e31a0c6728957f")]
    id: MailingId,
    /// The version that a change has to name as If-Match.
    #[schema(example = 3)]
    version: u32,
    /// Where it is.
    status: words::MailingStatus,
    /// To whom it goes.
    audience: AudienceView,
    /// The subject in the cohort's language, or the one that was written.
    #[schema(example = "Introuge")]
    subject: String,
    /// What it says; absent in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    texts: Option<TextsView>,
    /// Who wrote it first.
    #[schema(value_type = String, example = "sub-coordinator")]
    created_by: ContactId,
    /// When it was written.
    #[schema(example = "2026-09-07T10:00:00Z")]
    created_at: Timestamp,
    /// When it last changed.
    #[schema(example = "2026-09-07T10:04:40Z")]
    changed_at: Timestamp,
    /// When it goes while it is `planned`, and when it was to go if it went by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<PlanView>,
    /// The last plan that came to nothing, until the draft is changed, planned anew or sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    missed: Option<MissedView>,
    /// When its sending began: when somebody confirmed that it is to be sent, or at the time that was planned.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-09-07T10:04:40Z")]
    sent_at: Option<Timestamp>,
    /// Who confirmed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "sub-coordinator")]
    sent_by: Option<ContactId>,
    /// How many mails were made so far.
    #[schema(example = 118)]
    recipients: u32,
    /// How many students it was not to be sent to, because they are restricted or object.
    #[schema(example = 1)]
    left_out: u32,
    /// Why it stopped, as a fixed word.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "mail_not_agreed")]
    failure: Option<String>,
}

impl MailingView {
    /// Without its text.
    pub(crate) fn listed(mailing: &Mailing, cohort: &Cohort) -> Self {
        let languages = [cohort.settings.language, Language::Da, Language::En];
        let subject = languages.into_iter().find_map(|language| mailing.texts.get(language));
        let confirmed = mailing.confirmed.as_ref();
        Self {
            id: mailing.id.clone(),
            version: mailing.version,
            status: mailing.status.into(),
            audience: (&mailing.audience).into(),
            subject: subject.map(|text| text.subject.clone()).unwrap_or_default(),
            texts: None,
            created_by: mailing.created_by.clone(),
            created_at: mailing.created_at,
            changed_at: mailing.changed_at,
            plan: mailing.plan.as_ref().map(|plan| PlanView {
                at: plan.at,
                made_at: plan.made_at,
                made_by: plan.by.clone(),
            }),
            missed: mailing
                .missed
                .as_ref()
                .map(|missed| MissedView { at: missed.at, reason: missed.why.clone() }),
            sent_at: confirmed.map(|confirmed| confirmed.at),
            sent_by: confirmed.map(|confirmed| confirmed.by.clone()),
            recipients: mailing.recipients,
            left_out: mailing.left_out,
            failure: mailing.failure.clone(),
        }
    }

    /// With its text.
    pub(crate) fn whole(mailing: &Mailing, cohort: &Cohort) -> Self {
        Self { texts: Some((&mailing.texts).into()), ..Self::listed(mailing, cohort) }
    }
}

/// To whom, and what.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; its members are read one by one")]
pub(crate) struct MailingRequest {
    /// To whom it goes.
    audience: AudienceView,
    /// What it says; the cohort's language must be there.
    texts: TextsView,
}

/// The body that the document shows.
pub(crate) fn example() -> serde_json::Value {
    serde_json::json!({
        "audience": { "to": "section", "section": "hold-1" },
        "texts": {
            "da": { "subject": "Introuge", "body": "Vi mødes mandag kl. 10.\n\nTag din computer med." },
            "en": { "subject": "Intro week", "body": "We meet on Monday at 10.\n\nBring your computer." },
        },
    })
}

/// A mail as its recipients see it.
#[derive(Serialize, ToSchema)]
pub(crate) struct MailingPreview {
    /// The version that was rendered.
    #[schema(example = 3)]
    version: u32,
    /// The subject.
    #[schema(example = "Introuge")]
    pub(crate) subject: String,
    /// The mail as a page, for programs that show one. It holds no script.
    #[schema(example = "<!DOCTYPE html>…")]
    pub(crate) html: String,
    /// The mail as text, for programs that show no page.
    #[schema(example = "Hej Karen Holm …")]
    pub(crate) text: String,
    /// In whose name it is sent.
    #[schema(example = "Eksempel Universitet via UniHelper")]
    pub(crate) from: String,
    /// Where the recipients' answers go.
    #[schema(example = "studiestart@example.edu")]
    pub(crate) reply_to: String,
    /// How many it goes to.
    #[schema(example = 118)]
    pub(crate) recipients: u32,
    /// How many of them will not get it, because their address gets no further mail.
    #[schema(example = 2)]
    pub(crate) suppressed: u32,
    /// How many more it does not go to, because they are restricted or object.
    #[schema(example = 1)]
    pub(crate) left_out: u32,
}

impl MailingPreview {
    pub(crate) fn of(
        mailing: &Mailing,
        mail: mail::Rendered,
        from: String,
        reply_to: String,
    ) -> Self {
        Self {
            version: mailing.version,
            subject: mail.subject,
            html: mail.html,
            text: mail.text,
            from,
            reply_to,
            recipients: 0,
            suppressed: 0,
            left_out: 0,
        }
    }
}
