use std::collections::BTreeSet;

use domain::institution::Language;
use jiff::civil::date;
use serde_json::{Value, json};

use crate::problems::{BASES, FIELDS};
use crate::{DATA, Register, RegisterError, Status, Words, register};

fn schema() -> jsonschema::Validator {
    let text = include_str!("../data/subprocessors.schema.json");
    jsonschema::validator_for(&serde_json::from_str(text).unwrap()).unwrap()
}

fn file() -> Value {
    serde_json::from_str(DATA).unwrap()
}

#[test]
fn d8_the_register_that_is_compiled_in_reads_and_fits_its_schema() {
    let register = Register::parse(DATA).unwrap();
    let found: Vec<String> = schema().iter_errors(&file()).map(|e| e.to_string()).collect();
    assert!(found.is_empty(), "{found:?}");
    assert_eq!(serde_json::to_value(&register).unwrap(), file(), "nothing is lost in reading");
}

#[test]
fn d8_the_schema_and_the_reader_refuse_the_same_faults() {
    let schema = schema();
    for (pointer, fault) in [
        ("/entries/0/transfer_basis/0", json!("trust")),
        ("/entries/0/fields/0", json!("shoe_size")),
        ("/entries/0/effective_from", json!("soon")),
        ("/entries/0/name", json!(null)),
        ("/entries/1/admitted", json!("maybe")),
        ("/entries/1/fields", json!([])),
        ("/entries/1/transfer_basis", json!([])),
    ] {
        let mut broken = file();
        *broken.pointer_mut(pointer).unwrap() = fault;
        assert!(!schema.is_valid(&broken), "the schema takes {pointer}");
        assert!(Register::parse(&broken.to_string()).is_err(), "the reader takes {pointer}");
    }
    let mut unknown = file();
    unknown["entries"][0]["adress"] = json!("x");
    assert!(!schema.is_valid(&unknown));
    assert!(matches!(Register::parse(&unknown.to_string()), Err(RegisterError::Unreadable(_))));
}

#[test]
fn d8_all_contradictions_are_said_at_once() {
    let mut broken = file();
    broken["entries"][1]["id"] = json!("aws");
    broken["entries"][1]["hosts"] = json!([]);
    broken["entries"][0]["processing"]["da"] = json!(" ");
    let told = Register::parse(&broken.to_string()).unwrap_err().to_string();
    for part in ["is there twice", "neither at a host", "a text is empty"] {
        assert!(told.contains(part), "{part} in {told}");
    }
}

#[test]
fn d8_a_host_belongs_to_a_domain_and_what_is_below_it() {
    let register = register();
    let of = |host| register.by_host(host).map(|entry| entry.id.as_str());
    assert_eq!(of("sqs.eu-north-1.amazonaws.com"), Some("aws"));
    assert_eq!(of("API.typeform.com"), Some("typeform"));
    for foreign in ["notamazonaws.com", "amazonaws.com.example.edu", "typeform.com", ""] {
        assert_eq!(of(foreign), None, "{foreign}");
    }
    assert!(register.by_aws_service("dynamodb").is_some());
    assert!(register.by_aws_service("rekognition").is_none());
}

#[test]
fn d8_a_sub_processor_is_announced_until_its_day_and_effective_on_it() {
    let mut entry = register().entries[0].clone();
    entry.effective_from = date(2027, 3, 1);
    assert_eq!(entry.public(date(2027, 2, 28)).status, Status::Announced);
    assert_eq!(entry.public(date(2027, 3, 1)).status, Status::Effective);
}

#[test]
fn d8_the_public_register_keeps_what_operators_confirm_to_itself() {
    let public = serde_json::to_value(register().public("eu-north-1", date(2026, 11, 28))).unwrap();
    let members: BTreeSet<&str> =
        public["entries"][0].as_object().unwrap().keys().map(String::as_str).collect();
    for wanted in
        ["name", "registration", "address", "processing", "location", "transfer_basis", "fields"]
    {
        assert!(members.contains(wanted), "{wanted}");
    }
    for internal in ["confirm", "hosts", "aws_services"] {
        assert!(!members.contains(internal), "{internal}");
    }
}

#[test]
fn d8_every_kind_has_words_in_both_languages() {
    for language in [Language::Da, Language::En] {
        let fields: BTreeSet<&str> = FIELDS.iter().map(|field| field.words(language)).collect();
        let bases: BTreeSet<&str> = BASES.iter().map(|basis| basis.words(language)).collect();
        assert_eq!((fields.len(), bases.len()), (FIELDS.len(), BASES.len()));
    }
}
