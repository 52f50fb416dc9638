//! Contacts, looked up by the identity provider's subject on every request (P2).

use aws_sdk_dynamodb::types::AttributeValue;
use domain::ContactId;
use domain::contact::Contact;

use crate::item::key_item;
use crate::update::Change;
use crate::{Error, Store, keys};

impl Store {
    /// The contact with this subject.
    pub async fn contact(&self, id: &ContactId) -> Result<Option<Contact>, Error> {
        self.get("contact", "contact", &keys::contact(id)).await
    }

    /// Onboards a contact; tells whether it was new. A second call changes nothing.
    pub async fn create_contact(&self, contact: &Contact) -> Result<bool, Error> {
        self.create("create_contact", "contact", &keys::contact(&contact.id), contact).await
    }

    /// Ends a contact's access at once. A second call changes nothing.
    pub async fn revoke_contact(&self, id: &ContactId) -> Result<(), Error> {
        let change = Change::of(&keys::contact(id))
            .set("active", AttributeValue::Bool(false))
            .when("attribute_exists(pk)");
        self.change("revoke_contact", change).await.map(drop)
    }

    /// Deletes the record of a contact whose access has ended. A second call changes nothing.
    pub async fn delete_revoked_contact(&self, id: &ContactId) -> Result<(), Error> {
        let deleted = self
            .client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(key_item(&keys::contact(id))))
            .condition_expression("attribute_not_exists(pk) OR active = :no")
            .expression_attribute_values(":no", AttributeValue::Bool(false))
            .send()
            .await;
        deleted.map(drop).map_err(|error| Error::unavailable("delete_contact", error))
    }
}
