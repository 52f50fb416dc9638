//! `cargo dev solve` as it is called: files in, files out, exit codes.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const MAP: &str = r#"{
  "columns": { "id": "Nr", "section": "Hold" },
  "questions": [
    { "id": "level", "column": "Level", "kind": "scale" },
    { "id": "gender", "column": "Gender", "kind": "choice" },
    { "id": "free", "column": "Free", "kind": "availability" }
  ],
  "criteria": [
    { "id": "same_level", "rule": { "align": { "question": "level" } }, "weight": 9, "hardness": "should" },
    { "id": "nobody_alone", "rule": { "never_alone": { "question": "gender", "codes": ["f"] } }, "weight": 9, "hardness": "must" },
    { "id": "time", "rule": { "overlap": { "question": "free", "min_slots": 2, "min_length": 2 } }, "weight": 3, "hardness": "should" }
  ],
  "sizes": { "min": 3, "preferred": 4, "max": 5 }
}"#;

struct Files(PathBuf);

impl Files {
    /// A folder of this test's own.
    fn new(test: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
        if folder.exists() {
            std::fs::remove_dir_all(&folder).unwrap();
        }
        std::fs::create_dir_all(&folder).unwrap();
        let files = Self(folder);
        files.write("map.json", MAP);
        files.write("list.csv", list());
        files
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.0.join(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.join(name)).unwrap()
    }

    fn solve(&self, out: &str, more: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_dev"))
            .current_dir(&self.0)
            .args(["solve", "--csv", "list.csv", "--criteria", "map.json", "--out", out])
            .args(["--budget", "5000"])
            .args(more)
            .output()
            .unwrap()
    }

    /// What is said about files that cannot be used.
    fn refused(&self, out: &str) -> String {
        let output = self.solve(out, &[]);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        let files = std::fs::read_dir(&self.0).unwrap().count();
        assert_eq!(files, 2, "something was written: {output:?}");
        String::from_utf8(output.stderr).unwrap().trim().to_owned()
    }
}

/// What is said about a list that cannot be used.
fn list_refused(files: &Files, list: impl AsRef<[u8]>, told: &str) {
    files.write("map.json", MAP);
    files.write("list.csv", list);
    assert_eq!(files.refused("out.csv"), format!("error: list.csv{told}"));
}

/// What is said about a map that cannot be used.
fn map_refused(files: &Files, map: impl AsRef<[u8]>, told: &str) {
    files.write("list.csv", list());
    files.write("map.json", map);
    assert_eq!(files.refused("out.csv"), format!("error: map.json{told}"));
}

/// Two sections of twelve; four women in each.
fn list() -> String {
    let rows = (0..24).map(|n| {
        let (section, gender) = (n % 2 + 1, if n % 6 < 2 { "f" } else { "m" });
        format!("s{n:02},Hold {section},{},{gender},Mon {}-14\n", n % 5, 8 + n % 3)
    });
    format!("Nr,Hold,Level,Gender,Free\n{}", rows.collect::<String>())
}

#[test]
fn g2_a_class_list_becomes_groups_without_a_stack() {
    let files = Files::new("groups");
    let output = files.solve("out.csv", &[]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let first = files.read("out.csv");
    let mut students: Vec<&str> =
        first.lines().skip(1).map(|line| line.split(',').nth(2).unwrap()).collect();
    students.sort_unstable();
    let everybody: Vec<String> = (0..24).map(|n| format!("s{n:02}")).collect();
    assert_eq!(students, everybody);
    assert!(first.starts_with("section,group,student,group_score,same_level,nobody_alone,time,"));
    assert!(first.contains("Mon 10-14"), "common hours are missing");
    // G4: the same files, the same groups.
    files.solve("again.csv", &[]);
    assert_eq!(files.read("again.csv"), first);
}

#[test]
fn g5_everything_is_in_the_json_in_the_language_asked_for() {
    let files = Files::new("json");
    let output = files.solve("out.json", &["--lang", "da"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let formed: serde_json::Value = serde_json::from_str(&files.read("out.json")).unwrap();
    let section = &formed["sections"][0];
    assert_eq!(
        (section["section"].as_str(), section["students"].as_u64()),
        (Some("hold_1"), Some(12))
    );
    assert!(section["objective"].as_u64() <= section["bound"].as_u64());
    let reason = section["groups"][0]["reason"].as_str().unwrap();
    assert!(reason.starts_with("Gruppen får "), "{reason}");
}

#[test]
fn g3_must_rules_that_cannot_hold_are_told_and_the_groups_written() {
    let files = Files::new("broken");
    // One woman in the first section: she is alone wherever she is.
    let list = list()
        .replace("s06,Hold 1,1,f", "s06,Hold 1,1,m")
        .replace("s12,Hold 1,2,f", "s12,Hold 1,2,m");
    files.write("list.csv", list.replace("s18,Hold 1,3,f", "s18,Hold 1,3,m"));
    let output = files.solve("out.json", &[]);
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let formed: serde_json::Value = serde_json::from_str(&files.read("out.json")).unwrap();
    assert_eq!(formed["sections"][0]["must_broken"], 1);
    let conflict = formed["sections"][0]["conflicts"][0][0].as_str().unwrap();
    assert!(conflict.contains("nobody_alone"), "{conflict}");
}

#[test]
fn g3_a_list_that_cannot_be_used_is_told_with_file_line_and_column() {
    let files = Files::new("list");
    let with = |from: &str, to: &str| {
        assert!(list().contains(from), "{from}");
        list().replacen(from, to, 1)
    };
    let header = list().lines().next().unwrap().to_owned();
    let cases = [
        (String::new(), "is empty"),
        ("\n\n".into(), "is empty"),
        ("\u{feff}".into(), "is empty"),
        (format!("{header}\r\n"), "holds no students"),
        (header, "holds no students"),
        (with("Level", "Height"), "has no column \"Level\""),
        (with("Gender", "Level"), "has two columns \"Level\""),
        (with("s04,", "s02,"), "line 6: the student stands already in line 4"),
        (with("s04,", " s02 ,"), "line 6: the student stands already in line 4"),
        (with("s04,", ","), "line 6, column \"Nr\": is empty, but names the student"),
        (with("s04,Hold 1", "s04,"), "line 6, column \"Hold\": is empty"),
        (
            with("s04,Hold 1", "s04,Hold+1"),
            "line 6, column \"Hold\": cannot be told from section `hold 1`",
        ),
        (with("s03,Hold 2,3", "s03,Hold 2,three"), "line 5, column \"Level\": not a number"),
        (with("s03,Hold 2,3", "s03,Hold 2,1e3"), "line 5, column \"Level\": not a number"),
        (
            with("s03,Hold 2,3", "s03,Hold 2,99999999999999999999"),
            "line 5, column \"Level\": the number is too large",
        ),
        (
            with("s03,Hold 2,3,m,Mon 8-14", "s03,Hold 2,3,m,Mon 8-99"),
            "line 5, column \"Free\": `Mon 8-99` is not like `Mon 9-11`",
        ),
        (with("s03,Hold 2,3,", "s03,Hold 2,"), "line 5: 4 cells instead of 5"),
        (with("s03,Hold 2,3,", "s03,Hold 2,3,3,"), "line 5: 6 cells instead of 5"),
        (with("Mon 8-14\ns04", "\"Mon 8-14\ns04"), "line 5: opens a quote that nothing closes"),
    ];
    for (list, told) in cases {
        list_refused(&files, list, &format!(" (as map.json says): {told}"));
    }
    let latin = list().replace("s04", "s\u{1}4").into_bytes();
    let latin: Vec<u8> =
        latin.into_iter().map(|byte| if byte == 1 { 0xe6 } else { byte }).collect();
    list_refused(&files, latin, " (as map.json says): line 6, column \"Nr\": is not in UTF-8");
    list_refused(
        &files,
        with("s04,Hold 1", "s04,Hold 9"),
        ", section `hold_9`: 1 students are fewer than the smallest group size 3",
    );
}

#[test]
fn g3_a_map_that_cannot_be_read_is_told_with_file_line_and_column() {
    let files = Files::new("map");
    let with = |from: &str, to: &str| {
        assert!(MAP.contains(from), "{from}");
        MAP.replacen(from, to, 1)
    };
    let cases = [
        (String::new(), "line 1, column 1, at `.`: EOF while parsing a value"),
        (format!("{MAP}x"), "line 14, column 2, at `.`: trailing characters"),
        (
            with("\"weight\": 9", "\"wight\": 9"),
            "line 9, column 79, at `criteria[0].wight`: unknown field `wight`, expected one of `id`, `rule`, `weight`, `hardness`",
        ),
        (
            with("\"weight\": 9", "\"weight\": 9, \"weight\": 8"),
            "line 9, column 93, at `criteria[0]`: duplicate field `weight`",
        ),
        (
            with("\"sizes\": {", "\"sizes\": {}, \"sizes\": {"),
            "line 13, column 13, at `sizes`: missing field `min`",
        ),
        (
            with("\"weight\": 9", "\"weight\": 1.5"),
            "line 9, column 85, at `criteria[0].weight`: invalid type: floating point `1.5`, expected u32",
        ),
        (
            with("\"weight\": 9", "\"weight\": -1"),
            "line 9, column 84, at `criteria[0].weight`: invalid value: integer `-1`, expected u32",
        ),
        (
            with("\"hardness\": \"should\"", "\"hardness\": \"hard\""),
            "line 9, column 103, at `criteria[0].hardness`: unknown variant `hard`, expected one of `must`, `should`, `could`",
        ),
        (
            with("} }, \"weight\"", "}, \"mix\": {} }, \"weight\""),
            "line 9, column 68, at `criteria[0].rule`: expected one kind of rule and no more",
        ),
        (
            with("\"max\": 5", "\"max\": 70000"),
            "line 13, column 51, at `sizes.max`: invalid value: integer `70000`, expected u16",
        ),
    ];
    for (map, told) in cases {
        map_refused(&files, map, &format!(": {told}"));
    }
    let mut latin = MAP.as_bytes().to_vec();
    latin[MAP.find("Level").unwrap()] = 0xe6;
    map_refused(&files, latin, ": line 4, column 33: is not in UTF-8");
}

#[test]
fn g3_a_map_that_does_not_fit_is_told_with_the_item() {
    let files = Files::new("item");
    let with = |from: &str, to: &str| {
        assert!(MAP.contains(from), "{from}");
        MAP.replacen(from, to, 1)
    };
    let rules = |rules: &[&str]| {
        let told = rules.iter().enumerate().map(|(n, rule)| {
            format!(r#"{{ "id": "x{n}", "rule": {rule}, "weight": 3, "hardness": "must" }}, "#)
        });
        with("\"criteria\": [", &format!("\"criteria\": [{}", told.collect::<String>()))
    };
    let cases = [
        (
            with("\"weight\": 9", "\"weight\": 0"),
            "criteria.same_level: the weight 0 must be 1 to 100",
        ),
        (
            with("\"weight\": 9", "\"weight\": 101"),
            "criteria.same_level: the weight 101 must be 1 to 100",
        ),
        (with("\"min\": 3", "\"min\": 6"), "sizes: must hold 2 <= min <= preferred <= max <= 50"),
        (with("\"nobody_alone\"", "\"time\""), "criteria.time: the id stands twice"),
        (with("\"id\": \"gender\"", "\"id\": \"level\""), "questions.level: the id stands twice"),
        (
            rules(&[r#"{ "mix": { "question": "shoe" } }"#]),
            "criteria.x0: names a question that does not exist: `shoe`",
        ),
        (
            rules(&[r#"{ "cover": { "question": "gender", "codes": ["q"], "at_least": 1 } }"#]),
            "criteria.x0: names a code that the question does not have: `q` of `gender`",
        ),
        (
            rules(&[r#"{ "balance": { "question": "gender" } }"#]),
            "criteria.x0: balance needs a scale",
        ),
        (
            rules(&[
                r#"{ "together": { "sets": [["s00", "s02"], ["s02", "s04"]] } }"#,
                r#"{ "apart": { "sets": [["s00", "s04"]] } }"#,
            ]),
            "criteria.x1: keeps students apart whom must rules bring together: `s00` and `s04`",
        ),
        (
            rules(&[r#"{ "together": { "sets": [["s00", "s02", "s04", "s06", "s08", "s10"]] } }"#]),
            "criteria.x0: a set has more students than the largest group",
        ),
        (
            rules(&[r#"{ "together": { "sets": [["s00", "s01"]] } }"#]),
            "criteria.x0: `s00` and `s01` are in different sections",
        ),
        (
            rules(&[r#"{ "apart": { "sets": [["s00", "s99"]] } }"#]),
            "criteria.x0: there is no student `s99`",
        ),
        (
            rules(&[r#"{ "apart": { "sets": [["s00", "s00"]] } }"#]),
            "criteria.x0: a set holds fewer than two different students",
        ),
    ];
    for (map, told) in cases {
        map_refused(&files, map, &format!(" (with list.csv): {told}"));
    }
    files.write("list.csv", list());
    for (map, told) in [
        (
            with("\"min\": 3, \"preferred\": 4", "\"min\": 5, \"preferred\": 5"),
            "12 students cannot be split into groups of 5 to 5",
        ),
        (
            rules(&[
                r#"{ "together": { "sets": [["s00", "s02", "s04"], ["s04", "s06", "s08", "s10"]] } }"#,
            ]),
            "criterion `x0`: 6 students who must be together exceed the largest size 5",
        ),
    ] {
        files.write("map.json", map);
        let told = format!("error: list.csv, section `hold_1`: {told}");
        assert_eq!(files.refused("out.csv"), told);
    }
    let codes = with("\"kind\": \"choice\"", "\"kind\": \"choice\", \"codes\": [\"f\"]");
    files.write("map.json", codes);
    let told =
        "error: list.csv (as map.json says): line 4, column \"Gender\": `m` is none of its codes";
    assert_eq!(files.refused("out.csv"), told);
}

#[test]
fn g3_nothing_is_written_where_it_cannot_or_must_not_be() {
    let files = Files::new("out");
    assert_eq!(files.refused("out.txt"), "error: out.txt: the name must end in .csv or .json");
    let told = "error: list.csv: is read, so nothing is written there";
    assert_eq!(files.refused("list.csv"), told);
    assert_eq!(files.read("list.csv"), list());
    assert!(files.refused("none/out.csv").starts_with("error: none/out.csv: "));
    std::fs::create_dir(files.0.join("folder.csv")).unwrap();
    let output = files.solve("folder.csv", &[]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(!files.0.join("folder.csv.partial").exists());
}

#[test]
fn g2_every_common_form_of_csv_gives_the_same_groups() {
    let files = Files::new("forms");
    assert_eq!(files.solve("out.csv", &[]).status.code(), Some(0));
    let quoted = list().replace("s04,Hold 1", "\"s04\",\"Hold\n1\"");
    let forms = [
        list().replace('\n', "\r\n"),
        format!("\u{feff}{}", list()),
        list().replace(',', ";"),
        list().replace("s04,", "\ns04,"),
        list().trim_end().to_owned(),
    ];
    for form in forms {
        files.write("list.csv", &form);
        assert_eq!(files.solve("again.csv", &[]).status.code(), Some(0), "{form}");
        assert_eq!(files.read("again.csv"), files.read("out.csv"), "{form}");
    }
    // A line break in quotes is part of the cell.
    files.write("list.csv", quoted);
    assert_eq!(
        files.solve("third.csv", &[]).status.code(),
        Some(2),
        "`Hold, line break, 1` cannot be told from `Hold 1`"
    );
}
