//! What a register must not say, beyond its form.

use std::collections::BTreeSet;

use crate::Register;
#[cfg(test)]
use crate::{Field, TransferBasis};

/// One sentence per contradiction.
pub(crate) fn of(register: &Register) -> Vec<String> {
    let mut found = Vec::new();
    let (mut ids, mut hosts) = (BTreeSet::new(), BTreeSet::new());
    for entry in &register.entries {
        let mut say = |what: &str| found.push(format!("{}: {what}", entry.id));
        if !ids.insert(&entry.id) {
            say("is there twice");
        }
        let texts = [&entry.name, &entry.registration, &entry.address];
        let both = [&entry.processing, &entry.location, &entry.transfer, &entry.agreement];
        let texts = texts.into_iter().chain(both.into_iter().flat_map(|both| [&both.da, &both.en]));
        if texts.into_iter().any(|text| text.trim().is_empty()) {
            say("a text is empty");
        }
        if entry.fields.is_empty() || twice(&entry.fields) {
            say("the data it gets is not listed, or a kind of it twice");
        }
        if entry.transfer_basis.is_empty() || twice(&entry.transfer_basis) {
            say("the basis of transfers is missing, or named twice");
        }
        if entry.hosts.is_empty() && entry.aws_services.is_empty() {
            say("it is reached neither at a host nor as an AWS service");
        }
        for host in &entry.hosts {
            if !hosts.insert(host) {
                say("a host of it is another's as well");
            }
        }
    }
    found
}

fn twice<T: Copy + std::hash::Hash + Eq>(words: &[T]) -> bool {
    let different: std::collections::HashSet<T> = words.iter().copied().collect();
    different.len() != words.len()
}

/// Every kind of data and every basis has words in both languages.
#[cfg(test)]
pub(crate) const FIELDS: [Field; 13] = [
    Field::StudentName,
    Field::StudentEmail,
    Field::StudentNumber,
    Field::Section,
    Field::Expectations,
    Field::CompetenceProfile,
    Field::Availability,
    Field::CustomAnswers,
    Field::Groups,
    Field::MailContent,
    Field::ContactName,
    Field::ContactEmail,
    Field::Correspondence,
];

/// All bases.
#[cfg(test)]
pub(crate) const BASES: [TransferBasis; 4] = [
    TransferBasis::WithinEea,
    TransferBasis::AdequacyDecision,
    TransferBasis::StandardContractualClauses,
    TransferBasis::DataPrivacyFramework,
];
