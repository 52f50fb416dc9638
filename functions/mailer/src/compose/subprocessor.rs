//! The mail that tells an institution of a new sub-processor (D8): what the notice holds.

use domain::NoticeId;
use mail::SubprocessorMail;

use super::{Composed, Letter, Telling};
use crate::deliver::Error;
use crate::ports::Records;

pub(super) async fn compose<R: Records>(
    telling: &Telling<'_, R>,
    notice: &NoticeId,
) -> Result<Composed, Error> {
    let id = &telling.place.institution;
    let Some(institution) = telling.records.institution(id).await? else {
        return Ok(Composed::NotToBeSent("institution_missing"));
    };
    let Some(notice) = telling.records.notice(id, notice).await? else {
        return Ok(Composed::NotToBeSent("notice_missing"));
    };
    let (language, of) = (institution.language, institution.name.as_str());
    let mail = SubprocessorMail { language, institution: of, notice: &notice }.render()?;
    let to = institution.privacy_address().clone();
    Ok(Composed::letter(Letter { to, institution: None, mail }))
}
