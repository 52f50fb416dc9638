//! Checks of the template and the state machines.
use crate::layout::Layout;
use crate::tools::Tools;
use anyhow::Result;
/// Runs all.
pub async fn run(_layout: &Layout, _tools: &Tools) -> Result<()> {
    Ok(())
}
