//! What is told of a cohort's evaluation: the rate, how each question was answered, and how content those were
//! whose groups score low, in the middle and high (M2).
//!
//! The rules are those of the distribution that contacts see while answers come in: counts in fives, small ones
//! withheld. Students are taken in the order in which their first answers came, up to a multiple of five: a new
//! one waits for four more, and whoever answers again keeps their place. What is counted moves by one person all
//! the same where a counted one changes their answer, or leaves and makes room for the next.
//!
//! Means tell less than counts do: see [`mean`].

use std::collections::{BTreeMap, BTreeSet};

use domain::cohort::{Question, QuestionKind};
use domain::evaluation::{EvaluationAnswer, that_count};
use domain::formation::Group;
use domain::profile::{Answer, Profile};
use domain::{QuestionId, StudentId};

use crate::table::{LEAST, rounded};
use crate::{Answers, of_answers};

/// The least number of answers of which a mean is told.
pub const LEAST_OF_A_MEAN: usize = 20;

/// What is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Results {
    /// How many were asked: members of groups who take part.
    pub asked: usize,
    /// How many of them answered, in fives; withheld below five.
    pub answered: Option<u32>,
    /// How questions were answered.
    pub questions: BTreeMap<QuestionId, Answers>,
    /// Of questions on a scale the means by the score of the groups; none where there are fewer than three
    /// groups.
    pub thirds: BTreeMap<QuestionId, [Third; 3]>,
}

/// The answers of those in a third of the groups: the lower, the middle or the upper third by score.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Third {
    /// How many groups.
    pub groups: usize,
    /// The lowest score among them, 0 to 10,000.
    pub from: i64,
    /// The highest.
    pub to: i64,
    /// Of how many answers the mean is, a multiple of five, and the rounded mean in tenths; withheld if they are
    /// fewer than [`LEAST_OF_A_MEAN`].
    pub mean: Option<(u32, i64)>,
}

/// Works the results out of everything that was answered; `taking_part` has whom nothing keeps from being counted.
pub fn results(
    questions: &[Question],
    groups: &[Group],
    taking_part: &BTreeSet<StudentId>,
    given: Vec<EvaluationAnswer>,
) -> Results {
    let first = first_came(&given);
    let counting = that_count(given);
    let members: BTreeSet<&StudentId> = groups.iter().flat_map(|group| &group.members).collect();
    let asked: BTreeSet<&StudentId> =
        members.into_iter().filter(|student| taking_part.contains(*student)).collect();
    let mut answers: Vec<&EvaluationAnswer> =
        asked.iter().filter_map(|student| counting.get(*student)).collect();
    answers.sort_by_key(|answer| first.get(&answer.student));
    let counted: Vec<&Profile> =
        answers.iter().take(in_fives(answers.len())).map(|answer| &answer.profile).collect();
    Results {
        asked: asked.len(),
        answered: (answers.len() >= LEAST).then(|| rounded(answers.len())),
        questions: of_answers(questions, &counted),
        thirds: thirds(questions, groups, &answers),
    }
}

/// Each student's place in the order in which their first answers came. Not in which they were submitted: one
/// that is delivered late would push itself among those that are counted already.
fn first_came(given: &[EvaluationAnswer]) -> BTreeMap<StudentId, usize> {
    let mut came: Vec<&EvaluationAnswer> = given.iter().collect();
    came.sort_by_key(|answer| (answer.received_at, &answer.token));
    let mut first = BTreeMap::new();
    for (place, answer) in came.into_iter().enumerate() {
        first.entry(answer.student.clone()).or_insert(place);
    }
    first
}

fn in_fives(count: usize) -> usize {
    count / LEAST * LEAST
}

fn thirds(
    questions: &[Question],
    groups: &[Group],
    answers: &[&EvaluationAnswer],
) -> BTreeMap<QuestionId, [Third; 3]> {
    let mut ranked: Vec<&Group> = groups.iter().filter(|group| !group.members.is_empty()).collect();
    if ranked.len() < 3 {
        return BTreeMap::new();
    }
    ranked.sort_by_key(|group| (group.score, group.section.clone(), group.number));
    let mut thirds: [Third; 3] = Default::default();
    let mut of: BTreeMap<&StudentId, usize> = BTreeMap::new();
    for (rank, group) in ranked.iter().enumerate() {
        let place = rank * 3 / ranked.len();
        let third = &mut thirds[place];
        third.from = if third.groups == 0 { group.score } else { third.from };
        third.to = group.score;
        third.groups += 1;
        of.extend(group.members.iter().map(|student| (student, place)));
    }
    let on_a_scale = |question: &Question| {
        let QuestionKind::Scale { min, max } = question.kind else { return None };
        let mut told = thirds.clone();
        for (place, third) in told.iter_mut().enumerate() {
            let given = answers.iter().filter(|answer| of.get(&answer.student) == Some(&place));
            let given = given.filter_map(|answer| match answer.profile.answers.get(&question.id) {
                Some(Answer::Scale(value)) if (min..=max).contains(value) => {
                    Some(i64::from(*value))
                }
                _ => None,
            });
            third.mean = mean(&given.collect::<Vec<_>>(), (i64::from(min), i64::from(max)));
        }
        Some((question.id.clone(), told))
    };
    questions.iter().filter_map(on_a_scale).collect()
}

/// How many of the answers count, and their mean in tenths. They come in the order in which they were given.
///
/// The mean of a few, or an exact one, is a sum from which the answers of one to four people can follow. So
/// there is none of fewer than [`LEAST_OF_A_MEAN`]; it is rounded to halves, and on a scale of more than ten
/// steps more coarsely, so that one person alone can move a sum by no more than the rounding hides; and close to
/// an end of the scale the last step stands for everything beyond it, so far that always four could have given
/// the answer at the other end. What is told so leaves open for every answer that fewer than five gave whether
/// it was nobody or up to four, as a withheld count does. Whether a mean is told hangs on their number alone.
fn mean(given: &[i64], (min, max): (i64, i64)) -> Option<(u32, i64)> {
    let counted = &given[..in_fives(given.len())];
    if counted.len() < LEAST_OF_A_MEAN || max <= min {
        return None;
    }
    let count = i64::try_from(counted.len()).ok()?;
    let few = i64::try_from(LEAST - 1).ok()?;
    let width = max - min;
    // Steps are so many halves wide; which one a sum above the least possible lies next to, halves up.
    let halves = (width + 9) / 10;
    let step = |above: i64| (4 * above + count * halves) / (2 * count * halves);
    let (lowest, highest) = (step(few * width), step((count - few) * width));
    let above = counted.iter().sum::<i64>() - min * count;
    let told = step(above).clamp(lowest, highest);
    Some((rounded(counted.len()), 10 * min + 5 * halves * told))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn student(number: usize) -> StudentId {
        StudentId::parse(format!("stu_{number:03}")).unwrap()
    }

    /// Groups of five, the first with the lowest score.
    fn groups(count: usize) -> Vec<Group> {
        let group = |number: usize| {
            let members: Vec<StudentId> = (number * 5..number * 5 + 5).map(student).collect();
            serde_json::from_value(json!({
                "formation": "for_1", "section": "a", "number": number + 1, "members": members,
                "score": 1000 * (number + 1), "scores": {},
            }))
        };
        (0..count).map(|number| group(number).unwrap()).collect()
    }

    fn questions() -> Vec<Question> {
        let label = json!({ "da": "Tilfreds", "en": "Content" });
        serde_json::from_value(json!([
            { "id": "content", "refs": ["content"], "kind": { "scale": { "min": 1, "max": 5 } }, "label": label },
            { "id": "again", "refs": ["again"], "label": label,
              "kind": { "choice": { "options": [{ "code": "yes" }, { "code": "no" }] } } },
        ]))
        .unwrap()
    }

    /// A student's answer, one second after that of the student before.
    fn answer(number: usize, content: i64) -> (StudentId, EvaluationAnswer) {
        let at = format!("2027-01-20T08:{:02}:{:02}Z", number / 60, number % 60);
        let answer = serde_json::from_value(json!({
            "token": format!("ev-{number:03}"), "student": student(number), "submitted_at": at, "received_at": at,
            "profile": { "answers": { "content": { "scale": content }, "again": { "choice": "yes" } } },
        }));
        (student(number), answer.unwrap())
    }

    fn told(
        groups: &[Group],
        answers: impl IntoIterator<Item = (StudentId, EvaluationAnswer)>,
    ) -> Results {
        let all = (0..500).map(student).collect();
        results(&questions(), groups, &all, answers.into_iter().map(|(_, one)| one).collect())
    }

    fn content() -> QuestionId {
        QuestionId::parse("content").unwrap()
    }

    #[test]
    fn m2_of_fewer_than_five_answers_nothing_is_told() {
        let none = told(&groups(6), (0..4).map(|number| answer(number, 4)));
        assert_eq!((none.asked, none.answered), (30, None));
        assert!(none.questions.values().all(|answers| *answers == Answers::One(None)));
        assert!(none.thirds.values().flatten().all(|third| third.mean.is_none()));
        let five = told(&groups(6), (0..5).map(|number| answer(number, 4)));
        assert_eq!(five.answered, Some(5));
    }

    #[test]
    fn m2_the_answer_of_one_person_changes_nothing_that_is_told() {
        let groups = groups(6);
        let value = |number: usize| if number.is_multiple_of(2) { 2 } else { 4 };
        let until =
            |last: usize| told(&groups, (0..last).map(|number| answer(number, value(number))));
        for start in [5, 10, 15, 20] {
            for more in 1..5 {
                assert_eq!(until(start + more), until(start), "{start} and {more}");
            }
        }
        assert_ne!(until(15), until(10));
    }

    #[test]
    fn m2_means_are_told_by_the_score_of_the_groups() {
        // The lower a group's score, the less content.
        let found = told(
            &groups(15),
            (0..75).map(|number| {
                let third = i64::try_from(number / 25).unwrap();
                answer(number, if number % 10 == 0 { 3 + third } else { 2 + third })
            }),
        );
        let thirds = &found.thirds[&content()];
        let means: Vec<_> = thirds.iter().map(|third| third.mean).collect();
        assert_eq!(means, [Some((25, 20)), Some((25, 30)), Some((25, 40))]);
        let scores: Vec<_> =
            thirds.iter().map(|third| (third.groups, third.from, third.to)).collect();
        assert_eq!(scores, [(5, 1000, 5000), (5, 6000, 10_000), (5, 11_000, 15_000)]);
        assert_eq!(found.thirds.len(), 1, "nothing but scales has a mean");
        assert!(told(&groups(2), []).thirds.is_empty(), "two groups have no thirds");
    }

    #[test]
    fn m2_means_are_rounded_and_say_nothing_of_few() {
        let of = |count: usize, value: i64| mean(&vec![value; count], (1, 5));
        assert_eq!((of(19, 3), of(20, 3), of(24, 3)), (None, Some((20, 30)), Some((20, 30))));
        // The last step stands for all beyond, and comes nearer to the end with more answers.
        assert_eq!(
            (of(20, 5), of(25, 5), of(100, 5)),
            (Some((20, 40)), Some((25, 45)), Some((100, 50)))
        );
        assert_eq!(
            (of(20, 1), of(25, 1), of(100, 1)),
            (Some((20, 20)), Some((25, 15)), Some((100, 10)))
        );
        assert_eq!(mean(&[-2; 20], (-5, 5)), Some((20, -20)));
        assert_eq!(mean(&[49; 20], (0, 100)), Some((20, 500)), "fives on a long scale");
    }

    /// All ways in which so many people can answer in so many cells.
    fn ways(cells: usize, people: usize) -> Vec<Vec<usize>> {
        if cells == 1 {
            return vec![vec![people]];
        }
        let with = |first: usize| {
            ways(cells - 1, people - first).into_iter().map(move |mut rest| {
                rest.push(first);
                rest
            })
        };
        (0..=people).flat_map(with).collect()
    }

    #[test]
    fn m2_of_an_answer_that_few_gave_a_mean_leaves_open_whether_anybody_did() {
        for (cells, people) in [(2, 20), (2, 45), (3, 20), (4, 20), (5, 20), (5, 25)] {
            let mut open: BTreeMap<(i64, usize), BTreeSet<usize>> = BTreeMap::new();
            for way in ways(cells, people) {
                let values = way.iter().enumerate();
                let given: Vec<i64> = values
                    .flat_map(|(cell, count)| vec![i64::try_from(cell).unwrap() + 1; *count])
                    .collect();
                let (_, told) = mean(&given, (1, i64::try_from(cells).unwrap())).unwrap();
                for (cell, count) in way.into_iter().enumerate().filter(|(_, count)| *count < LEAST)
                {
                    open.entry((told, cell)).or_default().insert(count);
                }
            }
            for (at, counts) in open {
                assert_eq!(
                    counts.len(),
                    LEAST,
                    "{people} in {cells} cells: {at:?} tells {counts:?}"
                );
            }
        }
    }

    #[test]
    fn m2_who_answers_again_keeps_their_place() {
        let again =
            |given: &mut Vec<(StudentId, EvaluationAnswer)>, number: usize, content: i64| {
                let (student, mut answer) = answer(number, content);
                answer.token = domain::ResponseToken::parse(format!("again-{number}")).unwrap();
                answer.submitted_at = "2027-02-01T08:00:00Z".parse().unwrap();
                answer.received_at = answer.submitted_at;
                given.push((student, answer));
            };
        // Ten are counted; the four who wait would each show as an answer of 5.
        let value = |number: usize| if number < 10 { 2 } else { 5 };
        let before: Vec<_> = (0..14).map(|number| answer(number, value(number))).collect();
        let mut after = before.clone();
        for number in 0..5 {
            again(&mut after, number, 2);
        }
        assert_eq!(told(&groups(6), after.clone()), told(&groups(6), before.clone()));
        // What somebody of them answers now is counted in the place of what they answered then.
        for number in 0..5 {
            again(&mut after, number + 5, 3);
        }
        assert_ne!(told(&groups(6), after), told(&groups(6), before));
    }

    #[test]
    fn m2_an_answer_that_is_delivered_late_waits_like_the_others() {
        let value = |number: usize| [2, 3, 4][(number - 1) / 10];
        let before: Vec<_> = (1..31).map(|number| answer(number, value(number))).collect();
        let (student, mut late) = answer(0, 5);
        late.received_at = "2027-02-01T08:00:00Z".parse().unwrap();
        let after = before.iter().cloned().chain([(student, late)]);
        assert_eq!(told(&groups(7), after).questions, told(&groups(7), before.clone()).questions);
    }

    #[test]
    fn m2_who_asks_not_to_be_counted_and_who_is_in_no_group_is_not() {
        let few: BTreeSet<StudentId> = (0..10).map(student).collect();
        let answers = (0..40).map(|number| answer(number, 3).1).collect();
        let found = results(&questions(), &groups(6), &few, answers);
        assert_eq!((found.asked, found.answered), (10, Some(10)));
        let found = told(&groups(1), (3..20).map(|number| answer(number, 3)));
        assert_eq!((found.asked, found.answered), (5, None), "two of the five");
    }
}
