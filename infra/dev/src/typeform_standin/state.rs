//! What the stand-in remembers.

use std::{
    collections::{BTreeMap, VecDeque},
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use serde_json::{Map, Value, json};

use super::Refusal;

/// How the stand-in behaves.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The access token it accepts.
    pub token: String,
    /// Base path of the account's region, where its responses are.
    pub home_region: String,
    /// Base paths of all regions.
    pub regions: Vec<String>,
    /// How many times a form's responses must be listed before a registered deletion shows.
    pub delete_after_reads: u32,
    /// How long a registered deletion takes at least.
    pub delete_after: Duration,
    /// Requests to forms and responses allowed per second; Typeform allows two. `None`: no limit.
    pub max_per_second: Option<u32>,
}

impl Settings {
    /// An account in the region `eu` that deletes after the next look and limits nothing.
    pub fn new(token: impl Into<String>) -> Self {
        Self {
            token: token.into(),
            home_region: "eu".to_owned(),
            regions: vec!["us".to_owned(), "eu".to_owned()],
            delete_after_reads: 1,
            delete_after: Duration::ZERO,
            max_per_second: None,
        }
    }
}

/// The stand-in's state; clones share it.
#[derive(Clone)]
pub struct StandIn(Arc<Mutex<Inner>>);

struct Inner {
    settings: Settings,
    address: Option<SocketAddr>,
    forms: BTreeMap<String, Form>,
    counters: BTreeMap<&'static str, u64>,
    /// Starts of the requests of the last second.
    recent: VecDeque<Instant>,
    /// How many of the next requests get 503.
    fail_next: u32,
}

#[derive(Default)]
pub(super) struct Form {
    pub(super) definition: Map<String, Value>,
    pub(super) responses: BTreeMap<String, Item>,
    pub(super) webhooks: BTreeMap<String, Value>,
}

/// A response as the Responses API shows it.
pub(super) struct Item {
    pub(super) json: Value,
    /// Registered for deletion.
    pub(super) doomed: Option<Doom>,
}

pub(super) struct Doom {
    reads_left: u32,
    not_before: Instant,
}

impl StandIn {
    /// A stand-in with no forms.
    pub fn new(settings: Settings) -> Self {
        Self(Arc::new(Mutex::new(Inner {
            settings,
            address: None,
            forms: BTreeMap::new(),
            counters: BTreeMap::new(),
            recent: VecDeque::new(),
            fail_next: 0,
        })))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(super) fn set_address(&self, address: SocketAddr) {
        self.lock().address = Some(address);
    }

    pub(super) fn is_token(&self, token: &str) -> bool {
        self.lock().settings.token == token
    }

    pub(super) fn known_region(&self, region: &str) -> Result<(), Refusal> {
        let known = self.lock().settings.regions.iter().any(|name| name == region);
        if known { Ok(()) } else { Err(Refusal::not_found("NOT_FOUND")) }
    }

    pub(super) fn is_home(&self, region: &str) -> bool {
        self.lock().settings.home_region == region
    }

    pub(super) fn count(&self, what: &'static str) {
        *self.lock().counters.entry(what).or_default() += 1;
    }

    /// Requests by kind since the start.
    pub fn counters(&self) -> Value {
        json!(self.lock().counters)
    }

    pub(super) fn fails_now(&self) -> bool {
        let mut inner = self.lock();
        let fails = inner.fail_next > 0;
        inner.fail_next = inner.fail_next.saturating_sub(1);
        fails
    }

    /// Whether another request fits into the last second; if so, it is counted.
    pub(super) fn admits_now(&self) -> bool {
        let mut inner = self.lock();
        let Some(most) = inner.settings.max_per_second else { return true };
        let now = Instant::now();
        while inner
            .recent
            .front()
            .is_some_and(|start| now.duration_since(*start) >= Duration::from_secs(1))
        {
            inner.recent.pop_front();
        }
        let admits = inner.recent.len() < most as usize;
        if admits {
            inner.recent.push_back(now);
        }
        admits
    }

    /// Changes the behaviour of a running stand-in.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut Settings, &mut u32) -> T) -> T {
        let inner = &mut *self.lock();
        change(&mut inner.settings, &mut inner.fail_next)
    }

    /// Makes the form or replaces its questions; its responses and webhooks stay.
    pub fn put_form(&self, form: &str, definition: Map<String, Value>) {
        self.lock().forms.entry(form.to_owned()).or_default().definition = definition;
    }

    pub(super) fn form(&self, form: &str) -> Option<Value> {
        let inner = self.lock();
        let mut json = inner.forms.get(form)?.definition.clone();
        let base = match inner.address {
            Some(address) => format!("http://{address}/{}", inner.settings.home_region),
            None => format!("/{}", inner.settings.home_region),
        };
        json.insert("id".to_owned(), form.into());
        json.insert(
            "_links".to_owned(),
            json!({ "responses": format!("{base}/forms/{form}/responses") }),
        );
        Some(Value::Object(json))
    }

    /// Runs `with` on the form, which is made if `make` and absent.
    pub(super) fn with_form<T>(
        &self,
        form: &str,
        make: bool,
        with: impl FnOnce(&mut Form) -> T,
    ) -> Option<T> {
        let mut inner = self.lock();
        if make {
            return Some(with(inner.forms.entry(form.to_owned()).or_default()));
        }
        inner.forms.get_mut(form).map(with)
    }

    /// Registers the deletion of those of `tokens` that are there.
    pub(super) fn doom(&self, form: &str, tokens: &[String]) -> Option<()> {
        let inner = &mut *self.lock();
        let not_before = Instant::now() + inner.settings.delete_after;
        let reads_left = inner.settings.delete_after_reads;
        let responses = &mut inner.forms.get_mut(form)?.responses;
        for token in tokens {
            if let Some(item) = responses.get_mut(token) {
                item.doomed.get_or_insert(Doom { reads_left, not_before });
            }
        }
        Some(())
    }
}

impl Form {
    /// Removes what is due for deletion, before a look at the responses.
    pub(super) fn settle(&mut self) {
        let now = Instant::now();
        self.responses.retain(|_, item| {
            !item.doomed.as_ref().is_some_and(|doom| doom.reads_left == 0 && doom.not_before <= now)
        });
    }

    /// Brings pending deletions one look closer, after a look at the responses.
    pub(super) fn looked(&mut self) {
        for doom in self.responses.values_mut().filter_map(|item| item.doomed.as_mut()) {
            doom.reads_left = doom.reads_left.saturating_sub(1);
        }
    }
}
