//! Any map on one small class list: it is refused, or its groups are formed.
#![no_main]

use grouping::Options;
use libfuzzer_sys::fuzz_target;

const LIST: &str = include_str!("../list.csv");

fuzz_target!(|map: &str| {
    let Ok(map) = classlist::Map::parse(map) else { return };
    let Ok(list) = classlist::read(LIST.as_bytes(), &map) else { return };
    for (_, input) in list.inputs(1, posing::merge_small) {
        let problem = posing::pose(&input).expect("what was checked fits").problem;
        let options = Options { budget: 200, threads: 1, ..Options::for_students(1, 1) };
        if let Ok(solution) = grouping::solve(&problem, &options) {
            assert_eq!(solution.groups.concat().len(), input.students.len());
        }
    }
});
