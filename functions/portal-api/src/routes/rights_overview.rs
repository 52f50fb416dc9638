//! Requests of students in all cohorts of an institution, what is late first (D4).

use axum::Json;
use axum::extract::State;
use domain::CohortId;
use domain::rights::{RightsRequest, Status, clock};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use store::Scope;
use utoipa::ToSchema;

use crate::caller::Operator;
use crate::page::{PageParams, Paged};
use crate::params::Params;
use crate::portal::Portal;
use crate::problem::{Always, Problem};
use crate::routes::rights::settled;
use crate::routes::rights_views::RequestView;

/// A request with the cohort that its student is in.
#[derive(Serialize, ToSchema)]
#[schema(as = CohortRightsRequest)]
pub(crate) struct CohortRequest {
    /// The cohort.
    #[schema(value_type = String, example = "coh_0192f0c1a2b37c4d8e5f60718293a4b5")]
    cohort: CohortId,
    /// The request.
    request: RequestView,
}

/// Requests of all cohorts
///
/// Those that are open stand first, the one that is or was due earliest at the top; what has ended comes
/// last. Looking at this list is recorded in the audit trail.
#[utoipa::path(
    get, path = "/api/rights", operation_id = "listAllRightsRequests", tag = "rights",
    extensions(("x-role" = json!("operator"))),
    params(
        ("status" = Option<String>, Query,
            description = "Only requests in this state: `received`, `acknowledged`, `confirmed`, `fulfilled`, `refused`, `lifted`; or `open` for the first three.",
            example = "open"),
        PageParams,
    ),
    responses((status = 200, description = "The requests.", body = Paged<CohortRequest>), Always),
)]
pub(crate) async fn list(
    State(portal): State<Portal>,
    Operator(caller): Operator,
    mut params: Params,
) -> Result<Json<Paged<CohortRequest>>, Problem> {
    let status = params.text("status");
    let filter = status.as_deref().map(|word| Filter::parse(word, &mut params)).unwrap_or_default();
    let word = status.unwrap_or_default();
    let asked = params.page(&["rights", caller.institution.as_str(), &word]);
    params.finish()?;
    let mut found = Vec::new();
    for cohort in portal.store.cohorts(&caller.institution, caller.today()).await? {
        let scope = Scope::new(caller.institution.clone(), cohort.settings.id);
        let requests = settled(&portal, &scope).await?.into_iter();
        let requests = requests.filter(|request| filter.takes(request.status));
        found.extend(requests.map(|request| (scope.cohort.clone(), request)));
    }
    let (found, next) = asked.window(found, |(_, request)| urgency(request));
    let about: Vec<String> = found.iter().map(|(_, request)| request.id.to_string()).collect();
    portal.record_about(&caller, None, "rights.overview", &about).await?;
    let items = found.into_iter().map(|(cohort, request)| CohortRequest {
        cohort,
        request: RequestView::of(request, caller.now),
    });
    Ok(Json(Paged { items: items.collect(), next }))
}

/// Which requests are asked for.
#[derive(Default)]
enum Filter {
    #[default]
    All,
    Open,
    In(Status),
}

impl Filter {
    fn parse(word: &str, params: &mut Params) -> Self {
        if word == "open" {
            return Self::Open;
        }
        let known = Status::ALL.into_iter().find(|status| status.as_str() == word);
        if known.is_none() {
            params.refuse("status", "must be open or a state of a request");
        }
        known.map_or(Self::All, Self::In)
    }

    fn takes(&self, status: Status) -> bool {
        match self {
            Self::All => true,
            Self::Open => status.is_open(),
            Self::In(asked) => *asked == status,
        }
    }
}

/// The place of a request in the list, whose greatest place comes first: what is open before what has
/// ended, and the sooner the next thing about it is late, the greater.
fn urgency(request: &RightsRequest) -> String {
    let next = clock(request, request.received_at).next;
    let by = next.unwrap_or_else(|| midnight(request.due_on())).as_second();
    let left = i64::MAX.checked_sub(by).unwrap_or(i64::MAX);
    format!("{}{left:019}#{}", u8::from(request.status.is_open()), request.id)
}

fn midnight(date: Date) -> Timestamp {
    date.to_zoned(jiff::tz::TimeZone::UTC).map_or(Timestamp::MAX, |at| at.timestamp())
}
