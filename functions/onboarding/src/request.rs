//! What the function is asked, read strictly: a key that nobody reads is a misspelt setting.

use domain::cohort::Settings;
use domain::contact::Role;
use domain::institution::Institution;
use domain::{CaseReference, ContactId, Email, InstitutionId, PersonName};
use jiff::civil::Date;
use registering::{Fault, strict};
use runtime::StepError;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::refusal::bad_request;

/// The kinds of request, by their one key.
const KINDS: [&str; 8] = [
    "institution",
    "replace_institution",
    "deactivate_institution",
    "reactivate_institution",
    "cohort",
    "replace_cohort",
    "contact",
    "remove_contact",
];

/// One thing to register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// `{"institution": {..}}`: a tenant.
    Institution(Institution),
    /// `{"replace_institution": {..}}`: another name, other addresses or another language for one that
    /// is there, e.g. a new privacy contact.
    ReplaceInstitution(Institution),
    /// `{"deactivate_institution": {..}}`: the end of an agreement; its data is out of reach at once.
    Deactivate(WrittenEnd),
    /// `{"reactivate_institution": {..}}`: the end is taken back.
    Reactivate(WrittenReturn),
    /// `{"cohort": {..}}`: a new cohort with its settings.
    Cohort(Box<Settings>),
    /// `{"replace_cohort": {..}}`: other settings for a cohort that is there, e.g. a mended mapping.
    ReplaceCohort(Box<Settings>),
    /// `{"contact": {..}}`: a person who may sign in for an institution.
    Contact(NewContact),
    /// `{"remove_contact": {..}}`: a person who acts for an institution no more.
    RemoveContact(FormerContact),
}

/// A written instruction to deactivate an institution.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenEnd {
    /// The institution.
    pub institution: InstitutionId,
    /// Where the instruction is filed: a number that names nobody.
    pub reference: CaseReference,
    /// The date of the instruction.
    pub given_on: Date,
    /// The day on which everything is erased, if one was agreed; otherwise a year from now.
    #[serde(default)]
    pub erase_on: Option<Date>,
}

/// A written instruction to take a deactivation back.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenReturn {
    /// The institution.
    pub institution: InstitutionId,
    /// Where the instruction is filed: a number that names nobody.
    pub reference: CaseReference,
    /// The date of the instruction.
    pub given_on: Date,
}

/// A contact to register.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewContact {
    /// The institution they act for.
    pub institution: InstitutionId,
    /// Their address, which is also what they sign in with.
    pub email: Email,
    /// Their name.
    pub name: PersonName,
    /// What they may do.
    pub role: Role,
}

/// A contact whose access ends. Named by id, so that no address needs to be written down for it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormerContact {
    /// The institution they acted for.
    pub institution: InstitutionId,
    /// The subject of their account, as the portal and the answer to `contact` show it.
    pub contact: ContactId,
}

impl Request {
    /// Reads a request. All that is wrong with a cohort's settings is said at once; nothing that may
    /// identify a person is repeated.
    pub fn parse(payload: &Value) -> Result<Self, StepError> {
        let one = payload.as_object().filter(|keys| keys.len() == 1).and_then(|keys| {
            let (kind, value) = keys.iter().next()?;
            Some((KINDS.into_iter().find(|known| *known == kind)?, value))
        });
        let Some((kind, value)) = one else {
            return Err(bad_request(format!("expected exactly one of: {}", KINDS.join(", "))));
        };
        match kind {
            "institution" | "replace_institution" => {
                let institution: Institution = read(kind, value)?;
                if institution.name.trim().is_empty() {
                    return Err(bad_request(format!("{kind}.name: is empty")));
                }
                Ok(if kind == "institution" {
                    Self::Institution(institution)
                } else {
                    Self::ReplaceInstitution(institution)
                })
            }
            "deactivate_institution" => read(kind, value).map(Self::Deactivate),
            "reactivate_institution" => read(kind, value).map(Self::Reactivate),
            "contact" => {
                let contact: NewContact = read(kind, value)?;
                if contact.name.is_empty() {
                    return Err(bad_request("contact.name: is empty"));
                }
                Ok(Self::Contact(contact))
            }
            "remove_contact" => read(kind, value).map(Self::RemoveContact),
            _ => {
                let settings = strict::settings(value).map_err(|found| faults(kind, &found))?;
                let settings = Box::new(settings);
                Ok(if kind == "cohort" {
                    Self::Cohort(settings)
                } else {
                    Self::ReplaceCohort(settings)
                })
            }
        }
    }
}

/// Reads a value; everything that is wrong is refused together.
fn read<T: DeserializeOwned>(kind: &str, value: &Value) -> Result<T, StepError> {
    match strict::read(value) {
        (Some(read), found) if found.is_empty() => Ok(read),
        (_, found) => Err(faults(kind, &found)),
    }
}

/// A refusal that names every fault below the kind of request.
fn faults(kind: &str, found: &[Fault]) -> StepError {
    bad_request(under(kind, found))
}

/// Faults in one line, each with its place below the kind of request.
pub(crate) fn under(kind: &str, found: &[Fault]) -> String {
    let place = |fault: &Fault| match fault.item.as_str() {
        "" => format!("{kind}: {}", fault.problem),
        item => format!("{kind}.{item}: {}", fault.problem),
    };
    found.iter().map(place).collect::<Vec<_>>().join("; ")
}
