//! Civil registration numbers (CPR) out of a payload, before anything is stored of it (Q6).
//!
//! The whole payload is read, members that nobody knows too: whatever Typeform adds, a respondent's
//! words may be in it. Spared is what the service works with and no respondent writes (`spared.rs`),
//! and text that as a whole is an e-mail address. ADR 2 weighs the two errors.

use domain::cohort::{Settings, Source};
use domain::{Email, cpr};
use serde_json::{Map, Number, Value};
use typeform::payload::Definition;

use crate::spared::Place;

/// A payload without CPR numbers.
#[derive(Clone, PartialEq, Eq)]
pub struct MaskedPayload {
    /// The bytes as received when nothing was masked, else the masked payload written anew.
    pub bytes: Vec<u8>,
    /// How many numbers were masked.
    pub count: u32,
}

impl std::fmt::Debug for MaskedPayload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MaskedPayload({} masked)", self.count)
    }
}

/// Masks a payload given as bytes. `None` if it is not JSON. `cohort` as for [`mask_json`].
pub fn mask_body(body: &[u8], cohort: Option<&Settings>) -> Option<MaskedPayload> {
    let mut payload: Value = serde_json::from_slice(body).ok()?;
    let count = mask_json(&mut payload, cohort);
    // Of a member that is there twice the parser keeps the last; the bytes would keep both.
    let hides_none = || std::str::from_utf8(body).is_ok_and(|text| cpr::mask(text).1 == 0);
    let bytes = if count == 0 && hides_none() {
        body.to_vec()
    } else {
        serde_json::to_vec(&payload).ok()?
    };
    Some(MaskedPayload { bytes, count })
}

/// Masks the CPR numbers of a webhook payload in place and counts them.
///
/// A JSON number counts like its digits. One of nine digits may be a CPR number that lost its leading
/// zero, or a student number such as 202301234, which with a zero before it is a day in February. It
/// is masked only where `cohort` is known and does not ask for the student number there: what was
/// masked while nobody knew the question could not be restored.
pub fn mask_json(payload: &mut Value, cohort: Option<&Settings>) -> u32 {
    let definition = payload.pointer("/form_response/definition").map(Definition::from_json);
    let mut masking = Masking {
        nine_digits: cohort.is_some(),
        student_number: cohort.and_then(|settings| settings.identity.student_number.as_ref()),
        definition: definition.unwrap_or_default(),
        count: 0,
    };
    masking.value(payload, Place::Event, "");
    masking.count
}

struct Masking<'a> {
    /// Whether a number of nine digits may be a CPR number here.
    nine_digits: bool,
    student_number: Option<&'a Source>,
    definition: Definition,
    count: u32,
}

impl Masking<'_> {
    /// Masks a value that stands under a name at a place. The depth is bounded by the JSON parser's
    /// own limit.
    fn value(&mut self, value: &mut Value, place: Place, name: &str) {
        match value {
            Value::String(text) => {
                if !place.spares(name, text) && Email::parse(text).is_err() {
                    self.text(text);
                }
            }
            Value::Number(number) => {
                if may_be_cpr(number, self.nine_digits) {
                    self.count += 1;
                    *value = Value::String(cpr::MASK.to_owned());
                }
            }
            Value::Array(items) => {
                for item in items {
                    self.value(item, place, name);
                }
            }
            Value::Object(members) => {
                let (here, below) = (self.nine_digits, place.below(name));
                self.nine_digits &= !self.answers_the_number(below, members);
                self.members(members, below);
                self.nine_digits = here;
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn members(&mut self, members: &mut Map<String, Value>, place: Place) {
        for (name, member) in members.iter_mut() {
            let here = self.nine_digits;
            self.nine_digits &= !(place == Place::Hidden
                && matches!(self.student_number, Some(Source::Hidden(known)) if known == name));
            self.value(member, place, name);
            self.nine_digits = here;
        }
        self.names(members);
    }

    fn text(&mut self, text: &mut String) {
        let (masked, count) = cpr::mask(text);
        if count > 0 {
            self.count = self.count.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
            *text = masked.into_owned();
        }
    }

    /// Masks the names of members. One that is taken then gets a longer one, so that no member is lost.
    fn names(&mut self, members: &mut Map<String, Value>) {
        let found: Vec<String> =
            members.keys().filter(|name| cpr::mask(name).1 > 0).cloned().collect();
        for name in found {
            let Some(member) = members.remove(&name) else { continue };
            let mut masked = name;
            self.text(&mut masked);
            while members.contains_key(&masked) {
                masked.push('_');
            }
            members.insert(masked, member);
        }
    }

    /// Whether an object is the answer to the question for the student number.
    fn answers_the_number(&self, below: Place, answer: &Map<String, Value>) -> bool {
        let Some(Source::Field(known)) = self.student_number else { return false };
        let Some(field) = answer.get("field").filter(|_| below == Place::Answer) else {
            return false;
        };
        let text = |name: &str| field.get(name).and_then(Value::as_str);
        let defined = || self.definition.field(text("id")?)?.reference.as_deref();
        text("ref").or_else(defined) == Some(known)
    }
}

/// Whether a whole number may be a CPR number, leading zeros put back.
fn may_be_cpr(number: &Number, nine_digits: bool) -> bool {
    let digits = match number.as_u64() {
        Some(whole) => whole.to_string(),
        None => match number.as_f64() {
            Some(float) if float.fract() == 0.0 && float > 0.0 => format!("{float:.0}"),
            _ => return false,
        },
    };
    let written = match digits.len() {
        9 if nine_digits => format!("0{digits}"),
        10 | 12 => digits,
        // The long year, without its leading zero.
        11 => format!("0{digits}"),
        _ => return false,
    };
    cpr::mask(&written).1 > 0
}
