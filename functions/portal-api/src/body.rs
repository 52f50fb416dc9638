//! The body of a request: one JSON object whose members are taken one by one, so that everything
//! that is wrong is told at once and nothing unknown is ignored.

use std::fmt::Display;
use std::str::FromStr;

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use jiff::civil::Date;
use serde_json::{Map, Value};

use crate::params::ParameterProblem;
use crate::problem::Problem;

/// The longest body, in bytes; none that makes sense is nearly as long.
const LONGEST: usize = 16 * 1024;

/// The longest settings of a cohort, and the longest list of who is held fast (3,500 students), in bytes: with
/// all that is stored beside them they stay far below the 400 KB of an item.
const LONGEST_OF_ALL: usize = 128 * 1024;

/// The longest roster, in bytes: 20,000 students whose addresses and sections are long. Lambda takes 6 MB with
/// everything around it.
const LONGEST_ROSTER: usize = 4 * 1024 * 1024;

/// The members of a body.
pub(crate) struct Body {
    members: Map<String, Value>,
    problems: Vec<ParameterProblem>,
}

impl<S: Sync> FromRequest<S> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let members = object(request, LONGEST, "must be at most 16 KiB long").await?;
        Ok(Self { members, problems: Vec::new() })
    }
}

/// The members of a body that may be long.
pub(crate) struct LongBody(pub(crate) Map<String, Value>);

impl<S: Sync> FromRequest<S> for LongBody {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        object(request, LONGEST_OF_ALL, "must be at most 128 KiB long").await.map(Self)
    }
}

/// The members of a body that may be as long as a roster.
pub(crate) struct RosterBody(pub(crate) Map<String, Value>);

impl<S: Sync> FromRequest<S> for RosterBody {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        object(request, LONGEST_ROSTER, "must be at most 4 MiB long").await.map(Self)
    }
}

async fn object(
    request: Request,
    longest: usize,
    rule: &str,
) -> Result<Map<String, Value>, Problem> {
    let whole = |problem: &str| Problem::Parameters(vec![ParameterProblem::body("", problem)]);
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default();
    if !kind.trim().eq_ignore_ascii_case("application/json") {
        return Err(whole("must be sent as application/json"));
    }
    let bytes = to_bytes(request.into_body(), longest).await;
    let bytes = bytes.map_err(|_| whole(rule))?;
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(members)) => Ok(members),
        _ => Err(whole("must be a JSON object")),
    }
}

impl From<LongBody> for Body {
    fn from(LongBody(members): LongBody) -> Self {
        Self { members, problems: Vec::new() }
    }
}

impl Body {
    /// A text of one line that must be there, without surrounding space.
    pub(crate) fn text(&mut self, name: &str, longest: usize) -> String {
        let text = match self.members.remove(name) {
            Some(Value::String(text)) => text.trim().to_owned(),
            _ => String::new(),
        };
        let length = text.chars().count();
        if length == 0 || length > longest || text.contains(char::is_control) {
            self.refuse(name, format!("must be a text of one line with 1 to {longest} characters"));
        }
        text
    }

    /// A text that may have several lines and be absent; anything but a text reads as an empty one.
    pub(crate) fn lines(&mut self, name: &str) -> Option<String> {
        let given = self.members.remove(name)?;
        Some(given.as_str().unwrap_or_default().trim().to_owned())
    }

    /// A text of some type that must be there.
    pub(crate) fn parsed<T>(&mut self, name: &str) -> Option<T>
    where
        T: FromStr,
        T::Err: Display,
    {
        let given = self.members.remove(name);
        let parsed = given.as_ref().and_then(Value::as_str).unwrap_or_default().parse();
        parsed.map_err(|error: T::Err| self.refuse(name, error.to_string())).ok()
    }

    /// A text of some type that may be absent.
    pub(crate) fn optional<T>(&mut self, name: &str) -> Option<T>
    where
        T: FromStr,
        T::Err: Display,
    {
        if self.members.contains_key(name) { self.parsed(name) } else { None }
    }

    /// A whole number from 1 that may be absent.
    pub(crate) fn whole(&mut self, name: &str) -> Option<u32> {
        let given = self.members.remove(name)?;
        let number = given.as_u64().and_then(|number| u32::try_from(number).ok());
        let number = number.filter(|number| *number > 0);
        if number.is_none() {
            self.refuse(name, "must be a whole number from 1");
        }
        number
    }

    /// Whether there is a member of this name that nobody took.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// An object that may be absent.
    pub(crate) fn object(&mut self, name: &str) -> Option<Map<String, Value>> {
        match self.members.remove(name)? {
            Value::Object(members) if !members.is_empty() => Some(members),
            _ => {
                self.refuse(name, "must be an object with at least one member");
                None
            }
        }
    }

    /// A text of one line that may be absent.
    pub(crate) fn optional_text(&mut self, name: &str, longest: usize) -> Option<String> {
        self.members.contains_key(name).then(|| self.text(name, longest))
    }

    /// One of some fixed words, which must be there.
    pub(crate) fn one_of<T: Copy>(
        &mut self,
        name: &str,
        all: &[T],
        spelt: impl Fn(T) -> &'static str,
    ) -> Option<T> {
        let given = self.members.remove(name);
        let given = given.as_ref().and_then(Value::as_str).unwrap_or_default();
        let known = all.iter().copied().find(|word| spelt(*word) == given);
        if known.is_none() {
            let words: Vec<&str> = all.iter().map(|word| spelt(*word)).collect();
            self.refuse(name, format!("must be one of {}", words.join(", ")));
        }
        known
    }

    /// One of some words, or the first of them where the member is left out.
    pub(crate) fn word<T: Copy>(&mut self, name: &str, words: &[(&str, T)]) -> Option<T> {
        let given = self.members.remove(name);
        let found = match &given {
            None => words.first(),
            Some(given) => words.iter().find(|(word, _)| given.as_str() == Some(word)),
        };
        if found.is_none() {
            let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.refuse(name, format!("must be one of: {}", words.join(", ")));
        }
        found.map(|(_, value)| *value)
    }

    /// The very text that confirms what is asked for.
    pub(crate) fn confirmation(&mut self, name: &str, expected: &str) {
        let given = self.members.remove(name);
        if given.as_ref().and_then(Value::as_str) != Some(expected) {
            self.refuse(name, "must repeat the id of what is to be erased");
        }
    }

    /// A date that must be there.
    pub(crate) fn date(&mut self, name: &str) -> Option<Date> {
        let date = self.members.remove(name);
        // Written out: a timestamp would be taken for its date.
        let date = date.as_ref().and_then(Value::as_str).filter(|text| text.len() == 10);
        let date = date.and_then(|text| text.parse().ok());
        if date.is_none() {
            self.refuse(name, "must be a date such as 2027-05-07");
        }
        date
    }

    /// Notes a problem with a member.
    pub(crate) fn refuse(&mut self, name: &str, problem: impl Into<String>) {
        self.problems.push(ParameterProblem::body(name, problem));
    }

    /// Refuses the request if anything was wrong or unknown.
    pub(crate) fn finish(mut self) -> Result<(), Problem> {
        for (name, _) in std::mem::take(&mut self.members) {
            self.refuse(&name, "is not a member of this body");
        }
        if self.problems.is_empty() { Ok(()) } else { Err(Problem::Parameters(self.problems)) }
    }
}
