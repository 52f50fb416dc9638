//! What the pages say, in Danish and English.

use domain::institution::Language;
use domain::rights::{Kind, RightsRequest, Status};
use mail::letter::date;

use super::acts::Act;

/// Heading, text and button in both languages.
pub(super) struct Both {
    pub(super) da: [&'static str; 3],
    pub(super) en: [&'static str; 3],
}

/// What is said to whoever is not known yet.
pub(super) struct DoorTexts {
    pub(super) way_in: Both,
    pub(super) door: Both,
    pub(super) closed: Both,
    pub(super) over: Both,
    pub(super) renewed: Both,
}

pub(super) const DOOR_TEXTS: DoorTexts = DoorTexts {
    way_in: Both {
        da: [
            "Din side",
            "Tryk på knappen, så sender vi dig en mail med et link, der åbner siden. Den kommer til din egen adresse, så kun du kan åbne den.",
            "Send mig et link",
        ],
        en: [
            "Your page",
            "Press the button and we will mail you a link that opens the page. It goes to your own address, so that only you can open it.",
            "Send me a link",
        ],
    },
    door: Both {
        da: [
            "Åbn din side",
            "Siden viser din gruppe og det, der er gemt om dig. Den er åben i en halv time i denne browser. Linket virker én gang.",
            "Åbn",
        ],
        en: [
            "Open your page",
            "The page shows your group and what is stored about you. It is open for half an hour in this browser. The link works once.",
            "Open",
        ],
    },
    closed: Both {
        da: [
            "Linket kan ikke bruges",
            "Det er brugt, ældre end syv dage, eller der er ikke længere noget at vise. Vil du have et nyt, så tryk på knappen; det kommer til den adresse, vi har til dig.",
            "Send et nyt link",
        ],
        en: [
            "This link cannot be used",
            "It has been used, is older than seven days, or there is nothing to show any more. If you want a new one, press the button; it goes to the address that we have of you.",
            "Send a new link",
        ],
    },
    over: Both {
        da: [
            "Siden er lukket",
            "Den er kun åben i en halv time ad gangen. Åbn linket i mailen igen; der kan du få et nyt.",
            "",
        ],
        en: [
            "The page is closed",
            "It is only open for half an hour at a time. Open the link in the mail again; there you can get a new one.",
            "",
        ],
    },
    renewed: Both {
        da: [
            "Se i din indbakke",
            "Er linket et af vores, kommer der en mail med et link, der åbner siden. Fik du et inden for den sidste time og har ikke brugt det, gælder det stadig. Kommer der intet, så svar på mailen.",
            "",
        ],
        en: [
            "Look into your mailbox",
            "If the link is one of ours, a mail with a link that opens the page will come. If you got one within the last hour and have not used it, that one still counts. If nothing comes, reply to the mail.",
            "",
        ],
    },
};

/// What is said about an act: where it is offered, where it is asked about, and when it is done.
pub(super) struct Said {
    pub(super) label: &'static str,
    pub(super) title: &'static str,
    pub(super) text: &'static [&'static str],
    pub(super) button: &'static str,
    pub(super) done: &'static str,
}

/// The words of one language.
#[derive(Clone, Copy)]
pub(super) struct Words(pub(super) Language);

impl Words {
    pub(super) fn tag(self) -> &'static str {
        self.say("da", "en")
    }

    pub(super) fn other(self) -> Self {
        match self.0 {
            Language::Da => Self(Language::En),
            Language::En => Self(Language::Da),
        }
    }

    /// What goes on being so when one of two is ended: that the student left, or the restriction.
    pub(super) fn still(self, ends: Act) -> &'static str {
        match ends {
            Act::LiftRestriction => self.say(
                "Du har også forladt grupperne, og det gælder stadig: du indgår ikke, når der dannes grupper, før du også er med igen.",
                "You have also left the groups, and that still counts: you are not included when groups are formed until you take part again, too.",
            ),
            _ => self.say(
                "Brugen af dine oplysninger er stadig begrænset: du indgår ikke, når der dannes grupper, før begrænsningen også er ophævet.",
                "The use of your data is still restricted: you are not included when groups are formed until the restriction is ended, too.",
            ),
        }
    }

    pub(super) fn say(self, da: &'static str, en: &'static str) -> &'static str {
        match self.0 {
            Language::Da => da,
            Language::En => en,
        }
    }

    fn put(self, da: String, en: String) -> String {
        match self.0 {
            Language::Da => da,
            Language::En => en,
        }
    }

    pub(super) fn left(self) -> (&'static str, &'static str) {
        match self.0 {
            Language::Da => {
                ("Siden er lukket", "Du kan lukke vinduet. Linket i mailen kan sende dig et nyt.")
            }
            Language::En => (
                "The page is closed",
                "You may close the window. The link in the mail can send you a new one.",
            ),
        }
    }

    pub(super) fn closes(self) -> &'static str {
        self.say(
            "Siden lukker af sig selv efter en halv time. Luk den nu, hvis andre bruger maskinen.",
            "The page closes by itself after half an hour. Close it now if others use this machine.",
        )
    }

    pub(super) fn no_group(self, institution: &str) -> String {
        self.put(
            format!("Her er ingen gruppe at vise. Har du fået en, kan {institution} sige dig hvilken."),
            format!("There is no group to show here. If you were given one, {institution} can tell you which."),
        )
    }

    pub(super) fn takes_no_part(self) -> &'static str {
        self.say(
            "Du har sagt fra eller bedt os om ikke at bruge dine oplysninger. Derfor viser vi ingen gruppe.",
            "You have said no or asked us not to use your data. So we show no group.",
        )
    }

    pub(super) fn alone(self, institution: &str) -> String {
        self.put(
            format!("Lige nu er der ikke andre i din studiegruppe. Skriv til {institution}, så hjælper de dig videre."),
            format!("At the moment there is nobody else in your study group. Write to {institution} and they will help you."),
        )
    }

    pub(super) fn times(self) -> &'static str {
        self.say(
            "På disse tider kan alle, der har oplyst, hvornår de kan (dansk tid):",
            "At these times everybody who told us when they can is free (Danish time, 24-hour clock):",
        )
    }

    pub(super) fn no_times(self) -> &'static str {
        self.say(
            "Ud fra jeres svar fandt vi ingen fast tid om ugen, hvor I alle kan.",
            "From your answers we found no regular time in the week when all of you are free.",
        )
    }

    pub(super) fn named(self, number: usize) -> String {
        self.put(format!("{number} medstuderende"), format!("{number} fellow students"))
    }

    pub(super) fn deleted_by(self, day: &str) -> String {
        self.put(
            format!("Alt om dig er slettet senest den {day}. Dannes der nye grupper, regnes der otte måneder fra dem. Arkivet viser mere: hvert spørgeskema, hver mail, og hvem der har set dine oplysninger."),
            format!("Everything about you will have been deleted by {day}. If new groups are formed, eight months count from then. The archive shows more: each questionnaire, each mail, and who has seen your data."),
        )
    }

    pub(super) fn named_by_rules(self) -> &'static str {
        self.say(
            "De ansvarlige har sagt, at du skal være adskilt fra eller sammen med bestemte studerende, når der dannes grupper.",
            "The contact persons have said that you are to be apart from or together with certain students when groups are formed.",
        )
    }

    pub(super) fn before_acts(self) -> &'static str {
        self.say(
            "Intet sker, før du har læst, hvad det betyder, og har bekræftet det.",
            "Nothing happens before you have read what it means and have confirmed it.",
        )
    }

    pub(super) fn address(self, address: &str) -> String {
        self.put(
            format!("{address} retter du ikke her: det er den, der viser, at du er dig. Svar på en af vores mails og skriv den nye adresse. Et menneske ser på det, og du bekræfter det med et link."),
            format!("{address} is not corrected here: it is what shows that you are you. Reply to one of our mails with the new address. A person looks at it, and you confirm it by a link."),
        )
    }

    /// A request in one line.
    pub(super) fn request(self, request: &RightsRequest) -> String {
        let what = match request.kind {
            Kind::Access => self.say("Indsigt", "Access"),
            Kind::Portability => self.say("Udlevering", "Copy to take with you"),
            Kind::Rectification => self.say("Rettelse", "Correction"),
            Kind::Erasure => self.say("Sletning", "Erasure"),
            Kind::Restriction => self.say("Begrænsning", "Restriction"),
            Kind::Objection => self.say("Uden for grupper", "Out of groups"),
        };
        let due = date(self.0, request.due_on());
        let status = match request.status {
            Status::Received | Status::Acknowledged => self.put(
                format!("ikke bekræftet, svar senest den {due}"),
                format!("not confirmed, answer by {due}"),
            ),
            Status::Confirmed => self.put(
                format!("under behandling, svar senest den {due}"),
                format!("being dealt with, answer by {due}"),
            ),
            Status::Fulfilled => self.say("gjort", "done").to_owned(),
            Status::Refused => {
                self.say("afvist; se mailen om det", "refused; see the mail about it").to_owned()
            }
            Status::Lifted => self.say("ophørt", "ended").to_owned(),
        };
        let day = domain::retention::date_in_copenhagen(request.received_at);
        format!("{what}, {}: {status}", date(self.0, day))
    }

    pub(super) fn act(self, act: Act) -> Said {
        match self.0 {
            Language::Da => danish(act),
            Language::En => english(act),
        }
    }
}

fn danish(act: Act) -> Said {
    match act {
        Act::Access => Said {
            label: "Hent alt, hvad der er gemt om mig",
            title: "Hent dine oplysninger",
            text: &[
                "Du får ét arkiv med alt, hvad vi har om dig: en forklaring, tabeller til regneark og det hele i maskinlæsbar form. Det laves nu og gemmes ikke hos os. Hent det på en maskine, som kun du bruger.",
            ],
            button: "Hent arkivet",
            done: "Arkivet er hentet.",
        },
        Act::Rectification => Said {
            label: "Ret mit navn eller studienummer",
            title: "Ret dine oplysninger",
            text: &["Rettelsen gælder med det samme, også i din gruppe, og du får en mail om den."],
            button: "Ret",
            done: "Dine oplysninger er, som du skrev dem.",
        },
        Act::Restriction => Said {
            label: "Begræns brugen af mine oplysninger",
            title: "Vil du begrænse brugen af dine oplysninger?",
            text: &[
                "Dine oplysninger bliver opbevaret og ikke brugt til andet: du indgår ikke, når der dannes grupper, og får ingen mails om grupper.",
                "Det gælder med det samme, og du kan ophæve det her på siden. Er din gruppe allerede meldt ud, står dit navn i de mails, som de andre har fået.",
            ],
            button: "Ja, begræns brugen",
            done: "Brugen af dine oplysninger er begrænset.",
        },
        Act::LiftRestriction => Said {
            label: "Ophæv begrænsningen",
            title: "Vil du ophæve begrænsningen?",
            text: &[
                "Fra nu af bliver dine oplysninger brugt som før: du indgår, når der dannes grupper, og får mails om dem.",
            ],
            button: "Ja, ophæv begrænsningen",
            done: "Begrænsningen er ophævet.",
        },
        Act::Objection => Said {
            label: "Forlad gruppen og vær ikke med fremover",
            title: "Vil du forlade gruppen?",
            text: &[
                "Du indgår ikke længere, når der dannes grupper, får ingen mails om grupper og ser din gruppe ikke mere her. Det gælder med det samme, og du kan fortryde det her på siden.",
                "De andre har allerede dit navn og din adresse i deres mail, så skriv til dem, at du ikke er med. Institutionen kan se, at nogen er gået, og lade gruppen lave om; så får de andre besked.",
            ],
            button: "Ja, forlad gruppen",
            done: "Du er ikke længere med i grupper.",
        },
        Act::LiftObjection => Said {
            label: "Vær med i grupper igen",
            title: "Vil du være med igen?",
            text: &["Fra nu af indgår du igen, når der dannes grupper, og får mails om dem."],
            button: "Ja, jeg vil være med igen",
            done: "Du er med igen.",
        },
        Act::Erasure => Said {
            label: "Slet alt om mig",
            title: "Vil du slettes?",
            text: &[
                "Alt om dig bliver slettet: dine svar, også hos Typeform, dine grupper og mails. Det kan ikke gøres om. Vil du beholde noget, så hent det først.",
                "Et menneske sætter sletningen i gang, senest 30 dage fra nu. Du får en mail med fristen nu og en, når det begynder. Er du i en gruppe, får de andre besked om, at den er ændret; ikke hvorfor.",
            ],
            button: "Ja, slet alt om mig",
            done: "Vi har fået din anmodning om sletning. Du får en mail om den.",
        },
        Act::Close => {
            Said { label: "", title: "Luk siden", text: &[], button: "Luk siden", done: "" }
        }
    }
}

fn english(act: Act) -> Said {
    match act {
        Act::Access => Said {
            label: "Fetch everything that is stored about me",
            title: "Fetch your data",
            text: &[
                "You get one archive with everything that we hold about you: an explanation, tables for a spreadsheet, and the whole in a form that machines read. It is made now and not kept by us. Fetch it on a machine that only you use.",
            ],
            button: "Fetch the archive",
            done: "The archive was fetched.",
        },
        Act::Rectification => Said {
            label: "Correct my name or student number",
            title: "Correct your data",
            text: &[
                "The correction counts at once, in your group as well, and you get a mail about it.",
            ],
            button: "Correct",
            done: "Your data is as you wrote it.",
        },
        Act::Restriction => Said {
            label: "Restrict the use of my data",
            title: "Do you want to restrict the use of your data?",
            text: &[
                "Your data is kept and used for nothing else: you are not included when groups are formed and get no mails about groups.",
                "This counts at once, and you can end it on this page. If your group was told already, your name stands in the mails that the others got.",
            ],
            button: "Yes, restrict the use",
            done: "The use of your data is restricted.",
        },
        Act::LiftRestriction => Said {
            label: "End the restriction",
            title: "Do you want to end the restriction?",
            text: &[
                "From now on your data is used as before: you are included when groups are formed, and get mails about them.",
            ],
            button: "Yes, end the restriction",
            done: "The restriction has ended.",
        },
        Act::Objection => Said {
            label: "Leave the group and take no part from now on",
            title: "Do you want to leave the group?",
            text: &[
                "You are no longer included when groups are formed, get no mails about groups and do not see your group here any more. This counts at once, and you can take it back on this page.",
                "The others have your name and address in their mail already, so write to them that you are not in. The institution can see that somebody has left and have the group repaired; the others are told then.",
            ],
            button: "Yes, leave the group",
            done: "You take no part in groups any more.",
        },
        Act::LiftObjection => Said {
            label: "Take part in groups again",
            title: "Do you want to take part again?",
            text: &[
                "From now on you are included when groups are formed, and get mails about them.",
            ],
            button: "Yes, I want to take part again",
            done: "You take part again.",
        },
        Act::Erasure => Said {
            label: "Delete everything about me",
            title: "Do you want to be deleted?",
            text: &[
                "Everything about you is deleted: your answers, at Typeform as well, your groups and mails. This cannot be undone. If you want to keep anything, fetch it first.",
                "A person starts the deletion, 30 days from now at the latest. You get a mail with the date now and one when it begins. If you are in a group, the others are told that it has changed; not why.",
            ],
            button: "Yes, delete everything about me",
            done: "We have your request for deletion. You get a mail about it.",
        },
        Act::Close => Said {
            label: "",
            title: "Close the page",
            text: &[],
            button: "Close the page",
            done: "",
        },
    }
}
