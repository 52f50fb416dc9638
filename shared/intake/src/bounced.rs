//! Somebody whose mail came back before they answered (M5).

use domain::StudentId;
use jiff::Timestamp;
use store::{Error, Scope};

use crate::Intake;

impl Intake {
    /// What was noted at an address on the roster counts for the record that its owner now has.
    ///
    /// It looks at the roster after the record is there, and who notes something on the roster looks for a record
    /// afterwards: whichever comes last sees the other. Running it again changes nothing, so a delivery that comes
    /// again completes one that died before this. An address that was put right is another one and stays free.
    pub(crate) async fn heed_roster(&self, scope: &Scope, id: &StudentId) -> Result<(), Error> {
        let entry = self.store.expected_student(scope, id).await?;
        let Some(why) = entry.and_then(|entry| entry.suppressed) else { return Ok(()) };
        self.store.suppress(scope, id, why, Timestamp::UNIX_EPOCH).await.map(drop)
    }
}
