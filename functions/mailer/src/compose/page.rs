//! The mail with the link that opens a student's own page, which the student asked for (D4), and how other mails
//! lead to it.

use domain::StudentId;
use domain::institution::Language;
use mail::letter::{Block, Letter, Sender, date};

use super::{Addressee, Composed, Telling};
use crate::deliver::Error;
use crate::ports::Records;

pub(super) async fn compose<R: Records>(
    telling: &Telling<'_, R>,
    student: &StudentId,
) -> Result<Composed, Error> {
    let to = match telling.addressee(student).await? {
        Ok(to) => to,
        Err(why) => return Ok(Composed::NotToBeSent(why)),
    };
    let mail = letter(&to, telling.page(&to)).render()?;
    let Addressee { institution, student, .. } = to;
    Ok(Composed::letter(super::Letter { to: student.email, institution: Some(institution), mail }))
}

/// The paragraph and the button by which a student has a link to the page mailed to them. Mails are replied to and
/// passed on, so none but the one that was asked for opens it.
pub(super) fn way_in<'a>(language: Language, url: String) -> [Block<'a>; 2] {
    let (text, button) = match language {
        Language::Da => (
            "På din egen side ser du din gruppe og det, der er gemt om dig, og du kan få det rettet, forlade gruppen eller få alt slettet. Af hensyn til din sikkerhed sender vi dig først et link.",
            "Få et link til din side",
        ),
        Language::En => (
            "On your own page you see your group and what is stored about you, and can have it corrected, leave the group or have everything deleted. For your safety we mail you a link first.",
            "Get a link to your page",
        ),
    };
    [Block::Paragraph(text.to_owned()), Block::Button { text: button.to_owned(), url }]
}

/// The paragraph and the button that open the page.
fn invitation<'a>(language: Language, url: String) -> [Block<'a>; 2] {
    let (text, button) = match language {
        Language::Da => (
            "På din egen side ser du din gruppe og det, der er gemt om dig, og du kan få det rettet, forlade gruppen eller få alt slettet. Linket virker én gang og i syv dage.",
            "Åbn din side",
        ),
        Language::En => (
            "On your own page you see your group and what is stored about you, and can have it corrected, leave the group or have everything deleted. The link works once and for seven days.",
            "Open your page",
        ),
    };
    [Block::Paragraph(text.to_owned()), Block::Button { text: button.to_owned(), url }]
}

fn letter(to: &Addressee, url: String) -> Letter<'_> {
    let settings = &to.cohort.settings;
    let language = settings.language;
    let say = |da: &str, en: &str| match language {
        Language::Da => da.to_owned(),
        Language::En => en.to_owned(),
    };
    let institution = &to.institution.name;
    let heading = say("Et link til din side", "A link to your page");
    let mut body = Vec::from(invitation(language, url));
    body.push(Block::Paragraph(say(
        "Har du ikke bedt om det, skal du intet gøre. Send ikke linket videre: den, der har det, kan se og gøre det samme som du.",
        "If you have not asked for this, you need not do anything. Do not pass the link on: whoever has it sees and may do what you may.",
    )));
    let delete_on = date(language, to.cohort.delete_on);
    Letter {
        language,
        from: Sender::Institution { name: institution, reply_to: &to.institution.reply_to },
        subject: heading.clone(),
        place: settings.name.get(language).to_owned(),
        heading,
        recipient: Some(&to.student.name),
        body,
        small_print: vec![say(
            &format!(
                "{institution} er dataansvarlig og har bedt UniHelper om at behandle dine oplysninger. De er slettet hos UniHelper senest den {delete_on}."
            ),
            &format!(
                "{institution} is the data controller and has asked UniHelper to process your data. UniHelper will have deleted it by {delete_on}."
            ),
        )],
    }
}

#[cfg(test)]
mod tests;
