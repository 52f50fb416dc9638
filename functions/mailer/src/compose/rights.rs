//! The mails about a student's request (D4): one for each step of it.
//!
//! A link is made when the mail is: its token is a keyed hash over the request and the nonce that is
//! stored with it, so a mail that is sent again carries the same link, and none is kept anywhere.

use domain::cohort::Settings;
use domain::institution::Language;
use domain::message::RightsStep;
use domain::rights::{Kind, Purpose, RightsRequest, token};
use domain::{RightsRequestId, StudentId};
use mail::letter::{Block, Letter, Sender, date};

use super::{Addressee, Composed, Telling};
use crate::deliver::Error;
use crate::ports::Records;

/// Where the authority for data protection takes complaints, as it publishes it itself.
const AUTHORITY: &str = "www.datatilsynet.dk";

pub(super) async fn compose<R: Records>(
    telling: &Telling<'_, R>,
    student: &StudentId,
    request: &RightsRequestId,
    step: RightsStep,
) -> Result<Composed, Error> {
    let to = match telling.addressee(student).await? {
        Ok(to) => to,
        Err(why) => return Ok(Composed::NotToBeSent(why)),
    };
    let Some(request) = telling.records.rights_request(&to.scope, request).await? else {
        return Ok(Composed::NotToBeSent("request_missing"));
    };
    let link = match (step, request.kind) {
        (RightsStep::Received, _) => Some((Purpose::Confirm, request.link.as_ref())),
        (RightsStep::Done, kind) if kind.exports() => {
            Some((Purpose::Download, request.download.as_ref()))
        }
        _ => None,
    };
    let url = match link {
        None => None,
        Some((purpose, link)) => {
            let usable =
                link.filter(|link| link.used_at.is_none() && link.expires_at > telling.now);
            let Some(link) = usable else { return Ok(Composed::NotToBeSent("link_void")) };
            let token =
                token(&telling.links.key, &to.scope.cohort, &request.id, purpose, &link.nonce);
            let (institution, cohort) = (&to.scope.institution, &to.scope.cohort);
            let base = &telling.links.base;
            Some(format!("{base}/rights/{institution}/{cohort}/{}/{token}", request.id))
        }
    };
    let mail = letter(&to, &request, step, url).render()?;
    let Addressee { institution, student, .. } = to;
    Ok(Composed::letter(super::Letter { to: student.email, institution: Some(institution), mail }))
}

/// What a kind of request is called: with the article that fits into "your request for ...".
fn name(kind: Kind, language: Language) -> &'static str {
    match (language, kind) {
        (Language::Da, Kind::Access) => "indsigt i dine oplysninger",
        (Language::Da, Kind::Portability) => "at få dine oplysninger udleveret",
        (Language::Da, Kind::Rectification) => "rettelse af dine oplysninger",
        (Language::Da, Kind::Erasure) => "sletning af dine oplysninger",
        (Language::Da, Kind::Restriction) => "begrænsning af brugen af dine oplysninger",
        (Language::Da, Kind::Objection) => "ikke at indgå i dannelsen af grupper",
        (Language::En, Kind::Access) => "access to your data",
        (Language::En, Kind::Portability) => "a copy of your data to take with you",
        (Language::En, Kind::Rectification) => "correction of your data",
        (Language::En, Kind::Erasure) => "erasure of your data",
        (Language::En, Kind::Restriction) => "restriction of the use of your data",
        (Language::En, Kind::Objection) => "having no part in the forming of groups",
    }
}

/// What the names of changed fields are to a reader; answers by what their questions are called.
fn field(name: &str, settings: &Settings) -> String {
    let language = settings.language;
    if let Some(id) = name.strip_prefix("answers.") {
        let known = settings.questions.iter().find(|known| known.id.as_str() == id);
        return known.map_or(id, |known| known.label.get(language)).to_owned();
    }
    let known = match (language, name) {
        (Language::Da, "name") => "Navn",
        (Language::Da, "email") => "E-mailadresse",
        (Language::Da, "number") => "Studienummer",
        (Language::Da, "section") => "Hold",
        (Language::En, "name") => "Name",
        (Language::En, "email") => "E-mail address",
        (Language::En, "number") => "Student number",
        (Language::En, "section") => "Class",
        (_, other) => other,
    };
    known.to_owned()
}

fn letter<'a>(
    to: &'a Addressee,
    request: &RightsRequest,
    step: RightsStep,
    url: Option<String>,
) -> Letter<'a> {
    let settings = &to.cohort.settings;
    let language = settings.language;
    let say = |da: &str, en: &str| match language {
        Language::Da => da.to_owned(),
        Language::En => en.to_owned(),
    };
    let institution = &to.institution.name;
    let heading = match step {
        RightsStep::Received => say("Vi har fået din anmodning", "We have received your request"),
        RightsStep::Verified => say("Din anmodning er bekræftet", "Your request is confirmed"),
        RightsStep::Extended => say("Din anmodning tager længere tid", "Your request takes longer"),
        RightsStep::Done if request.kind.exports() => {
            say("Dine oplysninger er klar", "Your data is ready")
        }
        RightsStep::Done => say("Din anmodning er behandlet", "Your request is done"),
        RightsStep::Erasing => {
            say("Vi sletter nu dine oplysninger", "We are now erasing your data")
        }
        RightsStep::Refused => say("Din anmodning er afvist", "Your request is refused"),
        RightsStep::Lifted => say("Begrænsningen ophører", "The restriction ends"),
    };
    let mut small_print = vec![say(
        &format!(
            "{institution} er dataansvarlig og har bedt UniHelper om at behandle dine oplysninger. Anmodningens nummer er {}; opgiv det, hvis du skriver.",
            request.id
        ),
        &format!(
            "{institution} is the data controller and has asked UniHelper to process your data. The request's number is {}; please quote it when you write.",
            request.id
        ),
    )];
    if matches!(step, RightsStep::Refused | RightsStep::Extended) {
        small_print.push(say(
            &format!("Du kan klage til Datatilsynet ({AUTHORITY}) og gå til domstolene."),
            &format!(
                "You may complain to the Danish Data Protection Agency ({AUTHORITY}) and go to court."
            ),
        ));
    }
    Letter {
        language,
        from: Sender::Institution { name: institution, reply_to: &to.institution.reply_to },
        subject: heading.clone(),
        place: settings.name.get(language).to_owned(),
        heading,
        recipient: Some(&to.student.name),
        body: body(request, step, to, url),
        small_print,
    }
}

fn body<'a>(
    request: &RightsRequest,
    step: RightsStep,
    to: &Addressee,
    url: Option<String>,
) -> Vec<Block<'a>> {
    let settings = &to.cohort.settings;
    let language = settings.language;
    let say = |da: &str, en: &str| {
        Block::Paragraph(match language {
            Language::Da => da.to_owned(),
            Language::En => en.to_owned(),
        })
    };
    let what = name(request.kind, language);
    let due = date(language, request.due_on());
    match step {
        RightsStep::Received => {
            let mut body = vec![
                say(
                    &format!("Du har bedt om {what}. Vi svarer senest den {due}."),
                    &format!("You have asked for {what}. We will answer by {due}."),
                ),
                say(
                    "Bekræft, at anmodningen er din. Linket virker én gang og i syv dage. Før det udleverer og ændrer vi ingenting.",
                    "Please confirm that the request is yours. The link works once and for seven days. Until then we hand out and change nothing.",
                ),
            ];
            body.extend(url.map(|url| Block::Button {
                text: match language {
                    Language::Da => "Bekræft anmodningen".to_owned(),
                    Language::En => "Confirm the request".to_owned(),
                },
                url,
            }));
            body.push(say(
                "Har du ikke bedt om det, skal du intet gøre; svar gerne på denne mail.",
                "If you have not asked for this, you need not do anything; you are welcome to reply to this mail.",
            ));
            body
        }
        RightsStep::Verified => vec![say(
            &format!("Tak. Din anmodning om {what} er bekræftet. Vi svarer senest den {due}."),
            &format!("Thank you. Your request for {what} is confirmed. We will answer by {due}."),
        )],
        RightsStep::Extended => {
            let mut body = vec![say(
                &format!("Din anmodning om {what} tager længere tid. Vi svarer senest den {due}."),
                &format!("Your request for {what} takes longer. We will answer by {due}."),
            )];
            body.extend(request.longer.as_ref().map(|it| Block::Paragraph(it.reason.clone())));
            body
        }
        RightsStep::Refused => {
            let mut body = vec![say(
                &format!("Vi kan ikke imødekomme din anmodning om {what}. Grunden er:"),
                &format!("We cannot comply with your request for {what}. The reason is:"),
            )];
            body.extend(request.refusal.as_ref().map(|it| Block::Paragraph(it.reason.clone())));
            body
        }
        // A restriction and an objection end apart from each other.
        RightsStep::Lifted if !to.student.takes_part() => vec![say(
            "Du indgår stadig ikke, når der dannes grupper, og får ingen mails om dem, fordi også en anden anmodning fra dig gælder.",
            "You are still not included when groups are formed and get no mails about them, because another request of yours counts as well.",
        )],
        RightsStep::Lifted => vec![say(
            "Fra nu af bliver dine oplysninger brugt som før: du indgår, når der dannes grupper, og får mails om dem.",
            "From now on your data is used as before: you are included when groups are formed, and get mails about them.",
        )],
        RightsStep::Erasing => vec![
            say(
                "Vi sletter nu alt, hvad vi har om dig: dine svar, også hos Typeform, dine grupper og mails. Det er den sidste mail fra os, for din adresse slettes også.",
                "We are now erasing everything that we hold about you: your answers, at Typeform as well, your groups and mails. This is our last mail to you, as your address is erased, too.",
            ),
            say(
                "Er du i en gruppe, får de andre besked om, at gruppen er ændret; ikke hvorfor. Når alt er læst efter og væk, får institutionen et bevis med anmodningens nummer. Sikkerhedskopier udløber efter højst 35 dage.",
                "If you are in a group, the others are told that it has changed; not why. When everything was read back and found gone, the institution gets a certificate with the request's number. Backups end after 35 days at most.",
            ),
        ],
        RightsStep::Done => done(request, settings, url),
    }
}

fn done<'a>(request: &RightsRequest, settings: &Settings, url: Option<String>) -> Vec<Block<'a>> {
    let language = settings.language;
    let say = |da: &str, en: &str| {
        Block::Paragraph(match language {
            Language::Da => da.to_owned(),
            Language::En => en.to_owned(),
        })
    };
    match request.kind {
        Kind::Restriction => vec![say(
            "Dine oplysninger bliver opbevaret og ikke brugt til andet: du indgår ikke, når der dannes grupper, og får ingen mails om grupper. Vi skriver, før det ophører.",
            "Your data is kept and used for nothing else: you are not included when groups are formed and get no mails about groups. We will write before this ends.",
        )],
        Kind::Objection => vec![say(
            "Du indgår ikke længere, når der dannes grupper, og får ingen mails om grupper.",
            "You are no longer included when groups are formed and get no mails about groups.",
        )],
        Kind::Rectification => {
            let fields = request.changed.iter().map(|name| field(name, settings)).collect();
            vec![
                say("Vi har rettet følgende:", "We have corrected the following:"),
                Block::Points(fields),
            ]
        }
        Kind::Access | Kind::Portability => {
            let mut body = vec![
                say(
                    "Alt, hvad vi har om dig, ligger klar som ét arkiv: en forklaring, tabeller til regneark og det hele i maskinlæsbar form.",
                    "Everything that we hold about you is ready as one archive: an explanation, tables for a spreadsheet, and the whole in a form that machines read.",
                ),
                say(
                    "Linket virker én gang og i syv dage. Arkivet laves, når du henter det, og gemmes ikke hos os. Hent det på en maskine, som kun du bruger.",
                    "The link works once and for seven days. The archive is made when you fetch it and is not kept by us. Fetch it on a machine that only you use.",
                ),
            ];
            body.extend(url.map(|url| Block::Button {
                text: match language {
                    Language::Da => "Hent dine oplysninger".to_owned(),
                    Language::En => "Fetch your data".to_owned(),
                },
                url,
            }));
            body
        }
        Kind::Erasure => vec![say(
            &format!("Din anmodning om {} er behandlet.", name(request.kind, language)),
            &format!("Your request for {} is done.", name(request.kind, language)),
        )],
    }
}

#[cfg(test)]
#[path = "rights/tests.rs"]
mod tests;
