//! Metropolis sweeps and exact descent on the delta matrix.
//!
//! A visit takes one group and looks for each of its members at all swaps with everybody else.
//! For a member `a` of group `f` and a member `b` of group `g`, the gain is
//! `(pull[g][a] - pull[f][a]) + (pull[f][b] - pull[g][b]) - 2 value(a, b)`. The second term's
//! maximum over each `g` is computed once a visit; with the smallest value of `a` and the largest
//! threshold drawn for the members of `g`, it says for most groups that none of their members
//! can be accepted, so that only a few are looked at one by one.

use super::chance::Chance;
use super::landscape::Tally;
use super::matrix::Matrix;
use super::problem::PairProblem;
use super::sum::Sum;
use crate::draw::Draw;

/// Groups are gone through in blocks of as many as a word has bits.
const BLOCK: usize = 64;

/// What visits remember from one member to the next.
pub(crate) struct Visitor<S> {
    /// By place: what the group visited would gain from that member instead of nobody, less what
    /// the member's own group would lose.
    offers: Vec<S>,
    /// By group: the best of them.
    best: Vec<S>,
    /// By student: twice the smallest value to anybody.
    least: Vec<S>,
    /// Whether any group's size has some choice.
    elastic: bool,
}

impl<S: Sum> Visitor<S> {
    pub(crate) fn new(problem: &PairProblem, stride: usize) -> Self {
        let students = problem.students() as usize;
        let least = (0..students)
            .map(|student| {
                let row = problem.row(student);
                let others = row[..student].iter().chain(&row[student + 1..]);
                let least = S::of(others.copied().min().unwrap_or(0));
                least.plus(least)
            })
            .collect();
        let groups = problem.bounds().len();
        Self {
            offers: vec![S::default(); groups * stride],
            best: vec![S::LOW; groups],
            least,
            elastic: problem.bounds().iter().any(|bounds| bounds.min < bounds.max),
        }
    }

    /// Visits as many groups as there are, by chance, at the temperature of `chance`.
    pub(crate) fn sweep(
        &mut self,
        matrix: &mut Matrix<'_, S>,
        chance: &Chance<S>,
        draw: &mut Draw,
    ) -> Tally {
        let mut tally = Tally::default();
        for _ in 0..matrix.groups {
            let group = draw.index(matrix.groups);
            self.visit(matrix, group, chance, draw, &mut tally);
        }
        tally
    }

    fn visit(
        &mut self,
        matrix: &mut Matrix<'_, S>,
        from: usize,
        chance: &Chance<S>,
        draw: &mut Draw,
        tally: &mut Tally,
    ) {
        let others = (matrix.home().len() - matrix.size(from)) as u64;
        let mut stale = true;
        let mut seat = 0;
        while seat < matrix.size(from) {
            let a = matrix.members(from)[seat] as usize;
            if self.elastic && matrix.can_give(from) {
                let to = draw.index(matrix.groups);
                if to != from && matrix.has_room(to) {
                    tally.judged += 1;
                    let gain = matrix.move_gain(a, to).approx();
                    if gain + chance.temperature() * chance.one(draw) >= 0.0 {
                        tally.accepted += 1;
                        matrix.shift(a, to);
                        stale = true;
                        continue;
                    }
                }
            }
            if stale {
                self.offer(matrix, from);
                stale = false;
            }
            tally.judged += others;
            if let Some(b) = self.accepted(matrix, a, from, seat, chance, draw) {
                tally.accepted += 1;
                matrix.swap(a, b);
                stale = true;
            }
            seat += 1;
        }
    }

    /// Works out what everybody else offers to a group.
    fn offer(&mut self, matrix: &Matrix<'_, S>, to: usize) {
        let pull = matrix.pull(to);
        for (group, offers) in self.offers.chunks_exact_mut(matrix.stride).enumerate() {
            let mut best = S::LOW;
            for ((offer, &own), &member) in
                offers.iter_mut().zip(matrix.own(group)).zip(matrix.members(group))
            {
                *offer = pull[member as usize].minus(own);
                best = best.max(*offer);
            }
            self.best[group] = best;
        }
        self.best[to] = S::LOW;
    }

    /// The first student found whose swap with `a` is accepted.
    fn accepted(
        &self,
        matrix: &Matrix<'_, S>,
        a: usize,
        from: usize,
        seat: usize,
        chance: &Chance<S>,
        draw: &mut Draw,
    ) -> Option<usize> {
        let groups = matrix.groups;
        let dice = draw.word();
        let first = chance.blocks(groups, dice);
        let own = matrix.own(from)[seat];
        let bar = own.plus(self.least[a]);
        let reach = chance.reach(first, groups);
        let mut pulls = matrix.pulls(a);
        for (block, (reach, best)) in reach.chunks(BLOCK).zip(self.best.chunks(BLOCK)).enumerate() {
            let mut hopeful = 0_u64;
            for (bit, ((&reach, &best), pull)) in reach.iter().zip(best).zip(&mut pulls).enumerate()
            {
                hopeful |= u64::from(pull.plus(best).plus(reach) >= bar) << bit;
            }
            // From a random group on, so that none is preferred.
            let turn = dice & 63;
            let mut turned = hopeful.rotate_right(turn);
            while turned != 0 {
                let bit = (turned.trailing_zeros() + turn) & 63;
                turned &= turned - 1;
                let group = block * BLOCK + bit as usize;
                let found = self.accepted_in(matrix, a, own, group, chance, first + group);
                if found.is_some() {
                    return found;
                }
            }
        }
        None
    }

    fn accepted_in(
        &self,
        matrix: &Matrix<'_, S>,
        a: usize,
        own: S,
        group: usize,
        chance: &Chance<S>,
        block: usize,
    ) -> Option<usize> {
        let towards = matrix.pull(group)[a].minus(own);
        let bar = S::default().minus(chance.reach(block, 1)[0]);
        let values = matrix.values(a);
        let offers = &self.offers[group * matrix.stride..];
        for ((&b, &offer), &spread) in
            matrix.members(group).iter().zip(offers).zip(chance.block(block))
        {
            let value = S::of(values[b as usize]);
            let gain = towards.plus(offer).minus(value.plus(value));
            if gain >= bar && gain.approx() + chance.temperature() * spread >= 0.0 {
                return Some(b as usize);
            }
        }
        None
    }

    /// Carries out improving swaps and inserts until there is none, or the budget ends. Whether
    /// the end is a proven local optimum.
    pub(crate) fn descend(&mut self, matrix: &mut Matrix<'_, S>, budget: u64) -> (Tally, bool) {
        let mut tally = Tally::default();
        let mut quiet = 0;
        let mut group = 0;
        while quiet < matrix.groups {
            if tally.judged >= budget {
                return (tally, false);
            }
            let before = tally.accepted;
            self.improve(matrix, group, &mut tally);
            quiet = if tally.accepted == before { quiet + 1 } else { 0 };
            group = (group + 1) % matrix.groups;
        }
        (tally, true)
    }

    /// Carries out each member's best improving change.
    fn improve(&mut self, matrix: &mut Matrix<'_, S>, from: usize, tally: &mut Tally) {
        self.offer(matrix, from);
        let mut seat = 0;
        while seat < matrix.size(from) {
            let a = matrix.members(from)[seat] as usize;
            let own = matrix.own(from)[seat];
            let mut best = (S::default(), None);
            let mut best_move = (S::default(), None);
            for (group, pull) in matrix.pulls(a).enumerate().filter(|&(group, _)| group != from) {
                let towards = pull.minus(own);
                if self.elastic && matrix.can_give(from) && matrix.has_room(group) {
                    tally.judged += 1;
                    best_move = best_move.max((towards, Some(group)));
                }
                tally.judged += matrix.size(group) as u64;
                if towards.plus(self.best[group]).minus(self.least[a]) <= best.0 {
                    continue;
                }
                let offers = &self.offers[group * matrix.stride..];
                for (&b, &offer) in matrix.members(group).iter().zip(offers) {
                    let value = S::of(matrix.values(a)[b as usize]);
                    let gain = towards.plus(offer).minus(value.plus(value));
                    if gain > best.0 {
                        best = (gain, Some(b as usize));
                    }
                }
            }
            seat += 1;
            match (best, best_move) {
                ((gain, _), (more, Some(group))) if more > gain => {
                    matrix.shift(a, group);
                    seat -= 1;
                }
                ((_, Some(b)), _) => matrix.swap(a, b),
                _ => continue,
            }
            tally.accepted += 1;
            self.offer(matrix, from);
        }
    }
}
