//! Whom the mail about an evaluation reaches (M2): who is in a published group and has not answered.
//!
//! Nothing is kept of it but the answers: who is asked follows from them and from the groups whenever somebody
//! looks, so an answer needs no mark on anybody's record, and an erasure finds none.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::cohort::Cohort;
use domain::mailing::Recipient;
use domain::message::AskedNow;
use domain::student::Student;
use domain::{FormationId, SectionId, StudentId};

use crate::item::{Cursor, Item, Page, text};
use crate::{Error, Scope, Store, keys};

const OPERATION: &str = "asked";

/// Who is asked for an evaluation, and who of them has answered it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// The members of the published groups.
    members: BTreeSet<String>,
    /// Who has answered, whether or not they are in a group.
    answered: BTreeSet<String>,
}

impl Asked {
    /// What is known of one student.
    pub fn now(&self, student: &StudentId) -> AskedNow {
        AskedNow {
            in_group: self.members.contains(student.as_str()),
            has_answered: self.answered.contains(student.as_str()),
        }
    }

    /// Whether a student is in a published group and has not answered.
    pub fn is_silent(&self, student: &StudentId) -> bool {
        let now = self.now(student);
        now.in_group && !now.has_answered
    }
}

impl Store {
    /// Who is asked for the evaluation of a cohort, and who has answered: both lists whole, of which ids alone
    /// are moved.
    pub async fn asked(&self, scope: &Scope, cohort: &Cohort) -> Result<Asked, Error> {
        let Some(formation) = &cohort.published_formation else { return Ok(Asked::default()) };
        // The answers last: who answers in between has answered.
        let members = self.members_under(scope, &keys::group_prefix(formation)).await?;
        Ok(Asked { members, answered: self.evaluators(scope).await? })
    }

    /// What is known now of somebody to whom a mail about the evaluation goes.
    ///
    /// Groups are looked for in the student's section first, and in the others only if none is there that they
    /// are in, which is so once their section was put right. The answers are read whole, as they are kept by
    /// Typeform's ids: a few hundred bytes for each.
    pub async fn asked_now(
        &self,
        scope: &Scope,
        cohort: &Cohort,
        student: &Student,
    ) -> Result<AskedNow, Error> {
        let Some(formation) = &cohort.published_formation else { return Ok(AskedNow::default()) };
        let in_group = self.is_member(scope, formation, student).await?;
        let has_answered = self.evaluators(scope).await?.contains(student.id.as_str());
        Ok(AskedNow { in_group, has_answered })
    }

    async fn is_member(
        &self,
        scope: &Scope,
        formation: &FormationId,
        student: &Student,
    ) -> Result<bool, Error> {
        let own = keys::groups_of_section(formation, &student.section);
        for prefix in [own, keys::group_prefix(formation)] {
            if self.members_under(scope, &prefix).await?.contains(student.id.as_str()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Some of those who are in a published group and have not answered, of a section or of all, in the order of
    /// ids: at most `limit` of them, and where the list goes on.
    pub(crate) async fn silent(
        &self,
        scope: &Scope,
        section: Option<&SectionId>,
        from: Option<&Cursor>,
        limit: i32,
    ) -> Result<Page<Recipient>, Error> {
        let cohort = self.cohort_even_if_gone(scope).await?;
        let Some(cohort) = cohort else { return Ok(Page { items: Vec::new(), next: None }) };
        let asked = self.asked(scope, &cohort).await?;
        let wanted = |student: &Student| {
            section.is_none_or(|section| student.section == *section)
                && asked.is_silent(&student.id)
        };
        // A few at a time: where most have answered, one list of who has serves for many pages of students.
        let step = (limit / 4).max(1);
        let (mut items, mut from) = (Vec::new(), from.cloned());
        loop {
            let page = self.students(scope, from.as_ref(), Some(step)).await?;
            items.extend(page.items.into_iter().filter(wanted).map(Recipient::from));
            let found = i32::try_from(items.len()).unwrap_or(limit);
            match page.next {
                Some(next) if found.saturating_add(step) <= limit => from = Some(next),
                next => return Ok(Page { items, next }),
            }
        }
    }

    async fn members_under(&self, scope: &Scope, prefix: &str) -> Result<BTreeSet<String>, Error> {
        let pk = keys::cohort_partition(scope);
        let groups = self.attributes(OPERATION, &pk, prefix, &["members"]).await?;
        Ok(groups.iter().flat_map(members).collect())
    }

    async fn evaluators(&self, scope: &Scope) -> Result<BTreeSet<String>, Error> {
        let pk = keys::cohort_partition(scope);
        let answers = self.attributes(OPERATION, &pk, keys::EVALUATION, &["student"]).await?;
        Ok(answers.iter().filter_map(|item| text(item, "student")).map(str::to_owned).collect())
    }
}

fn members(group: &Item) -> Vec<String> {
    let listed = match group.get("members") {
        Some(AttributeValue::L(listed)) => listed.as_slice(),
        _ => &[],
    };
    listed.iter().filter_map(|member| member.as_s().ok()).cloned().collect()
}
