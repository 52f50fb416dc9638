//! The maximally diverse grouping problem, the pure form of what the service does: a value per
//! pair of students, bounds on each group's size, the sum of the values inside groups to be as
//! large as possible.
//!
//! # Method
//!
//! 1. **Sizes** (`sizes`): where the bounds leave a choice, from a model of what a group of some
//!    size brings, by dynamic programming; inserts change them later.
//! 2. **Delta matrix** (`matrix`): what each student would bring to each group, group by group, so
//!    that a swap is judged by a few look-ups and carried out by adding two rows.
//! 3. **Sweeps** (`sweep`, `chance`): Metropolis steps over all swaps and over inserts. The
//!    acceptance thresholds are drawn in blocks; with the largest of each block most groups are
//!    passed over as a whole, without changing what is accepted.
//! 4. **Temperatures** (`ladder`): a quick first cooling measures where the problem freezes and
//!    how far apart two temperatures may be.
//! 5. **Search**: replica exchange (`temper`) where the budget allows enough turns, one long
//!    annealing (`cool`) otherwise; exact descent (`sweep`) proves the end a local optimum.
//!
//! The searches are written against one interface (`landscape`). The engine for criteria
//! (`state`) judges single proposals and keeps its own annealing: handing out proposals one by
//! one instead of whole sweeps costs this problem a factor of five to ten in speed. Nor does that
//! engine use the matrix: its scores are rounded group by group, and with groups of five a look
//! at four members is no slower than two rows of the matrix.
//!
//! # Sources
//!
//! Swaps and inserts with a delta matrix: Gallego, Laguna, Marti and Duarte 2013; Lai and Hao
//! 2016 (IMS); Yang, Cai, Jin, Tang and Gao 2022 (TPSDP). Replica exchange: Hukushima and Nemoto
//! 1996.

mod chance;
mod cool;
mod ladder;
mod landscape;
mod matrix;
mod problem;
mod record;
mod search;
mod sizes;
mod sum;
mod sweep;
mod temper;

pub use problem::{MAX_PAIR_STUDENTS, PairError, PairProblem, SizeBounds};
pub use search::{PairOptions, PairSolution, solve_pairs};
