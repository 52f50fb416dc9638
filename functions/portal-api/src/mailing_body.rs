//! What a contact writes to students, as the body of a request: everything that is wrong is told at once, each
//! with its place and in the reader's language. Nothing of a text is repeated.

use domain::SectionId;
use domain::cohort::{Cohort, Settings};
use domain::institution::Language;
use domain::mailing::{Audience, MailText, TextFault, Texts};
use serde_json::{Map, Value};
use store::Scope;

use crate::params::ParameterProblem;
use crate::portal::Portal;
use crate::problem::Problem;
use crate::sentences::Localised;

/// Reads the recipients and the text of a body.
pub(crate) async fn read(
    portal: &Portal,
    scope: &Scope,
    cohort: &Cohort,
    mut members: Map<String, Value>,
) -> Result<(Audience, Texts), Problem> {
    let mut found = Vec::new();
    let audience = audience(&cohort.settings, members.remove("audience"), &mut found);
    let texts = texts(members.remove("texts"), cohort.settings.language, &mut found);
    for name in members.keys() {
        found.push(ParameterProblem::body(name, "is not a member of this body"));
    }
    let audience = match audience {
        Some(Asked::Whole(audience)) => Some(audience),
        Some(Asked::Group { section, group }) => {
            let there = known_group(portal, scope, cohort, section, group).await?;
            if there.is_none() {
                found.push(fault(
                    "/audience/group",
                    "must be a group of the published formation",
                    "skal være en gruppe i den offentliggjorte gruppedannelse",
                ));
            }
            there
        }
        None => None,
    };
    match audience {
        Some(audience) if found.is_empty() => Ok((audience, texts)),
        _ => Err(Problem::Parameters(found)),
    }
}

/// Recipients as they are named in a body.
enum Asked {
    Whole(Audience),
    Group { section: SectionId, group: u32 },
}

fn audience(
    settings: &Settings,
    given: Option<Value>,
    found: &mut Vec<ParameterProblem>,
) -> Option<Asked> {
    let before = found.len();
    let mut given = match given {
        Some(Value::Object(given)) => given,
        _ => Map::new(),
    };
    let to = given.remove("to");
    let to = to.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
    if !["cohort", "section", "group", "not_answered", "not_evaluated"].contains(&to.as_str()) {
        found.push(fault(
            "/audience/to",
            "must be one of cohort, section, group, not_answered, not_evaluated",
            "skal være cohort, section, group, not_answered eller not_evaluated",
        ));
        return None;
    }
    let silent = ["not_answered", "not_evaluated"].contains(&to.as_str());
    let may_be_absent = silent && given.get("section").is_none_or(Value::is_null);
    if may_be_absent {
        given.remove("section");
    }
    let section = (to != "cohort" && !may_be_absent).then(|| given.remove("section"));
    let section = section.and_then(|section| {
        let section = section.as_ref().and_then(Value::as_str).unwrap_or_default();
        let known = settings.sections.iter().find(|known| known.id.as_str() == section);
        if known.is_none() {
            found.push(fault(
                "/audience/section",
                "must be a section of the cohort",
                "skal være et hold på årgangen",
            ));
        }
        known.map(|known| known.id.clone())
    });
    let group = (to == "group").then(|| given.remove("group"));
    let group = group.and_then(|group| {
        let number = group.as_ref().and_then(Value::as_u64);
        let number = number.and_then(|number| u32::try_from(number).ok()).filter(|n| *n > 0);
        if number.is_none() {
            found.push(fault(
                "/audience/group",
                "must be a whole number from 1",
                "skal være et helt tal fra 1",
            ));
        }
        number
    });
    for name in given.keys() {
        let pointer = format!("/audience/{}", escaped(name));
        found.push(fault(&pointer, "is not a member here", "hører ikke til her"));
    }
    if found.len() > before {
        return None;
    }
    match to.as_str() {
        "not_answered" => return Some(Asked::Whole(Audience::NotAnswered { section })),
        "not_evaluated" => return Some(Asked::Whole(Audience::NotEvaluated { section })),
        _ => {}
    }
    match (section, group) {
        (Some(section), Some(group)) => Some(Asked::Group { section, group }),
        (Some(section), None) => Some(Asked::Whole(Audience::Section { section })),
        _ => Some(Asked::Whole(Audience::Cohort)),
    }
}

/// The group of the published formation, if it is there.
async fn known_group(
    portal: &Portal,
    scope: &Scope,
    cohort: &Cohort,
    section: SectionId,
    group: u32,
) -> Result<Option<Audience>, Problem> {
    let Some(formation) = cohort.published_formation.clone() else { return Ok(None) };
    let there = portal.store.group(scope, &formation, &section, group).await?;
    Ok(there.map(|_| Audience::Group { formation, section, group }))
}

fn texts(given: Option<Value>, first: Language, found: &mut Vec<ParameterProblem>) -> Texts {
    let mut given = match given {
        Some(Value::Object(given)) => given,
        _ => Map::new(),
    };
    let mut texts = Texts::default();
    for (language, name) in [(Language::Da, "da"), (Language::En, "en")] {
        match given.remove(name) {
            None | Some(Value::Null) if language == first => found.push(fault(
                &format!("/texts/{name}"),
                "must be there: the cohort's mails are in this language",
                "skal være der: årgangens mails er på dette sprog",
            )),
            None | Some(Value::Null) => {}
            Some(value) => {
                let text = text(name, value, found);
                match language {
                    Language::Da => texts.da = text,
                    Language::En => texts.en = text,
                }
            }
        }
    }
    for name in given.keys() {
        let pointer = format!("/texts/{}", escaped(name));
        found.push(fault(&pointer, "is not a language of the service", "er ikke et af sprogene"));
    }
    texts
}

fn text(language: &str, given: Value, found: &mut Vec<ParameterProblem>) -> Option<MailText> {
    let mut given = match given {
        Value::Object(given) => given,
        _ => Map::new(),
    };
    let mut part = |name: &str| match given.remove(name) {
        Some(Value::String(text)) => text,
        _ => String::new(),
    };
    let (subject, body) = (part("subject"), part("body"));
    for name in given.keys() {
        let pointer = format!("/texts/{language}/{}", escaped(name));
        found.push(fault(&pointer, "is not a member here", "hører ikke til her"));
    }
    match MailText::read(&subject, &body) {
        Ok(text) => Some(text),
        Err((of_subject, of_body)) => {
            for (name, faults) in [("subject", of_subject), ("body", of_body)] {
                let told = |it: TextFault| {
                    let pointer = format!("/texts/{language}/{name}");
                    fault(&pointer, &it.to_string(), &it.danish())
                };
                found.extend(faults.into_iter().map(told));
            }
            None
        }
    }
}

/// A name as it stands in a JSON pointer (RFC 6901).
fn escaped(name: &str) -> String {
    let name: String = name.chars().take(64).collect();
    name.replace('~', "~0").replace('/', "~1")
}

fn fault(pointer: &str, english: &str, danish: &str) -> ParameterProblem {
    let name = pointer.rsplit('/').next().unwrap_or_default();
    ParameterProblem {
        pointer: Some(pointer.to_owned()),
        words: Some(Localised::of(danish, english)),
        ..ParameterProblem::body(name, english)
    }
}
