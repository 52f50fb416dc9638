//! The interface between search and evaluator.

use crate::draw::Draw;

/// Assignments of one problem and how they change. The searches ([`temper`](super::temper),
/// [`cool`](super::cool)) know no more of a problem than this.
///
/// A whole sweep is one call, not a single proposal: on the delta matrix most proposals of a
/// sweep are refused together, without being looked at one by one, which judges five to ten
/// times as many in the same time.
pub(crate) trait Landscape {
    /// An assignment under change.
    type State;

    /// An assignment to start from, as each student's group; different ones on different calls.
    fn start(&mut self, draw: &mut Draw) -> Vec<u32>;
    fn state(&self, home: &[u32]) -> Self::State;
    fn assign(&self, state: &mut Self::State, home: &[u32]);
    /// To be as large as possible.
    fn value(&self, state: &Self::State) -> i64;
    fn home<'s>(&self, state: &'s Self::State) -> &'s [u32];
    /// Learns from a state whose worst faults are gone what good ones look like.
    fn learn(&mut self, state: &Self::State);
    /// The mean size of a random change's effect.
    fn unit(&self, state: &Self::State, draw: &mut Draw) -> f64;
    /// The number of changes possible at once.
    fn neighbours(&self) -> u64;
    /// About as many Metropolis steps as there are changes, accepting a loss `x` with
    /// probability `exp(-x / temperature)`.
    fn sweep(&mut self, state: &mut Self::State, temperature: f64, draw: &mut Draw) -> Tally;
    /// Improves until no change is better or about `budget` have been judged; whether the end is
    /// a proven local optimum.
    fn descend(&mut self, state: &mut Self::State, budget: u64) -> (Tally, bool);
}

/// What has been done.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    /// Changes judged.
    pub(crate) judged: u64,
    /// Changes carried out.
    pub(crate) accepted: u64,
}

impl Tally {
    pub(crate) fn add(&mut self, more: Self) {
        self.judged += more.judged;
        self.accepted += more.accepted;
    }
}
