//! One-time links: by them students confirm requests and fetch their data.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::LINK_DAYS;
use crate::ids::IdentityKey;
use crate::{CohortId, RightsRequestId};

/// A one-time link. Its token is a keyed hash over the request and the nonce, and is never stored.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Random; a new one makes earlier links of the request void.
    pub nonce: String,
    /// The first instant at which it is void.
    pub expires_at: Timestamp,
    /// How many links of this purpose were made, this one included.
    pub number: u32,
    /// When it was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_at: Option<Timestamp>,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Link({}, until {})", self.number, self.expires_at)
    }
}

impl Link {
    /// A link that is valid from now for [`LINK_DAYS`], after those that were made before.
    pub fn new(nonce: String, now: Timestamp, earlier: Option<&Self>) -> Self {
        let expires_at = after_days(now, LINK_DAYS);
        Self { nonce, expires_at, number: earlier.map_or(0, |it| it.number) + 1, used_at: None }
    }
}

/// What a link is for: a token of one purpose serves no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// It confirms the request.
    Confirm,
    /// It hands over the data.
    Download,
}

/// The token of a link: a keyed hash (HMAC-SHA256, 256 bits) that nobody without the key can make.
pub fn token(
    key: &IdentityKey,
    cohort: &CohortId,
    request: &RightsRequestId,
    purpose: Purpose,
    nonce: &str,
) -> String {
    let purpose = match purpose {
        Purpose::Confirm => "confirm",
        Purpose::Download => "download",
    };
    key.hash(&["link", cohort.as_str(), request.as_str(), purpose, nonce])
}

/// Whether two tokens are the same, in a time that does not tell where they differ.
pub fn same_token(a: &str, b: &str) -> bool {
    let differ = a.bytes().zip(b.bytes()).fold(0u8, |differ, (a, b)| differ | (a ^ b));
    a.len() == b.len() && std::hint::black_box(differ) == 0
}

/// That many times 24 hours later.
pub fn after_days(at: Timestamp, days: i64) -> Timestamp {
    at.checked_add(jiff::SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MAX)
}
