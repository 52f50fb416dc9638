//! The webhook on a local stack: questionnaires per second, and the function's processor time for each.

use std::collections::BTreeSet;
use std::time::Instant;

use anyhow::{Context as _, Result};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::demo::submit_all;
use crate::layout::{Layout, StackName};
use crate::process::progress;
use crate::sample::cohort::now;
use crate::sample::{SampleCohort, invent};
use crate::server::ServerOptions;
use crate::service::Service;
use crate::stack::Stack;
use crate::tools::Tools;

/// Questionnaires that only warm the processes up.
const WARM_UP: usize = 40;

/// Ticks of `/proc/PID/stat` per second, on every Linux that Rust runs on.
const TICKS: f64 = 100.0;

/// Posts questionnaires and measures.
pub(super) async fn measure(layout: &Layout, tools: &Tools, count: usize) -> Result<Value> {
    let name: StackName = "bench".parse()?;
    let options = ServerOptions {
        name: name.clone(),
        port: None,
        region: "eu-north-1".into(),
        keep: false,
        wait_scale: None,
    };
    let stack = Stack::up(layout, tools, &options, &[]).await?;
    let service = Service::new(layout.clone(), stack)?;
    let measured = post(&service, count).await;
    Stack::down(layout, &name).await?;
    measured
}

async fn post(service: &Service, count: usize) -> Result<Value> {
    let sample = SampleCohort::fresh(&service.layout, "bench", SignedDuration::from_hours(24))?;
    service.onboard_institution(&sample.institution).await?;
    service.onboard_cohort(&sample.settings).await?;
    let students = invent(&sample.settings, WARM_UP + count, 1);
    submit_all(service, &sample.settings, &students[..WARM_UP], now()).await?;
    let before = processor_seconds("typeform-webhook")?;
    let begun = Instant::now();
    submit_all(service, &sample.settings, &students[WARM_UP..], now()).await?;
    let seconds = begun.elapsed().as_secs_f64();
    let after = processor_seconds("typeform-webhook")?;
    #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
    let count = count as f64;
    let per_second = count / seconds;
    let milliseconds = (after - before) * 1000.0 / count;
    progress(format!("webhook: {per_second:.0} questionnaires a second through the emulator"));
    progress(format!(
        "webhook: {milliseconds:.2} ms of the function's processor time each (development profile)"
    ));
    Ok(
        json!({ "questionnaires": count, "per_second": per_second, "processor_ms_each": milliseconds }),
    )
}

/// Processor time that the processes of a function have used so far.
fn processor_seconds(function: &str) -> Result<f64> {
    let mut seen = BTreeSet::new();
    let mut ticks = 0.0;
    for entry in std::fs::read_dir("/proc").context("this measurement needs Linux")? {
        let folder = entry?.path();
        let Ok(environment) = std::fs::read(folder.join("environ")) else { continue };
        let named = format!("AWS_LAMBDA_FUNCTION_NAME=bench-{function}");
        let ours =
            environment.split(|byte| *byte == 0).any(|variable| variable == named.as_bytes());
        if !ours || !seen.insert(folder.clone()) {
            continue;
        }
        let Ok(stat) = std::fs::read_to_string(folder.join("stat")) else { continue };
        // Fields 14 and 15 (proc_pid_stat(5)); the name in field 2 may hold spaces.
        let fields: Vec<&str> =
            stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        for field in [11, 12] {
            ticks +=
                fields.get(field).and_then(|text| text.parse::<f64>().ok()).unwrap_or_default();
        }
    }
    Ok(ticks / TICKS)
}
