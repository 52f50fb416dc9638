//! From a request to a page.

use runtime::clock::{Clock, today};
use runtime::web::Request;
use subprocessors::Register;

use crate::answer::{Answer, policy_for_style};
use crate::{language, page};

/// The pages with what they show.
#[derive(Debug)]
pub struct Pages {
    register: &'static Register,
    region: String,
    clock: Clock,
}

impl Pages {
    /// Binds the register, the region that this installation runs in, and the time.
    pub fn new(register: &'static Register, region: impl Into<String>, clock: Clock) -> Self {
        Self { register, region: region.into(), clock }
    }

    /// Answers a request.
    pub fn answer(&self, request: &Request) -> Answer {
        let answer = match (request.method(), request.path()) {
            ("GET", "/subprocessors") => self.page(request),
            ("GET", "/subprocessors.json") => self.data(request),
            (_, "/subprocessors" | "/subprocessors.json") => Answer::method_not_allowed(),
            _ => Answer::not_found(),
        };
        tracing::info!(http.status = answer.status_code, "page");
        answer
    }

    fn page(&self, request: &Request) -> Answer {
        let language = language::of(request);
        let register = self.register.public(&self.region, today((self.clock)()));
        match page::render(&register, language) {
            Ok(body) => {
                let policy = policy_for_style(page::STYLE);
                let mut answer = Answer::found("text/html; charset=utf-8", &policy, body, request);
                answer.headers.insert("content-language", page::tag(language).to_owned());
                answer
            }
            Err(error) => {
                runtime::telemetry::log_error("page", &error);
                Answer::broken()
            }
        }
    }

    fn data(&self, request: &Request) -> Answer {
        let register = self.register.public(&self.region, today((self.clock)()));
        match serde_json::to_string(&register) {
            Ok(body) => Answer::found("application/json", "default-src 'none'", body, request),
            Err(error) => {
                runtime::telemetry::log_error("data", &error);
                Answer::broken()
            }
        }
    }
}
