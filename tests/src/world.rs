//! The stack that all tests of the process run on.

use std::sync::LazyLock;

use anyhow::{Context as _, Result};
use dev::sample::Submission;
use dev::service::{Delivered, Service, sample_event};
use domain::InstitutionId;
use serde_json::Value;
use tokio::runtime::Runtime;
use tokio::sync::{Mutex, OnceCell, RwLock};

use crate::openapi::Document;
use crate::{Api, contacts};

/// The variable that names the stack.
const STACK: &str = "UNIHELPER_STACK";

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Runtime::new().expect("the machine lets a process have threads"));

static WORLD: OnceCell<World> = OnceCell::const_new();

/// The attached stack, and what keeps tests out of each other's way.
pub struct World {
    /// The service as its users meet it.
    pub service: Service,
    /// A client for requests that nobody sends by habit.
    pub http: reqwest::Client,
    /// The API's document: every answer is held against it.
    pub document: Document,
    /// The sample institution, whose most cohorts are.
    pub institution: InstitutionId,
    /// Held alone by a test that takes the processes away from the webhook; every delivery shares it.
    pub deliveries: RwLock<()>,
    /// Held from making a cohort due to the sweep that finds it: any sweep erases all that is due.
    pub sweeps: Mutex<()>,
    pub(crate) coordinator: OnceCell<contacts::Contact>,
    pub(crate) operator: OnceCell<contacts::Contact>,
}

/// Runs a test on the stack. All tests share one runtime, because the clients' connections belong
/// to the runtime they were opened on.
pub fn run(test: impl AsyncFnOnce(&'static World) -> Result<()>) -> Result<()> {
    RUNTIME.block_on(async {
        let world = WORLD.get_or_try_init(World::attach).await?;
        test(world).await
    })
}

impl World {
    async fn attach() -> Result<Self> {
        #[expect(clippy::disallowed_methods, reason = "tests have no settings but this one")]
        let name = std::env::var(STACK).ok().with_context(|| {
            format!("{STACK} names no running stack; `cargo dev test` starts one for these tests")
        })?;
        let service = Service::attach(&name.parse()?).await?;
        let institution = sample_event(&service.layout, "onboarding", "institution")?;
        service.onboard_institution(&institution["institution"]).await?;
        let institution = institution["institution"]["id"].as_str().context("no institution")?;
        let document = Document::read(&service.layout)?;
        Ok(Self {
            institution: InstitutionId::parse(institution)?,
            service,
            http: reqwest::Client::builder().no_proxy().build()?,
            document,
            deliveries: RwLock::new(()),
            sweeps: Mutex::new(()),
            coordinator: OnceCell::new(),
            operator: OnceCell::new(),
        })
    }

    /// The API as a coordinator of the sample institution calls it.
    pub async fn coordinator(&'static self) -> Result<Api> {
        let make = || self.contact(&self.institution, "coordinator");
        Ok(self.coordinator.get_or_try_init(make).await?.api.clone())
    }

    /// The API as the processor's staff calls it.
    pub async fn operator(&'static self) -> Result<Api> {
        let make = || self.contact(&self.institution, "operator");
        Ok(self.operator.get_or_try_init(make).await?.api.clone())
    }

    /// Submits a questionnaire: Typeform keeps it, then delivers it.
    pub async fn submit(&self, submission: &Submission<'_>) -> Result<Delivered> {
        let _shared = self.deliveries.read().await;
        self.service.submit(submission).await
    }

    /// Delivers a payload with its right signature.
    pub async fn deliver(&self, payload: &Value) -> Result<Delivered> {
        self.deliver_bytes(payload.to_string().into_bytes()).await
    }

    /// Delivers a body with its right signature.
    pub async fn deliver_bytes(&self, body: Vec<u8>) -> Result<Delivered> {
        let _shared = self.deliveries.read().await;
        self.service.deliver(body).await
    }

    /// Posts a body with any signature or none.
    pub async fn post(&self, body: Vec<u8>, signature: Option<&str>) -> Result<Delivered> {
        let _shared = self.deliveries.read().await;
        self.service.post(body, signature).await
    }
}
