//! Mailings: what contacts write to students (M2).

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::mailing::{Audience, Mailing, MailingStatus, Recipient};
use domain::student::Student;
use domain::{MailingId, SectionId, StudentId};

use crate::item::{Cursor, Item, Page, encode, number};
use crate::planning::on_the_list;
use crate::update::{Change, Transacted};
use crate::{Error, Scope, Store, keys};

impl Store {
    /// Some of those to whom a mailing goes, whether or not they may get it, and where the list goes on. Lists
    /// are read as they are now; a group is one page.
    pub async fn recipients(
        &self,
        scope: &Scope,
        audience: &Audience,
        from: Option<&Cursor>,
        limit: i32,
    ) -> Result<Page<Recipient>, Error> {
        let section = match audience {
            Audience::Cohort => None,
            Audience::Section { section } => Some(section),
            Audience::Group { formation, section, group } => {
                let group = self.group(scope, formation, section, *group).await?;
                let mut items = Vec::new();
                // A handful; one by one, so that no function needs the right to read in batches for it.
                for member in group.map(|group| group.members).unwrap_or_default() {
                    items.extend(self.student(scope, &member).await?.map(Recipient::from));
                }
                return Ok(Page { items, next: None });
            }
            Audience::NotAnswered { section } => {
                return self.waiting(scope, section.as_ref(), from, limit).await;
            }
            Audience::NotEvaluated { section } => {
                return self.silent(scope, section.as_ref(), from, limit).await;
            }
        };
        let Page { items, next } = self.students(scope, from, Some(limit)).await?;
        let of_section =
            |student: &Student| section.is_none_or(|section| student.section == *section);
        let items = items.into_iter().filter(of_section).map(Recipient::from).collect();
        Ok(Page { items, next })
    }

    /// Some of those who have not answered. The place is written as that of a student's record, which is how the
    /// erasure of a person finds it on a mailing that names them.
    async fn waiting(
        &self,
        scope: &Scope,
        section: Option<&SectionId>,
        from: Option<&Cursor>,
        limit: i32,
    ) -> Result<Page<Recipient>, Error> {
        let after = from.and_then(|from| from.0.strip_prefix(keys::STUDENT));
        let after = after.map(StudentId::parse).transpose();
        let after = after.map_err(|_| Error::Corrupt { kind: "mailing" })?;
        let limit = usize::try_from(limit).unwrap_or(1);
        let (people, next) = self.not_answered(scope, section, after.as_ref(), limit).await?;
        let next = next.map(|last| Cursor(keys::student(scope, &last).sk));
        Ok(Page { items: people.into_iter().map(Recipient::from).collect(), next })
    }

    /// Notes a mailing; tells whether it was new.
    pub async fn create_mailing(&self, scope: &Scope, mailing: &Mailing) -> Result<bool, Error> {
        let key = keys::mailing(scope, &mailing.id);
        self.create("create_mailing", "mailing", &key, mailing).await
    }

    /// One mailing.
    pub async fn mailing(&self, scope: &Scope, id: &MailingId) -> Result<Option<Mailing>, Error> {
        self.get("mailing", "mailing", &keys::mailing(scope, id)).await
    }

    /// One page of a cohort's mailings.
    pub async fn mailings(
        &self,
        scope: &Scope,
        from: Option<&Cursor>,
        limit: Option<i32>,
    ) -> Result<Page<Mailing>, Error> {
        let pk = keys::cohort_partition(scope);
        self.page("mailings", "mailing", &pk, keys::MAILING, from, limit).await
    }

    /// All mailings of a cohort: as many as contacts wrote.
    pub async fn all_mailings(&self, scope: &Scope) -> Result<Vec<Mailing>, Error> {
        let pk = keys::cohort_partition(scope);
        self.all("all_mailings", "mailing", &pk, keys::MAILING).await
    }

    /// Puts a mailing in the place of what it was made from, if nobody changed or erased that since it was
    /// read; tells whether it did. What is made from it has the next version. It stands on the list of planned
    /// mailings as long as it is planned.
    pub async fn move_mailing(
        &self,
        scope: &Scope,
        was: &Mailing,
        is: &Mailing,
    ) -> Result<bool, Error> {
        let mut item = encode("mailing", &keys::mailing(scope, &is.id), is)?;
        if is.status == MailingStatus::Planned {
            item.extend(on_the_list(scope, is));
        }
        self.put_mailing("move_mailing", item, was).await
    }

    pub(crate) async fn put_mailing(
        &self,
        operation: &'static str,
        item: Item,
        was: &Mailing,
    ) -> Result<bool, Error> {
        let seen = (":was", number(was.version));
        let items = vec![self.replace_in_transaction(item, "version = :was", seen)];
        Ok(matches!(self.transact(operation, items).await?, Transacted::Done))
    }

    /// Deletes what a mailing says, if nobody changed it since it was read; tells whether it did. To how many it
    /// went stays.
    pub async fn empty_mailing(&self, scope: &Scope, was: &Mailing) -> Result<bool, Error> {
        let change = Change::of(&keys::mailing(scope, &was.id))
            .set("texts", AttributeValue::M(HashMap::new()))
            .when("version = :was")
            .value(":was", number(was.version));
        self.change("empty_mailing", change).await
    }

    /// Deletes a draft, if nobody changed or sent it since it was read; tells whether it did.
    pub async fn delete_mailing(&self, scope: &Scope, was: &Mailing) -> Result<bool, Error> {
        let key = keys::mailing(scope, &was.id);
        let condition = Some(("version = :was", (":was", number(was.version))));
        let items = vec![self.delete_in_transaction(&key, condition)];
        Ok(matches!(self.transact("delete_mailing", items).await?, Transacted::Done))
    }
}
