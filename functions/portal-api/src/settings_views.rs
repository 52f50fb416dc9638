//! A cohort's settings as the API shows and takes them: the form of `events/onboarding/cohort.json`, but that
//! each kind is an object (`{"text": {}}`), and that what is not set is left out.

use std::collections::BTreeMap;

use domain::CohortId;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::sentences::Localised;
use crate::words;

/// Kinds of questions that say nothing more; stored as a word.
const BARE: [&str; 2] = ["students", "text"];

/// The settings of a cohort, and what may become of them.
#[derive(Serialize, ToSchema)]
#[schema(as = Settings)]
pub(crate) struct SettingsView {
    /// The cohort.
    #[schema(value_type = String, example = "coh_0192f0c1a2b37c4d8e5f60718293a4b5")]
    pub(crate) cohort: CohortId,
    /// How often they were changed; the `ETag`.
    #[schema(example = 3)]
    pub(crate) version: u32,
    /// The first day on which the cohort's data must not exist.
    #[schema(example = "2027-05-07")]
    pub(crate) delete_on: Date,
    /// Whether the deadline cannot move any more, because groups were formed.
    #[schema(example = false)]
    pub(crate) deadline_stays: bool,
    /// When the cohort was put away.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2027-01-20T08:00:00Z")]
    pub(crate) archived_at: Option<Timestamp>,
    /// What was set.
    #[schema(value_type = CohortSettings)]
    pub(crate) settings: Value,
}

/// An empty object.
#[derive(ToSchema)]
pub(crate) struct NothingMore {}

macro_rules! described {
    ($($(#[$about:meta])* $name:ident as $shown:ident { $($(#[$member:meta])* $field:ident: $kind:ty),* $(,)? })+) => {
        $(
            $(#[$about])*
            #[derive(ToSchema)]
            #[schema(as = $shown)]
            #[expect(dead_code, reason = "describes JSON that is read strictly elsewhere")]
            pub(crate) struct $name { $($(#[$member])* $field: $kind),* }
        )+
    };
}

described! {
    /// Everything that is set for a cohort.
    CohortSettings as CohortSettings {
        /// Its name in each language, one line.
        name: Localised,
        /// The language of its mails.
        language: words::Language,
        /// Its questionnaire at Typeform: one that was made for the institution. It stays.
        #[schema(example = "Xy12AbCd")]
        form: String,
        /// When groups are formed without anybody asking: in the future, at most a year after the cohort is set up.
        #[schema(example = "2026-10-07T10:00:00Z")]
        deadline: Timestamp,
        /// Its sections; groups do not cross them.
        sections: Vec<SectionSetting>,
        /// Where the questionnaire holds who the student is.
        identity: IdentitySetting,
        /// The questions that are kept.
        questions: Vec<QuestionSetting>,
        /// How questions count when groups are formed.
        criteria: Vec<CriterionSetting>,
        /// How large groups may be.
        sizes: SizesSetting,
        /// What becomes of sections with fewer students than the smallest group: `refuse` (the default), `one_group`
        /// or `merge`.
        #[schema(example = "refuse")]
        small_sections: Option<String>,
        /// Whether a contact reviews the groups before students hear of them.
        approval: Option<bool>,
        /// Whether students get the mail with their group; only if the institution's agreement says so.
        mail_agreed: Option<bool>,
        /// The evaluation: a second questionnaire, answered by a personal link.
        evaluation: Option<EvaluationSetting>,
    }
    /// A questionnaire at Typeform about how it went.
    EvaluationSetting as EvaluationSetting {
        /// The form at Typeform: one that was made for the institution. Once named it stays.
        #[schema(example = "Ev4Lu8Te")]
        form: String,
        /// The name of the form's hidden field in which the personal link's token comes back.
        #[schema(example = "token")]
        hidden: String,
        /// What is kept of the answers: scales and choices only, 1 to 60 questions.
        questions: Vec<QuestionSetting>,
    }
    /// A section (Danish: hold).
    SectionSetting as SectionSetting {
        /// Its id: letters, digits, `-` and `_`.
        #[schema(example = "hold-1")]
        id: String,
        /// The answers that mean it, without regard to case; the id always counts.
        #[schema(example = json!(["Hold 1", "Class 1"]))]
        answers: Option<Vec<String>>,
    }
    /// Where the questionnaire holds who the student is.
    IdentitySetting as IdentitySetting {
        /// The e-mail address.
        email: SourceSetting,
        /// The name, in one or several fields.
        name: Vec<SourceSetting>,
        /// The student number.
        student_number: Option<SourceSetting>,
        /// The section; needed when there are several.
        section: Option<SourceSetting>,
    }
    /// One of the two: the `ref` of a field, or the name of a hidden field.
    SourceSetting as SourceSetting {
        /// The `ref` of a field at Typeform.
        #[schema(example = "email")]
        field: Option<String>,
        /// The name of a hidden field.
        #[schema(example = "email")]
        hidden: Option<String>,
    }
    /// A question whose answer is kept.
    QuestionSetting as QuestionSetting {
        /// Its id within the cohort: letters, digits, `-` and `_`.
        #[schema(example = "ambition")]
        id: String,
        /// The field `ref`s it is asked under; several for availability only.
        #[schema(example = json!(["ambition"]))]
        refs: Vec<String>,
        /// What kind of answer it takes.
        kind: KindSetting,
        /// What it is called.
        label: Localised,
    }
    /// Exactly one of these.
    KindSetting as KindSetting {
        /// A number on a scale.
        scale: Option<ScaleSetting>,
        /// One of several options.
        choice: Option<OptionsSetting>,
        /// Any number of several options.
        choices: Option<OptionsSetting>,
        /// Free times in the week.
        availability: Option<SlotsSetting>,
        /// Other students, by e-mail address.
        students: Option<NothingMore>,
        /// Free text: kept, never used to form groups.
        text: Option<NothingMore>,
    }
    /// A scale.
    ScaleSetting as ScaleSetting {
        /// The lowest value.
        #[schema(example = 1)]
        min: i32,
        /// The highest value.
        #[schema(example = 5)]
        max: i32,
    }
    /// Options to choose from, at most 64.
    OptionsSetting as OptionsSetting {
        /// The options.
        options: Vec<OptionSetting>,
    }
    /// An option.
    OptionSetting as OptionSetting {
        /// The code that criteria name.
        #[schema(example = "a")]
        code: String,
        /// The answers that mean it, without regard to case; the code always counts.
        #[schema(example = json!(["A level", "A-niveau"]))]
        answers: Option<Vec<String>>,
    }
    /// Options that stand for hours.
    SlotsSetting as SlotsSetting {
        /// The options.
        options: Vec<SlotSetting>,
    }
    /// An option that stands for hours.
    SlotSetting as SlotSetting {
        /// The field it belongs to, where several fields share labels.
        #[schema(example = "availability_mon")]
        field: Option<String>,
        /// The hours: `day * 24 + hour`, day 0 is Monday.
        #[schema(example = json!([8, 9, 10, 11]))]
        slots: Vec<u16>,
        /// The answers that mean it.
        #[schema(example = json!(["Morning (8-12)"]))]
        answers: Vec<String>,
    }
    /// How one question counts.
    CriterionSetting as CriterionSetting {
        /// Its id within the cohort; scores name it.
        #[schema(example = "same-ambition")]
        id: String,
        /// What it asks for.
        rule: RuleSetting,
        /// How much it counts against the others, 1 to 100.
        #[schema(example = 20)]
        weight: u32,
        /// How strictly it is meant.
        hardness: words::Hardness,
    }
    /// Exactly one of these.
    RuleSetting as RuleSetting {
        /// Similar answers within a group.
        align: Option<OnQuestion>,
        /// Different answers within a group.
        mix: Option<OnQuestion>,
        /// The group's mean near the section's.
        balance: Option<OnQuestion>,
        /// Hours in which all are free.
        overlap: Option<OverlapSetting>,
        /// Nobody who is the only one with an answer.
        never_alone: Option<OnCodes>,
        /// The same over several questions.
        never_alone_marked: Option<MarksSetting>,
        /// At least so many with an answer.
        cover: Option<CoverSetting>,
        /// At most so many with an answer.
        at_most: Option<AtMostSetting>,
        /// As few as possible with an answer.
        as_few: Option<OnCodes>,
        /// As many as possible with an answer.
        as_many: Option<OnCodes>,
        /// Students in different groups. Named can be who has answered and takes part, at most 90 more at once, and
        /// nobody while the cohort is new.
        apart: Option<SetsSetting>,
        /// Students in the same group, named as in `apart`; of one section, unless small sections are merged.
        together: Option<SetsSetting>,
        /// Nobody with a partner of earlier rounds.
        not_again: Option<RoundsSetting>,
        /// Partners whom students name.
        wishes: Option<WishesSetting>,
    }
    /// A question.
    OnQuestion as OnQuestion {
        /// The question that counts.
        #[schema(example = "ambition")]
        question: String,
    }
    /// Answers to a question.
    OnCodes as OnCodes {
        /// The question that counts.
        #[schema(example = "gender")]
        question: String,
        /// The codes of the answers that count.
        #[schema(example = json!(["woman"]))]
        codes: Vec<String>,
    }
    /// Hours in which all are free.
    OverlapSetting as OverlapSetting {
        /// The question that counts.
        #[schema(example = "availability")]
        question: String,
        /// Hours a week that are enough, 1 to 168.
        #[schema(example = 4)]
        min_slots: u16,
        /// Hours in a row from which a meeting is worth while; 1 if it is left out.
        #[schema(example = 2)]
        min_length: Option<u16>,
    }
    /// Marks: each is one or several answers, by question.
    MarksSetting as MarksSetting {
        /// The marks.
        #[schema(example = json!([{"gender": "woman"}]))]
        marks: Vec<BTreeMap<String, String>>,
    }
    /// At least so many members with one of these answers.
    CoverSetting as CoverSetting {
        /// The question that counts.
        #[schema(example = "mathematics")]
        question: String,
        /// The codes of the answers that count.
        #[schema(example = json!(["a"]))]
        codes: Vec<String>,
        /// How many at least.
        #[schema(example = 1)]
        at_least: u16,
    }
    /// At most so many members with one of these answers.
    AtMostSetting as AtMostSetting {
        /// The question that counts.
        #[schema(example = "part_time")]
        question: String,
        /// The codes of the answers that count.
        #[schema(example = json!(["yes"]))]
        codes: Vec<String>,
        /// How many at most.
        #[schema(example = 2)]
        at_most: u16,
    }
    /// Sets of students.
    SetsSetting as SetsSetting {
        /// Sets of two or more students, by id.
        #[schema(example = json!([["stu_1", "stu_2"]]))]
        sets: Vec<Vec<String>>,
    }
    /// Earlier rounds.
    RoundsSetting as RoundsSetting {
        /// How many rounds back count; all, if it is left out.
        #[schema(example = 3)]
        rounds: Option<u16>,
    }
    /// Questions about partners.
    WishesSetting as WishesSetting {
        /// The question for wanted partners.
        #[schema(example = "partners")]
        wanted: Option<String>,
        /// The question for unwanted partners.
        #[schema(example = "not_with")]
        unwanted: Option<String>,
    }
    /// How large groups may be, in members: 2 <= min <= preferred <= max <= 50.
    SizesSetting as SizesSetting {
        /// The smallest group.
        #[schema(example = 4)]
        min: u16,
        /// The size that is aimed at.
        #[schema(example = 5)]
        preferred: u16,
        /// The largest group.
        #[schema(example = 6)]
        max: u16,
    }
}

/// Stored settings as they are shown: without institution and id, without what is not set, each kind an
/// object.
pub(crate) fn as_shown(stored: Value) -> Value {
    let mut shown = without_nulls(stored);
    if let Value::Object(members) = &mut shown {
        members.remove("institution");
        members.remove("id");
    }
    for kind in kinds(&mut shown) {
        if let Some(word) = kind.as_str() {
            *kind = json!({ word: {} });
        }
    }
    shown
}

/// Settings as they are sent, in the form that is stored.
pub(crate) fn as_read(members: Map<String, Value>) -> Value {
    let mut read = Value::Object(members);
    for kind in kinds(&mut read) {
        let bare = |word: &&str| {
            kind[*word] == json!({}) && kind.as_object().is_some_and(|one| one.len() == 1)
        };
        if let Some(word) = BARE.into_iter().find(bare) {
            *kind = word.into();
        }
    }
    read
}

fn kinds(settings: &mut Value) -> impl Iterator<Item = &mut Value> {
    let Value::Object(members) = settings else { return Vec::new().into_iter() };
    let mut lists = Vec::new();
    for (name, member) in members {
        match name.as_str() {
            "questions" => lists.extend(member.as_array_mut()),
            "evaluation" => {
                lists.extend(member.get_mut("questions").and_then(Value::as_array_mut));
            }
            _ => {}
        }
    }
    let kinds: Vec<&mut Value> =
        lists.into_iter().flatten().filter_map(|question| question.get_mut("kind")).collect();
    kinds.into_iter()
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let set = members.into_iter().filter(|(_, member)| !member.is_null());
            Value::Object(set.map(|(name, member)| (name, without_nulls(member))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_nulls).collect()),
        other => other,
    }
}

/// Settings of a small cohort, for the document.
pub(crate) fn example() -> Value {
    json!({
        "name": { "da": "Datalogi, efterår 2026", "en": "Computer Science, autumn 2026" },
        "language": "da",
        "form": "Xy12AbCd",
        "deadline": "2026-10-07T10:00:00Z",
        "sections": [{ "id": "hold-1", "answers": ["Hold 1"] }, { "id": "hold-2", "answers": ["Hold 2"] }],
        "identity": {
            "email": { "field": "email" },
            "name": [{ "field": "first_name" }, { "field": "last_name" }],
            "section": { "field": "section" },
        },
        "questions": [
            {
                "id": "ambition", "refs": ["ambition"], "kind": { "scale": { "min": 1, "max": 5 } },
                "label": { "da": "Ambitionsniveau", "en": "Level of ambition" },
            },
            {
                "id": "remarks", "refs": ["remarks"], "kind": { "text": {} },
                "label": { "da": "Bemærkninger", "en": "Remarks" },
            },
        ],
        "criteria": [{
            "id": "same-ambition", "rule": { "align": { "question": "ambition" } }, "weight": 20,
            "hardness": "should",
        }],
        "sizes": { "min": 4, "preferred": 5, "max": 6 },
        "approval": true,
        "mail_agreed": true,
    })
}
