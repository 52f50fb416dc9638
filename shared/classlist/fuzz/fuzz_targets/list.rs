//! Any class list on one map, and any map on it: both files in one input, the map first, parted by
//! a line with a dash.
#![no_main]

use libfuzzer_sys::fuzz_target;

const MAP: &str = include_str!("../map.json");

fuzz_target!(|input: &[u8]| {
    let parted = input.windows(3).position(|bytes| bytes == b"\n-\n");
    let (map, csv) = match parted {
        Some(at) => (std::str::from_utf8(&input[..at]).unwrap_or_default(), &input[at + 3..]),
        None => (MAP, input),
    };
    let Ok(map) = classlist::Map::parse(map) else { return };
    if let Ok(list) = classlist::read(csv, &map) {
        let inputs = list.inputs(1, posing::merge_small);
        let students: usize = inputs.iter().map(|(_, input)| input.students.len()).sum();
        assert_eq!(students, list.rows.len());
        for (_, input) in inputs {
            posing::pose(&input).expect("what was checked fits");
        }
    }
});
