//! Every problem's status, word, title and what to do about it.

use axum::http::StatusCode;
use domain::breach;
use domain::rights::Refused;

use super::Problem;

impl Problem {
    #[expect(clippy::too_many_lines, reason = "a table, with an entry for each problem")]
    pub(super) fn describe(&self) -> (StatusCode, &'static str, &'static str, &'static str) {
        match self {
            Self::Unauthenticated => (
                StatusCode::UNAUTHORIZED,
                "unauthenticated",
                "No valid access token",
                "Sign in and send the access token (not the ID token) with the scope unihelper/portal.",
            ),
            Self::NotAContact => (
                StatusCode::FORBIDDEN,
                "not-a-contact",
                "No access",
                "This sign-in does not belong to an active contact person.",
            ),
            Self::Deactivated => (
                StatusCode::FORBIDDEN,
                "institution-deactivated",
                "Your institution's agreement has ended",
                "Its data is out of reach until it is erased. If that is a mistake, the institution writes to us.",
            ),
            Self::NotDeactivated => (
                StatusCode::CONFLICT,
                "institution-active",
                "The institution's agreement has not ended",
                "It is deactivated first, on its written instruction; then nothing comes in while it is erased.",
            ),
            Self::RoleTooLow { .. } => (
                StatusCode::FORBIDDEN,
                "role-too-low",
                "Your role does not allow this",
                "Ask a colleague with the role named here.",
            ),
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                "not-found",
                "Not found",
                "There is nothing here that your institution can see.",
            ),
            Self::MethodNotAllowed => (
                StatusCode::METHOD_NOT_ALLOWED,
                "method-not-allowed",
                "Method not allowed",
                "The header Allow names the methods of this address.",
            ),
            Self::Parameters(_) => (
                StatusCode::BAD_REQUEST,
                "parameters",
                "Parameters cannot be used",
                "Mend the parameters named in errors.",
            ),
            Self::ReasonRequired => (
                StatusCode::BAD_REQUEST,
                "reason-required",
                "A reason is required",
                "Say in the header X-Reason why, in one line of 1 to 500 characters that names nobody; it stands in the audit trail.",
            ),
            Self::Busy { .. } => (
                StatusCode::CONFLICT,
                "busy",
                "Groups are being formed",
                "Wait until the formation named here has ended, then start another.",
            ),
            Self::Published { .. } => (
                StatusCode::CONFLICT,
                "groups-published",
                "Groups are published already",
                "New groups replace them, and every student is mailed again. If that is meant, name the formation given here as the parameter replace.",
            ),
            Self::Archived => (
                StatusCode::CONFLICT,
                "archived",
                "The cohort is archived",
                "Take it out of the archive first; then it can be changed and groups can be formed.",
            ),
            Self::MailNotAgreed => (
                StatusCode::CONFLICT,
                "mail-not-agreed",
                "The institution has not agreed to mail",
                "Students get no mail from here. Mail can be switched on in the cohort's settings, where the institution has agreed to it.",
            ),
            Self::MailingSent => (
                StatusCode::CONFLICT,
                "mailing-sent",
                "The mailing was sent, is on its way or is closed",
                "It cannot be changed, planned, discarded or sent as a whole again. A mail to one student can be sent once more; for everything else write a new one.",
            ),
            Self::MailingNotStopped => (
                StatusCode::CONFLICT,
                "mailing-not-stopped",
                "The mailing has not stopped",
                "Only one that stopped, or has stood still on its way for a quarter of an hour, is closed. A planned one is taken back, a draft discarded.",
            ),
            Self::MailLanguage => (
                StatusCode::CONFLICT,
                "mail-language",
                "The mailing is not written in the cohort's language",
                "The cohort's language was changed since. Write the text in it, too.",
            ),
            Self::GroupReplaced => (
                StatusCode::CONFLICT,
                "group-replaced",
                "The group was replaced",
                "Other groups have been published since. Choose the recipients again.",
            ),
            Self::DeadlinePassed => (
                StatusCode::CONFLICT,
                "deadline-passed",
                "The deadline has passed",
                "Who has not answered is reminded only before the cohort's deadline. A later deadline can be set in the cohort's settings.",
            ),
            Self::NoEvaluation => (
                StatusCode::CONFLICT,
                "no-evaluation",
                "The cohort has no evaluation",
                "Name it in the cohort's settings first: its form, the hidden field for the personal link, and the questions that count. Then write the mail.",
            ),
            Self::NotPublished => (
                StatusCode::CONFLICT,
                "not-published",
                "No groups are published",
                "Members of published groups are asked for the evaluation. Publish groups first; the mail stays as a draft.",
            ),
            Self::NotSentAgain { .. } => (
                StatusCode::CONFLICT,
                "not-sent-again",
                "The mail cannot be sent once more",
                "The member obstacle says why: it may still arrive (under_way), its address gets no further mail (suppressed), the student is restricted or objects (restricted) or is gone (student_missing), the groups were replaced (superseded), whoever is reminded or asked has answered (answered), is in no published group (not_in_group) or on the roster no more (not_expected), the deadline has passed (deadline_passed), the institution has not agreed to mail (mail_not_agreed), or it is no mail of this kind (kind).",
            ),
            Self::NoAnswers => (
                StatusCode::CONFLICT,
                "no-answers",
                "These groups cannot be changed by hand",
                "The answers that they were formed from are not there any more. Reject the groups and form new ones.",
            ),
            Self::Board(refusal) => refused_change(*refusal),
            Self::FormTaken => (
                StatusCode::CONFLICT,
                "form-taken",
                "The questionnaire belongs to another cohort",
                "A questionnaire belongs to one cohort. Choose another, or ask the operators for a copy.",
            ),
            Self::KeyUsed => (
                StatusCode::CONFLICT,
                "key-used",
                "The idempotency key was used for something else",
                "Look at what was made under it; send what is new with a key of its own.",
            ),
            Self::NotAwaiting { .. } => (
                StatusCode::CONFLICT,
                "not-awaiting-approval",
                "The formation does not await a decision",
                "Only groups of a formation with the status awaiting_approval can be approved, rejected or changed.",
            ),
            Self::Decided { .. } => (
                StatusCode::CONFLICT,
                "already-decided",
                "The decision has been taken",
                "A contact decided the other way before; that decision stands.",
            ),
            Self::NoGroups { .. } => (
                StatusCode::CONFLICT,
                "no-groups",
                "There are no groups to show",
                "A formation has groups once its status is awaiting_approval, published, rejected or planned.",
            ),
            Self::RoundNotNext => (
                StatusCode::CONFLICT,
                "round-not-next",
                "This round is not the one to be published next",
                "Only the round behind the groups that count is published, and only while they are groups of its plan. Look at the plan; the remaining rounds can be planned again.",
            ),
            Self::NoCertificate { .. } => (
                StatusCode::CONFLICT,
                "no-certificate",
                "The erasure has not been certified yet",
                "The certificate is written when everything was read back and found gone.",
            ),
            Self::ErasureRuns => (
                StatusCode::CONFLICT,
                "erasure-runs",
                "Something of the institution is being erased",
                "An export must not hold what goes. Ask for another one when the erasure has its certificate.",
            ),
            Self::ExportNotReady { .. } => (
                StatusCode::CONFLICT,
                "export-not-ready",
                "The export has no files to fetch",
                "Its files can be fetched once its status is ready, until expires_at.",
            ),
            Self::WrongKind => (
                StatusCode::CONFLICT,
                "wrong-kind",
                "The request is of another kind",
                "Each kind of request is fulfilled by a step of its own.",
            ),
            Self::StepRefused(Refused::State(_)) => (
                StatusCode::CONFLICT,
                "wrong-state",
                "The request is not where this step begins",
                "Look at its status; a step that was taken is not taken again.",
            ),
            Self::StepRefused(Refused::NotConfirmed) => (
                StatusCode::CONFLICT,
                "not-confirmed",
                "The student has not confirmed the request",
                "Nothing is handed out or changed before. The link can be sent again.",
            ),
            Self::StepRefused(Refused::ExtendedBefore) => (
                StatusCode::CONFLICT,
                "extended-before",
                "The request was extended before",
                "A request is extended once.",
            ),
            Self::StepRefused(Refused::TooLate) => (
                StatusCode::CONFLICT,
                "too-late",
                "The time for this step is over",
                "A request is extended within the 30 days that it may take without.",
            ),
            Self::StepRefused(Refused::Day) => (
                StatusCode::CONFLICT,
                "day-not-allowed",
                "The day cannot be named",
                "An extension ends after the 30 days and at most 90 days after the request was received.",
            ),
            Self::Stale { .. } => (
                StatusCode::PRECONDITION_FAILED,
                "stale",
                "Somebody else changed it",
                "Read it again, then make the change from the version given here.",
            ),
            Self::Breach(refused) => refused_breach(refused),
            Self::BreachOpen => (
                StatusCode::CONFLICT,
                "breach-open",
                "The breach is not closed",
                "The certificate is given when the institution was told and all twelve questions are answered.",
            ),
            Self::NoticeOver => (
                StatusCode::CONFLICT,
                "notice-over",
                "The time to object is over",
                "The sub-processor is in use. Write to us to end its use for your institution.",
            ),
            Self::Objected => (
                StatusCode::CONFLICT,
                "already-objected",
                "Your institution has objected already",
                "The first objection stands; write to us to add to it.",
            ),
            Self::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "Not available for the moment",
                "Nothing is lost; try again in a moment.",
            ),
            Self::Internal => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal",
                "Something broke on our side",
                "Try again; if it stays, tell us the value of the header X-Request-Id.",
            ),
        }
    }
}

/// Why groups cannot be changed as asked.
fn refused_change(
    refusal: grouping::Refusal,
) -> (StatusCode, &'static str, &'static str, &'static str) {
    use grouping::Refusal;
    let (word, title, detail) = match refusal {
        Refusal::Locked { .. } => (
            "group-locked",
            "The group is locked",
            "Unlock it first; then students can leave and join it.",
        ),
        Refusal::Pinned { .. } => (
            "student-pinned",
            "The student is held fast",
            "Let the student go first; then they can be moved.",
        ),
        Refusal::Full { .. } => (
            "group-full",
            "The group is full",
            "No group can have more members. Choose another one.",
        ),
        _ => (
            "no-change",
            "That changes nothing",
            "The student is in this group already, or the two are in the same one.",
        ),
    };
    (StatusCode::CONFLICT, word, title, detail)
}

/// Why a breach cannot go on as asked.
fn refused_breach(
    refused: &breach::Refused,
) -> (StatusCode, &'static str, &'static str, &'static str) {
    let (word, title, detail) = match refused {
        breach::Refused::Closed => {
            ("breach-closed", "The breach is closed", "A closed breach changes no more.")
        }
        breach::Refused::NatureUnknown => (
            "breach-nature-unknown",
            "It is not known what happened",
            "Answer question 3 (nature) before you assess the risk.",
        ),
        breach::Refused::NotAssessed => (
            "breach-not-assessed",
            "The risk has not been assessed",
            "Assess it, if only by what is known now; then tell the institution.",
        ),
        breach::Refused::NotNotified => (
            "breach-not-notified",
            "The institution was not told",
            "Tell it before you close the breach.",
        ),
        breach::Refused::Open(_) => (
            "breach-incomplete",
            "Questions are open",
            "Answer the questions named in errors, then close the breach.",
        ),
        breach::Refused::NothingNew => (
            "breach-nothing-new",
            "The institution knows all this",
            "Nothing has changed since the last notice; add what is new first.",
        ),
    };
    (StatusCode::CONFLICT, word, title, detail)
}
