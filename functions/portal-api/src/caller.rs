//! Who calls: from the verified claims to the contact's record, and the roles that routes ask for.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::audit::{Actor, AuditEntry, Reason};
use domain::contact::{Contact, Role};
use domain::deactivation::Deactivation;
use domain::{CohortId, ContactId, InstitutionId};
use jiff::Timestamp;
use jiff::civil::Date;
use lambda_http::request::RequestContext;

use crate::portal::Portal;
use crate::problem::Problem;

/// The scope that a token must carry; the template's resource server defines it.
const SCOPE: &str = "unihelper/portal";

/// A contact who may act, and the request they act in.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) contact: Contact,
    /// The one institution whose data this request can name: the contact's own.
    pub(crate) institution: InstitutionId,
    /// API Gateway's id of the request.
    pub(crate) request: String,
    /// When the request came.
    pub(crate) now: Timestamp,
    /// The end of the institution's agreement, if it is in force: then the boundary lets nobody through
    /// but to the few routes for it (D6).
    pub(crate) deactivation: Option<Deactivation>,
    /// Why they ask; the boundary lets no operator near personal data without one (D5).
    pub(crate) reason: Option<Reason>,
    /// Whether the handler put the refusal of this request into the audit trail itself.
    refusal_recorded: Arc<AtomicBool>,
}

/// What an operator may still ask of a deactivated institution.
const OPEN_WHEN_DEACTIVATED: [&str; 9] = [
    "/api/institution",
    "/api/institution/erasure",
    "/api/erasures",
    "/api/erasures/{erasure}/certificate",
    "/api/erasures/{erasure}/certificate.pdf",
    "/api/institution/export",
    "/api/institution/exports",
    "/api/institution/exports/{export}",
    "/api/institution/exports/{export}/files/{file}",
];

impl Caller {
    /// Whether a breach is shown: to an institution once it was told, to an operator always.
    pub(crate) fn may_see(&self, breach: &domain::breach::Breach) -> bool {
        self.contact.role >= Role::Operator || !breach.notices.is_empty()
    }

    /// The caller, unless their institution is deactivated and the route is none of those for that.
    pub(crate) fn on(self, route: Option<&str>) -> Result<Self, Problem> {
        let open = self.contact.role == Role::Operator
            && route.is_some_and(|route| OPEN_WHEN_DEACTIVATED.contains(&route));
        if self.deactivation.is_none() || open { Ok(self) } else { Err(Problem::Deactivated) }
    }

    /// The day that retention counts by.
    pub(crate) fn today(&self) -> Date {
        runtime::clock::today(self.now)
    }

    /// What the audit trail says of this request, so far about nobody.
    pub(crate) fn entry(&self, cohort: Option<&CohortId>, action: &str) -> AuditEntry {
        let actor = Actor::Contact(self.contact.id.clone());
        AuditEntry::new(&self.institution, self.now, actor, action, &self.request)
            .in_cohort(cohort)
            .because(self.reason.as_ref())
    }

    /// Notes that the audit trail has the refusal.
    pub(crate) fn refusal_is_recorded(&self) {
        self.refusal_recorded.store(true, Ordering::Relaxed);
    }

    /// Whether the audit trail has the refusal.
    pub(crate) fn has_recorded_refusal(&self) -> bool {
        self.refusal_recorded.load(Ordering::Relaxed)
    }
}

/// Who the claims of an access token for the portal belong to.
///
/// API Gateway verified signature, issuer, audience and expiry. It takes ID tokens as well as access
/// tokens, so `token_use` and the scope are looked at here again; anything missing refuses.
pub(crate) fn subject(context: Option<&RequestContext>) -> Result<ContactId, Problem> {
    let Some(RequestContext::ApiGatewayV2(context)) = context else {
        return Err(Problem::Unauthenticated);
    };
    let jwt = context.authorizer.as_ref().and_then(|authorizer| authorizer.jwt.as_ref());
    let claims = &jwt.ok_or(Problem::Unauthenticated)?.claims;
    let claim = |name: &str| claims.get(name).map(String::as_str).unwrap_or_default();
    if claim("token_use") != "access" || !claim("scope").split(' ').any(|scope| scope == SCOPE) {
        return Err(Problem::Unauthenticated);
    }
    ContactId::parse(claim("sub")).map_err(|_| Problem::Unauthenticated)
}

/// The contact's record, read on every request, so that a revocation works at once (P2). Somebody
/// unknown and somebody revoked get the same answer.
pub(crate) async fn admit(
    portal: &Portal,
    subject: &ContactId,
    request: String,
) -> Result<Caller, Problem> {
    let contact = portal.store.contact(subject).await?;
    let contact = contact.filter(|contact| contact.active && contact.id == *subject);
    let contact = contact.ok_or(Problem::NotAContact)?;
    let institution = contact.institution.clone();
    let deactivation = portal.store.deactivation(&institution).await?;
    let caller = Caller {
        institution,
        contact,
        request,
        now: (portal.clock)(),
        deactivation: deactivation.filter(Deactivation::is_in_force),
        reason: None,
        refusal_recorded: Arc::default(),
    };
    note_activity(portal, &caller).await;
    Ok(caller)
}

/// Notes the first request of a day as the contact's last activity (D1). A day that could not be noted
/// is no reason to refuse a request: two years are counted, and the next request notes it.
async fn note_activity(portal: &Portal, caller: &Caller) {
    let today = caller.today();
    if caller.contact.last_active_on.is_some_and(|noted| noted >= today) {
        return;
    }
    if let Err(error) = portal.store.touch_contact(&caller.contact.id, today).await {
        runtime::telemetry::log_error("note_activity", &error);
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    /// Any contact. A route that somehow was not behind the check has no caller and answers 401.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or(Problem::Unauthenticated)
    }
}

/// A caller who is at least a coordinator.
pub(crate) struct Coordinator(pub(crate) Caller);

/// A caller who is an operator.
pub(crate) struct Operator(pub(crate) Caller);

fn at_least(needed: Role, caller: Caller) -> Result<Caller, Problem> {
    if caller.contact.role >= needed { Ok(caller) } else { Err(Problem::RoleTooLow { needed }) }
}

impl<S: Sync> FromRequestParts<S> for Coordinator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        at_least(Role::Coordinator, caller).map(Self)
    }
}

impl<S: Sync> FromRequestParts<S> for Operator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        at_least(Role::Operator, caller).map(Self)
    }
}
