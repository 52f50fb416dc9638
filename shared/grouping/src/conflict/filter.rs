//! Narrowing a conflict down by leaving rules out.

use super::Certainty;
use crate::bound::exact;
use crate::model::Model;
use crate::solve::{groups_of, search};
use crate::{Error, Options, Problem};

/// Decides whether some of a problem's rules can all hold, nothing else counting.
pub(super) struct Filter<'p> {
    pub(super) problem: &'p Problem,
    /// Of one attempt.
    pub(super) options: Options<'p>,
    /// Of looking through all assignments.
    pub(super) exact: u64,
}

/// What a set of rules comes to.
pub(super) enum Outcome {
    /// These groups keep them all.
    Kept(Vec<Vec<u32>>),
    /// These of them cannot all hold, and each is needed for that.
    Conflict(Vec<usize>, Certainty),
}

/// What one attempt comes to.
enum Attempt {
    Kept(Vec<Vec<u32>>),
    Failed(Certainty),
}

impl Filter<'_> {
    /// A minimal part of the rules that cannot hold; rules are left out in the order given.
    pub(super) fn minimal(&self, rules: &[usize]) -> Result<Outcome, Error> {
        let mut certainty = match self.attempt(rules)? {
            Attempt::Kept(groups) => return Ok(Outcome::Kept(groups)),
            Attempt::Failed(certainty) => certainty,
        };
        let mut rest = rules.to_vec();
        for &rule in rules {
            let without: Vec<usize> = rest.iter().copied().filter(|&other| other != rule).collect();
            if let Attempt::Failed(how) = self.attempt(&without)? {
                rest = without;
                certainty = how;
            }
        }
        Ok(Outcome::Conflict(rest, certainty))
    }

    /// Looks for groups that keep these rules.
    fn attempt(&self, rules: &[usize]) -> Result<Attempt, Error> {
        let criteria = rules.iter().map(|&rule| self.problem.criteria[rule].clone()).collect();
        let problem = Problem { criteria, worst_weight: 0, ..self.problem.clone() };
        let model = Model::new(&problem)?;
        let found = search(&model, &self.options)?;
        if found.best.standing.cost == 0 {
            return Ok(Attempt::Kept(groups_of(&found.best.home, found.groups)));
        }
        Ok(match exact(&model, self.exact) {
            Some(optimum) if optimum.standing.cost == 0 => Attempt::Kept(optimum.groups),
            Some(_) => Attempt::Failed(Certainty::Proven),
            None => Attempt::Failed(Certainty::Found),
        })
    }
}
