//! The audit trail as a table for a spreadsheet.

use domain::audit::{Actor, Link, Outcome};
use handover::csv;

const HEAD: &str = "sequence,at,actor_kind,actor,action,cohort,request,subjects,ids,reason,outcome,problem,unique,previous,hash\r\n";

/// The entries, one a line, under a line of names.
pub(crate) fn table(links: &[Link]) -> String {
    links.iter().fold(HEAD.to_owned(), |mut table, link| {
        let entry = &link.entry;
        let (kind, actor) = match &entry.actor {
            Actor::Contact(id) => ("contact", id.as_str()),
            Actor::Job(function) => ("job", function.as_str()),
            Actor::Student(id) => ("student", id.as_str()),
        };
        let outcome = match entry.outcome {
            Outcome::Done => "done",
            Outcome::Refused => "refused",
        };
        let (sequence, at) = (link.sequence.to_string(), entry.at.to_string());
        let (subjects, ids) = (entry.subjects.to_string(), entry.ids.join(" "));
        let cells: [&str; 15] = [
            &sequence,
            &at,
            kind,
            actor,
            &entry.action,
            entry.cohort.as_ref().map_or("", |cohort| cohort.as_str()),
            &entry.request,
            &subjects,
            &ids,
            entry.reason.as_ref().map_or("", |reason| reason.as_str()),
            outcome,
            entry.problem.as_deref().unwrap_or_default(),
            &link.unique,
            &link.previous,
            &link.hash,
        ];
        table.push_str(&csv::line(cells));
        table
    })
}
