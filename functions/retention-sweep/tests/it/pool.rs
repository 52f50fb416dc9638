//! A user pool in memory: who was deleted from it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::operation::admin_delete_user::{
    AdminDeleteUserError, AdminDeleteUserOutput,
};
use aws_sdk_cognitoidentityprovider::types::error::UserNotFoundException;
use aws_smithy_mocks::{MockResponse, mock};

use crate::memory::{Gate, client};

/// The addresses of the accounts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pool(Arc<Mutex<BTreeSet<String>>>);

impl Pool {
    pub(crate) fn add(&self, address: &str) {
        self.0.lock().unwrap().insert(address.to_owned());
    }

    pub(crate) fn accounts(&self) -> Vec<String> {
        self.0.lock().unwrap().iter().cloned().collect()
    }

    /// A client whose calls pass the gate.
    pub(crate) fn client(&self, gate: &Gate) -> Client {
        let (pool, gate) = (self.clone(), gate.clone());
        let delete = mock!(Client::admin_delete_user).then_compute_response(move |input| {
            gate.answer(|| {
                if pool.0.lock().unwrap().remove(input.username().unwrap()) {
                    return MockResponse::Output(AdminDeleteUserOutput::builder().build());
                }
                MockResponse::Error(AdminDeleteUserError::UserNotFoundException(
                    UserNotFoundException::builder().build(),
                ))
            })
        });
        client!(aws_sdk_cognitoidentityprovider, [delete])
    }
}
