//! Every key of the tables and the bucket.
//!
//! Keys start with the institution, so that a handler bound to one institution cannot name
//! another's items. The two global look-ups (contact by subject, cohort by form) hold ids only.

mod audit;
mod objects;

use domain::message::MessageRef;
use domain::{
    BreachId, CohortId, ContactId, ErasureId, ExportId, FormId, FormationId, InstitutionId,
    MailingId, MessageId, NoticeId, ResponseToken, RightsRequestId, RosterId, SectionId, StudentId,
};
use jiff::Timestamp;
use jiff::civil::Date;

pub use audit::*;
pub use objects::*;

/// A cohort with its institution: the two ids that most keys start with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope {
    /// The institution.
    pub institution: InstitutionId,
    /// The cohort.
    pub cohort: CohortId,
}

impl Scope {
    /// Puts the two ids together.
    pub fn new(institution: InstitutionId, cohort: CohortId) -> Self {
        Self { institution, cohort }
    }
}

/// Where a message lies: with the cohort of the student who gets it, or with the institution.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MessagePlace {
    /// The institution.
    pub institution: InstitutionId,
    /// The cohort; absent for a mail to the institution itself.
    pub cohort: Option<CohortId>,
}

impl MessagePlace {
    /// The place of mails to the institution itself.
    pub fn of_institution(institution: &InstitutionId) -> Self {
        Self { institution: institution.clone(), cohort: None }
    }

    /// The cohort with its institution, when a cohort's student gets the mail.
    pub fn scope(&self) -> Option<Scope> {
        self.cohort.clone().map(|cohort| Scope::new(self.institution.clone(), cohort))
    }

    /// What the queue carries for a message that lies here.
    pub fn reference(&self, message: &MessageId) -> MessageRef {
        MessageRef {
            institution: self.institution.clone(),
            cohort: self.cohort.clone(),
            message: message.clone(),
        }
    }

    /// The partition with the messages.
    pub fn partition(&self) -> String {
        self.scope().map_or_else(
            || correspondence_partition(&self.institution),
            |scope| cohort_partition(&scope),
        )
    }
}

impl From<&Scope> for MessagePlace {
    fn from(scope: &Scope) -> Self {
        Self { institution: scope.institution.clone(), cohort: Some(scope.cohort.clone()) }
    }
}

impl From<&MessageRef> for MessagePlace {
    fn from(reference: &MessageRef) -> Self {
        Self { institution: reference.institution.clone(), cohort: reference.cohort.clone() }
    }
}

/// The partition of quarantined responses whose form no cohort uses.
pub const UNASSIGNED: &str = "UNASSIGNED";
/// The partition that lists the institutions: ids only.
pub const INSTITUTIONS: &str = "INSTITUTIONS";
/// Partition value of the index `deadline`.
pub const DEADLINE: &str = "DEADLINE";
/// Partition value of planned mailings in the index `deadline`: they, too, are found when their time has come.
pub const PLANNED: &str = "PLANNED";
/// Partition value of the index `retention`.
pub const RETENTION: &str = "RETENTION";
/// Partition value of the index `duties`.
pub const DUTIES: &str = "DUTIES";
/// Sort-key prefixes of a cohort's partition.
pub const STUDENT: &str = "STUDENT#";
/// Pages of rosters.
pub const EXPECTED: &str = "EXPECTED#";
/// Responses.
pub const RESPONSE: &str = "RESPONSE#";
/// Answers to evaluations.
pub const EVALUATION: &str = "EVALUATION#";
/// Quarantined responses.
pub const QUARANTINE: &str = "QUARANTINE#";
/// Formations.
pub const FORMATION: &str = "FORMATION#";
/// Groups.
pub const GROUP: &str = "GROUP#";
/// Messages.
pub const MESSAGE: &str = "MESSAGE#";
/// Mailings: texts of contacts, and how far their sending has come.
pub const MAILING: &str = "MAILING#";
/// What tells an erased student's late questionnaires.
pub const ERASED: &str = "ERASED#";
/// Contacts, on the list of an institution.
pub const CONTACT: &str = "CONTACT#";
/// Requests of students who make use of their rights.
pub const RIGHTS: &str = "RIGHTS#";
/// Cohorts, in an institution's partition.
pub const COHORT: &str = "COHORT#";
/// Breaches, in an institution's register.
pub const BREACH: &str = "BREACH#";
/// Notices of new sub-processors, in an institution's register.
pub const NOTICE: &str = "NOTICE#";
/// Erasures, in an institution's partition.
pub const ERASURE: &str = "ERASURE#";

/// Exports of an institution.
pub const EXPORT: &str = "EXPORT#";
/// Files of an institution's exports.
pub const EXPORT_FILE: &str = "FILE#";

/// Entries of the audit trail, in an institution's partition of the audit table.
pub const AUDIT_ENTRY: &str = "ENTRY#";
/// Where seals of the audit trails lie in the bucket: outside everything that an erasure deletes.
pub const AUDIT_SEALS: &str = "audit-seals/";

/// A primary key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Partition key.
    pub pk: String,
    /// Sort key.
    pub sk: String,
}

fn key(pk: String, sk: impl Into<String>) -> Key {
    Key { pk, sk: sk.into() }
}

/// An institution's own partition.
pub fn institution_partition(institution: &InstitutionId) -> String {
    format!("INS#{institution}")
}

/// The partition of mails to an institution itself. Apart from the institution's own partition, so
/// that whatever a mail's fate reaches can change mails only.
pub fn correspondence_partition(institution: &InstitutionId) -> String {
    format!("INS#{institution}#MAIL")
}

/// The partition of an institution's exports: what is known of them and of their files. Apart from the
/// institution's own, so that who writes exports can change nothing else.
pub fn exports_partition(institution: &InstitutionId) -> String {
    format!("INS#{institution}#EXPORTS")
}

/// An export of an institution.
pub fn institution_export(institution: &InstitutionId, export: &ExportId) -> Key {
    key(exports_partition(institution), format!("{EXPORT}{export}"))
}

/// All files of an export.
pub fn export_file_prefix(export: &ExportId) -> String {
    format!("{EXPORT_FILE}{export}#")
}

/// What is known of a file of an export.
pub fn export_file(institution: &InstitutionId, export: &ExportId, name: &str) -> Key {
    key(exports_partition(institution), format!("{}{name}", export_file_prefix(export)))
}

/// Every partition of an institution beside those of its cohorts.
pub fn institution_partitions(institution: &InstitutionId) -> [String; 3] {
    [
        institution_partition(institution),
        correspondence_partition(institution),
        exports_partition(institution),
    ]
}

/// The partition of an institution's registers: breaches and notices of sub-processors. Apart from the
/// institution's own, so that whoever writes them can change nothing else. No student's data is in it,
/// and nothing deletes from it: both registers are proof of what was told when.
pub fn register_partition(institution: &InstitutionId) -> String {
    format!("INS#{institution}#REGISTER")
}

/// A cohort's partition: everything that erasing the cohort deletes.
pub fn cohort_partition(scope: &Scope) -> String {
    format!("INS#{}#COH#{}", scope.institution, scope.cohort)
}

/// The institution.
pub fn institution(id: &InstitutionId) -> Key {
    key(institution_partition(id), "META")
}

/// The deactivation of an institution.
pub fn deactivation(institution: &InstitutionId) -> Key {
    key(institution_partition(institution), "DEACTIVATION")
}

/// A cohort.
pub fn cohort(scope: &Scope) -> Key {
    key(institution_partition(&scope.institution), format!("{COHORT}{}", scope.cohort))
}

/// An institution on the list of institutions.
pub fn listed_institution(id: &InstitutionId) -> Key {
    key(INSTITUTIONS.to_owned(), id.as_str())
}

/// The partition that lists an institution's contacts: ids only. Apart from the institution's own,
/// so that who may take a contact off the list can delete nothing else.
pub fn contacts_partition(institution: &InstitutionId) -> String {
    format!("{}#CONTACTS", institution_partition(institution))
}

/// A contact on the list of its institution.
pub fn listed_contact(institution: &InstitutionId, id: &ContactId) -> Key {
    key(contacts_partition(institution), format!("{CONTACT}{id}"))
}

/// What says in a restored table that the deletion ledger was applied to it.
pub fn reapplication() -> Key {
    key("RESTORED".to_owned(), "LEDGER")
}

/// A contact by the identity provider's subject.
pub fn contact(id: &ContactId) -> Key {
    key(format!("CONTACT#{id}"), "CONTACT")
}

/// The cohort that uses a form.
pub fn form(id: &FormId) -> Key {
    key(format!("FORM#{id}"), "FORM")
}

/// A student.
pub fn student(scope: &Scope, id: &StudentId) -> Key {
    key(cohort_partition(scope), format!("{STUDENT}{id}"))
}

/// What is known of a cohort's roster as a whole.
pub fn roster(scope: &Scope) -> Key {
    key(cohort_partition(scope), "ROSTER")
}

/// All pages of the list that made the roster what it is in a version.
pub fn expected_prefix(version: u32, list: &RosterId) -> String {
    format!("{EXPECTED}{version:010}#{list}#")
}

/// The page of a list on which a student stands: one of 256 by the first two digits of the id, which is a
/// hash, so that pages are of about one length, and each far below the 400 KB of an item.
pub fn expected(scope: &Scope, version: u32, list: &RosterId, student: &StudentId) -> Key {
    let digits = student.as_str().strip_prefix(StudentId::PREFIX).and_then(|id| id.get(..2));
    let page = digits.unwrap_or("00");
    key(cohort_partition(scope), format!("{}{page}", expected_prefix(version, list)))
}

/// Version and list in the sort key of a page.
pub fn expected_list(sk: &str) -> Option<(u32, RosterId)> {
    let mut parts = sk.strip_prefix(EXPECTED)?.split('#');
    let version = parts.next()?.parse().ok()?;
    Some((version, RosterId::parse(parts.next()?).ok()?))
}

/// A response.
pub fn response(scope: &Scope, token: &ResponseToken) -> Key {
    key(cohort_partition(scope), format!("{RESPONSE}{token}"))
}

/// An answer to a cohort's evaluation.
pub fn evaluation(scope: &Scope, token: &ResponseToken) -> Key {
    key(cohort_partition(scope), format!("{EVALUATION}{token}"))
}

/// A quarantined response of a cohort, or of no cohort.
pub fn quarantine(scope: Option<&Scope>, token: &ResponseToken) -> Key {
    key(quarantine_partition(scope), format!("{QUARANTINE}{token}"))
}

/// Where quarantined responses of a cohort, or of no cohort, are.
pub fn quarantine_partition(scope: Option<&Scope>) -> String {
    scope.map_or_else(|| UNASSIGNED.to_owned(), cohort_partition)
}

/// A formation.
pub fn formation(scope: &Scope, id: &FormationId) -> Key {
    key(cohort_partition(scope), format!("{FORMATION}{id}"))
}

/// A group. The number is padded so that groups sort by it.
pub fn group(scope: &Scope, formation: &FormationId, section: &SectionId, number: u32) -> Key {
    key(cohort_partition(scope), format!("{}{number:05}", groups_of_section(formation, section)))
}

/// All groups of a formation.
pub fn group_prefix(formation: &FormationId) -> String {
    format!("{GROUP}{formation}#")
}

/// All groups of a section in a formation.
pub fn groups_of_section(formation: &FormationId, section: &SectionId) -> String {
    format!("{}{section}#", group_prefix(formation))
}

/// A message.
pub fn message(place: &MessagePlace, id: &MessageId) -> Key {
    key(place.partition(), format!("{MESSAGE}{id}"))
}

/// A mailing.
pub fn mailing(scope: &Scope, id: &MailingId) -> Key {
    key(cohort_partition(scope), format!("{MAILING}{id}"))
}

/// A breach.
pub fn breach(institution: &InstitutionId, id: &BreachId) -> Key {
    key(register_partition(institution), format!("{BREACH}{id}"))
}

/// A notice of a new sub-processor.
pub fn notice(institution: &InstitutionId, id: &NoticeId) -> Key {
    key(register_partition(institution), format!("{NOTICE}{id}"))
}

/// A request of a student who makes use of a right.
pub fn rights(scope: &Scope, id: &RightsRequestId) -> Key {
    key(cohort_partition(scope), format!("{RIGHTS}{id}"))
}

/// An erasure.
pub fn erasure(institution: &InstitutionId, id: &ErasureId) -> Key {
    key(institution_partition(institution), format!("{ERASURE}{id}"))
}

/// What stays of an erased student while the cohort is there: a hash of an id that is a keyed hash itself,
/// so that only an address under the secret key leads to it.
pub fn erased_student(scope: &Scope, id: &StudentId) -> Key {
    erased(scope, &["student", scope.cohort.as_str(), id.as_str()])
}

/// What stays of an erased questionnaire while the cohort is there. A token has more random bits than
/// can be tried.
pub fn erased_response(scope: &Scope, token: &ResponseToken) -> Key {
    erased(scope, &["response", scope.cohort.as_str(), token.as_str()])
}

fn erased(scope: &Scope, parts: &[&str]) -> Key {
    let hash = domain::ids::keyed_hash(b"erased", parts);
    key(cohort_partition(scope), format!("{ERASED}{}", &hash[..32]))
}

/// Sort key of the index `deadline`.
pub fn deadline_sk(at: Timestamp, scope: &Scope) -> String {
    // Whole seconds, so that the texts sort as the instants do.
    format!("{}#{}#{}", at.strftime("%Y-%m-%dT%H:%M:%SZ"), scope.institution, scope.cohort)
}

/// Sort key of a planned mailing in the index `deadline`.
pub fn planned_sk(at: Timestamp, scope: &Scope, mailing: &MailingId) -> String {
    format!("{}#{mailing}", deadline_sk(at, scope))
}

/// The mailing in a sort key of the index `deadline`.
pub fn planned_in_index(sk: &str) -> Option<(Scope, MailingId)> {
    let mailing = MailingId::parse(sk.split('#').nth(3)?).ok()?;
    Some((scope_in_index(sk)?, mailing))
}

/// Sort key of the index `retention`.
pub fn retention_sk(delete_on: Date, scope: &Scope) -> String {
    format!("{delete_on}#{}#{}", scope.institution, scope.cohort)
}

/// The cohort in a sort key of an index.
pub fn scope_in_index(sk: &str) -> Option<Scope> {
    let mut parts = sk.split('#').skip(1);
    let institution = InstitutionId::parse(parts.next()?).ok()?;
    let cohort = CohortId::parse(parts.next()?).ok()?;
    Some(Scope { institution, cohort })
}

/// Something that must be done by an instant: an entry of the index `duties`, which holds ids only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// Which kind of duty, as a fixed word without `#`, such as `rights`.
    pub kind: String,
    /// The institution.
    pub institution: InstitutionId,
    /// The cohort, if the duty is about something in one.
    pub cohort: Option<CohortId>,
    /// The id of the item that says more.
    pub id: String,
}

/// Sort key of the index `duties`: the instant by which it must be done, then whose it is.
pub fn duty_sk(by: Timestamp, duty: &Duty) -> String {
    let cohort = duty.cohort.as_ref().map_or("-", CohortId::as_str);
    let by = by.strftime("%Y-%m-%dT%H:%M:%SZ");
    format!("{by}#{}#{}#{cohort}#{}", duty.kind, duty.institution, duty.id)
}

/// The duty in a sort key of the index `duties`.
pub fn duty_in_index(sk: &str) -> Option<Duty> {
    let mut parts = sk.split('#').skip(1);
    let kind = parts.next()?.to_owned();
    let institution = InstitutionId::parse(parts.next()?).ok()?;
    let cohort = match parts.next()? {
        "-" => None,
        cohort => Some(CohortId::parse(cohort).ok()?),
    };
    Some(Duty { kind, institution, cohort, id: parts.next()?.to_owned() })
}
