//! What the function is told by its environment.

use domain::form_pages::FormPages;
use runtime::{Reader, SettingsError};

/// The settings of the portal's API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `APP_TABLE`: the application's table.
    pub app_table: String,
    /// `AUDIT_TABLE`: the audit trail.
    pub audit_table: String,
    /// `DATA_BUCKET`: where certificates are.
    pub data_bucket: String,
    /// `MAIL_QUEUE_URL`: where mails wait.
    pub mail_queue: String,
    /// `KEYS_SECRET_ARN`: the secret with the key that students' addresses are hashed under.
    pub keys_secret: String,
    /// `FORMATION_TRIGGER_FUNCTION`: name or ARN of the function that starts formations.
    pub formation_trigger: String,
    /// `QUARANTINE_REPROCESS_FUNCTION`: name or ARN of the function that maps quarantined questionnaires again.
    pub quarantine_reprocess: String,
    /// `ERASURE_STATE_MACHINE_ARN`: the state machine that erases.
    pub erasure_machine: String,
    /// `EXPORT_STATE_MACHINE_ARN`: the state machine that writes exports of institutions.
    pub export_machine: String,
    /// `MAILING_STATE_MACHINE_ARN`: the state machine that sends mailings.
    pub mailing_machine: String,
    /// `TYPEFORM_BASE_URL`: Typeform's API in the account's region, which says where its forms are answered.
    pub forms: FormPages,
}

impl Config {
    /// Reads all settings, or names everything that is missing.
    pub fn read(mut reader: Reader<'_>) -> Result<Self, SettingsError> {
        let config = Self {
            app_table: reader.text("APP_TABLE"),
            audit_table: reader.text("AUDIT_TABLE"),
            data_bucket: reader.text("DATA_BUCKET"),
            mail_queue: reader.text("MAIL_QUEUE_URL"),
            keys_secret: reader.text("KEYS_SECRET_ARN"),
            formation_trigger: reader.text("FORMATION_TRIGGER_FUNCTION"),
            quarantine_reprocess: reader.text("QUARANTINE_REPROCESS_FUNCTION"),
            erasure_machine: reader.text("ERASURE_STATE_MACHINE_ARN"),
            export_machine: reader.text("EXPORT_STATE_MACHINE_ARN"),
            mailing_machine: reader.text("MAILING_STATE_MACHINE_ARN"),
            forms: FormPages::of_api(&reader.text("TYPEFORM_BASE_URL")),
        };
        reader.finish(config)
    }
}
