//! The mails about a student's request (D4).

use domain::message::RightsStep;
use domain::{RightsRequestId, StudentId};

use super::{Composed, Telling};
use crate::deliver::Error;
use crate::ports::Records;

pub(super) async fn compose<R: Records>(
    telling: &Telling<'_, R>,
    student: &StudentId,
    _request: &RightsRequestId,
    _step: RightsStep,
) -> Result<Composed, Error> {
    match telling.addressee(student).await? {
        Ok(_) => Ok(Composed::NotToBeSent("request_missing")),
        Err(why) => Ok(Composed::NotToBeSent(why)),
    }
}
