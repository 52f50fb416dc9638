//! What a job notes in the audit trail about a batch of messages (D5).
//!
//! One entry per institution and batch, before the batch is worked on: entries of one institution are a
//! chain, and one per mail would make the mailers wait for each other.

use std::collections::BTreeMap;

use domain::InstitutionId;
use domain::audit::AuditEntry;
use domain::message::MessageRef;
use jiff::Timestamp;

use crate::{Audit, Error};

/// Where jobs note what they do. A trait, so that tests can stage it; [`Audit`] is its one
/// implementation in production.
#[expect(async_fn_in_trait, reason = "used by functions that run on one thread")]
pub trait Trail {
    /// Adds an entry; the same action under the same `unique` stands once.
    async fn note(&self, entry: &AuditEntry, unique: &str) -> Result<(), Error>;
}

impl Trail for Audit {
    async fn note(&self, entry: &AuditEntry, unique: &str) -> Result<(), Error> {
        self.append(entry, unique).await
    }
}

/// The invocation of a job that works on messages.
#[derive(Debug, Clone, Copy)]
pub struct Invocation<'a> {
    /// The name of the function.
    pub function: &'a str,
    /// What it does with the messages, as a fixed word.
    pub action: &'a str,
    /// The id of the invocation: a batch that comes again is another one.
    pub request: &'a str,
    /// When it began.
    pub at: Timestamp,
}

impl Invocation<'_> {
    /// Notes that the messages' records, and what they are made of, are about to be read and changed.
    pub async fn note<T: Trail>(&self, trail: &T, messages: &[MessageRef]) -> Result<(), Error> {
        let mut batches: BTreeMap<&InstitutionId, Vec<&MessageRef>> = BTreeMap::new();
        for message in messages {
            batches.entry(&message.institution).or_default().push(message);
        }
        for (institution, messages) in batches {
            let cohort = messages[0].cohort.as_ref();
            let cohort = cohort.filter(|_| messages.iter().all(|m| m.cohort.as_ref() == cohort));
            let entry =
                AuditEntry::of_job(institution, self.at, self.function, self.action, self.request);
            let entry = entry
                .in_cohort(cohort)
                .touching(messages.len())
                .about(messages.iter().map(|message| &message.message));
            trail.note(&entry, self.request).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use domain::{CohortId, MessageId};

    use super::*;

    #[derive(Default)]
    struct Notes(RefCell<Vec<AuditEntry>>);

    impl Trail for Notes {
        async fn note(&self, entry: &AuditEntry, unique: &str) -> Result<(), Error> {
            assert_eq!(unique, "request-1");
            self.0.borrow_mut().push(entry.clone());
            Ok(())
        }
    }

    fn message(institution: &str, cohort: Option<&str>, id: &str) -> MessageRef {
        MessageRef {
            institution: InstitutionId::parse(institution).expect("an id"),
            cohort: cohort.map(|cohort| CohortId::parse(cohort).expect("an id")),
            message: MessageId::parse(id).expect("an id"),
        }
    }

    #[tokio::test]
    async fn d5_a_batch_is_noted_once_for_each_institution_with_the_ids_of_its_messages() {
        let notes = Notes::default();
        let invocation = Invocation {
            function: "mailer",
            action: "mails.send",
            request: "request-1",
            at: Timestamp::UNIX_EPOCH,
        };
        let batch = [
            message("ins_a", Some("coh_1"), "msg_1"),
            message("ins_b", Some("coh_2"), "msg_2"),
            message("ins_a", Some("coh_1"), "msg_3"),
            message("ins_b", None, "msg_4"),
        ];
        invocation.note(&notes, &batch).await.expect("noted");
        let notes = notes.0.into_inner();
        let told: Vec<_> = notes
            .iter()
            .map(|entry| {
                let cohort = entry.cohort.as_ref().map(CohortId::as_str);
                (entry.institution.as_str(), cohort, entry.subjects, entry.ids.join(" "))
            })
            .collect();
        let expected = [
            ("ins_a", Some("coh_1"), 2, "msg_1 msg_3".to_owned()),
            ("ins_b", None, 2, "msg_2 msg_4".to_owned()),
        ];
        assert_eq!(told, expected);
    }
}
