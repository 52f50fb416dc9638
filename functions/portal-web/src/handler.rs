//! From a request to a file of the portal.

use std::collections::HashMap;

use serde_json::json;

use crate::answer::Answer;
use crate::built::Built;
use crate::config::Config;
use runtime::web::Request;

/// Where the portal begins; the template's routes and the portal's own links say the same.
const BASE: &str = "/portal";

/// The addresses that the portal shows something at, below [`BASE`]; the portal's router reads the same
/// file. `:name` stands for one segment.
const ROUTES: &str = include_str!("../web/routes.json");

/// The content security policy of the page, directive by directive; the portal's own tests serve it under the
/// same. The page runs the portal's own scripts and styles and talks to its own origin and to the sign-in; no
/// markup becomes script, nothing else is loaded, nobody frames it.
const POLICY: &str = include_str!("../web/policy.json");

/// Why the function does not start.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// `web/` was not built before the function.
    #[error("the portal is not compiled in: build it first (cargo dev web), then the function")]
    NotBuilt,
    /// The addresses or the policy are no list of texts.
    #[error("reading the portal's addresses and policy")]
    Lists(#[source] serde_json::Error),
    /// A file of a kind that nobody thought of.
    #[error("{0} has an unknown kind")]
    Kind(&'static str),
}

/// The portal's files, ready to be handed out.
#[derive(Debug)]
pub struct Web {
    page: Built,
    assets: HashMap<&'static str, (Built, &'static str)>,
    routes: Vec<String>,
    settings: String,
    policy: String,
}

impl Web {
    /// Takes the files that were compiled in, and what the browser must know of this installation.
    pub fn new(files: &[Built], config: &Config) -> Result<Self, WebError> {
        let page = files.iter().find(|file| file.name == "index.html").ok_or(WebError::NotBuilt)?;
        let assets = files.iter().filter(|file| file.name != page.name);
        let assets = assets
            .map(|file| kind(file.name).map(|kind| (file.name, (*file, kind))))
            .collect::<Result<_, _>>()?;
        let sign_in = config.sign_in.as_str().trim_end_matches('/');
        Ok(Self {
            page: *page,
            assets,
            routes: list(ROUTES)?,
            settings: json!({"signIn": sign_in, "client": config.client}).to_string(),
            policy: list(POLICY)?
                .join("; ")
                .replace("{sign-in}", &config.sign_in.origin().ascii_serialization()),
        })
    }

    /// Answers a request.
    pub fn answer(&self, request: &Request) -> Answer {
        let answer = match request.method() {
            "GET" => self.read(request),
            "HEAD" => self.read(request).without_body(),
            _ => Answer::method_not_allowed(),
        };
        tracing::info!(http.status = answer.status_code, "file");
        answer
    }

    fn read(&self, request: &Request) -> Answer {
        if request.path() == "/" {
            return Answer::redirect(BASE);
        }
        let Some(path) = request.path().strip_prefix(BASE) else { return Answer::not_found() };
        if path == "/config.json" {
            return Answer::document(&self.settings, request);
        }
        let name = path.strip_prefix('/').unwrap_or_default();
        if let Some((file, kind)) = self.assets.get(name) {
            return Answer::asset(file, kind, request);
        }
        if self.routes.iter().any(|route| is_at(route, path)) {
            return Answer::page(&self.page, &self.policy, request);
        }
        Answer::not_found()
    }
}

/// Whether a path is one that a route describes; a slash at the end makes no difference.
fn is_at(route: &str, path: &str) -> bool {
    let mut wanted = route.trim_end_matches('/').split('/');
    let mut found = path.strip_suffix('/').unwrap_or(path).split('/');
    loop {
        match (wanted.next(), found.next()) {
            (None, None) => return true,
            (Some(wanted), Some(found)) if wanted.starts_with(':') && !found.is_empty() => {}
            (Some(wanted), Some(found)) if wanted == found => {}
            _ => return false,
        }
    }
}

fn list(text: &str) -> Result<Vec<String>, WebError> {
    serde_json::from_str(text).map_err(WebError::Lists)
}

fn kind(name: &'static str) -> Result<&'static str, WebError> {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("js") => Ok("text/javascript; charset=utf-8"),
        Some("css") => Ok("text/css; charset=utf-8"),
        Some("svg") => Ok("image/svg+xml"),
        Some("json") => Ok("application/json"),
        Some("txt") => Ok("text/plain; charset=utf-8"),
        _ => Err(WebError::Kind(name)),
    }
}
