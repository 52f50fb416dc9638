//! Picks Amazon's root certificates out of Mozilla's list, as PEM for the SDK's trust store.
//!
//! Parsing the system's whole bundle is most of an SDK client's start; AWS endpoints chain to these
//! five roots (Amazon Trust Services: Amazon Root CA 1 to 4 and Starfield Services Root CA G2).

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Names as they stand in the certificates' subjects.
const NAMES: [&str; 2] = ["Amazon Root CA", "Starfield Services Root Certificate Authority"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let mut pem = String::new();
    let mut count = 0;
    for certificate in webpki_root_certs::TLS_SERVER_ROOT_CERTS {
        if !NAMES.iter().any(|name| holds(certificate, name.as_bytes())) {
            continue;
        }
        count += 1;
        pem.push_str("-----BEGIN CERTIFICATE-----\n");
        for line in STANDARD.encode(certificate).as_bytes().chunks(64) {
            writeln!(pem, "{}", String::from_utf8_lossy(line))
                .expect("writing to a String succeeds");
        }
        pem.push_str("-----END CERTIFICATE-----\n");
    }
    assert!(count >= 5, "expected Amazon's five roots in the list, found {count}");
    let folder = std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    std::fs::write(std::path::Path::new(&folder).join("amazon_roots.pem"), pem)
        .expect("OUT_DIR can be written");
}

fn holds(der: &[u8], name: &[u8]) -> bool {
    der.windows(name.len()).any(|window| window == name)
}
