//! The boundary of the API: who calls and why, the headers of every answer, one log line per request, and
//! an entry in the audit trail for every refused attempt at personal data.

use std::time::Instant;

use axum::extract::{MatchedPath, RawPathParams, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::CohortId;
use domain::contact::Role;
use lambda_http::RequestExt;
use lambda_http::request::RequestContext;
use runtime::Metric;

use crate::caller::{Caller, admit, subject};
use crate::portal::Portal;
use crate::problem::{Problem, is_refusal, refusal};
use crate::reasons::{self, is_personal};

/// Lets the request through to its handler once it is known who calls, whatever the route: an
/// unknown path, too, answers 401 to a stranger. Only a browser's preflight needs no caller.
pub(crate) async fn boundary(
    State(portal): State<Portal>,
    params: Result<RawPathParams, axum::extract::rejection::RawPathParamsRejection>,
    mut request: Request,
    next: Next,
) -> Response {
    if request.method() == Method::OPTIONS {
        return preflight();
    }
    let begun = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let context = request.extensions().request_context_ref();
    let id = request_id(context);
    let subject = subject(context);
    // Only a well-formed id is logged: whatever else stands in a path may be anything.
    let cohort = params.ok().and_then(|params| {
        params
            .iter()
            .find(|(name, _)| *name == "cohort")
            .and_then(|(_, id)| CohortId::parse(id).ok())
    });

    let admitted = match subject {
        Ok(subject) => admit(&portal, &subject, id.clone())
            .await
            .and_then(|caller| caller.on(route.as_ref().map(MatchedPath::as_str))),
        Err(problem) => Err(problem),
    };
    let route_name = route.as_ref().map(MatchedPath::as_str);
    let mut caller = None;
    let mut response = match admitted {
        Ok(admitted) => {
            let admitted = caller.insert(admitted);
            match with_reason(admitted, &request, route_name) {
                Ok(()) => {
                    request.extensions_mut().insert(admitted.clone());
                    next.run(request).await
                }
                Err(problem) => problem.into_response(),
            }
        }
        Err(problem) => problem.into_response(),
    };
    if let (Some(caller), Some(route)) = (&caller, route_name)
        && let Some(word) = refusal(&response)
        && is_personal(&method, route)
        && !caller.has_recorded_refusal()
    {
        let action = format!("{method} {route}");
        let recorded = portal.record_refused(caller, cohort.as_ref(), &action, word).await;
        response = recorded.err().map_or(response, IntoResponse::into_response);
    }

    put_headers(response.headers_mut(), &id);
    if is_refusal(response.status()) {
        runtime::count(Metric::AccessRejected, 1);
    }
    tracing::info!(
        http.method = %method,
        http.route = route_name.unwrap_or("unmatched"),
        http.status = response.status().as_u16(),
        request.id = id,
        institution = caller.as_ref().map(|caller| caller.institution.as_str()),
        contact = caller.as_ref().map(|caller| caller.contact.id.as_str()),
        cohort = cohort.as_ref().map(CohortId::as_str),
        duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        "request"
    );
    response
}

/// Takes the reason from its header; on a route that touches personal data an operator must give one (D5).
fn with_reason(caller: &mut Caller, request: &Request, route: Option<&str>) -> Result<(), Problem> {
    caller.reason = reasons::given(request.headers())?;
    let personal = route.is_some_and(|route| is_personal(request.method(), route));
    if personal && caller.reason.is_none() && caller.contact.role == Role::Operator {
        return Err(Problem::ReasonRequired);
    }
    Ok(())
}

/// What a browser asks before it calls from another origin, and asks without a token. API Gateway
/// adds the headers that say which origins may; the answer itself must only be a success.
fn preflight() -> Response {
    (StatusCode::NO_CONTENT, [(header::CACHE_CONTROL, "no-store")]).into_response()
}

/// API Gateway's id of the request; `none` for a request that did not come through it, which is
/// refused anyway.
fn request_id(context: Option<&RequestContext>) -> String {
    match context {
        Some(RequestContext::ApiGatewayV2(context)) => context.request_id.clone(),
        _ => None,
    }
    .unwrap_or_else(|| "none".to_owned())
}

/// Personal data stays out of caches, and no browser guesses what an answer is.
fn put_headers(headers: &mut HeaderMap, id: &str) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert("x-request-id", id);
    }
}
