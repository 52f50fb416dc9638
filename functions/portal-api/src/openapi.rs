//! The document of the API (P1), built from the routes themselves. `docs/openapi.json` is a copy
//! that a test keeps current; `cargo run -p portal-api --example openapi` writes it anew.

use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ComponentsBuilder, InfoBuilder, License, OpenApi, OpenApiBuilder, SecurityRequirement,
};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::params::ParameterProblem;
use crate::portal::Portal;
use crate::problem::{self, Document};
use crate::routes::{
    anew, approval, audit, board, breach_certificates, breaches, cohorts, comparison, conflict,
    distribution, erase, erasures, evaluation, evaluation_mail, exports, formations, groups,
    institution, mailing_messages, mailing_planning, mailing_sending, mailings, me, meetings,
    mending, messages, people, plan, quarantine, reminder, retention, rights, rights_fulfil,
    rights_overview, rights_steps, roster, roster_people, settings, statistics, students,
    subprocessors, timeline,
};
use crate::tidy;

const ABOUT: &str = "What a contact person sees and does of their own institution.\n\n\
Every answer stands for the institution of the signed-in contact; what belongs to another one, is \
due for deletion or erased answers 404 like what never was. `x-role` of an operation is the role it \
needs at least. Lists come page by page: hand `next` over as `cursor`. Unknown query parameters are \
refused, so that a misspelt filter never shows everything. An operator says in the header `X-Reason` \
why, wherever personal data is shown or changed. Times are UTC (RFC 3339), dates are civil \
dates in Europe/Copenhagen, scores run from 0 to 10,000. Answers are not cacheable; every one \
carries `X-Request-Id`, which is what to quote when something broke.";

/// The routes with their descriptions.
pub(crate) fn describe() -> OpenApiRouter<Portal> {
    OpenApiRouter::with_openapi(frame())
        .routes(routes!(me::show))
        .routes(routes!(cohorts::list, settings::create))
        .routes(routes!(cohorts::show))
        .routes(routes!(settings::show, settings::replace))
        .routes(routes!(settings::archive, settings::unarchive))
        .routes(routes!(students::list))
        .routes(routes!(roster::show, roster::replace, roster::remove))
        .routes(routes!(roster_people::list))
        .routes(routes!(timeline::show))
        .routes(routes!(statistics::show))
        .routes(routes!(distribution::show))
        .routes(routes!(evaluation::show))
        .routes(routes!(quarantine::of_cohort))
        .routes(routes!(quarantine::again))
        .routes(routes!(quarantine::unassigned))
        .routes(routes!(formations::list, formations::start))
        .routes(routes!(formations::show))
        .routes(routes!(groups::list))
        .routes(routes!(comparison::show))
        .routes(routes!(conflict::list))
        .routes(routes!(board::show))
        .routes(routes!(board::preview))
        .routes(routes!(board::change))
        .routes(routes!(board::suggest))
        .routes(routes!(board::hold))
        .routes(routes!(mending::show))
        .routes(routes!(meetings::list))
        .routes(routes!(plan::show))
        .routes(routes!(plan::publish))
        .routes(routes!(anew::start))
        .routes(routes!(approval::approve))
        .routes(routes!(approval::reject))
        .routes(routes!(messages::list))
        .routes(routes!(messages::summary))
        .routes(routes!(reminder::show))
        .routes(routes!(evaluation_mail::show))
        .routes(routes!(mailings::list, mailings::create))
        .routes(routes!(mailings::show, mailings::replace, mailings::discard))
        .routes(routes!(mailing_sending::preview))
        .routes(routes!(mailing_sending::attempt))
        .routes(routes!(mailing_sending::send))
        .routes(routes!(mailing_planning::plan, mailing_planning::take_back))
        .routes(routes!(mailing_planning::close))
        .routes(routes!(mailing_messages::list))
        .routes(routes!(mailing_messages::summary))
        .routes(routes!(mailing_messages::resend))
        .routes(routes!(retention::show))
        .routes(routes!(retention::extend, retention::revoke))
        .routes(routes!(rights::list, rights::note))
        .routes(routes!(rights::show))
        .routes(routes!(rights_steps::acknowledge))
        .routes(routes!(rights_steps::renew_link))
        .routes(routes!(rights_steps::extend))
        .routes(routes!(rights_steps::refuse))
        .routes(routes!(rights_fulfil::export))
        .routes(routes!(rights_fulfil::erase))
        .routes(routes!(rights_steps::hand_over))
        .routes(routes!(rights_steps::restrict))
        .routes(routes!(rights_steps::lift))
        .routes(routes!(rights_steps::rectify))
        .routes(routes!(rights_overview::list))
        .routes(routes!(people::search))
        .routes(routes!(erase::person))
        .routes(routes!(erase::institution))
        .routes(routes!(institution::show))
        .routes(routes!(exports::start))
        .routes(routes!(exports::list))
        .routes(routes!(exports::show))
        .routes(routes!(exports::file))
        .routes(routes!(erasures::list))
        .routes(routes!(erasures::certificate))
        .routes(routes!(erasures::print))
        .routes(routes!(breaches::list, breaches::open))
        .routes(routes!(breaches::show))
        .routes(routes!(breaches::answer))
        .routes(routes!(breaches::assess))
        .routes(routes!(breaches::count))
        .routes(routes!(breaches::notify))
        .routes(routes!(breaches::close))
        .routes(routes!(breach_certificates::certificate))
        .routes(routes!(breach_certificates::print))
        .routes(routes!(audit::list))
        .routes(routes!(audit::verify))
        .routes(routes!(subprocessors::list))
        .routes(routes!(subprocessors::object))
}

fn frame() -> OpenApi {
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some(
            "A Cognito access token with the scope `unihelper/portal`, from the hosted sign-in \
             (authorisation code with PKCE). API Gateway verifies it. It only says who calls: \
             institution and role come from the contact's record on every request.",
        ))
        .build();
    let components =
        ComponentsBuilder::new().security_scheme("portal", SecurityScheme::Http(token));
    // Problems are referred to by shared responses, which the routes' own schemas do not reach.
    let components = components.schema_from::<Document>().schema_from::<ParameterProblem>();
    let mut components = components.build();
    components.responses = problem::components().into_iter().collect();
    let mut license = License::new("Apache-2.0");
    license.identifier = Some("Apache-2.0".to_owned());
    let info = InfoBuilder::new()
        .title("UniHelper portal")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT))
        .license(Some(license))
        .build();
    let tag =
        |name: &str, about: &str| TagBuilder::new().name(name).description(Some(about)).build();
    OpenApiBuilder::new()
        .info(info)
        .components(Some(components))
        .security(Some([SecurityRequirement::new::<_, [&str; 0], &str>("portal", [])]))
        .tags(Some([
            tag("contact", "The signed-in contact."),
            tag("cohorts", "Cohorts, who answered, and what could not be used."),
            tag("formations", "Forming groups, the groups, and the decision about them."),
            tag("mail", "Mails to students: of their groups, and what contacts write to them."),
            tag(
                "registers",
                "Breaches, sub-processors, and what the institution was told of them.",
            ),
            tag("deletion", "How long data is kept, what was erased, and the proof of it."),
        ]))
        .build()
}

/// The document as it is committed: indented JSON with a line break at its end.
///
/// # Panics
/// Never: the document is made of maps with text keys.
pub fn openapi_json() -> String {
    let mut document = describe().into_openapi();
    tidy::tidy(&mut document);
    let mut text = document.to_pretty_json().expect("the document is plain JSON");
    text.push('\n');
    text
}
