//! Forms study groups from questionnaire answers.
//!
//! A [`Problem`] holds the students of one section as columns of answers, the criteria that
//! say how each answer counts, and the size range. [`solve`] returns the best assignment found
//! within a budget of evaluations; [`evaluate`] scores any assignment, for instance one a
//! person has edited. Both are pure: no clock, no I/O, no ambient randomness. The same
//! problem, seed and budget give the same groups on every machine and for every number of
//! threads.
//!
//! # How an assignment is judged
//!
//! Every criterion gives every group a score from 0 to [`MAX_SCORE`], an integer, normalised so
//! that the size of a group buys nothing. A group's score is the weighted mean over the
//! criteria (see [`Hardness`] for what must, should and could mean). Two assignments are
//! compared by, in this order:
//!
//! 1. broken must rules: how many, and how badly;
//! 2. the objective: the mean over groups and the worst group, mixed by
//!    [`Problem::worst_weight`]. A broken should rule costs score here.
//!
//! # Missing answers
//!
//! A missing answer is neither a zero nor a reward: it counts as what a typical student of the
//! section would have brought. For pairs (align, mix) a pair with a missing answer has the
//! section's mean distance; for balance the group is judged on those who answered; for overlap
//! a member without a calendar leaves the share of common slots a typical member leaves; a member
//! without wishes counts as content. Rules about counts (never alone, cover, at most, as few or as
//! many as possible) see only given answers, and no must rule is reported broken because of an
//! answer nobody gave, except that cover and as many as possible need members known to qualify.
//!
//! # Search
//!
//! A constructive start, simulated annealing over swaps and moves, exact first-improvement
//! descent, then rounds of perturbation and descent, in several independent chains. The number
//! of groups is decided by the engine: bounds from the must rules, then short probing runs.
//!
//! # After the search
//!
//! A [`Board`] tells what a person's moves and swaps would do, undoes them and suggests others.
//! [`solve_around`] solves again around locked groups and pinned students. [`repair()`] places late
//! joiners and closes the gaps of those who left with the fewest changes to published groups.
//! [`plan_rounds`] plans several rounds in which nobody meets again while that is possible.
//!
//! # Example
//!
//! Six students, two questions: how ambitious (1 to 5), and when they are free.
//!
//! ```
//! use grouping::*;
//!
//! let monday_10 = 2; // slots are the caller's: here day * 8 + hour of the day
//! let tuesday_14 = 14;
//! let free = |slots: &[u16]| Week::from_slots(slots.iter().copied());
//! let problem = Problem {
//!     students: 6,
//!     sizes: Sizes { min: 3, preferred: 3, max: 4, weight: None, allow_small: false },
//!     features: vec![
//!         Feature {
//!             id: "ambition".into(),
//!             values: Values::Number(vec![Some(5), Some(1), Some(4), None, Some(2), Some(5)]),
//!         },
//!         Feature {
//!             id: "free".into(),
//!             values: Values::Slots(vec![
//!                 free(&[monday_10]),
//!                 free(&[tuesday_14]),
//!                 free(&[monday_10, tuesday_14]),
//!                 free(&[tuesday_14]),
//!                 free(&[tuesday_14]),
//!                 free(&[monday_10]),
//!             ]),
//!         },
//!     ],
//!     criteria: vec![
//!         Criterion {
//!             id: "same ambition".into(),
//!             weight: 5,
//!             hardness: Hardness::Should,
//!             rule: Rule::Align { feature: 0, floor: None },
//!         },
//!         Criterion {
//!             id: "can meet".into(),
//!             weight: 3,
//!             hardness: Hardness::Must,
//!             rule: Rule::Overlap { feature: 1, min_common: 1, min_length: 1, slots_per_day: 8 },
//!         },
//!     ],
//!     worst_weight: 250,
//! };
//! let solution = solve(&problem, &Options::for_students(problem.students, 42))?;
//! assert_eq!(solution.groups, [[0, 2, 5], [1, 3, 4]]);
//! assert_eq!(solution.must_broken, 0);
//! assert_eq!(solution.reports[0].reason.common_slots[0].slots, [monday_10]);
//! # Ok::<(), Error>(())
//! ```
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "validation bounds students, sizes, weights and scores far below every integer used"
)]

#[cfg(test)]
extern crate self as grouping;
#[cfg(test)]
#[path = "../tests/support/mod.rs"]
mod support;

mod anneal;
mod board;
mod bound;
mod chain;
mod check;
mod codes;
mod conflict;
mod decide;
mod descend;
mod draw;
mod error;
mod exchange;
mod law;
mod least;
mod locks;
mod model;
mod pairs;
mod panel;
mod problem;
mod reason;
mod repair;
mod report;
mod rotation;
mod rule;
mod select;
mod solve;
mod start;
mod state;
mod stop;
mod window;
mod words;

pub use board::{
    About, Board, BoardStanding, CriterionEffect, Edit, Effect, GroupEffect, Refusal, RuleBreach,
    Shift, SizeBreach, Suggestion,
};
pub use bound::{Bound, bound};
pub use codes::{CodeSet, Week};
pub use conflict::{
    Certainty, Conflict, Conflicts, Contender, MOST_CONFLICTS, Obstacle, Relaxed, conflicts,
    solve_or_explain,
};
pub use error::Error;
pub use locks::{Locks, solve_around};
pub use pairs::{
    MAX_PAIR_STUDENTS, PairError, PairOptions, PairProblem, PairSolution, SizeBounds, solve_pairs,
};
pub use problem::{Criterion, Feature, Hardness, Problem, Sizes, Values};
pub use reason::{Said, Statement};
pub use repair::{Placement, Repair, repair, repair_known};
pub use report::{
    BrokenRule, CommonSlots, CriterionScore, GroupReport, Progress, Reason, Reference, Solution,
};
pub use rotation::{Repeat, Rotation, Round, pairs_of, plan_rounds};
pub use rule::{Has, Rule};
pub use solve::{Options, common_slots, evaluate, solve};
pub use stop::Clock;
pub use words::{Lang, Names};

/// Version of the engine's behaviour, stored with every result. It changes whenever the same
/// problem, seed and budget could give other groups or other scores.
pub const ENGINE_VERSION: &str = "grouping-7";

/// The best score a group can have for a criterion, and overall.
pub const MAX_SCORE: u16 = 10_000;

/// The largest number of students in one problem.
pub const MAX_STUDENTS: u32 = 20_000;

/// The largest size a group may be given.
pub const MAX_GROUP_SIZE: u32 = 1_000;

/// The largest weight of a criterion; the smallest is 1.
pub const MAX_WEIGHT: u32 = 1_000;

/// The largest number of criteria in one problem.
pub const MAX_CRITERIA: usize = 64;

/// The largest number of pairs of students that one criterion may name: twenty past rounds of
/// 20,000 students in groups of five, twice over.
pub const MAX_PAIRS: u64 = 1_600_000;

/// The largest number of rounds in one plan.
pub const MAX_ROUNDS: u32 = 200;
