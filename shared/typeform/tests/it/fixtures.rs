//! Reads the cases under `tests/fixtures`. All people in them are invented.

use std::{fs, path::Path};

use serde_json::Value;

/// A case's name (the file's) and content, for each case of a folder.
pub(crate) fn all(folder: &str) -> Vec<(String, Value)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(folder);
    let mut cases: Vec<_> = fs::read_dir(&path)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, serde_json::from_slice(&fs::read(&path).unwrap()).unwrap())
        })
        .collect();
    cases.sort_by(|one, another| one.0.cmp(&another.0));
    assert!(!cases.is_empty(), "no cases in {}", path.display());
    cases
}

/// The case's payload as the bytes of a request.
pub(crate) fn body(case: &Value) -> Vec<u8> {
    serde_json::to_vec(&case["payload"]).unwrap()
}
