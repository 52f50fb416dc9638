//! `cargo dev bench grouping`: the engine against its targets, as a table or as JSON.
#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use std::path::PathBuf;

use benchmarks::{BenchError, Settings, measure, plot, table};
use clap::Parser;
use serde_json::json;

/// Measure the grouping engine.
#[derive(Debug, Parser)]
#[command(name = "cargo dev bench grouping")]
struct Arguments {
    /// Folder of MDGPLIB instances, with `tpsdp_published.csv` if there are targets; without it
    /// instances are generated.
    #[arg(long, value_name = "DIR")]
    instances: Option<PathBuf>,
    /// Folder of class lists (`GroupEng` sample, ENGG1100).
    #[arg(long, value_name = "DIR")]
    classes: Option<PathBuf>,
    /// Part of the published time limits.
    #[arg(long, default_value_t = 0.1)]
    scale: f64,
    /// Runs of each instance.
    #[arg(long, default_value_t = 5)]
    seeds: u64,
    /// Only measures whose name or subject contains this.
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Seconds of the long run that the large cohort is compared with (target: 600).
    #[arg(long, default_value_t = 60.0)]
    long: f64,
    /// Measure nothing but scores against time, and draw that into this SVG file.
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
}

fn main() -> Result<(), BenchError> {
    let arguments = Arguments::parse();
    if let Some(file) = arguments.plot {
        return plot(&file);
    }
    let settings = Settings {
        instances: arguments.instances,
        classes: arguments.classes,
        scale: arguments.scale,
        seeds: arguments.seeds,
        only: arguments.only,
        long: arguments.long,
    };
    let shown = !arguments.json;
    let rows = measure(&settings, &mut |row| {
        if shown {
            print!("{}", table(std::slice::from_ref(row)));
        }
    })?;
    if arguments.json {
        println!("{}", json!({ "grouping": rows }));
    }
    Ok(())
}
