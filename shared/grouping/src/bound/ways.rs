//! Ways to place sets of students, one group after the other, for the programmes of `exact` and
//! `beyond`.

use crate::model::Model;
use crate::state::Standing;

/// The best of all assignments.
pub(crate) struct Optimum {
    pub(crate) standing: Standing,
    /// The groups as sets of students.
    pub(crate) groups: Vec<Vec<u32>>,
}

/// A group that may come next.
#[derive(Clone, Copy)]
pub(super) struct Candidate {
    pub(super) set: u32,
    pub(super) value: i64,
    pub(super) cost: i64,
}

/// A way to place a set of students: what is left to compare, and the way there.
#[derive(Clone, Copy)]
pub(super) struct Way {
    pub(super) sum: i64,
    pub(super) least: i64,
    /// The last group, and which way led to it.
    group: u32,
    before: u32,
}

/// The ways into one number of groups, all of the lowest cost.
#[derive(Clone)]
struct Front {
    cost: i64,
    ways: Vec<Way>,
}

/// By set of students and number of groups: the ways there.
pub(super) struct Ways {
    fronts: Vec<Vec<Front>>,
    /// The largest number of groups.
    high: usize,
}

/// The ways into one set of students, which nothing more is added to.
pub(super) struct Here(Vec<Front>);

impl Way {
    /// One group and nothing else.
    pub(super) fn of(group: &Candidate) -> Self {
        Self { sum: group.value, least: group.value, group: group.set, before: 0 }
    }
}

impl Ways {
    /// Nobody is placed yet.
    pub(super) fn new(model: &Model) -> Self {
        let high = model.group_counts().1 as usize;
        let mut ways = Self { fronts: vec![Vec::new(); 1 << model.students], high };
        let start = Way { sum: 0, least: i64::MAX, group: 0, before: 0 };
        ways.fronts_of(0)[0] = Front { cost: 0, ways: vec![start] };
        ways
    }

    /// The ways into a set, if there are any. Sets are to be asked for in ascending order.
    pub(super) fn here(&self, placed: u32) -> Option<Here> {
        let fronts = &self.fronts[placed as usize];
        (!fronts.is_empty()).then(|| Here(fronts.clone()))
    }

    /// Adds a group to all ways into a set, as far as `keep` says of the longer way (its cost, the
    /// way, its number of groups) that it is worth it. Tells how many ways there were.
    pub(super) fn extend(
        &mut self,
        placed: u32,
        here: &Here,
        group: &Candidate,
        keep: impl Fn(i64, &Way, i64) -> bool,
    ) -> u64 {
        let mut tried = 0;
        for (count, front) in here.0.iter().enumerate().take(self.high) {
            let cost = front.cost.saturating_add(group.cost);
            for (index, way) in front.ways.iter().enumerate() {
                tried += 1;
                let longer = Way {
                    sum: way.sum + group.value,
                    least: way.least.min(group.value),
                    group: group.set,
                    before: index as u32,
                };
                if keep(cost, &longer, count as i64 + 1) {
                    self.fronts_of(placed | group.set)[count + 1].add(cost, longer);
                }
            }
        }
        tried
    }

    fn fronts_of(&mut self, set: u32) -> &mut [Front] {
        let fronts = &mut self.fronts[set as usize];
        if fronts.is_empty() {
            fronts.resize(self.high + 1, Front { cost: i64::MAX, ways: Vec::new() });
        }
        fronts
    }

    /// The best of the ways into everybody.
    pub(super) fn best(&self, model: &Model) -> Option<Optimum> {
        let (low, high) = model.group_counts();
        let all = (1_u32 << model.students) - 1;
        let fronts = &self.fronts;
        let mut best: Option<(Standing, u32, Way)> = None;
        for groups in low..=high {
            let Some(front) = fronts[all as usize].get(groups as usize) else { continue };
            for way in &front.ways {
                let count = i64::from(groups);
                let value = (1000 - model.worst) * way.sum + model.worst * count * way.least;
                let standing = Standing { cost: front.cost, value, groups: count };
                if best.is_none_or(|(found, ..)| standing.beats(found)) {
                    best = Some((standing, groups, *way));
                }
            }
        }
        let (standing, mut count, mut way) = best?;
        let mut placed = all;
        let mut groups = Vec::new();
        while placed != 0 {
            groups.push(
                (0..model.students).filter(|student| way.group >> student & 1 == 1).collect(),
            );
            placed &= !way.group;
            count -= 1;
            way = fronts[placed as usize][count as usize].ways[way.before as usize];
        }
        Some(Optimum { standing, groups })
    }
}

impl Front {
    fn add(&mut self, cost: i64, way: Way) {
        if cost > self.cost {
            return;
        }
        if cost < self.cost {
            self.cost = cost;
            self.ways.clear();
        }
        if !self.ways.iter().any(|other| other.sum >= way.sum && other.least >= way.least) {
            // Sets are done in ascending order, so nothing is built on these ways yet.
            self.ways.retain(|other| other.sum > way.sum || other.least > way.least);
            self.ways.push(way);
        }
    }
}
