//! The pages about a request, in Danish and English one below the other, with their status codes.

use crate::answer::{self, Answer};
use crate::style::STYLE;

/// What a page says.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Page {
    /// What will happen, and the button.
    Ask,
    /// It is confirmed.
    Confirmed,
    /// What is fetched, and the button.
    Fetch,
    /// The file itself.
    Archive {
        /// Its name, which names nobody.
        name: String,
        /// What it holds.
        body: Vec<u8>,
    },
    /// The link cannot be used: wrong, void, used, too old or of a request that is gone. Which of
    /// these it is, only the student's own mailbox needs to know.
    NoLink,
    /// Another try in a moment may succeed.
    Later,
}

impl Page {
    fn status(&self) -> u16 {
        match self {
            Self::Ask | Self::Confirmed | Self::Fetch | Self::Archive { .. } => 200,
            Self::NoLink => 410,
            Self::Later => 503,
        }
    }

    /// Heading and text: Danish, English.
    fn says(&self) -> [(&'static str, &'static str); 2] {
        match self {
            Self::Ask => [
                (
                    "Bekræft din anmodning",
                    "Du har bedt om noget, der gælder dine oplysninger; hvad, står i mailen. Når du trykker på knappen, ved vi, at det er dig, og går i gang. Linket virker én gang.",
                ),
                (
                    "Confirm your request",
                    "You have asked for something about your data; the mail says what. When you press the button, we know that it is you and begin. The link works once.",
                ),
            ],
            Self::Confirmed => [
                (
                    "Tak, din anmodning er bekræftet",
                    "Du får en mail, når den er behandlet. Du kan lukke siden.",
                ),
                (
                    "Thank you, your request is confirmed",
                    "You will get a mail when it is done. You may close this page.",
                ),
            ],
            Self::Fetch | Self::Archive { .. } => [
                (
                    "Hent dine oplysninger",
                    "Arkivet indeholder alt, hvad vi har om dig; læs README.txt først. Det laves, når du trykker på knappen, og gemmes ikke hos os. Linket virker én gang; gik noget galt, så svar på mailen og få et nyt.",
                ),
                (
                    "Fetch your data",
                    "The archive holds everything that we hold about you; read README.txt first. It is made when you press the button and is not kept by us. The link works once; if something went wrong, reply to the mail for another.",
                ),
            ],
            Self::NoLink => [
                (
                    "Linket kan ikke bruges",
                    "Det er brugt, ældre end syv dage eller afløst af et nyere. Svar på mailen, hvis du har brug for et nyt.",
                ),
                (
                    "This link cannot be used",
                    "It has been used, is older than seven days or was replaced by a newer one. Reply to the mail if you need another.",
                ),
            ],
            Self::Later => [
                ("Prøv igen om lidt", "Intet er gået tabt. Genindlæs siden om et øjeblik."),
                ("Please try again in a moment", "Nothing is lost. Reload the page in a moment."),
            ],
        }
    }

    /// The page as an answer.
    pub(crate) fn answer(self) -> Answer {
        if let Self::Archive { name, body } = self {
            return answer::archive(&name, &body);
        }
        let [(da, da_text), (en, en_text)] = self.says();
        let [da_button, en_button] = match self {
            Self::Ask => ["Bekræft", "Confirm"].map(button),
            Self::Fetch => ["Hent", "Fetch"].map(button),
            _ => Default::default(),
        };
        let body = format!(
            "<!doctype html><html lang=\"da\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
             <meta name=\"robots\" content=\"noindex\"><title>{da} / {en} · UniHelper</title>\
             <style>{STYLE}</style></head><body><main>\
             <section><h1>{da}</h1><p>{da_text}</p>{da_button}</section>\
             <section lang=\"en\"><h1>{en}</h1><p>{en_text}</p>{en_button}</section>\
             </main></body></html>"
        );
        answer::html(self.status(), body)
    }
}

fn button(text: &str) -> String {
    format!("<form method=\"post\"><button>{text}</button></form>")
}
