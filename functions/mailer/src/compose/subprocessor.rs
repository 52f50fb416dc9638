//! The mail that tells an institution of a change of the register of sub-processors (D8).

use domain::NoticeId;

use super::{Composed, Telling};
use crate::deliver::Error;
use crate::ports::Records;

pub(super) async fn compose<R: Records>(
    telling: &Telling<'_, R>,
    _notice: &NoticeId,
) -> Result<Composed, Error> {
    let institution = telling.records.institution(&telling.place.institution).await?;
    let why = if institution.is_some() { "notice_missing" } else { "institution_missing" };
    Ok(Composed::NotToBeSent(why))
}
