//! What a delivery is answered, and what is counted. The function's status codes are in this file.
//!
//! What Typeform makes of them (developer documentation, "Webhooks"): 2xx is done; 429, 408, 503
//! and 423 are retried every two to three minutes for ten hours; 404 and 410 disable the webhook at
//! once; all others are retried a few times with growing pauses.

use std::collections::BTreeMap;

use intake::{Outcome, Receipt};
use runtime::Metric;
use serde::Serialize;
use serde_json::json;

/// Seconds after which a delivery may come again, as Typeform does anyway.
const RETRY_AFTER: &str = "120";

/// What was decided about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It is signed and was dealt with for good.
    Taken(Receipt),
    /// It is no `POST`.
    WrongMethod,
    /// Its body is too long.
    TooLarge,
    /// It is not signed, or not by Typeform.
    Unsigned,
    /// It is signed and no event of Typeform's.
    Unreadable,
    /// It could not be dealt with now; the same delivery may succeed later.
    Unavailable,
}

/// The answer in the form that API Gateway takes (payload format 2.0).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// The HTTP status.
    pub status_code: u16,
    /// Headers.
    pub headers: BTreeMap<&'static str, &'static str>,
    /// The body: a result or a problem document (RFC 9457).
    pub body: String,
    /// Never: the body is text.
    pub is_base64_encoded: bool,
}

impl Decision {
    /// The answer. Its text is fixed: nothing of the request or of an error is in it.
    pub fn answer(self) -> Answer {
        let (status, title, detail) = match self {
            Self::Taken(receipt) => {
                return answer(
                    200,
                    "application/json",
                    &json!({ "outcome": word(receipt.outcome) }),
                );
            }
            Self::WrongMethod => {
                (405, "Method not allowed", "Questionnaires are posted to this address.")
            }
            Self::TooLarge => (413, "Body too large", "A body may hold 1 MiB at most."),
            Self::Unsigned => (
                401,
                "Signature missing or wrong",
                "The header Typeform-Signature must hold the signature of the body.",
            ),
            Self::Unreadable => {
                (400, "Not a questionnaire", "The body is not a webhook payload of Typeform.")
            }
            Self::Unavailable => {
                (503, "Temporarily unavailable", "Nothing was lost; please send it again.")
            }
        };
        let problem =
            json!({ "type": "about:blank", "title": title, "status": status, "detail": detail });
        let mut answer = answer(status, "application/problem+json", &problem);
        match self {
            Self::WrongMethod => drop(answer.headers.insert("allow", "POST")),
            Self::Unavailable => drop(answer.headers.insert("retry-after", RETRY_AFTER)),
            Self::Unsigned => {
                // RFC 9110, 15.5.2: a 401 names a way to authenticate.
                answer.headers.insert("www-authenticate", "Typeform-Signature");
            }
            _ => {}
        }
        answer
    }

    /// What is counted.
    pub fn metrics(self) -> Vec<(Metric, u64)> {
        let Self::Taken(receipt) = self else {
            return match self {
                Self::Unsigned => vec![(Metric::SignaturesRejected, 1)],
                Self::TooLarge | Self::Unreadable => vec![(Metric::BodiesRejected, 1)],
                // To Lambda a 503 is a success; without this nobody would hear of it.
                Self::Unavailable => vec![(Metric::DeliveriesFailed, 1)],
                _ => Vec::new(),
            };
        };
        let outcome = match receipt.outcome {
            Outcome::Current => Metric::ResponsesAccepted,
            Outcome::Superseded => Metric::ResponsesSuperseded,
            Outcome::Duplicate => return vec![(Metric::ResponsesDuplicate, 1)],
            Outcome::Evaluated => Metric::EvaluationsAccepted,
            Outcome::Unaddressed => Metric::EvaluationsUnaddressed,
            Outcome::Quarantined(_) => Metric::ResponsesQuarantined,
            Outcome::Partial => Metric::PartialDeliveries,
            Outcome::Test => Metric::TestDeliveries,
            Outcome::TooLate => Metric::ResponsesTooLate,
            Outcome::Ignored => return Vec::new(),
        };
        // What a duplicate holds was counted when it came first.
        let more = [
            (Metric::CprMasked, receipt.masked),
            (Metric::UnknownAnswerTypes, receipt.unknown),
            (Metric::AnswersDropped, receipt.dropped),
        ];
        let more = more.into_iter().filter(|(_, n)| *n > 0).map(|(m, n)| (m, u64::from(n)));
        [(outcome, 1)].into_iter().chain(more).collect()
    }

    /// The decision as it stands in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Taken(receipt) => word(receipt.outcome),
            Self::WrongMethod => "wrong_method",
            Self::TooLarge => "too_large",
            Self::Unsigned => "unsigned",
            Self::Unreadable => "unreadable",
            Self::Unavailable => "unavailable",
        }
    }

    /// Why the delivery is in quarantine, as it stands in the log.
    pub fn reason(self) -> Option<&'static str> {
        match self {
            Self::Taken(Receipt { outcome: Outcome::Quarantined(reason), .. }) => {
                Some(reason.as_str())
            }
            _ => None,
        }
    }
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Current => "accepted",
        Outcome::Superseded => "superseded",
        Outcome::Duplicate => "duplicate",
        Outcome::Evaluated => "evaluated",
        Outcome::Unaddressed => "unaddressed",
        Outcome::Quarantined(_) => "quarantined",
        Outcome::Partial => "partial",
        Outcome::Test => "test",
        Outcome::Ignored => "ignored",
        Outcome::TooLate => "too_late",
    }
}

fn answer(status_code: u16, content_type: &'static str, body: &serde_json::Value) -> Answer {
    Answer {
        status_code,
        headers: BTreeMap::from([("content-type", content_type), ("cache-control", "no-store")]),
        body: body.to_string(),
        is_base64_encoded: false,
    }
}
