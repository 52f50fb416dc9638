//! P4: refused access is counted, for the alarm that somebody looks at.

use crate::counted::{counted, each};
use crate::data::{OPERATOR, REVOKED, VIEWER, world};
use crate::world::{claims, event};

const COHORTS: &str = "/api/cohorts";
const STUDENTS: &str = "/api/cohorts/coh_computer-science-2026/students";

#[tokio::test]
async fn p4_both_kinds_of_refused_access_count_and_nothing_else() {
    for (subject, path, status) in [
        (None, COHORTS, 401),
        (None, "/api/nowhere", 401),
        (Some("sub-nobody"), COHORTS, 403),
        (Some(REVOKED), COHORTS, 403),
        (Some(VIEWER), "/api/quarantine", 403),
        (Some(VIEWER), COHORTS, 200),
        (Some(VIEWER), "/api/cohorts/coh_foreign", 404),
        (Some(VIEWER), "/api/nowhere", 404),
        // Without a reason.
        (Some(OPERATOR), STUDENTS, 400),
    ] {
        let answer = world().send(&event("GET", path, subject.map(claims))).await;
        assert_eq!(answer.status, status, "{subject:?} {path}");
    }
    let broken = world();
    broken.break_audit();
    let answer = broken.send(&event("GET", STUDENTS, Some(claims(VIEWER)))).await;
    assert_eq!(answer.status, 503);
    let test = "rejected::p4_both_kinds_of_refused_access_count_and_nothing_else";
    if let Some(counted) = counted(test) {
        assert_eq!(counted, each(&["AccessRejected"; 5]));
    }
}
