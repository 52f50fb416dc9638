//! The register as it is published: without what only the operators need, with words for kinds.

use domain::SubprocessorId;
use domain::cohort::Localised;
use domain::institution::Language;
use jiff::civil::Date;
use serde::Serialize;

use crate::{Entry, Field, Register, TransferBasis};

/// What the public JSON says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PublicRegister<'a> {
    /// When the register was last read against the contracts.
    pub reviewed_on: Date,
    /// The region that this installation runs in.
    pub region: &'a str,
    /// The sub-processors.
    pub entries: Vec<PublicEntry<'a>>,
}

/// A sub-processor as it is published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PublicEntry<'a> {
    /// A short word that stays the same.
    pub id: &'a SubprocessorId,
    /// Its registered name.
    pub name: &'a str,
    /// Its number, and the register that the number is in.
    pub registration: &'a str,
    /// Its registered address.
    pub address: &'a str,
    /// What it does with the data, and what for.
    pub processing: &'a Localised,
    /// Where.
    pub location: &'a Localised,
    /// On which basis data may reach it.
    pub transfer_basis: &'a [TransferBasis],
    /// The same in words.
    pub transfer: &'a Localised,
    /// The contract that binds it.
    pub agreement: &'a Localised,
    /// Which data it gets.
    pub fields: &'a [Field],
    /// The first day on which it may get data.
    pub effective_from: Date,
    /// Whether that day has come.
    pub status: Status,
}

/// Whether a sub-processor may get data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It may.
    Effective,
    /// From a day to come.
    Announced,
}

impl Register {
    /// The register as it is published on a day.
    pub fn public<'a>(&'a self, region: &'a str, today: Date) -> PublicRegister<'a> {
        let entries = self.entries.iter().map(|entry| entry.public(today)).collect();
        PublicRegister { reviewed_on: self.reviewed_on, region, entries }
    }
}

impl Entry {
    /// The sub-processor as it is published on a day.
    pub fn public(&self, today: Date) -> PublicEntry<'_> {
        let status = if self.is_effective(today) { Status::Effective } else { Status::Announced };
        PublicEntry {
            id: &self.id,
            name: &self.name,
            registration: &self.registration,
            address: &self.address,
            processing: &self.processing,
            location: &self.location,
            transfer_basis: &self.transfer_basis,
            transfer: &self.transfer,
            agreement: &self.agreement,
            fields: &self.fields,
            effective_from: self.effective_from,
            status,
        }
    }
}

/// What a word is called where people read it.
pub trait Words {
    /// The name in a language, as it stands in the middle of a sentence.
    fn words(self, language: Language) -> &'static str;
}

impl Words for Field {
    fn words(self, language: Language) -> &'static str {
        let (da, en) = match self {
            Self::StudentName => ("studerendes navn", "students' names"),
            Self::StudentEmail => ("studerendes e-mailadresse", "students' e-mail addresses"),
            Self::StudentNumber => ("studienummer", "student numbers"),
            Self::Section => ("hold", "class (section)"),
            Self::Expectations => ("forventninger til studiet", "expectations of the studies"),
            Self::CompetenceProfile => ("kompetenceprofil", "competence profile"),
            Self::Availability => ("tider i ugen", "availability over the week"),
            Self::CustomAnswers => (
                "svar på institutionens egne spørgsmål",
                "answers to the institution's own questions",
            ),
            Self::Groups => ("studiegrupper", "study groups"),
            Self::MailContent => ("indholdet af udsendte e-mails", "the content of e-mails sent"),
            Self::ContactName => ("kontaktpersoners navn", "contact persons' names"),
            Self::ContactEmail => {
                ("kontaktpersoners e-mailadresse", "contact persons' e-mail addresses")
            }
            Self::Correspondence => {
                ("korrespondance med institutionen", "correspondence with the institution")
            }
        };
        in_language(language, da, en)
    }
}

impl Words for TransferBasis {
    fn words(self, language: Language) -> &'static str {
        let (da, en) = match self {
            Self::WithinEea => ("behandling i EU/EØS", "processing within the EU/EEA"),
            Self::AdequacyDecision => ("tilstrækkelighedsafgørelse", "adequacy decision"),
            Self::StandardContractualClauses => {
                ("EU-Kommissionens standardkontraktbestemmelser", "standard contractual clauses")
            }
            Self::DataPrivacyFramework => {
                ("EU-US Data Privacy Framework", "EU-US Data Privacy Framework")
            }
        };
        in_language(language, da, en)
    }
}

fn in_language(language: Language, da: &'static str, en: &'static str) -> &'static str {
    match language {
        Language::Da => da,
        Language::En => en,
    }
}
