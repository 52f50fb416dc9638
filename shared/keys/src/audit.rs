//! Keys of the audit trail and of its seals.

use domain::InstitutionId;

use crate::{AUDIT_ENTRY, AUDIT_SEALS, Key, institution_partition, key};

/// An entry of an institution's audit trail. The number is padded so that entries sort by it.
pub fn audit_entry(institution: &InstitutionId, sequence: u64) -> Key {
    key(institution_partition(institution), format!("{AUDIT_ENTRY}{sequence:012}"))
}

/// The number in the sort key of an entry of an audit trail.
pub fn audit_sequence(sk: &str) -> Option<u64> {
    sk.strip_prefix(AUDIT_ENTRY)?.parse().ok()
}

/// The note that an action of a request stands in the audit trail.
pub fn audit_once(institution: &InstitutionId, digest: &str) -> Key {
    key(institution_partition(institution), format!("ONCE#{digest}"))
}

/// The seals of an institution's audit trail.
pub fn audit_seals(institution: &InstitutionId) -> String {
    format!("{AUDIT_SEALS}{institution}/")
}

/// A seal of an institution's audit trail: its name says which entry was the last one and its hash, so
/// that a list of names is a list of seals. The number is padded so that seals sort by it.
pub fn audit_seal(institution: &InstitutionId, sequence: u64, hash: &str) -> String {
    format!("{}{sequence:012}-{hash}.json", audit_seals(institution))
}

/// The place that a seal's key names.
pub fn audit_sealed(key: &str) -> Option<domain::audit::Head> {
    domain::audit::Head::parse(key.rsplit('/').next()?.strip_suffix(".json")?)
}
