//! Every page as the gateway gets it, written into a folder: `DRAWN=folder`. A browser then walks through them
//! (`functions/portal-web/web/tests/drawn`), and `cargo dev test` does both.

use subprocessors::register;

use crate::pages::{event, shown, with_announced};

#[test]
#[allow(clippy::disallowed_methods, reason = "asked for by whoever draws the pages")]
fn drawn_sub_processors() {
    let Ok(folder) = std::env::var("DRAWN") else { return };
    for (name, register) in [("subprocessors", register()), ("announced", with_announced())] {
        for (lang, asked) in [("da", "page-danish"), ("en", "page-english")] {
            let answer = shown(register, &event(asked));
            assert!(answer.headers.contains_key("content-security-policy"));
            let file = format!("{folder}/{name}-{lang}.json");
            std::fs::write(file, serde_json::to_vec(&answer).unwrap()).unwrap();
        }
    }
}
