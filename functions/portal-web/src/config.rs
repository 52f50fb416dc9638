//! The function's settings, none of them a secret: the browser gets them all.

use runtime::{Reader, SettingsError};
use url::Url;

/// Settings of the function; each field names its variable.
#[derive(Debug, Clone)]
pub struct Config {
    /// `SIGN_IN_URL`: where the hosted sign-in is.
    pub sign_in: Url,
    /// `CLIENT_ID`: the portal's client there.
    pub client: String,
}

impl Config {
    /// Reads all settings; names every one that is missing.
    pub fn read(mut reader: Reader<'_>) -> Result<Self, SettingsError> {
        let sign_in = reader.parsed("SIGN_IN_URL");
        let client = reader.text("CLIENT_ID");
        reader.finish_with(|| Some(Self { sign_in: sign_in?, client }))
    }
}
