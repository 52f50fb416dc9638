//! The mail that a contact wrote (M2). The preview in the portal, the trial to a contact and the mail to a
//! student are made here, so they cannot differ.
//!
//! What a mail is for ([`Purpose`]) decides what is added to the contact's words: a link, and why it came.

use std::fmt;

use domain::cohort::Settings;
use domain::evaluation::EvaluationToken;
use domain::form_pages::FormPages;
use domain::institution::Language;
use domain::mailing::{Audience, MailText, Texts};
use domain::{Email, PersonName, SectionId};
use jiff::civil::Date;

use crate::group_mail::{RenderError, Rendered};
use crate::letter::{Block, Letter, Sender, date};

/// What a mailing is for.
#[derive(Clone)]
pub enum Purpose {
    /// Something to tell to who has answered.
    News,
    /// Who has not answered is asked to. The link stands below the text as a button, so it is there and right
    /// whatever the contact writes.
    Reminder {
        /// Where the questionnaire is answered.
        questionnaire: String,
    },
    /// Who has not answered the evaluation is asked to, by a button as well.
    Evaluation {
        /// Where it is answered: the recipient's own link, which is in no log and no record.
        link: String,
        /// Whether it is an example, for whoever looks at the mail before it is sent.
        example: bool,
    },
}

/// Whom a mail that a contact wrote goes to, as far as its link follows from it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Addressed<'a> {
    /// The recipient's section, if they are in one.
    pub section: Option<&'a SectionId>,
    /// By what an answer to the evaluation is the recipient's; nothing for whoever only looks at the mail.
    pub token: Option<&'a EvaluationToken>,
}

impl Purpose {
    /// What a mailing to these recipients is for, and for one of them; nothing if they are asked for an evaluation
    /// that the cohort does not have. Its form stands on one of these pages.
    pub fn of(
        audience: &Audience,
        settings: &Settings,
        pages: FormPages,
        to: Addressed<'_>,
    ) -> Option<Self> {
        Some(match audience {
            Audience::Cohort | Audience::Section { .. } | Audience::Group { .. } => Self::News,
            Audience::NotAnswered { section: all } => {
                let questionnaire = settings.questionnaire(pages, to.section.or(all.as_ref()));
                Self::Reminder { questionnaire }
            }
            Audience::NotEvaluated { .. } => Self::Evaluation {
                link: settings.evaluation_link(pages, to.token)?,
                example: to.token.is_none(),
            },
        })
    }

    /// What stands on the button, in Danish and in English, and where it leads.
    fn button(&self) -> Option<(&'static str, &'static str, &str)> {
        match self {
            Self::News => None,
            Self::Reminder { questionnaire } => {
                Some(("Besvar spørgeskemaet", "Answer the questionnaire", questionnaire))
            }
            Self::Evaluation { link, .. } => {
                Some(("Besvar evalueringen", "Answer the evaluation", link))
            }
        }
    }

    /// Whether its recipients' names are known.
    fn greets_by_name(&self) -> bool {
        match self {
            Self::News | Self::Evaluation { .. } => true,
            Self::Reminder { .. } => false,
        }
    }
}

impl fmt::Debug for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::News => "News",
            Self::Reminder { .. } => "Reminder",
            Self::Evaluation { .. } => "Evaluation(..)",
        })
    }
}

/// Everything that the mail tells. Nothing of it is kept.
#[derive(Debug, Clone)]
pub struct MailingMail<'a> {
    /// The cohort's language, in which the mail is written first.
    pub language: Language,
    /// The institution's name.
    pub institution: &'a str,
    /// Where the answer goes.
    pub reply_to: &'a Email,
    /// The cohort's name in that language.
    pub cohort: &'a str,
    /// What it is for.
    pub purpose: Purpose,
    /// Who is greeted, where those who get it are greeted by name; of who has not answered none is known.
    pub recipient: Option<&'a PersonName>,
    /// What the contact wrote.
    pub texts: &'a Texts,
    /// The first day on which the recipient's data must not exist.
    pub delete_on: Date,
    /// Whether it goes to a contact who tries it out: only its subject says so.
    pub trial: bool,
}

impl MailingMail<'_> {
    /// Renders the mail; nothing if it was not written in the cohort's language.
    pub fn render(&self) -> Option<Result<Rendered, RenderError>> {
        let first = self.texts.get(self.language)?;
        let (other, heading) = match self.language {
            Language::Da => (Language::En, "In English"),
            Language::En => (Language::Da, "På dansk"),
        };
        let mut body: Vec<Block<'_>> = Vec::new();
        let recipient = self.recipient.filter(|_| self.purpose.greets_by_name());
        if recipient.is_none() {
            body.push(Block::Paragraph(self.say("Hej", "Hello,").to_owned()));
        }
        body.extend(prose(first).into_iter().map(Block::Prose));
        if let Some((danish, english, url)) = self.purpose.button() {
            let text = self.say(danish, english).to_owned();
            body.push(Block::Button { text, url: url.to_owned() });
        }
        if let Purpose::Evaluation { example: true, .. } = &self.purpose {
            body.push(Block::Paragraph(self.say(
                "Eksempel: med dette link kan ingen svare. Hver studerende får sit eget link, når mailen sendes.",
                "Example: nobody can answer by this link. Each student gets a link of their own when the mail is sent.",
            ).to_owned()));
        }
        body.extend(self.texts.get(other).map(|text| Block::Other {
            language: other,
            heading: format!("{heading}: {}", text.subject),
            prose: prose(text),
        }));
        let letter = Letter {
            language: self.language,
            from: Sender::Institution { name: self.institution, reply_to: self.reply_to },
            subject: self.subject(first),
            place: self.cohort.to_owned(),
            heading: first.subject.clone(),
            recipient,
            body,
            small_print: self.small_print(),
        };
        Some(letter.render())
    }

    fn subject(&self, text: &MailText) -> String {
        match (self.trial, self.language) {
            (false, _) => text.subject.clone(),
            (true, Language::Da) => format!("Prøve: {}", text.subject),
            (true, Language::En) => format!("Test: {}", text.subject),
        }
    }

    fn small_print(&self) -> Vec<String> {
        let (cohort, institution) = (self.cohort, self.institution);
        let delete_on = date(self.language, self.delete_on);
        let why = match (&self.purpose, self.language) {
            (Purpose::News, Language::Da) => format!(
                "Du får denne mail, fordi du har svaret på spørgeskemaet til {cohort}. {institution} er dataansvarlig, har skrevet mailen og har bedt UniHelper om at sende den."
            ),
            (Purpose::News, Language::En) => format!(
                "You get this mail because you answered the questionnaire for {cohort}. {institution} is the data controller, wrote this mail and has asked UniHelper to send it."
            ),
            (Purpose::Reminder { .. }, Language::Da) => format!(
                "Du får denne mail, fordi {institution} har din mailadresse på listen over studerende på {cohort} og venter dit svar på spørgeskemaet. {institution} er dataansvarlig, har skrevet mailen og har bedt UniHelper om at sende den."
            ),
            (Purpose::Reminder { .. }, Language::En) => format!(
                "You get this mail because {institution} has your e-mail address on the list of students of {cohort} and expects your answer to the questionnaire. {institution} is the data controller, wrote this mail and has asked UniHelper to send it."
            ),
            (Purpose::Evaluation { .. }, Language::Da) => format!(
                "Du får denne mail, fordi du er i en studiegruppe på {cohort}, og {institution} gerne vil vide, hvordan det gik. {institution} er dataansvarlig, har skrevet mailen og har bedt UniHelper om at sende den."
            ),
            (Purpose::Evaluation { .. }, Language::En) => format!(
                "You get this mail because you are in a study group of {cohort} and {institution} would like to know how it went. {institution} is the data controller, wrote this mail and has asked UniHelper to send it."
            ),
        };
        let own = matches!(self.purpose, Purpose::Evaluation { .. }).then(|| {
            self.say(
                "Linket er dit eget: den, der har det, kan svare for dig. Send det ikke videre.",
                "The link is your own: whoever has it can answer for you. Do not pass it on.",
            )
            .to_owned()
        });
        let until = match self.language {
            Language::Da => {
                format!("Dine oplysninger er slettet hos UniHelper senest den {delete_on}.")
            }
            Language::En => format!("UniHelper will have deleted your data by {delete_on}."),
        };
        own.into_iter().chain([why, until]).collect()
    }

    fn say(&self, danish: &'static str, english: &'static str) -> &'static str {
        match self.language {
            Language::Da => danish,
            Language::En => english,
        }
    }
}

fn prose(text: &MailText) -> Vec<Vec<String>> {
    text.paragraphs().map(|lines| lines.into_iter().map(str::to_owned).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(language: Language, texts: &Texts, trial: bool) -> Option<Rendered> {
        let name = PersonName::new("Ane Holm");
        render_for(Purpose::News, Some(&name), language, texts, trial)
    }

    fn render_for(
        purpose: Purpose,
        recipient: Option<&PersonName>,
        language: Language,
        texts: &Texts,
        trial: bool,
    ) -> Option<Rendered> {
        let reply_to = Email::parse("studie@example.dk").unwrap();
        let mail = MailingMail {
            purpose,
            language,
            institution: "Eksempel Universitet",
            reply_to: &reply_to,
            cohort: "Datalogi 2026",
            recipient,
            texts,
            delete_on: jiff::civil::date(2027, 5, 7),
            trial,
        };
        mail.render().map(Result::unwrap)
    }

    fn texts(da: Option<(&str, &str)>, en: Option<(&str, &str)>) -> Texts {
        let read = |(subject, body)| MailText::read(subject, body).unwrap();
        Texts { da: da.map(read), en: en.map(read) }
    }

    fn both() -> Texts {
        texts(
            Some(("Velkommen <i>", "Hej.\nVi mødes i A1.\n\nKort: https://example.dk/k?a=1&b=2.")),
            Some(("Welcome", "<script>alert(1)</script>\n\nSee you.")),
        )
    }

    #[test]
    fn m2_a_mailing_in_both_languages_text() {
        insta::assert_snapshot!(render(Language::Da, &both(), false).unwrap().text);
    }

    #[test]
    fn m2_a_mailing_in_both_languages_html() {
        let mail = render(Language::Da, &both(), false).unwrap();
        let (_, letter) = mail.html.split_once("class=\"padded\"").unwrap();
        insta::assert_snapshot!(letter);
    }

    #[test]
    fn m2_no_markup_of_a_text_reaches_the_mail() {
        let mail = render(Language::En, &both(), false).unwrap();
        assert!(
            !mail.html.contains("<script>alert") && !mail.html.contains("<i>"),
            "{}",
            mail.html
        );
        assert!(mail.html.contains("<div lang=\"da\">"));
        assert!(mail.html.contains("href=\"https://example.dk/k?a=1&#38;b=2\""), "{}", mail.html);
        assert_eq!((mail.subject.as_str(), mail.calendar), ("Welcome", None));
    }

    #[test]
    fn m3_a_trial_differs_from_the_mail_by_its_subject_alone() {
        let (mail, trial) = (
            render(Language::Da, &both(), false).unwrap(),
            render(Language::Da, &both(), true).unwrap(),
        );
        assert_eq!(
            (mail.subject.as_str(), trial.subject.as_str()),
            ("Velkommen <i>", "Prøve: Velkommen <i>")
        );
        assert_eq!(mail.text, trial.text);
    }

    #[test]
    fn m2_a_reminder_asks_for_the_answer_with_its_link_and_greets_nobody_by_name() {
        let questionnaire = "https://form.typeform.com/to/fGh12345".to_owned();
        let purpose = Purpose::Reminder { questionnaire };
        // Whoever looks at it beforehand sees it as it comes: without a name.
        let name = PersonName::new("Karen Holm");
        let danish =
            render_for(purpose.clone(), Some(&name), Language::Da, &both(), false).unwrap();
        insta::assert_snapshot!(danish.text);
        let link = "href=\"https://form.typeform.com/to/fGh12345\"";
        assert!(danish.html.contains(link), "{}", danish.html);
        let english = render_for(purpose, None, Language::En, &both(), false).unwrap();
        for words in ["Hello,", "Answer the questionnaire:", "expects your answer"] {
            assert!(english.text.contains(words), "{words}: {}", english.text);
        }
        assert!(!english.text.contains("you answered"), "{}", english.text);
    }

    #[test]
    fn m2_the_mail_about_an_evaluation_has_the_recipients_own_link_and_tells_to_keep_it() {
        let link = "https://form.typeform.com/to/Ev4Lu8Te#token=abcdefgh".to_owned();
        let name = PersonName::new("Ane Holm");
        let purpose = Purpose::Evaluation { link: link.clone(), example: false };
        assert!(!format!("{purpose:?}").contains("abcdefgh"), "{purpose:?}");
        let danish =
            render_for(purpose.clone(), Some(&name), Language::Da, &both(), false).unwrap();
        insta::assert_snapshot!(danish.text);
        assert!(danish.html.contains("to/Ev4Lu8Te#token=abcdefgh\""), "{}", danish.html);
        let english = render_for(purpose, Some(&name), Language::En, &both(), false).unwrap();
        for words in ["Ane Holm", "Answer the evaluation:", "Do not pass it on.", "how it went"] {
            assert!(english.text.contains(words), "{words}: {}", english.text);
        }
        // Whoever looks at it beforehand reads in both forms that the link is nobody's.
        let purpose = Purpose::Evaluation { link, example: true };
        for (language, words) in
            [(Language::Da, "med dette link kan ingen svare"), (Language::En, "nobody can answer")]
        {
            let seen = render_for(purpose.clone(), Some(&name), language, &both(), true).unwrap();
            for form in [&seen.text, &seen.html] {
                assert!(form.contains(words), "{form}");
            }
        }
        for mail in [danish, english] {
            assert!(!mail.text.contains("ingen svare") && !mail.text.contains("nobody can"));
        }
    }

    #[test]
    fn m2_a_mail_needs_the_cohorts_language() {
        let english = texts(None, Some(("Welcome", "See you.")));
        assert!(render(Language::Da, &english, false).is_none());
        let mail = render(Language::En, &english, false).unwrap();
        assert!(!mail.text.contains("PÅ DANSK"), "{}", mail.text);
    }
}
