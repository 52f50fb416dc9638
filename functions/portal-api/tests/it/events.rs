//! Every event in `events/portal-api` is executed, and there is none that nobody expects.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::data::world;

/// Status and, for refusals, the problem of every event.
const EXPECTED: [(&str, u16, &str); 111] = [
    ("acknowledge-rights-request.json", 200, ""),
    ("answer-breach.json", 200, ""),
    ("approve-formation.json", 202, ""),
    ("archive-cohort.json", 200, ""),
    ("assess-breach.json", 200, ""),
    ("change-groups-stale.json", 412, "stale"),
    ("change-groups.json", 200, ""),
    ("close-breach.json", 200, ""),
    ("compare-formations.json", 200, ""),
    ("count-affected.json", 200, ""),
    ("create-cohort-refused.json", 400, "parameters"),
    ("create-cohort.json", 201, ""),
    ("erase-on-request-of-another-kind.json", 409, "wrong-kind"),
    ("erase-on-request.json", 202, ""),
    ("export-institution.json", 202, ""),
    ("export-student-of-another-kind.json", 409, "wrong-kind"),
    ("export-student.json", 200, ""),
    ("erase-active-institution.json", 409, "institution-active"),
    ("erase-person.json", 202, ""),
    ("erase-person-not-confirmed.json", 400, "parameters"),
    ("extend-retention-too-far.json", 400, "parameters"),
    ("extend-retention.json", 200, ""),
    ("extend-rights-request.json", 200, ""),
    ("foreign-cohort.json", 404, "not-found"),
    ("form-groups-anew.json", 202, ""),
    ("get-board.json", 200, ""),
    ("get-plan.json", 200, ""),
    ("list-meetings.json", 200, ""),
    ("plan-rounds.json", 202, ""),
    ("plan-rounds-refused.json", 400, "parameters"),
    ("publish-round.json", 202, ""),
    ("publish-round-stale.json", 412, "stale"),
    ("get-breach-certificate.json", 200, ""),
    ("get-breach.json", 200, ""),
    ("get-export-file.json", 200, ""),
    ("get-export.json", 200, ""),
    ("hand-over.json", 200, ""),
    ("hold-groups.json", 200, ""),
    ("id-token.json", 401, "unauthenticated"),
    ("lift.json", 200, ""),
    ("list-all-rights-requests.json", 200, ""),
    ("list-audit.json", 200, ""),
    ("list-breaches.json", 200, ""),
    ("list-cohorts.json", 200, ""),
    ("list-conflict-students.json", 200, ""),
    ("list-exports.json", 200, ""),
    ("list-groups.json", 200, ""),
    ("list-rights-requests.json", 200, ""),
    ("list-students.json", 200, ""),
    ("list-subprocessors.json", 200, ""),
    ("no-claims.json", 401, "unauthenticated"),
    ("note-rights-request.json", 202, ""),
    ("notify-breach.json", 200, ""),
    ("object-to-subprocessor.json", 200, ""),
    ("open-breach.json", 200, ""),
    ("operator-without-reason.json", 400, "reason-required"),
    ("preview-change.json", 200, ""),
    ("rectify.json", 200, ""),
    ("reprocess-quarantine.json", 200, ""),
    ("viewer-reprocesses-quarantine.json", 403, "role-too-low"),
    ("refuse-rights-request.json", 200, ""),
    ("renew-rights-link.json", 200, ""),
    ("replace-settings-stale.json", 412, "stale"),
    ("replace-settings-while-forming.json", 409, "busy"),
    ("replace-settings.json", 200, ""),
    ("get-distribution.json", 200, ""),
    ("get-repair-need.json", 200, ""),
    ("get-evaluation.json", 200, ""),
    ("get-evaluation-mail.json", 200, ""),
    ("get-reminder.json", 200, ""),
    ("get-roster.json", 200, ""),
    ("get-timeline.json", 200, ""),
    ("list-attendance.json", 200, ""),
    ("remove-roster.json", 200, ""),
    ("replace-roster.json", 200, ""),
    ("replace-roster-refused.json", 400, "parameters"),
    ("replace-roster-stale.json", 412, "stale"),
    ("restrict.json", 200, ""),
    ("revoke-extension.json", 200, ""),
    ("search-people-by-nothing.json", 400, "parameters"),
    ("search-people.json", 200, ""),
    ("show-rights-request.json", 200, ""),
    ("show-settings.json", 200, ""),
    ("start-formation.json", 202, ""),
    ("suggest-changes.json", 200, ""),
    ("unarchive-cohort.json", 200, ""),
    ("verify-audit.json", 200, ""),
    ("viewer-starts-formation.json", 403, "role-too-low"),
    ("create-mailing.json", 201, ""),
    ("create-mailing-refused.json", 400, "parameters"),
    ("replace-mailing.json", 200, ""),
    ("replace-mailing-stale.json", 412, "stale"),
    ("discard-mailing.json", 200, ""),
    ("list-mailings.json", 200, ""),
    ("get-mailing.json", 200, ""),
    ("preview-mailing.json", 200, ""),
    ("try-mailing.json", 202, ""),
    ("send-mailing.json", 202, ""),
    ("send-mailing-sent-before.json", 409, "mailing-sent"),
    ("plan-mailing.json", 200, ""),
    ("plan-mailing-again.json", 200, ""),
    ("plan-mailing-refused.json", 400, "parameters"),
    ("take-mailing-back.json", 200, ""),
    ("take-mailing-back-stale.json", 412, "stale"),
    ("close-mailing.json", 200, ""),
    ("close-mailing-not-stopped.json", 409, "mailing-not-stopped"),
    ("list-mailing-messages.json", 200, ""),
    ("summarise-mailing.json", 200, ""),
    ("resend-message.json", 202, ""),
    ("resend-message-suppressed.json", 409, "not-sent-again"),
    ("wrong-parameters.json", 400, "parameters"),
];

#[tokio::test]
async fn every_event_file_does_what_its_name_says() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/portal-api");
    let mut expected: BTreeMap<&str, (u16, &str)> =
        EXPECTED.into_iter().map(|(name, status, problem)| (name, (status, problem))).collect();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let event: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let (status, problem) = expected
            .remove(name.as_str())
            .unwrap_or_else(|| panic!("{name} is expected by nobody"));
        let world = world();
        // An export is refused while something is erased.
        crate::data::end_erasures(&world);
        crate::planning::prepare(&world, &name);
        if name.ends_with("-anew.json") {
            crate::anew::all_there(&world);
        }
        let answer = world.send(&event).await;
        assert_eq!((answer.status, answer.problem()), (status, problem), "{name}: {answer:?}");
        let id = event["requestContext"]["requestId"].as_str().unwrap();
        assert_eq!(answer.headers["x-request-id"], id, "{name}");
    }
    assert!(expected.is_empty(), "missing: {expected:?}");
}
