//! What an administrator of the account sees and does: roles, topics, queues, executions, logs.

use anyhow::{Context as _, Result, ensure};
use dev::deploy;
use dev::emulator::ACCESS_KEY;
use dev::tools::Tools;
use reqwest::{Method, header};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::{World, wait_for};

/// The name of the extra policy by which a test takes a right away.
const TAKEN: &str = "taken-away-by-a-test";

impl World {
    /// Calls an operation of a service that speaks AWS's query protocol; answers XML.
    pub async fn query(&self, service: &str, fields: &[(&str, &str)]) -> Result<String> {
        let emulator = &self.service.stack.emulator;
        let credential = format!(
            "AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/20200101/{}/{service}/aws4_request, \
             SignedHeaders=host, Signature=0",
            emulator.region()
        );
        let request = self.http.post(format!("{}/", emulator.endpoint()));
        let request = request.header(header::AUTHORIZATION, credential).form(fields);
        let answer = request.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        ensure!(status.is_success(), "{service} {:?}: {status} {text}", fields.first());
        Ok(text)
    }

    /// The full name of a function.
    pub fn function(&self, folder: &str) -> String {
        format!("{}-{folder}", self.service.stack.name)
    }

    /// A function's configuration.
    pub async fn configuration(&self, folder: &str) -> Result<Value> {
        let path = format!("/2015-03-31/functions/{}/configuration", self.function(folder));
        self.service.stack.emulator.rest("lambda", Method::GET, &path, None).await
    }

    /// The name of a function's role.
    pub async fn role(&self, folder: &str) -> Result<String> {
        let configuration = self.configuration(folder).await?;
        let arn = configuration["Role"].as_str().context("no role")?;
        Ok(arn.rsplit('/').next().unwrap_or_default().to_owned())
    }

    /// Gives a function new processes, as any change of its configuration does.
    pub async fn new_processes(&self, folder: &str) -> Result<()> {
        let path = format!("/2015-03-31/functions/{}/configuration", self.function(folder));
        // The same settings; the emulator ends the processes when they are set.
        let variables = self.configuration(folder).await?["Environment"]["Variables"].take();
        let body = json!({ "Environment": { "Variables": variables } });
        let emulator = &self.service.stack.emulator;
        emulator.rest("lambda", Method::PUT, &path, Some(&body)).await?;
        wait_for("the function", async || {
            let state = self.configuration(folder).await?["LastUpdateStatus"].take();
            Ok((state == "Successful").then_some(()))
        })
        .await
    }

    /// Takes actions on a resource away from a function while `work` runs, whatever becomes of it; of a table, on the
    /// partitions alone whose keys are like `partitions`.
    pub async fn without_right<T>(
        &self,
        folder: &str,
        actions: &[&str],
        resource: &str,
        partitions: Option<&str>,
        work: impl AsyncFnOnce() -> Result<T>,
    ) -> Result<T> {
        let role = self.role(folder).await?;
        let mut statement = json!({ "Effect": "Deny", "Action": actions, "Resource": resource });
        if let Some(keys) = partitions {
            let like = json!({ "dynamodb:LeadingKeys": [keys] });
            statement["Condition"] = json!({ "ForAllValues:StringLike": like });
        }
        let document = json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string();
        let named = [("RoleName", role.as_str()), ("PolicyName", TAKEN)];
        let put = [("Action", "PutRolePolicy"), ("PolicyDocument", document.as_str())];
        self.query("iam", &[&put[..], &named[..]].concat()).await?;
        let outcome = work().await;
        let delete = [("Action", "DeleteRolePolicy")];
        self.query("iam", &[&delete[..], &named[..]].concat()).await?;
        outcome
    }

    /// Publishes to the topic of mail events, as SES does.
    pub async fn publish_mail_event(&self, event: &Value) -> Result<()> {
        let topic = self.service.stack.deployed.output("MailEventsTopicArn")?;
        let message = event.to_string();
        let fields = [("Action", "Publish"), ("TopicArn", topic), ("Message", message.as_str())];
        self.query("sns", &fields).await.map(drop)
    }

    /// Puts a body into the mail queue.
    pub async fn queue_mail(&self, body: &Value) -> Result<()> {
        let url = self.service.stack.deployed.output("MailQueueUrl")?;
        let send = json!({ "QueueUrl": url, "MessageBody": body.to_string() });
        let emulator = &self.service.stack.emulator;
        emulator.json("sqs", "AmazonSQS.SendMessage", &send).await.map(drop)
    }

    /// Queue and body of what lies in any queue now, whether or not a receiver holds it.
    pub async fn queued(&self) -> Result<Vec<(String, String)>> {
        let emulator = &self.service.stack.emulator;
        let told = emulator.rest("sqs", Method::GET, "/_ministack/sqs/messages", None).await?;
        let accounts = told["messages"].as_object().into_iter().flatten();
        let regions = accounts.flat_map(|(_, regions)| regions.as_object().into_iter().flatten());
        let queues = regions.flat_map(|(_, queues)| queues.as_object().into_iter().flatten());
        let bodies = queues.flat_map(|(queue, messages)| {
            let bodies = messages.as_array().into_iter().flatten();
            bodies.map(|message| {
                (queue.clone(), message["Body"].as_str().unwrap_or_default().to_owned())
            })
        });
        Ok(bodies.collect())
    }

    /// The executions of a state machine, given by its output, whose name starts with `name`.
    pub async fn executions(&self, machine: &str, name: &str) -> Result<Vec<Value>> {
        let arn = self.service.stack.deployed.output(machine)?;
        let mut found = Vec::new();
        let mut token = Value::Null;
        loop {
            let mut body = json!({ "stateMachineArn": arn });
            if !token.is_null() {
                body["nextToken"] = token;
            }
            let answer = self.states("ListExecutions", &body).await?;
            let page = answer["executions"].as_array().cloned().unwrap_or_default();
            found.extend(page);
            token = answer["nextToken"].clone();
            if token.is_null() {
                break;
            }
        }
        found.retain(|execution| {
            execution["name"].as_str().is_some_and(|known| known.starts_with(name))
        });
        Ok(found)
    }

    /// Input, output and history of an execution as text.
    pub async fn told_by_execution(&self, execution: &Value) -> Result<String> {
        let arn = &execution["executionArn"];
        let described = self.states("DescribeExecution", &json!({ "executionArn": arn })).await?;
        let history = json!({ "executionArn": arn, "maxResults": 1000 });
        let history = self.states("GetExecutionHistory", &history).await?;
        Ok(format!("{described}{history}"))
    }

    async fn states(&self, operation: &str, body: &Value) -> Result<Value> {
        let target = format!("AWSStepFunctions.{operation}");
        self.service.stack.emulator.json("states", &target, body).await
    }

    /// The names of all groups of logs.
    pub async fn log_groups(&self) -> Result<Vec<String>> {
        let emulator = &self.service.stack.emulator;
        let answer = emulator.json("logs", "Logs_20140328.DescribeLogGroups", &json!({})).await?;
        let mut found = Vec::new();
        collect(&answer, "logGroupName", &mut found);
        Ok(found)
    }

    /// Everything in a group of logs.
    pub async fn logged(&self, group: &str) -> Result<String> {
        let emulator = &self.service.stack.emulator;
        let mut text = String::new();
        let mut token = Value::Null;
        loop {
            let mut body = json!({ "logGroupName": group });
            if !token.is_null() {
                body["nextToken"] = token;
            }
            let answer = emulator.json("logs", "Logs_20140328.FilterLogEvents", &body).await?;
            let mut lines = Vec::new();
            collect(&answer, "message", &mut lines);
            text.extend(lines.into_iter().flat_map(|line| [line, "\n".to_owned()]));
            token = answer["nextToken"].clone();
            if token.is_null() {
                return Ok(text);
            }
        }
    }

    /// The group of logs of a function.
    pub fn log_group(&self, folder: &str) -> String {
        format!("/unihelper/{}/{folder}", self.service.stack.name)
    }

    /// The entries of an institution in the audit trail.
    pub async fn audit(&self, institution: &domain::InstitutionId) -> Result<Vec<Value>> {
        let table = self.service.stack.deployed.output("AuditTable")?;
        let mut found = Vec::new();
        let mut start = Value::Null;
        loop {
            let mut query = json!({
                "TableName": table,
                "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
                "ExpressionAttributeValues": {
                    ":pk": { "S": format!("INS#{institution}") }, ":prefix": { "S": "ENTRY#" },
                },
            });
            if !start.is_null() {
                query["ExclusiveStartKey"] = start;
            }
            let answer = self.dynamodb("Query", &query).await?;
            found.extend(answer["Items"].as_array().cloned().unwrap_or_default());
            start = answer["LastEvaluatedKey"].clone();
            if start.is_null() {
                return Ok(found);
            }
        }
    }

    /// The policies of a function's own role, without what another test takes away from it meanwhile.
    pub async fn policies(&self, folder: &str) -> Result<Vec<Value>> {
        let role = self.role(folder).await?;
        let list = [("Action", "ListRolePolicies"), ("RoleName", role.as_str())];
        let listed = self.query("iam", &list).await?;
        let names = listed.split("<member>").skip(1).filter_map(|rest| rest.split_once('<'));
        let mut found = Vec::new();
        for (name, _) in names.filter(|(name, _)| *name != TAKEN) {
            let get = [("Action", "GetRolePolicy"), ("RoleName", &role), ("PolicyName", name)];
            let got = self.query("iam", &get).await?;
            let (_, rest) = got.split_once("<PolicyDocument>").context("no document")?;
            let (encoded, _) = rest.split_once('<').context("no end")?;
            // Percent-encoded, as a query is.
            let url = reqwest::Url::parse(&format!("http://localhost/?document={encoded}"))?;
            let (_, document) = url.query_pairs().next().context("no document")?;
            found.push(serde_json::from_str(&document).context("the policy is not JSON")?);
        }
        Ok(found)
    }

    /// The `aws` program with exactly the rights of a function's own policies. The user made for it stays until the
    /// stack ends.
    pub async fn aws_with_rights_of(&self, folder: &str) -> Result<impl Fn() -> Command + use<>> {
        let user = format!("{folder}-{}", crate::cohort::unique());
        let named = ("UserName", user.as_str());
        self.query("iam", &[("Action", "CreateUser"), named]).await?;
        for (number, policy) in self.policies(folder).await?.into_iter().enumerate() {
            let (name, document) = (format!("p{number}"), policy.to_string());
            let put = [("PolicyName", name.as_str()), ("PolicyDocument", document.as_str())];
            let put = [&[("Action", "PutUserPolicy"), named], &put[..]].concat();
            self.query("iam", &put).await?;
        }
        let made = self.query("iam", &[("Action", "CreateAccessKey"), named]).await?;
        let part = |name: &str| {
            let (_, rest) = made.split_once(&format!("<{name}>")).context("no access key")?;
            Ok::<_, anyhow::Error>(rest.split('<').next().unwrap_or_default().to_owned())
        };
        let (id, secret) = (part("AccessKeyId")?, part("SecretAccessKey")?);
        let tools = Tools::install(&self.service.layout).await?;
        let emulator = self.service.stack.emulator.clone();
        Ok(move || {
            let mut command = deploy::aws(&tools, &emulator);
            command.env("AWS_ACCESS_KEY_ID", &id).env("AWS_SECRET_ACCESS_KEY", &secret);
            command
        })
    }

    /// Calls an operation of DynamoDB; the body names the table.
    pub async fn dynamodb(&self, operation: &str, body: &Value) -> Result<Value> {
        let target = format!("DynamoDB_20120810.{operation}");
        self.service.stack.emulator.json("dynamodb", &target, body).await
    }

    /// Sets an attribute of an item in the application's table.
    pub async fn set(&self, key: &keys::Key, name: &str, value: &Value) -> Result<()> {
        let update = json!({
            "TableName": self.service.stack.deployed.output("AppTable")?,
            "Key": { "pk": { "S": key.pk }, "sk": { "S": key.sk } },
            "UpdateExpression": "SET #name = :value",
            "ConditionExpression": "attribute_exists(pk)",
            "ExpressionAttributeNames": { "#name": name },
            "ExpressionAttributeValues": { ":value": value },
        });
        self.dynamodb("UpdateItem", &update).await.map(drop)
    }
}

/// Every text under this name, at any depth.
fn collect(value: &Value, name: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                match member {
                    Value::String(text) if key == name => found.push(text.clone()),
                    member => collect(member, name, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, name, found)),
        _ => {}
    }
}
