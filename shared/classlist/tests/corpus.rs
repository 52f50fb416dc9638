//! The fuzz targets' corpus, without a fuzzer: whatever it holds is refused or understood.

use std::path::Path;

use classlist::{Map, read};
use posing::{merge_small, pose};

const FUZZ: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz");

/// The files of a target's corpus.
fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(FUZZ).join("corpus").join(target);
    let entries = std::fs::read_dir(folder).expect("a corpus");
    entries
        .map(|entry| {
            let entry = entry.expect("an entry");
            let bytes = std::fs::read(entry.path()).expect("a file");
            (entry.file_name().to_string_lossy().into_owned(), bytes)
        })
        .collect()
}

/// Reads both and, if they are good, forms groups; says whether they are.
fn tried(name: &str, map: &str, csv: &[u8]) -> bool {
    let Ok(map) = Map::parse(map) else { return false };
    let Ok(list) = read(csv, &map) else { return false };
    let mut students = 0;
    for (_, input) in list.inputs(1, merge_small) {
        let problem = pose(&input).expect("what was checked fits").problem;
        students += input.students.len();
        let options =
            grouping::Options { budget: 200, threads: 1, ..grouping::Options::for_students(1, 1) };
        // Sizes and conflicts depend on who is there; their errors are typed.
        if let Ok(solution) = grouping::solve(&problem, &options) {
            assert_eq!(solution.groups.concat().len(), input.students.len(), "{name}");
        }
    }
    assert_eq!(students, list.rows.len(), "{name}");
    true
}

#[test]
fn g3_every_map_of_the_corpus_is_solved_or_refused() {
    let list = std::fs::read(format!("{FUZZ}/list.csv")).expect("the target's list");
    let (mut good, mut bad) = (0, 0);
    for (name, bytes) in corpus("criteria") {
        let good_one = std::str::from_utf8(&bytes).is_ok_and(|map| tried(&name, map, &list));
        *(if good_one { &mut good } else { &mut bad }) += 1;
    }
    assert!(good >= 12 && bad >= 12, "{good} good and {bad} bad maps try too little");
}

#[test]
fn g3_every_list_of_the_corpus_is_read_or_refused() {
    let map = std::fs::read_to_string(format!("{FUZZ}/map.json")).expect("the target's map");
    let (mut good, mut bad) = (0, 0);
    for (name, bytes) in corpus("list") {
        // As in the target: a map, a line with a dash, a list; or a list alone.
        let parted = bytes.windows(3).position(|bytes| bytes == b"\n-\n");
        let good_one = match parted {
            Some(at) => std::str::from_utf8(&bytes[..at])
                .is_ok_and(|map| tried(&name, map, &bytes[at + 3..])),
            None => tried(&name, &map, &bytes),
        };
        *(if good_one { &mut good } else { &mut bad }) += 1;
    }
    assert!(good >= 2 && bad >= 12, "{good} good and {bad} bad lists try too little");
}
