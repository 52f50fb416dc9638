//! Checks of the template and the state machines, as they would be deployed.
//!
//! No single tool sees enough: the linter knows CloudFormation but not SAM's short forms, so the template is
//! expanded first; it does not look into state machines, which `asl-validator` does; and neither knows what this
//! system promises, which is what [`crate::guard`] is for. The emulator accepts nearly everything.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use tokio::process::Command;

use crate::guard::{self, Subject};
use crate::layout::Layout;
use crate::process::{self, progress};
use crate::tools::Tools;

/// The region that the template is expanded and linted for; the rules see that none is written into it.
const REGION: &str = "eu-north-1";

/// Runs every check, and reports all that fail.
pub async fn run(layout: &Layout, tools: &Tools) -> Result<()> {
    let (template, path) = expand(layout, tools).await?;
    let subject = Subject::read(layout, template)?;
    let outcomes = [
        ("template, expanded and linted", lint(tools, &path).await),
        ("state machines", state_machines(layout, tools).await),
        ("template of the second region", second_region(layout, tools).await),
        ("policy rules", rules(&subject)),
        ("policy rules notice seeded faults", faults(layout, &subject)),
    ];
    let mut failed = 0;
    for (check, outcome) in outcomes {
        match outcome {
            Ok(()) => progress(format!("{check}: passed")),
            Err(error) => {
                failed += 1;
                progress(format!("{check}: FAILED\n{error:#}"));
            }
        }
    }
    if failed > 0 {
        bail!("{failed} of the template's checks failed");
    }
    Ok(())
}

/// The template as CloudFormation sees it, and the file it was written to.
pub async fn expand(layout: &Layout, tools: &Tools) -> Result<(Value, PathBuf)> {
    expand_as(layout, tools, &layout.template(), "template.json").await
}

async fn expand_as(
    layout: &Layout,
    tools: &Tools,
    template: &Path,
    name: &str,
) -> Result<(Value, PathBuf)> {
    let folder = layout.path("target/dev/check");
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    let mut expand = Command::new(tools.program("python"));
    expand.arg(layout.path("infra/dev/tools/expand.py")).arg(template).arg(REGION);
    let printed = process::run(&mut expand).await.context("the template cannot be expanded")?;
    let path = folder.join(name);
    // Somebody else may be reading what stands there.
    let partial = folder.join(format!("{name}.{}", uuid::Uuid::new_v4().simple()));
    fs::write(&partial, &printed)
        .and_then(|()| fs::rename(&partial, &path))
        .with_context(|| format!("writing {}", path.display()))?;
    Ok((serde_json::from_str(&printed).context("reading the expanded template")?, path))
}

async fn lint(tools: &Tools, expanded: &PathBuf) -> Result<()> {
    let mut lint = Command::new(tools.program("cfn-lint"));
    lint.args(["--regions", REGION, "--"]).arg(expanded);
    process::run(&mut lint).await.map(drop)
}

async fn state_machines(layout: &Layout, tools: &Tools) -> Result<()> {
    let files = guard::machine_files(layout)?;
    if files.is_empty() {
        bail!("there are none");
    }
    for file in files {
        let mut validate = Command::new(tools.node_program("asl-validator"));
        validate.arg("--json-path").arg(&file);
        process::run(&mut validate).await?;
    }
    Ok(())
}

/// The vault that backups are copied to, linted and held to its rules (D11).
async fn second_region(layout: &Layout, tools: &Tools) -> Result<()> {
    let template = layout.path("infra/backup-region.yaml");
    let (template, path) = expand_as(layout, tools, &template, "backup-region.json").await?;
    lint(tools, &path).await?;
    told(&guard::findings_in_second_region(&template))
}

fn rules(subject: &Subject) -> Result<()> {
    told(&guard::findings(subject))
}

fn told(findings: &[guard::Finding]) -> Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = findings.iter().map(|finding| format!("  {finding}")).collect();
    bail!("{}", lines.join("\n"))
}

fn faults(layout: &Layout, subject: &Subject) -> Result<()> {
    let path = layout.path("infra/guard/faults.json");
    let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    guard::try_faults(subject, &text).map(drop)
}
