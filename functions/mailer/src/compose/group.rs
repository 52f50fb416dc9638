//! The mail that tells a student their group (M1).

use domain::cohort::Cohort;
use domain::formation::{Formation, Group};
use domain::institution::Institution;
use domain::student::Student;
use domain::{FormationId, PersonName, SectionId, StudentId};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use mail::{GroupMail, Member, Rendered};
use runtime::clock::today;
use store::Scope;

use super::{Addressee, Composed, Letter, Telling};
use crate::deliver::Error;
use crate::ports::Records;

/// Days between the forming of groups and the first meeting that is suggested: time to write.
const DAYS_TO_WRITE: i32 = 3;

/// Which group, and which of its members.
#[derive(Clone, Copy)]
pub(super) struct Of<'a> {
    pub(super) student: &'a StudentId,
    pub(super) formation: &'a FormationId,
    pub(super) section: &'a SectionId,
    pub(super) number: u32,
}

pub(super) async fn compose<R: Records>(
    telling: &Telling<'_, R>,
    of: Of<'_>,
) -> Result<Composed, Error> {
    let to = match telling.addressee(of.student).await? {
        Ok(to) => to,
        Err(why) => return Ok(Composed::NotToBeSent(why)),
    };
    let (formation, group, members) = match read(telling.records, &to.scope, of).await? {
        Ok(found) => found,
        Err(why) => return Ok(Composed::NotToBeSent(why)),
    };
    let page = telling.page(&to);
    let Addressee { cohort, institution, student, .. } = to;
    let formed_at = formation.ended_at.unwrap_or(formation.requested_at);
    let facts = Facts {
        institution: &institution,
        cohort: &cohort,
        members: &members,
        formed_at,
        replaces: formation.replaces.is_some(),
        page: &page,
    };
    let mail = facts.render(of, &student, &group, today(telling.now))?;
    Ok(Composed::letter(Letter { to: student.email, institution: Some(institution), mail }))
}

/// The group as it is now, if the student is still in it; otherwise the fixed word that says why not.
pub(super) async fn read<R: Records>(
    records: &R,
    scope: &Scope,
    of: Of<'_>,
) -> Result<Result<(Formation, Group, Vec<Student>), &'static str>, Error> {
    let formation = records.formation(scope, of.formation).await?;
    let group = records.group(scope, of.formation, of.section, of.number).await?;
    let (Some(formation), Some(group)) = (formation, group) else {
        return Ok(Err("group_missing"));
    };
    if !group.members.contains(of.student) {
        return Ok(Err("not_in_group"));
    }
    let members =
        futures::future::try_join_all(group.members.iter().map(|id| records.student(scope, id)))
            .await?;
    // A mail may be made long after the group: whoever has left since, or asked not to be used, is in none.
    let members = members.into_iter().flatten().filter(Student::takes_part);
    Ok(Ok((formation, group, members.collect())))
}

struct Facts<'a> {
    institution: &'a Institution,
    cohort: &'a Cohort,
    members: &'a [Student],
    formed_at: Timestamp,
    replaces: bool,
    page: &'a str,
}

impl Facts<'_> {
    fn render(
        &self,
        of: Of<'_>,
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
        let section = (settings.sections.len() > 1).then_some(of.section.as_str());
        let why: Vec<&str> =
            group.told.iter().map(|sentence| sentence.get(settings.language)).collect();
        let uid = format!("{}-{}-{}", of.formation, of.section, of.number);
        let rendered = mail::render(&GroupMail {
            language: settings.language,
            institution: &self.institution.name,
            reply_to: &self.institution.reply_to,
            cohort: settings.name.get(settings.language),
            section,
            group: of.number,
            replaces: self.replaces,
            recipient: name(recipient),
            others: &listed,
            writes_first,
            common_slots: &group.common_slots,
            why: &why,
            first_meeting_from: first_meeting_from(self.formed_at, today),
            formed_at: self.formed_at,
            delete_on: self.cohort.delete_on,
            page: self.page,
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
