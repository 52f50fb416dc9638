//! Contacts, looked up by the identity provider's subject on every request (P2).

use domain::ContactId;
use domain::contact::Contact;

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
}
