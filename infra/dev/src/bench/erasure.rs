//! The erasure of a large cohort on a local stack: items per second, the longest task against its
//! time-out, the function's memory, and what the same would cost on AWS.
//!
//! The cohort is put straight into the stores, in the form in which the service keeps it; only what an
//! erasure reads of it is there. Waits of the machine are skipped, and addresses are looked up at SES
//! faster than the default setting lets them be, so that the work is measured and not the waiting.

mod cost;
mod seeded;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;
use domain::ErasureId;
use jiff::SignedDuration;
use keys::Scope;
use serde_json::{Value, json};

use crate::layout::{Layout, StackName};
use crate::process::progress;
use crate::sample::SampleCohort;
use crate::sample::cohort::now;
use crate::server::ServerOptions;
use crate::service::Service;
use crate::stack::Stack;
use crate::tools::Tools;

/// The time-out of the erasure's function in the template, in seconds.
const TIME_OUT: f64 = 300.0;
/// How long an erasure is waited for.
const PATIENCE: Duration = Duration::from_hours(2);
/// Look-ups at SES per second while measuring; the template's default is 10.
const LOOKUPS: (&str, &str) = ("SesLookupsPerSecond", "1000");
const NAME: &str = "erasurebench";

/// The erasure of a large cohort on a local stack; needs no release build.
#[derive(Debug, Args)]
pub(super) struct Erasure {
    /// Students of the cohort.
    #[arg(long, default_value_t = 20_000)]
    students: usize,
}

impl Erasure {
    pub(super) async fn run(&self, layout: &Layout) -> Result<()> {
        let tools = Tools::install(layout).await?;
        let name: StackName = NAME.parse()?;
        let options = ServerOptions {
            name: name.clone(),
            port: None,
            region: "eu-north-1".into(),
            keep: false,
            wait_scale: Some(0.0),
        };
        let parameters = [(LOOKUPS.0.to_owned(), LOOKUPS.1.to_owned())];
        let stack = Stack::up(layout, &tools, &options, &parameters).await?;
        let service = Service::new(layout.clone(), stack)?;
        let measured = self.measure(&service).await;
        if measured.is_err() {
            // They go with the stack.
            service.stack.logs(&["erasure-steps".to_owned()], false).await?;
        }
        Stack::down(layout, &name).await?;
        println!("{}", measured?);
        Ok(())
    }

    async fn measure(&self, service: &Service) -> Result<Value> {
        let sample = SampleCohort::fresh(&service.layout, NAME, SignedDuration::from_hours(24))?;
        service.onboard_institution(&sample.institution).await?;
        service.onboard_cohort(&sample.settings).await?;
        let settings = &sample.settings;
        let scope = Scope::new(settings.institution.clone(), settings.id.clone());
        let begun = Instant::now();
        let seeded = seeded::seed(service, &scope, settings, self.students).await?;
        let seconds = begun.elapsed().as_secs_f64();
        progress(format!(
            "{} items, {} versions of objects and {} responses at Typeform, in {seconds:.0} s",
            seeded.items, seeded.versions, seeded.responses
        ));

        let today = domain::retention::date_in_copenhagen(now());
        service.set_delete_on(&scope, today).await?;
        let erasure = ErasureId::for_due_cohort(&scope.cohort, today);
        let begun = Instant::now();
        service.invoke("retention-sweep", &json!({ "source": "daily" })).await?;
        let memory = until_completed(service, &scope, &erasure).await?;
        let seconds = begun.elapsed().as_secs_f64();
        let history = history(service, &erasure).await?;
        let tasks = tasks(&history)?;
        let entered = history.iter().filter(|event| is_state(event, "StateEntered")).count();
        let certificate = service.object(&keys::certificate(&scope.institution, &erasure)).await?;
        let certificate: Value = serde_json::from_str(&certificate)?;
        let deleted = certificate["deleted"].as_object().context("counts")?;
        let deleted: u64 = deleted.values().filter_map(Value::as_u64).sum();
        let expected = seeded.items + seeded.versions + seeded.responses;
        ensure!(deleted == expected, "the certificate says {deleted} of {expected}");

        let (longest, task) = tasks
            .iter()
            .flat_map(|(name, all)| all.iter().map(move |seconds| (*seconds, name)))
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .context("no task ran")?;
        let rate = count(deleted) / seconds;
        progress(format!("{deleted} things in {seconds:.0} s: {rate:.0} a second"));
        for (name, all) in &tasks {
            let sum: f64 = all.iter().sum();
            progress(format!("{name:<13} {:>4} calls {sum:>8.1} s", all.len()));
        }
        progress(format!("longest task: {task}, {longest:.1} s of {TIME_OUT} s"));
        progress(format!("the function's memory at its peak: {:.1} MB", count(memory) / 1e6));
        let spent = cost::Spent {
            invocations: tasks.values().map(Vec::len).sum(),
            seconds: tasks.values().flatten().sum(),
            transitions: entered,
        };
        let cost = cost::per_thousand(&seeded, &spent);
        for (what, dollars) in &cost {
            progress(format!("{what:<40} {dollars:>10.6} USD per 1,000 students"));
        }
        let total: f64 = cost.iter().map(|(_, dollars)| dollars).sum();
        progress(format!("together {total:.4} USD per 1,000 students ({})", cost::PRICES));
        ensure!(longest < TIME_OUT, "a task was longer than its time-out");
        Ok(json!({
            "students": self.students, "deleted": deleted, "seconds": seconds,
            "per_second": rate, "longest_task": { "name": task, "seconds": longest },
            "memory_bytes": memory, "transitions": entered, "usd_per_1000_students": total,
        }))
    }
}

/// Waits for the end; tells the most memory that a process of the function had.
async fn until_completed(service: &Service, scope: &Scope, erasure: &ErasureId) -> Result<u64> {
    let key = keys::erasure(&scope.institution, erasure);
    let (begun, mut memory) = (Instant::now(), 0);
    while begun.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(500)).await;
        memory = memory.max(peak_memory()?);
        let record = service.item(&key).await?;
        match record["status"]["S"].as_str() {
            Some("completed") => return Ok(memory),
            Some("failed") => bail!("the erasure failed: {}", record["failure"]["S"]),
            _ => {}
        }
    }
    bail!("the erasure was not done after {PATIENCE:?}")
}

/// The largest resident memory that a process of the function has had so far, in bytes.
fn peak_memory() -> Result<u64> {
    let mut most = 0;
    for entry in std::fs::read_dir("/proc").context("this measurement needs Linux")? {
        let folder = entry?.path();
        let Ok(environment) = std::fs::read(folder.join("environ")) else { continue };
        let named = format!("AWS_LAMBDA_FUNCTION_NAME={NAME}-erasure-steps");
        if !environment.split(|byte| *byte == 0).any(|variable| variable == named.as_bytes()) {
            continue;
        }
        let Ok(status) = std::fs::read_to_string(folder.join("status")) else { continue };
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = peak.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        most = most.max(kilobytes.unwrap_or_default() * 1024);
    }
    Ok(most)
}

/// The events of the execution, in order.
async fn history(service: &Service, erasure: &ErasureId) -> Result<Vec<Value>> {
    let machine = service.stack.deployed.output("ErasureStateMachineArn")?;
    let arn = format!("{}:{erasure}", machine.replacen(":stateMachine:", ":execution:", 1));
    let mut events = Vec::new();
    let mut next = Value::Null;
    loop {
        let mut asked = json!({ "executionArn": arn, "maxResults": 1000 });
        if !next.is_null() {
            asked["nextToken"] = next;
        }
        let emulator = &service.stack.emulator;
        let answer =
            emulator.json("states", "AWSStepFunctions.GetExecutionHistory", &asked).await?;
        events.extend(answer["events"].as_array().cloned().unwrap_or_default());
        next = answer["nextToken"].clone();
        if next.is_null() {
            return Ok(events);
        }
    }
}

fn is_state(event: &Value, what: &str) -> bool {
    event["type"].as_str().is_some_and(|kind| kind.ends_with(what))
}

/// How long each call of each task was in its state, in seconds, by the task's name.
fn tasks(history: &[Value]) -> Result<BTreeMap<String, Vec<f64>>> {
    let mut tasks: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    let mut since = None;
    for event in history {
        let at = seconds(&event["timestamp"]);
        if event["type"] == "TaskStateEntered" {
            since = at;
        }
        if event["type"] == "TaskStateExited" {
            let name = event["stateExitedEventDetails"]["name"].as_str().context("a name")?;
            let spent = at.zip(since.take()).map(|(at, since)| at - since);
            tasks.entry(name.to_owned()).or_default().push(spent.context("a time")?);
        }
    }
    Ok(tasks)
}

/// A time as the emulator tells it: seconds since 1970, or a text.
fn seconds(at: &Value) -> Option<f64> {
    let parsed = || at.as_str()?.parse::<jiff::Timestamp>().ok();
    at.as_f64().or_else(|| parsed().map(|at| at.as_duration().as_secs_f64()))
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn count(number: u64) -> f64 {
    number as f64
}
