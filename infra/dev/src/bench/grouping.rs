//! The grouping engine against its targets.

use std::path::PathBuf;

use anyhow::Result;
use benchmarks::{Settings, measure, plot, table};
use clap::Args;
use serde_json::json;

/// Measure the grouping engine.
#[derive(Debug, Args)]
pub(super) struct Grouping {
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

impl Grouping {
    pub(super) async fn run(self) -> Result<()> {
        if let Some(file) = self.plot {
            tokio::task::spawn_blocking(move || plot(&file)).await??;
            return Ok(());
        }
        let settings = Settings {
            instances: self.instances,
            classes: self.classes,
            scale: self.scale,
            seeds: self.seeds,
            only: self.only,
            long: self.long,
        };
        let shown = !self.json;
        // Processor time is that of one thread, so all is measured on one of its own.
        let measured = tokio::task::spawn_blocking(move || {
            measure(&settings, &mut |row| {
                if shown {
                    print!("{}", table(std::slice::from_ref(row)));
                }
            })
        });
        let rows = measured.await??;
        if self.json {
            println!("{}", json!({ "grouping": rows }));
        }
        Ok(())
    }
}
