//! A user pool in memory: who was deleted from it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::error::ErrorMetadata;
use aws_sdk_cognitoidentityprovider::operation::admin_delete_user::{
    AdminDeleteUserError, AdminDeleteUserOutput,
};
use aws_sdk_cognitoidentityprovider::operation::admin_get_user::{
    AdminGetUserError, AdminGetUserOutput,
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

    /// Makes the pool what it was.
    pub(crate) fn restore(&self, accounts: &[String]) {
        *self.0.lock().unwrap() = accounts.iter().cloned().collect();
    }

    pub(crate) fn accounts(&self) -> Vec<String> {
        self.0.lock().unwrap().iter().cloned().collect()
    }

    /// A client whose calls pass the gate.
    pub(crate) fn client(&self, gate: &Gate) -> Client {
        let (pool, at) = (self.clone(), gate.clone());
        let delete = mock!(Client::admin_delete_user).then_compute_response(move |input| {
            at.answer(|| {
                if pool.0.lock().unwrap().remove(input.username().unwrap()) {
                    return MockResponse::Output(AdminDeleteUserOutput::builder().build());
                }
                MockResponse::Error(AdminDeleteUserError::UserNotFoundException(unknown()))
            })
        });
        let (pool, gate) = (self.clone(), gate.clone());
        let look = mock!(Client::admin_get_user).then_compute_response(move |input| {
            gate.answer(|| {
                let name = input.username().unwrap();
                if pool.0.lock().unwrap().contains(name) {
                    let user = AdminGetUserOutput::builder().username(name).build().unwrap();
                    return MockResponse::Output(user);
                }
                MockResponse::Error(AdminGetUserError::UserNotFoundException(unknown()))
            })
        });
        client!(aws_sdk_cognitoidentityprovider, [delete, look])
    }
}

fn unknown() -> UserNotFoundException {
    let meta = ErrorMetadata::builder().code("UserNotFoundException").build();
    UserNotFoundException::builder().meta(meta).build()
}
