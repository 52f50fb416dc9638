//! The mail queue in memory.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use aws_sdk_sqs::Client;
use aws_sdk_sqs::operation::send_message_batch::SendMessageBatchOutput;
use aws_sdk_sqs::types::SendMessageBatchResultEntry;
use aws_smithy_mocks::{MockResponse, mock};

use crate::memory::{Gate, client};

/// The bodies that were queued; a mail that is queued twice is sent once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mails(Arc<Mutex<BTreeSet<String>>>);

impl Mails {
    pub(crate) fn bodies(&self) -> Vec<String> {
        self.0.lock().unwrap().iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        self.0.lock().unwrap().clear();
    }

    /// A client whose calls pass the gate.
    pub(crate) fn client(&self, gate: &Gate) -> Client {
        let (mails, gate) = (self.clone(), gate.clone());
        let send = mock!(Client::send_message_batch).then_compute_response(move |input| {
            gate.answer(|| {
                let mut output = SendMessageBatchOutput::builder().set_failed(Some(Vec::new()));
                for entry in input.entries() {
                    mails.0.lock().unwrap().insert(entry.message_body().to_owned());
                    let done = SendMessageBatchResultEntry::builder().id(entry.id());
                    let done = done.message_id("m").md5_of_message_body("d").build().unwrap();
                    output = output.successful(done);
                }
                MockResponse::Output(output.build().unwrap())
            })
        });
        client!(aws_sdk_sqs, [send])
    }
}
