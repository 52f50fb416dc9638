//! The mail that a contact wrote (M2), to students, to those who have not answered and to those who have not
//! answered the evaluation, and its trial to a contact (M3): the text as the mailing's record has it.
//!
//! A mailing cannot be changed once it is on its way, so all its mails say the same.

use domain::cohort::Cohort;
use domain::evaluation::EvaluationToken;
use domain::institution::Institution;
use domain::mailing::{Mailing, MailingStatus, Texts};
use domain::message::About;
use domain::{ContactId, MailingId, PersonName, StudentId};
use mail::{Addressed, MailingMail, Purpose, Rendered};

use runtime::clock::today;
use store::Scope;

use super::{Addressee, Composed, Letter, Telling};
use crate::deliver::Error;
use crate::ports::Records;

pub(super) async fn compose<R: Records>(
    telling: &Telling<'_, R>,
    student: &StudentId,
    id: &MailingId,
) -> Result<Composed, Error> {
    let to = match telling.addressee(student).await? {
        Ok(to) => to,
        Err(why) => return Ok(Composed::NotToBeSent(why)),
    };
    to_student(telling, to, id, None).await
}

/// The same to a student who has not answered the evaluation, with their own link to it: who has answered
/// meanwhile, or is in no published group any more, gets none.
///
/// The link's token is made here, for the mail that is handed over, and stands nowhere else.
pub(super) async fn evaluation<R: Records>(
    telling: &Telling<'_, R>,
    student: &StudentId,
    id: &MailingId,
) -> Result<Composed, Error> {
    let to = match telling.addressee(student).await? {
        Ok(to) => to,
        Err(why) => return Ok(Composed::NotToBeSent(why)),
    };
    let asked = telling.records.asked(&to.scope, &to.cohort, &to.student).await?;
    if let Some(why) = About::obstacle_to_evaluation(&to.cohort, asked, telling.now) {
        return Ok(Composed::NotToBeSent(why));
    }
    let token = EvaluationToken::derive(&telling.links.key, &to.scope.cohort, &to.student.id);
    to_student(telling, to, id, Some(token)).await
}

async fn to_student<R: Records>(
    telling: &Telling<'_, R>,
    to: Addressee,
    id: &MailingId,
    token: Option<EvaluationToken>,
) -> Result<Composed, Error> {
    let mailing = match sent(telling, &to.scope, id).await? {
        Ok(mailing) => mailing,
        Err(why) => return Ok(Composed::NotToBeSent(why)),
    };
    let (settings, forms) = (&to.cohort.settings, telling.links.forms);
    let addressed = Addressed { section: Some(&to.student.section), token: token.as_ref() };
    let purpose = match Purpose::of(&mailing.audience, settings, forms, addressed) {
        // A link without a token would be an example of one.
        Some(Purpose::Evaluation { example: true, .. }) | None => {
            return Ok(Composed::NotToBeSent("no_evaluation"));
        }
        Some(purpose) => purpose,
    };
    let (of, to_whom) = ((&to.cohort, &to.institution), Some(&to.student.name));
    let rendered = render(&mailing.texts, of, purpose, to_whom, false)?;
    Ok(rendered.map_or(Composed::NotToBeSent("mailing_language"), |mail| {
        Composed::letter(Letter { to: to.student.email, institution: Some(to.institution), mail })
    }))
}

/// The mailing, if it is on its way or was sent; otherwise the fixed word that says why nobody gets it. Of one that
/// was closed goes only what a contact has sent to one student once more.
async fn sent<R: Records>(
    telling: &Telling<'_, R>,
    scope: &Scope,
    id: &MailingId,
) -> Result<Result<Mailing, &'static str>, Error> {
    Ok(match telling.records.mailing(scope, id).await? {
        None => Err("mailing_missing"),
        Some(mailing) => match mailing.status {
            MailingStatus::Draft | MailingStatus::Planned => Err("mailing_draft"),
            MailingStatus::Closed if telling.message.again == 0 => Err("mailing_closed"),
            MailingStatus::Sending
            | MailingStatus::Sent
            | MailingStatus::Stopped
            | MailingStatus::Closed => Ok(mailing),
        },
    })
}

pub(super) async fn trial<R: Records>(
    telling: &Telling<'_, R>,
    contact: &ContactId,
    id: &MailingId,
) -> Result<Composed, Error> {
    let Some(scope) = telling.place.scope() else {
        return Ok(Composed::NotToBeSent("cohort_missing"));
    };
    let cohort = telling.records.cohort(&scope, today(telling.now)).await?;
    let Some(cohort) = cohort else { return Ok(Composed::NotToBeSent("cohort_gone")) };
    if !cohort.settings.mail_agreed {
        return Ok(Composed::NotToBeSent("mail_not_agreed"));
    }
    let Some(institution) = telling.records.institution(&scope.institution).await? else {
        return Ok(Composed::NotToBeSent("institution_missing"));
    };
    let contact = telling.records.contact(contact).await?;
    let contact = contact.filter(|it| it.active && it.institution == scope.institution);
    let Some(contact) = contact else { return Ok(Composed::NotToBeSent("contact_missing")) };
    let Some(mailing) = telling.records.mailing(&scope, id).await? else {
        return Ok(Composed::NotToBeSent("mailing_missing"));
    };
    let (settings, forms) = (&cohort.settings, telling.links.forms);
    let purpose = Purpose::of(&mailing.audience, settings, forms, Addressed::default());
    let Some(purpose) = purpose else { return Ok(Composed::NotToBeSent("no_evaluation")) };
    let to_whom = Some(&contact.name);
    let rendered = render(&mailing.texts, (&cohort, &institution), purpose, to_whom, true)?;
    Ok(rendered.map_or(Composed::NotToBeSent("mailing_language"), |mail| {
        Composed::letter(Letter { to: contact.email, institution: Some(institution), mail })
    }))
}

/// The same to somebody who is expected and has not answered: the roster as it is now says whether and where.
pub(super) async fn reminder<R: Records>(
    telling: &Telling<'_, R>,
    student: &StudentId,
    id: &MailingId,
) -> Result<Composed, Error> {
    let (records, now) = (telling.records, telling.now);
    let Some(scope) = telling.place.scope() else {
        return Ok(Composed::NotToBeSent("cohort_missing"));
    };
    let cohort = records.cohort(&scope, today(now)).await?;
    let Some(cohort) = cohort else { return Ok(Composed::NotToBeSent("cohort_gone")) };
    let Some(institution) = records.institution(&scope.institution).await? else {
        return Ok(Composed::NotToBeSent("institution_missing"));
    };
    let mailing = match sent(telling, &scope, id).await? {
        Ok(mailing) => mailing,
        Err(why) => return Ok(Composed::NotToBeSent(why)),
    };
    let expected = records.expected(&scope, student).await?;
    if let Some(why) = About::obstacle_to_reminder(&cohort, &expected, now) {
        return Ok(Composed::NotToBeSent(why));
    }
    let Some(entry) = expected.entry else { return Ok(Composed::NotToBeSent("not_expected")) };
    let (settings, forms) = (&cohort.settings, telling.links.forms);
    let to_whom = Addressed { section: Some(&entry.section), token: None };
    let purpose = Purpose::of(&mailing.audience, settings, forms, to_whom);
    let Some(purpose) = purpose else { return Ok(Composed::NotToBeSent("no_evaluation")) };
    let rendered = render(&mailing.texts, (&cohort, &institution), purpose, None, false)?;
    Ok(rendered.map_or(Composed::NotToBeSent("mailing_language"), |mail| {
        Composed::letter(Letter { to: entry.email, institution: Some(institution), mail })
    }))
}

fn render(
    texts: &Texts,
    (cohort, institution): (&Cohort, &Institution),
    purpose: Purpose,
    recipient: Option<&PersonName>,
    trial: bool,
) -> Result<Option<Rendered>, Error> {
    let language = cohort.settings.language;
    let mail = MailingMail {
        language,
        institution: &institution.name,
        reply_to: &institution.reply_to,
        cohort: cohort.settings.name.get(language),
        purpose,
        recipient,
        texts,
        delete_on: cohort.delete_on,
        trial,
    };
    Ok(mail.render().transpose()?)
}
