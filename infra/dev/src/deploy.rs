//! Deployment of the template: to the emulator, and to an AWS account.
//!
//! Both go through CloudFormation with the same template. For the emulator the archives are made of development
//! builds and put into its bucket; for an account `aws cloudformation package` does the same with the release
//! builds of `cargo lambda build`.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use tokio::process::Command;

use crate::artefacts::{self, Artefact};
use crate::emulator::{ACCESS_KEY, Emulator};
use crate::layout::{Layout, StackName};
use crate::process::{progress, run, run_shown};
use crate::tools::Tools;
use crate::web;

const BUCKET: &str = "artefacts";
const CAPABILITIES: [&str; 4] =
    ["--capabilities", "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"];

/// A template parameter and its value.
pub type Parameter = (String, String);

/// A deployed stack as CloudFormation describes it.
#[derive(Debug, Clone, Default)]
pub struct Deployed {
    /// The template's outputs.
    pub outputs: BTreeMap<String, String>,
    /// The parameters in force.
    pub parameters: BTreeMap<String, String>,
}

impl Deployed {
    /// An output that the template must have.
    pub fn output(&self, name: &str) -> Result<&str> {
        find(&self.outputs, name)
    }

    /// A parameter that the template must have.
    pub fn parameter(&self, name: &str) -> Result<&str> {
        find(&self.parameters, name)
    }
}

fn find<'a>(map: &'a BTreeMap<String, String>, name: &str) -> Result<&'a str> {
    map.get(name).map(String::as_str).with_context(|| format!("the stack has no {name}"))
}

/// Builds the functions and deploys the template to the emulator. Once more on a running stack, it changes only
/// what is different.
pub async fn to_emulator(
    layout: &Layout,
    tools: &Tools,
    emulator: &Emulator,
    name: &StackName,
    parameters: &[Parameter],
) -> Result<Deployed> {
    let artefacts = artefacts::build(layout, &layout.functions()?).await?;
    progress("deploying infra/template.yaml");
    emulator.make_bucket(BUCKET).await?;
    for artefact in &artefacts {
        if !emulator.has_object(BUCKET, &artefact.key).await? {
            let bytes = fs::read(&artefact.archive)?;
            emulator.put_object(BUCKET, &artefact.key, bytes).await?;
        }
    }
    let text = fs::read_to_string(layout.template()).context("reading the template")?;
    let (text, definitions) = packaged(&text, &artefacts)?;
    for definition in definitions {
        let path = layout.path("infra").join(&definition);
        let bytes = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
        emulator.put_object(BUCKET, &definition, bytes).await?;
    }
    let template = layout.state(name).join("template.yaml");
    fs::write(&template, text).with_context(|| format!("writing {}", template.display()))?;

    let mut given = local_parameters();
    given.extend(parameters.iter().cloned());
    let mut deploy = aws(tools, emulator);
    deploy
        .args(["cloudformation", "deploy", "--no-fail-on-empty-changeset"])
        .args(["--stack-name", name.as_str(), "--s3-bucket", BUCKET])
        .args(CAPABILITIES)
        .arg("--template-file")
        .arg(&template)
        .arg("--parameter-overrides")
        .args(given.iter().map(|(key, value)| format!("{key}={value}")));
    run(&mut deploy).await.context("the template was refused")?;
    describe(tools, emulator, name).await
}

/// The stack's outputs and parameters.
pub async fn describe(tools: &Tools, emulator: &Emulator, name: &StackName) -> Result<Deployed> {
    let mut describe = aws(tools, emulator);
    describe.args(["cloudformation", "describe-stacks", "--stack-name", name.as_str()]);
    let printed = run(describe.args(["--output", "json"])).await?;
    parse_description(&printed)
}

fn parse_description(printed: &str) -> Result<Deployed> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Answer {
        stacks: Vec<Stack>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Stack {
        #[serde(default)]
        outputs: Vec<Output>,
        #[serde(default)]
        parameters: Vec<Given>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Output {
        output_key: String,
        output_value: String,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Given {
        parameter_key: String,
        parameter_value: String,
    }
    let answer: Answer =
        serde_json::from_str(printed).context("reading the stack's description")?;
    let stack = answer.stacks.into_iter().next().context("there is no such stack")?;
    Ok(Deployed {
        outputs: stack.outputs.into_iter().map(|o| (o.output_key, o.output_value)).collect(),
        parameters: stack
            .parameters
            .into_iter()
            .map(|p| (p.parameter_key, p.parameter_value))
            .collect(),
    })
}

/// What differs from an account: this machine's architecture, invented mail addresses, nothing to protect, a portal
/// served by its developer.
fn local_parameters() -> BTreeMap<String, String> {
    let architecture = if std::env::consts::ARCH == "aarch64" { "arm64" } else { "x86_64" };
    [
        ("Architecture", architecture),
        ("MailDomain", "example.edu"),
        ("MailFrom", "groups@example.edu"),
        ("DeletionProtection", "false"),
        ("PortalUrl", "http://localhost:5173"),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .into()
}

/// The template with every local path replaced by where the file is stored, and the state machines' paths.
///
/// Line by line instead of through a YAML parser: the template keeps its short forms (`!Ref`) and its comments.
fn packaged(template: &str, artefacts: &[Artefact]) -> Result<(String, Vec<String>)> {
    let mut definitions = Vec::new();
    let mut lines = Vec::new();
    for line in template.lines() {
        let trimmed = line.trim_start();
        let indent = &line[..line.len() - trimmed.len()];
        if let Some(path) = trimmed.strip_prefix("CodeUri: ") {
            let function = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
            let Some(artefact) = artefacts.iter().find(|artefact| artefact.function == function)
            else {
                bail!("the template names the function {function}, which functions/ does not have");
            };
            lines.push(format!("{indent}CodeUri: s3://{BUCKET}/{}", artefact.key));
        } else if let Some(path) = trimmed.strip_prefix("DefinitionUri: ") {
            definitions.push(path.to_owned());
            lines.push(format!("{indent}DefinitionUri: s3://{BUCKET}/{path}"));
        } else {
            lines.push(line.to_owned());
        }
    }
    Ok((lines.join("\n") + "\n", definitions))
}

/// The `aws` program pointed at the emulator, out of reach of the user's own profiles.
pub fn aws(tools: &Tools, emulator: &Emulator) -> Command {
    let mut command = Command::new(tools.program("aws"));
    command
        .env("AWS_ENDPOINT_URL", emulator.endpoint())
        .env("AWS_REGION", emulator.region())
        .env("AWS_DEFAULT_REGION", emulator.region())
        .env("AWS_ACCESS_KEY_ID", ACCESS_KEY)
        .env("AWS_SECRET_ACCESS_KEY", ACCESS_KEY)
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .env("AWS_PAGER", "")
        .env_remove("AWS_SESSION_TOKEN")
        .env_remove("AWS_PROFILE")
        .env_remove("AWS_CA_BUNDLE");
    command
}

/// How to deploy to an account.
#[derive(Debug, Clone)]
pub struct Account {
    /// The stack.
    pub name: StackName,
    /// The region, one of the EU's.
    pub region: String,
    /// The bucket that artefacts go to.
    pub bucket: String,
    /// `arm64` or `x86_64`.
    pub architecture: String,
    /// Further template parameters.
    pub parameters: Vec<Parameter>,
}

/// Builds release binaries and deploys them with the user's own AWS credentials. An existing stack is updated;
/// CloudFormation rolls back by itself when an update fails.
pub async fn to_account(layout: &Layout, tools: &Tools, account: &Account) -> Result<()> {
    domain::region::require_eu(&account.region)?;
    let flag = match account.architecture.as_str() {
        "arm64" => "--arm64",
        "x86_64" => "--x86-64",
        other => bail!("unknown architecture {other}: arm64 or x86_64"),
    };
    web::build(layout).await?;
    let mut build = Command::new("cargo");
    build.args(["lambda", "build", "--release", flag]).current_dir(layout.root());
    build.env("PATH", tools.search_path()?);
    for function in layout.functions()? {
        build.args(["--bin", &function]);
    }
    progress("building release binaries");
    run_shown(&mut build).await?;

    let packaged = layout.path("target/lambda/packaged.yaml");
    progress(format!("storing artefacts in {}", account.bucket));
    let mut package = Command::new(tools.program("aws"));
    package.args(["cloudformation", "package", "--region", &account.region]);
    package.args(["--s3-bucket", &account.bucket, "--s3-prefix", account.name.as_str()]);
    package.arg("--template-file").arg(layout.template());
    package.arg("--output-template-file").arg(&packaged);
    run(&mut package).await?;

    progress(format!("deploying {} to {}", account.name, account.region));
    let mut deploy = Command::new(tools.program("aws"));
    deploy
        .args(["cloudformation", "deploy", "--no-fail-on-empty-changeset"])
        .args(["--region", &account.region, "--stack-name", account.name.as_str()])
        .args(["--s3-bucket", &account.bucket, "--s3-prefix", account.name.as_str()])
        .args(CAPABILITIES)
        .arg("--template-file")
        .arg(&packaged)
        .arg("--parameter-overrides")
        .arg(format!("Architecture={}", account.architecture))
        .args(account.parameters.iter().map(|(key, value)| format!("{key}={value}")));
    run_shown(&mut deploy).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn artefact(function: &str) -> Artefact {
        Artefact {
            function: function.into(),
            archive: "x.zip".into(),
            key: format!("{function}-1.zip"),
        }
    }

    #[test]
    fn local_paths_become_stored_ones_and_the_rest_stays() {
        let template = "A: !Ref B\n      CodeUri: ../target/lambda/mailer/\n  DefinitionUri: statemachines/a.json\n";
        let (text, definitions) = packaged(template, &[artefact("mailer")]).unwrap();
        assert_eq!(
            text,
            "A: !Ref B\n      CodeUri: s3://artefacts/mailer-1.zip\n  DefinitionUri: s3://artefacts/statemachines/a.json\n"
        );
        assert_eq!(definitions, ["statemachines/a.json"]);
    }

    #[test]
    fn a_function_without_a_folder_is_named() {
        let refusal = packaged("CodeUri: ../target/lambda/mailr/", &[artefact("mailer")]);
        assert!(refusal.unwrap_err().to_string().contains("mailr"));
    }
}
