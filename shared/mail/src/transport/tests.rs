use aws_sdk_sesv2::config::http::HttpResponse as Http;
use aws_sdk_sesv2::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use aws_sdk_sesv2::operation::send_email::{SendEmailInput, SendEmailOutput};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_mocks::{RuleMode, mock, mock_client};
use aws_smithy_types::body::SdkBody;
use domain::{CohortId, InstitutionId, MessageId};
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;

use super::*;

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

fn reference() -> MessageRef {
    MessageRef {
        institution: InstitutionId::parse("ins_1").unwrap(),
        cohort: Some(CohortId::parse("coh_1").unwrap()),
        message: MessageId::parse("msg_1").unwrap(),
    }
}

fn mail() -> Rendered {
    Rendered {
        subject: "Din studiegruppe".into(),
        text: "Hej Åse".into(),
        html: "<p>Hej Åse</p>".into(),
        calendar: Some("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n".into()),
    }
}

async fn send_with(client: Client) -> SendOutcome {
    let transport = SesTransport::new(client, email("groups@example.dk"), "unihelper");
    let outgoing = Outgoing {
        reference: &reference(),
        to: &email("ane@example.dk"),
        institution: Some(Institution {
            name: "Ærø Universitet",
            reply_to: &email("studiestart@example.dk"),
        }),
        mail: &mail(),
    };
    transport.send(&outgoing).await
}

/// A client that talks to a port of this machine under the rules of [`ses_client`].
fn client_of(port: u16, timeout: Duration) -> Client {
    let credentials = SharedCredentialsProvider::new(Credentials::for_tests());
    let sdk = sdk_of(port).into_builder().credentials_provider(credentials).build();
    let built = ses_client(&sdk);
    assert!(!built.config().retry_config().unwrap().has_retry(), "M4: one attempt");
    let timeouts = TimeoutConfig::builder().operation_attempt_timeout(timeout).build();
    Client::from_conf(built.config().to_builder().timeout_config(timeouts).build())
}

fn sdk_of(port: u16) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-north-1"))
        .endpoint_url(format!("http://127.0.0.1:{port}"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .sleep_impl(TokioSleep::new())
        .build()
}

async fn answered(status: u16, code: &'static str, text: &'static str) -> SendOutcome {
    let rule = mock!(Client::send_email).then_http_response(move || {
        let mut response = Http::new(
            status.try_into().unwrap(),
            SdkBody::from(format!("{{\"message\":\"{text}\"}}")),
        );
        response.headers_mut().insert("x-amzn-errortype", code);
        response
    });
    let client = mock_client!(aws_sdk_sesv2, RuleMode::MatchAny, [&rule], |config| {
        config.retry_config(RetryConfig::disabled())
    });
    let outcome = send_with(client).await;
    assert_eq!(rule.num_calls(), 1, "M4: one attempt");
    outcome
}

#[tokio::test]
async fn m1_the_request_carries_everything_the_mail_needs() {
    let right = |request: &SendEmailInput| {
        let from = "=?UTF-8?B?w4Zyw7ggVW5pdmVyc2l0ZXQgdmlhIFVuaUhlbHBlcg==?= <groups@example.dk>";
        assert_eq!(request.from_email_address(), Some(from));
        assert_eq!(request.destination().unwrap().to_addresses(), ["ane@example.dk"]);
        assert!(request.destination().unwrap().cc_addresses().is_empty());
        assert_eq!(request.reply_to_addresses(), ["studiestart@example.dk"]);
        assert_eq!(request.configuration_set_name(), Some("unihelper"));
        let tags: Vec<_> = request.email_tags().iter().map(|t| (t.name(), t.value())).collect();
        assert_eq!(tags, [("institution", "ins_1"), ("cohort", "coh_1"), ("message", "msg_1")]);
        let message = request.content().unwrap().simple().unwrap();
        assert_eq!(message.subject().unwrap().data(), "Din studiegruppe");
        let body = message.body().unwrap();
        assert_eq!(body.text().unwrap().data(), "Hej Åse");
        assert_eq!(body.html().unwrap().charset(), Some("UTF-8"));
        assert_eq!(message.headers()[0].name(), "Auto-Submitted");
        let file = &message.attachments()[0];
        assert_eq!(file.file_name(), "study-group.ics");
        assert_eq!(file.content_type(), Some("text/calendar"));
        assert!(file.raw_content().as_ref().starts_with(b"BEGIN:VCALENDAR\r\n"));
        true
    };
    let rule = mock!(Client::send_email)
        .match_requests(right)
        .then_output(|| SendEmailOutput::builder().message_id("0110018f").build());
    let outcome = send_with(mock_client!(aws_sdk_sesv2, [&rule])).await;
    assert_eq!(outcome, SendOutcome::Accepted("0110018f".into()));
}

#[tokio::test]
async fn m1_a_mail_to_an_institution_is_from_the_processor_and_names_no_cohort() {
    let right = |request: &SendEmailInput| {
        assert_eq!(request.from_email_address(), Some("\"UniHelper\" <groups@example.dk>"));
        assert!(request.reply_to_addresses().is_empty(), "an answer goes to the sender");
        let tags: Vec<_> = request.email_tags().iter().map(|t| (t.name(), t.value())).collect();
        assert_eq!(tags, [("institution", "ins_1"), ("message", "msg_1")]);
        true
    };
    let rule = mock!(Client::send_email)
        .match_requests(right)
        .then_output(|| SendEmailOutput::builder().message_id("0110018f").build());
    let client = mock_client!(aws_sdk_sesv2, [&rule]);
    let transport = SesTransport::new(client, email("groups@example.dk"), "unihelper");
    let outgoing = Outgoing {
        reference: &MessageRef { cohort: None, ..reference() },
        to: &email("dpo@example.edu"),
        institution: None,
        mail: &mail(),
    };
    assert_eq!(transport.send(&outgoing).await, SendOutcome::Accepted("0110018f".into()));
}

#[tokio::test]
async fn m4_each_answer_of_ses_means_one_thing() {
    use Refusal as R;
    let not_sent = SendOutcome::NotSent;
    let refused = SendOutcome::Refused;
    let unknown = SendOutcome::Unknown;
    let cases = [
        (429, "TooManyRequestsException", "", not_sent(NotSent::Rate)),
        (
            429,
            "TooManyRequestsException",
            "Daily message quota exceeded.",
            not_sent(NotSent::Quota),
        ),
        (400, "Throttling", "Maximum sending rate exceeded.", not_sent(NotSent::Rate)),
        (400, "ThrottlingException", "Rate exceeded", not_sent(NotSent::Rate)),
        (400, "LimitExceededException", "", not_sent(NotSent::Quota)),
        (403, "AccessDeniedException", "not authorized", not_sent(NotSent::Denied)),
        (403, "ExpiredTokenException", "", not_sent(NotSent::Denied)),
        (400, "MessageRejected", "Email address is not verified.", refused(R::MessageRejected)),
        (400, "MailFromDomainNotVerifiedException", "", refused(R::MailFromDomainNotVerified)),
        (400, "AccountSuspendedException", "", refused(R::AccountSuspended)),
        (400, "SendingPausedException", "", refused(R::SendingPaused)),
        (400, "BadRequestException", "", refused(R::BadRequest)),
        (404, "NotFoundException", "", refused(R::NotFound)),
        (500, "InternalFailure", "", unknown(Doubt::Server)),
        (503, "ServiceUnavailable", "", unknown(Doubt::Server)),
    ];
    for (status, code, text, expected) in cases {
        assert_eq!(answered(status, code, text).await, expected, "{status} {code} {text}");
    }
}

#[tokio::test]
async fn m4_an_acceptance_without_an_id_is_left_to_the_events() {
    let rule = mock!(Client::send_email).then_output(|| SendEmailOutput::builder().build());
    let outcome = send_with(mock_client!(aws_sdk_sesv2, [&rule])).await;
    assert_eq!(outcome, SendOutcome::Unknown(Doubt::Unreadable));
    let rule = mock!(Client::send_email)
        .then_http_response(|| Http::new(200.try_into().unwrap(), SdkBody::from("<html>")));
    let outcome = send_with(mock_client!(aws_sdk_sesv2, [&rule])).await;
    assert!(matches!(outcome, SendOutcome::Unknown(_)), "{outcome:?}");
}

#[tokio::test]
async fn m4_a_refused_connection_sent_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let outcome = send_with(client_of(port, Duration::from_secs(5))).await;
    assert_eq!(outcome, SendOutcome::NotSent(NotSent::Unreachable));
}

#[tokio::test]
async fn m4_without_credentials_nothing_was_sent() {
    let outcome = send_with(ses_client(&sdk_of(9))).await;
    assert_eq!(outcome, SendOutcome::NotSent(NotSent::Unreachable));
}

#[tokio::test]
async fn m4_an_answer_that_never_comes_is_unknown_and_not_asked_for_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let seen = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&seen);
    let server = tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            open.push(stream);
        }
    });
    let outcome = send_with(client_of(port, Duration::from_secs(3))).await;
    assert_eq!(outcome, SendOutcome::Unknown(Doubt::Timeout));
    assert_eq!(seen.load(Ordering::SeqCst), 1);
    server.abort();
}

#[tokio::test]
async fn m4_a_connection_that_breaks_after_the_request_is_unknown() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut some = [0; 64];
        stream.read_exact(&mut some).await.unwrap();
        drop(stream);
    });
    let outcome = send_with(client_of(port, Duration::from_secs(5))).await;
    assert_eq!(outcome, SendOutcome::Unknown(Doubt::Connection));
    server.await.unwrap();
}
