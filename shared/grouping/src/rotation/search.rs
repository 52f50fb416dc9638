//! The rounds of a plan under change.

use super::met::Met;
use crate::draw::{Draw, exp, ln};
use crate::model::Model;
use crate::report::objective;
use crate::start::construct;
use crate::state::{Delta, State};

/// All rounds laid out, with who meets whom.
pub(super) struct Table<'p> {
    model: &'p Model,
    past: &'p Met,
    /// Past and planned meetings.
    met: Met,
    states: Vec<State<'p>>,
    repeats: i64,
    /// Whether a repeat breaks a must rule.
    again: bool,
}

/// What a repeat costs where it breaks a must rule: a breach and one unit of severity.
const REPEAT: i64 = 4;

/// Evaluations between two changes of a temperature.
const STEP: u64 = 64;

/// Temperatures of the score in mean effects of a random change, and that of rules and repeats
/// in repeats.
const HOT: f64 = 0.3;
const COLD: f64 = 0.003;
const CONFLICTS: f64 = 0.27;

/// How much more than a repeat a unit of must cost counts while both are being removed.
const RULES: f64 = 3.0;

/// A change of one round.
#[derive(Clone, Copy)]
enum Turn {
    Swap(u32, u32),
    Move(u32, usize),
}

impl<'p> Table<'p> {
    pub(super) fn new(model: &'p Model, past: &'p Met, again: bool) -> Self {
        Self { model, past, met: past.clone(), states: Vec::new(), repeats: 0, again }
    }

    /// Adds a round by construction.
    pub(super) fn construct(&mut self, groups: u32, draw: &mut Draw) {
        let state = construct(self.model, groups as usize, draw);
        self.push(state);
    }

    /// Adds a round given by places, with who stands where.
    pub(super) fn lay(&mut self, round: &[Vec<u32>], who: &[u32]) {
        let mut home = vec![0; who.len()];
        for (group, places) in (0..).zip(round) {
            for &place in places {
                home[who[place as usize] as usize] = group;
            }
        }
        let state = State::new(self.model, round.len(), home);
        self.push(state);
    }

    fn push(&mut self, state: State<'p>) {
        meet(&state, &mut self.met, &mut self.repeats);
        self.states.push(state);
    }

    /// The groups of each round.
    pub(super) fn groups(&self) -> impl Iterator<Item = Vec<Vec<u32>>> + '_ {
        self.states
            .iter()
            .map(|state| (0..state.groups).map(|group| state.members(group).to_vec()).collect())
    }

    /// What comes first in the comparison, what second: smaller is better.
    fn tiers(&self, cost: i64, repeats: i64) -> (i64, i64) {
        if self.again { (cost + REPEAT * repeats, 0) } else { (cost, repeats) }
    }

    /// The plan's place among plans: smaller is better.
    pub(super) fn rank(&self) -> (i64, i64, i64) {
        let cost = self.states.iter().map(|state| state.standing().cost).sum();
        let score: i64 = self
            .states
            .iter()
            .map(|state| i64::from(objective(self.model, state.standing())))
            .sum();
        let (first, second) = self.tiers(cost, self.repeats);
        (first, second, -score)
    }

    /// No must rule is broken and nobody meets again.
    pub(super) fn flawless(&self) -> bool {
        let rank = self.rank();
        (rank.0, rank.1) == (0, 0)
    }

    /// Removes repeats and broken rules by changes of the rounds from `first` on; the score only
    /// chooses among equals. Ends early when there is nothing left to remove. Gives the
    /// evaluations spent.
    pub(super) fn settle(&mut self, first: usize, budget: u64, draw: &mut Draw) -> u64 {
        if first == self.states.len() {
            return 0;
        }
        let unit = self.unit(draw);
        let chance = Chance::new();
        let cost = |table: &Self| table.states.iter().map(|s| s.standing().cost).sum::<i64>();
        let mut broken = cost(self);
        let mut best = (self.tiers(broken, self.repeats), self.homes());
        for spent in 0..budget {
            if broken == 0 && self.repeats == 0 {
                return spent;
            }
            let Some((round, turn)) = self.propose(first, draw) else { continue };
            let repeats = self.repeats_of(round, turn);
            let delta = self.try_turn(round, turn);
            let worse = repeats as f64 + RULES * delta.cost as f64;
            let score = (delta.sum as f64 / unit / 50.0).clamp(-0.4, 0.4);
            if worse - score <= CONFLICTS * chance.draw(draw) {
                self.commit(round, turn);
                self.repeats += repeats;
                broken += delta.cost;
                if self.tiers(broken, self.repeats) < best.0 {
                    best = (self.tiers(broken, self.repeats), self.homes());
                }
            }
        }
        if self.tiers(broken, self.repeats) > best.0 {
            self.restore(best.1);
        }
        budget
    }

    /// By round and student: their group.
    fn homes(&self) -> Vec<Vec<u32>> {
        self.states.iter().map(|state| state.home.clone()).collect()
    }

    fn restore(&mut self, homes: Vec<Vec<u32>>) {
        let old = std::mem::take(&mut self.states);
        self.met = self.past.clone();
        self.repeats = 0;
        for (state, home) in old.into_iter().zip(homes) {
            self.push(State::new(self.model, state.groups, home));
        }
    }

    /// Improves the score by annealing, without giving up what was reached in rules and repeats.
    pub(super) fn polish(&mut self, budget: u64, draw: &mut Draw) {
        if self.states.iter().all(|state| state.groups < 2) {
            return;
        }
        let unit = self.unit(draw);
        let chance = Chance::new();
        let mut temperature = HOT * unit;
        let cooling = cooling(COLD / HOT, budget);
        let mut ripe = 0.0;
        for i in 0..budget {
            if i % STEP == STEP - 1 {
                temperature *= cooling;
                ripe = i as f64 / budget as f64;
            }
            let Some((round, turn)) = self.propose(0, draw) else { continue };
            let repeats = self.repeats_of(round, turn);
            // Only a mended rule could make up for it.
            if repeats > 0 && self.states[round].broken().is_empty() {
                continue;
            }
            let delta = self.try_turn(round, turn);
            let tiers = self.tiers(delta.cost, repeats);
            let score = delta.sum as f64 * (1.0 - ripe) + delta.value as f64 * ripe;
            let keeps = tiers < (0, 0)
                || tiers == (0, 0) && (score >= 0.0 || -score <= temperature * chance.draw(draw));
            if keeps {
                self.commit(round, turn);
                self.repeats += repeats;
            }
        }
    }

    /// Places the students in the rounds as they are for the best score: two change places in
    /// all rounds at once, which keeps who meets how often.
    pub(super) fn permute(&mut self, budget: u64, draw: &mut Draw) {
        let rounds = self.states.len() as u64;
        let steps = budget / rounds.max(1);
        let mut sum = 0.0;
        for _ in 0..100 {
            let (a, b) = self.two(draw);
            sum += (self.try_everywhere(a, b).sum as f64).abs();
        }
        let unit = (sum / 100.0).max(1.0);
        let chance = Chance::new();
        // From little to more than any score: rules, and pairs of the past.
        let hard = 1000.0 * 10_000.0 * self.model.total_weight as f64 * rounds as f64;
        let mut penalty = HOT * unit / 2.0;
        let hardening = cooling(penalty / hard.max(penalty), steps);
        let mut temperature = HOT * unit;
        let cooling = cooling(COLD / HOT, steps);
        let mut ripe = 0.0;
        for i in 0..steps {
            if i % STEP == STEP - 1 {
                temperature *= cooling;
                penalty /= hardening;
                ripe = i as f64 / steps as f64;
            }
            let (a, b) = self.two(draw);
            let again = self.past_of(a, b);
            let delta = self.try_everywhere(a, b);
            let score = delta.sum as f64 * (1.0 - ripe) + delta.value as f64 * ripe;
            let gain = score - penalty * (again as f64 + RULES * delta.cost as f64);
            if gain >= 0.0 || -gain <= temperature * chance.draw(draw) {
                for state in &mut self.states {
                    if state.home[a as usize] != state.home[b as usize] {
                        state.commit();
                    }
                }
            }
        }
        self.met = self.past.clone();
        self.repeats = 0;
        for state in &self.states {
            meet(state, &mut self.met, &mut self.repeats);
        }
    }

    /// Judges the exchange of two students in all rounds.
    fn try_everywhere(&mut self, a: u32, b: u32) -> Delta {
        let mut total = Delta { value: 0, sum: 0, cost: 0 };
        for state in &mut self.states {
            if state.home[a as usize] != state.home[b as usize] {
                let delta = state.try_swap(a, b);
                total.value += delta.value;
                total.sum += delta.sum;
                total.cost += delta.cost;
            }
        }
        total
    }

    /// How many more meetings would repeat the past.
    fn past_of(&self, a: u32, b: u32) -> i64 {
        let known = |x: u32, y: u32| i64::from(self.past.times(x, y));
        let mut more = 0;
        for state in &self.states {
            let (from, to) = (state.home[a as usize], state.home[b as usize]);
            if from == to {
                continue;
            }
            for &x in state.members(from as usize).iter().filter(|&&x| x != a) {
                more += known(b, x) - known(a, x);
            }
            for &y in state.members(to as usize).iter().filter(|&&y| y != b) {
                more += known(a, y) - known(b, y);
            }
        }
        more
    }

    /// A random change of one round that keeps the sizes.
    fn propose(&self, first: usize, draw: &mut Draw) -> Option<(usize, Turn)> {
        let round = first + draw.index(self.states.len() - first);
        let state = &self.states[round];
        let sizes = self.model.sizes;
        if sizes.min < sizes.max && draw.one_in(8) {
            let student = draw.below(self.model.students);
            let from = state.home[student as usize] as usize;
            let to = draw.index(state.groups);
            let fits = state.size(from) > sizes.min && state.size(to) < sizes.max;
            return (to != from && fits).then_some((round, Turn::Move(student, to)));
        }
        let (a, b) = self.two(draw);
        (state.home[a as usize] != state.home[b as usize]).then_some((round, Turn::Swap(a, b)))
    }

    fn two(&self, draw: &mut Draw) -> (u32, u32) {
        (draw.below(self.model.students), draw.below(self.model.students))
    }

    fn try_turn(&mut self, round: usize, turn: Turn) -> Delta {
        match turn {
            Turn::Swap(a, b) => self.states[round].try_swap(a, b),
            Turn::Move(student, to) => self.states[round].try_move(student, to),
        }
    }

    /// How many more repeats a change makes.
    fn repeats_of(&self, round: usize, turn: Turn) -> i64 {
        let state = &self.states[round];
        let others = |student: u32| {
            let group = state.home[student as usize] as usize;
            state.members(group).iter().copied().filter(move |&other| other != student)
        };
        let parts = |a: u32, x: u32| i64::from(self.met.times(a, x) > 1);
        let meets = |a: u32, x: u32| i64::from(self.met.times(a, x) > 0);
        match turn {
            Turn::Swap(a, b) => {
                others(a).map(|x| meets(b, x) - parts(a, x)).sum::<i64>()
                    + others(b).map(|y| meets(a, y) - parts(b, y)).sum::<i64>()
            }
            Turn::Move(student, to) => {
                state.members(to).iter().map(|&y| meets(student, y)).sum::<i64>()
                    - others(student).map(|x| parts(student, x)).sum::<i64>()
            }
        }
    }

    /// Carries out a change that was judged last in its round.
    fn commit(&mut self, round: usize, turn: Turn) {
        let state = &mut self.states[round];
        let gone: &[u32] = match &turn {
            Turn::Swap(a, b) => &[*a, *b],
            Turn::Move(student, _) => &[*student],
        };
        for &student in gone {
            for &x in state.members(state.home[student as usize] as usize) {
                if x != student {
                    self.met.remove(student, x);
                }
            }
        }
        state.commit();
        for &student in gone {
            for &x in state.members(state.home[student as usize] as usize) {
                if x != student {
                    self.met.add(student, x);
                }
            }
        }
    }

    /// The mean effect of a random change on the score.
    fn unit(&mut self, draw: &mut Draw) -> f64 {
        let (mut sum, mut count) = (0.0, 0.0);
        for _ in 0..500 {
            if let Some((round, turn)) = self.propose(0, draw) {
                let delta = self.try_turn(round, turn);
                if delta.sum != 0 {
                    sum += (delta.sum as f64).abs();
                    count += 1.0;
                }
            }
        }
        if count > 0.0 { sum / count } else { 1.0 }
    }
}

/// Enters a round's meetings.
fn meet(state: &State<'_>, met: &mut Met, repeats: &mut i64) {
    for group in 0..state.groups {
        let members = state.members(group);
        for (i, &a) in members.iter().enumerate() {
            for &b in &members[i + 1..] {
                *repeats += i64::from(met.times(a, b) > 0);
                met.add(a, b);
            }
        }
    }
}

/// The factor per step that makes up `ratio` (at most 1) over so many evaluations.
fn cooling(ratio: f64, evaluations: u64) -> f64 {
    let steps = (evaluations / STEP).max(1) as f64;
    exp((ln(ratio) / steps).clamp(-40.0, 0.0))
}

/// -ln of evenly spread numbers in (0, 1).
struct Chance(Vec<f64>);

impl Chance {
    fn new() -> Self {
        Self((0..4096).map(|i| -ln((f64::from(i) + 0.5) / 4096.0)).collect())
    }

    fn draw(&self, draw: &mut Draw) -> f64 {
        self.0[draw.index(self.0.len())]
    }
}

#[cfg(test)]
#[path = "search_tests.rs"]
mod tests;
