//! What is known after a call of SES.

use std::error::Error;
use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_sdk_sesv2::config::http::HttpResponse;
use aws_sdk_sesv2::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_sesv2::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_sesv2::error::{BoxError, ProvideErrorMetadata, SdkError};
use aws_sdk_sesv2::operation::send_email::{SendEmailError, SendEmailOutput};

/// How a send ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// SES took the mail and gave it this id.
    Accepted(String),
    /// Nothing was sent, and a later try may be taken.
    NotSent(NotSent),
    /// Nothing was sent, and the same mail will not be taken later either.
    Refused(Refusal),
    /// The mail may have been sent. Only an event can tell.
    Unknown(Doubt),
}

/// Why nothing was sent for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotSent {
    /// More sends per second than the account may.
    Rate,
    /// More sends per day than the account may.
    Quota,
    /// The request never left: no connection, no credentials.
    Unreachable,
    /// AWS turned the request away before SES looked at the mail (signature, permission, clock).
    Denied,
}

/// Why SES will not send this mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Its content, or a sender that is not verified.
    MessageRejected,
    /// The domain in `MAIL FROM` is not verified.
    MailFromDomainNotVerified,
    /// The account may never send again.
    AccountSuspended,
    /// The account or the configuration set may not send now.
    SendingPaused,
    /// The request has a field that SES does not take.
    BadRequest,
    /// The configuration set does not exist.
    NotFound,
    /// The request could not even be built.
    Unbuildable,
}

impl Refusal {
    /// The fixed word that a message's record keeps.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MessageRejected => "message_rejected",
            Self::MailFromDomainNotVerified => "mail_from_domain_not_verified",
            Self::AccountSuspended => "account_suspended",
            Self::SendingPaused => "sending_paused",
            Self::BadRequest => "bad_request",
            Self::NotFound => "configuration_not_found",
            Self::Unbuildable => "unbuildable",
        }
    }
}

/// Why nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// No answer in time.
    Timeout,
    /// The connection broke after the request may have left.
    Connection,
    /// SES failed inside (5xx).
    Server,
    /// SES said yes or no in a form that cannot be read.
    Unreadable,
}

/// Whether a request was handed to the connection.
#[derive(Debug, Default)]
pub(super) struct Watch(AtomicBool);

impl Watch {
    pub(super) fn has_left(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// Notes the moment before transmission: whatever fails earlier cannot have sent anything.
#[derive(Debug)]
pub(super) struct Watcher(pub(super) Arc<Watch>);

impl Intercept for Watcher {
    fn name(&self) -> &'static str {
        "SendWatcher"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.0.store(true, Ordering::Release);
        Ok(())
    }
}

/// What an answer means, `left` telling whether the request was handed to the connection.
pub(super) fn classify(
    answer: Result<SendEmailOutput, SdkError<SendEmailError, HttpResponse>>,
    left: bool,
) -> SendOutcome {
    let error = match answer {
        Ok(answer) => {
            return match answer.message_id {
                Some(id) => SendOutcome::Accepted(id),
                None => SendOutcome::Unknown(Doubt::Unreadable),
            };
        }
        Err(error) => error,
    };
    match &error {
        SdkError::ServiceError(answer) => service(answer.err(), answer.raw().status().as_u16()),
        SdkError::ConstructionFailure(_) => SendOutcome::Refused(Refusal::Unbuildable),
        _ if !left || was_refused(&error) => SendOutcome::NotSent(NotSent::Unreachable),
        SdkError::TimeoutError(_) => SendOutcome::Unknown(Doubt::Timeout),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => {
            SendOutcome::Unknown(Doubt::Timeout)
        }
        SdkError::ResponseError(_) => SendOutcome::Unknown(Doubt::Unreadable),
        _ => SendOutcome::Unknown(Doubt::Connection),
    }
}

fn service(error: &SendEmailError, status: u16) -> SendOutcome {
    let refused = SendOutcome::Refused;
    let text = error.message().unwrap_or_default();
    if text.contains("Daily message quota exceeded") {
        return SendOutcome::NotSent(NotSent::Quota);
    }
    if text.contains("Maximum sending rate exceeded") {
        return SendOutcome::NotSent(NotSent::Rate);
    }
    match error {
        SendEmailError::TooManyRequestsException(_) => SendOutcome::NotSent(NotSent::Rate),
        SendEmailError::LimitExceededException(_) => SendOutcome::NotSent(NotSent::Quota),
        SendEmailError::MessageRejected(_) => refused(Refusal::MessageRejected),
        SendEmailError::MailFromDomainNotVerifiedException(_) => {
            refused(Refusal::MailFromDomainNotVerified)
        }
        SendEmailError::AccountSuspendedException(_) => refused(Refusal::AccountSuspended),
        SendEmailError::SendingPausedException(_) => refused(Refusal::SendingPaused),
        SendEmailError::BadRequestException(_) => refused(Refusal::BadRequest),
        SendEmailError::NotFoundException(_) => refused(Refusal::NotFound),
        other if status == 429 || other.code().is_some_and(is_throttling) => {
            SendOutcome::NotSent(NotSent::Rate)
        }
        _ if (400..500).contains(&status) => SendOutcome::NotSent(NotSent::Denied),
        _ => SendOutcome::Unknown(Doubt::Server),
    }
}

fn is_throttling(code: &str) -> bool {
    matches!(code, "Throttling" | "ThrottlingException" | "RequestLimitExceeded")
}

/// Whether no connection was made because nobody listens: nothing can have left then. A
/// connection that breaks later shows other kinds of errors.
fn was_refused(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(io) = error.downcast_ref::<std::io::Error>()
            && io.kind() == ErrorKind::ConnectionRefused
        {
            return true;
        }
        cause = error.source();
    }
    false
}
