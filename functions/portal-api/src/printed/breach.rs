//! A breach's certificate (D7).

use domain::breach::{Affected, Breach, Clock, Question, Risk};
use domain::institution::{Institution, Language};
use jiff::Timestamp;
use mail::registers_mail::asked;
use printing::{Block, Document};

use super::{Rows, document, say, time};

/// The certificate of a breach that was closed at an instant.
pub(crate) fn breach(
    breach: &Breach,
    institution: &Institution,
    closed_at: Timestamp,
    now: Timestamp,
    language: Language,
) -> Document {
    let mut rows = Rows::new(language);
    rows.text(
        "Databehandleren bekræfter, hvad der skete, hvis oplysninger det drejede sig om, hvornår den dataansvarlige fik besked, og hvad der blev gjort. Tider er dansk tid.",
        "The processor confirms what happened, whose data it was, when the controller was told, and what was done. Times are Danish time.",
    );
    rows.row(("Dataansvarlig", "Controller"), &institution.name);
    rows.row(("Dataansvarliges id", "Controller's id"), &institution.id);
    rows.row(("Bruddets id", "Breach"), &breach.id);
    rows.row(("Databehandleren blev bekendt", "Processor became aware"), time(breach.aware_at));
    for (place, told) in breach.notices.iter().enumerate() {
        let label = (format!("Besked {}", place + 1), format!("Notice {}", place + 1));
        rows.row((&label.0, &label.1), time(told.at));
    }
    let in_time = matches!(breach.clock(now), Clock::Met);
    let told = if in_time { ("ja", "yes") } else { ("nej", "no") };
    rows.row(("Inden for 24 timer", "Within 24 hours"), say(language, told.0, told.1));
    rows.row_if(("Risiko", "Risk"), breach.risk.map(|it| risk(it, language)));
    rows.row(("Afsluttet", "Closed"), time(closed_at));

    rows.heading("De tolv spørgsmål (bilag E)", "The twelve questions (annex E)");
    for (place, question) in Question::ALL.into_iter().enumerate() {
        let Some(answer) = breach.answers.get(&question) else { continue };
        let label = format!("{}. {}", place + 1, asked(language, question));
        rows.blocks.push(Block::Row(label, answer.clone()));
    }
    if let Some(affected) = &breach.affected {
        counted(&mut rows, affected);
    }
    let title =
        ("Attest om brud på persondatasikkerheden", "Certificate of a personal data breach");
    document(language, title, breach.id.as_str(), rows.blocks)
}

fn counted(rows: &mut Rows, affected: &Affected) {
    rows.heading("Berørte, talt i systemerne", "People concerned, counted in the systems");
    let window = format!("{} - {}", time(affected.from), time(affected.until));
    rows.row(("Tidsrum", "Window of time"), window);
    rows.row(("Talt", "Counted"), time(affected.counted_at));
    for cohort in &affected.cohorts {
        let (da, en) = ("studerende", "students");
        let count = format!("{} {}", cohort.students, rows.say(da, en));
        rows.row((cohort.cohort.as_str(), cohort.cohort.as_str()), count);
    }
    for erased in &affected.erased {
        let label = ("Slettet siden, se attest", "Erased since, see certificate");
        rows.row(label, &erased.erasure);
    }
}

fn risk(risk: Risk, language: Language) -> &'static str {
    match risk {
        Risk::Unlikely => say(language, "usandsynlig", "unlikely"),
        Risk::Likely => {
            say(language, "en risiko for de berørte", "a risk for the people concerned")
        }
        Risk::High => {
            say(language, "en høj risiko for de berørte", "a high risk for the people concerned")
        }
    }
}
