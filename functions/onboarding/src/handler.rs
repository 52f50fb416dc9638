//! One request: create what is not there, recognise what is, refuse what would be something else.
//!
//! **Safe to run twice.** Every create is conditional; of a contact the account comes first and the
//! record second, and a second run finds the account by its address. `created` tells a first run
//! from a second. A contact is removed in the order in which it matters: access ends with the record,
//! then the account and the address on SES's list go, then the record; a run that died is completed by the same request.

use domain::audit::AuditEntry;
use domain::cohort::{Cohort, Settings};
use domain::contact::Contact;
use domain::institution::Institution;
use domain::{CohortId, ContactId, InstitutionId};
use jiff::civil::Date;
use registering::rules;
use runtime::StepError;
use runtime::clock::{Clock, today};
use serde::Serialize;
use store::{Audit, ChangedSettings, Scope, Store};
use suppression::SuppressionList;

use crate::Request;
use crate::accounts::Accounts;
use crate::refusal::{bad_request, conflict, gone, not_found, store as failed};
use crate::request::{FormerContact, NewContact, under};

/// What was registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Onboarded {
    /// Whether it is new.
    pub created: bool,
    /// Whether settings were replaced by others.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub replaced: bool,
    /// Whether somebody's access was ended and their data deleted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub removed: bool,
    /// The institution.
    pub institution: InstitutionId,
    /// The cohort.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cohort: Option<CohortId>,
    /// The first day on which the cohort's data must not exist, as things are now (D1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete_on: Option<Date>,
    /// The contact: the subject of their account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactId>,
    /// The day on which everything of the institution is erased, if it is deactivated (D6).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub erase_on: Option<Date>,
}

/// The handler with its dependencies.
#[derive(Debug)]
pub struct Onboarding {
    pub(crate) store: Store,
    audit: Audit,
    accounts: Accounts,
    suppressed: SuppressionList,
    pub(crate) clock: Clock,
}

impl Onboarding {
    /// Puts the dependencies together.
    pub fn new(
        store: Store,
        audit: Audit,
        accounts: Accounts,
        suppressed: SuppressionList,
        clock: Clock,
    ) -> Self {
        Self { store, audit, accounts, suppressed, clock }
    }

    /// Carries out a request; `id` is the invocation's, for the audit trail.
    pub async fn run(&self, request: Request, id: &str) -> Result<Onboarded, StepError> {
        let done = match request {
            Request::Institution(institution) => self.institution(institution).await,
            Request::ReplaceInstitution(institution) => {
                self.replace_institution(institution, id).await
            }
            Request::Deactivate(end) => self.deactivate(end, id).await,
            Request::Reactivate(back) => self.reactivate(back, id).await,
            Request::Cohort(settings) => self.cohort(*settings).await,
            Request::ReplaceCohort(settings) => self.replace(*settings).await,
            Request::Contact(contact) => self.contact(contact, id).await,
            Request::RemoveContact(former) => self.remove_contact(former, id).await,
        };
        match &done {
            Ok(done) => {
                let Onboarded { created, replaced, removed, .. } = *done;
                tracing::info!(created, replaced, removed, "onboarded");
            }
            Err(refusal) => tracing::warn!(name = refusal.name, "refused"),
        }
        done
    }

    async fn institution(&self, mut institution: Institution) -> Result<Onboarded, StepError> {
        institution.onboarded_at = Some((self.clock)());
        let created = self.store.create_institution(&institution).await.map_err(|e| failed(&e))?;
        if !created {
            let known = self.known_institution(&institution.id).await?;
            institution.onboarded_at = known.onboarded_at;
            if known != institution {
                return Err(conflict(
                    "institution: is there with another name, address or language; replace_institution changes them",
                ));
            }
        }
        Ok(onboarded(created, institution.id))
    }

    async fn replace_institution(
        &self,
        mut institution: Institution,
        id: &str,
    ) -> Result<Onboarded, StepError> {
        let known = self.known_institution(&institution.id).await?;
        institution.onboarded_at = known.onboarded_at;
        let replaced = known != institution;
        if replaced {
            self.record(&institution.id, "institution.replace", id).await?;
            if !self.store.replace_institution(&institution).await.map_err(|e| failed(&e))? {
                return Err(not_found("replace_institution: it was removed just now"));
            }
        }
        Ok(Onboarded { replaced, ..onboarded(false, institution.id) })
    }

    async fn cohort(&self, settings: Settings) -> Result<Onboarded, StepError> {
        let now = (self.clock)();
        if let Some(since) = rules::over_since(&settings, today(now)) {
            return Err(bad_request(format!(
                "cohort.deadline: lies so far back that its data would have to be gone since {since}"
            )));
        }
        self.known_institution(&settings.institution).await?;
        let cohort = Cohort::new(settings, now);
        let created = self.store.create_cohort(&cohort).await.map_err(|e| failed(&e))?;
        let known = if created { cohort } else { self.same_cohort(cohort, today(now)).await? };
        Ok(Onboarded {
            cohort: Some(known.settings.id),
            delete_on: Some(known.delete_on),
            ..onboarded(created, known.settings.institution)
        })
    }

    /// The cohort that is there already, if it is the very same.
    async fn same_cohort(&self, wanted: Cohort, today: Date) -> Result<Cohort, StepError> {
        let scope = scope(&wanted.settings);
        let known = self.store.cohort_even_if_gone(&scope).await.map_err(|e| failed(&e))?;
        match known {
            Some(known) if rules::is_gone(&known, today) => Err(gone(
                "cohort.id: belongs to a cohort whose data is due for deletion or gone; choose another",
            )),
            Some(known) if known.settings == wanted.settings => Ok(known),
            Some(_) => Err(conflict(
                "cohort.id: is there with other settings; replace_cohort replaces them",
            )),
            None => {
                for form in wanted.settings.forms() {
                    let owner = self.store.form_owner(form).await.map_err(|e| failed(&e))?;
                    if let Some(owner) = owner {
                        let which =
                            if *form == wanted.settings.form { "form" } else { "evaluation.form" };
                        return Err(conflict(format!(
                            "cohort.{which}: belongs to {} of {}",
                            owner.cohort, owner.institution
                        )));
                    }
                }
                Err(StepError::new(StepError::TRANSIENT, "the cohort could not be created now"))
            }
        }
    }

    async fn replace(&self, settings: Settings) -> Result<Onboarded, StepError> {
        let scope = scope(&settings);
        let known = self.store.cohort_even_if_gone(&scope).await.map_err(|e| failed(&e))?;
        let Some(known) = known else {
            return Err(not_found("replace_cohort: there is no cohort of this institution and id"));
        };
        let is_being_erased = || gone("replace_cohort: its data is due for deletion or gone");
        if rules::is_gone(&known, today((self.clock)())) {
            return Err(is_being_erased());
        }
        let mut found = rules::irreplaceable(&known.settings, &settings);
        // Its dates hang on it; who may move it sees what moves with it, in the portal.
        if known.settings.deadline != settings.deadline {
            found.push(rules::cannot_change("deadline"));
        }
        found.extend(rules::named_students(Some(&known), &settings));
        if !found.is_empty() {
            return Err(bad_request(under("replace_cohort", &found)));
        }
        let replaced = known.settings != settings;
        if replaced {
            match self
                .store
                .replace_settings(&known.settings, &settings)
                .await
                .map_err(|e| failed(&e))?
            {
                ChangedSettings::Done => {}
                ChangedSettings::Stale => {
                    let now =
                        self.store.cohort_even_if_gone(&scope).await.map_err(|e| failed(&e))?;
                    return Err(match now {
                        Some(now) if now.settings != known.settings => conflict(
                            "replace_cohort: was changed just now; look, and send it again",
                        ),
                        _ => is_being_erased(),
                    });
                }
                ChangedSettings::NobodyThere => {
                    return Err(conflict(
                        "replace_cohort.criteria: a rule names somebody who is not in the cohort",
                    ));
                }
                ChangedSettings::FormTaken => {
                    return Err(conflict("replace_cohort.evaluation.form: belongs to a cohort"));
                }
            }
        }
        Ok(Onboarded {
            replaced,
            cohort: Some(settings.id),
            delete_on: Some(known.delete_on),
            ..onboarded(false, settings.institution)
        })
    }

    async fn contact(&self, wanted: NewContact, id: &str) -> Result<Onboarded, StepError> {
        self.known_institution(&wanted.institution).await?;
        self.record(&wanted.institution, "contact.add", id).await?;
        let id = self.accounts.ensure(&wanted.email).await.inspect_err(|error| {
            runtime::telemetry::log_error("account", error);
        })?;
        let NewContact { institution, email, name, role } = wanted;
        let last_active_on = Some(today((self.clock)()));
        let contact = Contact {
            id: id.clone(),
            institution,
            role,
            name,
            email,
            active: true,
            last_active_on,
        };
        let created = self.store.create_contact(&contact).await.map_err(|e| failed(&e))?;
        if !created {
            let known = self.store.contact(&id).await.map_err(|e| failed(&e))?;
            let difference = known.and_then(|known| difference(&known, &contact));
            if let Some(difference) = difference {
                return Err(conflict(difference));
            }
        }
        Ok(Onboarded { contact: Some(id), ..onboarded(created, contact.institution) })
    }

    async fn remove_contact(
        &self,
        former: FormerContact,
        id: &str,
    ) -> Result<Onboarded, StepError> {
        let FormerContact { institution, contact } = former;
        let answer = Onboarded { contact: Some(contact.clone()), ..onboarded(false, institution) };
        let Some(known) = self.store.contact(&contact).await.map_err(|e| failed(&e))? else {
            return Ok(answer);
        };
        if known.institution != answer.institution {
            return Err(not_found("remove_contact.contact: is none of this institution"));
        }
        self.record(&known.institution, "contact.remove", id).await?;
        self.store.revoke_contact(&contact).await.map_err(|e| failed(&e))?;
        self.accounts.remove(&known.email).await.inspect_err(|error| {
            runtime::telemetry::log_error("account", error);
        })?;
        // Whose mails bounced is known there by their address.
        self.suppressed.lift_all(&known.email).await.map_err(|error| {
            runtime::telemetry::log_error("suppression", &error);
            StepError::new(StepError::TRANSIENT, error.to_string())
        })?;
        let ended = self.store.delete_revoked_contact(&known.institution, &contact).await;
        ended.map_err(|e| failed(&e))?;
        Ok(Onboarded { removed: true, ..answer })
    }

    /// Writes to the audit trail (D5), before anything changes. Which of the processor's staff it was
    /// stands in AWS's own trail under the invocation's id.
    pub(crate) async fn record(
        &self,
        institution: &InstitutionId,
        action: &str,
        id: &str,
    ) -> Result<(), StepError> {
        let now = (self.clock)();
        let entry = AuditEntry::of_job(institution, now, "onboarding", action, id).touching(1);
        self.audit.append(&entry, id).await.map_err(|e| failed(&e))
    }

    /// The institution, if it is there and not deactivated: nothing is registered for one whose
    /// agreement has ended.
    async fn known_institution(&self, id: &InstitutionId) -> Result<Institution, StepError> {
        let known = self.even_if_deactivated(id).await?;
        if self.store.is_out_of_reach(id).await.map_err(|e| failed(&e))? {
            return Err(gone(format!("institution: {id} is deactivated")));
        }
        Ok(known)
    }

    pub(crate) async fn even_if_deactivated(
        &self,
        id: &InstitutionId,
    ) -> Result<Institution, StepError> {
        let known = self.store.institution(id).await.map_err(|e| failed(&e))?;
        known.ok_or_else(|| not_found(format!("institution: {id} is not onboarded")))
    }
}

pub(crate) fn onboarded(created: bool, institution: InstitutionId) -> Onboarded {
    Onboarded {
        created,
        replaced: false,
        removed: false,
        institution,
        cohort: None,
        delete_on: None,
        contact: None,
        erase_on: None,
    }
}

fn scope(settings: &Settings) -> Scope {
    Scope::new(settings.institution.clone(), settings.id.clone())
}

fn difference(known: &Contact, wanted: &Contact) -> Option<&'static str> {
    if known.institution != wanted.institution {
        Some("contact.email: belongs to a contact of another institution")
    } else if !known.active {
        Some("contact.email: belongs to a contact whose access was revoked")
    } else if known.role != wanted.role || known.name != wanted.name {
        Some("contact.email: belongs to a contact with another role or name")
    } else {
        None
    }
}
