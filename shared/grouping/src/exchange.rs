//! Exchanges among many groups at once, for large sections.
//!
//! One member is taken out of each of some hundred groups, and all are put back where they are
//! worth most together: an assignment problem, solved exactly. Every student is judged in every
//! group, which takes a small part of the time of as many swaps as the students are judged together,
//! and finds the best of all permutations, where most random swaps are refused. A little chance
//! in the prices, less and less of it, leads out of what single exchanges cannot better. In the
//! end the lowest groups are mended, as the worst one counts for itself.

mod assign;
mod chance;
mod worth;

use crate::anneal::Acceptance;
use crate::chain::Record;
use crate::draw::{Draw, exp, ln};
use crate::panel::Panel;
use crate::state::State;
use assign::Assignment;
use chance::Chance;
use worth::Worth;

/// Groups that take part at once, at most: more raise the mean, but take longer to assign and come
/// to the worst group less often.
const GROUPS: usize = 600;

/// And at least.
const FEWEST: usize = 60;

/// Rounds over all groups are worth more than larger windows as long as there are fewer.
const ROUNDS: u64 = 24;

/// So many students judged together take as long as one change judged alone.
const TOGETHER: usize = 24;

/// One in so many members is taken out because the others are better off without them.
const MISFIT: u32 = 4;

/// Groups below a quantile count more than their score: of 10 groups the lowest.
const LOWEST: usize = 10;

/// Of the groups that take part while the lowest are mended, one in so many is among these.
const MENDED: usize = 10;

/// The lowest groups are mended with one in so many evaluations.
const MENDING: u64 = 4;

/// The lowest group of all is shaken after so many exchanges that found nothing better for it: some
/// groups cannot be bettered by one member, however long others are tried.
const PATIENCE: u64 = 6;

/// The chance in its prices then, in mean effects of a random swap.
const SHAKE: f64 = 0.3;

/// The part of chance in the prices at first and in the end, in mean effects of a random swap.
const HOT: f64 = 0.06;
const COLD: f64 = 0.003;

/// Exchanges until the budget ends, or a round over all groups finds nothing. `unit` is the mean
/// effect of a random swap.
pub(crate) fn exchange(
    state: &mut State<'_>,
    budget: u64,
    unit: f64,
    acceptance: &Acceptance,
    draw: &mut Draw,
    record: &mut Record<'_>,
) {
    let mut open: Vec<u32> = (0..state.groups as u32).collect();
    open.retain(|&group| {
        !state.movable(group as usize).is_empty() && state.size(group as usize) > 1
    });
    let mut table = Table::new(state, acceptance, draw, record);
    let end = table.record.spent().saturating_add(budget);
    let mending = if table.state.model.worst > 0 { budget / MENDING } else { 0 };
    let side = side(open.len(), budget);
    table.all_in_turn(&mut open, side, unit / 1000.0, end - mending);
    table.mend_lowest(&mut open, side, unit / 1000.0, end);
    table.record.keep(table.state, true);
}

/// How many groups take part at once: as many as leave enough rounds over all of them, in windows
/// of nearly the same size.
fn side(groups: usize, budget: u64) -> usize {
    let most = budget * TOGETHER as u64 / (groups as u64 * ROUNDS).max(1);
    let most = (most as usize).clamp(FEWEST, GROUPS);
    groups.div_ceil(groups.div_ceil(most).max(1)).max(1)
}

/// Where students are taken out and put back.
struct Table<'t, 'm, 'c> {
    state: &'t mut State<'m>,
    panel: Panel<'m>,
    assignment: Assignment,
    acceptance: &'t Acceptance,
    chance: Chance,
    /// The only group whose prices have chance in them; otherwise all.
    shaken: Option<u32>,
    /// By student: the exchange they were last taken out for.
    taken: Vec<u64>,
    /// By group: the exchange that changed it last.
    changed: Vec<u64>,
    turn: u64,
    draw: &'t mut Draw,
    record: &'t mut Record<'c>,
}

impl<'t, 'm, 'c> Table<'t, 'm, 'c> {
    fn new(
        state: &'t mut State<'m>,
        acceptance: &'t Acceptance,
        draw: &'t mut Draw,
        record: &'t mut Record<'c>,
    ) -> Self {
        Self {
            panel: Panel::new(state.model),
            assignment: Assignment::default(),
            acceptance,
            chance: Chance::none(),
            shaken: None,
            taken: vec![0; state.home.len()],
            changed: vec![0; state.groups],
            turn: 0,
            state,
            draw,
            record,
        }
    }

    /// All groups take part in turn.
    fn all_in_turn(&mut self, open: &mut [u32], side: usize, unit: f64, end: u64) {
        let start = self.record.spent();
        let mends = self.state.model.worst > 0;
        loop {
            self.draw.shuffle(open);
            let worth = Worth::now(self.state, LOWEST);
            let done = (self.record.spent() - start) as f64 / (end - start).max(1) as f64;
            let temperature = unit * HOT * exp((ln(COLD) - ln(HOT)) * done.min(1.0));
            self.chance.set(temperature, self.acceptance);
            let mut changed = false;
            for window in open.chunks(side).filter(|window| window.len() > 1) {
                // Groups that nobody has mended are worth less than a few rounds fewer.
                if mends && self.record.is_late() {
                    return;
                }
                let Some(moved) = self.exchange(window, &worth, end) else {
                    return;
                };
                changed |= moved;
            }
            self.record.keep(self.state, false);
            if !changed {
                return;
            }
        }
    }

    /// The lowest groups take part again and again, each time with others.
    fn mend_lowest(&mut self, open: &mut [u32], side: usize, unit: f64, end: u64) {
        let lowest = (side / MENDED).max(1);
        if open.len() <= lowest || self.state.model.worst == 0 {
            return;
        }
        let side = side.min(open.len());
        loop {
            open.select_nth_unstable_by_key(lowest, |&group| {
                (self.state.group_value(group as usize), group)
            });
            self.shake_if_stuck(&open[..lowest], unit);
            for place in lowest..side {
                open.swap(place, place + self.draw.index(open.len() - place));
            }
            let worth = Worth::now(self.state, self.state.groups.div_ceil(lowest));
            if self.exchange(&open[..side], &worth, end).is_none() {
                return;
            }
            self.record.keep(self.state, false);
        }
    }

    /// Lets chance choose for the lowest group if nothing else has changed it for long. It costs
    /// nothing while that group is the worst, and the record keeps the groups as they were.
    fn shake_if_stuck(&mut self, lowest: &[u32], unit: f64) {
        let value = |&&group: &&u32| (self.state.group_value(group as usize), group);
        self.shaken = lowest.iter().min_by_key(value).copied();
        let stuck = self.shaken.map(|group| &mut self.changed[group as usize]);
        let stuck = stuck.filter(|changed| self.turn - **changed >= PATIENCE);
        self.chance.set(if stuck.is_some() { unit * SHAKE } else { 0.0 }, self.acceptance);
        if let Some(changed) = stuck {
            *changed = self.turn;
        }
    }

    /// One exchange among some groups: whether anybody moved; nothing if there was no time for it.
    fn exchange(&mut self, window: &[u32], worth: &Worth, end: u64) -> Option<bool> {
        let price = (window.len() * window.len()).div_ceil(TOGETHER) as u64;
        if self.record.spent() + price > end || self.record.stopped() {
            return None;
        }
        self.record.spend(price);
        let Self { state, panel, assignment, chance, shaken, taken, changed, turn, draw, .. } =
            self;
        *turn += 1;
        let mut out = Vec::with_capacity(window.len());
        for &group in window {
            let leaves = take_out(state, group as usize, taken, draw);
            taken[leaves as usize] = *turn;
            out.push(leaves);
        }
        assignment.clear(window.len());
        panel.seat(&out);
        for (&group, &leaves) in window.iter().zip(&out) {
            state.try_replacements(group as usize, leaves, panel);
            let row = if panel.broken() {
                assignment.row(panel.verdicts().map(|(value, cost)| worth.price(value, cost)))
            } else {
                assignment.row(panel.values().map(|value| worth.price(value, 0)))
            };
            if shaken.is_none_or(|shaken| shaken == group) {
                chance.add(row, draw);
            }
        }
        let takes = assignment.solve();
        for (place, &group) in window.iter().enumerate() {
            if takes[place] != place {
                changed[group as usize] = *turn;
            }
        }
        Some(carry_out(state, &out, takes))
    }
}

/// Chooses the member to take out of a group: mostly who has kept their place for longest, which
/// others have been tried in meanwhile.
fn take_out(state: &mut State<'_>, group: usize, taken: &[u64], draw: &mut Draw) -> u32 {
    let members = state.movable(group);
    if draw.one_in(MISFIT) {
        let members = members.to_vec();
        let without = |&member: &u32| state.try_removal(group, member);
        return members.into_iter().max_by_key(without).unwrap_or_default();
    }
    // Of those who never were, anyone.
    let (before, after) = members.split_at(draw.index(members.len()));
    let from_there = after.iter().chain(before).copied();
    from_there.min_by_key(|&member| taken[member as usize]).unwrap_or_default()
}

/// Puts each student where the assignment says, by swaps; whether any was needed.
fn carry_out(state: &mut State<'_>, out: &[u32], takes: &[usize]) -> bool {
    let mut seated: Vec<usize> = (0..out.len()).collect();
    let mut seat: Vec<usize> = (0..out.len()).collect();
    let mut changed = false;
    for group in 0..out.len() {
        let (here, wanted) = (seated[group], takes[group]);
        if here != wanted {
            let other = seat[wanted];
            state.try_swap(out[here], out[wanted]);
            state.commit();
            seated.swap(group, other);
            seat.swap(here, wanted);
            changed = true;
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anneal::unit;
    use crate::model::Model;
    use crate::start::random;
    use crate::support::{cohort, mixed, sizes};

    #[test]
    fn exchanges_keep_everybody_and_all_verdicts() {
        for seed in 0..40 {
            let problem = mixed(seed, 60, sizes(3, 4, 6));
            let model = Model::new(&problem).expect("mixed problems are valid");
            let mut draw = Draw::new(seed, 0);
            let mut state = random(&model, 15, &mut draw);
            let sizes: Vec<u32> = (0..15).map(|group| state.size(group)).collect();
            let mut record = Record::new(&model, None);
            exchange(&mut state, 2_000, 1e6, &Acceptance::new(), &mut draw, &mut record);
            let fresh = State::new(&model, 15, state.home.clone());
            assert_eq!(state.standing(), fresh.standing(), "problem {seed}");
            for (group, &size) in sizes.iter().enumerate() {
                assert_eq!(state.size(group), size);
                assert_eq!(state.group_value(group), fresh.group_value(group));
            }
        }
    }

    #[test]
    fn mending_raises_the_worst_group() {
        let problem = cohort(1, 400);
        let model = Model::new(&problem).expect("cohorts are valid");
        let (mut draw, acceptance) = (Draw::new(1, 0), Acceptance::new());
        let mut state = random(&model, 80, &mut draw);
        let mut record = Record::new(&model, None);
        let mut open: Vec<u32> = (0..80).collect();
        let mut table = Table::new(&mut state, &acceptance, &mut draw, &mut record);
        table.all_in_turn(&mut open, 80, 0.0, 20_000);
        let before = table.state.least();
        table.mend_lowest(&mut open, 80, 0.0, 40_000);
        assert!(table.state.least() > before);
    }

    #[test]
    fn a_search_that_is_late_mends_at_once() {
        let problem = cohort(1, 400);
        let model = Model::new(&problem).expect("cohorts are valid");
        let (acceptance, late) = (Acceptance::new(), || 0.9);
        let run = |mends_only: bool| {
            let mut draw = Draw::new(1, 0);
            let mut state = random(&model, 80, &mut draw);
            let unit = unit(&mut state, &mut draw);
            let mut record = Record::new(&model, Some(&late));
            record.spend(1);
            if mends_only {
                let mut open: Vec<u32> = (0..80).collect();
                draw.shuffle(&mut open);
                let mut table = Table::new(&mut state, &acceptance, &mut draw, &mut record);
                table.mend_lowest(&mut open, side(80, 30_000), unit / 1000.0, 30_001);
            } else {
                exchange(&mut state, 30_000, unit, &acceptance, &mut draw, &mut record);
            }
            state.home.clone()
        };
        assert_eq!(run(false), run(true));
    }

    #[test]
    fn a_lowest_group_that_nothing_betters_is_shaken_out_of_it() {
        let raised = |part: f64| -> i64 {
            let least = |seed: u64| {
                let problem = cohort(seed, 400);
                let model = Model::new(&problem).expect("cohorts are valid");
                let (mut draw, acceptance) = (Draw::new(seed, 0), Acceptance::new());
                let mut state = random(&model, 80, &mut draw);
                let unit = part * unit(&mut state, &mut draw) / 1000.0;
                let mut record = Record::new(&model, None);
                let mut open: Vec<u32> = (0..80).collect();
                let mut table = Table::new(&mut state, &acceptance, &mut draw, &mut record);
                table.mend_lowest(&mut open, 80, unit, 150_000);
                let home = table.record.home().to_vec();
                State::new(&model, 80, home).least()
            };
            (0..8).map(least).sum()
        };
        let (with, without) = (raised(1.0), raised(0.0));
        assert!(with > without, "{with} instead of {without}");
    }

    #[test]
    fn windows_are_nearly_equal_and_leave_enough_rounds() {
        assert_eq!(side(6_000, u64::MAX / 24), GROUPS);
        assert_eq!(side(4_100, u64::MAX / 24), 586);
        assert_eq!(side(4_000, 1), 60);
        assert_eq!(side(4_000, 600_000), 149);
        assert_eq!((side(30, 1_000_000), side(0, 1_000)), (30, 1));
    }

    #[test]
    fn exchanges_get_further_than_as_many_random_swaps() {
        let problem = cohort(1, 400);
        let model = Model::new(&problem).expect("cohorts are valid");
        let mut draw = Draw::new(1, 0);
        let mut state = random(&model, 80, &mut draw);
        let home = state.home.clone();
        let unit = unit(&mut state, &mut draw);
        let mut record = Record::new(&model, None);
        exchange(&mut state, 40_000, unit, &Acceptance::new(), &mut draw, &mut record);
        let mut other = State::new(&model, 80, home);
        for _ in 0..40_000 {
            let (a, b) = (draw.below(400), draw.below(400));
            if other.home[a as usize] != other.home[b as usize] && other.try_swap(a, b).improves() {
                other.commit();
            }
        }
        assert!(state.standing().beats(other.standing()));
    }
}
