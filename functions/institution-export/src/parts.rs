//! The parts of an institution, in the order in which they are written.

use std::collections::BTreeSet;

use domain::export::ExportPlace;
use domain::{CohortId, InstitutionId};
use runtime::clock::today;
use store::{Scope, keys};

use crate::{Error, Systems};

/// A part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// The record, cohorts with their settings, erasures, the end of the agreement.
    Institution,
    /// Contacts.
    Contacts,
    /// Breaches and notices of sub-processors.
    Registers,
    /// Letters to the institution.
    Letters,
    /// What a cohort's partition holds.
    Items(CohortId),
    /// A cohort's questionnaires as they came.
    Raw(CohortId),
    /// Deletion certificates.
    Certificates,
    /// The audit trail.
    Trail,
}

impl Part {
    pub(crate) fn first() -> Self {
        Self::Institution
    }

    /// The part by the name that the export's record and its files bear.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            "institution" => Some(Self::Institution),
            "contacts" => Some(Self::Contacts),
            "registers" => Some(Self::Registers),
            "letters" => Some(Self::Letters),
            "certificates" => Some(Self::Certificates),
            "audit" => Some(Self::Trail),
            _ => {
                let (cohort, what) = name.rsplit_once('.')?;
                let cohort = CohortId::parse(cohort).ok()?;
                match what {
                    "items" => Some(Self::Items(cohort)),
                    "raw" => Some(Self::Raw(cohort)),
                    _ => None,
                }
            }
        }
    }

    pub(crate) fn name(&self) -> String {
        match self {
            Self::Institution => "institution".into(),
            Self::Contacts => "contacts".into(),
            Self::Registers => "registers".into(),
            Self::Letters => "letters".into(),
            Self::Items(cohort) => format!("{cohort}.items"),
            Self::Raw(cohort) => format!("{cohort}.raw"),
            Self::Certificates => "certificates".into(),
            Self::Trail => "audit".into(),
        }
    }

    pub(crate) fn begin(self) -> ExportPlace {
        ExportPlace { part: self.name(), after: None, pages: 0 }
    }

    /// The part after this one; none after the last.
    pub(crate) fn next(&self, cohorts: &BTreeSet<CohortId>) -> Option<Self> {
        let after = |done: Option<&CohortId>| {
            let next = cohorts.iter().find(|cohort| done.is_none_or(|done| *cohort > done));
            next.map_or(Self::Certificates, |cohort| Self::Items(cohort.clone()))
        };
        Some(match self {
            Self::Institution => Self::Contacts,
            Self::Contacts => Self::Registers,
            Self::Registers => Self::Letters,
            Self::Letters => after(None),
            Self::Items(cohort) => Self::Raw(cohort.clone()),
            Self::Raw(cohort) => after(Some(cohort)),
            Self::Certificates => Self::Trail,
            Self::Trail => return None,
        })
    }
}

/// The cohorts whose data is there, of a deactivated institution too: what is due counts as gone.
pub(crate) async fn cohorts(
    systems: &Systems,
    institution: &InstitutionId,
) -> Result<BTreeSet<CohortId>, Error> {
    let today = today((systems.clock)());
    let partition = keys::institution_partition(institution);
    let (mut found, mut after) = (BTreeSet::new(), None);
    loop {
        let page =
            systems.store.raw_page(&partition, after.as_deref(), crate::write::ITEMS).await?;
        for (sk, _) in page.items {
            let id = sk.strip_prefix(keys::COHORT).and_then(|id| CohortId::parse(id).ok());
            let Some(id) = id else { continue };
            let scope = Scope::new(institution.clone(), id);
            let cohort = systems.store.cohort_even_if_gone(&scope).await?;
            if cohort.is_some_and(|it| it.erasure.is_none() && it.delete_on > today) {
                found.insert(scope.cohort);
            }
        }
        after = page.next;
        if after.is_none() {
            return Ok(found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d6_each_part_follows_once_and_is_known_by_its_name() {
        let cohorts: BTreeSet<CohortId> =
            ["coh_a", "coh_b"].map(|id| CohortId::parse(id).unwrap()).into();
        let (mut part, mut walked) = (Part::first(), Vec::new());
        loop {
            assert_eq!(Part::parse(&part.name()).as_ref(), Some(&part));
            walked.push(part.name());
            let Some(next) = part.next(&cohorts) else { break };
            part = next;
        }
        assert_eq!(
            walked,
            [
                "institution",
                "contacts",
                "registers",
                "letters",
                "coh_a.items",
                "coh_a.raw",
                "coh_b.items",
                "coh_b.raw",
                "certificates",
                "audit",
            ]
        );
        assert_eq!(Part::Letters.next(&BTreeSet::new()), Some(Part::Certificates));
        assert_eq!(Part::parse("coh_a.other"), None);
    }
}
