use super::*;
use crate::{
    Bound, Certainty, Conflict, Contender, CriterionScore, Obstacle, Relaxed, Said, Statement,
};

fn called(lang: Lang, obstacle: &Obstacle) -> String {
    obstacle.words(lang, &Names::PLAIN)
}

#[test]
fn g3_a_conflict_is_told_in_both_languages() {
    let obstacle = Obstacle::TooFewQualify {
        criterion: "a coordinator".into(),
        at_least: 1,
        groups: 10,
        have: 9,
        size: Some(7),
    };
    let rule = |left| Contender {
        criterion: "a coordinator".into(),
        broken_in: 1,
        students: vec![4],
        relaxed: Relaxed { must_broken: left, objective: 8_749_999 },
    };
    let conflict = |obstacle: Option<Obstacle>, certainty| Conflict {
        rules: vec![rule(0), rule(1)],
        certainty,
        obstacle,
    };
    let told = conflict(Some(obstacle), Certainty::Proven);
    assert_eq!(
        told.words(Lang::En, &Names::PLAIN, 8_500_000),
        [
            "“a coordinator” asks for at least 1 in every group. The sizes make at least 10 \
             groups, which takes 10 students, but only 9 qualify. Groups of up to 7 would do.",
            "If “a coordinator” may be broken, all other must rules can hold, and the groups \
             score 87 of 100 (now 85).",
            "If “a coordinator” may be broken, 1 breach remains of other must rules, and the \
             groups score 87 of 100 (now 85).",
        ]
    );
    assert_eq!(
        told.words(Lang::Da, &Names::PLAIN, 8_500_000),
        [
            "»a coordinator« kræver mindst 1 i hver gruppe. Der bliver mindst 10 grupper, så der \
             skal bruges 10 studerende, men kun 9 opfylder kravet. Grupper på op til 7 ville være \
             nok.",
            "Hvis »a coordinator« må brydes, kan alle andre skal-krav overholdes, og grupperne \
             får 87 af 100 point (nu 85).",
            "Hvis »a coordinator« må brydes, er der stadig 1 brud på andre skal-krav, og \
             grupperne får 87 af 100 point (nu 85).",
        ]
    );
    let told = conflict(None, Certainty::Found);
    let found = told.words(Lang::En, &Names::PLAIN, 0);
    assert_eq!(
        found[0],
        "No groups were found that all keep both “a coordinator” and “a coordinator”. There may \
         still be some."
    );
}

#[test]
fn g3_every_obstacle_has_a_sentence_with_its_numbers() {
    let criterion = || "x".to_owned();
    let all = [
        Obstacle::TooFewQualify {
            criterion: criterion(),
            at_least: 2,
            groups: 3,
            have: 0,
            size: None,
        },
        Obstacle::TooManyCount {
            criterion: criterion(),
            at_most: 2,
            groups: 12,
            have: 30,
            size: Some(4),
        },
        Obstacle::OnlyOne { criterion: criterion(), student: 4 },
        Obstacle::TooFewFree { criterion: criterion(), students: vec![4], needed: 1 },
        Obstacle::TooManyApart { criterion: criterion(), students: vec![0, 1, 2], groups: 2 },
        Obstacle::NobodyLeft { criterion: criterion(), student: 4, left: 1, needed: 2 },
        Obstacle::NumberOfGroups { fewer: criterion(), most: 4, more: "y".into(), least: 5 },
        Obstacle::TogetherTooLarge { criterion: criterion(), students: 7, max: 6 },
        Obstacle::TogetherAndApart { criterion: criterion(), first: 0, second: 1 },
    ];
    let english: Vec<String> = all.iter().map(|obstacle| called(Lang::En, obstacle)).collect();
    let danish: Vec<String> = all.iter().map(|obstacle| called(Lang::Da, obstacle)).collect();
    assert_eq!(
        english,
        [
            "“x” asks for at least 2 in every group. The sizes make at least 3 groups, which takes 6 students, but nobody qualifies.",
            "“x” allows at most 2 in a group. The sizes make at most 12 groups with room for 24 in all, but 30 students count. Groups as small as 4 would do.",
            "“x” cannot hold for #5: nobody else in the section gave the same answer.",
            "“x” asks for at least 1 common free slot, but #5 has fewer that count.",
            "“x” keeps 3 students apart from each other (#1, #2 and #3). They take 3 groups, but there can be at most 2 groups.",
            "“x” leaves #5 only 1 possible partner, but even the smallest group takes 2.",
            "“x” can hold in at most 4 groups, but “y” takes at least 5.",
            "“x” brings 7 students together, but a group has at most 6 members.",
            "“x” keeps #1 and #2 apart, but another must rule brings them together.",
        ]
    );
    assert_eq!(
        danish,
        [
            "»x« kræver mindst 2 i hver gruppe. Der bliver mindst 3 grupper, så der skal bruges 6 studerende, men ingen opfylder kravet.",
            "»x« tillader højst 2 i hver gruppe. Der bliver højst 12 grupper med plads til 24 i alt, men 30 studerende tæller med. Grupper helt ned til 4 ville være nok.",
            "»x« kan ikke overholdes for #5: Ingen andre på holdet har givet det samme svar.",
            "»x« kræver mindst 1 fælles ledigt tidsrum, men #5 har selv færre, der tæller med.",
            "»x« holder 3 studerende adskilt fra hinanden (#1, #2 og #3). De kræver 3 grupper, men der kan højst blive 2 grupper.",
            "»x« giver #5 kun 1 mulig makker, men selv den mindste gruppe kræver 2.",
            "»x« kan højst overholdes i 4 grupper, men »y« kræver mindst 5.",
            "»x« samler 7 studerende i én gruppe, men en gruppe har højst 6 medlemmer.",
            "»x« holder #1 og #2 adskilt, men et andet skal-krav samler dem.",
        ]
    );
}

#[test]
fn long_lists_of_students_are_cut() {
    let all: Vec<u32> = (0..30).collect();
    let told = Names::PLAIN.listed(Lang::Da, &all);
    assert!(told.starts_with("#1, #2") && told.ends_with("#11 og 19 til"), "{told}");
    assert_eq!(Names::PLAIN.listed(Lang::En, &all[..2]), "#1 and #2");
}

#[test]
fn g5_every_statement_to_members_is_a_sentence_without_numbers() {
    for statement in [
        Statement::MostAlike,
        Statement::Wide,
        Statement::NearAverage,
        Statement::Covered,
        Statement::CanMeet,
        Statement::NewPartners,
    ] {
        let said = Said { criterion: "niveau".into(), statement };
        for lang in [Lang::Da, Lang::En] {
            let told = said.words(lang, &Names::PLAIN);
            assert!(told.ends_with('.') && !told.contains(|c: char| c.is_ascii_digit()), "{told}");
        }
    }
}

#[test]
fn g5_a_contact_reads_scores_against_the_bound_and_against_chance() {
    let problem = crate::support::cohort(1, 40);
    let options =
        crate::Options { seed: 1, budget: 20_000, threads: 1, restarts: None, clock: None };
    let mut solution = crate::solve(&problem, &options).expect("valid");
    solution.objective = 9_012_345;
    solution.bound = Some(Bound { objective: 9_150_000, proven: false, mean: 9_310, worst: 9_000 });
    let (mean, worst) = (points(solution.mean), points(solution.worst));
    let (any, any_worst) = (points(solution.reference.mean), points(solution.reference.worst));
    assert_eq!(
        solution.words(Lang::En),
        [
            "The groups score 90 of at most 92.".to_owned(),
            format!(
                "The average is {mean} and the weakest group {worst}; for random groups it is \
                 {any} and {any_worst}."
            ),
        ]
    );
    assert_eq!(solution.words(Lang::Da)[0], "Grupperne får 90 af højst 92 point.");
    solution.objective = 9_150_000;
    solution.must_broken = 1;
    assert_eq!(
        (solution.words(Lang::Da)[0].as_str(), solution.words(Lang::Da)[2].as_str()),
        (
            "Grupperne får 92 af 100 point. Det er bevist, at ingen kan få flere.",
            "Skal-krav er brudt 1 gang."
        )
    );

    let report = &mut solution.reports[0];
    let score = |criterion: &str, score| CriterionScore {
        criterion: criterion.into(),
        score,
        severity: 0,
        missing: 0,
    };
    report.score = 8_812;
    report.criteria = vec![score("ambition", 9_501), score("prior", 6_100)];
    report.must_broken = vec![crate::BrokenRule { criterion: "gender".into(), severity: 1 }];
    report.reason.common_slots[0].slots = vec![7];
    report.reason.common_slots[0].answered = 3;
    report.silent = vec![2, 11];
    solution.reference.mean = 7_000;
    assert_eq!(
        solution.group_words(0, Lang::En, &Names::PLAIN),
        [
            "The group scores 88 of 100, 18 more than a random group; the section's groups can average 94 at most.",
            "By criterion: “ambition” 95 and “prior” 61.",
            "The group breaks “gender”.",
            "The 3 who told when they are free have 1 slot in common.",
            "Answers are missing from #3 and #12.",
        ]
    );
    assert_eq!(
        solution.group_words(0, Lang::Da, &Names::PLAIN),
        [
            "Gruppen får 88 af 100 point, 18 mere end en tilfældig gruppe; holdets grupper kan i gennemsnit højst få 94.",
            "De enkelte kriterier: »ambition« 95 og »prior« 61.",
            "Gruppen bryder »gender«.",
            "De 3, der har oplyst, hvornår de er ledige, har 1 tidsrum til fælles.",
            "Svar mangler fra #3 og #12.",
        ]
    );
    assert!(solution.group_words(99, Lang::En, &Names::PLAIN).is_empty());
}
