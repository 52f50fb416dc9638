//! What handlers work with, and the reads and the audit entry that several of them share.

use std::sync::Arc;

use domain::audit::AuditEntry;
use domain::cohort::Cohort;
use domain::form_pages::FormPages;
use domain::formation::Formation;
use domain::ids::IdentityKey;
use domain::{CohortId, FormationId};
use outbox::MailQueue;
use runtime::clock::Clock;
use runtime::secrets::{self, IdentitySecret, SecretError};
use secrecy::ExposeSecret as _;
use store::{Audit, Objects, Scope, Store};
use tokio::sync::OnceCell;

use crate::caller::Caller;
use crate::config::Config;
use crate::params::PathIds;
use crate::problem::Problem;

/// The AWS clients that the API needs.
#[derive(Debug, Clone)]
pub struct Clients {
    /// The application's table and the audit trail.
    pub tables: aws_sdk_dynamodb::Client,
    /// Certificates.
    pub objects: aws_sdk_s3::Client,
    /// The same bucket, for addresses at which files are fetched: it signs and calls nobody.
    pub addresses: aws_sdk_s3::Client,
    /// The functions that start formations and map quarantined questionnaires again.
    pub functions: aws_sdk_lambda::Client,
    /// The state machine that waits for approval, and the one that erases.
    pub machines: aws_sdk_sfn::Client,
    /// The mail queue.
    pub queues: aws_sdk_sqs::Client,
    /// The key that students' addresses are hashed under.
    pub secrets: aws_sdk_secretsmanager::Client,
}

/// The dependencies of every handler.
#[derive(Debug, Clone)]
pub struct Portal {
    pub(crate) store: Store,
    pub(crate) audit: Audit,
    pub(crate) objects: Objects,
    pub(crate) addresses: Objects,
    pub(crate) functions: aws_sdk_lambda::Client,
    pub(crate) machines: aws_sdk_sfn::Client,
    pub(crate) mails: MailQueue,
    secrets: aws_sdk_secretsmanager::Client,
    keys_secret: String,
    identity: Arc<OnceCell<IdentityKey>>,
    pub(crate) formation_trigger: String,
    pub(crate) quarantine_reprocess: String,
    pub(crate) erasure_machine: String,
    pub(crate) export_machine: String,
    pub(crate) mailing_machine: String,
    pub(crate) forms: FormPages,
    pub(crate) clock: Clock,
}

impl Portal {
    /// Binds clients to the tables, the bucket and the function that the settings name.
    pub fn new(config: Config, clients: Clients, clock: Clock) -> Self {
        Self {
            store: Store::new(clients.tables.clone(), config.app_table),
            audit: Audit::new(clients.tables, config.audit_table),
            addresses: Objects::new(clients.addresses, config.data_bucket.clone()),
            objects: Objects::new(clients.objects, config.data_bucket),
            functions: clients.functions,
            machines: clients.machines,
            mails: MailQueue::new(clients.queues, config.mail_queue),
            secrets: clients.secrets,
            keys_secret: config.keys_secret,
            identity: Arc::default(),
            formation_trigger: config.formation_trigger,
            quarantine_reprocess: config.quarantine_reprocess,
            erasure_machine: config.erasure_machine,
            export_machine: config.export_machine,
            mailing_machine: config.mailing_machine,
            forms: config.forms,
            clock,
        }
    }

    /// The key that students' addresses are hashed under. Read when a roster first needs it, and kept for the
    /// life of the process: the other routes, and the start, do without.
    pub(crate) async fn identity(&self) -> Result<&IdentityKey, Problem> {
        let read = || async {
            let secret: IdentitySecret = secrets::read(&self.secrets, &self.keys_secret).await?;
            Ok::<_, SecretError>(IdentityKey::new(secret.identity.expose_secret()))
        };
        self.identity.get_or_try_init(read).await.map_err(|error| {
            runtime::telemetry::log_error("read_keys", &error);
            Problem::Unavailable
        })
    }

    /// The cohort that the path names, if it is the caller's institution's and its data is not
    /// due. A foreign, an erased and an invented cohort cannot be told apart.
    pub(crate) async fn cohort(
        &self,
        caller: &Caller,
        ids: &PathIds,
    ) -> Result<(Scope, Cohort), Problem> {
        let scope = Scope::new(caller.institution.clone(), ids.id::<CohortId>("cohort")?);
        let cohort = self.store.cohort(&scope, caller.today()).await?;
        Ok((scope, cohort.ok_or(Problem::NotFound)?))
    }

    /// The formation of the cohort that the path names.
    pub(crate) async fn formation(
        &self,
        scope: &Scope,
        ids: &PathIds,
    ) -> Result<Formation, Problem> {
        let id = ids.id::<FormationId>("formation")?;
        self.store.formation(scope, &id).await?.ok_or(Problem::NotFound)
    }

    /// Writes to the audit trail (D5), before the answer is given: who cannot be recorded gets no
    /// personal data.
    pub(crate) async fn record(
        &self,
        caller: &Caller,
        cohort: Option<&CohortId>,
        action: &str,
        subjects: usize,
    ) -> Result<(), Problem> {
        self.append(caller, caller.entry(cohort, action).touching(subjects)).await
    }

    /// The same, naming the students, requests or formations that are shown or changed.
    pub(crate) async fn record_about(
        &self,
        caller: &Caller,
        cohort: Option<&CohortId>,
        action: &str,
        ids: &[String],
    ) -> Result<(), Problem> {
        self.append(caller, caller.entry(cohort, action).touching(ids.len()).about(ids)).await
    }

    /// Records an attempt that is refused with the problem of this word. What a handler does not record
    /// itself, the boundary does, under method and route.
    pub(crate) async fn record_refused(
        &self,
        caller: &Caller,
        cohort: Option<&CohortId>,
        action: &str,
        problem: &str,
    ) -> Result<(), Problem> {
        self.append(caller, caller.entry(cohort, action).refused(problem)).await?;
        caller.refusal_is_recorded();
        Ok(())
    }

    /// Records an entry that the caller made by hand.
    pub(crate) async fn append(&self, caller: &Caller, entry: AuditEntry) -> Result<(), Problem> {
        Ok(self.audit.append(&entry, &caller.request).await?)
    }
}
