//! What may be set up, and what of it may change.

use domain::cohort::{Cohort, Rule, Settings};
use domain::institution::Institution;
use domain::retention;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::Fault;

/// The farthest that a deadline may lie after the day on which its cohort was set up. Deletion dates hang on
/// it (D1): without an end, moving it again and again would keep data for ever.
const FARTHEST_DEADLINE: SignedDuration = SignedDuration::from_hours(24 * 366);

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
    if known.is_none() && !institution.forms.contains(&wanted.form) {
        found.push(fault(
            "form",
            "/form",
            "is none of the questionnaires that were made for your institution; ask the operators for one",
            "er ikke et af de spørgeskemaer, der er lavet til jeres institution; bed driften om et",
        ));
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

/// Rules that name students are kept or taken out here: an erasure must find every place that names
/// somebody.
fn named_students(known: Option<&Cohort>, wanted: &Settings) -> Vec<Fault> {
    let known = known.map_or(&[][..], |known| &known.settings.criteria);
    let names = |rule: &Rule| matches!(rule, Rule::Apart { .. } | Rule::Together { .. });
    let kept = |rule: &Rule| known.iter().any(|known| known.rule == *rule);
    let added = wanted.criteria.iter().enumerate();
    let added = added.filter(|(_, wanted)| names(&wanted.rule) && !kept(&wanted.rule));
    let told = |(place, criterion): (usize, &domain::cohort::CriterionSetting)| {
        fault(
            &format!("criteria.{}", criterion.id),
            &format!("/criteria/{place}/rule"),
            "names students, which is kept or taken out here but not added; lock or move them on the board",
            "nævner studerende; det kan beholdes eller fjernes her, men ikke tilføjes; brug tavlen",
        )
    };
    added.map(told).collect()
}

/// Names stand in mails and on pages: one line, and no longer than can be read.
fn names(wanted: &Settings) -> Vec<Fault> {
    let cohort = [("/name/da", &wanted.name.da), ("/name/en", &wanted.name.en)];
    let cohort = cohort.map(|(pointer, text)| ("name".to_owned(), pointer.to_owned(), text));
    let questions = wanted.questions.iter().enumerate().flat_map(|(place, question)| {
        let item = format!("questions.{}", question.id);
        let at = |language: &str| format!("/questions/{place}/label/{language}");
        [(item.clone(), at("da"), &question.label.da), (item, at("en"), &question.label.en)]
    });
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

fn fault(item: &str, pointer: &str, problem: &str, danish: &str) -> Fault {
    let text = str::to_owned;
    Fault { item: text(item), pointer: text(pointer), problem: text(problem), danish: text(danish) }
}
