//! The measures without the rest of the developer commands:
//! `grouping [INSTANCES|-] [CLASSES|-] [SCALE] [SEEDS] [ONLY] [LONG]`, or `grouping plot FILE`.
#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use benchmarks::{Settings, measure, plot, table};

fn main() -> Result<(), benchmarks::BenchError> {
    let arguments: Vec<String> = std::env::args().collect();
    let at = |index: usize| arguments.get(index).filter(|text| *text != "-");
    if let [_, word, file] = arguments.as_slice()
        && word == "plot"
    {
        return plot(file.as_ref());
    }
    let defaults = Settings::default();
    let settings = Settings {
        instances: at(1).map(Into::into),
        classes: at(2).map(Into::into),
        scale: at(3).and_then(|text| text.parse().ok()).unwrap_or(defaults.scale),
        seeds: at(4).and_then(|text| text.parse().ok()).unwrap_or(defaults.seeds),
        only: at(5).cloned(),
        long: at(6).and_then(|text| text.parse().ok()).unwrap_or(defaults.long),
    };
    measure(&settings, &mut |row| print!("{}", table(std::slice::from_ref(row))))?;
    Ok(())
}
