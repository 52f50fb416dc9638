//! One chain of the search, and the record of the best it has seen.

use crate::anneal::{Acceptance, Schedule, anneal, unit};
use crate::descend::descend;
use crate::draw::Draw;
use crate::law::FULL;
use crate::model::Model;
use crate::start::{construct, random};
use crate::state::{Standing, State};

/// The best assignment so far and how it came about.
pub(crate) struct Record {
    best: Option<Standing>,
    home: Vec<u32>,
    spent: u64,
    kept_at: u64,
    /// Evaluations between two copies of an assignment, so that copying never dominates.
    gap: u64,
    trace: Vec<(u64, Standing)>,
}

/// What a chain hands back.
pub(crate) struct Outcome {
    pub(crate) standing: Standing,
    /// By student: their group.
    pub(crate) home: Vec<u32>,
    pub(crate) spent: u64,
    /// Improvements of the best so far, thinned, by evaluations.
    pub(crate) trace: Vec<(u64, Standing)>,
}

impl Record {
    fn new(model: &Model) -> Self {
        Self {
            best: None,
            home: Vec::new(),
            spent: 0,
            kept_at: 0,
            gap: u64::from(model.students / 8),
            trace: Vec::new(),
        }
    }

    /// Counts evaluations.
    pub(crate) fn spend(&mut self, evaluations: u64) {
        self.spent += evaluations;
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

    fn finish(mut self) -> Outcome {
        let standing = self.best.expect("a chain keeps its start");
        if self.trace.last().is_none_or(|last| last.1 != standing) {
            self.trace.push((self.kept_at, standing));
        }
        Outcome { standing, home: self.home, spent: self.spent, trace: self.trace }
    }
}

/// Runs one chain into `groups` groups.
pub(crate) fn run(model: &Model, groups: u32, seed: u64, stream: u64, budget: u64) -> Outcome {
    let mut draw = Draw::new(seed, stream << 32 | u64::from(groups));
    let mut record = Record::new(model);
    let mut state = construct(model, groups as usize, &mut draw);
    record.keep(&state, true);
    if groups < 2 {
        return record.finish();
    }
    let acceptance = Acceptance::new();
    let unit = unit(&mut state, &mut draw);
    let left = |record: &Record| budget.saturating_sub(record.spent);
    let mut share = budget * 6 / 10;
    let mut hot = HOT * unit;
    let mut fruitless = 0;
    while left(&record) > 0 && !perfect(model, record.best) {
        let schedule = Schedule { evaluations: share.min(left(&record)), hot, cold: COLD * unit };
        let before = record.best;
        anneal(&mut state, schedule, &acceptance, &mut draw, &mut record);
        descend(&mut state, left(&record).min(budget / 5), &mut draw, &mut record);
        fruitless = if record.best == before { fruitless + 1 } else { 0 };
        share = (budget / ROUNDS).max(1000);
        if fruitless < PATIENCE {
            // From the best so far, warm enough to leave it, not to forget it.
            state = State::new(model, groups as usize, record.home.clone());
            hot = WARM * unit;
        } else {
            fruitless = 0;
            state = random(model, groups as usize, &mut draw);
            hot = HOT * unit;
        }
    }
    record.finish()
}

/// Temperatures in mean effects of a random swap: of the first annealing, of the later ones,
/// and at the end of each.
const HOT: f64 = 0.5;
const WARM: f64 = 0.12;
const COLD: f64 = 0.01;

/// A later annealing takes this part of the budget.
const ROUNDS: u64 = 20;

/// Rounds without a better result after which the search starts afresh.
const PATIENCE: u32 = 3;

/// Nothing can be better.
fn perfect(model: &Model, best: Option<Standing>) -> bool {
    best.is_some_and(|best| {
        best.cost == 0 && best.value == 1000 * best.groups * FULL * model.total_weight
    })
}
