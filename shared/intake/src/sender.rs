//! Whose a questionnaire is that could not be used.

use domain::cohort::Settings;
use domain::student::Student;
use typeform::Delivery;

use crate::map::plain;

/// Whether a student sent it: by the address where the cohort expects the sender's. Other answers may name
/// the student too, as somebody a classmate wants to work with, and the questionnaire is the classmate's.
/// Of a body that cannot be read nobody knows what its parts mean: it is everybody's whom it names. By this
/// one rule it is erased with a student and handed over to them.
pub fn is_from(settings: &Settings, body: &[u8], student: &Student) -> bool {
    let names_them = |body: &[u8]| student.addresses().any(|address| address.is_in(body));
    match Delivery::parse(body) {
        Ok(delivery) => plain(&delivery.response, &settings.identity.email)
            .is_some_and(|answer| names_them(answer.as_bytes())),
        Err(_) => names_them(body),
    }
}
