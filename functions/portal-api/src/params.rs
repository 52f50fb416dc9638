//! Parameters of a request: ids in the path, strict queries that report every problem at once.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt::Display;
use std::str::FromStr;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use registering::Fault;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::problem::Problem;
use crate::sentences::Localised;

/// The longest name of an unknown parameter that is repeated in an answer, in characters.
const LONGEST_NAME: usize = 64;

/// The ids in a path. One that is no id of its kind names nothing, so it answers 404 as a foreign
/// one does.
pub(crate) struct PathIds(BTreeMap<String, String>);

impl PathIds {
    pub(crate) fn id<T: FromStr>(&self, name: &'static str) -> Result<T, Problem> {
        self.0.get(name).and_then(|text| text.parse().ok()).ok_or(Problem::NotFound)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for PathIds {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let params = RawPathParams::from_request_parts(parts, state).await;
        let params = params.map_err(|_| Problem::NotFound)?;
        Ok(Self(params.iter().map(|(name, id)| (name.to_owned(), id.to_owned())).collect()))
    }
}

/// One problem with one parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"in": "query", "name": "limit", "problem": "must be a whole number from 1 to 200"}))]
pub(crate) struct ParameterProblem {
    /// Where the parameter stands: `query`, `header` or `body`.
    #[serde(rename = "in")]
    pub(crate) place: &'static str,
    /// Its name; empty for the body as a whole.
    pub(crate) name: String,
    /// What is wrong with it and what would be right.
    pub(crate) problem: String,
    /// Where in the body it stands, as a JSON pointer (RFC 6901); absent outside the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pointer: Option<String>,
    /// The problem for the reader, in both languages, where it may be a person's mistake.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) words: Option<Localised>,
}

impl From<Fault> for ParameterProblem {
    fn from(fault: Fault) -> Self {
        let words = Localised::of(fault.danish, fault.problem.clone());
        let pointer = Some(fault.pointer);
        Self { pointer, words: Some(words), ..Self::at("body", &fault.item, fault.problem) }
    }
}

impl ParameterProblem {
    pub(crate) fn query(name: &str, problem: impl Into<String>) -> Self {
        Self::at("query", name, problem)
    }

    pub(crate) fn header(name: &str, problem: impl Into<String>) -> Self {
        Self::at("header", name, problem)
    }

    pub(crate) fn body(name: &str, problem: impl Into<String>) -> Self {
        let pointer = if name.is_empty() { String::new() } else { format!("/{name}") };
        Self { pointer: Some(pointer), ..Self::at("body", name, problem) }
    }

    /// What is wrong at a place in the body, for the reader in both languages.
    pub(crate) fn told(
        pointer: String,
        name: &str,
        da: impl Into<String>,
        en: impl Into<String>,
    ) -> Self {
        let en = en.into();
        let words = Localised::of(da.into(), en.clone());
        Self { pointer: Some(pointer), words: Some(words), ..Self::at("body", name, en) }
    }

    fn at(place: &'static str, name: &str, problem: impl Into<String>) -> Self {
        let name = name.chars().take(LONGEST_NAME).collect();
        Self { place, name, problem: problem.into(), pointer: None, words: None }
    }
}

/// The query and headers of a request. A handler takes what it knows; [`Params::finish`] refuses
/// what is left over, so that a misspelt filter never shows everything.
pub(crate) struct Params {
    query: BTreeMap<String, Vec<String>>,
    headers: HeaderMap,
    problems: Vec<ParameterProblem>,
}

impl<S: Sync> FromRequestParts<S> for Params {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let raw = parts.uri.query().unwrap_or_default();
        let mut query: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(raw.as_bytes()) {
            query.entry(name.into_owned()).or_default().push(value.into_owned());
        }
        Ok(Self { query, headers: parts.headers.clone(), problems: Vec::new() })
    }
}

impl Params {
    /// A query parameter as it was given; given twice it is a problem.
    pub(crate) fn text(&mut self, name: &'static str) -> Option<String> {
        let mut values = self.query.remove(name)?;
        if values.len() > 1 {
            self.refuse(name, "is given more than once");
            return None;
        }
        values.pop()
    }

    /// A query parameter of some type.
    pub(crate) fn parsed<T>(&mut self, name: &'static str) -> Option<T>
    where
        T: FromStr,
        T::Err: Display,
    {
        let text = self.text(name)?;
        text.parse().map_err(|error: T::Err| self.refuse(name, error.to_string())).ok()
    }

    /// A header; a value that `fits` does not accept is a problem.
    pub(crate) fn header(
        &mut self,
        name: &'static str,
        fits: impl Fn(&str) -> bool,
        rule: &str,
    ) -> Option<String> {
        let value = self.headers.get(name)?.to_str().ok().filter(|value| fits(value));
        let value = value.map(str::to_owned);
        if value.is_none() {
            self.problems.push(ParameterProblem::header(name, rule));
        }
        value
    }

    /// The same for a header that must be there.
    pub(crate) fn required_header(
        &mut self,
        name: &'static str,
        fits: impl Fn(&str) -> bool,
        rule: &str,
    ) -> Option<String> {
        if !self.headers.contains_key(name) {
            self.problems.push(ParameterProblem::header(name, rule));
            return None;
        }
        self.header(name, fits, rule)
    }

    /// The version that the change is made from, `If-Match`.
    pub(crate) fn version(&mut self) -> Option<u32> {
        const RULE: &str = "must be the version in the ETag of what is changed, such as \"3\"";
        let number = |text: &str| text.trim_matches('"').parse::<u32>().ok();
        let named = self.required_header("if-match", |text| number(text).is_some(), RULE);
        named.as_deref().and_then(number)
    }

    /// Refuses the request unless it names this version and nothing in it is wrong or unknown.
    pub(crate) fn finish_at(mut self, version: u32) -> Result<(), Problem> {
        let seen = self.version();
        self.finish()?;
        if seen == Some(version) { Ok(()) } else { Err(Problem::Stale { version }) }
    }

    /// The key under which something is asked for once, `Idempotency-Key`.
    pub(crate) fn required_key(&mut self) -> Option<String> {
        const RULE: &str = "must be 1 to 128 printable ASCII characters";
        let fits = |key: &str| {
            (1..=128).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic() || b == b' ')
        };
        self.required_header("idempotency-key", fits, RULE)
    }

    /// Notes a problem with a query parameter.
    pub(crate) fn refuse(&mut self, name: &str, problem: impl Into<String>) {
        self.problems.push(ParameterProblem::query(name, problem));
    }

    /// Refuses the request if anything was wrong or unknown.
    pub(crate) fn finish(mut self) -> Result<(), Problem> {
        for name in std::mem::take(&mut self.query).into_keys() {
            self.refuse(&name, "is not a parameter of this route");
        }
        // What was misspelt comes before what is missing, which may be the same.
        self.problems.sort_by_key(|problem| problem.place != "query");
        if self.problems.is_empty() { Ok(()) } else { Err(Problem::Parameters(self.problems)) }
    }
}

/// The cohort that a path names, as the document describes it.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes parameters, which are read one by one")]
pub(crate) struct OfCohort {
    /// The cohort.
    #[param(example = "coh_0192f0c1a2b37c4d8e5f60718293a4b5")]
    cohort: String,
}

/// The formation that a path names, as the document describes it.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes parameters, which are read one by one")]
pub(crate) struct OfFormation {
    /// The cohort.
    #[param(example = "coh_0192f0c1a2b37c4d8e5f60718293a4b5")]
    cohort: String,
    /// The formation.
    #[param(example = "for_0192f0c1a2b37c4d8e5f60718293a4b5")]
    formation: String,
}

/// The mailing that a path names, as the document describes it.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes parameters, which are read one by one")]
pub(crate) struct OfMailing {
    /// The cohort.
    #[param(example = "coh_0192f0c1a2b37c4d8e5f60718293a4b5")]
    cohort: String,
    /// The mailing.
    #[param(example = "mlg_1f3870be274f6c49b3e31a0c6728957f")]
    mailing: String,
}

/// For routes that know no query parameter.
pub(crate) struct NoParams;

impl<S: Sync> FromRequestParts<S> for NoParams {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Ok(params) = Params::from_request_parts(parts, state).await;
        params.finish().map(|()| Self)
    }
}
