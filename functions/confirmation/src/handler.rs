//! From a link to a page.

use domain::audit::AuditEntry;
use domain::cohort::Cohort;
use domain::ids::IdentityKey;
use domain::message::{About, Message, RightsStep};
use domain::rights::{Link, Purpose, RightsRequest, Status, same_token, token};
use domain::{CohortId, InstitutionId, RightsRequestId};
use handover::{Ask, Sources};
use outbox::MailQueue;
use runtime::clock::{Clock, today};
use runtime::telemetry::log_error;
use runtime::web::Request;
use store::{Audit, MessagePlace, Objects, Scope, Store};

use crate::answer::Answer;
use crate::page::Page;

/// Why there is no page. The texts hold no personal data.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("a store failed")]
    Store(#[from] store::Error),
    #[error("the mail could not be put on its way")]
    Outbox(#[from] outbox::Error),
    #[error("the data could not be put together")]
    Handover(#[from] handover::Error),
    #[error("the page could not be written")]
    Page(#[from] askama::Error),
    #[error("something changed between reading and writing")]
    Moved,
}

/// What the page is made with.
pub struct Confirmation {
    /// The application's table.
    pub store: Store,
    /// The bucket.
    pub objects: Objects,
    /// The audit trail.
    pub audit: Audit,
    /// The queue of messages to send.
    pub mails: MailQueue,
    /// The key under which tokens are hashes.
    pub key: IdentityKey,
    /// Where the time comes from.
    pub clock: Clock,
}

impl Confirmation {
    /// Answers a request. Neither the token nor anything about a person is logged.
    pub async fn answer(&self, asked: &Request) -> Answer {
        let answer = if asked.part("message").is_empty() {
            self.page(asked).await.map(Page::answer)
        } else {
            self.student_page(asked).await
        };
        let answer = answer.unwrap_or_else(|error| {
            log_error("confirmation", &error);
            Page::Later.answer()
        });
        tracing::info!(
            http.method = asked.method(),
            http.status = answer.status_code,
            "confirmation"
        );
        answer
    }

    async fn page(&self, asked: &Request) -> Result<Page, Error> {
        let (Ok(institution), Ok(cohort), Ok(id)) = (
            InstitutionId::parse(asked.part("institution")),
            CohortId::parse(asked.part("cohort")),
            RightsRequestId::parse(asked.part("request")),
        ) else {
            return Ok(Page::NoLink);
        };
        let scope = Scope::new(institution, cohort);
        let now = (self.clock)();
        let Some(cohort) = self.store.cohort(&scope, today(now)).await? else {
            return Ok(Page::NoLink);
        };
        let Some(request) = self.store.rights_request(&scope, &id).await? else {
            return Ok(Page::NoLink);
        };
        let fits = |purpose, link: Option<&Link>| {
            link.is_some_and(|link| {
                let expected = token(&self.key, &scope.cohort, &id, purpose, &link.nonce);
                same_token(&expected, asked.part("token"))
            })
        };
        if fits(Purpose::Confirm, request.link.as_ref()) {
            return self.confirm(asked, &scope, &request).await;
        }
        if fits(Purpose::Download, request.download.as_ref()) {
            return self.hand_over(asked, &scope, &cohort, &request).await;
        }
        Ok(Page::NoLink)
    }

    async fn confirm(
        &self,
        asked: &Request,
        scope: &Scope,
        request: &RightsRequest,
    ) -> Result<Page, Error> {
        let next = request.clone().confirm((self.clock)());
        if asked.method() != "POST" {
            return Ok(if next.is_ok() { Page::Ask } else { Page::NoLink });
        }
        match next {
            Ok(confirmed) => {
                if !self.store.move_rights_request(scope, request, &confirmed).await? {
                    return Ok(Page::Later);
                }
                tracing::info!(
                    institution = scope.institution.as_str(),
                    cohort = scope.cohort.as_str(),
                    request = request.id.as_str(),
                    "rights.confirmed"
                );
                self.tell(scope, &confirmed).await?;
                Ok(Page::Confirmed)
            }
            // Used before: what a call that died left behind is made up for, and nothing else happens.
            Err(_) if request.status == Status::Confirmed => {
                self.tell(scope, request).await?;
                Ok(Page::NoLink)
            }
            Err(_) => Ok(Page::NoLink),
        }
    }

    /// Puts the student's data together, and only then uses the link up: a call that dies before leaves
    /// it usable. Of two calls at once one gets the data.
    async fn hand_over(
        &self,
        asked: &Request,
        scope: &Scope,
        cohort: &Cohort,
        request: &RightsRequest,
    ) -> Result<Page, Error> {
        let now = (self.clock)();
        let student = self.store.student(scope, &request.student).await?;
        let (Ok(fetched), Some(student)) = (request.clone().fetch(now), student) else {
            return Ok(Page::NoLink);
        };
        if asked.method() != "POST" {
            return Ok(Page::Fetch);
        }
        let from = Sources {
            store: &self.store,
            objects: &self.objects,
            audit: &self.audit,
            key: &self.key,
        };
        let ask = Ask { scope, cohort, student: &student, request: &request.id, now };
        let files = handover::gather(from, &ask).await?.files(cohort)?;
        let archive = handover::archive(&files)?;
        let ids = [student.id.to_string(), request.id.to_string()];
        let number = fetched.download.as_ref().map_or(0, |link| link.number);
        let unique = format!("{}-{number}", request.id);
        let entry =
            AuditEntry::of_job(&scope.institution, now, "confirmation", "rights.fetch", &unique)
                .in_cohort(Some(&scope.cohort))
                .touching(1)
                .about(ids);
        self.audit.append(&entry, &unique).await?;
        if !self.store.move_rights_request(scope, request, &fetched).await? {
            return Ok(Page::Later);
        }
        tracing::info!(
            institution = scope.institution.as_str(),
            cohort = scope.cohort.as_str(),
            request = request.id.as_str(),
            "rights.fetched"
        );
        Ok(Page::Archive { name: format!("{}.zip", request.id), body: archive })
    }

    async fn tell(&self, scope: &Scope, request: &RightsRequest) -> Result<(), Error> {
        let about = About::Rights {
            student: request.student.clone(),
            request: request.id.clone(),
            step: RightsStep::Verified,
            number: 0,
        };
        let message = Message::queued(about, (self.clock)());
        outbox::put_one(&self.store, &self.mails, &MessagePlace::from(scope), &message).await?;
        Ok(())
    }
}
