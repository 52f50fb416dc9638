//! DynamoDB and S3 in memory, behind the real SDK clients: what the store asks for is evaluated, so
//! conditions, pages and versions behave as they do there. Each call can be made to fail, before or
//! after it took effect.

pub(crate) mod dynamo;
mod expression;
pub(crate) mod s3;

use std::sync::{Arc, Mutex};

use aws_smithy_mocks::MockResponse;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::body::SdkBody;

/// Makes a client of an SDK crate that is answered by rules alone and never tries twice.
macro_rules! client {
    ($sdk:ident, $rules:expr) => {{
        let mut interceptor = aws_smithy_mocks::MockResponseInterceptor::new()
            .rule_mode(aws_smithy_mocks::RuleMode::MatchAny);
        for rule in &$rules {
            interceptor = interceptor.with_rule(rule);
        }
        $sdk::Client::from_conf(
            $sdk::Config::builder()
                .behavior_version($sdk::config::BehaviorVersion::latest())
                .region($sdk::config::Region::from_static("eu-north-1"))
                .credentials_provider($sdk::config::Credentials::new("a", "b", None, None, "test"))
                .retry_config($sdk::config::retry::RetryConfig::disabled())
                .http_client(aws_smithy_mocks::create_mock_http_client())
                .interceptor(interceptor)
                .build(),
        )
    }};
}
pub(crate) use client;

/// When a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// Nothing happened.
    Before,
    /// It took effect, but the answer is lost.
    After,
}

/// Counts the calls to the outside and fails the chosen one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gate(Arc<Mutex<Calls>>);

#[derive(Debug, Default)]
struct Calls {
    count: usize,
    fault: Option<(usize, When)>,
}

impl Gate {
    /// Fails one call, counted from zero.
    pub(crate) fn fail(&self, call: usize, when: When) {
        *self.0.lock().unwrap() = Calls { count: 0, fault: Some((call, when)) };
    }

    /// How many calls there were.
    pub(crate) fn calls(&self) -> usize {
        self.0.lock().unwrap().count
    }

    /// Whether and when this call fails.
    pub(crate) fn next(&self) -> Option<When> {
        let mut calls = self.0.lock().unwrap();
        let call = calls.count;
        calls.count += 1;
        calls.fault.filter(|(chosen, _)| *chosen == call).map(|(_, when)| when)
    }

    /// Does what a call asks for, or fails it.
    pub(crate) fn answer<O, E>(
        &self,
        effect: impl FnOnce() -> MockResponse<O, E>,
    ) -> MockResponse<O, E> {
        let when = self.next();
        if when == Some(When::Before) {
            return broken();
        }
        let answer = effect();
        if when == Some(When::After) { broken() } else { answer }
    }
}

fn broken<O, E>() -> MockResponse<O, E> {
    MockResponse::Http(HttpResponse::new(500.try_into().unwrap(), SdkBody::empty()))
}
