//! The register of sub-processors (D8): who else processes personal data for the institutions, where and
//! on which basis.
//!
//! The register is a file of this crate and compiled in: what the public page shows, what a notice
//! tells and what code and template may talk to are the same text. A new sub-processor is a change of
//! that file, announced at least 30 days before it takes effect.

mod problems;
mod view;

use std::sync::LazyLock;

use domain::SubprocessorId;
use domain::cohort::Localised;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use view::{PublicEntry, PublicRegister, Status, Words};

/// The file.
const DATA: &str = include_str!("../data/subprocessors.json");

static REGISTER: LazyLock<Register> =
    LazyLock::new(|| Register::parse(DATA).expect("a test reads the file that is compiled in"));

/// The register that is compiled in.
pub fn register() -> &'static Register {
    &REGISTER
}

/// A register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// When it was last read against the contracts and the yearly risk assessment (agreement, C.4).
    pub reviewed_on: Date,
    /// The sub-processors.
    pub entries: Vec<Entry>,
}

/// A sub-processor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// A short word that stays the same.
    pub id: SubprocessorId,
    /// Its registered name.
    pub name: String,
    /// Its number, and the register that the number is in.
    pub registration: String,
    /// Its registered address.
    pub address: String,
    /// What it does with the data, and what for.
    pub processing: Localised,
    /// Where it does so.
    pub location: Localised,
    /// On which basis data may reach it, for programs.
    pub transfer_basis: Vec<TransferBasis>,
    /// The same in words.
    pub transfer: Localised,
    /// The contract that binds it.
    pub agreement: Localised,
    /// Which data it gets.
    pub fields: Vec<Field>,
    /// How the institutions came to accept it.
    pub admitted: Admitted,
    /// The first day on which it may get data.
    pub effective_from: Date,
    /// The domains at which it is reached.
    pub hosts: Vec<String>,
    /// The AWS services in use, by the prefix of their actions in IAM.
    pub aws_services: Vec<String>,
    /// Members that an operator confirms against the contract before the installation serves.
    pub confirm: Vec<String>,
}

/// Why data may reach a sub-processor (GDPR, chapter V).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferBasis {
    /// It stays in the EU or the EEA.
    WithinEea,
    /// The Commission found the country's protection adequate (art. 45).
    AdequacyDecision,
    /// The Commission's standard contractual clauses (art. 46(2)(c)).
    StandardContractualClauses,
    /// The recipient is certified under the EU-US Data Privacy Framework (art. 45).
    DataPrivacyFramework,
}

/// A kind of data (agreement, annex A.3; policy, 3A).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// A student's name.
    StudentName,
    /// A student's address.
    StudentEmail,
    /// A student's number.
    StudentNumber,
    /// A student's section.
    Section,
    /// What a student expects of the studies.
    Expectations,
    /// What a student knows and can do.
    CompetenceProfile,
    /// When a student has time.
    Availability,
    /// Answers to the institution's own questions.
    CustomAnswers,
    /// Who is in which group.
    Groups,
    /// What mails say, on their way.
    MailContent,
    /// A contact's name.
    ContactName,
    /// A contact's address.
    ContactEmail,
    /// Letters to and from the institution.
    Correspondence,
}

/// How the institutions came to accept a sub-processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Admitted {
    /// The agreement itself names it (annex B).
    Agreement,
    /// Each institution was told 30 days before.
    Notice,
}

/// A register that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// It does not have the form that this version reads.
    #[error("the register of sub-processors cannot be read")]
    Unreadable(#[source] serde_json::Error),
    /// It reads and contradicts itself.
    #[error("the register of sub-processors: {}", .0.join("; "))]
    Contradicts(Vec<String>),
}

impl Register {
    /// Reads a register; all that is wrong with it is said at once.
    pub fn parse(text: &str) -> Result<Self, RegisterError> {
        let register: Self = serde_json::from_str(text).map_err(RegisterError::Unreadable)?;
        let problems = problems::of(&register);
        if problems.is_empty() { Ok(register) } else { Err(RegisterError::Contradicts(problems)) }
    }

    /// The sub-processor with an id.
    pub fn entry(&self, id: &SubprocessorId) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.id == *id)
    }

    /// The sub-processor that a host belongs to: one of its domains, or a name below one.
    pub fn by_host(&self, host: &str) -> Option<&Entry> {
        let host = host.to_ascii_lowercase();
        let belongs = |domain: &String| {
            host.strip_suffix(domain.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        self.entries.iter().find(|entry| entry.hosts.iter().any(belongs))
    }

    /// The sub-processor that offers an AWS service.
    pub fn by_aws_service(&self, prefix: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.aws_services.iter().any(|known| known == prefix))
    }
}

impl Entry {
    /// Whether it may get data on a day.
    pub fn is_effective(&self, today: Date) -> bool {
        self.effective_from <= today
    }
}

#[cfg(test)]
mod tests;
