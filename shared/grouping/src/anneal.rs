//! Simulated annealing over swaps and moves.

use crate::chain::Record;
use crate::draw::{Draw, exp, ln};
use crate::law::FULL;
use crate::model::BREACH;
use crate::state::{Delta, State};
use crate::window::Window;

/// Evaluations between two changes of the temperature.
const STEP: u64 = 32;

/// One annealing: a budget, and temperatures in the units of the objective (of the must cost
/// for [`Must::Alone`]).
#[derive(Clone, Copy)]
pub(crate) struct Schedule {
    pub(crate) evaluations: u64,
    pub(crate) hot: f64,
    pub(crate) cold: f64,
    pub(crate) must: Must,
}

/// What the must rules are worth during an annealing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Must {
    /// Little while it is hot, so that the search can pass through, more than any score in the
    /// end.
    Softly,
    /// More than any score all the time.
    Strictly,
    /// Everything: scores do not count, and the annealing ends once no rule is broken.
    Alone,
}

/// -ln of 4096 evenly spread numbers in (0, 1): the accepted worsening is temperature times
/// one of them.
pub(crate) struct Acceptance(Vec<f64>);

impl Acceptance {
    pub(crate) fn new() -> Self {
        Self((0..4096).map(|i| -ln((f64::from(i) + 0.5) / 4096.0)).collect())
    }

    /// All of them.
    pub(crate) fn all(&self) -> impl Iterator<Item = f64> {
        self.0.iter().copied()
    }

    /// One of the numbers.
    pub(crate) fn draw(&self, draw: &mut Draw) -> f64 {
        self.0[draw.below(4096) as usize]
    }
}

/// The mean size of a random swap's effect on the sum over groups, the unit of temperatures.
pub(crate) fn unit(state: &mut State<'_>, draw: &mut Draw) -> f64 {
    let mut window = Window::new(state);
    let mut sum = 0.0;
    let mut count = 0.0;
    for _ in 0..500 {
        if let Some((a, b)) = two_students(state, draw, None, &mut window) {
            let delta = state.try_swap(a, b);
            if delta.sum != 0 {
                sum += (delta.sum as f64).abs();
                count += 1.0;
            }
        }
    }
    if count > 0.0 { sum / count } else { 1.0 }
}

/// Anneals a state in place.
pub(crate) fn anneal(
    state: &mut State<'_>,
    schedule: Schedule,
    acceptance: &Acceptance,
    draw: &mut Draw,
    record: &mut Record<'_>,
) {
    let steps = (schedule.evaluations / STEP).max(1) as f64;
    let ratio = |from: f64, to: f64| exp(((ln(from) - ln(to)) / steps).clamp(-40.0, 0.0));
    let cooling = ratio(schedule.cold, schedule.hot);
    let hard = hard(state);
    let (scores, mut penalty) = match schedule.must {
        // At first the lightest break costs as much as two temperatures.
        Must::Softly => (1.0, 2.0 * schedule.hot / (BREACH + 1) as f64),
        Must::Strictly => (1.0, hard),
        Must::Alone => (0.0, 1.0),
    };
    let hardening =
        if schedule.must == Must::Softly { ratio(penalty, hard.max(penalty)) } else { 1.0 };
    // The worst group enters by degrees: in full from the start it would block the way, since
    // nearly every change of it would be for the worse.
    let mut ripe = 0.0;
    let mut temperature = schedule.hot;
    let mut window = Window::new(state);
    for i in 0..schedule.evaluations {
        if i % STEP == STEP - 1 {
            temperature *= cooling;
            penalty /= hardening;
            ripe = i as f64 / schedule.evaluations as f64;
        }
        record.spend(1);
        if record.stopped() || schedule.must == Must::Alone && state.broken().is_empty() {
            break;
        }
        let Some(delta) = propose(state, draw, &mut window) else {
            continue;
        };
        let score = delta.sum as f64 * (1.0 - ripe) + delta.value as f64 * ripe;
        let gain = scores * score - penalty * delta.cost as f64;
        if gain >= 0.0 || -gain <= temperature * acceptance.draw(draw) {
            record.keep(state, false);
            state.commit();
        }
    }
    record.keep(state, true);
}

/// A weight of one unit of must cost that no change of score outweighs.
fn hard(state: &State<'_>) -> f64 {
    let model = state.model;
    let group = 1000.0 * FULL as f64 * model.total_weight as f64;
    group * (2.0 + state.all_groups() as f64 * model.worst as f64 / 1000.0)
}

/// Judges one random change; nothing if none was found.
fn propose(state: &mut State<'_>, draw: &mut Draw, window: &mut Window) -> Option<Delta> {
    let focus = if !state.broken().is_empty() && draw.one_in(4) {
        Some(state.broken()[draw.index(state.broken().len())] as usize)
    } else if state.model.worst > 0 && draw.one_in(16) {
        Some(state.worst_group())
    } else {
        None
    };
    let sizes = state.model.sizes;
    if sizes.min < sizes.max && draw.one_in(8) {
        let student = window.student(state, draw, focus);
        let from = state.home[student as usize] as usize;
        let to = window.target(state, draw);
        if to != from && state.size(from) > sizes.min && state.size(to) < sizes.max {
            return Some(state.try_move(student, to));
        }
    }
    let (a, b) = two_students(state, draw, focus, window)?;
    Some(state.try_swap(a, b))
}

/// Two students of different groups.
fn two_students(
    state: &State<'_>,
    draw: &mut Draw,
    focus: Option<usize>,
    window: &mut Window,
) -> Option<(u32, u32)> {
    let a = window.student(state, draw, focus);
    for _ in 0..8 {
        let b = window.student(state, draw, None);
        if state.home[a as usize] != state.home[b as usize] {
            return Some((a, b));
        }
    }
    None
}
