//! Batches from SQS: each record succeeds or fails alone.

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};

/// Runs `handle` on every record, one after the other, and answers which are to be delivered again.
///
/// A record without an id cannot be named in the answer; the whole batch then comes again, which
/// handlers must bear anyway.
pub async fn process<F, E>(event: SqsEvent, mut handle: F) -> Result<SqsBatchResponse, E>
where
    F: AsyncFnMut(&SqsMessage) -> Result<(), E>,
    E: std::error::Error,
{
    let mut answer = SqsBatchResponse::default();
    for record in event.records {
        if let Err(error) = handle(&record).await {
            crate::telemetry::log_error("record", &error);
            let Some(id) = record.message_id.clone() else { return Err(error) };
            let mut failure = BatchItemFailure::default();
            failure.item_identifier = id;
            answer.batch_item_failures.push(failure);
        }
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("refused")]
    struct Refused;

    fn record(id: Option<&str>) -> SqsMessage {
        let mut message = SqsMessage::default();
        message.message_id = id.map(str::to_owned);
        message
    }

    #[tokio::test]
    async fn only_the_failed_record_comes_again() {
        let mut event = SqsEvent::default();
        event.records = vec![record(Some("a")), record(Some("b")), record(Some("c"))];
        let answer = process(event, async |message: &SqsMessage| {
            if message.message_id.as_deref() == Some("b") { Err(Refused) } else { Ok(()) }
        })
        .await
        .unwrap();
        let ids: Vec<&str> = answer
            .batch_item_failures
            .iter()
            .map(|failure| failure.item_identifier.as_str())
            .collect();
        assert_eq!(ids, ["b"]);
    }
}
