//! Contacts, looked up by the identity provider's subject on every request (P2), and the list of an
//! institution's contacts.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::contact::Contact;
use domain::{ContactId, InstitutionId};
use jiff::civil::Date;

use crate::item::{encode, string, text};
use crate::update::Change;
use crate::{Error, Store, keys};

impl Store {
    /// The contact with this subject.
    pub async fn contact(&self, id: &ContactId) -> Result<Option<Contact>, Error> {
        self.get("contact", "contact", &keys::contact(id)).await
    }

    /// Onboards a contact and puts them on their institution's list, in one transaction; tells
    /// whether they were new. A second call changes nothing, but for the list if a contact from
    /// before there was one is not on it.
    pub async fn create_contact(&self, contact: &Contact) -> Result<bool, Error> {
        let listed = keys::listed_contact(&contact.institution, &contact.id);
        let record = encode("contact", &keys::contact(&contact.id), contact)?;
        let items = vec![
            self.put_in_transaction(record),
            self.put_in_transaction(crate::item::key_item(&listed)),
        ];
        if self.transact("create_contact", items).await?.is_done() {
            return Ok(true);
        }
        let known = self.contact(&contact.id).await?;
        if known.is_some_and(|known| known.institution == contact.institution) {
            self.create("list_contact", "contact", &listed, &serde_json::json!({})).await?;
        }
        Ok(false)
    }

    /// Who is on the institution's list of contacts. The record of one of them may be gone a moment
    /// later.
    pub async fn contacts_of(&self, institution: &InstitutionId) -> Result<Vec<ContactId>, Error> {
        let pk = keys::contacts_partition(institution);
        let found = self.attributes("contacts_of", &pk, keys::CONTACT, &["sk"]).await?;
        let id = |item| {
            let id = text(item, "sk")?.strip_prefix(keys::CONTACT)?;
            ContactId::parse(id).ok()
        };
        let ids = found.iter().map(|item| id(item).ok_or(Error::Corrupt { kind: "contact" }));
        ids.collect()
    }

    /// Notes that a contact is active today. Callers ask only if the record that they read names
    /// another day, so there is at most about one write a day; the day never moves back.
    pub async fn touch_contact(&self, id: &ContactId, today: Date) -> Result<(), Error> {
        let change = Change::of(&keys::contact(id))
            .set("last_active_on", string(today.to_string()))
            .when("attribute_exists(pk) AND (attribute_not_exists(last_active_on) OR last_active_on < :set_last_active_on)");
        self.change("touch_contact", change).await.map(drop)
    }

    /// Ends a contact's access at once. A second call changes nothing.
    pub async fn revoke_contact(&self, id: &ContactId) -> Result<(), Error> {
        let change = Change::of(&keys::contact(id))
            .set("active", AttributeValue::Bool(false))
            .when("attribute_exists(pk)");
        self.change("revoke_contact", change).await.map(drop)
    }

    /// Ends a contact's access at once if they were last active on this day, or on no known one, as
    /// the caller read it: who signs in meanwhile stays. Tells whether it is ended.
    pub async fn revoke_inactive_contact(
        &self,
        id: &ContactId,
        last_active_on: Option<Date>,
    ) -> Result<bool, Error> {
        let change = Change::of(&keys::contact(id)).set("active", AttributeValue::Bool(false));
        let change = match last_active_on {
            Some(day) => change
                .when("attribute_exists(pk) AND last_active_on = :day")
                .value(":day", string(day.to_string())),
            None => change.when("attribute_exists(pk) AND attribute_not_exists(last_active_on)"),
        };
        self.change("revoke_inactive_contact", change).await
    }

    /// Deletes the record of a contact whose access has ended and takes them off their institution's
    /// list, in one transaction. A second call changes nothing.
    pub async fn delete_revoked_contact(
        &self,
        institution: &InstitutionId,
        id: &ContactId,
    ) -> Result<(), Error> {
        let revoked =
            ("attribute_not_exists(pk) OR active = :no", (":no", AttributeValue::Bool(false)));
        let items = vec![
            self.delete_in_transaction(&keys::contact(id), Some(revoked)),
            self.delete_in_transaction(&keys::listed_contact(institution, id), None),
        ];
        if self.transact("delete_contact", items).await?.is_done() {
            return Ok(());
        }
        Err(Error::Refused { operation: "delete_contact" })
    }
}
