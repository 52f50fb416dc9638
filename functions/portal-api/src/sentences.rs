//! Plain sentences for contacts, in Danish and English.

use std::collections::{BTreeMap, BTreeSet};

use domain::QuestionId;
use domain::cohort::{CriterionSetting, Question, Rule};
use domain::formation::{FailureCode, NEW_PARTNERS};
use domain::institution::Language;
use serde::Serialize;
use utoipa::ToSchema;

/// A text in both languages of the service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"da": "Ambition", "en": "Ambition"}))]
pub(crate) struct Localised {
    /// Danish.
    pub(crate) da: String,
    /// English.
    pub(crate) en: String,
}

impl Localised {
    pub(crate) fn of(da: impl Into<String>, en: impl Into<String>) -> Self {
        Self { da: da.into(), en: en.into() }
    }

    fn get(&self, language: Language) -> &str {
        match language {
            Language::Da => &self.da,
            Language::En => &self.en,
        }
    }

    /// The same text in both: an id that has no label any more.
    pub(crate) fn same(text: &str) -> Self {
        Self::of(text, text)
    }
}

impl From<&domain::cohort::Localised> for Localised {
    fn from(text: &domain::cohort::Localised) -> Self {
        Self::of(text.get(Language::Da), text.get(Language::En))
    }
}

/// Why a formation could not be done and what to do about it (G3).
pub(crate) fn failure(code: FailureCode) -> Localised {
    let (da, en) = match code {
        FailureCode::NoStudents => (
            "Ingen har svaret endnu, så der er ingen at danne grupper af.",
            "Nobody has answered yet, so there is nobody to form groups of.",
        ),
        FailureCode::TooFewStudents => (
            "Et hold har færre studerende end den mindste gruppe. Sæt den mindste størrelse ned, eller vent på flere svar.",
            "A section has fewer students than the smallest group. Lower the smallest size or wait for more answers.",
        ),
        FailureCode::ImpossibleSizes => (
            "Antallet af studerende kan ikke deles i grupper af de tilladte størrelser. Udvid størrelserne.",
            "The number of students cannot be divided into groups of the allowed sizes. Allow more sizes.",
        ),
        FailureCode::MustRulesConflict => (
            "Nogle skal-krav kan ikke overholdes på samme tid. Gør et af dem til bør eller kan.",
            "Some must rules cannot hold at the same time. Turn one of them into should or could.",
        ),
        FailureCode::InvalidCriteria => (
            "Kriterierne passer ikke til spørgsmålene. Ret dem, og start igen.",
            "The criteria do not fit the questions. Mend them and start again.",
        ),
        FailureCode::ApprovalExpired => (
            "Ingen godkendte grupperne i tide. Start en ny gruppedannelse.",
            "Nobody approved the groups in time. Start another formation.",
        ),
        FailureCode::CohortGone => (
            "Årgangens data er slettet eller skal slettes, så der dannes ingen grupper.",
            "The cohort's data is deleted or due for deletion, so no groups are formed.",
        ),
        FailureCode::Internal => (
            "Noget gik i stykker hos os. Start gruppedannelsen igen; intet er gået tabt.",
            "Something broke on our side. Start the formation again; nothing is lost.",
        ),
    };
    Localised::of(da, en)
}

/// A criterion that is not among the cohort's: one that a rotation added, or one that has no label any more.
pub(crate) fn of_id(id: &str) -> Localised {
    if id.starts_with(NEW_PARTNERS) {
        return Localised::of(
            "Ingen gengangere fra tidligere grupper",
            "No partners of earlier groups",
        );
    }
    Localised::same(id)
}

/// What a criterion asks for, in words.
pub(crate) fn criterion(criterion: &CriterionSetting, questions: &[Question]) -> Localised {
    let label = |id: &QuestionId| {
        let question = questions.iter().find(|question| question.id == *id);
        question.map_or_else(|| Localised::same(id.as_str()), |question| (&question.label).into())
    };
    let asked = criterion.rule.questions();
    let Localised { da, en } =
        asked.first().map_or_else(|| Localised::same(""), |question| label(question));
    let list =
        |codes: &BTreeSet<String>| codes.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    match &criterion.rule {
        Rule::Align { .. } => Localised::of(format!("Ens svar: {da}"), format!("Similar: {en}")),
        Rule::Mix { .. } => {
            Localised::of(format!("Forskellige svar: {da}"), format!("Different: {en}"))
        }
        Rule::Balance { .. } => Localised::of(
            format!("Gennemsnit som holdets: {da}"),
            format!("Mean like the section's: {en}"),
        ),
        Rule::Overlap { min_slots, min_length: 1, .. } => Localised::of(
            format!("Mindst {min_slots} fælles ledige timer: {da}"),
            format!("At least {min_slots} common free hours: {en}"),
        ),
        Rule::Overlap { min_slots, min_length, .. } => Localised::of(
            format!("Mindst {min_slots} fælles ledige timer, mindst {min_length} i træk: {da}"),
            format!("At least {min_slots} common free hours, at least {min_length} in a row: {en}"),
        ),
        Rule::NeverAlone { codes, .. } => {
            let codes = list(codes);
            Localised::of(
                format!("Ingen alene om: {da} ({codes})"),
                format!("Nobody alone with: {en} ({codes})"),
            )
        }
        Rule::NeverAloneMarked { marks } => {
            let told = |language: Language| {
                let mark = |mark: &BTreeMap<QuestionId, String>| {
                    let answers = mark.iter().map(|(question, code)| {
                        format!("{}: {code}", label(question).get(language))
                    });
                    answers.collect::<Vec<_>>().join(" + ")
                };
                marks.iter().map(mark).collect::<Vec<_>>().join("; ")
            };
            Localised::of(
                format!("Ingen alene om: {}", told(Language::Da)),
                format!("Nobody alone with: {}", told(Language::En)),
            )
        }
        Rule::Cover { codes, at_least, .. } => {
            let codes = list(codes);
            Localised::of(
                format!("Mindst {at_least} med: {da} ({codes})"),
                format!("At least {at_least} with: {en} ({codes})"),
            )
        }
        Rule::AtMost { codes, at_most, .. } => {
            let codes = list(codes);
            Localised::of(
                format!("Højst {at_most} med: {da} ({codes})"),
                format!("At most {at_most} with: {en} ({codes})"),
            )
        }
        Rule::AsFew { codes, .. } => {
            let codes = list(codes);
            Localised::of(
                format!("Så få som muligt med: {da} ({codes})"),
                format!("As few as possible with: {en} ({codes})"),
            )
        }
        Rule::AsMany { codes, .. } => {
            let codes = list(codes);
            Localised::of(
                format!("Så mange som muligt med: {da} ({codes})"),
                format!("As many as possible with: {en} ({codes})"),
            )
        }
        Rule::Apart { .. } => Localised::of(
            "Bestemte studerende i hver sin gruppe",
            "Certain students in different groups",
        ),
        Rule::Together { .. } => {
            Localised::of("Bestemte studerende i samme gruppe", "Certain students in one group")
        }
        Rule::NotAgain { .. } => {
            Localised::of("Ingen gengangere fra tidligere grupper", "No partners of earlier groups")
        }
        Rule::Wishes { .. } => Localised::of("Ønsker om makkere", "Wishes for partners"),
    }
}
