//! What the page shows, and what keeps it harmless.

use base64::Engine as _;
use domain::rights::Purpose;
use serde_json::json;
use sha2::Digest as _;

use crate::world::{REQUEST, World, link, token_of};

#[tokio::test]
async fn d10_the_page_runs_no_script_loads_nothing_and_shows_nobody() {
    let world = World::with(&json!({}));
    let token = token_of(Purpose::Confirm, "first");
    for (method, token, status) in
        [("GET", token.as_str(), 200), ("POST", &token, 200), ("POST", "x", 410)]
    {
        let page = world.asks(method, link(token)).await;
        assert_eq!(page.status_code, status);
        let policy = &page.headers["content-security-policy"];
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        for part in ["frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"] {
            assert!(policy.contains(part), "{part}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        let style = page.body.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
        let hash = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(style));
        assert!(policy.contains(&hash), "the policy lets the page's own style through");
        for (name, value) in [
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
        ] {
            assert_eq!(page.headers[name], value);
        }
        for part in ["<script", " style=", "onclick", "http://", "https://", REQUEST, "stu_"] {
            assert!(!page.body.contains(part), "{part}");
        }
        if token.len() > 1 {
            assert!(!page.body.contains(token), "the token stands in the address alone");
        }
    }
}

#[tokio::test]
async fn d4_the_page_speaks_danish_and_english() {
    let world = World::with(&json!({}));
    let token = token_of(Purpose::Confirm, "first");
    let page = world.asks("GET", link(&token)).await.body;
    assert!(page.contains("<html lang=\"da\">") && page.contains("<section lang=\"en\">"));
    for part in ["Bekræft din anmodning", "Confirm your request", "name=\"viewport\"", "noindex"] {
        assert!(page.contains(part), "{part}");
    }
}
