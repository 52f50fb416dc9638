//! What an erasure would cost on AWS, from the requests that it makes.

use super::count;
use super::seeded::Seeded;

/// Where the prices are from.
pub(super) const PRICES: &str = "list prices of US East (N. Virginia) without free tier as known in 2026; \
     Stockholm differs by some percent; Typeform, SES's look-ups and deletions at S3 cost nothing";

/// DynamoDB on demand, per request unit.
const WRITE_UNIT: f64 = 0.625e-6;
const READ_UNIT: f64 = 0.125e-6;
/// S3, per request that lists.
const LIST: f64 = 0.005e-3;
/// Lambda on arm64, per invocation and per gigabyte-second.
const INVOCATION: f64 = 0.2e-6;
const GIGABYTE_SECOND: f64 = 1.333_34e-5;
/// The function's memory in gigabytes, as the template sets it.
const MEMORY: f64 = 0.25;
/// Step Functions, standard workflow, per state transition.
const TRANSITION: f64 = 0.025e-3;

/// How often a partition is read as a whole: counted, read for its keys before each deletion, and read
/// back, which finds nothing. The suppression step reads the students, about a third of it.
const READS: f64 = 2.0 + 0.34;
/// The same for the versions of objects: counted, listed before each deletion, read back.
const LISTINGS: f64 = 2.0;

/// What the execution was seen to use.
pub(super) struct Spent {
    pub(super) invocations: usize,
    pub(super) seconds: f64,
    pub(super) transitions: usize,
}

/// Dollars per 1,000 students, by what they are paid for.
pub(super) fn per_thousand(seeded: &Seeded, spent: &Spent) -> Vec<(&'static str, f64)> {
    let thousands = count(seeded.students) / 1000.0;
    // A deletion is paid by the item's size in whole kilobytes, a consistent read by four of them. The
    // sizes are those of the items' JSON, which is a little more than what DynamoDB counts.
    let kilobytes = (count(seeded.bytes) / count(seeded.items) / 1024.0).ceil();
    let writes = count(seeded.items) * kilobytes;
    let reads = count(seeded.bytes) / 4096.0 * READS;
    let lists = (count(seeded.versions) / 1000.0).ceil() * LISTINGS + 2.0;
    let invocations = count(spent.invocations as u64);
    [
        ("DynamoDB, items deleted", writes * WRITE_UNIT),
        ("DynamoDB, items read", reads * READ_UNIT),
        ("S3, listings", lists * LIST),
        ("Lambda, invocations", invocations * INVOCATION),
        ("Lambda, time as measured here", spent.seconds * MEMORY * GIGABYTE_SECOND),
        ("Step Functions, transitions", count(spent.transitions as u64) * TRANSITION),
    ]
    .map(|(what, dollars)| (what, dollars / thousands))
    .into()
}
