//! The function's settings.

use domain::Email;
use domain::form_pages::FormPages;
use jiff::SignedDuration;
use runtime::{Reader, SettingsError};

/// The settings; each field names its variable.
#[derive(Debug)]
pub struct Config {
    /// `APP_TABLE`
    pub app_table: String,
    /// `AUDIT_TABLE`
    pub audit_table: String,
    /// `MAIL_QUEUE_URL`: the queue that the function reads, to put waiting ids back.
    pub mail_queue_url: String,
    /// `SES_CONFIGURATION_SET`: its event destination reports what becomes of mails.
    pub configuration_set: String,
    /// `KEYS_SECRET_ARN`: the key under which tokens of links are hashes.
    pub keys_secret_arn: String,
    /// `PUBLIC_URL`: where links in mails lead, without a slash at the end.
    pub public_url: String,
    /// `TYPEFORM_BASE_URL`: Typeform's API in the account's region, which says where its forms are answered.
    pub forms: FormPages,
    /// `MAIL_FROM`: the address in the From line.
    pub mail_from: Email,
    /// `SES_RATE_PER_SECOND`: sends per second that all mailers together keep below.
    pub rate_per_second: u32,
    /// `MAILER_CONCURRENCY`: mailers at work at the same time.
    pub concurrency: u32,
    /// `UNKNOWN_SETTLE_SECONDS`: how long events may take to settle an unknown outcome.
    pub settle: SignedDuration,
}

impl Config {
    /// Reads the settings; all problems are reported together.
    pub fn read(mut reader: Reader<'_>) -> Result<Self, SettingsError> {
        let app_table = reader.text("APP_TABLE");
        let audit_table = reader.text("AUDIT_TABLE");
        let mail_queue_url = reader.text("MAIL_QUEUE_URL");
        let configuration_set = reader.text("SES_CONFIGURATION_SET");
        let keys_secret_arn = reader.text("KEYS_SECRET_ARN");
        let public_url = reader.text("PUBLIC_URL");
        let forms = FormPages::of_api(&reader.text("TYPEFORM_BASE_URL"));
        let mail_from = reader.parsed::<Address>("MAIL_FROM");
        let rate_per_second = reader.parsed::<std::num::NonZeroU32>("SES_RATE_PER_SECOND");
        let concurrency = reader.parsed::<std::num::NonZeroU32>("MAILER_CONCURRENCY");
        let settle = reader.parsed::<u32>("UNKNOWN_SETTLE_SECONDS");
        reader.finish_with(|| {
            Some(Self {
                app_table,
                audit_table,
                mail_queue_url,
                configuration_set,
                keys_secret_arn,
                public_url,
                forms,
                mail_from: mail_from?.0,
                rate_per_second: rate_per_second?.get(),
                concurrency: concurrency?.get(),
                settle: SignedDuration::from_secs(i64::from(settle?)),
            })
        })
    }
}

struct Address(Email);

impl std::str::FromStr for Address {
    type Err = domain::personal::EmailError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Email::parse(text).map(Self)
    }
}
