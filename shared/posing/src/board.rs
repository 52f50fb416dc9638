//! One section's groups under a contact's hands (G6): the service's words around [`grouping::Board`].
//!
//! Pure, as everything here: what is stored is read and written by the caller, so a change is judged and
//! made by the same code.

use std::collections::{BTreeMap, BTreeSet};

use domain::StudentId;
use domain::formation::{Group, SectionResult, SolveInput, SolveStudent};
use domain::profile::Profile;
use grouping::{About, Board, Edit, Effect, Refusal, Solution};

use crate::{Posed, Told, common_slots, pose, scores};

/// What a contact wants to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// A student joins another group; the number behind the last one begins a new group.
    Move {
        /// The student.
        student: StudentId,
        /// The group's number.
        to: u32,
    },
    /// Two students change places.
    Swap {
        /// One.
        student: StudentId,
        /// The other.
        with: StudentId,
    },
}

/// A change that was made.
#[derive(Debug)]
pub struct Made {
    /// What it does.
    pub effect: Effect,
    /// The groups that are others now, each with what it was. One that everybody has left has no members.
    pub changes: Vec<(Option<Group>, Group)>,
    /// The section's result from now on.
    pub result: SectionResult,
}

/// The groups of one section, laid out.
pub struct SectionBoard {
    input: SolveInput,
    posed: Posed,
    board: Board,
    /// In the order of their numbers.
    groups: Vec<Group>,
    rows: BTreeMap<StudentId, u32>,
    /// The number of a group that is begun.
    fresh: u32,
}

impl SectionBoard {
    /// Lays groups out over the answers that they were formed from; nothing if these do not fit any more.
    /// Who is in a group and not among the answers counts as having given none.
    pub fn lay(mut input: SolveInput, mut groups: Vec<Group>) -> Option<Self> {
        groups.sort_by_key(|group| group.number);
        let members: BTreeSet<&StudentId> =
            groups.iter().flat_map(|group| &group.members).collect();
        let mut answered: BTreeMap<StudentId, Profile> =
            input.students.drain(..).map(|student| (student.id, student.profile)).collect();
        let student = |id: &StudentId| SolveStudent {
            id: id.clone(),
            profile: answered.remove(id).unwrap_or_default(),
        };
        input.students = members.into_iter().map(student).collect();
        let rows: BTreeMap<StudentId, u32> =
            input.students.iter().map(|student| student.id.clone()).zip(0..).collect();
        let laid: Vec<Vec<u32>> = groups
            .iter()
            .map(|group| {
                let mut here: Vec<u32> =
                    group.members.iter().filter_map(|id| rows.get(id).copied()).collect();
                here.sort_unstable();
                here
            })
            .collect();
        let posed = pose(&input).ok()?;
        let board = Board::new(posed.problem.clone(), laid).ok()?;
        let fresh = groups.last().map_or(0, |group| group.number) + 1;
        Some(Self { input, posed, board, groups, rows, fresh })
    }

    /// Holds groups and students fast, and tells whether all of them are here; what is not is passed over.
    pub fn hold<'a>(
        &mut self,
        locked: impl Iterator<Item = u32>,
        pinned: impl Iterator<Item = &'a StudentId>,
    ) -> bool {
        let mut all = true;
        for number in locked {
            let group = self.index(number);
            all &= group.is_some_and(|group| self.board.lock(group).is_ok());
        }
        for student in pinned {
            let row = self.row(student);
            all &= row.is_some_and(|row| self.board.pin(row).is_ok());
        }
        all
    }

    /// The number of the group at a place of the engine's.
    pub fn number(&self, group: usize) -> u32 {
        self.groups.get(group).map_or(self.fresh, |group| group.number)
    }

    /// What a change would do; nothing is changed. `None` if it names somebody or a group that is not here.
    pub fn judge(&mut self, wish: &Wish) -> Option<Result<Effect, Refusal>> {
        let edit = self.edit(wish)?;
        Some(self.board.try_edit(edit))
    }

    /// The best changes that concern a student, the best first.
    pub fn suggest(&self, student: &StudentId, limit: usize) -> Vec<(Wish, Effect)> {
        let Some(row) = self.rows.get(student) else { return Vec::new() };
        let found = self.board.suggest_moves(About::Student(*row), limit).unwrap_or_default();
        let id = |row: u32| self.input.students[row as usize].id.clone();
        let wish = |edit: Edit| match edit {
            Edit::Move { student, to } => Wish::Move { student: id(student), to: self.number(to) },
            Edit::Swap { a, b } if a == *row => Wish::Swap { student: id(a), with: id(b) },
            Edit::Swap { a, b } => Wish::Swap { student: id(b), with: id(a) },
        };
        found.into_iter().map(|one| (wish(one.edit), one.effect)).collect()
    }

    /// Makes a change: what it does, and everything that is to be written.
    pub fn make(mut self, wish: &Wish, known: &SectionResult) -> Option<Result<Made, Refusal>> {
        let edit = self.edit(wish)?;
        let effect = match self.board.apply(edit) {
            Ok(effect) => effect,
            Err(refusal) => return Some(Err(refusal)),
        };
        let solution = self.board.evaluate();
        let touched = effect.groups.iter().map(|touched| touched.group);
        let changes = touched.map(|at| self.written(at, &solution)).collect();
        let result = SectionResult {
            groups: u32::try_from(solution.groups.len()).unwrap_or(u32::MAX),
            mean: solution.mean.into(),
            worst: solution.worst.into(),
            must_broken: solution.must_broken,
            score: Some((i64::from(solution.objective) + 500) / 1000),
            proven: false,
            // Who meets again is counted anew by whoever asks.
            repeats: None,
            explained: Told { input: &self.input }.section(&solution),
            ..known.clone()
        };
        Some(Ok(Made { effect, changes, result }))
    }

    /// A group as it was and as it is now.
    fn written(&self, at: usize, solution: &Solution) -> (Option<Group>, Group) {
        let before = self.groups.get(at).cloned();
        let members = self.board.groups().get(at).map_or(&[][..], Vec::as_slice);
        let told = Told { input: &self.input };
        let found = solution.groups.iter().position(|group| group == members);
        let report = found.map(|index| &solution.reports[index]);
        let place = before.as_ref().or_else(|| self.groups.first()).expect("a board has a group");
        let after = Group {
            formation: place.formation.clone(),
            section: place.section.clone(),
            number: self.number(at),
            members: told.ids(members),
            score: report.map_or(0, |report| report.score.into()),
            scores: report.map(|report| scores(report, members.len())).unwrap_or_default(),
            must_broken: report
                .map(|it| it.must_broken.iter().map(|rule| rule.criterion.clone()).collect())
                .unwrap_or_default(),
            common_slots: common_slots(&self.posed, members),
            told: report.map(|report| told.members(report)).unwrap_or_default(),
            explained: found.map(|index| told.group(solution, index)).unwrap_or_default(),
            unanswered: report.map(|report| told.ids(&report.silent)).unwrap_or_default(),
            change: before.as_ref().and_then(|group| group.change.clone()),
        };
        (before, after)
    }

    fn row(&self, id: &StudentId) -> Option<u32> {
        self.rows.get(id).copied()
    }

    fn index(&self, number: u32) -> Option<usize> {
        self.groups.iter().position(|group| group.number == number)
    }

    fn edit(&mut self, wish: &Wish) -> Option<Edit> {
        match wish {
            Wish::Move { student, to } => {
                // A number that no group has begins one: the one behind the last, or one that was left.
                let last = self.groups.last().map_or(0, |group| group.number);
                let to = match self.index(*to) {
                    Some(to) => to,
                    None if (1..=last + 1).contains(to) => {
                        self.fresh = *to;
                        self.groups.len()
                    }
                    None => return None,
                };
                Some(Edit::Move { student: self.row(student)?, to })
            }
            Wish::Swap { student, with } => {
                Some(Edit::Swap { a: self.row(student)?, b: self.row(with)? })
            }
        }
    }
}
