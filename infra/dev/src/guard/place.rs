//! Where the stack may be.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Report;
use super::subject::{Subject, texts, walk};

/// D8: the template refuses a region outside the EU, by the list that the functions have too.
pub(super) fn eu_only(subject: &Subject, report: &mut Report) {
    eu_only_in(&subject.template, report);
}

/// The same of any template.
pub(super) fn eu_only_in(template: &Value, report: &mut Report) {
    let assertion = &template["Rules"]["EuOnly"]["Assertions"][0];
    let contains = &assertion["Assert"]["Fn::Contains"];
    let allowed: BTreeSet<&str> = texts(&contains[0]).into_iter().collect();
    let known: BTreeSet<&str> = domain::region::EU_REGIONS.into_iter().collect();
    report.require(allowed == known, "Rules", "EuOnly allows other regions than the functions do");
    let asked = contains[1]["Ref"] == "AWS::Region";
    report.require(asked, "Rules", "EuOnly does not look at the region");
    let reason = assertion["AssertDescription"].as_str().unwrap_or_default();
    let named = known.iter().all(|region| reason.contains(region));
    report.require(named, "Rules", "EuOnly does not say which regions are allowed");
}

/// Neither region nor account stands in a resource or a state machine, so that the stack can be anywhere in the EU.
pub(super) fn no_fixed_region(subject: &Subject, report: &mut Report) {
    let mut documents = vec![("Resources", &subject.template["Resources"])];
    documents.extend(subject.machines.iter().map(|(name, machine)| (name.as_str(), machine)));
    for (place, document) in documents {
        walk(document, &mut |_, value| {
            if let Value::String(text) = value {
                let fixed =
                    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').any(|word| {
                        is_region(word)
                            || (word.len() == 12 && word.bytes().all(|b| b.is_ascii_digit()))
                    });
                report.require(
                    !fixed,
                    place,
                    &format!("a region or account is written out: {text}"),
                );
            }
        });
    }
}

/// No parameter trusts the operator's own machine, or plain HTTP, unless somebody says so.
pub(super) fn no_local_default(subject: &Subject, report: &mut Report) {
    let parameters = subject.template["Parameters"].as_object();
    for (name, parameter) in parameters.into_iter().flatten() {
        let default = parameter["Default"].as_str().unwrap_or_default();
        let local = ["http://", "localhost", "127.0.0.1"].iter().any(|at| default.contains(at));
        report.require(!local, name, "its default is an address of one's own machine");
    }
}

/// What regions are named by within their part of the world.
const DIRECTIONS: [&str; 9] = [
    "north",
    "south",
    "east",
    "west",
    "central",
    "northeast",
    "southeast",
    "northwest",
    "southwest",
];

/// Whether a word looks like a region: two letters, words, a number (`eu-north-1`, `us-gov-west-1`).
fn is_region(word: &str) -> bool {
    let parts: Vec<&str> = word.split('-').collect();
    let [first, middle @ .., last] = parts.as_slice() else { return false };
    first.len() == 2
        && middle.iter().any(|part| DIRECTIONS.contains(part))
        && last.len() == 1
        && last.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::is_region;

    #[test]
    fn regions_are_told_from_other_words() {
        assert!(["eu-north-1", "us-gov-west-1", "ap-southeast-2"].into_iter().all(is_region));
        assert!(
            !["eu-only", "cognito-idp", "x-north", "provided-al2023", ""]
                .into_iter()
                .any(is_region)
        );
    }
}
