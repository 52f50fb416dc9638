//! Compiles in what `web/` was built to (`web/dist`, made by `cargo dev web`).
//!
//! A fresh clone has no such folder and still compiles: the table is empty then, and the binary
//! refuses to start. `cargo dev` builds `web/` before it builds or deploys functions.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

fn main() {
    let folder = |name| std::env::var_os(name).map(PathBuf::from).expect("cargo sets it");
    let dist = folder("CARGO_MANIFEST_DIR").join("web/dist");
    // Of a folder that is not there, cargo asks again each time.
    println!("cargo::rerun-if-changed=web/dist");
    println!("cargo::rerun-if-changed=build.rs");
    let mut files = Vec::new();
    if dist.is_dir() {
        collect(&dist, "", &mut files);
    }
    files.sort();
    // Copied first: the portal may be built again while the compiler reads.
    let out = folder("OUT_DIR");
    let copies = out.join("web");
    if copies.exists() {
        fs::remove_dir_all(&copies).expect("the folder is cargo's");
    }
    for name in &files {
        let copy = copies.join(name);
        fs::create_dir_all(copy.parent().expect("it is below")).expect("the folder is cargo's");
        fs::copy(dist.join(name), copy).expect("the file can be read");
    }
    let bytes = |name: &str| format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/web/{name}\"))");
    let mut table = String::from("[\n");
    let is_packed = |name: &str| [Some("br"), Some("gz")].contains(&name.rsplit('.').next());
    for name in files.iter().filter(|name| !is_packed(name)) {
        let plain = bytes(name);
        let packed = |ending| {
            let packed = format!("{name}{ending}");
            let some = |name: &String| format!("Some({}.as_slice())", bytes(name));
            files.iter().find(|file| **file == packed).map_or_else(|| "None".to_owned(), some)
        };
        let (brotli, gzip) = (packed(".br"), packed(".gz"));
        writeln!(
            table,
            "    Built {{ name: {name:?}, plain: {plain}, brotli: {brotli}, gzip: {gzip} }},"
        )
        .expect("a text takes everything");
    }
    table.push(']');
    fs::write(out.join("built.rs"), table).expect("the folder is cargo's");
}

/// The names below `web/dist`, with `/` between their parts; not those that begin with a dot, which are notes.
fn collect(folder: &Path, before: &str, files: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let entry = entry.expect("its entries as well");
        let name = entry.file_name().into_string().expect("names of ours are in ASCII");
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{before}{name}/"), files);
        } else if !name.starts_with('.') {
            files.push(format!("{before}{name}"));
        }
    }
}
