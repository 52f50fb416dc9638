//! Settings from environment variables, all problems reported together.

use std::fmt::Display;
use std::str::FromStr;

/// Some settings are missing or cannot be read. Names every one of them, and no values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("settings: {}", .problems.join("; "))]
pub struct SettingsError {
    /// One sentence per setting.
    pub problems: Vec<String>,
}

/// Where values come from, by name.
type Source<'a> = Box<dyn Fn(&str) -> Option<String> + 'a>;

/// Reads settings and remembers what was missing, so that one start names every gap.
///
/// A value that could not be read is stood in for by a default until [`Reader::finish`] refuses
/// the whole; no function runs on stand-ins.
pub struct Reader<'a> {
    source: Source<'a>,
    names: Vec<&'static str>,
    problems: Vec<String>,
}

impl Reader<'static> {
    /// Reads the process's environment.
    #[expect(clippy::disallowed_methods, reason = "this is the one reader of the environment")]
    pub fn environment() -> Self {
        Self::new(|name| std::env::var(name).ok())
    }
}

impl<'a> Reader<'a> {
    /// Reads from anywhere; tests use it to learn which names a function asks for.
    pub fn new(source: impl Fn(&str) -> Option<String> + 'a) -> Self {
        Self { source: Box::new(source), names: Vec::new(), problems: Vec::new() }
    }

    /// A setting that must be there.
    pub fn text(&mut self, name: &'static str) -> String {
        self.names.push(name);
        let value = (self.source)(name).filter(|value| !value.trim().is_empty());
        value.unwrap_or_else(|| {
            self.problems.push(format!("{name} is not set"));
            String::new()
        })
    }

    /// A setting that may be absent; it is none of the names that a function asks for.
    pub(crate) fn optional(&self, name: &str) -> Option<String> {
        (self.source)(name).filter(|value| !value.trim().is_empty())
    }

    /// A setting that must be there and parse.
    pub fn parsed<T>(&mut self, name: &'static str) -> Option<T>
    where
        T: FromStr,
        T::Err: Display,
    {
        let known = self.problems.len();
        let value = self.text(name);
        if self.problems.len() > known {
            return None;
        }
        match value.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.problems.push(format!("{name} cannot be read: {error}"));
                None
            }
        }
    }

    /// The names that were asked for so far.
    pub fn names(&self) -> &[&'static str] {
        &self.names
    }

    /// Hands over what was built if nothing was missing.
    pub fn finish<T>(self, value: T) -> Result<T, SettingsError> {
        if self.problems.is_empty() {
            Ok(value)
        } else {
            Err(SettingsError { problems: self.problems })
        }
    }

    /// The same for a value whose parts may be absent; they are present when nothing was missing.
    pub fn finish_with<T>(self, build: impl FnOnce() -> Option<T>) -> Result<T, SettingsError> {
        if !self.problems.is_empty() {
            return Err(SettingsError { problems: self.problems });
        }
        build().ok_or_else(|| SettingsError { problems: vec!["a setting is absent".into()] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_missing_settings_are_named_at_once() {
        let mut reader = Reader::new(|name| match name {
            "RATE" => Some("many".into()),
            "EMPTY" => Some(" ".into()),
            _ => None,
        });
        reader.text("APP_TABLE");
        reader.text("EMPTY");
        reader.parsed::<u32>("RATE");
        reader.parsed::<u32>("COUNT");
        let problems = reader.finish(()).unwrap_err().problems;
        assert_eq!(problems.len(), 4);
        for name in ["APP_TABLE", "EMPTY", "RATE", "COUNT"] {
            assert!(problems.iter().any(|problem| problem.starts_with(name)), "{name}");
        }
        assert!(
            !problems.iter().any(|problem| problem.contains("many")),
            "values stay out of messages"
        );
    }
}
