//! Class lists that are read, and those that are refused with the place of what is wrong.

use classlist::{ClassList, Fault, Map, read};
use domain::cohort::Sizes;
use domain::profile::Answer;
use posing::{merge_small, pose};
use proptest::prelude::*;

const MAP: &str = r#"{
  "columns": { "id": "Nr", "section": "Hold", "past": ["Last", "First"] },
  "questions": [
    { "id": "gender", "column": "Gender", "kind": "choice" },
    { "id": "skills", "column": "Skills", "kind": "choices", "codes": ["rust", "c__"] },
    { "id": "gpa", "column": "GPA", "kind": "scale", "decimals": 1 },
    { "id": "free", "column": "Free", "kind": "availability" },
    { "id": "partners", "column": "Partners", "kind": "students" }
  ],
  "criteria": [
    { "id": "women", "rule": { "never_alone": { "question": "gender", "codes": ["female"] } }, "weight": 9, "hardness": "must" },
    { "id": "level", "rule": { "balance": { "question": "gpa" } }, "weight": 3, "hardness": "could" },
    { "id": "time", "rule": { "overlap": { "question": "free", "min_slots": 2, "min_length": 2 } }, "weight": 3, "hardness": "should" },
    { "id": "new", "rule": { "not_again": {} }, "weight": 3, "hardness": "should" },
    { "id": "wishes", "rule": { "wishes": { "wanted": "partners" } }, "weight": 3, "hardness": "should" },
    { "id": "siblings", "rule": { "apart": { "sets": [["a1", "a3"]] } }, "weight": 3, "hardness": "must" }
  ],
  "sizes": { "min": 2, "preferred": 2, "max": 3 },
  "small_sections": "merge"
}"#;

const LIST: &str = "\
Nr,Hold,Gender,Skills,GPA,Free,Partners,Last,First
a1,Hold 1,Female,Rust; C++,10.5,Mon 9-11; ons 14,a2;a3,x,
a2,Hold 1,male,,7,none,,x,y
a3,Hold 1,Female,rust,,Mon 9-11,,z,y
a4,Hold 1,,,12,Mon 9-12,a1,,y
b1,Hold 2,male,,2,,,x,y
";

fn list(csv: &str, map: &str) -> Result<ClassList, Fault> {
    read(csv.as_bytes(), &Map::parse(map)?)
}

fn refused(csv: &str, map: &str) -> String {
    list(csv, map).expect_err("should be refused").to_string()
}

fn answer(list: &ClassList, row: usize, question: &str) -> Option<Answer> {
    list.rows[row].answers.get(&question.parse().expect("an id")).cloned()
}

#[test]
fn every_kind_of_column_is_read() {
    let list = list(LIST, MAP).expect("a good list");
    let sections: Vec<&str> = list.sections.iter().map(domain::SectionId::as_str).collect();
    assert_eq!(sections, ["hold_1", "hold_2"]);
    assert!(answer(&list, 0, "gender") == Some(Answer::Choice("female".into())));
    assert!(answer(&list, 3, "gender").is_none());
    assert!(
        answer(&list, 0, "skills") == Some(Answer::Choices(["rust".into(), "c__".into()].into()))
    );
    assert!(answer(&list, 0, "gpa") == Some(Answer::Scale(105)));
    assert!(answer(&list, 1, "gpa") == Some(Answer::Scale(70)));
    assert!(answer(&list, 0, "free") == Some(Answer::Slots([9, 10, 62].into())));
    assert!(answer(&list, 1, "free") == Some(Answer::Slots([].into())));
    let named = [list.rows[1].student.clone(), list.rows[2].student.clone()];
    assert!(answer(&list, 0, "partners") == Some(Answer::Students(named.into())));
    assert_eq!(list.rows[4].past, ["x", "y"]);
}

#[test]
fn g2_a_list_becomes_one_problem_per_section() {
    let list = list(LIST, MAP).expect("a good list");
    let inputs = list.inputs(7, merge_small);
    // The second section's one student is too few for a group.
    assert_eq!(inputs.len(), 1);
    let (section, input) = &inputs[0];
    assert_eq!((section.as_str(), input.seed), ("hold_1", 7));
    assert_eq!(input.merged.iter().map(domain::SectionId::as_str).collect::<Vec<_>>(), ["hold_2"]);
    assert_eq!(input.past[0].len(), 2, "x and z were the groups of the last round");
    let problem = pose(input).expect("fits").problem;
    assert_eq!((problem.students, problem.criteria.len()), (5, 6));
    let pairs = |wanted: &str| {
        problem
            .criteria
            .iter()
            .find(|criterion| criterion.id == wanted)
            .expect("posed")
            .rule
            .clone()
    };
    assert_eq!(pairs("siblings"), grouping::Rule::Apart { sets: vec![vec![0, 2]] });
    let met = vec![(0, 1), (0, 4), (1, 4), (1, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 4)];
    let weights = vec![8, 8, 8, 4, 4, 4, 4, 4, 4];
    assert_eq!(pairs("new"), grouping::Rule::NotAgain { pairs: met, weights });
}

#[test]
fn excels_forms_of_csv_are_read() {
    let semicolons = "\u{feff}Nr;Level\r\n1;3,5\r\n2;4\r\n";
    let map = r#"{"columns": {"id": "Nr"}, "questions": [{"id": "level", "column": "Level", "kind": "scale", "decimals": 1}],
        "criteria": [], "sizes": {"min": 2, "preferred": 2, "max": 2}}"#;
    let list = list(semicolons, map).expect("a good list");
    assert!(answer(&list, 0, "level") == Some(Answer::Scale(35)));
    assert_eq!(list.sections[0].as_str(), "all");
}

#[test]
fn g3_what_is_wrong_with_a_list_is_told_with_its_place() {
    let with = |from: &str, to: &str| LIST.replacen(from, to, 1);
    let cases = [
        (String::new(), "is empty"),
        ("Nr,Hold\n".into(), "has no column \"Last\""),
        (LIST.lines().next().expect("a header").to_owned(), "holds no students"),
        (with("a2,Hold", "a1,Hold"), "line 3: the student stands already in line 2"),
        (with("a2,Hold", ",Hold"), "line 3, column \"Nr\": is empty, but names the student"),
        (with(",7,", ",seven,"), "line 3, column \"GPA\": not a number"),
        (with(",7,", ",7.25,"), "line 3, column \"GPA\": more than 1 decimals"),
        (with("Rust; C++", "Rust; Go"), "line 2, column \"Skills\": `Go` is none of its codes"),
        (with("Mon 9-11; ons 14", "Mon"), "line 2, column \"Free\": `Mon` is not like `Mon 9-11`"),
        (with("a2;a3", "a2;a9"), "line 2, column \"Partners\": there is no student `a9`"),
        (with("Hold 2", ""), "line 6, column \"Hold\": is empty"),
        (with("Hold 2", "Hold-1"), "line 6, column \"Hold\": cannot be told from section `hold 1`"),
        (with("Skills", "Gender"), "has two columns \"Gender\""),
        (with("b1,Hold 2,male", "b1,Hold 2"), "line 6: 8 cells instead of 9"),
        (with("a2;a3", "a2;a1"), "line 2, column \"Partners\": `a1` is the student's own"),
        (with("x,y\na3", "x,\"y\na3"), "line 3: opens a quote that nothing closes"),
    ];
    for (csv, told) in cases {
        assert_eq!(refused(&csv, MAP), told);
    }
    let latin = LIST.as_bytes().iter().map(|&byte| if byte == b'y' { 0xf8 } else { byte });
    let fault = read(&latin.collect::<Vec<u8>>(), &Map::parse(MAP).expect("a map"));
    assert_eq!(
        fault.expect_err("not UTF-8").to_string(),
        "line 3, column \"First\": is not in UTF-8"
    );
}

#[test]
fn g3_what_is_wrong_with_a_map_is_told_with_its_place() {
    let with = |from: &str, to: &str| MAP.replacen(from, to, 1);
    let cases = [
        ("{".to_owned(), "line 1, column 1, at `.`: EOF while parsing an object"),
        (
            with("\"kind\": \"choice\"", "\"kind\": \"shoe\""),
            "line 4, column 56, at `questions[0].kind`: unknown variant `shoe`, expected one of `choice`, `choices`, `scale`, `availability`, `students`",
        ),
        (
            with("\"weight\": 9", "\"wieght\": 9"),
            "line 11, column 103, at `criteria[0].wieght`: unknown field `wieght`, expected one of `id`, `rule`, `weight`, `hardness`",
        ),
        (with("\"decimals\": 1", "\"decimals\": 5"), "questions.gpa: decimals must be 0 to 4"),
        (
            with("\"kind\": \"choice\"", "\"kind\": \"choice\", \"decimals\": 1"),
            "questions.gender: only a scale has decimals",
        ),
        (
            with("\"decimals\": 1", "\"codes\": [\"x\"]"),
            "questions.gpa: only a choice or choices have codes",
        ),
        (with("\"c__\"", "\"C++\""), "questions.skills: the code `C++` is written `c__`"),
        (with("\"c__\"", "\"rust\""), "questions.skills: the code `rust` stands twice"),
        (with("[\"rust\", \"c__\"]", "[]"), "questions.skills: there are no codes"),
        (
            with("{ \"not_again\": {} }", "{ \"not_again\": {}, \"mix\": {} }"),
            "line 14, column 44, at `criteria[3].rule`: expected one kind of rule and no more",
        ),
        (String::new(), "line 1, column 1, at `.`: EOF while parsing a value"),
        (with("\"id\": \"skills\"", "\"id\": \"gender\""), "questions.gender: the id stands twice"),
        (
            with("\"weight\": 9", "\"weight\": 900"),
            "criteria.women: the weight 900 must be 1 to 100",
        ),
        (
            with("\"codes\": [\"female\"]", "\"codes\": [\"women\"]"),
            "criteria.women: names a code that the question does not have: `women` of `gender`",
        ),
        (
            with("\"question\": \"gpa\"", "\"question\": \"grade\""),
            "criteria.level: names a question that does not exist: `grade`",
        ),
        (with("\"a3\"", "\"c7\""), "criteria.siblings: there is no student `c7`"),
        (with("\"min\": 2", "\"min\": 4"), "sizes: must hold 2 <= min <= preferred <= max <= 50"),
        (format!("{MAP} true"), "line 20, column 3, at `.`: trailing characters"),
    ];
    for (map, told) in cases {
        assert_eq!(refused(LIST, &map), told);
    }
}

#[test]
fn g3_students_who_cannot_be_brought_together_are_told_by_the_lists_ids() {
    let map = |sets: &str, small: &str| {
        let rule = |id, kind, sets| {
            format!(
                r#"{{ "id": "{id}", "rule": {{ "{kind}": {{ "sets": [{sets}] }} }}, "weight": 3, "hardness": "must" }}"#
            )
        };
        let more = format!("\"criteria\": [{},", rule("pals", "together", sets));
        MAP.replace("\"criteria\": [", &more).replace("\"merge\"", &format!("\"{small}\""))
    };
    assert_eq!(
        refused(LIST, &map(r#"["a1", " a2"], ["a2", "a3"]"#, "merge")),
        "criteria.siblings: keeps students apart whom must rules bring together: `a1` and `a3`"
    );
    let across = map(r#"["a1", "b1"]"#, "one_group");
    assert_eq!(refused(LIST, &across), "criteria.pals: `a1` and `b1` are in different sections");
    // Merged sections may bring them together.
    assert!(list(LIST, &map(r#"["a1", "b1"]"#, "merge")).is_ok());
}

#[test]
fn a_map_may_begin_with_a_byte_order_mark() {
    assert!(list(LIST, &format!("\u{feff}{MAP}")).is_ok());
}

#[test]
fn rows_show_no_answers_in_debug_output() {
    let list = list(LIST, MAP).expect("a good list");
    assert!(!format!("{list:?}").contains("a1"));
}

/// JSON of the shape of criteria, right and wrong alike.
fn criterion() -> impl Strategy<Value = String> {
    let question = prop::sample::select(vec!["gender", "skills", "gpa", "free", "partners", "no"]);
    let code = prop::sample::select(vec!["female", "male", "rust", "c__", "x", ""]);
    let number =
        prop::sample::select(vec!["0", "1", "2", "3", "24", "25", "168", "65535", "-1", "x"]);
    let id = prop::sample::select(vec!["a1", "a2", "a3", "b1", "zz"]);
    let ids = prop::collection::vec(id, 0..4)
        .prop_map(|ids| ids.iter().map(|id| format!("\"{id}\"")).collect::<Vec<_>>().join(","));
    let rule = (0..15_usize, question.clone(), question, code.clone(), code, number.clone(), number, ids)
        .prop_map(|(kind, q, r, c, d, n, m, ids)| match kind {
            0 => format!(r#"{{"align":{{"question":"{q}"}}}}"#),
            1 => format!(r#"{{"mix":{{"question":"{q}"}}}}"#),
            2 => format!(r#"{{"balance":{{"question":"{q}"}}}}"#),
            3 => format!(r#"{{"overlap":{{"question":"{q}","min_slots":{n},"min_length":{m}}}}}"#),
            4 => format!(r#"{{"never_alone":{{"question":"{q}","codes":["{c}","{d}"]}}}}"#),
            5 => format!(r#"{{"never_alone_marked":{{"marks":[{{"{q}":"{c}"}},{{"{q}":"{c}","{r}":"{d}"}}]}}}}"#),
            6 => format!(r#"{{"cover":{{"question":"{q}","codes":["{c}"],"at_least":{n}}}}}"#),
            7 => format!(r#"{{"at_most":{{"question":"{q}","codes":["{c}"],"at_most":{n}}}}}"#),
            8 => format!(r#"{{"as_few":{{"question":"{q}","codes":["{c}","{d}"]}}}}"#),
            9 => format!(r#"{{"as_many":{{"question":"{q}","codes":["{c}"]}}}}"#),
            10 => format!(r#"{{"apart":{{"sets":[[{ids}]]}}}}"#),
            11 => format!(r#"{{"together":{{"sets":[[{ids}]]}}}}"#),
            12 => format!(r#"{{"not_again":{{"rounds":{n}}}}}"#),
            13 => format!(r#"{{"wishes":{{"wanted":"{q}","unwanted":"{r}"}}}}"#),
            _ => format!(r#"{{"wishes":{{"wanted":"{q}"}}}}"#),
        });
    let hardness = prop::sample::select(vec!["must", "should", "could"]);
    (rule, hardness, 1..101_u32).prop_map(|(rule, hardness, weight)| {
        format!(r#"{{"id":"c","rule":{rule},"weight":{weight},"hardness":"{hardness}"}}"#)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn g3_criteria_of_any_kind_are_solved_or_refused(
        criteria in prop::collection::vec(criterion(), 1..4), min in 1..4_u16, more in 0..3_u16,
    ) {
        let mut map: String = MAP.to_owned();
        let (from, to) = (map.find("[\n    { \"id\": \"women").expect("there"), map.find("],\n  \"sizes").expect("there"));
        let renamed: Vec<String> =
            criteria.iter().enumerate().map(|(n, json)| json.replacen("\"c\"", &format!("\"c{n}\""), 1)).collect();
        map.replace_range(from..=to, &format!("[{}]", renamed.join(",")));
        let Ok(mut map) = Map::parse(&map) else { return Ok(()) };
        map.sizes = Sizes { min, preferred: min, max: min + more };
        let Ok(list) = read(LIST.as_bytes(), &map) else { return Ok(()) };
        // What passes here fits the engine, except for sizes and conflicts, which depend on
        // who is there.
        for (_, input) in list.inputs(1, merge_small) {
            let problem = pose(&input).expect("checked").problem;
            let options = grouping::Options { budget: 50, threads: 1, ..grouping::Options::for_students(5, 1) };
            match grouping::solve(&problem, &options) {
                Ok(solution) => prop_assert_eq!(solution.groups.concat().len(), 5),
                Err(error) => {
                    let code = format!("{:?}", posing::failure_code(&error));
                    let known = ["ImpossibleSizes", "TooFewStudents", "MustRulesConflict"];
                    prop_assert!(known.contains(&code.as_str()), "{error}");
                }
            }
        }
    }

    #[test]
    fn any_text_is_read_or_refused(map in ".{0,200}", csv in prop::collection::vec(any::<u8>(), 0..300)) {
        // Reaching the end is the proof.
        drop(Map::parse(&map).map(|map| read(&csv, &map).map(|list| list.rows.len())));
        drop(read(&csv, &Map::parse(MAP).expect("a map")).map(|list| list.rows.len()));
    }
}
