//! The pages, in Danish and English one below the other, and the headers that keep them harmless.
//! The function's status codes are in this file.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// The one style sheet; the policy names its hash.
const STYLE: &str = "body{margin:0;background:#f4f5f2;color:#1d2a24;font:17px/1.55 system-ui,sans-serif}\
main{max-width:34rem;margin:2rem auto;padding:1.5rem;background:#fff;border-radius:12px}\
h1{font-size:1.45rem;line-height:1.25;margin:0 0 .75rem}\
section+section{border-top:1px solid #d8ded9;margin-top:1.5rem;padding-top:1.5rem}\
button{font:inherit;font-weight:600;color:#fff;background:#1f5f46;border:0;border-radius:8px;\
padding:.8rem 1.4rem;min-height:48px;width:100%}\
button:focus-visible{outline:3px solid #e0a100;outline-offset:3px}\
@media(max-width:36rem){main{margin:0;border-radius:0;min-height:100vh}}";

/// The answer in the form that API Gateway takes (payload format 2.0).
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// The HTTP status.
    pub status_code: u16,
    /// Headers.
    pub headers: BTreeMap<&'static str, String>,
    /// The body.
    pub body: String,
    /// Whether the body is in base64: an archive is, a page is text.
    pub is_base64_encoded: bool,
}

impl std::fmt::Debug for Answer {
    /// Without the body, which may be somebody's data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Answer({}, {} characters)", self.status_code, self.body.len())
    }
}

/// What a page says.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Page {
    /// What will happen, and the button.
    Ask,
    /// It is confirmed.
    Confirmed,
    /// What is fetched, and the button.
    Fetch,
    /// The file itself.
    Archive {
        /// Its name, which names nobody.
        name: String,
        /// What it holds.
        body: Vec<u8>,
    },
    /// The link cannot be used: wrong, void, used, too old or of a request that is gone. Which of
    /// these it is, only the student's own mailbox needs to know.
    NoLink,
    /// Another try in a moment may succeed.
    Later,
}

impl Page {
    fn status(&self) -> u16 {
        match self {
            Self::Ask | Self::Confirmed | Self::Fetch | Self::Archive { .. } => 200,
            Self::NoLink => 410,
            Self::Later => 503,
        }
    }

    /// Heading and text: Danish, English.
    fn says(&self) -> [(&'static str, &'static str); 2] {
        match self {
            Self::Ask => [
                (
                    "Bekræft din anmodning",
                    "Du har bedt om noget, der gælder dine oplysninger; hvad, står i mailen. Når du trykker på knappen, ved vi, at det er dig, og går i gang. Linket virker én gang.",
                ),
                (
                    "Confirm your request",
                    "You have asked for something about your data; the mail says what. When you press the button, we know that it is you and begin. The link works once.",
                ),
            ],
            Self::Confirmed => [
                (
                    "Tak, din anmodning er bekræftet",
                    "Du får en mail, når den er behandlet. Du kan lukke siden.",
                ),
                (
                    "Thank you, your request is confirmed",
                    "You will get a mail when it is done. You may close this page.",
                ),
            ],
            Self::Fetch | Self::Archive { .. } => [
                (
                    "Hent dine oplysninger",
                    "Arkivet indeholder alt, hvad vi har om dig; læs README.txt først. Det laves, når du trykker på knappen, og gemmes ikke hos os. Linket virker én gang; gik noget galt, så svar på mailen og få et nyt.",
                ),
                (
                    "Fetch your data",
                    "The archive holds everything that we hold about you; read README.txt first. It is made when you press the button and is not kept by us. The link works once; if something went wrong, reply to the mail for another.",
                ),
            ],
            Self::NoLink => [
                (
                    "Linket kan ikke bruges",
                    "Det er brugt, ældre end syv dage eller afløst af et nyere. Svar på mailen, hvis du har brug for et nyt.",
                ),
                (
                    "This link cannot be used",
                    "It has been used, is older than seven days or was replaced by a newer one. Reply to the mail if you need another.",
                ),
            ],
            Self::Later => [
                ("Prøv igen om lidt", "Intet er gået tabt. Genindlæs siden om et øjeblik."),
                ("Please try again in a moment", "Nothing is lost. Reload the page in a moment."),
            ],
        }
    }

    /// The page as an answer.
    pub(crate) fn answer(self) -> Answer {
        if let Self::Archive { name, body } = self {
            return archive(&name, &body);
        }
        let [(da, da_text), (en, en_text)] = self.says();
        let [da_button, en_button] = match self {
            Self::Ask => ["Bekræft", "Confirm"].map(button),
            Self::Fetch => ["Hent", "Fetch"].map(button),
            _ => Default::default(),
        };
        let body = format!(
            "<!doctype html><html lang=\"da\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
             <meta name=\"robots\" content=\"noindex\"><title>{da} · UniHelper</title>\
             <style>{STYLE}</style></head><body><main>\
             <section><h1>{da}</h1><p>{da_text}</p>{da_button}</section>\
             <section lang=\"en\"><h1>{en}</h1><p>{en_text}</p>{en_button}</section>\
             </main></body></html>"
        );
        let hash = STANDARD.encode(Sha256::digest(STYLE));
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        );
        let headers = [
            ("content-type", "text/html; charset=utf-8"),
            ("cache-control", "no-store"),
            ("content-security-policy", policy.as_str()),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("strict-transport-security", "max-age=31536000"),
        ];
        let headers = headers.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
        Answer { status_code: self.status(), headers, body, is_base64_encoded: false }
    }
}

fn button(text: &str) -> String {
    format!("<form method=\"post\"><button>{text}</button></form>")
}

/// A file that a browser keeps and does not show.
fn archive(name: &str, body: &[u8]) -> Answer {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        ("content-type", "application/zip"),
        ("content-disposition", disposition.as_str()),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("strict-transport-security", "max-age=31536000"),
    ];
    let headers = headers.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
    Answer { status_code: 200, headers, body: STANDARD.encode(body), is_base64_encoded: true }
}
