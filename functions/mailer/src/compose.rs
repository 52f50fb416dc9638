//! Making a mail of the records as they are now.

use domain::cohort::Cohort;
use domain::formation::Group;
use domain::institution::Institution;
use domain::message::Message;
use domain::student::Student;
use domain::{Email, PersonName};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use mail::{GroupMail, Member, Rendered};
use runtime::clock::today;
use store::Scope;

use crate::deliver::Error;
use crate::ports::Records;

/// Days between the forming of groups and the first meeting that is suggested: time to write.
const DAYS_TO_WRITE: i32 = 3;

/// A mail that is ready to be handed over.
pub(crate) struct Letter {
    pub(crate) to: Email,
    pub(crate) institution: Institution,
    pub(crate) mail: Rendered,
}

/// What the records say.
pub(crate) enum Composed {
    /// The mail.
    Letter(Box<Letter>),
    /// No mail is to be sent; the fixed word says why.
    NotToBeSent(&'static str),
}

/// Reads what the mail tells and renders it. Reads only, so it can be run any number of times.
pub(crate) async fn compose<R: Records>(
    records: &R,
    scope: &Scope,
    message: &Message,
    now: Timestamp,
) -> Result<Composed, Error> {
    let not = |why| Ok(Composed::NotToBeSent(why));
    let Some(cohort) = records.cohort(scope, today(now)).await? else { return not("cohort_gone") };
    if !cohort.settings.mail_agreed {
        return not("mail_not_agreed");
    }
    if cohort.published_formation.as_ref() != Some(&message.formation) {
        return not("superseded");
    }
    let Some(institution) = records.institution(&scope.institution).await? else {
        return not("institution_missing");
    };
    let Some(recipient) = records.student(scope, &message.student).await? else {
        return not("student_missing");
    };
    if recipient.suppressed.is_some() {
        return not("suppressed");
    }
    let formation = records.formation(scope, &message.formation).await?;
    let group = records.group(scope, &message.formation, &message.section, message.group).await?;
    let (Some(formation), Some(group)) = (formation, group) else { return not("group_missing") };
    if !group.members.contains(&message.student) {
        return not("not_in_group");
    }
    let members =
        futures::future::try_join_all(group.members.iter().map(|id| records.student(scope, id)))
            .await?;
    let members: Vec<Student> = members.into_iter().flatten().collect();
    let formed_at = formation.ended_at.unwrap_or(formation.requested_at);
    let facts = Facts { institution: &institution, cohort: &cohort, members: &members, formed_at };
    let mail = facts.render(message, &recipient, &group, today(now))?;
    Ok(Composed::Letter(Box::new(Letter { to: recipient.email, institution, mail })))
}

struct Facts<'a> {
    institution: &'a Institution,
    cohort: &'a Cohort,
    members: &'a [Student],
    formed_at: Timestamp,
}

impl Facts<'_> {
    fn render(
        &self,
        message: &Message,
        recipient: &Student,
        group: &Group,
        today: Date,
    ) -> Result<Rendered, Error> {
        let settings = &self.cohort.settings;
        let others: Vec<&Student> =
            self.members.iter().filter(|student| student.id != recipient.id).collect();
        let listed: Vec<Member<'_>> = others
            .iter()
            .map(|student| Member { name: name(student), email: &student.email })
            .collect();
        // Whoever gets no mail cannot be told to write first.
        let first = self.members.iter().find(|student| student.suppressed.is_none());
        let writes_first =
            first.and_then(|first| others.iter().position(|student| student.id == first.id));
        let section = (settings.sections.len() > 1).then_some(message.section.as_str());
        let why: Vec<&str> =
            group.told.iter().map(|sentence| sentence.get(settings.language)).collect();
        let uid = format!("{}-{}-{}", message.formation, message.section, message.group);
        let rendered = mail::render(&GroupMail {
            language: settings.language,
            institution: &self.institution.name,
            reply_to: &self.institution.reply_to,
            cohort: settings.name.get(settings.language),
            section,
            group: message.group,
            recipient: name(recipient),
            others: &listed,
            writes_first,
            common_slots: &group.common_slots,
            why: &why,
            first_meeting_from: first_meeting_from(self.formed_at, today),
            formed_at: self.formed_at,
            delete_on: self.cohort.delete_on,
            uid: &uid,
        })?;
        Ok(rendered)
    }
}

fn name(student: &Student) -> &PersonName {
    &student.name
}

/// Counted from the forming, so that all mails of a group suggest the same day; only a mail that
/// goes out so late that the day would be over takes a later one.
fn first_meeting_from(formed_at: Timestamp, today: Date) -> Date {
    let after = |date: Date, days: i32| date.checked_add(days.days()).unwrap_or(Date::MAX);
    after(runtime::clock::today(formed_at), DAYS_TO_WRITE).max(after(today, 1))
}
