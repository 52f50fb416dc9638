//! Business outcomes as `CloudWatch` metrics, in the embedded metric format: a JSON line on standard
//! output that `CloudWatch` turns into a metric (docs: CloudWatch, "Embedded metric format").

use std::io::Write as _;

use serde_json::json;

/// The namespace of all metrics.
pub const NAMESPACE: &str = "UniHelper";

macro_rules! metrics {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        /// What is counted. Dimensions are the function's name only: no ids, no personal data.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Metric { $($(#[$doc])* $name),* }

        impl Metric {
            /// Every metric.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The metric's name.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),* }
            }
        }
    };
}

metrics! {
    /// A questionnaire was stored as a student's answer.
    ResponsesAccepted,
    /// A questionnaire was stored that an already stored later one supersedes.
    ResponsesSuperseded,
    /// A questionnaire came again.
    ResponsesDuplicate,
    /// A questionnaire could not be mapped.
    ResponsesQuarantined,
    /// An answer to an evaluation was stored.
    EvaluationsAccepted,
    /// An answer to an evaluation came that is nobody's in the cohort; nothing was stored.
    EvaluationsUnaddressed,
    /// A questionnaire came for a cohort whose data is due or gone; nothing was stored.
    ResponsesTooLate,
    /// A partial questionnaire came; nothing was stored.
    PartialDeliveries,
    /// A test delivery came; nothing was stored.
    TestDeliveries,
    /// A signature was wrong or missing.
    SignaturesRejected,
    /// A body was too large or not what Typeform sends.
    BodiesRejected,
    /// A delivery was answered 503 because it could not be dealt with; Typeform sends it again.
    DeliveriesFailed,
    /// CPR numbers that were masked.
    CprMasked,
    /// An answer of a type that the mapping does not know.
    UnknownAnswerTypes,
    /// An answer to a mapped question that is off its scale or means none of its options.
    AnswersDropped,
    /// A formation was started.
    FormationsStarted,
    /// A formation was published.
    FormationsPublished,
    /// A formation failed.
    FormationsFailed,
    /// A mailing was put on its way at the time that a contact had planned.
    PlannedMailingsStarted,
    /// A planned mailing was not sent; its page says why.
    PlannedMailingsMissed,
    /// A mail was accepted by SES.
    MailsAccepted,
    /// A mail was delivered.
    MailsDelivered,
    /// A mail bounced.
    MailsBounced,
    /// A mail was complained of.
    MailsComplained,
    /// A mail will not be sent.
    MailsFailed,
    /// Nobody knows yet how a send ended.
    MailsUnknown,
    /// An event of SES changed nothing: another system's mail, or a kind that says nothing new.
    MailEventsIgnored,
    /// An event came for a mail whose cohort or record is gone.
    MailEventsTooLate,
    /// A sign-in or a call was refused (P4).
    AccessRejected,
    /// An institution has to be told of a breach within twelve hours (D7).
    BreachNoticeDue,
    /// An institution was not told of a breach within 24 hours, or the mail did not reach it (D7).
    BreachNoticeOverdue,
    /// A sub-processor is in use, or starts within 30 days, and an institution was not told (D8).
    SubprocessorUnannounced,
    /// An institution objected to a sub-processor (D8).
    SubprocessorObjections,
    /// A cohort was found due.
    CohortsDue,
    /// A cohort was erased and certified.
    CohortsErased,
    /// An institution was erased and certified.
    InstitutionsErased,
    /// An erasure stopped before its end.
    ErasuresFailed,
    /// A questionnaire of no cohort was deleted unclaimed.
    UnassignedDeleted,
    /// A contact was erased after two years without activity.
    ContactsErased,
    /// A letter to an institution was deleted after two years.
    CorrespondenceDeleted,
    /// The audit trail of an institution is broken.
    AuditChainsBroken,
    /// A request of a student must soon be done; counted once for each reminder.
    RightsDueSoon,
    /// A request of a student was not acknowledged or not done in time; counted until it is.
    RightsOverdue,
    /// An export that was handed over was deleted at the end of its term.
    ExportsDeleted,
}

/// Counts an outcome.
pub fn count(metric: Metric, by: u64) {
    let line = json!({
        "_aws": {
            "Timestamp": crate::clock::now().as_millisecond(),
            "CloudWatchMetrics": [{
                "Namespace": NAMESPACE,
                "Dimensions": [["service"]],
                "Metrics": [{ "Name": metric.name(), "Unit": "Count" }],
            }],
        },
        "service": service(),
        metric.name(): by,
    });
    // A metric that cannot be written must not fail the work it counts.
    drop(writeln!(std::io::stdout().lock(), "{line}"));
}

#[expect(clippy::disallowed_methods, reason = "set by Lambda itself, not a setting")]
fn service() -> String {
    std::env::var("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_else(|_| "local".into())
}
