//! A formation: one run that makes groups, and the groups it made.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::cohort::Localised;
use crate::{CohortId, ContactId, ErasureId, FormationId, InstitutionId, SectionId, StudentId};

/// What the state machine and its tasks are told: ids, nothing else (D10).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormationRef {
    /// The institution.
    pub institution: InstitutionId,
    /// The cohort.
    pub cohort: CohortId,
    /// The formation; also the execution's name.
    pub formation: FormationId,
}

/// One run that makes groups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Formation {
    /// Its id.
    pub id: FormationId,
    /// What is wanted of its groups.
    #[serde(default, skip_serializing_if = "Kind::is_initial")]
    pub kind: Kind,
    /// Where it is in the flow.
    pub status: FormationStatus,
    /// Who asked for it.
    pub requested_by: RequestedBy,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// The formation whose published groups it is to replace: whoever asked for it named them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<FormationId>,
    /// The groups it begins from, when it does not form everybody anew (G6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub around: Option<Around>,
    /// Its round, if it is one of a plan of several (G7).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<PlannedRound>,
    /// The seed of the search (G4).
    pub seed: u64,
    /// When it reached `published`, `rejected` or `failed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Version of the engine that solved it (G4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
    /// Per section: what went in and what came out.
    #[serde(default)]
    pub sections: BTreeMap<SectionId, SectionResult>,
    /// Why it failed, in words a contact can act on (G3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// The state machine's token while the formation waits for approval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_token: Option<String>,
    /// What a contact decided about the groups; the first decision stands (G6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// What contacts did to its groups by hand while they awaited approval (G6).
    #[serde(default, skip_serializing_if = "BoardMarks::is_untouched")]
    pub board: BoardMarks,
}

impl Formation {
    /// How many rounds it plans at once, if it plans more than its own.
    pub fn plans(&self) -> Option<u32> {
        let begins = self.plan.as_ref().filter(|plan| plan.formation == self.id);
        begins.map(|plan| plan.rounds)
    }
}

/// A round of a plan: which plan, and which round of it (G7).
///
/// The formation that plans them all is the first round and gives the plan its id. The others wait as formations
/// of the status [`FormationStatus::Planned`]; one whose time has come is taken up by a formation of its own, which
/// begins from the groups that wait and is the same round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedRound {
    /// The formation that planned it.
    pub formation: FormationId,
    /// Which one it is, from 1.
    pub round: u32,
    /// How many the plan has.
    pub rounds: u32,
}

/// So many rounds are planned at once: each is a formation of its own, and a cohort's are read as one list.
pub const MOST_ROUNDS: u32 = 30;

/// So many students times rounds are planned at once: 20,000 students in 10 rounds.
pub const MOST_SEATS: u32 = 200_000;

/// What is wanted of a formation's groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// That they fit the criteria.
    #[default]
    Initial,
    /// That nobody meets a partner of earlier groups again, while that is possible (G7).
    Rotation,
    /// That whoever came late or left is made up for, while as few published groups as possible change (G8).
    Repair,
}

impl Kind {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
    fn is_initial(&self) -> bool {
        *self == Self::Initial
    }
}

/// The criterion that a rotation adds where the settings have no must rule of its kind that looks back on all
/// rounds. Its id goes on with `-` where that is taken.
pub const NEW_PARTNERS: &str = "new-partners";

/// The groups that a formation begins from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Around {
    /// The formation whose groups they are.
    pub formation: FormationId,
    /// The version of its board that was seen.
    pub version: u32,
    /// What stays as it is.
    pub keep: Keep,
}

/// What stays of the groups that a formation begins from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// What contacts held fast on its board; the rest is formed anew.
    Held,
    /// Everything: groups that were set aside are taken up again.
    All,
}

/// How often contacts changed groups by hand, and what they hold fast (G6).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BoardMarks {
    /// Counts changes; each names the number that it was made from.
    pub version: u32,
    /// Groups that nobody leaves or joins.
    #[serde(default)]
    pub locked: Vec<GroupPlace>,
    /// Students who stay where they are, while others may come and go.
    #[serde(default)]
    pub pinned: Vec<StudentId>,
}

impl BoardMarks {
    fn is_untouched(&self) -> bool {
        *self == Self::default()
    }
}

/// Where a group stands in its formation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupPlace {
    /// The section.
    pub section: SectionId,
    /// The number.
    pub number: u32,
}

/// A contact's word on groups that awaited it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Which way it went.
    pub verdict: Verdict,
    /// Whose word it was.
    pub by: ContactId,
    /// When it was given.
    pub at: Timestamp,
}

/// Which way a decision went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The groups are to be published.
    Approved,
    /// The groups are not to be published.
    Rejected,
}

/// Where a formation is in the flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FormationStatus {
    /// Asked for; the state machine is at work.
    Running,
    /// Groups exist and a contact has to approve them.
    AwaitingApproval,
    /// Groups count; mails are on their way where they were agreed.
    Published,
    /// A contact said no.
    Rejected,
    /// It could not be done; `failure` says why.
    Failed,
    /// A later round of a plan: its groups wait for another formation to take them up (G7).
    Planned,
}

impl FormationStatus {
    /// The status as it stands in tables and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::AwaitingApproval => "awaiting_approval",
            Self::Published => "published",
            Self::Rejected => "rejected",
            Self::Failed => "failed",
            Self::Planned => "planned",
        }
    }

    /// Whether nothing more will happen to it.
    pub fn has_ended(self) -> bool {
        matches!(self, Self::Published | Self::Rejected | Self::Failed | Self::Planned)
    }

    /// Whether its groups are complete, so that a reader may see them.
    pub fn has_groups(self) -> bool {
        matches!(self, Self::AwaitingApproval | Self::Published | Self::Rejected | Self::Planned)
    }
}

/// Who asked for a formation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestedBy {
    /// The cohort's deadline.
    Deadline,
    /// A contact, in the portal.
    Contact(ContactId),
    /// Processor staff, by direct invocation.
    Operator,
}

/// What went into and came out of the formation of one section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionResult {
    /// Students that took part.
    pub students: u32,
    /// SHA-256 of the input object, hexadecimal (G4).
    pub input_hash: String,
    /// Groups that were made.
    pub groups: u32,
    /// Weighted mean of the group scores, 0 to 10,000.
    pub mean: i64,
    /// The lowest group score, 0 to 10,000.
    pub worst: i64,
    /// Broken must rules, counted once per rule and group.
    pub must_broken: u32,
    /// Candidate changes that the search evaluated.
    pub evaluations: u64,
    /// Sections too small for groups of their own whose students were formed into this one's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merged: Vec<SectionId>,
    /// Mean and worst group together, as the search weighs them, 0 to 10,000; absent in results
    /// older than this field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<i64>,
    /// No groups of this section score more (G5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<i64>,
    /// Whether the score is proven to be the best possible.
    #[serde(default)]
    pub proven: bool,
    /// How good the groups are, in sentences to a contact.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub explained: Vec<Localised>,
    /// In a plan of rounds: how often two meet who have been together in an earlier round (G7).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeats: Option<u32>,
    /// In a plan of rounds: no more rounds than this are possible in which nobody meets again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u32>,
}

/// Why a formation failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    /// What kind of obstacle it was.
    pub code: FailureCode,
    /// The section it arose in, when it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<SectionId>,
    /// Particulars without personal data: sizes, counts, ids of criteria.
    #[serde(default)]
    pub detail: String,
    /// Which must rules are in each other's way and what giving one up buys, in sentences to a
    /// contact (G3). Students are numbered as in `students`, from 1.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub explained: Vec<Localised>,
    /// The students whom these sentences are about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub students: Vec<StudentId>,
    /// What giving up each of the rules buys, in numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prices: Vec<Price>,
}

/// What giving up a must rule buys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Which of the failure's sentences says it, counted from 0.
    pub sentence: u32,
    /// The rule's criterion.
    pub criterion: String,
    /// Must rules that are broken all the same, counted once per rule and group.
    pub broken: u32,
    /// What the groups score then, 0 to 10,000.
    pub score: i64,
    /// What the groups score that break it now.
    pub now: i64,
}

impl Failure {
    /// A failure of the whole formation, without further explanation.
    pub fn new(code: FailureCode, detail: impl Into<String>) -> Self {
        let (explained, students, prices) = (Vec::new(), Vec::new(), Vec::new());
        Self { code, section: None, detail: detail.into(), explained, students, prices }
    }
}

/// What kept a formation from being done; the portal has a sentence for each in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureCode {
    /// Nobody has answered.
    NoStudents,
    /// A section has fewer students than the smallest group.
    TooFewStudents,
    /// The number of students cannot be divided into groups of the allowed sizes.
    ImpossibleSizes,
    /// Must rules cannot all hold.
    MustRulesConflict,
    /// The criteria do not fit the questions.
    InvalidCriteria,
    /// Nobody approved in time.
    ApprovalExpired,
    /// The cohort is gone or due for deletion.
    CohortGone,
    /// Something broke on our side; the formation may be started again.
    Internal,
}

/// One group of a formation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The formation.
    pub formation: FormationId,
    /// The section.
    pub section: SectionId,
    /// Its number within section and formation, from 1.
    pub number: u32,
    /// Its members.
    pub members: Vec<StudentId>,
    /// Its score, 0 to 10,000.
    pub score: i64,
    /// The score per criterion, 0 to 10,000; a criterion nobody answered is absent.
    pub scores: BTreeMap<String, i64>,
    /// Ids of the must rules it breaks.
    #[serde(default)]
    pub must_broken: Vec<String>,
    /// Hours in which all members who gave their availability are free, `day * 24 + hour`.
    #[serde(default)]
    pub common_slots: Vec<u16>,
    /// Why they are together, in sentences to the members; nobody's answers follow from them (G5).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<Localised>,
    /// The same with all scores, in sentences to a contact.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub explained: Vec<Localised>,
    /// Members who left a question that counts unanswered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unanswered: Vec<StudentId>,
    /// The erasure that changed it last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<GroupChange>,
}

/// How an erasure changed a group (D4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupChange {
    /// The erasure of a member, of this group or of one that was repaired with this one's help.
    pub erasure: ErasureId,
    /// Whether the repair that follows has been done.
    pub repaired: bool,
}

/// What the snapshot writes and the solver reads: the answers of one section's students.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SolveInput {
    /// The students with their answers, ordered by id.
    pub students: Vec<SolveStudent>,
    /// The questions as they were when the snapshot was taken.
    pub questions: Vec<crate::cohort::Question>,
    /// The criteria as they were when the snapshot was taken.
    pub criteria: Vec<crate::cohort::CriterionSetting>,
    /// The sizes as they were when the snapshot was taken.
    pub sizes: crate::cohort::Sizes,
    /// What small sections become.
    #[serde(default)]
    pub small_sections: crate::cohort::SmallSections,
    /// Sections whose students are among these because they were too small.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merged: Vec<SectionId>,
    /// The groups of earlier rounds, the latest round first; of students who are not here any
    /// more too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub past: Vec<Vec<Vec<StudentId>>>,
    /// The groups that the formation begins from; none when everybody is formed anew.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub laid: Vec<LaidGroup>,
    /// The criterion that is kept before all that is no must rule, while that is possible: what a rotation is
    /// about. It has weight and hardness of its own for where it cannot be kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub while_possible: Option<String>,
    /// Whether the groups laid out are mended with as few changes as possible, instead of being formed anew.
    #[serde(default, skip_serializing_if = "is_false")]
    pub repair: bool,
    /// How many rounds are planned at once; 0: groups of one round are formed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub rounds: u32,
    /// The seed of the search.
    pub seed: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// A group that a formation begins from, and what of it stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LaidGroup {
    /// Its number, which it keeps.
    pub number: u32,
    /// Its members, each of them among the input's students.
    pub members: Vec<StudentId>,
    /// Whether nobody leaves or joins it.
    #[serde(default)]
    pub locked: bool,
    /// Members who stay while others may come and go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pinned: Vec<StudentId>,
    /// How many have left it: what is mended has become smaller, so it has to be known what it was.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub missing: u32,
    /// The must rules that it broke when it was published, by their criteria: nobody can tell from those who are
    /// still there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub must_broken: Vec<String>,
}

/// One student of a [`SolveInput`]: the id and the answers, no name or address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SolveStudent {
    /// Who.
    pub id: StudentId,
    /// What they answered.
    pub profile: crate::profile::Profile,
}

/// What the solver writes and the commit reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SolveOutput {
    /// The summary that the formation keeps.
    pub result: SectionResult,
    /// Version of the engine.
    pub engine: String,
    /// The groups, numbered from 1.
    pub groups: Vec<Group>,
}
