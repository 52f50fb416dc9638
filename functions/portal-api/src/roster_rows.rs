//! The rows of a roster as they are sent: read to the end, so that everything that is wrong is told at once.
//! Nothing that was sent is repeated in an answer: it may be somebody's address with a typing error.

use std::collections::HashMap;

use domain::cohort::Settings;
use domain::cpr;
use domain::roster::{Entry, LONGEST, is_formula};
use domain::{Email, SectionId};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::params::ParameterProblem;

/// How many problems are told one by one; more than that is a list of something else.
const MOST_TOLD: usize = 200;

/// A list of the students who are expected.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; its members are taken one by one")]
pub(crate) struct RosterList {
    /// The students, 1 to 20,000.
    students: Vec<RosterRow>,
}

/// A student who is expected.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; its members are taken one by one")]
pub(crate) struct RosterRow {
    /// The address that the student will answer with.
    #[schema(example = "freja@example.edu")]
    email: String,
    /// The section: its id or one of the answers that mean it. It may be left out where the cohort has one.
    #[schema(example = "Hold 1")]
    section: Option<String>,
}

/// The entries in a body, or everything that is wrong with it.
pub(crate) fn read(
    mut members: Map<String, Value>,
    settings: &Settings,
) -> Result<Vec<Entry>, Vec<ParameterProblem>> {
    let mut found = Problems::default();
    let students = members.remove("students");
    for name in members.keys() {
        found.all.push(ParameterProblem::body(name, "is not a member of this body"));
    }
    let rows = match students {
        Some(Value::Array(rows)) if (1..=LONGEST).contains(&rows.len()) => rows,
        Some(Value::Array(rows)) if rows.is_empty() => {
            found.tell("/students", "students", ("Listen er tom.", "The list is empty."));
            return Err(found.all);
        }
        _ => {
            let rule = (
                "Listen skal have 1 til 20.000 studerende.",
                "The list must have 1 to 20,000 students.",
            );
            found.tell("/students", "students", rule);
            return Err(found.all);
        }
    };
    let mut entries = Vec::with_capacity(rows.len());
    let mut seen: HashMap<String, usize> = HashMap::new();
    for (index, row) in rows.into_iter().enumerate() {
        let at = format!("/students/{index}");
        let Value::Object(mut row) = row else {
            found.tell(&at, "students", ("Rækken er ikke et objekt.", "The row is no object."));
            continue;
        };
        let email = address(row.remove("email"));
        let section = section(row.remove("section"), settings);
        if !row.is_empty() {
            let more = (
                "Kun adresse og hold modtages; resten må ikke sendes.",
                "Only address and section are taken; nothing else may be sent.",
            );
            found.tell(&at, "students", more);
        }
        match email {
            Err(told) => found.tell(&format!("{at}/email"), "email", told),
            Ok(email) => {
                if let Some(first) = seen.insert(email.normalised(), index) {
                    seen.insert(email.normalised(), first);
                    found.twice(&format!("{at}/email"), first);
                } else if let Ok(section) = &section {
                    entries.push(Entry {
                        email,
                        section: section.clone(),
                        erasure: None,
                        suppressed: None,
                    });
                }
            }
        }
        if let Err(told) = section {
            found.tell(&format!("{at}/section"), "section", told);
        }
    }
    found.finish(entries)
}

/// What is wrong, in Danish and English.
type Told = (&'static str, &'static str);

fn address(given: Option<Value>) -> Result<Email, Told> {
    let Some(Value::String(text)) = given else {
        return Err(("Adressen mangler.", "The address is missing."));
    };
    if text.trim().is_empty() {
        return Err(("Adressen mangler.", "The address is missing."));
    }
    if is_formula(&text) {
        return Err((
            "Adressen begynder som en formel (=, +, - eller @). Skriv selve adressen i cellen.",
            "The address begins like a formula (=, +, - or @). Write the address itself into the cell.",
        ));
    }
    if cpr::mask(&text).1 > 0 {
        return Err((
            "Adressen indeholder et CPR-nummer. Brug en anden adresse.",
            "The address holds a CPR number. Use another address.",
        ));
    }
    Email::parse(&text).map_err(|_| {
        (
            "Det er ikke en e-mailadresse, som der kan sendes til.",
            "This is no e-mail address that mail can be sent to.",
        )
    })
}

fn section(given: Option<Value>, settings: &Settings) -> Result<SectionId, Told> {
    let unknown = (
        "Årgangen har ikke dette hold. Ret det, eller tilføj holdet i opsætningen.",
        "The cohort does not have this section. Correct it, or add the section in the settings.",
    );
    match given {
        None | Some(Value::Null) => match settings.sections.as_slice() {
            [only] => Ok(only.id.clone()),
            _ => Err(("Holdet mangler.", "The section is missing.")),
        },
        Some(Value::String(text)) if text.trim().is_empty() => {
            Err(("Holdet mangler.", "The section is missing."))
        }
        Some(Value::String(text)) => settings.section_for(&[&text]).cloned().ok_or(unknown),
        Some(_) => Err(unknown),
    }
}

#[derive(Default)]
struct Problems {
    all: Vec<ParameterProblem>,
    untold: usize,
}

impl Problems {
    fn add(&mut self, problem: impl FnOnce() -> ParameterProblem) {
        if self.all.len() < MOST_TOLD {
            self.all.push(problem());
        } else {
            self.untold += 1;
        }
    }

    fn tell(&mut self, pointer: &str, name: &str, (da, en): Told) {
        self.add(|| ParameterProblem::told(pointer.to_owned(), name, da, en));
    }

    fn twice(&mut self, pointer: &str, first: usize) {
        let (da, en) = (
            format!(
                "Adressen står allerede i række {}; store og små bogstaver er det samme.",
                first + 1
            ),
            format!(
                "The address stands in row {} already; upper and lower case are the same.",
                first + 1
            ),
        );
        self.add(|| ParameterProblem::told(pointer.to_owned(), "email", da, en));
    }

    fn finish(mut self, entries: Vec<Entry>) -> Result<Vec<Entry>, Vec<ParameterProblem>> {
        if self.untold > 0 {
            let (da, en) =
                (format!("Og {} fejl til.", self.untold), format!("And {} more.", self.untold));
            self.all.push(ParameterProblem::told("/students".to_owned(), "students", da, en));
        }
        if self.all.is_empty() { Ok(entries) } else { Err(self.all) }
    }
}
