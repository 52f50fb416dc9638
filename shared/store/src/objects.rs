//! The bucket: raw questionnaires, what solvers read and write, certificates.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::list_object_versions::ListObjectVersionsOutput;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use crate::Error;

/// The bucket.
#[derive(Debug, Clone)]
pub struct Objects {
    client: aws_sdk_s3::Client,
    bucket: String,
}

/// How a conditional put ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutOutcome {
    /// The object was written.
    Written,
    /// An object of this key was there; nothing changed.
    Existed,
}

/// One version of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectVersion {
    /// The bucket's name for it.
    pub id: String,
    /// When it was stored, unless the bucket does not say.
    pub stored_at: Option<jiff::Timestamp>,
}

/// How the deletion of what is below a prefix ended.
#[must_use]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deleted {
    /// Nothing is left; so many versions and delete markers went.
    All(u64),
    /// The time is up; there is more.
    Some,
    /// The bucket deletes none of what it still has.
    Kept,
}

/// S3 lists and deletes at most this many versions at once.
const PAGE: i32 = 1000;

impl Objects {
    /// Binds a client to a bucket.
    pub fn new(client: aws_sdk_s3::Client, bucket: impl Into<String>) -> Self {
        Self { client, bucket: bucket.into() }
    }

    /// Writes an object unless its key is taken: the first body that came stays.
    pub async fn create(&self, key: &str, body: Vec<u8>) -> Result<PutOutcome, Error> {
        let outcome = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .content_type("application/json")
            .if_none_match("*")
            .body(ByteStream::from(body))
            .send()
            .await;
        match outcome {
            Ok(_) => Ok(PutOutcome::Written),
            Err(error) if code(&error) == Some("PreconditionFailed") => Ok(PutOutcome::Existed),
            Err(error) => Err(Error::unavailable("create_object", error)),
        }
    }

    /// Writes a value as JSON, replacing what was there.
    pub async fn put_json<T: Serialize>(&self, key: &str, value: &T) -> Result<Vec<u8>, Error> {
        let body = serde_json::to_vec(value).map_err(|_| Error::Unwritable { kind: "object" })?;
        self.client
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .content_type("application/json")
            .body(ByteStream::from(body.clone()))
            .send()
            .await
            .map_err(|error| Error::unavailable("put_json", error))?;
        Ok(body)
    }

    /// Reads an object.
    pub async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
        self.read(key, None).await
    }

    async fn read(&self, key: &str, version: Option<&str>) -> Result<Option<Vec<u8>>, Error> {
        let asked = self.client.get_object().bucket(&self.bucket).key(key);
        let answer = match asked.set_version_id(version.map(str::to_owned)).send().await {
            Ok(answer) => answer,
            Err(error) if matches!(code(&error), Some("NoSuchKey" | "NoSuchVersion")) => {
                return Ok(None);
            }
            Err(error) => return Err(Error::unavailable("get_object", error)),
        };
        let body = answer.body.collect().await.map_err(|_| Error::Unavailable {
            operation: "get_object",
            code: "body".into(),
            source: "the body broke off".into(),
        })?;
        Ok(Some(body.to_vec()))
    }

    /// The versions of one object, the oldest first; delete markers are none.
    pub async fn versions_of(&self, key: &str) -> Result<Vec<ObjectVersion>, Error> {
        let mut found = Vec::new();
        let (mut from, mut version) = (None, None);
        loop {
            let answer = self.list_versions(key, from, version).await?;
            // A longer key begins like this one.
            let theirs = answer.versions().iter().filter(|it| it.key() == Some(key));
            found.extend(theirs.filter_map(|it| {
                let at = it.last_modified().and_then(|at| {
                    jiff::Timestamp::new(at.secs(), i32::try_from(at.subsec_nanos()).ok()?).ok()
                });
                Some(ObjectVersion { id: it.version_id()?.to_owned(), stored_at: at })
            }));
            if !answer.is_truncated().unwrap_or(false) {
                break;
            }
            (from, version) = (answer.next_key_marker, answer.next_version_id_marker);
        }
        // S3 names the newest first.
        found.reverse();
        Ok(found)
    }

    /// Reads one version of an object.
    pub async fn get_version(&self, key: &str, version: &str) -> Result<Option<Vec<u8>>, Error> {
        self.read(key, Some(version)).await
    }

    /// Reads a JSON object.
    pub async fn get_json<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, Error> {
        let body = self.get(key).await?;
        body.map(|body| {
            serde_json::from_slice(&body).map_err(|_| Error::Corrupt { kind: "object" })
        })
        .transpose()
    }

    /// The keys below a prefix, in order; with `after`, those that come after it.
    pub async fn keys(&self, prefix: &str, after: Option<&str>) -> Result<Vec<String>, Error> {
        let mut keys = Vec::new();
        let mut more = None;
        loop {
            let listed = self
                .client
                .list_objects_v2()
                .bucket(&self.bucket)
                .prefix(prefix)
                .set_start_after(after.map(str::to_owned))
                .set_continuation_token(more)
                .send()
                .await
                .map_err(|error| Error::unavailable("list_objects", error))?;
            keys.extend(
                listed.contents().iter().filter_map(|object| object.key().map(str::to_owned)),
            );
            more = listed.next_continuation_token;
            if more.is_none() {
                return Ok(keys);
            }
        }
    }

    /// At most so many keys below a prefix, in order; with `after`, those that come after it.
    pub async fn keys_page(
        &self,
        prefix: &str,
        after: Option<&str>,
        most: i32,
    ) -> Result<Vec<String>, Error> {
        let listed = self
            .client
            .list_objects_v2()
            .bucket(&self.bucket)
            .prefix(prefix)
            .set_start_after(after.map(str::to_owned))
            .max_keys(most)
            .send()
            .await
            .map_err(|error| Error::unavailable("list_objects", error))?;
        Ok(listed.contents().iter().filter_map(|object| object.key().map(str::to_owned)).collect())
    }

    /// Writes an object, replacing what was there.
    pub async fn put(&self, key: &str, kind: &str, body: Vec<u8>) -> Result<(), Error> {
        self.client
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .content_type(kind)
            .body(ByteStream::from(body))
            .send()
            .await
            .map(drop)
            .map_err(|error| Error::unavailable("put_object", error))
    }

    /// An address at which an object can be fetched for so long without further ado. It names the key,
    /// which holds ids only. A browser saves what it gets there, under the last part of the key, and shows nothing.
    pub async fn presigned(&self, key: &str, valid: Duration) -> Result<String, Error> {
        let valid = PresigningConfig::expires_in(valid)
            .map_err(|_| Error::Unwritable { kind: "presigned address" })?;
        let name = key.rsplit('/').next().unwrap_or_default();
        let asked = self.client.get_object().bucket(&self.bucket).key(key);
        let asked = asked.response_content_disposition(format!("attachment; filename=\"{name}\""));
        let made = asked.presigned(valid).await;
        let made = made.map_err(|error| Error::unavailable("presign", error))?;
        Ok(made.uri().to_owned())
    }

    /// Deletes up to 1,000 versions and delete markers below a prefix; tells how many, and whether
    /// none is left. What is gone stays gone, so a run that died is simply run again.
    async fn delete_versions(&self, prefix: &str) -> Result<(u64, bool), Error> {
        let (versions, more) = self.versions(prefix).await?;
        if versions.is_empty() {
            return Ok((0, true));
        }
        let count = versions.len() as u64;
        let delete = Delete::builder()
            .set_objects(Some(versions))
            .quiet(true)
            .build()
            .map_err(|_| Error::Unwritable { kind: "delete request" })?;
        let answer = self
            .client
            .delete_objects()
            .bucket(&self.bucket)
            .delete(delete)
            .send()
            .await
            .map_err(|error| Error::unavailable("delete_versions", error))?;
        let failed = answer.errors().len() as u64;
        Ok((count - failed.min(count), !more && failed == 0))
    }

    /// Deletes every version and delete marker below a prefix, until a moment if one is given.
    /// Repeatable: each round lists what is there and deletes that.
    pub async fn delete_below(
        &self,
        prefix: &str,
        until: Option<Instant>,
    ) -> Result<Deleted, Error> {
        let mut gone = 0;
        loop {
            match self.delete_versions(prefix).await? {
                (last, true) => return Ok(Deleted::All(gone + last)),
                (0, false) => return Ok(Deleted::Kept),
                _ if until.is_some_and(|until| Instant::now() >= until) => {
                    return Ok(Deleted::Some);
                }
                (some, false) => gone += some,
            }
        }
    }

    /// How many versions and delete markers are below a prefix.
    pub async fn count_versions(&self, prefix: &str) -> Result<u64, Error> {
        let mut count = 0;
        let (mut key, mut version) = (None, None);
        loop {
            let answer = self.list_versions(prefix, key, version).await?;
            count += (answer.versions().len() + answer.delete_markers().len()) as u64;
            if !answer.is_truncated().unwrap_or(false) {
                return Ok(count);
            }
            (key, version) = (answer.next_key_marker, answer.next_version_id_marker);
        }
    }

    /// The keys below a prefix, those of which only old versions or delete markers are left included.
    pub async fn every_key(&self, prefix: &str) -> Result<BTreeSet<String>, Error> {
        let mut keys = BTreeSet::new();
        let (mut key, mut version) = (None, None);
        loop {
            let answer = self.list_versions(prefix, key, version).await?;
            let versions = answer.versions().iter().filter_map(|version| version.key());
            let markers = answer.delete_markers().iter().filter_map(|marker| marker.key());
            keys.extend(versions.chain(markers).map(str::to_owned));
            if !answer.is_truncated().unwrap_or(false) {
                return Ok(keys);
            }
            (key, version) = (answer.next_key_marker, answer.next_version_id_marker);
        }
    }

    /// The first page of what is below a prefix, and whether there is more.
    async fn versions(&self, prefix: &str) -> Result<(Vec<ObjectIdentifier>, bool), Error> {
        let answer = self.list_versions(prefix, None, None).await?;
        let versions = answer.versions().iter().map(|v| (v.key(), v.version_id()));
        let markers = answer.delete_markers().iter().map(|m| (m.key(), m.version_id()));
        let found = versions
            .chain(markers)
            .filter_map(|(key, version)| {
                ObjectIdentifier::builder()
                    .key(key?)
                    .set_version_id(version.map(str::to_owned))
                    .build()
                    .ok()
            })
            .collect();
        Ok((found, answer.is_truncated().unwrap_or(false)))
    }

    async fn list_versions(
        &self,
        prefix: &str,
        key: Option<String>,
        version: Option<String>,
    ) -> Result<ListObjectVersionsOutput, Error> {
        self.client
            .list_object_versions()
            .bucket(&self.bucket)
            .prefix(prefix)
            .set_key_marker(key)
            .set_version_id_marker(version)
            .max_keys(PAGE)
            .send()
            .await
            .map_err(|error| Error::unavailable("list_versions", error))
    }
}

fn code<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> Option<&str> {
    error.as_service_error().and_then(ProvideErrorMetadata::code)
}
