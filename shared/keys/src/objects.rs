//! Keys of the bucket: objects and the prefixes that they lie below.

use domain::{
    ErasureId, ExportId, FormationId, InstitutionId, ResponseToken, SectionId, StudentId,
};

use crate::Scope;

/// Everything in the bucket that erasing a cohort deletes.
pub fn cohort_prefix(scope: &Scope) -> String {
    format!("institutions/{}/cohorts/{}/", scope.institution, scope.cohort)
}

/// Everything in the bucket that lies with cohorts of an institution.
pub fn cohorts_prefix(institution: &InstitutionId) -> String {
    format!("institutions/{institution}/cohorts/")
}

/// The raw questionnaires of no cohort.
pub const UNASSIGNED_PREFIX: &str = "unassigned/";

/// A raw questionnaire (with CPR numbers masked).
pub fn raw_response(scope: Option<&Scope>, token: &ResponseToken) -> String {
    let prefix = scope.map_or_else(|| UNASSIGNED_PREFIX.to_owned(), cohort_prefix);
    format!("{prefix}responses/{token}.json")
}

/// Who takes part in a formation, with which responses and settings.
pub fn snapshot(scope: &Scope, formation: &FormationId) -> String {
    format!("{}formations/{formation}/snapshot.json", cohort_prefix(scope))
}

/// What the solver of a section reads.
pub fn solve_input(scope: &Scope, formation: &FormationId, section: &SectionId) -> String {
    format!("{}formations/{formation}/input/{section}.json", cohort_prefix(scope))
}

/// What the solver of a section writes.
pub fn solve_output(scope: &Scope, formation: &FormationId, section: &SectionId) -> String {
    format!("{}formations/{formation}/output/{section}.json", cohort_prefix(scope))
}

/// The anonymous statistics of a cohort: outside the institution's prefix, because they tell of
/// nobody and stay when the cohort and the institution are gone. The name is a hash, so that the
/// object names neither; who knows the cohort's id finds it.
pub fn statistics(scope: &Scope) -> String {
    let parts = [scope.institution.as_str(), scope.cohort.as_str()];
    let hash = domain::ids::keyed_hash(b"statistics", &parts);
    format!("statistics/{}.json", &hash[..32])
}

/// The exports of a student.
pub fn exports_prefix(scope: &Scope, student: &StudentId) -> String {
    format!("{}exports/{student}/", cohort_prefix(scope))
}

/// Everything in the bucket that exports of an institution wrote.
pub fn institution_exports_prefix(institution: &InstitutionId) -> String {
    format!("institutions/{institution}/exports/")
}

/// Everything in the bucket that one export of an institution wrote.
pub fn institution_export_prefix(institution: &InstitutionId, export: &ExportId) -> String {
    format!("{}{export}/", institution_exports_prefix(institution))
}

/// Where the certificates of an institution are.
pub fn certificates_prefix(institution: &InstitutionId) -> String {
    format!("institutions/{institution}/certificates/")
}

/// Where a cohort's raw questionnaires are.
pub fn raw_responses_prefix(scope: &Scope) -> String {
    format!("{}responses/", cohort_prefix(scope))
}

/// A deletion certificate: outside the cohort's prefix, because it outlives the cohort.
pub fn certificate(institution: &InstitutionId, erasure: &ErasureId) -> String {
    format!("institutions/{institution}/certificates/{erasure}.json")
}
