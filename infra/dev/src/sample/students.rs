//! Invented students with answers that hang together: who is ambitious answers so throughout, who
//! works at the side has fewer free hours, some questions stay unanswered.

use std::collections::BTreeSet;

use domain::cohort::{QuestionKind, Settings};
use domain::profile::Answer;
use rand::{Rng as _, RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use super::people;
use super::wire::Answered;

/// How many of a hundred answers are left out.
const UNANSWERED_PERCENT: u32 = 3;

/// Invents `count` students, spread evenly over the cohort's sections; the same for the same seed.
pub fn invent(settings: &Settings, count: usize, seed: u64) -> Vec<Answered> {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    (0..count)
        .map(|n| {
            let (first, last) = people::name(&mut dice);
            let section = settings.sections[n % settings.sections.len()].id.clone();
            let drive: f64 = dice.random();
            let answers = settings
                .questions
                .iter()
                .filter_map(|question| {
                    Some((question.id.clone(), answer(&question.kind, drive, &mut dice)?))
                })
                .collect();
            Answered {
                email: format!("{}@student.example.edu", people::mailbox(first, last, n + 1)),
                first: first.to_owned(),
                last: last.to_owned(),
                number: format!("s{:06}", 260_000 + n),
                section,
                answers,
            }
        })
        .collect()
}

fn answer(kind: &QuestionKind, drive: f64, dice: &mut ChaCha8Rng) -> Option<Answer> {
    if dice.random_range(0..100) < UNANSWERED_PERCENT {
        return None;
    }
    Some(match kind {
        QuestionKind::Scale { min, max } => {
            let leaning = 0.6 * drive + 0.4 * dice.random::<f64>();
            #[expect(clippy::cast_possible_truncation, reason = "within min and max")]
            let value = (f64::from(*min) + leaning * f64::from(max - min)).round() as i32;
            Answer::Scale(value.clamp(*min, *max))
        }
        QuestionKind::Choice { options } => {
            // The first options are the common ones: every second student takes the first left.
            let place = (0..options.len()).find(|_| dice.random_bool(0.5)).unwrap_or(0);
            Answer::Choice(options[place].code.clone())
        }
        QuestionKind::Choices { options } => {
            let codes: BTreeSet<String> = options
                .iter()
                .filter(|_| dice.random_bool(0.4))
                .map(|option| option.code.clone())
                .collect();
            Answer::Choices(codes)
        }
        QuestionKind::Availability { options } => {
            // Most are free at most times; one in five has a job and is not.
            let free = if dice.random_bool(0.2) { 0.45 } else { 0.8 };
            let slots: BTreeSet<u16> = options
                .iter()
                .filter(|_| dice.random_bool(free))
                .flat_map(|option| option.slots.clone())
                .collect();
            Answer::Slots(slots)
        }
        // Whom the invented students know is nobody's invention.
        QuestionKind::Students => return None,
        QuestionKind::Text => {
            let texts = [
                "Jeg glæder mig til at lære nogen at kende.",
                "I prefer to meet before noon.",
                "Jeg har to børn og kan mødes efter kl. 9.",
                "No comments.",
            ];
            Answer::Text(texts[(dice.next_u32() % 4) as usize].to_owned())
        }
    })
}
