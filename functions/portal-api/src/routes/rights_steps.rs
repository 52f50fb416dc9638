//! The steps of students' requests (D4): acknowledged, extended, refused, and done where that is a change
//! of one record.

use axum::Json;
use axum::extract::State;
use domain::message::RightsStep;
use domain::rights::{self, Refusal, RightsRequest, Status};
use domain::{Email, PersonName, SectionId, StudentNumber};

use crate::body::Body;
use crate::caller::{Caller, Operator};
use crate::params::{NoParams, OfCohort, PathIds};
use crate::portal::Portal;
use crate::problem::{Always, Conflicts, Missing, Problem};
use crate::routes::rights_taking::{Change, Next, heard, nonce, read, take};
use crate::routes::rights_views::{Correction, Later, NoBody, Refusing, RequestView};

/// The longest reason, in characters.
const LONGEST_REASON: usize = 1000;

macro_rules! step_route {
    ($(#[$doc:meta])* $name:ident, $path:literal, $operation:literal, $content:ty, $example:tt, $said:literal, $run:expr) => {
        $(#[$doc])*
        #[utoipa::path(
            post, path = $path, operation_id = $operation, tag = "rights",
            extensions(("x-role" = json!("operator"))),
            params(
                OfCohort,
                ("request" = String, Path, description = "The request.", example = "rrq_0192f0c1a2b37c4d8e5f60718293a4b5"),
            ),
            request_body(content = $content, example = json!($example)),
            responses((status = 200, description = $said, body = RequestView), Always, Missing, Conflicts),
        )]
        pub(crate) async fn $name(
            State(portal): State<Portal>,
            Operator(caller): Operator,
            ids: PathIds,
            _: NoParams,
            body: Result<Body, Problem>,
        ) -> Result<Json<RequestView>, Problem> {
            let (scope, cohort, request) = read(&portal, &caller, &ids).await?;
            let action = concat!("rights.", stringify!($name));
            let run: fn(Body, &RightsRequest, &Caller) -> Result<Next, Problem> = $run;
            let next = body.and_then(|body| run(body, &request, &caller));
            let next = heard(&portal, &caller, &scope, action, next).await;
            take(&portal, &caller, (&scope, &cohort), request, action, next).await
        }
    };
}

step_route!(
    /// Acknowledge a request
    ///
    /// Mails the student that it was received, with a one-time link that confirms it. The step, refused or not,
    /// is recorded in the audit trail.
    acknowledge, "/api/cohorts/{cohort}/rights/{request}/acknowledge", "acknowledgeRightsRequest", NoBody, {},
    "The student is told.", |body, request, caller| {
        body.finish()?;
        Next::told(request.clone().acknowledge(nonce(), caller.now), RightsStep::Received)
    }
);
step_route!(
    /// Send the link again
    ///
    /// The one that confirms, or once the data was handed over the one that leads to it. Earlier links of
    /// the request are void from now on. The step, refused or not,
    /// is recorded in the audit trail.
    renew_link, "/api/cohorts/{cohort}/rights/{request}/link", "renewRightsLink", NoBody, {},
    "A new link is on its way.", |body, request, caller| {
        body.finish()?;
        let done = request.status == Status::Fulfilled && request.kind.exports();
        let step = if done { RightsStep::Done } else { RightsStep::Received };
        Next::told(request.clone().renew_link(nonce(), caller.now), step)
    }
);
step_route!(
    /// Extend a request
    ///
    /// Once, before the 30 days are over, to at most 90 days after it was received. The student is
    /// told the reason. The step, refused or not,
    /// is recorded in the audit trail.
    extend, "/api/cohorts/{cohort}/rights/{request}/extend", "extendRightsRequest", Later,
    { "until": "2026-11-20", "reason": "Answers lie in several stores." },
    "The student is told.", |mut body, request, caller| {
        let (until, reason) = (body.date("until"), body.text("reason", LONGEST_REASON));
        body.finish()?;
        let until = until.ok_or(Problem::Internal)?;
        Next::told(request.clone().extend(until, reason, caller.now), RightsStep::Extended)
    }
);
step_route!(
    /// Refuse a request
    ///
    /// The student is told the reason and where to complain. The step, refused or not,
    /// is recorded in the audit trail.
    refuse, "/api/cohorts/{cohort}/rights/{request}/refuse", "refuseRightsRequest", Refusing,
    { "ground": "not_identified", "reason": "The link was not used." },
    "The student is told.", |mut body, request, caller| {
        let ground = body.one_of("ground", &rights::Ground::ALL, rights::Ground::as_str);
        let reason = body.text("reason", LONGEST_REASON);
        body.finish()?;
        let refusal = Refusal { ground: ground.ok_or(Problem::Internal)?, reason };
        Next::told(request.clone().refuse(refusal, caller.now), RightsStep::Refused)
    }
);
step_route!(
    /// Hand the data over
    ///
    /// Fulfils access and portability: mails the student a one-time link to everything that is stored of
    /// them. The data is put together when it is fetched and kept nowhere. The step, refused or not,
    /// is recorded in the audit trail.
    hand_over, "/api/cohorts/{cohort}/rights/{request}/hand-over", "handOverForRightsRequest", NoBody, {},
    "The link is on its way.", |body, request, caller| {
        body.finish()?;
        if !request.kind.exports() {
            return Err(Problem::WrongKind);
        }
        Next::told(request.clone().hand_over(nonce(), caller.now), RightsStep::Done)
    }
);
step_route!(
    /// Fulfil a restriction or an objection
    ///
    /// From now on the student is in no formation and gets no mails about groups; what is stored stays.
    /// A restriction may be set before the student has confirmed it, because it only protects. The step, refused or not,
    /// is recorded in the audit trail.
    restrict, "/api/cohorts/{cohort}/rights/{request}/restrict", "restrictForRightsRequest", NoBody, {},
    "It is in force and the student is told.", |body, request, caller| {
        body.finish()?;
        let change = match request.kind {
            rights::Kind::Restriction => Change::Restricted(Some(caller.now)),
            rights::Kind::Objection => Change::Objected(Some(caller.now)),
            _ => return Err(Problem::WrongKind),
        };
        Next::with(request.clone().fulfil(caller.now), RightsStep::Done, change)
    }
);
step_route!(
    /// Lift a restriction or an objection
    ///
    /// The student is told. The step, refused or not,
    /// is recorded in the audit trail.
    lift, "/api/cohorts/{cohort}/rights/{request}/lift", "liftForRightsRequest", NoBody, {},
    "It has ended.", |body, request, caller| {
        body.finish()?;
        let change = match request.kind {
            rights::Kind::Restriction => Change::Restricted(None),
            rights::Kind::Objection => Change::Objected(None),
            _ => return Err(Problem::WrongKind),
        };
        Next::with(request.clone().lift(caller.now), RightsStep::Lifted, change)
    }
);
step_route!(
    /// Fulfil a rectification
    ///
    /// At least one of name, e-mail address, student number, section and answers of the questionnaire. Mail
    /// goes to the new address from now on, this step's mail first; the student stays who they are, also in
    /// groups, and a questionnaire sent from the former address is still theirs. Answers are those of
    /// the cohort's questions, `null` takes one away; what the student is put into groups by is a corrected
    /// copy of the questionnaire, and what was submitted is kept with it. The trail and the student's mail
    /// name what was changed, not from what to what. The step, refused or not,
    /// is recorded in the audit trail.
    rectify, "/api/cohorts/{cohort}/rights/{request}/rectify", "rectifyForRightsRequest", Correction,
    { "name": "Freja Lund" },
    "It is corrected and the student is told.", |mut body, request, caller| {
        let name = body.optional_text("name", 200).map(|text| PersonName::new(&text));
        let email = body.optional_text("email", 320).map(|text| Email::parse(&text));
        // What is wrong with an address is not said in its own words: they might repeat it.
        if matches!(email, Some(Err(_))) {
            body.refuse("email", "must be an e-mail address");
        }
        let email = email.and_then(Result::ok);
        let number = body.optional_text("number", 50).map(|text| StudentNumber::new(&text));
        let section: Option<SectionId> = body.optional("section");
        let asked_for_answers = body.has("answers");
        let answers = body.object("answers").unwrap_or_default();
        if name.is_none() && email.is_none() && number.is_none() && section.is_none() && !asked_for_answers {
            body.refuse("name", "at least one of name, email, number, section and answers must be given");
        }
        body.finish()?;
        if request.kind != rights::Kind::Rectification {
            return Err(Problem::WrongKind);
        }
        let changed = [("name", name.is_some()), ("email", email.is_some()), ("number", number.is_some()), ("section", section.is_some())];
        let next = request.clone().fulfil(caller.now).map(|mut next| {
            next.changed = changed.into_iter().filter(|(_, is)| *is).map(|(name, _)| name.to_owned()).collect();
            next.changed.extend(answers.keys().map(|id| format!("answers.{id}")));
            next
        });
        Next::with(next, RightsStep::Done, Change::Rectified { name, email, number, section, answers })
    }
);
