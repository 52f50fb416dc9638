//! Where each store of the data map is in the archive, or why it is not there.

/// Where a store is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// In these members of `data.json`, by JSON pointer.
    In(&'static [&'static str]),
    /// A copy of what is shown, or nothing that could be: the README says so in these words.
    Told(&'static str),
}

/// The stores of the data map that are about students, by their names there.
pub const PLACES: [(&str, Shown); 18] = [
    ("Cohort", Shown::In(&["/cohort/rules"])),
    ("Student", Shown::In(&["/student"])),
    ("Roster", Shown::In(&["/roster"])),
    ("Response", Shown::In(&["/questionnaires/0/answers", "/questionnaires/0/profile"])),
    ("Quarantined response", Shown::In(&["/set_aside"])),
    ("Answer to an evaluation", Shown::In(&["/evaluations/0/answers"])),
    ("Formation", Shown::In(&["/formations"])),
    ("Group", Shown::In(&["/groups"])),
    ("Message", Shown::In(&["/messages"])),
    ("Mailing", Shown::In(&["/mailings"])),
    ("Request of a student", Shown::In(&["/requests"])),
    ("Audit entry", Shown::In(&["/log/entries"])),
    (
        "Objects of a cohort",
        Shown::In(&["/questionnaires/0/as_received", "/formations/0/took_part/profile"]),
    ),
    ("Questionnaires of unknown forms", Shown::Told("sent to a form of no cohort")),
    ("Responses", Shown::Told("Typeform has a copy")),
    ("Suppressed addresses", Shown::Told("The mail service remembers")),
    ("Flow", Shown::Told("Queues, runs of programs and operational logs")),
    ("Backups", Shown::Told("Backups of the tables")),
];
