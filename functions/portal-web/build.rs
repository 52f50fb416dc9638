//! Compiles in what `web/` was built to (`web/dist`, made by `cargo dev web`).
//!
//! A fresh clone has no such folder and still compiles: the table is empty then, and the binary
//! refuses to start. `cargo dev` builds `web/` before it builds or deploys functions.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

fn main() {
    let variable = |name| std::env::var_os(name).map(PathBuf::from).expect("cargo sets it");
    let dist = variable("CARGO_MANIFEST_DIR").join("web/dist");
    // Of a folder that is not there, cargo asks again each time.
    println!("cargo::rerun-if-changed=web/dist");
    println!("cargo::rerun-if-changed=build.rs");
    let mut files = Vec::new();
    if dist.is_dir() {
        collect(&dist, &mut files);
    }
    files.sort();
    let mut table = String::from("[\n");
    for file in files.iter().filter(|file| !is_packed(file)) {
        let name = file.strip_prefix(&dist).expect("it lies in there");
        let name = name.to_str().expect("a name in ASCII").replace('\\', "/");
        let packed = |ending: &str| {
            let packed = PathBuf::from(format!("{}.{ending}", file.display()));
            if packed.is_file() {
                format!("Some(include_bytes!({packed:?}).as_slice())")
            } else {
                "None".to_owned()
            }
        };
        writeln!(
            table,
            "    Built {{ name: {name:?}, plain: include_bytes!({file:?}), brotli: {}, gzip: {} }},",
            packed("br"),
            packed("gz")
        )
        .expect("a text takes everything");
    }
    table.push(']');
    fs::write(variable("OUT_DIR").join("built.rs"), table).expect("the folder is cargo's");
}

fn is_packed(file: &Path) -> bool {
    file.extension().is_some_and(|ending| ending == "br" || ending == "gz")
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("its entries as well").path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}
