use super::*;
use crate::cohort::Rule;

fn questions() -> Vec<Question> {
    serde_json::from_str(
        r#"[
        {"id": "gender", "refs": ["a"], "kind": {"choice": {"options": [{"code": "f"}, {"code": "m"}]}}, "label": {"da": "x", "en": "x"}},
        {"id": "origin", "refs": ["b"], "kind": {"choices": {"options": [{"code": "abroad"}]}}, "label": {"da": "x", "en": "x"}},
        {"id": "level", "refs": ["c"], "kind": {"scale": {"min": 1, "max": 5}}, "label": {"da": "x", "en": "x"}},
        {"id": "free", "refs": ["d"], "kind": {"availability": {"options": [{"slots": [9], "answers": ["m"]}]}}, "label": {"da": "x", "en": "x"}},
        {"id": "partners", "refs": ["e"], "kind": "students", "label": {"da": "x", "en": "x"}},
        {"id": "remarks", "refs": ["f"], "kind": "text", "label": {"da": "x", "en": "x"}}
    ]"#,
    )
    .unwrap()
}

fn criterion(rule: &str) -> CriterionSetting {
    let json = format!(r#"{{"id": "c", "rule": {rule}, "weight": 5, "hardness": "must"}}"#);
    serde_json::from_str(&json).unwrap()
}

fn problems(criteria: &[CriterionSetting]) -> Vec<String> {
    let sizes = Sizes { min: 2, preferred: 4, max: 6 };
    grouping_problems(&questions(), criteria, sizes).iter().map(ToString::to_string).collect()
}

#[test]
fn g2_every_rule_has_a_form_that_is_right() {
    let right = [
        r#"{"align": {"question": "level"}}"#,
        r#"{"mix": {"question": "origin"}}"#,
        r#"{"balance": {"question": "level"}}"#,
        r#"{"overlap": {"question": "free", "min_slots": 4}}"#,
        r#"{"overlap": {"question": "free", "min_slots": 4, "min_length": 2}}"#,
        r#"{"never_alone": {"question": "gender", "codes": ["f"]}}"#,
        r#"{"never_alone_marked": {"marks": [{"gender": "f"}, {"gender": "f", "origin": "abroad"}]}}"#,
        r#"{"cover": {"question": "origin", "codes": ["abroad"], "at_least": 1}}"#,
        r#"{"at_most": {"question": "gender", "codes": ["m"], "at_most": 3}}"#,
        r#"{"as_few": {"question": "gender", "codes": ["m"]}}"#,
        r#"{"as_many": {"question": "gender", "codes": ["m", "f"]}}"#,
        r#"{"apart": {"sets": [["stu_1", "stu_2"]]}}"#,
        r#"{"together": {"sets": [["stu_1", "stu_2", "stu_3"]]}}"#,
        r#"{"not_again": {}}"#,
        r#"{"not_again": {"rounds": 2}}"#,
        r#"{"wishes": {"wanted": "partners"}}"#,
        r#"{"wishes": {"unwanted": "partners"}}"#,
    ];
    for rule in right {
        let criterion = criterion(rule);
        assert_eq!(problems(std::slice::from_ref(&criterion)), [""; 0], "{rule}");
        // What is stored is read again as what it was.
        let stored = serde_json::to_string(&criterion.rule).unwrap();
        assert_eq!(serde_json::from_str::<Rule>(&stored).unwrap(), criterion.rule, "{stored}");
    }
}

#[test]
fn g3_what_is_wrong_with_a_rule_is_named() {
    let wrong = [
        (
            r#"{"align": {"question": "shoe_size"}}"#,
            "names a question that does not exist: `shoe_size`",
        ),
        (r#"{"mix": {"question": "remarks"}}"#, "free text cannot be a criterion"),
        (r#"{"mix": {"question": "free"}}"#, "availability counts by overlap only"),
        (
            r#"{"mix": {"question": "partners"}}"#,
            "a question that names students counts by wishes only",
        ),
        (r#"{"balance": {"question": "gender"}}"#, "balance needs a scale"),
        (
            r#"{"overlap": {"question": "level", "min_slots": 1}}"#,
            "overlap needs an availability question",
        ),
        (r#"{"overlap": {"question": "free", "min_slots": 0}}"#, "min_slots must be 1 to 168"),
        (
            r#"{"overlap": {"question": "free", "min_slots": 1, "min_length": 25}}"#,
            "min_length must be 1 to 24",
        ),
        (r#"{"never_alone": {"question": "gender", "codes": []}}"#, "at least one code is needed"),
        (r#"{"never_alone": {"question": "level", "codes": ["1"]}}"#, "needs a choice question"),
        (
            r#"{"as_few": {"question": "gender", "codes": ["x"]}}"#,
            "names a code that the question does not have: `x` of `gender`",
        ),
        (r#"{"never_alone_marked": {"marks": []}}"#, "1 to 64 marks are needed"),
        (r#"{"never_alone_marked": {"marks": [{}]}}"#, "a mark holds no answer"),
        (
            r#"{"never_alone_marked": {"marks": [{"gender": "f"}, {"origin": "mars"}]}}"#,
            "names a code that the question does not have: `mars` of `origin`",
        ),
        (r#"{"never_alone_marked": {"marks": [{"level": "5"}]}}"#, "needs a choice question"),
        (
            r#"{"cover": {"question": "gender", "codes": ["f"], "at_least": 0}}"#,
            "at_least must be 1 or more",
        ),
        (
            r#"{"together": {"sets": [["stu_1", "stu_1"]]}}"#,
            "a set holds fewer than two different students",
        ),
        (r#"{"not_again": {"rounds": 0}}"#, "rounds must be 1 or more"),
        (r#"{"wishes": {}}"#, "needs a question for wanted or for unwanted partners"),
        (r#"{"wishes": {"wanted": "gender"}}"#, "wishes need a question that names students"),
        (
            r#"{"wishes": {"wanted": "partners", "unwanted": "partners"}}"#,
            "wanted and unwanted are the same question",
        ),
    ];
    for (rule, told) in wrong {
        assert_eq!(problems(&[criterion(rule)]), [format!("criteria.c: {told}")], "{rule}");
    }
}

#[test]
fn g3_together_and_apart_that_contradict_are_named() {
    let with = |id: &str, rule: &str| CriterionSetting { id: id.into(), ..criterion(rule) };
    let mut criteria = vec![
        with(
            "a",
            r#"{"together": {"sets": [["stu_1", "stu_2"], ["stu_4", "stu_5"], ["stu_2", "stu_4"]]}}"#,
        ),
        with("b", r#"{"apart": {"sets": [["stu_9", "stu_5", "stu_1"]]}}"#),
    ];
    let told =
        "criteria.b: keeps students apart whom must rules bring together: `stu_1` and `stu_5`";
    assert_eq!(problems(&criteria), [told]);
    criteria[1].hardness = crate::cohort::Hardness::Should;
    assert_eq!(problems(&criteria), [""; 0]);
}

#[test]
fn ids_and_weights_are_checked() {
    let mut criteria = vec![criterion(r#"{"align": {"question": "level"}}"#); 2];
    criteria[0].weight = 0;
    criteria[1].weight = 101;
    let told = [
        "criteria.c: the weight 0 must be 1 to 100",
        "criteria.c: the id stands twice",
        "criteria.c: the weight 101 must be 1 to 100",
    ];
    assert_eq!(problems(&criteria), told);
    let many: Vec<_> = (0..65)
        .map(|n| CriterionSetting {
            id: n.to_string(),
            ..criterion(r#"{"align": {"question": "level"}}"#)
        })
        .collect();
    assert_eq!(problems(&many), ["criteria: at most 64"]);
}

#[test]
fn g3_nobody_can_cover_more_than_a_group_holds() {
    let cover = [criterion(r#"{"cover": {"question": "gender", "codes": ["f"], "at_least": 6}}"#)];
    let problems = |max| {
        let sizes = Sizes { min: 2, preferred: 4, max };
        grouping_problems(&questions(), &cover, sizes).iter().map(ToString::to_string).collect()
    };
    let told: Vec<String> = problems(5);
    assert_eq!(told, ["criteria.c: at_least is more than the largest group"]);
    let told: Vec<String> = problems(6);
    assert_eq!(told, [""; 0]);
}

#[test]
fn unknown_keys_and_questions_twice_in_a_mark_are_refused() {
    for rule in [
        r#"{"align": {"question": "level", "strength": 3}}"#,
        r#"{"not_again": {"round": 3}}"#,
        r#"{"never_alone_marked": {"marks": [{"gender": "f", "gender": "m"}]}}"#,
        r#"{"alight": {"question": "level"}}"#,
    ] {
        assert!(serde_json::from_str::<Rule>(rule).is_err(), "{rule}");
    }
}

#[test]
fn settings_stored_before_there_were_these_rules_are_read() {
    let stored = r#"{"overlap": {"question": "free", "min_slots": 8}}"#;
    let rule: Rule = serde_json::from_str(stored).unwrap();
    assert!(matches!(rule, Rule::Overlap { min_length: 1, .. }));
    // And written as they were, so that an older version of the service reads them too.
    assert_eq!(serde_json::to_string(&rule).unwrap(), stored.replace(": ", ":").replace(", ", ","));
}

/// What is wrong with criteria of these rules, which stand in this order as must rules.
fn musts(rules: &[&str]) -> Vec<super::SettingsError> {
    let criteria: Vec<CriterionSetting> = rules
        .iter()
        .enumerate()
        .map(|(n, rule)| CriterionSetting { id: format!("c{n}"), ..criterion(rule) })
        .collect();
    grouping_problems(&questions(), &criteria, Sizes { min: 2, preferred: 4, max: 6 })
}

#[test]
fn g3_must_rules_that_exclude_people_or_contradict_are_refused_before_anybody_answers() {
    let align = r#"{"align": {"question": "level"}}"#;
    let mix = r#"{"mix": {"question": "level"}}"#;
    let at_most = |codes: &str, n: u16| {
        format!(r#"{{"at_most": {{"question": "gender", "codes": {codes}, "at_most": {n}}}}}"#)
    };
    let cover = |codes: &str, n: u16| {
        format!(r#"{{"cover": {{"question": "gender", "codes": {codes}, "at_least": {n}}}}}"#)
    };
    let alone = r#"{"never_alone": {"question": "gender", "codes": ["f", "m"]}}"#;
    let seven = r#"{"together": {"sets": [["a", "b", "c", "d", "e", "f", "g"]]}}"#;
    let refused = [
        (
            vec![at_most(r#"["f", "m"]"#, 0)],
            "/criteria/0/rule/at_most/codes",
            "excludes everybody:",
        ),
        (
            vec![at_most(r#"["m"]"#, 0)],
            "/criteria/0/rule/at_most/at_most",
            "excludes everybody with",
        ),
        (vec![at_most(r#"["f", "m"]"#, 1)], "/criteria/0/rule/at_most/at_most", "no group can be"),
        (vec![seven.into()], "/criteria/0/rule/together/sets", "a set has more students"),
        (vec![align.into(), mix.into()], "/criteria/1/rule", "asks for different answers"),
        (vec![mix.into(), align.into()], "/criteria/1/rule", "asks for different answers"),
        (
            vec![cover(r#"["f"]"#, 2), at_most(r#"["f"]"#, 1)],
            "/criteria/1/rule",
            "asks for more of",
        ),
        (vec![cover(r#"["f"]"#, 4), cover(r#"["m"]"#, 3)], "/criteria/1/rule", "asks together"),
        (vec![alone.into(), at_most(r#"["m"]"#, 1)], "/criteria/1/rule", "excludes people"),
    ];
    for (rules, pointer, told) in refused {
        let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
        let found = musts(&rules);
        assert_eq!(found.len(), 1, "{rules:?}: {found:?}");
        assert_eq!(found[0].pointer, pointer, "{rules:?}");
        assert!(found[0].problem.starts_with(told), "{rules:?}: {}", found[0].problem);
        assert_ne!(found[0].danish, found[0].problem);
    }
    // What is close to these and can be kept.
    for rules in [
        vec![at_most(r#"["f", "m"]"#, 2)],
        vec![align.into(), r#"{"mix": {"question": "origin"}}"#.into()],
        vec![cover(r#"["f"]"#, 1), at_most(r#"["f"]"#, 1)],
        vec![cover(r#"["f"]"#, 3), cover(r#"["m"]"#, 3)],
        vec![alone.into(), at_most(r#"["m"]"#, 2)],
    ] {
        let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
        assert_eq!(musts(&rules), [], "{rules:?}");
    }
    // Only what must hold excludes: as a wish it is weighed.
    let wish = CriterionSetting {
        hardness: crate::cohort::Hardness::Should,
        ..criterion(&at_most(r#"["m"]"#, 0))
    };
    assert_eq!(problems(&[wish]), [""; 0]);
}

#[test]
fn g3_what_is_wrong_says_where_it_stands_in_the_json() {
    let found = musts(&[
        r#"{"align": {"question": "level"}}"#,
        r#"{"cover": {"question": "gender", "codes": [], "at_least": 1}}"#,
        r#"{"mix": {"question": "shoe_size"}}"#,
    ]);
    let places: Vec<&str> = found.iter().map(|one| one.pointer.as_str()).collect();
    assert_eq!(places, ["/criteria/1/rule/cover/codes", "/criteria/2/rule/mix"]);
}
