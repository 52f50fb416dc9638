//! What the archive is, in words, with what article 15(1) asks for.

use domain::institution::Language;

use super::Dossier;

/// Where the authority for data protection takes complaints, as it publishes it itself.
const AUTHORITY: &str = "www.datatilsynet.dk";

/// Headings and paragraphs in a language.
pub(super) fn text(dossier: &Dossier, language: Language) -> String {
    let name = dossier.cohort.name.get(language);
    let controller = &dossier.controller;
    let say = |da: String, en: String| match language {
        Language::Da => da,
        Language::En => en,
    };
    let mut text = String::new();
    let mut part = |heading: &str, paragraphs: &[String]| {
        text.push_str(&heading.to_uppercase());
        text.push_str("\r\n\r\n");
        for paragraph in paragraphs {
            text.push_str(paragraph);
            text.push_str("\r\n\r\n");
        }
    };
    let title = say("Dine oplysninger i UniHelper".into(), "Your data in UniHelper".into());
    part(&title, &[
        say(
            format!("{name}, {}. Lavet {} (UTC) som svar på anmodning {}.", controller.name, dossier.made_at, dossier.request),
            format!("{name}, {}. Made on {} (UTC) in answer to request {}.", controller.name, dossier.made_at, dossier.request),
        ),
        say(
            "data.json indeholder alt i maskinlæsbar form. CSV-filerne viser det samme som tabeller, der kan åbnes i et regneark; en celle, der ellers ville være en formel, begynder med en apostrof. Arkivet laves, når det hentes, og gemmes ikke hos os.".into(),
            "data.json holds everything in a form that machines read. The CSV files show the same as tables for a spreadsheet; a cell that would be a formula begins with an apostrophe. The archive is made when it is fetched and is not kept by us.".into(),
        ),
    ]);
    part(&say("Filer".into(), "Files".into()), &files(language));
    part(
        &say("Hvad der ikke ligger i filerne".into(), "What is not in the files".into()),
        &elsewhere(language),
    );
    part(&say("Formål".into(), "Purposes".into()), &[say(
        "Oplysningerne bruges til at danne studiegrupper ud fra svarene, sende dig din gruppe, hvis institutionen har aftalt det, danne grupper om, evaluere forløbet og behandle dine anmodninger. Anonyme tal, der ikke kan føres tilbage til dig, bruges til at forbedre spørgeskema og gruppedannelse. Grupper dannes af et program efter kriterier, som institutionen har valgt; scoren i groups.csv viser, hvor godt gruppen opfylder dem. Det har ingen retsvirkning for dig.".into(),
        "The data is used to form study groups from the answers, to mail you your group where the institution has agreed to it, to form groups anew, to evaluate how it went and to carry out your requests. Anonymous numbers that cannot be traced to you are used to improve questionnaire and group formation. Groups are formed by a program according to criteria that the institution has chosen; the score in groups.csv shows how well the group meets them. It has no legal effect on you.".into(),
    )]);
    part(&say("Hvor oplysningerne kommer fra".into(), "Where the data comes from".into()), &[say(
        "Fra dig selv: fra de spørgeskemaer og evalueringer, du har sendt. Fra institutionen: adresse og hold på dens liste over forventede studerende, hvis den har givet os en. Grupper, scorer, mailenes tilstand og loggen er opstået i tjenesten.".into(),
        "From you: from the questionnaires and evaluations that you submitted. From the institution: address and class on its list of expected students, if it gave us one. Groups, scores, the state of mails and the log came about in the service.".into(),
    )]);
    part(
        &say("Hvem der får dem".into(), "Who receives it".into()),
        &recipients(controller, language),
    );
    part(
        &say("Hvor længe".into(), "For how long".into()),
        &[say(
            format!(
                "Oplysningerne findes ikke længere den {}; datoen flytter sig, hvis der dannes grupper igen, eller hvis institutionen skriftligt forlænger eller afkorter.",
                dossier.cohort.delete_on
            ),
            format!(
                "The data no longer exists on {}; the date moves if groups are formed again or if the institution extends or shortens it in writing.",
                dossier.cohort.delete_on
            ),
        )],
    );
    part(
        &say("Dine rettigheder".into(), "Your rights".into()),
        &[say(
            format!(
                "Du kan bede om indsigt, rettelse, sletning, begrænsning og udlevering og gøre indsigelse: svar på mailen eller skriv til {} ({}), som er dataansvarlig. Du kan klage til Datatilsynet ({AUTHORITY}).",
                controller.name, controller.contact
            ),
            format!(
                "You may ask for access, correction, erasure, restriction and a copy to take with you, and you may object: reply to the mail or write to {} ({}), the data controller. You may complain to the Danish Data Protection Agency ({AUTHORITY}).",
                controller.name, controller.contact
            ),
        )],
    );
    text
}

fn files(language: Language) -> Vec<String> {
    let files = [
        (
            "student.csv",
            "navn, adresse, studienummer, hold, begrænsning, indsigelse, og om mails til adressen er stoppet",
            "name, address, student number, class, restriction, objection, and whether mail to the address has stopped",
        ),
        (
            "roster.csv",
            "hvad institutionens liste over forventede studerende siger om dig: adresse, hold, og om påmindelser til adressen er stoppet",
            "what the institution's list of expected students says of you: address, class, and whether reminders to the address have stopped",
        ),
        (
            "questionnaires.csv, answers.csv",
            "hvert spørgeskema, også tidligere; as_received er det, som Typeform sendte (CPR-numre er skjult)",
            "every questionnaire, earlier ones too; as_received is what Typeform sent (CPR numbers are masked)",
        ),
        (
            "set-aside.csv",
            "spørgeskemaer med din adresse, som ikke kunne bruges",
            "questionnaires with your address that could not be used",
        ),
        (
            "evaluations.csv",
            "dine svar på evalueringen: tal og svarmuligheder; det, du skrev med egne ord, gemmes ikke hos os, men står hos Typeform",
            "your answers to the evaluation: numbers and choices; what you wrote in your own words is not kept by us but is at Typeform",
        ),
        (
            "rules.csv",
            "regler om, at du skal (together) eller ikke må (apart) være i gruppe med bestemte andre; hvem står der ikke, fordi det er deres",
            "rules that you are to be (together) or not to be (apart) in a group with certain others; not whom, because that is theirs",
        ),
        (
            "formations.csv",
            "gruppedannelser og de svar, der gik ind i dem",
            "formations and the answers that went into them",
        ),
        (
            "groups.csv",
            "dine grupper, også i runder, der er planlagt og venter; af de andre står kun antallet, fordi deres oplysninger er deres",
            "your groups, in rounds that are planned and wait, too; of the others only their number, because their data is theirs",
        ),
        (
            "messages.csv",
            "hvilke mails du har fået og hvad der skete med dem; tekst og adresse gemmes ikke, de læses, når mailen sendes",
            "which mails you were sent and what became of them; neither text nor address is kept, both are read when the mail is sent",
        ),
        (
            "mailings.csv",
            "det, som institutionens kontaktpersoner har skrevet til dig og andre i mails",
            "what the institution's contact persons wrote to you and others in mails",
        ),
        ("requests.csv", "dine anmodninger", "your requests"),
        (
            "log.csv",
            "hvem der har læst eller ændret oplysningerne, hvornår og hvorfor; named=false er et opslag om mange, hvor de enkelte ikke er skrevet op",
            "who read or changed the data, when and why; named=false is a look at many of whom not each one is written down",
        ),
    ];
    files
        .map(|(name, da, en)| format!("{name}: {}", if language == Language::Da { da } else { en }))
        .to_vec()
}

fn elsewhere(language: Language) -> Vec<String> {
    // One paragraph for each store that `PLACES` says is told.
    let told = [
        (
            "Typeform har en kopi af de spørgeskemaer og evalueringer, der står her, indtil de slettes.",
            "Typeform has a copy of the questionnaires and evaluations shown here until they are erased.",
        ),
        (
            "Mailtjenesten husker en adresse, som ikke findes eller har klaget; feltet suppressed i student.csv siger, om det er din.",
            "The mail service remembers an address that does not exist or complained; the field suppressed in student.csv says whether it is yours.",
        ),
        (
            "Sikkerhedskopier af tabellerne gemmes højst 35 dage og bruges kun efter et nedbrud; det, der er slettet, slettes da igen.",
            "Backups of the tables are kept for at most 35 days and used only after a breakdown; what was erased is then erased again.",
        ),
        (
            "Køer, programforløb og driftslog indeholder numre og ingen navne eller adresser, bortset fra mailtjenestens egne beskeder, som slettes inden for 14 dage.",
            "Queues, runs of programs and operational logs hold numbers and no names or addresses, apart from the mail service's own notices, which are gone within 14 days.",
        ),
        (
            "Et spørgeskema, der er sendt til en formular, som ikke hører til noget forløb, kan ikke føres til dig og slettes efter 30 dage.",
            "A questionnaire that was sent to a form of no cohort cannot be traced to you and is deleted after 30 days.",
        ),
        (
            "Hvis andre har nævnt dig i deres svar, udleveres det ikke, fordi det også er deres oplysninger.",
            "If others named you in their answers, that is not handed out, because it is their data as well.",
        ),
    ];
    told.map(|(da, en)| (if language == Language::Da { da } else { en }).to_owned()).to_vec()
}

fn recipients(controller: &super::Controller, language: Language) -> Vec<String> {
    let mut told = vec![match language {
        Language::Da => format!(
            "{} og dens kontaktpersoner; de andre i din gruppe får dit navn og din adresse, hvis institutionen har aftalt det. Databehandlere:",
            controller.name
        ),
        Language::En => format!(
            "{} and its contact persons; the others in your group get your name and address where the institution has agreed to it. Processors:",
            controller.name
        ),
    }];
    told.extend(subprocessors::register().entries.iter().map(|entry| {
        let (processing, transfer) = (entry.processing.get(language), entry.transfer.get(language));
        format!("{} ({}): {processing} {transfer}", entry.name, entry.location.get(language))
    }));
    told
}
