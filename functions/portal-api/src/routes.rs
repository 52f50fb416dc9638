//! The routes, one module per resource. Each module holds what it shows and how it is read.

pub(crate) mod approval;
pub(crate) mod audit;
pub(crate) mod breach_certificates;
pub(crate) mod breaches;
pub(crate) mod cohorts;
pub(crate) mod erase;
pub(crate) mod erasures;
pub(crate) mod exports;
pub(crate) mod formations;
pub(crate) mod groups;
pub(crate) mod institution;
pub(crate) mod me;
pub(crate) mod messages;
pub(crate) mod people;
pub(crate) mod quarantine;
pub(crate) mod retention;
pub(crate) mod rights;
pub(crate) mod rights_answers;
pub(crate) mod rights_fulfil;
pub(crate) mod rights_overview;
pub(crate) mod rights_steps;
pub(crate) mod rights_taking;
pub(crate) mod rights_views;
pub(crate) mod statistics;
pub(crate) mod students;
pub(crate) mod subprocessors;
