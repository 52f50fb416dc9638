//! The command line.

use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::{Args, Parser, Subcommand};
use jiff::SignedDuration;

use crate::demo::onboard;
use crate::deploy::{self, Account, Parameter};
use crate::layout::{DEFAULT_STACK, Layout, StackName};
use crate::process::{progress, until_stopped};
use crate::sample::SampleCohort;
use crate::server::ServerOptions;
use crate::service::Service;
use crate::stack::Stack;
use crate::tools::Tools;
use crate::{checks, fixups};

/// The commands of a developer's day.
#[derive(Debug, Parser)]
#[command(name = "cargo dev", bin_name = "cargo dev")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start a local stack: build the functions, start the emulator, deploy the template.
    Up(Up),
    /// Stop a local stack.
    Down(Named),
    /// Build and deploy again: to a running local stack, or with --aws to an account.
    Deploy(Deploy),
    /// Show what the functions of a local stack log.
    Logs(Logs),
    /// Verify an exported audit trail.
    Audit(crate::audit::Audit),
    /// Check the template and the state machines.
    Check,
    /// See the whole service work on invented students, from questionnaire to erasure.
    Demo(crate::demo::Demo),
    /// Put a class list through questionnaires, formation and mail on a running stack.
    Seed(crate::seed::Seed),
    /// Form groups of a class list, on this machine alone.
    Solve(crate::solve::Solve),
    /// Build again what changes and serve it behind a running stack (`cargo lambda watch`).
    Watch(Named),
    /// Build the portal that is compiled into `portal-web`; the commands that run or deploy functions do it too.
    Web,
    /// Write `docs/openapi.json` again from the API's source.
    Openapi,
    /// Write `docs/privacy.md` and the record of processing again from `docs/privacy.json`.
    Privacy,
    /// Measure starts, sizes, handler time and throughput.
    Bench(crate::bench::Bench),
    /// Run everything that continuous integration runs.
    Test(crate::testing::Test),
    /// The stand-in for Typeform's API; `up` starts it.
    #[command(hide = true)]
    Typeform {
        /// Its port on 127.0.0.1.
        #[arg(long)]
        port: u16,
    },
}

#[derive(Debug, Args)]
struct Named {
    /// The stack's name; several run side by side under different names.
    #[arg(long, default_value = DEFAULT_STACK)]
    name: StackName,
}

#[derive(Debug, Args)]
struct Up {
    #[command(flatten)]
    named: Named,
    /// Port on 127.0.0.1; a free one if not given.
    #[arg(long)]
    port: Option<u16>,
    /// The EU region that the stack plays to be in.
    #[arg(long, default_value = "eu-north-1")]
    region: String,
    /// Keep tables, objects and users on disk and go on with them at the next start.
    #[arg(long)]
    keep: bool,
    /// Return once the stack is up and leave it running; `cargo dev down` stops it.
    #[arg(long)]
    detach: bool,
    /// Factor on the waits of state machines; 0 skips them.
    #[arg(long)]
    wait_scale: Option<f64>,
    /// Template parameter, as KEY=VALUE; may be repeated.
    #[arg(long = "parameter", value_parser = parameter)]
    parameters: Vec<Parameter>,
}

#[derive(Debug, Args)]
struct Deploy {
    #[command(flatten)]
    named: Named,
    /// Template parameter, as KEY=VALUE; may be repeated.
    #[arg(long = "parameter", value_parser = parameter)]
    parameters: Vec<Parameter>,
    /// Deploy to the AWS account of the current credentials.
    #[arg(long, requires_all = ["bucket", "region"])]
    aws: bool,
    /// Bucket of that account for the artefacts.
    #[arg(long, requires = "aws")]
    bucket: Option<String>,
    /// Region of that account, one of the EU's.
    #[arg(long, requires = "aws")]
    region: Option<String>,
    /// Instruction set on AWS: `arm64` or `x86_64`.
    #[arg(long, requires = "aws", default_value = "arm64")]
    architecture: String,
}

#[derive(Debug, Args)]
struct Logs {
    #[command(flatten)]
    named: Named,
    /// The functions; all if none is given.
    functions: Vec<String>,
    /// Go on until Ctrl-C.
    #[arg(long, short)]
    follow: bool,
}

/// Runs the command that the arguments name; an error is printed with its causes.
pub async fn run() -> ExitCode {
    let command = match Cli::parse().command {
        Command::Solve(solve) => return solve.run(),
        command => command,
    };
    match command.run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            #[expect(clippy::print_stderr, reason = "the one place that reports errors")]
            {
                eprintln!("error: {error:#}");
            }
            ExitCode::FAILURE
        }
    }
}

impl Command {
    async fn run(self) -> Result<()> {
        let layout = Layout::find()?;
        match self {
            Self::Up(up) => up.run(&layout).await,
            Self::Down(named) => {
                let ran = Stack::down(&layout, &named.name).await?;
                progress(if ran { "stopped" } else { "nothing was running" });
                Ok(())
            }
            Self::Deploy(deploy) => deploy.run(&layout).await,
            Self::Logs(logs) => logs.run(&layout).await,
            Self::Demo(demo) => demo.run(&layout).await,
            Self::Seed(seed) => seed.run().await,
            Self::Solve(_) => unreachable!("runs before there is anything to find"),
            Self::Watch(named) => crate::watch::run(&layout, &named.name).await,
            Self::Audit(audit) => audit.run(),
            Self::Web => {
                Tools::install(&layout).await?;
                crate::web::build(&layout).await
            }
            Self::Openapi => crate::openapi::write(&layout).await,
            Self::Privacy => crate::privacy::write(&layout),
            Self::Bench(bench) => bench.run(&layout).await,
            Self::Test(test) => test.run(&layout).await,
            Self::Typeform { port } => {
                let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
                let settings = crate::typeform_standin::Settings::new(crate::stack::TYPEFORM_TOKEN);
                let state = crate::typeform_standin::StandIn::new(settings);
                Ok(crate::typeform_standin::serve(listener, state).await?)
            }
            Self::Check => checks::run(&layout, &Tools::install(&layout).await?).await,
        }
    }
}

impl Up {
    async fn run(self, layout: &Layout) -> Result<()> {
        domain::region::require_eu(&self.region)?;
        let tools = Tools::install(layout).await?;
        let options = ServerOptions {
            name: self.named.name,
            port: self.port,
            region: self.region,
            keep: self.keep,
            wait_scale: self.wait_scale,
        };
        let stack = Stack::up(layout, &tools, &options, &self.parameters).await?;
        let service = Service::new(layout.clone(), stack)?;
        let sample = SampleCohort::read(layout, SignedDuration::from_hours(24 * 14))?;
        let onboarded = until_stopped(onboard(&service, &sample)).await;
        if let Err(error) = onboarded {
            Stack::down(layout, &service.stack.name).await?;
            return Err(error);
        }
        let (http, name) = (service.stack.http()?, &service.stack.name);
        progress(format!("webhook  {http}/webhooks/typeform"));
        progress(format!("API      {http}/api"));
        progress(format!("portal   {}", service.stack.portal()?));
        progress(format!(
            "login and token of the coordinator: {}",
            layout.description(name).display()
        ));
        if !self.detach {
            progress("Ctrl-C stops it");
            tokio::signal::ctrl_c().await.context("waiting for Ctrl-C")?;
            Stack::down(layout, name).await?;
        }
        Ok(())
    }
}

impl Deploy {
    async fn run(self, layout: &Layout) -> Result<()> {
        let tools = Tools::install(layout).await?;
        if let (true, Some(bucket), Some(region)) = (self.aws, self.bucket, self.region) {
            let account = Account {
                name: self.named.name,
                region,
                bucket,
                architecture: self.architecture,
                parameters: self.parameters,
            };
            return deploy::to_account(layout, &tools, &account).await;
        }
        let stack = Stack::attach(layout, &tools, &self.named.name).await?;
        let deployed =
            deploy::to_emulator(layout, &tools, &stack.emulator, &stack.name, &self.parameters)
                .await?;
        fixups::apply(&stack.emulator, &deployed).await?;
        progress("deployed");
        Ok(())
    }
}

impl Logs {
    async fn run(self, layout: &Layout) -> Result<()> {
        let known = layout.functions()?;
        if let Some(unknown) = self.functions.iter().find(|name| !known.contains(name)) {
            bail!("there is no function {unknown}; there are {}", known.join(", "));
        }
        let functions = if self.functions.is_empty() { known } else { self.functions };
        let tools = Tools::install(layout).await?;
        Stack::attach(layout, &tools, &self.named.name).await?.logs(&functions, self.follow).await
    }
}

fn parameter(text: &str) -> Result<Parameter, String> {
    let (key, value) = text.split_once('=').ok_or("a parameter is written KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn deploying_to_an_account_needs_bucket_and_region() {
        assert!(Cli::try_parse_from(["dev", "deploy", "--aws"]).is_err());
        let complete = ["dev", "deploy", "--aws", "--bucket", "b", "--region", "eu-north-1"];
        assert!(Cli::try_parse_from(complete).is_ok());
    }
}
