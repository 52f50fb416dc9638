//! The mail that tells an institution of a breach (D7): the register as it is when the mail is made.

use domain::BreachId;
use mail::BreachMail;
use runtime::clock::today;
use store::Scope;

use super::{Composed, Letter, Telling};
use crate::deliver::Error;
use crate::ports::Records;

pub(super) async fn compose<R: Records>(
    telling: &Telling<'_, R>,
    breach: &BreachId,
    number: u32,
) -> Result<Composed, Error> {
    let id = &telling.place.institution;
    let Some(institution) = telling.records.institution(id).await? else {
        return Ok(Composed::NotToBeSent("institution_missing"));
    };
    let Some(breach) = telling.records.breach(id, breach).await? else {
        return Ok(Composed::NotToBeSent("breach_missing"));
    };
    let language = institution.language;
    let mut cohorts = Vec::new();
    for counted in breach.affected.iter().flat_map(|affected| &affected.cohorts) {
        let scope = Scope::new(id.clone(), counted.cohort.clone());
        let cohort = telling.records.cohort(&scope, today(telling.now)).await?;
        // One that was erased since the count has no name any more.
        let name = cohort.map(|cohort| cohort.settings.name.get(language).to_owned());
        cohorts.push(name.unwrap_or_else(|| counted.cohort.to_string()));
    }
    let of = institution.name.as_str();
    let mail = BreachMail { language, institution: of, breach: &breach, cohorts: &cohorts, number };
    let mail = mail.render()?;
    let to = institution.privacy_address().clone();
    Ok(Composed::letter(Letter { to, institution: None, mail }))
}
