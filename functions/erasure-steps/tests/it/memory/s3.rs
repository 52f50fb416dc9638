//! A versioned bucket in memory.

use std::sync::{Arc, Mutex};

use aws_sdk_s3::Client;
use aws_sdk_s3::error::ErrorMetadata;
use aws_sdk_s3::operation::delete_object::DeleteObjectOutput;
use aws_sdk_s3::operation::delete_objects::{DeleteObjectsInput, DeleteObjectsOutput};
use aws_sdk_s3::operation::get_object::{GetObjectError, GetObjectInput, GetObjectOutput};
use aws_sdk_s3::operation::list_object_versions::{
    ListObjectVersionsInput, ListObjectVersionsOutput,
};
use aws_sdk_s3::operation::list_objects_v2::{ListObjectsV2Input, ListObjectsV2Output};
use aws_sdk_s3::operation::put_object::{PutObjectError, PutObjectInput, PutObjectOutput};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::error::NoSuchKey;
use aws_sdk_s3::types::{DeleteMarkerEntry, Object, ObjectVersion};
use aws_smithy_mocks::{MockResponse, mock};

use super::{Gate, client};

/// Most versions on a page; small, so that tests turn pages.
const PAGE: usize = 7;

/// A version, or a delete marker when there is no body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Version {
    pub(crate) key: String,
    pub(crate) id: usize,
    pub(crate) body: Option<Vec<u8>>,
}

/// A bucket with versioning.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bucket(Arc<Mutex<(usize, Vec<Version>)>>);

impl Bucket {
    /// Every version and delete marker, by key, older ones first.
    pub(crate) fn versions(&self) -> Vec<Version> {
        let mut versions = self.0.lock().unwrap().1.clone();
        versions.sort_by(|a, b| (&a.key, a.id).cmp(&(&b.key, b.id)));
        versions
    }

    /// The bucket as it is now, apart from this one.
    pub(crate) fn saved(&self) -> Self {
        Self(Arc::new(Mutex::new(self.0.lock().unwrap().clone())))
    }

    /// Makes this bucket what that one is.
    pub(crate) fn restore(&self, saved: &Self) {
        let saved = saved.0.lock().unwrap().clone();
        *self.0.lock().unwrap() = saved;
    }

    /// Adds a version, or a delete marker.
    pub(crate) fn add(&self, key: &str, body: Option<&[u8]>) {
        let mut bucket = self.0.lock().unwrap();
        bucket.0 += 1;
        let id = bucket.0;
        bucket.1.push(Version { key: key.to_owned(), id, body: body.map(<[u8]>::to_vec) });
    }

    /// What a plain read sees.
    pub(crate) fn current(&self, key: &str) -> Option<Vec<u8>> {
        self.versions().into_iter().rfind(|version| version.key == key)?.body
    }

    /// A client whose calls pass the gate.
    pub(crate) fn client(&self, gate: &Gate) -> Client {
        macro_rules! rule {
            ($operation:ident, $run:expr) => {{
                let (bucket, gate) = (self.clone(), gate.clone());
                mock!(Client::$operation)
                    .then_compute_response(move |input| gate.answer(|| $run(&bucket, input)))
            }};
        }
        let rules = [
            rule!(put_object, Self::put),
            rule!(get_object, Self::get),
            rule!(list_object_versions, Self::list),
            rule!(list_objects_v2, Self::keys),
            rule!(delete_objects, Self::delete),
            // A plain deletion adds a marker only; nobody may count on it.
            rule!(
                delete_object,
                |bucket: &Self, input: &aws_sdk_s3::operation::delete_object::DeleteObjectInput| {
                    bucket.add(input.key().unwrap(), None);
                    MockResponse::Output(DeleteObjectOutput::builder().build())
                }
            ),
        ];
        client!(aws_sdk_s3, rules)
    }

    fn put(&self, input: &PutObjectInput) -> MockResponse<PutObjectOutput, PutObjectError> {
        let key = input.key().unwrap();
        if input.if_none_match() == Some("*") && self.current(key).is_some() {
            let meta = ErrorMetadata::builder().code("PreconditionFailed").build();
            return MockResponse::Error(PutObjectError::generic(meta));
        }
        self.add(key, Some(input.body().bytes().expect("bodies in memory")));
        MockResponse::Output(PutObjectOutput::builder().build())
    }

    fn get(&self, input: &GetObjectInput) -> MockResponse<GetObjectOutput, GetObjectError> {
        let key = input.key().unwrap();
        let body = match input.version_id() {
            None => self.current(key),
            Some(id) => {
                let version = |it: &Version| it.key == key && it.id.to_string() == id;
                self.versions().into_iter().find(version).and_then(|version| version.body)
            }
        };
        let Some(body) = body else {
            let meta = ErrorMetadata::builder().code("NoSuchKey").build();
            let error = NoSuchKey::builder().meta(meta).build();
            return MockResponse::Error(GetObjectError::NoSuchKey(error));
        };
        let output = GetObjectOutput::builder().body(ByteStream::from(body));
        MockResponse::Output(output.build())
    }

    fn keys<E>(&self, input: &ListObjectsV2Input) -> MockResponse<ListObjectsV2Output, E> {
        let prefix = input.prefix().expect("nothing lists the whole bucket");
        let after = input.continuation_token().or(input.start_after()).unwrap_or_default();
        let mut found: Vec<String> =
            self.versions().into_iter().map(|version| version.key).collect();
        found.dedup();
        found.retain(|key| {
            key.starts_with(prefix) && key.as_str() > after && self.current(key).is_some()
        });
        let more = found.len() > PAGE;
        found.truncate(PAGE);
        let next = found.last().filter(|_| more).cloned();
        let listed = found.into_iter().map(|key| Object::builder().key(key).build());
        let output = ListObjectsV2Output::builder().set_contents(Some(listed.collect()));
        MockResponse::Output(output.set_next_continuation_token(next).build())
    }

    fn list<E>(
        &self,
        input: &ListObjectVersionsInput,
    ) -> MockResponse<ListObjectVersionsOutput, E> {
        let prefix = input.prefix().expect("nothing lists the whole bucket");
        let after = input.key_marker().map(|key| {
            (key.to_owned(), input.version_id_marker().map_or(0, |id| id.parse().unwrap()))
        });
        let mut found = self.versions();
        found.retain(|version| {
            version.key.starts_with(prefix)
                && after
                    .as_ref()
                    .is_none_or(|after| (&version.key, version.id) > (&after.0, after.1))
        });
        let more = found.len() > PAGE;
        found.truncate(PAGE);
        let mut output = ListObjectVersionsOutput::builder().is_truncated(more);
        if more {
            let last = &found[PAGE - 1];
            output = output.next_key_marker(&last.key).next_version_id_marker(last.id.to_string());
        }
        for Version { key, id, body } in found {
            let id = id.to_string();
            output = match body {
                Some(_) => {
                    output.versions(ObjectVersion::builder().key(key).version_id(id).build())
                }
                None => output
                    .delete_markers(DeleteMarkerEntry::builder().key(key).version_id(id).build()),
            };
        }
        MockResponse::Output(output.build())
    }

    fn delete<E>(&self, input: &DeleteObjectsInput) -> MockResponse<DeleteObjectsOutput, E> {
        for object in input.delete().unwrap().objects() {
            let id: usize = object.version_id().expect("versions, not keys").parse().unwrap();
            let mut bucket = self.0.lock().unwrap();
            bucket.1.retain(|version| !(version.key == object.key() && version.id == id));
        }
        MockResponse::Output(DeleteObjectsOutput::builder().build())
    }
}
