//! What makes a cohort's settings fit to be registered, for the operators' function and the contacts'
//! portal alike: [`strict`] reads them so that nothing is passed over and all faults are told at once,
//! [`rules`] says what may be set up and what may change.
//!
//! Pure: the clock is an argument, and what is stored is read and written by the caller.

pub mod rules;
pub mod strict;

/// One fault: which setting, where it stands in the JSON, and what is wrong, in both languages.
pub type Fault = domain::cohort::SettingsError;
