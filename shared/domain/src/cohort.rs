//! The cohort: one intake of one programme with one questionnaire, and how its groups are to be.

mod check;
mod criterion;
mod named;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::evaluation::EvaluationToken;
use crate::form_pages::FormPages;
use crate::institution::Language;
use crate::retention::{self, Extension};
use crate::{CohortId, ErasureId, FormId, FormationId, InstitutionId, QuestionId, SectionId};

pub use check::{SettingsError, grouping_problems};
pub use criterion::{CriterionSetting, Hardness, Rule};
pub use named::{everybody_named, named_otherwise, newly_named, without_student};

/// Hours of a day that an availability question may offer; with seven days 168 slots a week.
pub const SLOTS_PER_WEEK: u16 = 7 * 24;

/// A cohort with its settings and its place in the flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cohort {
    /// What was agreed with the institution.
    #[serde(flatten)]
    pub settings: Settings,
    /// When the cohort was set up.
    pub created_at: Timestamp,
    /// The first day on which its data must not exist (D1).
    pub delete_on: Date,
    /// The controller's instruction to keep the data longer, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<Extension>,
    /// The formation that runs now; at most one (G1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active_formation: Option<FormationId>,
    /// The formation whose groups count now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_formation: Option<FormationId>,
    /// When groups were last published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_formation_at: Option<Timestamp>,
    /// The erasure that runs or ran; from its start the cohort's data counts as gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erasure: Option<ErasureId>,
    /// How often the settings were changed; a change names the number that it was made from.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub settings_version: u32,
    /// When it was put away: nothing starts in it any more, and its settings stay as they are. Its data is
    /// deleted when it would be otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived_at: Option<Timestamp>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl Cohort {
    /// A cohort as it is when it is set up: nobody has answered, and it is deleted eight months after its
    /// deadline (D1).
    pub fn new(settings: Settings, now: Timestamp) -> Self {
        Self {
            delete_on: retention::delete_on(settings.deadline, None),
            settings,
            created_at: now,
            extension: None,
            active_formation: None,
            published_formation: None,
            last_formation_at: None,
            erasure: None,
            settings_version: 0,
            archived_at: None,
        }
    }
}

/// The settings of a cohort, in the form in which they are onboarded (`events/onboarding/`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The institution it belongs to.
    pub institution: InstitutionId,
    /// Its id.
    pub id: CohortId,
    /// Its name in each language.
    pub name: Localised,
    /// The language of its mails.
    pub language: Language,
    /// Its questionnaire at Typeform. One form belongs to one cohort.
    pub form: FormId,
    /// When groups are formed without anybody asking (G1).
    pub deadline: Timestamp,
    /// Its sections; groups never cross them.
    pub sections: Vec<Section>,
    /// Where the questionnaire holds who the student is.
    pub identity: IdentityMapping,
    /// The questions that are kept in the profile.
    pub questions: Vec<Question>,
    /// How questions count when groups are formed.
    pub criteria: Vec<CriterionSetting>,
    /// How large groups may be.
    pub sizes: Sizes,
    /// What becomes of sections with fewer students than the smallest group.
    #[serde(default, skip_serializing_if = "SmallSections::is_default")]
    pub small_sections: SmallSections,
    /// Whether a contact reviews the groups before students hear of them (G6).
    #[serde(default)]
    pub approval: bool,
    /// Whether the institution has agreed that students get the mail with their group (M1).
    #[serde(default)]
    pub mail_agreed: bool,
    /// The cohort's second questionnaire, by which it is evaluated, if it has one (M2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluation: Option<Evaluation>,
}

/// A questionnaire at Typeform about how it went, answered by a personal link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evaluation {
    /// The form. Like the questionnaire it belongs to one cohort, and stays once it is named: its answers are
    /// erased at Typeform with the cohort.
    pub form: FormId,
    /// The name of the hidden field in which the link's token comes back.
    pub hidden: String,
    /// What is kept of the answers: numbers and choices, nothing in the respondent's own words.
    pub questions: Vec<Question>,
}

impl Settings {
    /// Where the questionnaire is answered; with the section where the form is told it by its address.
    pub fn questionnaire(&self, pages: FormPages, section: Option<&SectionId>) -> String {
        let page = pages.of(&self.form);
        match (&self.identity.section, section) {
            (Some(Source::Hidden(name)), Some(section)) => format!("{page}#{name}={section}"),
            _ => page,
        }
    }

    /// Where the evaluation is answered by whoever has this token; without one the same as an example, with which
    /// nobody can answer. Nothing if the cohort has none.
    ///
    /// It stands behind the `#`, which browsers do not send.
    pub fn evaluation_link(
        &self,
        pages: FormPages,
        token: Option<&EvaluationToken>,
    ) -> Option<String> {
        let Evaluation { form, hidden, .. } = self.evaluation.as_ref()?;
        let token = token.map_or(EvaluationToken::EXAMPLE, EvaluationToken::as_str);
        Some(format!("{}#{hidden}={token}", pages.of(form)))
    }
}

/// A text in the languages of the service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Localised {
    /// Danish.
    pub da: String,
    /// English.
    pub en: String,
}

impl Localised {
    /// The text in a language.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Da => &self.da,
            Language::En => &self.en,
        }
    }
}

/// A class (Danish: hold).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Its id, used in keys and URLs.
    pub id: SectionId,
    /// What answers mean it: choice `ref`s, choice labels or hidden-field values, compared without
    /// regard to case and surrounding space. The id itself always counts.
    #[serde(default)]
    pub answers: Vec<String>,
}

/// Where in a response something is found. Always by `ref`, never by title (Q3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The answer to the field with this `ref`.
    Field(String),
    /// The hidden field of this name.
    Hidden(String),
}

/// Where the questionnaire holds who the student is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityMapping {
    /// The e-mail address; a response without one is quarantined.
    pub email: Source,
    /// The name in one or several fields, joined by a space in this order.
    pub name: Vec<Source>,
    /// The student number.
    #[serde(default)]
    pub student_number: Option<Source>,
    /// The section; may be left out when the cohort has just one.
    #[serde(default)]
    pub section: Option<Source>,
}

/// A question whose answer is kept in the profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Its id within the cohort.
    pub id: QuestionId,
    /// The field `ref`s it is asked under; several only for availability (one field per day).
    pub refs: Vec<String>,
    /// What kind of answer is expected.
    pub kind: QuestionKind,
    /// What the question is called towards contacts and in reasons.
    pub label: Localised,
}

/// What kind of answer a question takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionKind {
    /// A number from `min` to `max`, such as a rating.
    Scale {
        /// The lowest value.
        min: i32,
        /// The highest value.
        max: i32,
    },
    /// One of several options.
    Choice {
        /// The options.
        options: Vec<ChoiceOption>,
    },
    /// Any number of several options.
    Choices {
        /// The options.
        options: Vec<ChoiceOption>,
    },
    /// Free times in the week, as options that stand for slots.
    Availability {
        /// The options.
        options: Vec<SlotOption>,
    },
    /// Other students, named by e-mail address. Kept as their ids.
    Students,
    /// Free text or anything else: kept, never used to form groups.
    Text,
}

/// An option of a choice question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChoiceOption {
    /// The code that criteria name.
    pub code: String,
    /// Choice `ref`s or labels that mean it, without regard to case. The code itself always counts.
    #[serde(default)]
    pub answers: Vec<String>,
}

/// An option of an availability question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlotOption {
    /// The field this option belongs to; needed when several fields share labels (one field per day).
    #[serde(default)]
    pub field: Option<String>,
    /// The hours it stands for: `day * 24 + hour`, day 0 = Monday, so 0 to 167.
    pub slots: Vec<u16>,
    /// Choice `ref`s or labels that mean it, without regard to case.
    pub answers: Vec<String>,
}

/// How large groups may be, in members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sizes {
    /// The smallest group.
    pub min: u16,
    /// The size that is aimed at.
    pub preferred: u16,
    /// The largest group.
    pub max: u16,
}

/// What becomes of sections with fewer students than the smallest group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmallSections {
    /// The formation fails and says which section is too small.
    #[default]
    Refuse,
    /// The section becomes one group of less than the smallest size; one student alone is refused.
    OneGroup,
    /// It is formed together with other sections, small ones first; the formation's result says
    /// which.
    Merge,
}

impl SmallSections {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Settings {
    /// The cohort's forms at Typeform: the questionnaire, and the evaluation if there is one.
    pub fn forms(&self) -> impl Iterator<Item = &FormId> {
        std::iter::once(&self.form)
            .chain(self.evaluation.as_ref().map(|evaluation| &evaluation.form))
    }

    /// The section that an answer means.
    pub fn section_for(&self, answers: &[&str]) -> Option<&SectionId> {
        self.sections
            .iter()
            .find(|section| {
                answers.iter().any(|answer| {
                    same(answer, section.id.as_str())
                        || section.answers.iter().any(|known| same(known, answer))
                })
            })
            .map(|section| &section.id)
    }
}

/// Whether two answers mean the same: compared without regard to case and surrounding space.
pub fn same(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}
