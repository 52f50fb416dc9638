//! Where Typeform's forms are answered, by the data centre of the account.

use crate::FormId;

/// The pages on which the forms of an account are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormPages(&'static str);

impl FormPages {
    /// Those that belong to an API, by its base. The accounts of `api.typeform.eu` are a world of their own, with
    /// pages under the same domain; those of `api.eu.typeform.com` have only their answers in Europe, and their
    /// forms stand where all others do.
    pub fn of_api(base: &str) -> Self {
        let host = base.split_once("://").map_or(base, |(_, rest)| rest);
        let host = host.split(['/', ':']).next().unwrap_or_default().to_ascii_lowercase();
        let european = host == "api.typeform.eu";
        Self(if european { "https://form.typeform.eu/to" } else { "https://form.typeform.com/to" })
    }

    /// The page of a form.
    pub fn of(self, form: &FormId) -> String {
        format!("{}/{form}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn m2_a_form_is_answered_in_the_data_centre_of_its_account() {
        let form: FormId = "fGh12345".parse().unwrap();
        for (base, host) in [
            ("https://api.typeform.com", "form.typeform.com"),
            ("https://api.eu.typeform.com/", "form.typeform.com"),
            ("https://api.typeform.eu", "form.typeform.eu"),
            ("https://API.Typeform.EU/", "form.typeform.eu"),
            ("http://127.0.0.1:4010/eu", "form.typeform.com"),
        ] {
            let page = FormPages::of_api(base).of(&form);
            assert_eq!(page, format!("https://{host}/to/fGh12345"), "{base}");
        }
    }
}
