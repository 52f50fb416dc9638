//! SES's suppression list in memory.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::error::ErrorMetadata;
use aws_sdk_sesv2::operation::delete_suppressed_destination::{
    DeleteSuppressedDestinationError, DeleteSuppressedDestinationOutput,
};
use aws_sdk_sesv2::operation::get_suppressed_destination::{
    GetSuppressedDestinationError, GetSuppressedDestinationOutput,
};
use aws_sdk_sesv2::types::error::NotFoundException;
use aws_smithy_mocks::{MockResponse, mock};

use crate::memory::{Gate, client};

/// The account's list.
#[derive(Debug, Clone, Default)]
pub(crate) struct SuppressionList {
    addresses: Arc<Mutex<BTreeSet<String>>>,
    stubborn: Arc<Mutex<bool>>,
}

impl SuppressionList {
    /// A list of these addresses.
    pub(crate) fn of(addresses: &[&str]) -> Self {
        let list = Self::default();
        list.addresses.lock().unwrap().extend(addresses.iter().map(|text| (*text).to_owned()));
        list
    }

    /// Puts an address on it.
    pub(crate) fn add(&self, address: &str) {
        self.addresses.lock().unwrap().insert(address.to_owned());
    }

    /// The addresses on it.
    pub(crate) fn addresses(&self) -> Vec<String> {
        self.addresses.lock().unwrap().iter().cloned().collect()
    }

    /// Makes the list what it was.
    pub(crate) fn restore(&self, addresses: &[String]) {
        *self.addresses.lock().unwrap() = addresses.iter().cloned().collect();
    }

    /// From now on deletions are answered well and not done.
    pub(crate) fn keep_everything(&self) {
        *self.stubborn.lock().unwrap() = true;
    }

    /// A client whose calls pass the gate.
    pub(crate) fn client(&self, gate: &Gate) -> Client {
        let (list, look) = (self.clone(), gate.clone());
        let get = mock!(Client::get_suppressed_destination).then_compute_response(move |input| {
            look.answer(|| {
                if list.addresses.lock().unwrap().contains(input.email_address().unwrap()) {
                    return MockResponse::Output(GetSuppressedDestinationOutput::builder().build());
                }
                let error = GetSuppressedDestinationError::NotFoundException(not_found());
                MockResponse::Error(error)
            })
        });
        let (list, gate) = (self.clone(), gate.clone());
        let delete =
            mock!(Client::delete_suppressed_destination).then_compute_response(move |input| {
                gate.answer(|| {
                    let mut addresses = list.addresses.lock().unwrap();
                    let address = input.email_address().unwrap();
                    if *list.stubborn.lock().unwrap() || addresses.remove(address) {
                        let output = DeleteSuppressedDestinationOutput::builder().build();
                        return MockResponse::Output(output);
                    }
                    let error = DeleteSuppressedDestinationError::NotFoundException(not_found());
                    MockResponse::Error(error)
                })
            });
        client!(aws_sdk_sesv2, [get, delete])
    }
}

fn not_found() -> NotFoundException {
    let meta = ErrorMetadata::builder().code("NotFoundException").build();
    NotFoundException::builder().meta(meta).build()
}
