//! The entry point: sizes, temperatures, then replica exchange or annealing, then descent.

use super::chance::Chance;
use super::cool::cool;
use super::ladder::Ladder;
use super::landscape::{Landscape, Tally};
use super::matrix::Matrix;
use super::problem::{PairError, PairProblem};
use super::record::{Outcome, Record};
use super::sizes::{SizeModel, best_sizes};
use super::sum::{Sum, narrow};
use super::sweep::Visitor;
use super::temper::temper;
use crate::draw::Draw;
use crate::stop::Clock;

/// How to search a [`PairProblem`]. The same problem, seed and budget without a clock give the
/// same groups on every machine.
#[derive(Clone, Copy)]
pub struct PairOptions<'c> {
    /// Chooses among equally likely searches.
    pub seed: u64,
    /// The number of changes judged at most. From some hundred million to two billion take a
    /// second on one core.
    pub budget: u64,
    /// With a clock the search follows whichever of time and budget is further spent, and cannot
    /// be repeated exactly.
    pub clock: Option<Clock<'c>>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairSolution {
    /// By group: its members in ascending order.
    pub groups: Vec<Vec<u32>>,
    /// The sum of the values inside groups.
    pub value: i64,
    /// Whether no swap and no insert is better.
    pub local_optimum: bool,
    /// The number of changes judged.
    pub evaluations: u64,
    /// Whether the clock had a say: another run may differ.
    pub by_clock: bool,
    /// The best value by the number of evaluations, ascending in both, thinned.
    pub progress: Vec<(u64, i64)>,
    /// By entry of [`progress`](Self::progress): the share of the time allowed that had passed,
    /// in millionths; 0 without a clock.
    pub times: Vec<u32>,
}

/// Finds the best groups it can within the budget, on one thread.
pub fn solve_pairs(
    problem: &PairProblem,
    options: &PairOptions<'_>,
) -> Result<PairSolution, PairError> {
    if options.budget == 0 {
        return Err(PairError::NoBudget);
    }
    let students = problem.students();
    let largest = problem.bounds().iter().map(|bounds| bounds.max.min(students)).max();
    let value = (0..students as usize)
        .flat_map(|student| problem.row(student))
        .map(|value| value.unsigned_abs())
        .max();
    let (outcome, local_optimum) = if narrow(largest.unwrap_or(0), value.unwrap_or(0)) {
        search(&mut Ground::<i32>::new(problem, options.seed), options)
    } else {
        search(&mut Ground::<i64>::new(problem, options.seed), options)
    };
    let mut groups = vec![Vec::new(); problem.bounds().len()];
    for (student, &group) in outcome.home.iter().enumerate() {
        groups[group as usize].push(student as u32);
    }
    Ok(PairSolution {
        groups,
        value: outcome.best,
        local_optimum,
        evaluations: outcome.judged,
        by_clock: outcome.by_clock,
        progress: outcome.progress,
        times: outcome.times,
    })
}

/// What is left for the last descent: a share, and at least this many changes per possible one.
const END: f64 = 0.99;
const DESCENT: f64 = 16.0;

/// Replica exchange needs about so many turns per student, by the slow pace of the first cooling,
/// before it beats annealing.
const TURNS: f64 = 11.0;

/// How far neighbouring replicas are apart, in the ladder's units.
const APART: f64 = 1.7;

fn search<L: Landscape>(land: &mut L, options: &PairOptions<'_>) -> (Outcome, bool) {
    let budget = options.budget;
    let mut record = Record::new(budget, options.clock);
    let mut draw = Draw::new(options.seed, 1);
    let home = land.start(&mut draw);
    let mut state = land.state(&home);
    record.note(land, &state, Tally::default());
    if land.neighbours() > 0 {
        let ladder = Ladder::measure(land, &mut state, &mut record, &mut draw);
        land.learn(&state);
        let replicas = ((ladder.length() / APART) as usize + 2).clamp(3, 48);
        let turns = record.turns(land.neighbours()) / (replicas * home.len()) as f64;
        let descent = DESCENT * land.neighbours() as f64 / budget as f64;
        let end = END.min(1.0 - descent).max(0.5);
        if turns >= TURNS {
            temper(land, &ladder, replicas, end, &mut record, &mut draw);
        } else {
            let home = land.start(&mut draw);
            land.assign(&mut state, &home);
            cool(land, &mut state, &ladder, end, &mut record, &mut draw);
        }
    }
    land.assign(&mut state, record.home());
    let (tally, proven) = land.descend(&mut state, record.left().max(1));
    record.note(land, &state, tally);
    (record.finish(), proven)
}

/// A pair problem with what its searches share.
struct Ground<'p, S> {
    problem: &'p PairProblem,
    sizes: SizeModel,
    visitor: Visitor<S>,
    chance: Chance<S>,
    neighbours: u64,
}

impl<'p, S: Sum> Ground<'p, S> {
    fn new(problem: &'p PairProblem, seed: u64) -> Self {
        let groups = problem.bounds().len();
        let students = u64::from(problem.students());
        let largest = problem.bounds().iter().map(|bounds| bounds.max).max().unwrap_or(1);
        let stride = largest.min(problem.students()) as usize;
        Self {
            problem,
            sizes: SizeModel::prior(problem),
            visitor: Visitor::new(problem, stride),
            chance: Chance::new(stride, groups, &mut Draw::new(seed, 0)),
            neighbours: if groups < 2 { 0 } else { students * students / 2 },
        }
    }
}

impl<'p, S: Sum> Landscape for Ground<'p, S> {
    type State = Matrix<'p, S>;

    fn start(&mut self, draw: &mut Draw) -> Vec<u32> {
        let sizes = best_sizes(self.problem, self.sizes, draw);
        let mut home: Vec<u32> = (0..)
            .zip(&sizes)
            .flat_map(|(group, &size)| std::iter::repeat_n(group, size as usize))
            .collect();
        draw.shuffle(&mut home);
        home
    }

    fn state(&self, home: &[u32]) -> Self::State {
        Matrix::new(self.problem, home)
    }

    fn assign(&self, state: &mut Self::State, home: &[u32]) {
        state.assign(home);
    }

    fn value(&self, state: &Self::State) -> i64 {
        state.total()
    }

    fn home<'s>(&self, state: &'s Self::State) -> &'s [u32] {
        state.home()
    }

    fn learn(&mut self, state: &Self::State) {
        let sizes: Vec<u32> = (0..state.groups).map(|group| state.size(group) as u32).collect();
        self.sizes.fit(&sizes, state.total());
    }

    fn unit(&self, state: &Self::State, draw: &mut Draw) -> f64 {
        let students = state.home().len();
        let (mut sum, mut count) = (0, 0);
        for _ in 0..2000 {
            let (a, b) = (draw.index(students), draw.index(students));
            if state.home()[a] != state.home()[b] {
                sum += state.swap_gain(a, b).wide().abs();
                count += 1;
            }
        }
        (sum as f64 / f64::from(count.max(1))).max(1.0)
    }

    fn neighbours(&self) -> u64 {
        self.neighbours
    }

    fn sweep(&mut self, state: &mut Self::State, temperature: f64, draw: &mut Draw) -> Tally {
        self.chance.heat(temperature);
        self.visitor.sweep(state, &self.chance, draw)
    }

    fn descend(&mut self, state: &mut Self::State, budget: u64) -> (Tally, bool) {
        self.visitor.descend(state, budget)
    }
}
