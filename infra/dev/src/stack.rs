//! A whole local stack: the emulator with the template deployed to it.

use std::fs;
use std::io::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::deploy::{self, Deployed, Parameter};
use crate::emulator::Emulator;
use crate::fixups;
use crate::layout::{Layout, StackName};
use crate::process::{progress, until_stopped};
use crate::server::{Server, ServerOptions};
use crate::tools::Tools;

/// The bearer token that the stand-in for Typeform asks for. Not a secret: it listens on the loopback interface only.
pub const TYPEFORM_TOKEN: &str = "stand-in-token";

/// The secret that the events of `events/typeform-webhook/` are signed with, so that they can be invoked by hand.
const EVENTS_SECRET: &str = "sample-webhook-secret";

/// A running stack.
#[derive(Debug)]
pub struct Stack {
    /// Its name.
    pub name: StackName,
    /// The emulator's process.
    pub server: Server,
    /// A client for the emulator.
    pub emulator: Emulator,
    /// Outputs and parameters of the template.
    pub deployed: Deployed,
    /// What Typeform would sign with.
    pub webhook_secret: String,
}

/// What `cargo dev up --detach` writes for other programs: where the stack is and how to sign in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Description {
    /// The stack's name.
    pub stack: String,
    /// The emulator.
    pub endpoint: String,
    /// The region it plays.
    pub region: String,
    /// Where questionnaires are posted.
    pub webhook_url: String,
    /// The portal's API.
    pub api_url: String,
    /// The portal, for a browser.
    pub portal_url: String,
    /// The secret that they are signed with.
    pub webhook_secret: String,
    /// The sample institution, once it is onboarded.
    #[serde(flatten)]
    pub sample: Option<Sample>,
}

/// The sample institution of a stack.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sample {
    /// The institution's id.
    pub institution: String,
    /// Its cohorts' ids.
    pub cohorts: Vec<String>,
    /// Its coordinator's sign-in.
    pub login: Login,
    /// A bearer token of the coordinator; the portal client's token lifetime bounds its use.
    pub token: String,
}

/// A sign-in with password and second factor.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Login {
    /// The user's name.
    pub user: String,
    /// The password.
    pub password: String,
    /// The secret of the one-time codes, in Base32.
    pub totp_secret: String,
}

/// The template's parameters for tests: an event has a minute to settle what became of a mail. On a
/// busy machine it takes its time through topic, queue and function; less would test the machine.
pub fn test_parameters() -> Vec<Parameter> {
    vec![("UnknownSettleSeconds".into(), "60".into())]
}

impl Stack {
    /// Starts the emulator unless it runs, deploys, and sets what the deployment leaves open.
    pub async fn up(
        layout: &Layout,
        tools: &Tools,
        options: &ServerOptions,
        parameters: &[Parameter],
    ) -> Result<Self> {
        let begun = Instant::now();
        if let Some(server) = Server::find(layout, &options.name).await? {
            progress(format!("emulator on http://127.0.0.1:{} runs already", server.port));
            return Self::fill(layout, tools, server, options, parameters).await;
        }
        if !options.keep {
            // Of a stack that died: its users are gone with it.
            forget(&layout.description(&options.name))?;
        }
        let started = until_stopped(async {
            let server = Server::start(layout, tools, options).await?;
            progress(format!("emulator on http://127.0.0.1:{}", server.port));
            Self::fill(layout, tools, server, options, parameters).await
        });
        match started.await {
            Ok(stack) => {
                progress(format!(
                    "stack {} is up after {} s",
                    stack.name,
                    begun.elapsed().as_secs()
                ));
                Ok(stack)
            }
            // What was started here does not stay behind half done; the file knows what came to stand beside it.
            Err(error) => {
                let stopped = Self::down(layout, &options.name).await;
                stopped.context("stopping the emulator after a failure")?;
                Err(error)
            }
        }
    }

    async fn fill(
        layout: &Layout,
        tools: &Tools,
        mut server: Server,
        options: &ServerOptions,
        parameters: &[Parameter],
    ) -> Result<Self> {
        let typeform = server.typeform().await?;
        progress(format!("stand-in for Typeform on http://127.0.0.1:{typeform}"));
        let emulator = server.emulator()?;
        let mut parameters = parameters.to_vec();
        if !parameters.iter().any(|(name, _)| name == "TypeformBaseUrl") {
            // The account's data is in the EU region; `/us` would be the wrong one.
            parameters.push(("TypeformBaseUrl".into(), format!("http://127.0.0.1:{typeform}/eu")));
        }
        if !parameters.iter().any(|(name, _)| name == "SignInBaseUrl") {
            parameters.push(("SignInBaseUrl".into(), emulator.endpoint().into()));
        }
        let deployed =
            deploy::to_emulator(layout, tools, &emulator, &options.name, &parameters).await?;
        fixups::apply(&emulator, &deployed).await?;
        let webhook_secret = match Self::described(layout, &options.name)? {
            Some(description) => description.webhook_secret,
            None => Uuid::new_v4().simple().to_string(),
        };
        let stack = Self { name: options.name.clone(), server, emulator, deployed, webhook_secret };
        let secrets = json!({"secrets": [stack.webhook_secret, EVENTS_SECRET]});
        stack.set_secret("WebhookSecretArn", &secrets).await?;
        stack.set_secret("TypeformTokenSecretArn", &json!({"token": TYPEFORM_TOKEN})).await?;
        stack.describe(layout, None)?;
        Ok(stack)
    }

    /// The running stack of that name.
    pub async fn attach(layout: &Layout, tools: &Tools, name: &StackName) -> Result<Self> {
        let running = Server::find(layout, name).await?;
        let server = running
            .with_context(|| format!("stack {name} does not run; start it: cargo dev up"))?;
        let emulator = server.emulator()?;
        let deployed = deploy::describe(tools, &emulator, name).await?;
        let description = Self::described(layout, name)?.context("the stack is not up yet")?;
        let webhook_secret = description.webhook_secret;
        Ok(Self { name: name.clone(), server, emulator, deployed, webhook_secret })
    }

    /// Ends the stack of that name; false if it did not run.
    pub async fn down(layout: &Layout, name: &StackName) -> Result<bool> {
        let Some(server) = Server::noted(layout, name)? else { return Ok(false) };
        server.stop().await?;
        if server.keep {
            // The next start goes on with the same users, so their sign-ins must be found again.
            return Ok(true);
        }
        forget(&layout.description(name))?;
        Ok(true)
    }

    /// Where the HTTP API answers, without a slash at the end.
    pub fn http(&self) -> Result<String> {
        let api = self.deployed.output("HttpApiId")?;
        Ok(format!("{}/_aws/execute-api/{api}/$default", self.emulator.endpoint()))
    }

    /// The portal's page. Browsers find a name below `localhost` on this machine, other programs may not.
    pub fn portal(&self) -> Result<String> {
        Ok(format!("{}/portal", fixups::origin(&self.emulator)?))
    }

    /// Puts a JSON value into the secret whose ARN is the output `output`. A function that has read it before
    /// reads it again in its next process.
    pub async fn set_secret(&self, output: &str, value: &serde_json::Value) -> Result<()> {
        let body = json!({
            "SecretId": self.deployed.output(output)?,
            "SecretString": value.to_string(),
            "ClientRequestToken": Uuid::new_v4().to_string(),
        });
        self.emulator.json("secretsmanager", "secretsmanager.PutSecretValue", &body).await?;
        Ok(())
    }

    /// Writes where the stack is, with the sample institution when there is one, and returns it.
    pub fn describe(&self, layout: &Layout, sample: Option<Sample>) -> Result<Description> {
        let http = self.http()?;
        let sample = match sample {
            Some(sample) => Some(sample),
            None => Self::described(layout, &self.name)?.and_then(|found| found.sample),
        };
        let description = Description {
            stack: self.name.to_string(),
            endpoint: self.emulator.endpoint().to_owned(),
            region: self.emulator.region().to_owned(),
            webhook_url: format!("{http}/webhooks/typeform"),
            api_url: format!("{http}/api"),
            portal_url: self.portal()?,
            webhook_secret: self.webhook_secret.clone(),
            sample,
        };
        let path = layout.description(&self.name);
        fs::write(&path, serde_json::to_vec_pretty(&description)?)
            .with_context(|| format!("writing {}", path.display()))?;
        Ok(description)
    }

    /// What an earlier command wrote about the stack of that name.
    pub fn described(layout: &Layout, name: &StackName) -> Result<Option<Description>> {
        let path = layout.description(name);
        match fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text)
                .map(Some)
                .with_context(|| format!("reading {}", path.display())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
        }
    }

    /// Prints what the functions log: what they logged so far, and with `follow` what comes.
    pub async fn logs(&self, functions: &[String], follow: bool) -> Result<()> {
        let mut since = vec![0_u64; functions.len()];
        loop {
            for (function, since) in functions.iter().zip(&mut since) {
                let group = format!("/unihelper/{}/{function}", self.name);
                let body = json!({"logGroupName": group, "startTime": *since});
                let found =
                    self.emulator.json("logs", "Logs_20140328.FilterLogEvents", &body).await?;
                for event in found["events"].as_array().into_iter().flatten() {
                    let line = event["message"].as_str().unwrap_or_default().trim_end();
                    // A pager that was closed has seen enough.
                    if writeln!(std::io::stdout(), "{function}: {line}").is_err() {
                        return Ok(());
                    }
                    *since = (*since).max(event["timestamp"].as_u64().unwrap_or_default() + 1);
                }
            }
            if !follow {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}

/// Removes a file that may be gone already.
fn forget(file: &std::path::Path) -> Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("removing {}", file.display()))
        }
        _ => Ok(()),
    }
}
