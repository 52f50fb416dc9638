use super::*;
use crate::support::{cohort, criterion, feature, mixed, sizes};
use crate::{CodeSet, Hardness, Problem, Week, evaluate};

/// A section of one group of `size` and others that fix range and mean of the column.
fn told(rule: &Rule, own: &Values, rest: &Values, size: usize) -> Vec<Said> {
    let values = joined(own, rest);
    let students = values.len() as u32;
    let problem = Problem {
        students,
        sizes: sizes(2, 4, 12),
        features: vec![feature("answer", values)],
        criteria: vec![criterion("rule", 1, Hardness::Should, rule.clone())],
        worst_weight: 250,
    };
    let (first, others) = (0..size as u32, size as u32..students);
    let groups = [first.collect::<Vec<u32>>(), others.collect()];
    evaluate(&problem, &groups).expect("valid").reports.swap_remove(0).said
}

fn joined(a: &Values, b: &Values) -> Values {
    match (a, b) {
        (Values::Number(a), Values::Number(b)) => Values::Number([&a[..], b].concat()),
        (Values::Category(a), Values::Category(b)) => Values::Category([&a[..], b].concat()),
        _ => panic!("not needed"),
    }
}

/// Every assignment of `answers` to `size` members.
fn all(answers: i64, size: usize) -> impl Iterator<Item = Vec<i64>> {
    (0..answers.pow(size as u32)).map(move |code| {
        (0..size as u32).map(|member| code / answers.pow(member) % answers).collect()
    })
}

fn column(numbers: bool, answers: &[i64]) -> Values {
    if numbers {
        Values::Number(answers.iter().copied().map(Some).collect())
    } else {
        Values::Category(answers.iter().map(|&a| u16::try_from(a).ok()).collect())
    }
}

/// After a statement, and knowing one's own answer, every other member may still have given any
/// answer (numbers: some answer half the scale away on either side, where the scale goes).
#[test]
fn g5_no_answer_of_another_member_follows_from_a_statement() {
    let align = Rule::Align { feature: 0, floor: None };
    let mix = Rule::Mix { feature: 0, floor: None };
    let balance = Rule::Balance { feature: 0, floor: None };
    let cover = |at_least| Rule::Cover { feature: 0, codes: vec![1], at_least };
    let mut made = 0;
    for (numbers, answers, rule) in [
        (true, 5, &align),
        (true, 5, &mix),
        (true, 5, &balance),
        (false, 2, &align),
        (false, 4, &align),
        (false, 2, &mix),
        (false, 4, &mix),
        (false, 2, &cover(1)),
        (false, 3, &cover(2)),
    ] {
        let even: Vec<i64> = (0..10).map(|i| i % answers).collect();
        // Nearly everybody at one end: whoever is at the other is hard to outweigh.
        let skewed: Vec<i64> = (0..10).map(|i| if i == 9 { answers - 1 } else { i / 8 }).collect();
        for (size, rest) in (2..=5).flat_map(|size| [(size, &even), (size, &skewed)]) {
            let rest = column(numbers, rest);
            // By own and the second member's answer: whether the statement can be made.
            let mut possible = vec![false; (answers * answers) as usize];
            for group in all(answers, size) {
                let said = told(rule, &column(numbers, &group), &rest, size);
                if !said.is_empty() {
                    possible[(group[0] * answers + group[1]) as usize] = true;
                }
            }
            if !possible.contains(&true) {
                continue;
            }
            made += 1;
            assert!(size > 2, "{rule:?} said something in a pair");
            for own in 0..answers {
                for other in 0..answers {
                    let far = numbers && matches!(rule, Rule::Align { .. });
                    if far && (own - other).abs() > (answers - 1) / 2 {
                        continue;
                    }
                    assert!(
                        possible[(own * answers + other) as usize],
                        "{rule:?}, groups of {size}: {own} knows that nobody has {other}"
                    );
                }
            }
        }
    }
    assert!(made > 15, "{made}");
}

/// The same where one or two members have not answered.
#[test]
fn g5_nor_does_one_follow_where_answers_are_missing() {
    let cover = |at_least| Rule::Cover { feature: 0, codes: vec![1], at_least };
    let mut made = 0;
    for (numbers, answers, rule) in [
        (true, 5, Rule::Align { feature: 0, floor: None }),
        (true, 5, Rule::Mix { feature: 0, floor: None }),
        (true, 5, Rule::Balance { feature: 0, floor: None }),
        (false, 4, Rule::Align { feature: 0, floor: None }),
        (false, 4, Rule::Mix { feature: 0, floor: None }),
        (false, 3, cover(1)),
        (false, 3, cover(3)),
    ] {
        let rest: Vec<i64> = (0..10).map(|i| i % answers).collect();
        let rest = column(numbers, &rest);
        for (size, missing) in [(4, 1), (5, 1), (5, 2), (6, 2)] {
            let mut possible = vec![false; (answers * answers) as usize];
            for group in all(answers, size - missing) {
                let mut own = column(numbers, &group);
                match &mut own {
                    Values::Number(rows) => rows.resize(size, None),
                    Values::Category(rows) => rows.resize(size, None),
                    _ => panic!("not needed"),
                }
                possible[(group[0] * answers + group[1]) as usize] |=
                    !told(&rule, &own, &rest, size).is_empty();
            }
            made += i32::from(possible.contains(&true));
            let never = (0..answers * answers).filter(|&both| {
                let (own, other) = (both / answers, both % answers);
                let far = numbers && matches!(rule, Rule::Align { .. });
                let exempt = far && (own - other).abs() > (answers - 1) / 2;
                !exempt && !possible[both as usize]
            });
            let never = never.collect::<Vec<_>>();
            assert!(
                never.is_empty() || !possible.contains(&true),
                "{rule:?}, {missing} of {size} missing: never said with {never:?}"
            );
        }
    }
    assert!(made > 3, "{made}");
}

#[test]
fn g5_one_changed_answer_that_moves_no_statement_changes_no_word() {
    let problem = cohort(5, 40);
    let groups: Vec<Vec<u32>> = (0..8).map(|g| (g * 5..g * 5 + 5).collect()).collect();
    let before = evaluate(&problem, &groups).expect("valid");
    let (mut same, mut other) = (0, 0);
    for student in 0..40 {
        for feature in 0..problem.features.len() {
            let mut changed = problem.clone();
            match &mut changed.features[feature].values {
                Values::Number(rows) => {
                    rows[student] = rows[student].map(|value| (value - 1).max(0));
                }
                Values::Category(rows) => rows[student] = rows[student].map(|code| code ^ 1),
                _ => continue,
            }
            let after = evaluate(&changed, &groups).expect("valid");
            let group = student / 5;
            if after.reports[group].score == before.reports[group].score {
                continue;
            }
            // The scores moved; what is said is still one of the same few statements.
            if after.reports[group].said == before.reports[group].said {
                same += 1;
            } else {
                other += 1;
            }
        }
    }
    assert!(same > 10 * other, "{same} the same, {other} not");
}

#[test]
fn g5_hours_too_short_to_meet_are_no_hours_to_meet() {
    let rule = Rule::Overlap { feature: 0, min_common: 2, min_length: 2, slots_per_day: 24 };
    for (slots, can_meet) in [([3, 30], false), ([23, 24], false), ([3, 4], true)] {
        let weeks = vec![Week::from_slots(slots); 6];
        let problem = Problem {
            students: 6,
            sizes: sizes(3, 3, 3),
            features: vec![feature("free", Values::Slots(weeks))],
            criteria: vec![criterion("meet", 1, Hardness::Should, rule.clone())],
            worst_weight: 250,
        };
        let judged = evaluate(&problem, &[vec![0, 1, 2], vec![3, 4, 5]]).expect("valid");
        assert_eq!(!judged.reports[0].said.is_empty(), can_meet, "{slots:?}");
    }
}

#[test]
fn g5_nothing_is_said_about_marks_or_named_persons() {
    let quiet = |problem: &Problem, ids: &[&str]| {
        let students = problem.students;
        let groups: Vec<Vec<u32>> =
            (0..students / 5).map(|g| (g * 5..g * 5 + 5).collect()).collect();
        for report in evaluate(problem, &groups).expect("valid").reports {
            for said in report.said {
                assert!(!ids.contains(&said.criterion.as_str()), "{said:?}");
            }
        }
    };
    // Gender must not be lonely, so mixing it or covering it is not talked about either.
    let mut problem = cohort(3, 60);
    problem.criteria.push(criterion(
        "both genders",
        1_000,
        Hardness::Must,
        Rule::Mix { feature: 3, floor: None },
    ));
    problem.criteria.push(criterion(
        "a woman",
        1_000,
        Hardness::Must,
        Rule::Cover { feature: 3, codes: vec![0], at_least: 1 },
    ));
    problem.criteria.push(criterion(
        "wishes",
        1_000,
        Hardness::Must,
        Rule::Wishes { wanted: vec![(0, 1)], unwanted: vec![(2, 3)] },
    ));
    problem.criteria.push(criterion(
        "friends",
        1_000,
        Hardness::Must,
        Rule::Together { sets: vec![vec![0, 1]] },
    ));
    quiet(&problem, &["gender", "both genders", "a woman", "wishes", "friends"]);
    for seed in 0..60 {
        let problem = mixed(seed, 40, sizes(5, 5, 5));
        let sensitive = sensitive(&problem);
        let marked: Vec<&str> = problem
            .criteria
            .iter()
            .filter(|criterion| criterion.rule.features().iter().any(|f| sensitive[*f]))
            .map(|criterion| criterion.id.as_str())
            .collect();
        quiet(&problem, &marked);
    }
}

#[test]
fn g5_the_heaviest_statements_are_made_and_no_more_than_three() {
    let mut problem = cohort(1, 10);
    problem.criteria.clear();
    for (index, id) in ["a", "b", "c", "d"].into_iter().enumerate() {
        let hardness = if id == "d" { Hardness::Must } else { Hardness::Could };
        problem.features.push(feature(id, Values::Category(vec![Some(1); 10])));
        let rule = Rule::Align { feature: 7 + index, floor: None };
        problem.criteria.push(criterion(id, 1 + index as u32, hardness, rule));
    }
    problem.features.push(feature("sets", Values::Set(vec![Some(CodeSet(5)); 10])));
    let groups = [(0..5).collect::<Vec<u32>>(), (5..10).collect()];
    let said = &evaluate(&problem, &groups).expect("valid").reports[0].said;
    let ids: Vec<&str> = said.iter().map(|said| said.criterion.as_str()).collect();
    assert_eq!(ids, ["d", "c", "b"]);
}

#[test]
fn g5_two_statements_about_one_question_are_not_made() {
    // Whoever has 0 in a group of three would know that one of the others has 1 and one has 2.
    let cover = |code| Rule::Cover { feature: 0, codes: vec![code], at_least: 1 };
    let mut problem = Problem {
        students: 6,
        sizes: sizes(3, 3, 3),
        features: vec![feature("answer", column(false, &[0, 1, 2, 0, 1, 2]))],
        criteria: vec![
            criterion("ones", 1, Hardness::Should, cover(1)),
            criterion("twos", 2, Hardness::Should, cover(2)),
        ],
        worst_weight: 250,
    };
    let told = |problem: &Problem| {
        let groups = [vec![0, 1, 2], vec![3, 4, 5]];
        let said = evaluate(problem, &groups).expect("valid").reports.swap_remove(0).said;
        said.into_iter().map(|said| said.criterion).collect::<Vec<_>>()
    };
    assert_eq!(told(&problem), ["twos"]);
    problem.features.push(feature("other", column(false, &[0, 1, 2, 0, 1, 2])));
    problem.criteria[0].rule = Rule::Cover { feature: 1, codes: vec![1], at_least: 1 };
    assert_eq!(told(&problem), ["twos", "ones"]);
}
