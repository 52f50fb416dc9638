//! A cohort as the service keeps it, put straight into the stores.

use anyhow::Result;
use domain::cohort::Settings;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use keys::Scope;
use serde_json::{Value, json};

use crate::service::Service;

/// Calls under way at once.
const PARALLEL: usize = 8;
/// Items per batch of DynamoDB.
const BATCH: usize = 25;
/// Of so many raw questionnaires one was replaced by a masked one, which leaves a version behind.
const REPLACED: usize = 4;

/// What there is of the cohort.
pub(super) struct Seeded {
    pub(super) students: u64,
    /// Items in the cohort's partition, and their sizes together in bytes.
    pub(super) items: u64,
    pub(super) bytes: u64,
    /// Versions of objects.
    pub(super) versions: u64,
    /// Responses at Typeform.
    pub(super) responses: u64,
}

/// Students with a response, a raw questionnaire and a mail each.
pub(super) async fn seed(
    service: &Service,
    scope: &Scope,
    settings: &Settings,
    students: usize,
) -> Result<Seeded> {
    let items: Vec<Value> = (0..students).flat_map(|number| items(scope, number)).collect();
    let bytes = items.iter().map(|item| item.to_string().len() as u64).sum();
    let table = service.stack.deployed.output("AppTable")?;
    let emulator = &service.stack.emulator;
    let batches = items.chunks(BATCH).map(|batch| {
        let puts: Vec<Value> =
            batch.iter().map(|item| json!({ "PutRequest": { "Item": item } })).collect();
        json!({ "RequestItems": { table: puts } })
    });
    let writes = stream::iter(batches).map(Ok).try_for_each_concurrent(PARALLEL, async |batch| {
        emulator.json("dynamodb", "DynamoDB_20120810.BatchWriteItem", &batch).await.map(drop)
    });
    writes.await?;

    let raw = json!({ "form_response": { "answers": "x".repeat(3000) } }).to_string();
    let keys = (0..students).flat_map(|number| {
        let versions = if number % REPLACED == 0 { 2 } else { 1 };
        let prefix = keys::cohort_prefix(scope);
        std::iter::repeat_n(format!("{prefix}responses/{}.json", token(number)), versions)
    });
    let keys: Vec<String> = keys.collect();
    stream::iter(&keys)
        .map(Ok)
        .try_for_each_concurrent(PARALLEL, async |key| {
            service.put_object(key, raw.clone().into_bytes()).await
        })
        .await?;

    let tokens: Vec<Value> =
        (0..students).map(|number| json!({ "token": token(number) })).collect();
    for batch in tokens.chunks(1000) {
        service.keep_at_typeform(settings.form.as_str(), &json!(batch)).await?;
    }
    Ok(Seeded {
        students: students as u64,
        items: items.len() as u64,
        bytes,
        versions: keys.len() as u64,
        responses: students as u64,
    })
}

fn token(number: usize) -> String {
    format!("bench{number:027}")
}

fn items(scope: &Scope, number: usize) -> [Value; 3] {
    let pk = keys::cohort_partition(scope);
    let (student, token) = (format!("stu_{number:032}"), token(number));
    let at = "2026-09-10T10:00:00Z";
    let answers: serde_json::Map<String, Value> = (0..20)
        .map(|question| (format!("question-{question}"), json!({ "M": { "scale": { "N": "3" } } })))
        .collect();
    [
        json!({
            "pk": { "S": pk }, "sk": { "S": format!("STUDENT#{student}") },
            "id": { "S": student }, "email": { "S": format!("s{number}@example.edu") },
            "name": { "S": format!("Student {number}") }, "number": { "S": format!("s{number:06}") },
            "section": { "S": "hold-a" }, "response": { "S": token },
            "submitted_at": { "S": at }, "submitted_order": { "N": "1789034400000" },
        }),
        json!({
            "pk": { "S": pk }, "sk": { "S": format!("RESPONSE#{token}") },
            "token": { "S": token }, "student": { "S": student }, "section": { "S": "hold-a" },
            "submitted_at": { "S": at }, "received_at": { "S": at },
            "profile": { "M": { "answers": { "M": answers } } },
        }),
        json!({
            "pk": { "S": pk }, "sk": { "S": format!("MESSAGE#msg_{number:032}") },
            "id": { "S": format!("msg_{number:032}") }, "kind": { "S": "group" },
            "student": { "S": student }, "formation": { "S": "for_bench" },
            "section": { "S": "hold-a" }, "group": { "N": "1" }, "status": { "S": "delivered" },
            "status_at": { "S": at }, "attempts": { "N": "1" },
        }),
    ]
}
