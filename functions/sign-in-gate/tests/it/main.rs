//! Every file in `events/sign-in-gate/`, by its name.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use serde_json::{Value, json};
use sign_in_gate::{Stranger, decide};

fn events() -> Vec<(String, Value)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/sign-in-gate");
    let mut all: Vec<(String, Value)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| {
            let path = file.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
        })
        .collect();
    all.sort_by(|(one, _), (other, _)| one.cmp(other));
    all
}

#[test]
fn p2_only_operators_make_accounts_whoever_vouches_for_somebody() {
    let events = events();
    let names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["made-by-an-operator", "vouched-for-by-a-provider"]);
    let [(_, operators), (_, strangers)] = &events[..] else { unreachable!("two events") };
    assert_eq!(decide(operators.clone()), Ok(operators.clone()), "sent back as it came");
    assert_eq!(decide(strangers.clone()), Err(Stranger));
    for other in [json!("PreSignUp_SignUp"), json!("PreSignUp_Other"), Value::Null] {
        let mut event = operators.clone();
        event["triggerSource"] = other;
        assert_eq!(decide(event), Err(Stranger));
    }
    assert!(!Stranger.to_string().contains('@'));
}
