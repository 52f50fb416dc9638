//! One chain of the search, and the record of the best it has seen.

use crate::anneal::{Acceptance, Must, Schedule, anneal, unit};
use crate::descend::descend;
use crate::draw::Draw;
use crate::exchange::exchange;
use crate::law::FULL;
use crate::model::Model;
use crate::start::{construct, scatter};
use crate::state::{Standing, State};
use crate::stop::{Clock, Stop};

/// The best assignment so far and how it came about.
pub(crate) struct Record<'c> {
    best: Option<Standing>,
    home: Vec<u32>,
    spent: u64,
    kept_at: u64,
    /// Evaluations between two copies of an assignment, so that copying never dominates.
    gap: u64,
    trace: Vec<(u64, Standing)>,
    stop: Stop<'c>,
}

/// What a chain hands back.
pub(crate) struct Outcome {
    pub(crate) standing: Standing,
    /// By student: their group.
    pub(crate) home: Vec<u32>,
    pub(crate) spent: u64,
    /// Improvements of the best so far, thinned, by evaluations.
    pub(crate) trace: Vec<(u64, Standing)>,
    /// Whether a clock ended it, or a part of it, before its budget did.
    pub(crate) stopped: bool,
}

impl<'c> Record<'c> {
    pub(crate) fn new(model: &Model, clock: Option<Clock<'c>>) -> Self {
        Self {
            best: None,
            home: Vec::new(),
            spent: 0,
            kept_at: 0,
            gap: u64::from(model.students / 8),
            trace: Vec::new(),
            stop: Stop::new(clock),
        }
    }

    /// Counts evaluations.
    pub(crate) fn spend(&mut self, evaluations: u64) {
        self.spent += evaluations;
        self.stop.ask(self.spent);
    }

    /// The evaluations so far.
    pub(crate) fn spent(&self) -> u64 {
        self.spent
    }

    /// Whether the search is to end before its budget.
    pub(crate) fn stopped(&self) -> bool {
        self.stop.struck()
    }

    /// Whether there is just time for what must come last, for which the rest is left out.
    pub(crate) fn is_late(&mut self) -> bool {
        self.stop.is_late()
    }

    /// Keeps the state if it is the best so far; unless `now`, only once in a while.
    pub(crate) fn keep(&mut self, state: &State<'_>, now: bool) {
        if !now && self.spent < self.kept_at + self.gap {
            return;
        }
        let standing = state.standing();
        if self.best.is_some_and(|best| !standing.beats(best)) {
            return;
        }
        self.best = Some(standing);
        self.home.clone_from(&state.home);
        self.kept_at = self.spent;
        let due = self.trace.last().is_none_or(|(spent, _)| self.spent >= spent + spent / 4 + 100);
        if due {
            self.trace.push((self.spent, standing));
        }
    }

    #[cfg(test)]
    pub(crate) fn home(&self) -> &[u32] {
        &self.home
    }

    fn finish(mut self) -> Outcome {
        let standing = self.best.expect("a chain keeps its start");
        if self.trace.last().is_none_or(|last| last.1 != standing) {
            self.trace.push((self.kept_at, standing));
        }
        let stopped = self.stop.heeded();
        Outcome { standing, home: self.home, spent: self.spent, trace: self.trace, stopped }
    }
}

/// Runs one chain into `groups` groups.
pub(crate) fn run(
    model: &Model,
    groups: u32,
    (seed, stream): (u64, u64),
    budget: u64,
    clock: Option<Clock<'_>>,
) -> Outcome {
    let mut draw = Draw::new(seed, stream << 32 | u64::from(groups));
    let mut record = Record::new(model, clock);
    let each = budget / u64::from(model.students);
    let exchanges = model.students >= LARGE && each < FEW;
    let start = if exchanges { scatter } else { construct };
    let mut state = start(model, groups as usize, &mut draw);
    record.keep(&state, true);
    if groups < 2 {
        return record.finish();
    }
    let acceptance = Acceptance::new();
    let unit = unit(&mut state, &mut draw);
    let left = |record: &Record<'_>| budget.saturating_sub(record.spent);
    let round = (budget / ROUNDS).max(1);
    let warm =
        Schedule { evaluations: round, hot: WARM * unit, cold: COLD * unit, must: Must::Softly };
    // A budget that does not suffice for a look at all pairs is best spent on one annealing.
    let pairs = u64::from(model.students) * u64::from(model.students);
    let part = if budget / 5 < pairs / 2 { 10 } else { 7 };
    let mut first = Schedule { evaluations: budget * part / 10, hot: HOT * unit, ..warm };
    let must = Schedule { evaluations: round, hot: 10.0, cold: 0.5, must: Must::Alone };
    let strict = Schedule { hot: HOT * unit, must: Must::Strictly, ..warm };
    let afar = Schedule { hot: HOTTEST * unit, ..warm };
    if exchanges {
        exchange(&mut state, budget / 100 * 99, unit, &acceptance, &mut draw, &mut record);
        first = Schedule { evaluations: budget, hot: TEPID * unit, ..warm };
    } else if model.only_musts() {
        // There is little else to find. Slow cooling over the range in which rules freeze keeps
        // more of them than scores can lead to.
        let alone = Schedule { evaluations: budget * 9 / 10, hot: MELTING, cold: FROZEN, ..must };
        anneal(&mut state, alone, &acceptance, &mut draw, &mut record);
        first = Schedule { evaluations: left(&record) * part / 10, ..strict };
    }
    let mut plan = vec![first];
    for turn in 0.. {
        for schedule in plan {
            let evaluations = schedule.evaluations.min(left(&record));
            let schedule = Schedule { evaluations, ..schedule };
            anneal(&mut state, schedule, &acceptance, &mut draw, &mut record);
        }
        descend(&mut state, left(&record).min(budget / 5), &mut draw, &mut record);
        if left(&record) == 0 || record.stopped() || perfect(model, record.best) {
            break;
        }
        // From the best so far, warm enough to leave it, not to forget it; in turns with the
        // must rules alone while some are broken, and with a long way off where a round is
        // long enough to find back.
        state = State::new(model, groups as usize, record.home.clone());
        plan = if turn % 3 == 0 && record.best.is_some_and(|best| best.cost > 0) {
            vec![must, strict]
        } else if turn % 3 == 1 && round >= ENOUGH * pairs {
            vec![afar]
        } else {
            vec![warm]
        };
    }
    record.finish()
}

/// Goes on from groups that keep the must rules and never breaks one again.
pub(crate) fn improve(
    model: &Model,
    groups: &[Vec<u32>],
    seed: u64,
    budget: u64,
    clock: Option<Clock<'_>>,
) -> Outcome {
    let mut home = vec![0; model.students as usize];
    for (group, members) in groups.iter().enumerate() {
        for &student in members {
            home[student as usize] = group as u32;
        }
    }
    let mut draw = Draw::new(seed, u64::from(u32::MAX));
    let mut record = Record::new(model, clock);
    let mut state = State::new(model, groups.len(), home);
    record.keep(&state, true);
    if groups.len() > 1 {
        let unit = unit(&mut state, &mut draw);
        let (hot, cold) = (HOT * unit, COLD * unit);
        let schedule = Schedule { evaluations: budget * 4 / 5, hot, cold, must: Must::Strictly };
        anneal(&mut state, schedule, &Acceptance::new(), &mut draw, &mut record);
        descend(&mut state, budget / 5, &mut draw, &mut record);
    }
    record.finish()
}

/// Temperatures in mean effects of a random swap: of the first annealing, of one that is to
/// forget, of one that is not, and at the end of each.
const HOT: f64 = 0.3;
const HOTTEST: f64 = 1.0;
const WARM: f64 = 0.12;
const COLD: f64 = 0.003;

/// Temperatures of must rules alone, in units of their cost: a broken one costs 11 or more.
const MELTING: f64 = 4.0;
const FROZEN: f64 = 1.0;

/// After exchanges: only what they leave over.
const TEPID: f64 = 0.03;

/// Sections from this size on begin with exchanges where the budget gives each student so few
/// evaluations.
const LARGE: u32 = 2_000;
const FEW: u64 = 50_000;

/// A later annealing takes this part of the budget.
const ROUNDS: u64 = 30;

/// Evaluations per pair of students from which an annealing finds back from anywhere.
const ENOUGH: u64 = 10;

/// Nothing can be better.
fn perfect(model: &Model, best: Option<Standing>) -> bool {
    best.is_some_and(|best| {
        best.cost == 0 && best.value == 1000 * best.groups * FULL * model.total_weight
    })
}
