//! The running service as its users meet it: Typeform posts to the webhook, operators invoke
//! functions, contacts sign in and call the API, students get mail. The demo, `seed` and the
//! end-to-end tests all go through here, and through nothing that production lacks.

mod mailbox;
mod operator;
mod portal;
mod sign_in;
mod table;
mod typeform;
mod webhook;

use anyhow::{Context as _, Result};

pub use mailbox::Mail;
pub use operator::{InvokeError, sample_event};
pub use portal::{Answer, Portal};
pub use sign_in::one_time_code;
pub use webhook::Delivered;

use crate::emulator::Emulator;
use crate::layout::{Layout, StackName};
use crate::stack::Stack;
use crate::tools::Tools;

/// A running stack with everything needed to act on it.
#[derive(Debug)]
pub struct Service {
    /// The repository.
    pub layout: Layout,
    /// The stack.
    pub stack: Stack,
    http: reqwest::Client,
}

impl Service {
    /// Acts on a stack.
    pub fn new(layout: Layout, stack: Stack) -> Result<Self> {
        let http = reqwest::Client::builder()
            .no_proxy()
            // The sign-in answers by redirects whose targets are read, not followed.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .context("making a client")?;
        Ok(Self { layout, stack, http })
    }

    /// Acts on the running stack of that name.
    pub async fn attach(name: &StackName) -> Result<Self> {
        let layout = Layout::find()?;
        let tools = Tools::install(&layout).await?;
        let stack = Stack::attach(&layout, &tools, name).await?;
        Self::new(layout, stack)
    }

    fn emulator(&self) -> &Emulator {
        &self.stack.emulator
    }
}
