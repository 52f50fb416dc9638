//! A deletion certificate (D2, D6).

use domain::erasure::{Certificate, ErasureReason, ErasureScope};
use domain::institution::{Institution, Language};
use printing::Document;

use super::{Rows, document, say, time};

/// The kinds of things that are counted, in words; others stand as they are counted.
const KINDS: [(&str, &str, &str); 22] = [
    ("dynamodb.students", "Studerende", "Students"),
    ("dynamodb.responses", "Besvarelser", "Responses"),
    ("dynamodb.evaluations", "Svar på evalueringer", "Answers to evaluations"),
    ("dynamodb.quarantines", "Besvarelser i karantæne", "Responses in quarantine"),
    ("dynamodb.formations", "Gruppedannelser", "Formations"),
    ("dynamodb.groups", "Grupper", "Groups"),
    ("dynamodb.messages", "Registreringer af mails", "Records of mails"),
    ("dynamodb.rights_requests", "Anmodninger om rettigheder", "Requests about rights"),
    ("dynamodb.rosters", "Registreringer af deltagerlister", "Records of rosters"),
    ("dynamodb.roster_pages", "Sider af deltagerlister", "Pages of rosters"),
    ("dynamodb.eraseds", "Mærker for slettede personer", "Marks of erased people"),
    ("dynamodb.cohorts", "Årgange (opsætning)", "Cohorts (settings)"),
    ("dynamodb.contacts", "Kontaktpersoner", "Contacts"),
    ("dynamodb.exports", "Registreringer af eksporter", "Records of exports"),
    ("dynamodb.institutions", "Institutionens egne oplysninger", "The institution's own record"),
    ("cognito.accounts", "Brugerkonti", "Accounts"),
    ("s3.object_versions", "Filer, alle versioner", "Files, all versions"),
    (
        "ses.suppressed_addresses",
        "Adresser på mailtjenestens spærreliste",
        "Addresses on the mail service's suppression list",
    ),
    ("typeform.responses", "Besvarelser hos Typeform", "Responses at Typeform"),
    (
        "typeform.evaluations",
        "Svar på evalueringer hos Typeform",
        "Answers to evaluations at Typeform",
    ),
    ("students", "Studerende", "Students"),
    ("responses", "Besvarelser", "Responses"),
];

const SYSTEMS: [(&str, &str, &str); 5] = [
    ("dynamodb", "Databasen (AWS DynamoDB)", "Database (AWS DynamoDB)"),
    ("s3", "Fillageret (AWS S3)", "File store (AWS S3)"),
    (
        "ses",
        "Mailtjenestens spærreliste (AWS SES)",
        "Suppression list of the mail service (AWS SES)",
    ),
    ("cognito", "Brugerkonti (AWS Cognito)", "Accounts (AWS Cognito)"),
    ("typeform", "Spørgeskematjenesten (Typeform)", "Questionnaires (Typeform)"),
];

/// The certificate; with the institution's name while its record is there.
pub(crate) fn erasure(
    certificate: &Certificate,
    institution: Option<&Institution>,
    language: Language,
) -> Document {
    let mut rows = Rows::new(language);
    rows.text(
        "Databehandleren bekræfter, at de oplysninger, der står her, er slettet hos databehandleren og dens underdatabehandlere. Alle systemer er derefter læst igennem igen, og der var intet tilbage. Tider er dansk tid.",
        "The processor confirms that the data named here was deleted by it and by its sub-processors. Every system was read again afterwards, and nothing was left. Times are Danish time.",
    );
    rows.row_if(("Dataansvarlig", "Controller"), institution.map(|known| &known.name));
    rows.row(("Dataansvarliges id", "Controller's id"), &certificate.institution);
    rows.row(("Slettet er", "What was erased"), scope(certificate.scope, language));
    rows.row_if(("Årgang", "Cohort"), certificate.cohort.as_ref());
    rows.row(("Begrundelse", "Reason"), reason(certificate.reason, language));
    rows.row_if(("Sagsnummer", "Case"), certificate.reference.as_ref());
    rows.row_if(("Anmodet", "Asked for"), certificate.requested_at.map(time));
    rows.row_if(("Frist for sletning", "Due on"), certificate.delete_on);
    rows.row_if(
        ("Instruks om forlængelse", "Instruction that extended the term"),
        certificate.extended_by.as_ref(),
    );
    rows.row(("Påbegyndt", "Begun"), time(certificate.started_at));
    rows.row(("Kontrolleret", "Verified"), time(certificate.verified_at));
    rows.row(("Sletningens id", "Erasure"), &certificate.erasure);

    rows.heading("Hvor meget der blev slettet", "How much was deleted");
    for (kind, number) in &certificate.deleted {
        rows.row(named(&KINDS, kind), number);
    }
    rows.heading("Hvad der var tilbage ved kontrollen", "What was left when it was read back");
    for (system, number) in &certificate.left_over {
        rows.row(named(&SYSTEMS, system), number);
    }
    if let Some(word) = &certificate.form_gone {
        rows.row(
            (
                "Spørgeskemaet findes ikke længere hos Typeform; sag",
                "Typeform has the form no more; case",
            ),
            format!("{} ({})", word.reference, time(word.at)),
        );
    }
    if !certificate.cohorts.is_empty() {
        rows.heading("Årgange, hver med sin egen attest", "Cohorts, each with its own certificate");
        for (place, cohort) in certificate.cohorts.iter().enumerate() {
            let label = (format!("Attest {}", place + 1), format!("Certificate {}", place + 1));
            rows.row((&label.0, &label.1), cohort);
        }
    }
    rows.heading("Slettejournal", "Deletion ledger");
    rows.text(
        "Under denne nøgle husker slettejournalen sletningen uden personoplysninger, så en genindlæst sikkerhedskopi slettes igen.",
        "Under this key the deletion ledger remembers the erasure without personal data, so that what a restored backup brings back is erased again.",
    );
    rows.row(("Nøgle", "Key"), &certificate.ledger_entry);
    let title = ("Sletteattest", "Deletion certificate");
    document(language, title, certificate.erasure.as_str(), rows.blocks)
}

/// Both words for a kind or a system.
fn named<'a>(known: &[(&str, &'a str, &'a str)], name: &'a str) -> (&'a str, &'a str) {
    let found = known.iter().find(|(known, _, _)| *known == name);
    found.map_or((name, name), |(_, da, en)| (*da, *en))
}

fn scope(scope: ErasureScope, language: Language) -> &'static str {
    match scope {
        ErasureScope::Person => say(language, "en person i årgangen", "one person of the cohort"),
        ErasureScope::Cohort => say(language, "en årgang", "a cohort"),
        ErasureScope::Institution => {
            say(language, "alt, der hører til institutionen", "everything of the institution")
        }
    }
}

fn reason(reason: ErasureReason, language: Language) -> &'static str {
    let (da, en) = match reason {
        ErasureReason::RetentionEnded => ("opbevaringsfristen udløb", "the retention term ended"),
        ErasureReason::PersonAsked => ("personen bad om det", "the person asked for it"),
        ErasureReason::ControllerInstructed => {
            ("instruks fra den dataansvarlige", "instruction of the controller")
        }
        ErasureReason::AgreementEnded => ("aftalen ophørte", "the agreement ended"),
        ErasureReason::Restored => (
            "slettet før, og genindlæst fra en sikkerhedskopi",
            "erased before, and brought back by a restored backup",
        ),
    };
    say(language, da, en)
}
