//! Poses problems to the grouping engine: from a cohort's settings and its students' answers to
//! columns and rules.
//!
//! The one place where the words of the service (`domain`) meet those of the engine (`grouping`),
//! so that the formation and `cargo dev solve` form the same groups from the same answers.
//! `docs/criteria.md` describes the settings.

mod anew;
mod board;
mod columns;
mod compare;
mod mend;
mod problem;
mod rounds;
mod rules;
mod sections;
mod told;

pub use anew::{form_again, form_around, has_room, laid};
pub use board::{Made, SectionBoard, Wish};
pub use compare::{Moved, Standing, moves, standing, standing_in};
pub use mend::{Mended, ToMend, gone_of, mend, repair, with_gone};
pub use problem::{Misfit, Posed, failure_code, pose};
pub use rounds::{
    Meeting, Round, RoundState, counting, current_plan, meetings, past_rounds, plan, repeats_told,
    round_input, rounds_before, rounds_of,
};
pub use sections::merge_small;
pub use told::{Told, common_slots, scores};
