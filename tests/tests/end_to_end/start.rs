//! Where the system refuses to be deployed and to start (D8, bad settings).

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use dev::deploy;
use dev::emulator::Emulator;
use dev::tools::Tools;
use domain::region::EU_REGIONS;
use tests::{World, run};
use tokio::process::Command;

/// What the stack runs was built beside these tests.
fn binary(function: &str) -> Result<PathBuf> {
    let here = std::env::current_exe()?;
    let folder = here.ancestors().nth(2).context("tests lie in target/PROFILE/deps")?;
    Ok(folder.join(function))
}

/// Starts a function with these settings and no others; it must end by itself, badly.
async fn refusal(function: &str, settings: &BTreeMap<String, String>) -> Result<String> {
    let binary = binary(function)?;
    let mut command = Command::new(&binary);
    command.env_clear().envs(settings).kill_on_drop(true);
    let ended = tokio::time::timeout(std::time::Duration::from_secs(20), command.output());
    let ended = ended.await.with_context(|| format!("{function} runs on"))?;
    let ended = ended.with_context(|| format!("{} cannot be started", binary.display()))?;
    ensure!(!ended.status.success(), "{function} started");
    Ok(String::from_utf8_lossy(&ended.stdout).into_owned())
}

async fn settings(world: &World, function: &str) -> Result<BTreeMap<String, String>> {
    let configuration = world.configuration(function).await?;
    let variables = configuration["Environment"]["Variables"].as_object().context("settings")?;
    let variables = variables
        .iter()
        .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()));
    Ok(variables.collect())
}

#[test]
fn d8_a_region_outside_the_eu_refuses_to_start_and_names_the_allowed_ones() -> Result<()> {
    run(async |world| {
        for function in world.service.layout.functions()? {
            let mut settings = settings(world, &function).await?;
            for region in ["us-east-1", "eu-west-2", ""] {
                settings.insert("AWS_REGION".into(), region.into());
                let told = refusal(&function, &settings).await?;
                for allowed in EU_REGIONS {
                    ensure!(told.contains(allowed), "{function} in \"{region}\" said {told}");
                }
            }
        }
        Ok(())
    })
}

#[test]
fn d8_a_region_outside_the_eu_refuses_the_deployment_and_names_the_allowed_ones() -> Result<()> {
    run(async |world| {
        let stack = &world.service.stack;
        let tools = Tools::install(&world.service.layout).await?;
        let abroad = Emulator::new(stack.emulator.endpoint(), "us-east-1")?;
        let template = world.service.layout.state(&stack.name).join("template.yaml");
        let mut command = deploy::aws(&tools, &abroad);
        command.args([
            "cloudformation",
            "deploy",
            "--stack-name",
            "abroad",
            "--s3-bucket",
            "artefacts",
        ]);
        command.args([
            "--capabilities",
            "CAPABILITY_IAM",
            "CAPABILITY_AUTO_EXPAND",
            "--template-file",
        ]);
        command.arg(template).args([
            "--parameter-overrides",
            "MailDomain=example.edu",
            "MailFrom=groups@example.edu",
            "PortalUrl=https://portal.example.edu",
        ]);
        let ended = command.output().await?;
        ensure!(!ended.status.success(), "it was deployed to us-east-1");
        let told = String::from_utf8_lossy(&ended.stderr);
        for allowed in EU_REGIONS {
            ensure!(told.contains(allowed), "{told}");
        }
        Ok(())
    })
}

#[test]
fn bad_settings_are_all_named_at_once() -> Result<()> {
    run(async |world| {
        for function in world.service.layout.functions()? {
            let names = settings(world, &function).await?;
            let region = BTreeMap::from([("AWS_REGION".to_owned(), "eu-north-1".to_owned())]);
            let told = refusal(&function, &region).await?;
            for name in names.keys().filter(|name| *name != "LOG_LEVEL") {
                ensure!(told.contains(name.as_str()), "{function} did not name {name}: {told}");
            }
        }
        Ok(())
    })
}
