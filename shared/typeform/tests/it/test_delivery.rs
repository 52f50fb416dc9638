//! Q5: the "send test request" button.

use typeform::{Delivery, is_test_delivery};

use crate::fixtures;

#[test]
fn q5_test_requests_are_told_from_students() {
    for (name, case) in fixtures::all("test_delivery") {
        let delivery = Delivery::parse(&fixtures::body(&case)).unwrap();
        assert_eq!(is_test_delivery(&delivery), case["is_test"].as_bool().unwrap(), "{name}");
    }
}
