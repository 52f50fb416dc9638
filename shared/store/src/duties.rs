//! The index of what must be done by an instant: requests of students, breaches, notices.

use jiff::Timestamp;

use crate::item::{Item, string, text};
use crate::keys::{self, Duty};
use crate::{Error, Store};

impl Store {
    /// Duties that end before an instant, the earliest first.
    ///
    /// The index is eventually consistent: the item that a duty names decides.
    pub async fn duties(&self, before: Timestamp) -> Result<Vec<Duty>, Error> {
        let up_to = before.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let mut found = Vec::new();
        let mut start = None;
        loop {
            let answer = self
                .client
                .query()
                .table_name(&self.table)
                .index_name("duties")
                .key_condition_expression("#pk = :pk AND #sk < :up_to")
                .expression_attribute_names("#pk", "duties_pk")
                .expression_attribute_names("#sk", "duties_sk")
                .expression_attribute_values(":pk", string(keys::DUTIES))
                .expression_attribute_values(":up_to", string(&up_to))
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(|error| Error::unavailable("duties", error))?;
            for item in answer.items.unwrap_or_default() {
                let duty = text(&item, "duties_sk").and_then(keys::duty_in_index);
                found.push(duty.ok_or(Error::Corrupt { kind: "index entry" })?);
            }
            match answer.last_evaluated_key {
                Some(next) => start = Some(next),
                None => return Ok(found),
            }
        }
    }
}

/// The attributes that put an item into the index.
pub(crate) fn indexed(by: Timestamp, duty: &Duty) -> Item {
    [("duties_pk", keys::DUTIES.to_owned()), ("duties_sk", keys::duty_sk(by, duty))]
        .map(|(name, value)| (name.to_owned(), string(value)))
        .into()
}
