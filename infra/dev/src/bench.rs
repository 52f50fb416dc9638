//! `cargo dev bench`: speed and size, printed; nothing here passes or fails a build.
//!
//! Release binaries for size and start; the local stack (development profile, emulator in Python)
//! for throughput, which is therefore a lower bound of this machine and says nothing about AWS.

mod erasure;
mod grouping;
mod start;
mod webhooks;

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::json;
use tokio::process::Command;

use crate::layout::Layout;
use crate::process::{progress, run_shown};
use crate::tools::Tools;

/// Largest release binary that is aimed at, in bytes.
const SIZE_LIMIT: u64 = 8_000_000;

/// Instructions from exec to the first poll that are aimed at.
const START_LIMIT: u64 = 4_000_000;

/// Measure starts, sizes, handler time and throughput.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Bench {
    #[command(subcommand)]
    part: Option<Part>,
    /// Only sizes and starts; needs no stack.
    #[arg(long)]
    start: bool,
    /// Only the webhook on a local stack; needs no release build.
    #[arg(long, conflicts_with = "start")]
    webhook: bool,
    /// Questionnaires to post.
    #[arg(long, default_value_t = 400)]
    questionnaires: usize,
}

#[derive(Debug, Subcommand)]
enum Part {
    /// The grouping engine against its targets; needs no stack.
    Grouping(grouping::Grouping),
    /// The erasure of a large cohort on a local stack; needs no release build.
    Erasure(erasure::Erasure),
}

impl Bench {
    /// Measures and prints; the last line is JSON.
    pub async fn run(self, layout: &Layout) -> Result<()> {
        match self.part {
            Some(Part::Grouping(grouping)) => return grouping.run(layout).await,
            Some(Part::Erasure(erasure)) => return erasure.run(layout).await,
            None => {}
        }
        let tools = Tools::install(layout).await?;
        let mut result = json!({});
        if !self.webhook {
            progress("release build (about ten minutes of processor time when cold)");
            let mut build = Command::new(tools.program("cargo-lambda"));
            build
                .args(["lambda", "build", "--release", "--x86-64", "--compiler", "cargo"])
                .env("PATH", tools.search_path()?)
                .current_dir(layout.root());
            run_shown(&mut build).await?;
            let mut rows = Vec::new();
            for function in layout.functions()? {
                let binary = layout.path(&format!("target/lambda/{function}/bootstrap"));
                let bytes = std::fs::metadata(&binary)?.len();
                let instructions = start::instructions(layout, &function, &binary).await?;
                println!(
                    "{function:<22} {:>6.2} MB {:>7.2} M instructions to the first poll{}{}",
                    mega(bytes),
                    mega(instructions),
                    if bytes > SIZE_LIMIT { ", larger than 8 MB" } else { "" },
                    if instructions > START_LIMIT { ", more than 4 M" } else { "" },
                );
                rows.push(
                    json!({ "function": function, "bytes": bytes, "instructions": instructions }),
                );
            }
            result["start"] = json!(rows);
        }
        if !self.start {
            result["webhook"] = webhooks::measure(layout, &tools, self.questionnaires).await?;
        }
        println!("{result}");
        Ok(())
    }
}

#[expect(clippy::cast_precision_loss, reason = "printed with two digits")]
fn mega(count: u64) -> f64 {
    count as f64 / 1e6
}
