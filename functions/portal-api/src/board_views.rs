//! What the API shows of a board and of what a change does to it.

use domain::cohort::Cohort;
use domain::formation::GroupPlace;
use domain::{SectionId, StudentId};
use grouping::{Effect, RuleBreach};
use posing::{SectionBoard, Wish};
use serde::Serialize;
use utoipa::ToSchema;

use crate::sentences::{self, Localised};

/// Whether groups can be changed by hand, and what is held fast.
#[derive(Serialize, ToSchema)]
#[schema(as = Board)]
pub(crate) struct BoardView {
    /// How often it was changed; the `ETag`.
    #[schema(example = 3)]
    pub(crate) version: u32,
    /// Whether its groups still await a decision.
    #[schema(example = true)]
    pub(crate) editable: bool,
    /// Groups that nobody leaves or joins.
    pub(crate) locked: Vec<GroupPlaceView>,
    /// Students who stay where they are.
    #[schema(value_type = Vec<String>)]
    pub(crate) pinned: Vec<StudentId>,
}

/// Where a group stands.
#[derive(Serialize, ToSchema)]
#[schema(as = GroupPlace)]
pub(crate) struct GroupPlaceView {
    /// The section.
    #[schema(value_type = String, example = "hold-1")]
    section: SectionId,
    /// Its number.
    #[schema(example = 3)]
    number: u32,
}

impl From<&GroupPlace> for GroupPlaceView {
    fn from(place: &GroupPlace) -> Self {
        Self { section: place.section.clone(), number: place.number }
    }
}

/// What is held fast from now on.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; its members are taken one by one")]
pub(crate) struct Holds {
    /// Groups, as section and number, with a space between them.
    #[schema(example = "hold-1/3 hold-2/1")]
    groups: Option<String>,
    /// Ids of students, with a space between them.
    #[schema(example = "stu_5b1e0f7c2a9d4e3f8b6a7c5d4e3f2a1b")]
    students: Option<String>,
}

/// A move of a student to a group of the section, or an exchange with another student.
#[derive(Serialize, ToSchema)]
#[schema(as = Change)]
pub(crate) struct WishView {
    /// The student.
    #[schema(value_type = String, example = "stu_5b1e0f7c2a9d4e3f8b6a7c5d4e3f2a1b")]
    student: StudentId,
    /// The number of the group to move to; the one behind the last begins a new group.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 2)]
    to: Option<u32>,
    /// The student to change places with, instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "stu_0c1e0f7c2a9d4e3f8b6a7c5d4e3f2a1b")]
    with: Option<StudentId>,
}

impl From<&Wish> for WishView {
    fn from(wish: &Wish) -> Self {
        match wish {
            Wish::Move { student, to } => {
                Self { student: student.clone(), to: Some(*to), with: None }
            }
            Wish::Swap { student, with } => {
                Self { student: student.clone(), to: None, with: Some(with.clone()) }
            }
        }
    }
}

/// Changes worth making.
#[derive(Serialize, ToSchema)]
pub(crate) struct Suggestions {
    /// The changes, the best first.
    pub(crate) items: Vec<SuggestionView>,
}

/// A change with what it would do.
#[derive(Serialize, ToSchema)]
#[schema(as = Suggestion)]
pub(crate) struct SuggestionView {
    /// The change.
    pub(crate) change: WishView,
    /// What it would do.
    pub(crate) effect: EffectView,
}

/// A change that was made.
#[derive(Serialize, ToSchema)]
#[schema(as = Changed)]
pub(crate) struct ChangedView {
    /// The version of the board from now on.
    #[schema(example = 4)]
    pub(crate) version: u32,
    /// What it did.
    pub(crate) effect: EffectView,
}

/// What a change does.
#[derive(Serialize, ToSchema)]
#[schema(as = Effect)]
pub(crate) struct EffectView {
    /// Whether it is for the better: fewer or less badly broken must rules, or as many and higher scores.
    #[schema(example = true)]
    better: bool,
    /// The mean of the section's groups, 0 to 10,000.
    mean: Shift,
    /// The section's weakest group.
    worst: Shift,
    /// Must rules broken in the section, counted per group.
    must_broken: Shift,
    /// The groups that it touches.
    groups: Vec<GroupEffectView>,
    /// Must rules that would break.
    broken: Vec<BreachView>,
    /// Must rules that are broken and would not be any more.
    mended: Vec<BreachView>,
    /// Groups whose size would lie outside the range.
    #[schema(example = json!([4]))]
    out_of_size: Vec<u32>,
}

/// A value before and after.
#[derive(Serialize, ToSchema)]
pub(crate) struct Shift {
    /// As it is.
    #[schema(example = 7200)]
    before: u32,
    /// As it would be.
    #[schema(example = 7450)]
    after: u32,
}

/// What a change does to a group.
#[derive(Serialize, ToSchema)]
#[schema(as = GroupEffect)]
pub(crate) struct GroupEffectView {
    /// The group's number.
    #[schema(example = 3)]
    number: u32,
    /// Its members.
    size: Shift,
    /// Its score; 0 of a group without members.
    score: Shift,
}

/// A must rule in a group.
#[derive(Serialize, ToSchema)]
#[schema(as = BrokenRule)]
pub(crate) struct BreachView {
    /// The group's number.
    #[schema(example = 3)]
    number: u32,
    /// The criterion, in words.
    label: Localised,
}

impl EffectView {
    /// In the words of the section that it is about.
    pub(crate) fn of(effect: &Effect, board: &SectionBoard, cohort: &Cohort) -> Self {
        let shift = |before: u32, after: u32| Shift { before, after };
        let (before, after) = (&effect.standing.before, &effect.standing.after);
        let settings = &cohort.settings;
        let label = |id: &str| {
            let known = settings.criteria.iter().find(|criterion| criterion.id == id);
            known.map_or_else(
                || sentences::of_id(id),
                |known| sentences::criterion(known, &settings.questions),
            )
        };
        let breach = |rule: &RuleBreach| BreachView {
            number: board.number(rule.group),
            label: label(&rule.criterion),
        };
        Self {
            better: effect.better,
            mean: shift(before.mean.into(), after.mean.into()),
            worst: shift(before.worst.into(), after.worst.into()),
            must_broken: shift(before.must_broken, after.must_broken),
            groups: effect
                .groups
                .iter()
                .map(|group| GroupEffectView {
                    number: board.number(group.group),
                    size: shift(group.size.before, group.size.after),
                    score: shift(group.score.before.into(), group.score.after.into()),
                })
                .collect(),
            broken: effect.newly_broken.iter().map(breach).collect(),
            mended: effect.mended.iter().map(breach).collect(),
            out_of_size: effect.out_of_size.iter().map(|size| board.number(size.group)).collect(),
        }
    }
}
