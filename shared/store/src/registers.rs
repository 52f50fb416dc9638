//! The registers (D7, D8): where letters to an institution go, breaches, notices of new sub-processors.
//!
//! They lie in a partition of their own, `INS#{institution}#REGISTER`, so that whoever may write them
//! can change nothing else of an institution. Nothing deletes from it.

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use domain::breach::Breach;
use domain::institution::Institution;
use domain::message::Message;
use domain::subprocessor::{Notice, Objection};
use domain::{BreachId, InstitutionId, NoticeId};

use crate::item::{encode, number};
use crate::update::{Change, Transacted};
use crate::{Error, MessagePlace, Store, keys};

impl Store {
    /// Replaces an institution's name, addresses and language. What else its record holds stays. Tells
    /// whether it is there.
    pub async fn replace_institution(&self, institution: &Institution) -> Result<bool, Error> {
        let key = keys::institution(&institution.id);
        let item = encode("institution", &key, institution)?;
        let mut change =
            Change::of(&key).when("attribute_exists(pk) AND attribute_not_exists(erasure)");
        if institution.privacy_contact.is_none() {
            change = change.remove(&["privacy_contact"]);
        }
        let agreed = ["name", "reply_to", "privacy_contact", "language", "mail_agreed", "forms"];
        for name in agreed {
            change = change.set_some(name, item.get(name).cloned());
        }
        self.change("replace_institution", change).await
    }

    /// Enters a breach; tells whether it was new. A second call changes nothing.
    pub async fn create_breach(
        &self,
        institution: &InstitutionId,
        breach: &Breach,
    ) -> Result<bool, Error> {
        let item = encode("breach", &keys::breach(institution, &breach.id), breach)?;
        let items = vec![self.put_in_transaction(item)];
        Ok(matches!(self.transact("create_breach", items).await?, Transacted::Done))
    }

    /// A breach.
    pub async fn breach(
        &self,
        institution: &InstitutionId,
        id: &BreachId,
    ) -> Result<Option<Breach>, Error> {
        self.get("breach", "breach", &keys::breach(institution, id)).await
    }

    /// All breaches of an institution's data.
    pub async fn breaches(&self, institution: &InstitutionId) -> Result<Vec<Breach>, Error> {
        let pk = keys::register_partition(institution);
        self.all("breaches", "breach", &pk, keys::BREACH).await
    }

    /// Writes a breach in place of its version `seen`, together with the mail that tells the
    /// institution of it, if one does; tells whether it still had that version. A second call finds
    /// another version and changes nothing.
    pub async fn move_breach(
        &self,
        institution: &InstitutionId,
        breach: &Breach,
        seen: u32,
        mail: Option<&Message>,
    ) -> Result<bool, Error> {
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(encode("breach", &keys::breach(institution, &breach.id), breach)?))
            .condition_expression("#version = :seen")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":seen", number(seen))
            .build()
            .map_err(|_| Error::Unwritable { kind: "breach" })?;
        let mut items = vec![TransactWriteItem::builder().put(put).build()];
        if let Some(mail) = mail {
            let place = MessagePlace::of_institution(institution);
            let item = encode("message", &keys::message(&place, &mail.id), mail)?;
            items.push(self.put_in_transaction(item));
        }
        Ok(matches!(self.transact("move_breach", items).await?, Transacted::Done))
    }

    /// Records a notice with its mail, in one transaction; tells whether it was new. A second call
    /// changes nothing.
    pub async fn create_notice(
        &self,
        institution: &InstitutionId,
        notice: &Notice,
        mail: &Message,
    ) -> Result<bool, Error> {
        let place = MessagePlace::of_institution(institution);
        let record = encode("notice", &keys::notice(institution, &notice.id), notice)?;
        let message = encode("message", &keys::message(&place, &mail.id), mail)?;
        let items = vec![self.put_in_transaction(record), self.put_in_transaction(message)];
        Ok(matches!(self.transact("create_notice", items).await?, Transacted::Done))
    }

    /// A notice.
    pub async fn notice(
        &self,
        institution: &InstitutionId,
        id: &NoticeId,
    ) -> Result<Option<Notice>, Error> {
        self.get("notice", "notice", &keys::notice(institution, id)).await
    }

    /// All notices to an institution.
    pub async fn notices(&self, institution: &InstitutionId) -> Result<Vec<Notice>, Error> {
        let pk = keys::register_partition(institution);
        self.all("notices", "notice", &pk, keys::NOTICE).await
    }

    /// Records what an institution says to a notice; tells whether it is the first objection to it.
    pub async fn object(
        &self,
        institution: &InstitutionId,
        id: &NoticeId,
        objection: &Objection,
    ) -> Result<bool, Error> {
        let key = keys::notice(institution, id);
        let mut item = encode("notice", &key, &serde_json::json!({ "objection": objection }))?;
        let objection = item.remove("objection").ok_or(Error::Unwritable { kind: "notice" })?;
        let change = Change::of(&key)
            .set("objection", objection)
            .when("attribute_exists(pk) AND attribute_not_exists(objection)");
        self.change("object", change).await
    }
}
