//! Policy rules that the expanded template and the state machines must pass.
//!
//! Linters check that a template is well formed; these rules check that it is the system we promised: encrypted,
//! inside the EU, with narrow rights, with a log, a trace and an alarm for everything. Exceptions and known names
//! are data, in `infra/guard/policy.json`; `infra/guard/faults.json` holds one fault per way to break a rule, and
//! the checks fail if a rule lets its fault pass.

mod access;
mod alarms;
mod backup;
mod functions;
mod machines;
mod network;
mod place;
mod queues;
mod register;
mod schedules;
mod storage;
mod subject;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use serde_json::Value;

pub use subject::Subject;
pub(crate) use subject::machine_files;

/// A rule broken somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's name.
    pub rule: &'static str,
    /// The resource, route, alarm or state.
    pub place: String,
    /// What is wrong, as a sentence.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.place, self.message, self.rule)
    }
}

/// Exceptions and known names: `infra/guard/policy.json`.
#[derive(Debug, Deserialize)]
pub struct Policy {
    managed_policies: BTreeMap<String, String>,
    actions_without_resource: BTreeMap<String, String>,
    audit_actions: BTreeSet<String>,
    backup_actions: BTreeSet<String>,
    reads_only_existing_objects: BTreeMap<String, String>,
    open_routes: BTreeMap<String, String>,
    errors_are_answers: BTreeMap<String, String>,
    watched_outcomes: BTreeMap<String, String>,
    metrics: BTreeMap<String, String>,
    mail_events: BTreeSet<String>,
    state_fields: BTreeSet<String>,
}

/// What rules report to.
#[derive(Debug)]
struct Report {
    rule: &'static str,
    findings: Vec<Finding>,
}

impl Report {
    fn add(&mut self, place: impl Into<String>, message: impl Into<String>) {
        self.findings.push(Finding {
            rule: self.rule,
            place: place.into(),
            message: message.into(),
        });
    }

    fn require(&mut self, holds: bool, place: &str, message: &str) {
        if !holds {
            self.add(place, message);
        }
    }
}

type Rule = fn(&Subject, &mut Report);

/// Every rule with its name.
const RULES: [(&str, Rule); 35] = [
    ("named-actions", access::named_actions),
    ("named-resources", access::named_resources),
    ("known-managed-policies", access::known_managed_policies),
    ("named-partitions", access::named_partitions),
    ("bound-key-use", access::bound_key_use),
    ("no-scan", access::no_scan),
    ("audit-append-only", access::audit_append_only),
    ("own-role", access::own_role),
    ("no-open-principal", access::no_open_principal),
    ("bound-invocation", access::bound_invocation),
    ("missing-objects", access::missing_objects),
    ("alarm-for-everything", alarms::for_everything),
    ("alarm-on-outcomes", alarms::on_outcomes),
    ("known-metrics", alarms::known_metrics),
    ("backup-elsewhere", backup::daily_elsewhere),
    ("function-binary", functions::binary),
    ("function-log", functions::log),
    ("function-trace", functions::trace),
    ("function-settings", functions::settings),
    ("state-machine-log", machines::log),
    ("state-machine-tasks", machines::tasks),
    ("state-carries-ids", machines::ids_only),
    ("authorised-routes", network::authorised_routes),
    ("preflight", network::preflight),
    ("throttled", network::throttled),
    ("access-log-impersonal", network::access_log),
    ("mail-events", network::mail_events),
    ("eu-only", place::eu_only),
    ("no-local-default", place::no_local_default),
    ("no-fixed-region", place::no_fixed_region),
    ("dead-letters", queues::dead_letters),
    ("event-sources", queues::event_sources),
    ("registered-services", register::registered_services),
    ("schedules", schedules::valid),
    ("encryption-and-recovery", storage::protected),
];

/// Applies every rule.
pub fn findings(subject: &Subject) -> Vec<Finding> {
    let applied = RULES.iter().flat_map(|(name, rule)| {
        let mut report = Report { rule: name, findings: Vec::new() };
        rule(subject, &mut report);
        report.findings
    });
    applied.collect()
}

/// What is wrong with the template of the second region.
pub fn findings_in_second_region(template: &Value) -> Vec<Finding> {
    let mut report = Report { rule: "second-region", findings: Vec::new() };
    backup::second_region(template, &mut report);
    report.findings
}

/// A way to break the template or a state machine, and the rule that must notice.
#[derive(Debug, Deserialize)]
struct Fault {
    rule: String,
    /// JSON pointer into the expanded template, or after `formation:` and `erasure:` into that state machine.
    at: String,
    /// What to put there; nothing: the member is removed.
    put: Option<Value>,
}

/// Applies each fault to a copy and makes sure that its rule, and for each rule at least one fault, finds it.
/// Returns how many faults were tried.
pub fn try_faults(subject: &Subject, faults: &str) -> Result<usize> {
    let faults: Vec<Fault> = serde_json::from_str(faults).context("reading faults.json")?;
    let before = findings(subject);
    for fault in &faults {
        let mut broken = subject.clone();
        let (document, pointer) = match fault.at.split_once(':') {
            Some((machine, pointer)) if !machine.contains('/') => {
                let found = broken.machines.get_mut(machine);
                (found.with_context(|| format!("no state machine {machine}"))?, pointer)
            }
            _ => (&mut broken.template, fault.at.as_str()),
        };
        replace(document, pointer, fault.put.clone())
            .with_context(|| format!("the fault at {} does not apply", fault.at))?;
        let noticed = findings(&broken)
            .into_iter()
            .any(|finding| finding.rule == fault.rule && !before.contains(&finding));
        if !noticed {
            bail!("the rule {} does not notice the fault at {}", fault.rule, fault.at);
        }
    }
    for (name, _) in RULES {
        if !faults.iter().any(|fault| fault.rule == name) {
            bail!("no fault in faults.json tries the rule {name}");
        }
    }
    Ok(faults.len())
}

fn replace(document: &mut Value, pointer: &str, put: Option<Value>) -> Result<()> {
    let (parent, member) = pointer.rsplit_once('/').context("not a JSON pointer")?;
    let member = member.replace("~1", "/").replace("~0", "~");
    let parent = document.pointer_mut(parent).context("there is nothing there")?;
    match (parent, put) {
        (Value::Object(map), Some(value)) => drop(map.insert(member, value)),
        (Value::Object(map), None) => drop(map.remove(&member).context("the member is not there")?),
        (Value::Array(list), put) => {
            let index: usize = member.parse().context("not an index")?;
            let slot = list.get_mut(index).context("the index is not there")?;
            match put {
                Some(value) => *slot = value,
                None => drop(list.remove(index)),
            }
        }
        _ => bail!("the parent has no members"),
    }
    Ok(())
}
