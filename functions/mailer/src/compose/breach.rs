//! The mail that tells an institution of a breach (D7).

use domain::BreachId;

use super::{Composed, Telling};
use crate::deliver::Error;
use crate::ports::Records;

pub(super) async fn compose<R: Records>(
    telling: &Telling<'_, R>,
    _breach: &BreachId,
) -> Result<Composed, Error> {
    let institution = telling.records.institution(&telling.place.institution).await?;
    let why = if institution.is_some() { "breach_missing" } else { "institution_missing" };
    Ok(Composed::NotToBeSent(why))
}
