//! Letters to an institution about data protection: a breach (D7), a new sub-processor (D8).
//!
//! The recipient is the institution's privacy contact. The letters name no student and no contact.

use domain::breach::{AffectedCohort, Breach, Question, Risk};
use domain::institution::Language;
use domain::retention::copenhagen;
use domain::subprocessor::Notice;
use jiff::{SignedDuration, Timestamp};

use crate::group_mail::{RenderError, Rendered};
use crate::letter::{Block, Letter, Sender, date};

/// Hours that a controller has to tell the authority (GDPR, art. 33(1)).
const AUTHORITY_HOURS: i64 = 72;

/// Everything that a letter about a breach tells.
#[derive(Debug, Clone, Copy)]
pub struct BreachMail<'a> {
    /// The institution's language.
    pub language: Language,
    /// The institution's name.
    pub institution: &'a str,
    /// The register's entry.
    pub breach: &'a Breach,
    /// The names of the cohorts that were counted, in the order of the count.
    pub cohorts: &'a [String],
    /// Which notice of the breach it is, from 1.
    pub number: u32,
}

/// Everything that a letter about a new sub-processor tells.
#[derive(Debug, Clone, Copy)]
pub struct SubprocessorMail<'a> {
    /// The institution's language.
    pub language: Language,
    /// The institution's name.
    pub institution: &'a str,
    /// What is told.
    pub notice: &'a Notice,
}

/// One of two texts.
fn say<'a>(language: Language, da: &'a str, en: &'a str) -> &'a str {
    match language {
        Language::Da => da,
        Language::En => en,
    }
}

impl BreachMail<'_> {
    /// Renders the letter.
    pub fn render(&self) -> Result<Rendered, RenderError> {
        let Self { language, breach, institution, number, .. } = *self;
        let say = |da: &'static str, en: &'static str| say(language, da, en);
        let update = number > 1;
        let heading = if update {
            say("Nyt om bruddet på persondatasikkerheden", "More about the personal data breach")
        } else {
            say("Brud på persondatasikkerheden", "Personal data breach")
        };
        let aware = instant(language, breach.aware_at);
        let until = breach.aware_at.checked_add(SignedDuration::from_hours(AUTHORITY_HOURS));
        let until = instant(language, until.unwrap_or(breach.aware_at));
        let mut body = vec![Block::Paragraph(match (language, update) {
            (Language::Da, false) => format!(
                "Vi er {aware} blevet bekendt med et brud på persondatasikkerheden, der berører oplysninger, som UniHelper behandler for {institution}. Her er det, vi ved indtil nu."
            ),
            (Language::En, false) => format!(
                "On {aware} we became aware of a personal data breach that concerns data which UniHelper processes for {institution}. This is what we know so far."
            ),
            (Language::Da, true) => format!(
                "Vi har tidligere underrettet {institution} om et brud, som vi blev bekendt med {aware}. Nu ved vi mere. Svarene nedenfor erstatter de tidligere."
            ),
            (Language::En, true) => format!(
                "We have told {institution} before of a breach that we became aware of on {aware}. We know more now. The answers below replace the earlier ones."
            ),
        })];
        body.push(Block::Paragraph(match language {
            Language::Da => format!(
                "I er dataansvarlige og vurderer, om bruddet skal anmeldes til Datatilsynet. Fristen er 72 timer fra det tidspunkt, hvor I er blevet bekendt med det; regnet fra vores egen viden er det {until}. Vi vurderer, at {}.",
                risk(language, breach.risk)
            ),
            Language::En => format!(
                "You are the controller and judge whether the breach has to be reported to the supervisory authority. The time limit is 72 hours from when you became aware of it; counted from our own awareness that is {until}. Our judgement is that {}.",
                risk(language, breach.risk)
            ),
        }));
        body.extend(self.concerned());
        body.push(Block::Heading(
            say(
                "De tolv spørgsmål (aftalens bilag E)",
                "The twelve questions (annex E of the agreement)",
            )
            .to_owned(),
        ));
        let unknown = say("Vides endnu ikke.", "Not known yet.");
        body.push(Block::Points(
            Question::ALL
                .into_iter()
                .map(|question| {
                    let answer = breach.answers.get(&question).map_or(unknown, String::as_str);
                    format!("{}. {}: {answer}", question.number(), asked(language, question))
                })
                .collect(),
        ));
        let small_print = vec![
            say(
                "Hvorfor får I denne mail? Databehandleraftalen forpligter UniHelper til at underrette jer skriftligt, om muligt inden for 24 timer. Ved vi mere, skriver vi igen.",
                "Why do you get this mail? The data processing agreement obliges UniHelper to tell you in writing, if possible within 24 hours. When we know more, we write again.",
            )
            .to_owned(),
            match language {
                Language::Da => format!("Bruddets nummer i registret: {}.", breach.id),
                Language::En => format!("The breach's number in the register: {}.", breach.id),
            },
        ];
        Letter {
            language,
            from: Sender::UniHelper,
            subject: format!("{heading} – {institution}"),
            place: place(language, institution),
            heading: heading.to_owned(),
            recipient: None,
            body,
            small_print,
        }
        .render()
    }

    /// Whom it concerns, as counted from the data; nothing before that was done.
    fn concerned(&self) -> Vec<Block<'_>> {
        let Self { language, breach, .. } = *self;
        let say = |da: &'static str, en: &'static str| say(language, da, en);
        let mut body = Vec::new();
        if let Some(affected) = &breach.affected {
            body.push(Block::Heading(say("Berørte personer", "People concerned").to_owned()));
            body.push(Block::Paragraph(match language {
                Language::Da => format!(
                    "Talt op i data for tidsrummet {} til {}:",
                    instant(language, affected.from),
                    instant(language, affected.until)
                ),
                Language::En => format!(
                    "Counted from the data for the time from {} to {}:",
                    instant(language, affected.from),
                    instant(language, affected.until)
                ),
            }));
            let named = self.cohorts.iter().zip(&affected.cohorts);
            let mut lines: Vec<String> =
                named.map(|(name, cohort)| counted(language, name, cohort)).collect();
            lines.extend(affected.erased.iter().map(|erased| {
                let format = say(
                    "Slettet siden: mindst 1 person; slettebeviset",
                    "Erased since: at least 1 person; the deletion certificate",
                );
                let things = say("slettede elementer", "deleted items");
                format!("{format} {} ({} {things})", erased.erasure, erased.deleted)
            }));
            if lines.is_empty() {
                lines.push(say("Ingen", "Nobody").to_owned());
            }
            body.push(Block::Points(lines));
        }
        body
    }
}

impl SubprocessorMail<'_> {
    /// Renders the letter.
    pub fn render(&self) -> Result<Rendered, RenderError> {
        let Self { language, notice, institution } = *self;
        let say = |da: &'static str, en: &'static str| say(language, da, en);
        let from = date(language, notice.effective_from);
        let heading = match language {
            Language::Da => format!("Ny underdatabehandler fra {from}"),
            Language::En => format!("New sub-processor from {from}"),
        };
        let line = |label: &str, text: &str| format!("{label}: {text}");
        let body = vec![
            Block::Paragraph(match language {
                Language::Da => format!(
                    "UniHelper vil fra {from} bruge {} som underdatabehandler for {institution}. I får besked mindst 30 dage før, som databehandleraftalen siger. Indtil den dag får virksomheden ingen oplysninger.",
                    notice.name
                ),
                Language::En => format!(
                    "From {from} UniHelper will use {} as a sub-processor for {institution}. You are told at least 30 days ahead, as the data processing agreement says. Until that day the company gets no data.",
                    notice.name
                ),
            }),
            Block::Points(vec![
                line(say("Navn", "Name"), &notice.name),
                line(say("Registrering", "Registration"), &notice.registration),
                line(say("Adresse", "Address"), &notice.address),
                line(say("Behandling", "Processing"), notice.processing.get(language)),
                line(say("Sted", "Location"), notice.location.get(language)),
                line(say("Overførselsgrundlag", "Transfer basis"), notice.transfer.get(language)),
                line(say("Oplysninger", "Data"), notice.fields.get(language)),
            ]),
            Block::Heading(say("Gør I indsigelse?", "Do you object?").to_owned()),
            Block::Paragraph(match language {
                Language::Da => format!(
                    "Har I en rimelig grund til at gøre indsigelse, så skriv den i portalen under Underdatabehandlere eller svar på denne mail, senest dagen før {from}. Hører vi ikke fra jer, går vi ud fra, at I er indforstået."
                ),
                Language::En => format!(
                    "If you have a reasonable cause to object, write it in the portal under Sub-processors, or reply to this mail, by the day before {from} at the latest. If we do not hear from you, we take it that you agree."
                ),
            }),
        ];
        let small_print = vec![match language {
            Language::Da => format!(
                "Hvorfor får I denne mail? {institution} er dataansvarlig, og UniHelper må ikke tage en underdatabehandler i brug uden at varsle jer. Varslets nummer: {}.",
                notice.id
            ),
            Language::En => format!(
                "Why do you get this mail? {institution} is the data controller, and UniHelper must not use a new sub-processor without telling you first. The notice's number: {}.",
                notice.id
            ),
        }];
        Letter {
            language,
            from: Sender::UniHelper,
            subject: format!("{heading}: {}", notice.name),
            place: place(language, institution),
            heading,
            recipient: None,
            body,
            small_print,
        }
        .render()
    }
}

fn place(language: Language, institution: &str) -> String {
    format!("{} · {institution}", say(language, "Databeskyttelse", "Data protection"))
}

/// An instant as Danish time, such as `28. november 2026 kl. 11.30`.
fn instant(language: Language, at: Timestamp) -> String {
    let local = at.to_zoned(copenhagen());
    let (hour, minute) = (local.hour(), local.minute());
    let day = date(language, local.date());
    match language {
        Language::Da => format!("{day} kl. {hour:02}.{minute:02}"),
        Language::En => format!("{day} at {hour:02}:{minute:02} (Danish time)"),
    }
}

fn counted(language: Language, name: &str, cohort: &AffectedCohort) -> String {
    let AffectedCohort { students, records, responses, raw_objects, messages, .. } = cohort;
    match language {
        Language::Da => format!(
            "{name}: {students} studerende ({records} stamoplysninger, {responses} besvarelser, {raw_objects} rå spørgeskemaer, {messages} mails)"
        ),
        Language::En => format!(
            "{name}: {students} students ({records} records, {responses} responses, {raw_objects} raw questionnaires, {messages} mails)"
        ),
    }
}

fn risk(language: Language, risk: Option<Risk>) -> &'static str {
    match risk {
        None => say(language, "risikoen endnu ikke kan vurderes", "the risk cannot be judged yet"),
        Some(Risk::Unlikely) => say(
            language,
            "det er usandsynligt, at bruddet indebærer en risiko for de berørte",
            "a risk for the people concerned is unlikely",
        ),
        Some(Risk::Likely) => say(
            language,
            "der er en risiko for de berørte",
            "there is a risk for the people concerned",
        ),
        Some(Risk::High) => say(
            language,
            "der er en høj risiko for de berørte, så de selv skal underrettes",
            "there is a high risk for the people concerned, so they have to be told themselves",
        ),
    }
}

/// A question of annex E in words.
pub fn asked(language: Language, question: Question) -> &'static str {
    let (da, en) = match question {
        Question::Occurred => ("Hvornår skete bruddet", "When did it occur"),
        Question::Found => ("Hvornår blev det opdaget", "When was it found"),
        Question::Nature => ("Hvad skete der", "What happened"),
        Question::Cause => ("Hvad var årsagen", "What was the cause"),
        Question::DataKind => {
            ("Hvilke oplysninger: almindelige eller følsomme", "Which data: ordinary or sensitive")
        }
        Question::Categories => ("Hvilke kategorier af personer", "Which categories of people"),
        Question::Numbers => (
            "Hvor mange personer formodentlig, pr. kategori",
            "How many people presumably, by category",
        ),
        Question::Findings => {
            ("Hvad viste den tekniske undersøgelse", "What was found technically")
        }
        Question::Consequences => {
            ("Hvad er de sandsynlige følger for dem", "What are the likely consequences for them")
        }
        Question::Remedies => {
            ("Hvad er der gjort for at afhjælpe det", "What has been done to remedy it")
        }
        Question::FollowUp => (
            "Hvad gøres internt for at undgå gentagelse",
            "What is done internally to prevent the like",
        ),
        Question::ClosingDate => ("Hvornår er sagen afsluttet", "When was the case closed"),
    };
    say(language, da, en)
}

#[cfg(test)]
mod tests;
