//! Handing a rendered mail to SES, once (M4).
//!
//! SES's `SendEmail` has no idempotency token: a request that is repeated is a second mail. So the
//! client never retries by itself, and every outcome says whether anything can have been sent.

mod header;
mod outcome;

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::config::http::HttpResponse;
use aws_sdk_sesv2::config::retry::RetryConfig;
use aws_sdk_sesv2::config::timeout::TimeoutConfig;
use aws_sdk_sesv2::error::{BuildError, SdkError};
use aws_sdk_sesv2::operation::send_email::{SendEmailError, SendEmailOutput};
use aws_sdk_sesv2::primitives::Blob;
use aws_sdk_sesv2::types::{
    Attachment, AttachmentContentDisposition, AttachmentContentTransferEncoding, Body, Content,
    Destination, EmailContent, Message, MessageHeader, MessageTag,
};
use aws_types::SdkConfig;
use domain::Email;
use domain::message::MessageRef;

use crate::events::{TAG_COHORT, TAG_INSTITUTION, TAG_MESSAGE};
use crate::group_mail::Rendered;
pub use outcome::{Doubt, NotSent, Refusal, SendOutcome};

/// How long one request to SES may take; then its outcome is unknown.
pub const SEND_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a connection to SES may take to be made; nothing is sent before it is.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// The name of the attached calendar file.
const CALENDAR_FILE: &str = "study-group.ics";

/// The SES client that [`SesTransport`] needs: one attempt per call, never a second by the SDK's
/// own decision, and a time limit on it.
pub fn ses_client(config: &SdkConfig) -> Client {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(SEND_TIMEOUT)
        .operation_timeout(SEND_TIMEOUT)
        .build();
    let config = aws_sdk_sesv2::config::Builder::from(config)
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts)
        .build();
    Client::from_conf(config)
}

/// The institution on whose behalf a mail is sent.
#[derive(Debug, Clone, Copy)]
pub struct Institution<'a> {
    /// Its name, for the From line.
    pub name: &'a str,
    /// Where the recipient's answer goes.
    pub reply_to: &'a Email,
}

/// A mail and where it goes.
#[derive(Debug, Clone, Copy)]
pub struct Outgoing<'a> {
    /// Which message it is; becomes the tags by which events find it.
    pub reference: &'a MessageRef,
    /// The recipient.
    pub to: &'a Email,
    /// On whose behalf it is sent; absent when it is the processor's own word to an institution.
    pub institution: Option<Institution<'a>>,
    /// The mail.
    pub mail: &'a Rendered,
}

/// Sends through SES.
#[derive(Debug, Clone)]
pub struct SesTransport {
    client: Client,
    from: Email,
    configuration_set: String,
}

impl SesTransport {
    /// `client` must come from [`ses_client`]; `from` is the address in the From line and
    /// `configuration_set` the set whose event destination reports what became of the mail.
    pub fn new(client: Client, from: Email, configuration_set: impl Into<String>) -> Self {
        Self { client, from, configuration_set: configuration_set.into() }
    }

    /// Asks SES to send the mail, once.
    ///
    /// Not safe to run twice by itself: the caller claims the message first and calls again only
    /// after [`SendOutcome::NotSent`], or when an unknown outcome has been settled.
    pub async fn send(&self, outgoing: &Outgoing<'_>) -> SendOutcome {
        let (Ok(content), Ok(tags)) = (content(outgoing.mail), tags(outgoing.reference)) else {
            return SendOutcome::Refused(Refusal::Unbuildable);
        };
        let watch = Arc::new(outcome::Watch::default());
        let sender = outgoing.institution.map_or_else(
            || "UniHelper".to_owned(),
            |institution| format!("{} via UniHelper", institution.name),
        );
        let reply_to = outgoing.institution.map(|its| vec![its.reply_to.as_str().to_owned()]);
        let request = self
            .client
            .send_email()
            .from_email_address(header::mailbox(&sender, &self.from))
            .destination(Destination::builder().to_addresses(outgoing.to.as_str()).build())
            .set_reply_to_addresses(reply_to)
            .configuration_set_name(&self.configuration_set)
            .content(content)
            .set_email_tags(Some(tags))
            .customize()
            .interceptor(outcome::Watcher(Arc::clone(&watch)));
        let answer: Result<SendEmailOutput, SdkError<SendEmailError, HttpResponse>> =
            request.send().await;
        outcome::classify(answer, watch.has_left())
    }
}

fn tags(reference: &MessageRef) -> Result<Vec<MessageTag>, BuildError> {
    let cohort = reference.cohort.as_ref();
    [
        Some((TAG_INSTITUTION, reference.institution.as_str())),
        cohort.map(|cohort| (TAG_COHORT, cohort.as_str())),
        Some((TAG_MESSAGE, reference.message.as_str())),
    ]
    .into_iter()
    .flatten()
    .map(|(name, value)| MessageTag::builder().name(name).value(value).build())
    .collect()
}

fn content(mail: &Rendered) -> Result<EmailContent, BuildError> {
    let utf8 = |text: &str| Content::builder().data(text).charset("UTF-8").build();
    let body = Body::builder().text(utf8(&mail.text)?).html(utf8(&mail.html)?).build();
    // RFC 3834: absence notes are not sent in answer to this mail.
    let automatic =
        MessageHeader::builder().name("Auto-Submitted").value("auto-generated").build()?;
    let calendar = mail.calendar.as_deref().map(attachment).transpose()?;
    let message = Message::builder()
        .subject(utf8(&mail.subject)?)
        .body(body)
        .headers(automatic)
        .set_attachments(calendar.map(|file| vec![file]))
        .build();
    Ok(EmailContent::builder().simple(message).build())
}

/// The bare media type: the method stands in the file, and gateways defer parameters they do not
/// expect. Base64 keeps the line ends and letters that the file was made with.
fn attachment(calendar: &str) -> Result<Attachment, BuildError> {
    Attachment::builder()
        .file_name(CALENDAR_FILE)
        .content_type("text/calendar")
        .content_disposition(AttachmentContentDisposition::Attachment)
        .content_transfer_encoding(AttachmentContentTransferEncoding::Base64)
        .raw_content(Blob::new(calendar.as_bytes()))
        .build()
}

#[cfg(test)]
mod tests;
