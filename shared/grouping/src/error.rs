//! What can be wrong with a problem, naming the item.

use thiserror::Error;

use crate::{MAX_CRITERIA, MAX_GROUP_SIZE, MAX_PAIRS, MAX_ROUNDS, MAX_STUDENTS, MAX_WEIGHT};

/// A problem, an option or an assignment that cannot be worked with. Items are named by id or
/// index; answers never appear.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Error {
    /// There is nobody to group.
    #[error("there are no students")]
    NoStudents,
    /// Fewer students than one group needs.
    #[error("{students} students are fewer than the smallest group size {min}")]
    TooFewStudents {
        /// The number of students.
        students: u32,
        /// The smallest size.
        min: u32,
    },
    /// More students than the engine takes.
    #[error("{students} students are more than {MAX_STUDENTS}")]
    TooManyStudents {
        /// The number of students.
        students: u32,
    },
    /// Sizes out of order or out of range.
    #[error(
        "sizes min {min}, preferred {preferred}, max {max} must ascend from 2 to {MAX_GROUP_SIZE}"
    )]
    InvalidSizes {
        /// The smallest size.
        min: u32,
        /// The preferred size.
        preferred: u32,
        /// The largest size.
        max: u32,
    },
    /// No number of groups fits the students into the size range.
    #[error("{students} students cannot be split into groups of {min} to {max}")]
    ImpossibleSizes {
        /// The number of students.
        students: u32,
        /// The smallest size.
        min: u32,
        /// The largest size.
        max: u32,
    },
    /// The weight of the sizes is out of range.
    #[error("the weight {weight} of the sizes is not between 1 and {MAX_WEIGHT}")]
    SizeWeight {
        /// The weight given.
        weight: u32,
    },
    /// The share of the worst group is out of range.
    #[error("the worst group's share {thousandths} is more than 1000 thousandths")]
    WorstWeight {
        /// The share given.
        thousandths: u16,
    },
    /// Two features have the same id.
    #[error("feature `{feature}` appears twice")]
    DuplicateFeature {
        /// The feature's id.
        feature: String,
    },
    /// A column has too few or too many rows.
    #[error("feature `{feature}` has {actual} values for {expected} students")]
    FeatureLength {
        /// The feature's id.
        feature: String,
        /// The number of students.
        expected: usize,
        /// The number of rows.
        actual: usize,
    },
    /// More criteria than the engine takes.
    #[error("{criteria} criteria are more than {MAX_CRITERIA}")]
    TooManyCriteria {
        /// The number of criteria.
        criteria: usize,
    },
    /// Two criteria have the same id.
    #[error("criterion `{criterion}` appears twice")]
    DuplicateCriterion {
        /// The criterion's id.
        criterion: String,
    },
    /// A criterion's weight is zero or too large.
    #[error("criterion `{criterion}`: weight {weight} is not between 1 and {MAX_WEIGHT}")]
    WeightOutOfRange {
        /// The criterion's id.
        criterion: String,
        /// The weight given.
        weight: u32,
    },
    /// A criterion refers to a column that does not exist.
    #[error("criterion `{criterion}`: there is no feature {feature} among {features}")]
    UnknownFeature {
        /// The criterion's id.
        criterion: String,
        /// The index given.
        feature: usize,
        /// The number of features.
        features: usize,
    },
    /// A criterion cannot work with this kind of column.
    #[error("criterion `{criterion}`: feature `{feature}` is a {actual}, needed is a {expected}")]
    WrongKind {
        /// The criterion's id.
        criterion: String,
        /// The feature's id.
        feature: String,
        /// The kinds that would do.
        expected: &'static str,
        /// The kind it is.
        actual: &'static str,
    },
    /// A floor above the best score.
    #[error("criterion `{criterion}`: floor {floor} is more than 10000")]
    FloorOutOfRange {
        /// The criterion's id.
        criterion: String,
        /// The floor given.
        floor: u16,
    },
    /// A number of slots or members that no group could have.
    #[error("criterion `{criterion}`: {count} is not between 1 and {max}")]
    CountOutOfRange {
        /// The criterion's id.
        criterion: String,
        /// The number given.
        count: u32,
        /// The largest that makes sense.
        max: u32,
    },
    /// A rule about codes names none, or more than 64.
    #[error("criterion `{criterion}`: {codes} codes, needed are 1 to 64")]
    CodeCount {
        /// The criterion's id.
        criterion: String,
        /// The number of codes given.
        codes: usize,
    },
    /// A code that a set feature cannot hold.
    #[error("criterion `{criterion}`: code {code} is more than 63, the last one of a set")]
    CodeOutOfRange {
        /// The criterion's id.
        criterion: String,
        /// The code given.
        code: u16,
    },
    /// A code given twice.
    #[error("criterion `{criterion}`: code {code} appears twice")]
    DuplicateCode {
        /// The criterion's id.
        criterion: String,
        /// The code.
        code: u16,
    },
    /// A student index that does not exist.
    #[error("criterion `{criterion}`: there is no student {student} among {students}")]
    UnknownStudent {
        /// The criterion's id.
        criterion: String,
        /// The index given.
        student: u32,
        /// The number of students.
        students: u32,
    },
    /// A student paired with themselves, or twice in a set.
    #[error("criterion `{criterion}`: student {student} appears twice in one set")]
    StudentTwiceInSet {
        /// The criterion's id.
        criterion: String,
        /// The index.
        student: u32,
    },
    /// A set of fewer than two students says nothing.
    #[error("criterion `{criterion}`: set {set} has fewer than two students")]
    ShortSet {
        /// The criterion's id.
        criterion: String,
        /// The position of the set.
        set: usize,
    },
    /// A rule about marks names none, or more than 64.
    #[error("criterion `{criterion}`: {marks} marks, needed are 1 to 64")]
    MarkCount {
        /// The criterion's id.
        criterion: String,
        /// The number of marks given.
        marks: usize,
    },
    /// Weights of pairs that are neither one for each nor none.
    #[error("criterion `{criterion}`: {weights} weights for {pairs} pairs of students")]
    PairWeights {
        /// The criterion's id.
        criterion: String,
        /// The number of pairs.
        pairs: usize,
        /// The number of weights.
        weights: usize,
    },
    /// A student names the same partner twice, or both as wanted and as unwanted.
    #[error("criterion `{criterion}`: student {student} names student {partner} twice")]
    WishTwice {
        /// The criterion's id.
        criterion: String,
        /// Who wishes.
        student: u32,
        /// Whom they name.
        partner: u32,
    },
    /// More pairs of students than the engine takes.
    #[error("criterion `{criterion}`: {pairs} pairs of students are more than {MAX_PAIRS}")]
    TooManyPairs {
        /// The criterion's id.
        criterion: String,
        /// The number of pairs.
        pairs: u64,
    },
    /// Students who must be together do not fit into one group.
    #[error(
        "criterion `{criterion}`: {students} students who must be together exceed the largest size {max}"
    )]
    TogetherTooLarge {
        /// A must criterion that binds them.
        criterion: String,
        /// The number bound together.
        students: u32,
        /// The largest size.
        max: u32,
    },
    /// Two students must be together and apart.
    #[error(
        "criterion `{apart}` keeps students {first} and {second} apart whom must rules bring together"
    )]
    Contradiction {
        /// The apart criterion.
        apart: String,
        /// One student.
        first: u32,
        /// The other.
        second: u32,
    },
    /// A budget of zero evaluations.
    #[error("the budget is zero evaluations")]
    NoBudget,
    /// Restarts out of range.
    #[error("{restarts} restarts are not between 1 and 1024")]
    RestartsOutOfRange {
        /// The number given.
        restarts: u32,
    },
    /// The threads asked for could not be started.
    #[error("{threads} threads could not be started")]
    Threads {
        /// The number asked for.
        threads: usize,
    },
    /// An assignment names a student who does not exist, or names one twice.
    #[error("the assignment has student {student} twice or there is no such student")]
    AssignedTwice {
        /// The index.
        student: u32,
    },
    /// An assignment leaves out a student.
    #[error("the assignment leaves out student {student}")]
    NotAssigned {
        /// The index.
        student: u32,
    },
    /// A group of an assignment is outside the size range.
    #[error("group {group} has {size} members, not {min} to {max}")]
    GroupSize {
        /// The position of the group.
        group: usize,
        /// Its size.
        size: usize,
        /// The smallest size.
        min: u32,
        /// The largest size.
        max: u32,
    },
    /// Locks name a student who does not exist, or name one twice.
    #[error("the locks have student {student} twice or there is no such student")]
    LockedTwice {
        /// The index.
        student: u32,
    },
    /// The students outside the locked groups do not fit into groups of their own.
    #[error(
        "{students} students outside the locked groups cannot be split into groups of {min} to {max}"
    )]
    NoRoomAround {
        /// The number of students outside the locked groups.
        students: u32,
        /// The smallest size.
        min: u32,
        /// The largest size.
        max: u32,
    },
    /// A plan of no rounds, or of too many.
    #[error("{rounds} rounds are not between 1 and {MAX_ROUNDS}")]
    RoundsOutOfRange {
        /// The number given.
        rounds: u32,
    },
    /// A past pair names a student who does not exist, or one student twice.
    #[error("the past has the pair of {first} and {second}, which cannot be")]
    PastPair {
        /// One index.
        first: u32,
        /// The other.
        second: u32,
    },
    /// More past pairs than the engine takes.
    #[error("{pairs} past pairs are more than {MAX_PAIRS}")]
    PastTooLong {
        /// The number of pairs.
        pairs: u64,
    },
    /// Somebody left who does not exist.
    #[error("there is no student {student} who could have left")]
    UnknownLeaver {
        /// The index.
        student: u32,
    },
}
