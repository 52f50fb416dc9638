//! What may be set up, and what of it may change.

use domain::cohort::{Cohort, Question, Settings, newly_named};
use domain::institution::Institution;
use domain::retention;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::Fault;

/// The farthest that a deadline may lie after the day on which its cohort was set up. Deletion dates hang on
/// it (D1): without an end, moving it again and again would keep data for ever.
const FARTHEST_DEADLINE: SignedDuration = SignedDuration::from_hours(24 * 366);

/// How many students a change may name whom no rule named before: a transaction has a hundred places.
const MOST_NAMED: usize = 90;

/// The longest name of a cohort or a question, in characters.
const LONGEST_NAME: usize = 200;

/// The day since which the data of a new cohort would have to be gone (D1), if its deadline lies that far
/// back.
pub fn over_since(settings: &Settings, today: Date) -> Option<Date> {
    let delete_on = retention::delete_on(settings.deadline, None);
    retention::is_due(delete_on, today).then_some(delete_on)
}

/// Whether a cohort's data is due for deletion, being erased, or gone.
pub fn is_gone(cohort: &Cohort, today: Date) -> bool {
    cohort.erasure.is_some() || retention::is_due(cohort.delete_on, today)
}

/// What cannot change once a cohort is there: its responses hang on the form, its students on their
/// sections.
pub fn irreplaceable(known: &Settings, wanted: &Settings) -> Vec<Fault> {
    let mut found = Vec::new();
    if known.form != wanted.form {
        found.push(cannot_change("form"));
    }
    found.extend(of_evaluation(known, wanted));
    for section in &known.sections {
        if !wanted.sections.iter().any(|kept| kept.id == section.id) {
            found.push(fault(
                &format!("sections.{}", section.id),
                "/sections",
                "cannot be left out: students may be in it",
                "kan ikke udelades: der kan være studerende på holdet",
            ));
        }
    }
    found
}

/// What cannot change of an evaluation once it is named: its form, which the cohort has claimed, and the name of
/// the hidden field, under which answers at Typeform tell whose they are.
fn of_evaluation(known: &Settings, wanted: &Settings) -> Option<Fault> {
    let known = known.evaluation.as_ref()?;
    let Some(wanted) = wanted.evaluation.as_ref().filter(|wanted| wanted.form == known.form) else {
        return Some(fault(
            "evaluation.form",
            "/evaluation/form",
            "cannot change or be taken out: its answers at Typeform are erased with this cohort",
            "kan ikke ændres eller fjernes: svarene hos Typeform slettes sammen med årgangen",
        ));
    };
    (wanted.hidden != known.hidden).then(|| {
        fault(
            "evaluation.hidden",
            "/evaluation/hidden",
            "cannot change: by it answers are known to be somebody's; name the field at Typeform like it instead",
            "kan ikke ændres: på det kendes, hvis svarene er; giv i stedet feltet hos Typeform dette navn",
        )
    })
}

/// Whether the questions of an evaluation become others: anything but what they are called.
pub fn asks_otherwise(known: &Settings, wanted: &Settings) -> bool {
    let Some(known) = &known.evaluation else { return false };
    let wanted = wanted.evaluation.as_ref().map_or(&[][..], |wanted| &wanted.questions);
    let same = |(known, wanted): (&Question, &Question)| {
        (&known.id, &known.refs, &known.kind) == (&wanted.id, &wanted.refs, &wanted.kind)
    };
    known.questions.len() != wanted.len() || !known.questions.iter().zip(wanted).all(same)
}

/// That contacts cannot change the questions of an evaluation once something was answered to it: whoever could
/// move the ends of a scale or leave options out would learn from the counts what single people answered. The
/// operators, who make the form, can mend a mistake in them.
pub fn already_answered() -> Fault {
    fault(
        "evaluation.questions",
        "/evaluation/questions",
        "can change no more than what they are called: somebody has answered; ask the operators to mend a mistake",
        "kan kun ændre, hvad de kaldes: nogen har svaret; bed driften om at rette en fejl",
    )
}

/// A setting that cannot change any more.
pub fn cannot_change(item: &str) -> Fault {
    fault(item, &format!("/{item}"), "cannot change", "kan ikke ændres")
}

/// What a contact may not set up or change, beyond what is wrong for everybody. The operators, who have the
/// agreement and make the questionnaires, may.
pub fn for_contacts(
    institution: &Institution,
    known: Option<&Cohort>,
    wanted: &Settings,
    now: Timestamp,
) -> Vec<Fault> {
    let mut found = Vec::new();
    let foreign = |item: &str, pointer: &str| {
        fault(
            item,
            pointer,
            "is none of the questionnaires that were made for your institution; ask the operators for one",
            "er ikke et af de spørgeskemaer, der er lavet til jeres institution; bed driften om et",
        )
    };
    if known.is_none() && !institution.forms.contains(&wanted.form) {
        found.push(foreign("form", "/form"));
    }
    let had_evaluation = known.is_some_and(|known| known.settings.evaluation.is_some());
    if let Some(evaluation) = wanted.evaluation.as_ref().filter(|_| !had_evaluation)
        && !institution.forms.contains(&evaluation.form)
    {
        found.push(foreign("evaluation.form", "/evaluation/form"));
    }
    let had_mail = known.is_some_and(|known| known.settings.mail_agreed);
    if wanted.mail_agreed && !had_mail && !institution.mail_agreed {
        found.push(fault(
            "mail_agreed",
            "/mail_agreed",
            "your institution's agreement says nothing of mails to students; have it extended first",
            "jeres institutions aftale omfatter ikke mails til studerende; få den udvidet først",
        ));
    }
    found.extend(deadline(known, wanted, now));
    found.extend(named_students(known, wanted));
    found.extend(names(wanted));
    found
}

fn deadline(known: Option<&Cohort>, wanted: &Settings, now: Timestamp) -> Option<Fault> {
    if known.is_some_and(|known| known.settings.deadline == wanted.deadline) {
        return None;
    }
    let told = |english: &str, danish: &str| Some(fault("deadline", "/deadline", english, danish));
    if known.is_some_and(|known| known.last_formation_at.is_some()) {
        return told(
            "cannot change: groups were formed already",
            "kan ikke ændres: der er dannet grupper",
        );
    }
    if wanted.deadline <= now {
        return told(
            "lies in the past; choose a time that is to come",
            "ligger i fortiden; vælg et senere tidspunkt",
        );
    }
    let set_up = known.map_or(now, |known| known.created_at);
    if wanted.deadline.duration_since(set_up) > FARTHEST_DEADLINE {
        return told(
            "lies more than a year after the day on which the cohort was set up; choose an earlier time",
            "ligger mere end et år efter, at årgangen blev oprettet; vælg et tidligere tidspunkt",
        );
    }
    None
}

/// Students are named once there are any, and so many at once as one change can look for: whoever is being erased
/// must not be named anew, so the change is made together with a look at each ([`unknown_student`]).
pub fn named_students(known: Option<&Cohort>, wanted: &Settings) -> Vec<Fault> {
    let before = known.map_or(&[][..], |known| &known.settings.criteria);
    let new = newly_named(before, &wanted.criteria);
    let place = new.values().min().copied();
    let told = |english: &str, danish: &str| {
        place.map(|place| named_fault(wanted, place, english, danish)).into_iter().collect()
    };
    if known.is_none() {
        return told(
            "names students, of whom there are none before the cohort is set up",
            "nævner studerende, men dem er der ingen af, før årgangen er oprettet",
        );
    }
    if new.len() > MOST_NAMED {
        return told(
            &format!(
                "the rules name more than {MOST_NAMED} more students; save some of them first"
            ),
            &format!("reglerne nævner over {MOST_NAMED} studerende mere; gem nogle af dem først"),
        );
    }
    Vec::new()
}

/// That a rule names somebody whom it cannot name: who is not in the cohort, or not any more, or takes no part.
pub fn unknown_student(wanted: &Settings, place: usize) -> Fault {
    named_fault(
        wanted,
        place,
        "names somebody who is not among the students of this cohort or takes no part in its groups; take them out",
        "nævner en, der ikke er blandt årgangens studerende eller ikke deltager i dens grupper; tag vedkommende ud",
    )
}

/// That a rule brings together who is never in one group.
pub fn different_sections(wanted: &Settings, place: usize) -> Fault {
    named_fault(
        wanted,
        place,
        "brings students of different sections together, whose groups are formed apart; name students of one section",
        "samler studerende fra forskellige hold, hvis grupper dannes hver for sig; nævn studerende fra ét hold",
    )
}

fn named_fault(wanted: &Settings, place: usize, english: &str, danish: &str) -> Fault {
    let id = wanted.criteria.get(place).map(|criterion| criterion.id.as_str()).unwrap_or_default();
    fault(&format!("criteria.{id}"), &format!("/criteria/{place}/rule"), english, danish)
}

/// Names stand in mails and on pages: one line, and no longer than can be read.
fn names(wanted: &Settings) -> Vec<Fault> {
    let cohort = [("/name/da", &wanted.name.da), ("/name/en", &wanted.name.en)];
    let cohort = cohort.map(|(pointer, text)| ("name".to_owned(), pointer.to_owned(), text));
    let evaluated = wanted.evaluation.as_ref().map_or(&[][..], |evaluation| &evaluation.questions);
    let questions = labels("", &wanted.questions).chain(labels("evaluation", evaluated));
    let wrong = |text: &str| {
        text.trim().is_empty()
            || text.chars().count() > LONGEST_NAME
            || text.contains(char::is_control)
    };
    let found = cohort.into_iter().chain(questions).filter(|(item, _, text)| {
        // An empty name of the cohort is told where everybody is told of it.
        wrong(text) && !(item == "name" && text.trim().is_empty())
    });
    let told = |(item, pointer, _): (String, String, &String)| {
        fault(
            &item,
            &pointer,
            &format!("must be one line of 1 to {LONGEST_NAME} characters"),
            &format!("skal være én linje på 1 til {LONGEST_NAME} tegn"),
        )
    };
    found.map(told).collect()
}

/// The labels of questions that stand below a setting, each with its item and its place.
fn labels<'q>(
    below: &'static str,
    questions: &'q [Question],
) -> impl Iterator<Item = (String, String, &'q String)> {
    let (dot, slash) = if below.is_empty() { ("", "") } else { (".", "/") };
    questions.iter().enumerate().flat_map(move |(place, question)| {
        let item = format!("{below}{dot}questions.{}", question.id);
        let at = |language: &str| format!("{slash}{below}/questions/{place}/label/{language}");
        [(item.clone(), at("da"), &question.label.da), (item, at("en"), &question.label.en)]
    })
}

fn fault(item: &str, pointer: &str, problem: &str, danish: &str) -> Fault {
    let text = str::to_owned;
    Fault { item: text(item), pointer: text(pointer), problem: text(problem), danish: text(danish) }
}
