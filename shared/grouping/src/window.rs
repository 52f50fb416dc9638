//! Where proposals look for students: everywhere, or for a while among a few groups only.
//!
//! A large section does not fit the processor's caches. Judging a swap reads the answers of two
//! groups' members; a run of proposals among the same forty groups finds them there. Windows
//! are redrawn so often that over the whole annealing all pairs of groups meet.

use crate::draw::Draw;
use crate::state::State;

/// From so many students on.
const LARGE: u32 = 2_000;

/// Groups in a window.
const GROUPS: usize = 40;

/// Proposals per student in a window before it is drawn again.
const VISITS: u32 = 4;

/// The groups looked at now.
pub(crate) struct Window {
    groups: Vec<u32>,
    left: u32,
    whole: bool,
}

impl Window {
    pub(crate) fn new(state: &State<'_>) -> Self {
        let whole = state.model.students < LARGE || state.groups <= 2 * GROUPS;
        Self { groups: Vec::new(), left: 0, whole }
    }

    /// A student to change; of a given group if there is one that has any who can be moved.
    pub(crate) fn student(
        &mut self,
        state: &State<'_>,
        draw: &mut Draw,
        focus: Option<usize>,
    ) -> u32 {
        if let Some(group) = focus
            && !state.movable(group).is_empty()
        {
            let members = state.movable(group);
            return members[draw.index(members.len())];
        }
        if self.whole {
            return draw.below(state.model.students);
        }
        if self.left == 0 {
            self.draw(state, draw);
        }
        self.left -= 1;
        for _ in 0..8 {
            let members = state.movable(self.group(draw));
            if !members.is_empty() {
                return members[draw.index(members.len())];
            }
        }
        draw.below(state.model.students)
    }

    /// A group to move a student to.
    pub(crate) fn target(&self, state: &State<'_>, draw: &mut Draw) -> usize {
        if self.groups.is_empty() { draw.index(state.groups) } else { self.group(draw) }
    }

    fn group(&self, draw: &mut Draw) -> usize {
        self.groups[draw.index(self.groups.len())] as usize
    }

    fn draw(&mut self, state: &State<'_>, draw: &mut Draw) {
        self.groups.clear();
        for _ in 0..GROUPS {
            self.groups.push(draw.below(state.groups as u32));
        }
        let students: u32 = self.groups.iter().map(|&group| state.size(group as usize)).sum();
        self.left = VISITS * students.max(1);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::model::Model;
    use crate::start::random;
    use crate::support::{mixed, sizes};

    #[test]
    fn large_sections_are_looked_at_in_windows_that_reach_everybody_in_time() {
        let model = Model::new(&mixed(1, LARGE, sizes(4, 4, 5))).expect("valid");
        let mut draw = Draw::new(1, 0);
        let state = random(&model, LARGE as usize / 4, &mut draw);
        let mut window = Window::new(&state);
        let mut all = BTreeSet::new();
        for _ in 0..200 {
            let mut groups = BTreeSet::new();
            loop {
                let student = window.student(&state, &mut draw, None);
                all.insert(student);
                groups.insert(state.home[student as usize]);
                groups.insert(window.target(&state, &mut draw) as u32);
                if window.left == 0 {
                    break;
                }
            }
            assert!(groups.len() <= GROUPS);
        }
        assert_eq!(all.len(), LARGE as usize);
    }

    #[test]
    fn small_sections_are_looked_at_as_a_whole() {
        let model = Model::new(&mixed(1, 60, sizes(4, 4, 5))).expect("valid");
        let state = random(&model, 15, &mut Draw::new(1, 0));
        let (mut draw, mut plain) = (Draw::new(2, 0), Draw::new(2, 0));
        let mut window = Window::new(&state);
        for _ in 0..100 {
            assert_eq!(window.student(&state, &mut draw, None), plain.below(60));
        }
        assert_eq!(state.home[window.student(&state, &mut draw, Some(7)) as usize], 7);
    }
}
