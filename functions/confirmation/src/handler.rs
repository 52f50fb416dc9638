//! From a link to a page.

use domain::ids::IdentityKey;
use domain::message::{About, Message, RightsStep};
use domain::rights::{Purpose, RightsRequest, Status, same_token, token};
use domain::{CohortId, InstitutionId, RightsRequestId};
use outbox::MailQueue;
use runtime::clock::{Clock, today};
use runtime::telemetry::log_error;
use store::{MessagePlace, Scope, Store};

use crate::page::{Answer, Page};
use crate::request::Request;

/// What the page is made with.
pub struct Confirmation {
    /// The application's table.
    pub store: Store,
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
        let page = self.page(asked).await.unwrap_or_else(|error| {
            log_error("confirmation", &error);
            Page::Later
        });
        let answer = page.answer();
        tracing::info!(
            http.method = asked.method(),
            http.status = answer.status_code,
            "confirmation"
        );
        answer
    }

    async fn page(&self, asked: &Request) -> Result<Page, outbox::Error> {
        let (Ok(institution), Ok(cohort), Ok(id)) = (
            InstitutionId::parse(asked.part("institution")),
            CohortId::parse(asked.part("cohort")),
            RightsRequestId::parse(asked.part("request")),
        ) else {
            return Ok(Page::NoLink);
        };
        let scope = Scope::new(institution, cohort);
        let now = (self.clock)();
        if self.store.cohort(&scope, today(now)).await?.is_none() {
            return Ok(Page::NoLink);
        }
        let Some(request) = self.store.rights_request(&scope, &id).await? else {
            return Ok(Page::NoLink);
        };
        let Some(link) = &request.link else { return Ok(Page::NoLink) };
        let expected = token(&self.key, &scope.cohort, &id, Purpose::Confirm, &link.nonce);
        if !same_token(&expected, asked.part("token")) {
            return Ok(Page::NoLink);
        }
        if asked.method() != "POST" {
            let usable = request.clone().confirm(now).is_ok();
            return Ok(if usable { Page::Ask } else { Page::NoLink });
        }
        match request.clone().confirm(now) {
            Ok(confirmed) => {
                if !self.store.move_rights_request(&scope, &request, &confirmed).await? {
                    return Ok(Page::Later);
                }
                tracing::info!(
                    institution = scope.institution.as_str(),
                    cohort = scope.cohort.as_str(),
                    request = id.as_str(),
                    "rights.confirmed"
                );
                self.tell(&scope, &confirmed).await?;
                Ok(Page::Confirmed)
            }
            // Used before: what a call that died left behind is made up for, and nothing else happens.
            Err(_) if request.status == Status::Confirmed => {
                self.tell(&scope, &request).await?;
                Ok(Page::NoLink)
            }
            Err(_) => Ok(Page::NoLink),
        }
    }

    async fn tell(&self, scope: &Scope, request: &RightsRequest) -> Result<(), outbox::Error> {
        let about = About::Rights {
            student: request.student.clone(),
            request: request.id.clone(),
            step: RightsStep::Verified,
            number: 0,
        };
        let message = Message::queued(about, (self.clock)());
        outbox::put_one(&self.store, &self.mails, &MessagePlace::from(scope), &message).await
    }
}
