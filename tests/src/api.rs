//! The portal's API as tests call it: every answer is held against the API's document (P1).

use anyhow::{Result, ensure};
use dev::service::{Answer, Portal};
use reqwest::Method;
use serde_json::Value;

use crate::World;

/// A signed-in contact.
#[derive(Clone)]
pub struct Api {
    world: &'static World,
    portal: Portal,
}

impl Api {
    /// The API with a bearer token; an empty one is not sent.
    pub fn new(world: &'static World, token: &str) -> Result<Self> {
        Ok(Self { world, portal: world.service.portal(token)? })
    }

    /// The same, giving a reason with every call, as an operator must; a call's own header
    /// `x-reason` goes before it.
    #[must_use]
    pub fn with_reason(self, reason: &str) -> Self {
        Self { portal: self.portal.with_reason(reason), ..self }
    }

    /// Calls a path. An answer that the document does not promise is an error.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Result<Answer> {
        let answer = self.portal.call(method.clone(), path, headers).await?;
        self.world.document.check(&method, path, &answer)?;
        Ok(answer)
    }

    /// Sends a JSON body to a path.
    pub async fn send(&self, method: Method, path: &str, body: &Value) -> Result<Answer> {
        let answer = self.portal.send(method.clone(), path, body).await?;
        self.world.document.check(&method, path, &answer)?;
        Ok(answer)
    }

    /// Posts a JSON body under an idempotency key.
    pub async fn send_once(&self, key: &str, path: &str, body: &Value) -> Result<Answer> {
        let answer = self.portal.send_once(key, path, body).await?;
        self.world.document.check(&Method::POST, path, &answer)?;
        Ok(answer)
    }

    /// Changes the version of something that was seen.
    pub async fn change(
        &self,
        method: Method,
        path: &str,
        version: u64,
        body: &Value,
    ) -> Result<Answer> {
        let answer = self.portal.change(method.clone(), path, version, body).await?;
        self.world.document.check(&method, path, &answer)?;
        Ok(answer)
    }

    /// Asks once for something that begins from a version that was seen.
    pub async fn change_once(
        &self,
        key: &str,
        path: &str,
        version: u64,
        body: &Value,
    ) -> Result<Answer> {
        let answer = self.portal.change_once(key, path, version, body).await?;
        self.world.document.check(&Method::POST, path, &answer)?;
        Ok(answer)
    }

    /// The status that reading a path answers.
    pub async fn status(&self, path: &str) -> Result<u16> {
        Ok(self.call(Method::GET, path, &[]).await?.status)
    }

    /// Reads a resource that must be there.
    pub async fn get(&self, path: &str) -> Result<Value> {
        let answer = self.call(Method::GET, path, &[]).await?;
        ensure!(answer.status == 200, "GET {path} answered {}: {}", answer.status, answer.body);
        Ok(answer.body)
    }

    /// Reads all items of a list, `limit` at a time; tells how many pages it took.
    pub async fn pages(&self, path: &str, limit: usize) -> Result<(Vec<Value>, usize)> {
        let mut found = Vec::new();
        let mut pages = 0;
        let mut cursor = String::new();
        loop {
            let mark = if path.contains('?') { '&' } else { '?' };
            let page = self.get(&format!("{path}{mark}limit={limit}{cursor}")).await?;
            let items = page["items"].as_array().map_or(&[][..], Vec::as_slice);
            ensure!(items.len() <= limit, "a page of {} with limit {limit}", items.len());
            found.extend_from_slice(items);
            pages += 1;
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok((found, pages)),
            }
        }
    }

    /// Reads all items of a list.
    pub async fn list(&self, path: &str) -> Result<Vec<Value>> {
        Ok(self.pages(path, 200).await?.0)
    }

    /// Approves or rejects groups as they are in a version of their board.
    pub async fn decide(&self, path: &str, board: u32) -> Result<Answer> {
        self.post(path, &[("if-match", &format!("\"{board}\""))]).await
    }

    /// Posts to a path.
    pub async fn post(&self, path: &str, headers: &[(&str, &str)]) -> Result<Answer> {
        self.call(Method::POST, path, headers).await
    }
}
