//! The function's settings: none. It decides by the event alone and may reach nothing.

use runtime::{Reader, SettingsError};

/// No settings.
#[derive(Debug)]
pub struct Config;

impl Config {
    /// Reads nothing.
    pub fn read(reader: Reader<'_>) -> Result<Self, SettingsError> {
        reader.finish(Self)
    }
}
