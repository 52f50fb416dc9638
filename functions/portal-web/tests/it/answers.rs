use base64::{Engine as _, engine::general_purpose::STANDARD};
use portal_web::Web;
use portal_web::answer::Answer;
use portal_web::built::Built;
use portal_web::config::Config;
use portal_web::handler::WebError;
use serde_json::{Value, json};

const PAGE: &[u8] = b"<!doctype html><title>Portal</title>";
const SCRIPT: &[u8] = b"console.log(1)";

const FILES: [Built; 3] = [
    Built { name: "index.html", plain: PAGE, brotli: Some(b"page-br"), gzip: Some(b"page-gz") },
    Built { name: "assets/a-1.js", plain: SCRIPT, brotli: Some(b"js-br"), gzip: Some(b"js-gz") },
    Built { name: "assets/i-2.svg", plain: b"<svg/>", brotli: None, gzip: None },
];

fn config() -> Config {
    let sign_in = "https://sign-in.example.dk/".parse().unwrap();
    Config { sign_in, client: "client-1".into() }
}

pub(crate) fn event(name: &str) -> Value {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/portal-web/");
    serde_json::from_slice(&std::fs::read(format!("{folder}{name}.json")).unwrap()).unwrap()
}

pub(crate) fn answer(event: &Value) -> Answer {
    let web = Web::new(&FILES, &config()).unwrap();
    web.answer(&serde_json::from_value(event.clone()).unwrap())
}

fn asked(method: &str, path: &str, headers: &Value) -> Answer {
    let context = json!({"http": {"method": method}});
    answer(&json!({"rawPath": path, "headers": headers, "requestContext": context}))
}

#[test]
fn p3_every_address_of_the_portal_is_its_page_and_no_other_is() {
    for (path, status) in [
        ("/", 302),
        ("/portal", 200),
        ("/portal/", 200),
        ("/portal/signed-in", 200),
        ("/portal/cohorts/coh_1", 200),
        ("/portal/cohorts/coh_1/", 200),
        ("/portal/cohorts/coh_1/formations/for_1/messages", 200),
        ("/portal/assets/a-1.js", 200),
        ("/portal/config.json", 200),
        ("/portal/cohorts", 404),
        ("/portal/cohorts//data", 404),
        ("/portal/cohorts/coh_1/formations/for_1/messages/msg_1", 404),
        ("/portal//", 404),
        ("/portal/index.html", 404),
        ("/portal/assets/a-2.js", 404),
        ("/portal/assets/../assets/a-1.js", 404),
        ("/portal/assets", 404),
        ("/portals", 404),
        ("/", 302),
        ("", 404),
    ] {
        assert_eq!(asked("GET", path, &json!({})).status_code, status, "{path}");
    }
    assert_eq!(asked("GET", "/", &json!({})).headers["location"], "/portal");
}

#[test]
fn p3_a_file_is_packed_as_the_reader_takes_it_and_kept_for_ever_by_its_name() {
    let plain = std::str::from_utf8(SCRIPT).unwrap();
    for (accept, encoding, body) in [
        ("gzip, deflate, br, zstd", Some("br"), STANDARD.encode("js-br")),
        ("gzip", Some("gzip"), STANDARD.encode("js-gz")),
        ("br;q=0, gzip;q=0.1", Some("gzip"), STANDARD.encode("js-gz")),
        ("identity", None, plain.to_owned()),
    ] {
        let answer = asked("GET", "/portal/assets/a-1.js", &json!({"accept-encoding": accept}));
        assert_eq!(
            answer.headers.get("content-encoding").map(String::as_str),
            encoding,
            "{accept}"
        );
        assert_eq!((answer.body, answer.is_base64_encoded), (body, encoding.is_some()), "{accept}");
        assert_eq!(answer.headers["vary"], "accept-encoding");
        assert_eq!(answer.headers["content-type"], "text/javascript; charset=utf-8");
        assert_eq!(answer.headers["cache-control"], "public, max-age=31536000, immutable");
    }
    let image = asked("GET", "/portal/assets/i-2.svg", &json!({"accept-encoding": "br"}));
    assert_eq!((image.body.as_str(), image.is_base64_encoded), ("<svg/>", false));
}

#[test]
fn p3_the_page_is_asked_for_again_and_sent_only_when_it_is_another() {
    let first = asked("GET", "/portal", &json!({"accept-encoding": "br"}));
    assert_eq!(first.headers["cache-control"], "no-cache");
    assert_eq!(first.body, STANDARD.encode("page-br"));
    for known in [first.headers["etag"].clone(), format!("\"x\", W/{}", first.headers["etag"])] {
        let again = asked("GET", "/portal/audit", &json!({"if-none-match": known}));
        assert_eq!((again.status_code, again.body.as_str()), (304, ""), "{known}");
        assert!(again.headers.contains_key("content-security-policy"));
    }
    let other = asked("GET", "/portal", &json!({"if-none-match": "\"x\""}));
    assert_eq!(other.status_code, 200);
}

#[test]
fn p3_head_says_what_get_would_and_nothing_else_is_allowed() {
    for path in ["/portal", "/portal/assets/a-1.js", "/portal/config.json", "/portal/nothing"] {
        let (get, head) = (asked("GET", path, &json!({})), asked("HEAD", path, &json!({})));
        assert_eq!((head.status_code, &head.headers), (get.status_code, &get.headers), "{path}");
        assert!(head.body.is_empty() && !get.body.is_empty(), "{path}");
    }
    for method in ["POST", "PUT", "DELETE", "OPTIONS", ""] {
        let refused = asked(method, "/portal", &json!({}));
        assert_eq!((refused.status_code, refused.headers["allow"].as_str()), (405, "GET, HEAD"));
    }
}

#[test]
fn p3_the_browser_is_told_where_to_sign_in_and_may_talk_there_and_home_only() {
    let settings: Value =
        serde_json::from_str(&asked("GET", "/portal/config.json", &json!({})).body).unwrap();
    assert_eq!(settings, json!({"signIn": "https://sign-in.example.dk", "client": "client-1"}));
    let page = asked("GET", "/portal", &json!({}));
    let policy = &page.headers["content-security-policy"];
    for part in [
        "default-src 'none'",
        "script-src 'self';",
        "style-src 'self';",
        "connect-src 'self' https://sign-in.example.dk;",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    ] {
        assert!(policy.contains(part), "{part}: {policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
}

#[test]
fn p3_every_answer_has_the_headers_that_keep_it_harmless() {
    for path in ["/", "/portal", "/portal/config.json", "/portal/assets/a-1.js", "/nowhere"] {
        let answer = asked("GET", path, &json!({}));
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.headers[name], value, "{path}");
        }
        assert!(answer.headers["content-security-policy"].contains("default-src 'none'"));
        assert!(answer.headers["content-security-policy"].contains("frame-ancestors 'none'"));
    }
}

#[test]
fn p3_without_its_page_or_with_an_unknown_kind_of_file_it_does_not_start() {
    assert!(matches!(Web::new(&FILES[1..], &config()), Err(WebError::NotBuilt)));
    let mut files = FILES.to_vec();
    files[2].name = "assets/i-2.exe";
    assert!(matches!(Web::new(&files, &config()), Err(WebError::Kind("assets/i-2.exe"))));
}
