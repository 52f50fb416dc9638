//! The mail queue.

use std::time::Duration;

use aws_sdk_sqs::error::ProvideErrorMetadata;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use domain::message::MessageRef;

/// The queue of messages to send.
#[derive(Debug, Clone)]
pub struct MailQueue {
    client: aws_sdk_sqs::Client,
    url: String,
}

/// SQS did not take some messages; trying again later may help.
#[derive(Debug, thiserror::Error)]
#[error("messages cannot be queued ({code})")]
pub struct QueueError {
    code: String,
}

/// SQS takes at most this many messages at once.
pub const BATCH: usize = 10;

/// How often messages that SQS refused out of a batch are sent again.
const TRIES: u32 = 5;

impl MailQueue {
    /// Binds a client to a queue.
    pub fn new(client: aws_sdk_sqs::Client, url: impl Into<String>) -> Self {
        Self { client, url: url.into() }
    }

    /// Queues up to [`BATCH`] messages. One that is queued twice is sent once: the mailer claims
    /// its record first.
    pub async fn send(&self, messages: &[MessageRef]) -> Result<(), QueueError> {
        let mut left: Vec<&MessageRef> = messages.iter().collect();
        for attempt in 0..TRIES {
            if attempt > 0 {
                tokio::time::sleep(Duration::from_millis(100 << attempt)).await;
            }
            let mut batch = self.client.send_message_batch().queue_url(&self.url);
            for (place, message) in left.iter().enumerate() {
                let body = serde_json::to_string(message).expect("ids are written as JSON");
                let entry = SendMessageBatchRequestEntry::builder()
                    .id(place.to_string())
                    .message_body(body)
                    .build()
                    .expect("id and body are set");
                batch = batch.entries(entry);
            }
            let answer = batch.send().await.map_err(|error| QueueError {
                code: error
                    .as_service_error()
                    .and_then(ProvideErrorMetadata::code)
                    .unwrap_or("transport")
                    .to_owned(),
            })?;
            left = answer
                .failed()
                .iter()
                .filter_map(|failed| failed.id().parse().ok())
                .filter_map(|place: usize| left.get(place).copied())
                .collect();
            if left.is_empty() {
                return Ok(());
            }
        }
        Err(QueueError { code: "refused".to_owned() })
    }
}
