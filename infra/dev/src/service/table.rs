//! A look behind the scenes, as an administrator of the account has it: what is stored, and a
//! cohort's dates moved back so that eight months need not pass.

use anyhow::{Context as _, Result};
use keys::Scope;
use serde_json::{Value, json};

use super::Service;

impl Service {
    async fn dynamo(&self, operation: &str, mut body: Value) -> Result<Value> {
        body["TableName"] = json!(self.stack.deployed.output("AppTable")?);
        self.emulator().json("dynamodb", &format!("DynamoDB_20120810.{operation}"), &body).await
    }

    /// The items of a partition, in DynamoDB's form.
    pub async fn partition(&self, pk: &str) -> Result<Vec<Value>> {
        let mut found = Vec::new();
        let mut start = Value::Null;
        loop {
            let mut query = json!({
                "KeyConditionExpression": "pk = :pk",
                "ExpressionAttributeValues": { ":pk": { "S": pk } },
                "ConsistentRead": true,
            });
            if !start.is_null() {
                query["ExclusiveStartKey"] = start;
            }
            let answer = self.dynamo("Query", query).await?;
            found.extend(answer["Items"].as_array().cloned().unwrap_or_default());
            start = answer["LastEvaluatedKey"].clone();
            if start.is_null() {
                return Ok(found);
            }
        }
    }

    /// One item, in DynamoDB's form; null if it is not there.
    pub async fn item(&self, key: &keys::Key) -> Result<Value> {
        let body = json!({
            "Key": { "pk": { "S": key.pk }, "sk": { "S": key.sk } },
            "ConsistentRead": true,
        });
        Ok(self.dynamo("GetItem", body).await?["Item"].take())
    }

    /// How many items a cohort has, those whose sort key starts with `prefix`.
    pub async fn count_items(&self, scope: &Scope, prefix: &str) -> Result<usize> {
        let items = self.partition(&keys::cohort_partition(scope)).await?;
        Ok(items
            .iter()
            .filter(|item| item["sk"]["S"].as_str().is_some_and(|sk| sk.starts_with(prefix)))
            .count())
    }

    /// How many must rules the groups of a cohort break, counted once per rule and group.
    pub async fn must_broken(&self, scope: &Scope) -> Result<usize> {
        let items = self.partition(&keys::cohort_partition(scope)).await?;
        Ok(items.iter().map(|item| item["must_broken"]["L"].as_array().map_or(0, Vec::len)).sum())
    }

    /// Moves a cohort's deletion date, as if it had been formed earlier. For the demo and tests only:
    /// the service itself has no way to do this.
    pub async fn set_delete_on(&self, scope: &Scope, delete_on: jiff::civil::Date) -> Result<()> {
        let key = keys::cohort(scope);
        let update = json!({
            "Key": { "pk": { "S": key.pk }, "sk": { "S": key.sk } },
            "UpdateExpression": "SET delete_on = :date, retention_sk = :sk",
            "ConditionExpression": "attribute_exists(pk)",
            "ExpressionAttributeValues": {
                ":date": { "S": delete_on.to_string() },
                ":sk": { "S": keys::retention_sk(delete_on, scope) },
            },
        });
        self.dynamo("UpdateItem", update).await.map(drop)
    }

    /// Keys of all versions and delete markers below a prefix of the bucket.
    pub async fn object_versions(&self, prefix: &str) -> Result<Vec<String>> {
        let bucket = self.stack.deployed.output("DataBucket")?;
        let listing = self.emulator().text(&format!("/{bucket}?versions&prefix={prefix}")).await?;
        let keys = listing.split("<Key>").skip(1).filter_map(|rest| rest.split_once("</Key>"));
        Ok(keys.map(|(key, _)| key.to_owned()).collect())
    }

    /// An object of the bucket.
    pub async fn object(&self, key: &str) -> Result<String> {
        let bucket = self.stack.deployed.output("DataBucket")?;
        self.emulator()
            .text(&format!("/{bucket}/{key}"))
            .await
            .with_context(|| format!("reading {key}"))
    }

    /// Puts an object into the bucket, as no role of the service may. For tests only.
    pub async fn put_object(&self, key: &str, bytes: Vec<u8>) -> Result<()> {
        let bucket = self.stack.deployed.output("DataBucket")?;
        self.emulator().put_object(bucket, key, bytes).await
    }
}
