//! The mail that tells whoever remains in a group that it has changed (D2): who is in it now.
//!
//! Who left, and why, is nobody's business: the mail is made of the group as it is, so it could not
//! tell if it wanted to.

use domain::institution::Language;
use mail::group_mail::class;
use mail::letter::{Block, Letter, Person, Sender, date};

use super::group::{Of, read};
use super::{Addressee, Composed, Telling};
use crate::deliver::Error;
use crate::ports::Records;

pub(super) async fn compose<R: Records>(
    telling: &Telling<'_, R>,
    of: Of<'_>,
) -> Result<Composed, Error> {
    let to = match telling.addressee(of.student).await? {
        Ok(to) => to,
        Err(why) => return Ok(Composed::NotToBeSent(why)),
    };
    let members = match read(telling.records, &to.scope, of).await? {
        Ok((_, _, members)) => members,
        Err(why) => return Ok(Composed::NotToBeSent(why)),
    };
    let others: Vec<Person<'_>> = members
        .iter()
        .filter(|student| student.id != to.student.id)
        .map(|student| Person { name: &student.name, email: &student.email })
        .collect();
    let mail = letter(&to, of, others, telling.page(&to)).render()?;
    let Addressee { institution, student, .. } = to;
    Ok(Composed::letter(super::Letter { to: student.email, institution: Some(institution), mail }))
}

fn letter<'a>(to: &'a Addressee, of: Of<'_>, others: Vec<Person<'a>>, page: String) -> Letter<'a> {
    let settings = &to.cohort.settings;
    let language = settings.language;
    let danish = language == Language::Da;
    let say = |da: &str, en: &str| if danish { da.to_owned() } else { en.to_owned() };
    let (cohort, institution) = (settings.name.get(language), &to.institution.name);
    let number = of.number;
    let group = say(&format!("gruppe {number}"), &format!("group {number}"));
    let place = if settings.sections.len() > 1 {
        format!("{cohort} · {} · {group}", class(language, of.section.as_str()))
    } else {
        format!("{cohort} · {group}")
    };
    let mut body = if others.is_empty() {
        vec![Block::Paragraph(say(
            &format!(
                "Lige nu er der ikke andre i din studiegruppe. Svar på denne mail, så hjælper {institution} dig videre."
            ),
            &format!(
                "At the moment there is nobody else in your study group. Reply to this mail and {institution} will help you."
            ),
        ))]
    } else {
        vec![
            Block::Paragraph(say(
                "Din studiegruppe er ikke længere den samme, som du fik at vide før. Nu er du i gruppe med:",
                "Your study group is no longer the one that you were told of before. You are now in a group with:",
            )),
            Block::People(others),
            Block::Paragraph(say(
                "Brug denne liste fra nu af, og slet den gamle mail. Det, I har aftalt, gælder stadig.",
                "Please use this list from now on and delete the earlier mail. What you have agreed on still holds.",
            )),
        ]
    };
    body.extend(super::page::way_in(language, page));
    let delete_on = date(language, to.cohort.delete_on);
    Letter {
        language,
        from: Sender::Institution { name: institution, reply_to: &to.institution.reply_to },
        subject: say(
            &format!("Din studiegruppe er ændret: {group} – {cohort}"),
            &format!("Your study group has changed: {group} – {cohort}"),
        ),
        place,
        heading: say("Din studiegruppe er ændret", "Your study group has changed"),
        recipient: Some(&to.student.name),
        body,
        small_print: vec![
            say(
                &format!(
                    "Du får denne mail, fordi du er i en studiegruppe på {cohort}. {institution} er dataansvarlig og har bedt UniHelper om at danne grupperne og sende dem ud. Brug de andres navne og mailadresser til gruppens arbejde alene."
                ),
                &format!(
                    "You get this mail because you are in a study group in {cohort}. {institution} is the data controller and has asked UniHelper to form the groups and send them out. Please use the others' names and e-mail addresses for the group's work only."
                ),
            ),
            say(
                &format!("Dine oplysninger er slettet hos UniHelper senest den {delete_on}."),
                &format!("UniHelper will have deleted your data by {delete_on}."),
            ),
        ],
    }
}
