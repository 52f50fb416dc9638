//! The routes as they are served. The document has the same ones with all their descriptions, which
//! would cost every start a third of its time; a test holds the two against each other.

use axum::Router;
use axum::routing::{MethodFilter, on};
use utoipa::Path;
use utoipa::openapi::path::HttpMethod;

use crate::portal::Portal;
use crate::routes::{
    anew, approval, audit, board, breach_certificates, breaches, cohorts, comparison, conflict,
    distribution, erase, erasures, evaluation, evaluation_mail, exports, formations, groups,
    institution, mailing_messages, mailing_planning, mailing_sending, mailings, me, meetings,
    mending, messages, people, plan, quarantine, reminder, retention, rights, rights_fulfil,
    rights_overview, rights_steps, roster, roster_people, settings, statistics, students,
    subprocessors, timeline,
};

/// Method and path of every route that is served, and the routes themselves.
macro_rules! routes {
    ($($module:ident: $($handler:ident as $described:ident),+;)+) => {
        /// The routes without their descriptions.
        pub(crate) fn routes() -> Router<Portal> {
            Router::new()
                $($(.route(&$module::$described::path(), on(method::<$module::$described>(), $module::$handler)))+)+
        }

        /// Where they are.
        #[cfg(test)]
        fn addresses() -> Vec<(HttpMethod, String)> {
            let addresses = [$($(($module::$described::methods(), $module::$described::path())),+),+];
            addresses.into_iter().flat_map(|(methods, path)| methods.into_iter().map(move |method| (method, path.clone()))).collect()
        }
    };
}

routes! {
    audit: list as __path_list, verify as __path_verify;
    anew: start as __path_start;
    approval: approve as __path_approve, reject as __path_reject;
    board: show as __path_show, preview as __path_preview, change as __path_change,
        suggest as __path_suggest, hold as __path_hold;
    breaches: list as __path_list, open as __path_open, show as __path_show, answer as __path_answer,
        assess as __path_assess, count as __path_count, notify as __path_notify,
        close as __path_close;
    breach_certificates: certificate as __path_certificate, print as __path_print;
    cohorts: list as __path_list, show as __path_show;
    comparison: show as __path_show;
    conflict: list as __path_list;
    distribution: show as __path_show;
    erase: person as __path_person, institution as __path_institution;
    erasures: list as __path_list, certificate as __path_certificate, print as __path_print;
    evaluation: show as __path_show;
    evaluation_mail: show as __path_show;
    exports: start as __path_start, list as __path_list, show as __path_show, file as __path_file;
    formations: list as __path_list, start as __path_start, show as __path_show;
    groups: list as __path_list;
    institution: show as __path_show;
    mailings: list as __path_list, create as __path_create, show as __path_show,
        replace as __path_replace, discard as __path_discard;
    mailing_planning: plan as __path_plan, take_back as __path_take_back, close as __path_close;
    mailing_sending: preview as __path_preview, attempt as __path_attempt, send as __path_send;
    mailing_messages: list as __path_list, summary as __path_summary, resend as __path_resend;
    me: show as __path_show;
    meetings: list as __path_list;
    mending: show as __path_show;
    messages: list as __path_list, summary as __path_summary;
    people: search as __path_search;
    plan: show as __path_show, publish as __path_publish;
    quarantine: of_cohort as __path_of_cohort, unassigned as __path_unassigned,
        again as __path_again;
    reminder: show as __path_show;
    retention: show as __path_show, extend as __path_extend, revoke as __path_revoke;
    rights: list as __path_list, show as __path_show, note as __path_note;
    rights_fulfil: export as __path_export, erase as __path_erase;
    rights_overview: list as __path_list;
    rights_steps: acknowledge as __path_acknowledge, renew_link as __path_renew_link, extend as __path_extend,
        refuse as __path_refuse, hand_over as __path_hand_over, restrict as __path_restrict, lift as __path_lift,
        rectify as __path_rectify;
    roster: show as __path_show, replace as __path_replace, remove as __path_remove;
    roster_people: list as __path_list;
    settings: create as __path_create, show as __path_show, replace as __path_replace,
        archive as __path_archive, unarchive as __path_unarchive;
    statistics: show as __path_show;
    students: list as __path_list;
    subprocessors: list as __path_list, object as __path_object;
    timeline: show as __path_show;
}

fn method<P: Path>() -> MethodFilter {
    match P::methods().as_slice() {
        [HttpMethod::Get] => MethodFilter::GET,
        [HttpMethod::Post] => MethodFilter::POST,
        [HttpMethod::Put] => MethodFilter::PUT,
        [HttpMethod::Patch] => MethodFilter::PATCH,
        [HttpMethod::Delete] => MethodFilter::DELETE,
        other => unreachable!("{} is described for {} methods", P::path(), other.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p1_what_is_described_is_what_is_served() {
        let document = crate::openapi::describe().into_openapi();
        let mut described: Vec<(String, &str)> = Vec::new();
        for (path, item) in document.paths.paths {
            let all = [
                ("get", item.get),
                ("post", item.post),
                ("put", item.put),
                ("patch", item.patch),
                ("delete", item.delete),
            ];
            described.extend(
                all.into_iter().filter_map(|(by, route)| route.map(|_| (path.clone(), by))),
            );
        }
        let word = |by: HttpMethod| match by {
            HttpMethod::Get => "get",
            HttpMethod::Post => "post",
            HttpMethod::Put => "put",
            HttpMethod::Patch => "patch",
            HttpMethod::Delete => "delete",
            _ => "another",
        };
        let mut served: Vec<(String, &str)> =
            addresses().into_iter().map(|(by, path)| (path, word(by))).collect();
        described.sort();
        served.sort();
        assert_eq!(served, described);
    }
}
