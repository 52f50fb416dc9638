use super::*;

fn address(text: &str) -> Email {
    Email::parse(text).unwrap()
}

/// What a letter borrows.
struct Fixture {
    recipient: PersonName,
    other: PersonName,
    address: Email,
    reply_to: Email,
}

impl Fixture {
    fn of(recipient: &str, other: &str) -> Self {
        Self {
            recipient: PersonName::new(recipient),
            other: PersonName::new(other),
            address: address("bo.kjaer@student.example.dk"),
            reply_to: address("studie@example.dk"),
        }
    }

    /// A letter with every kind of block.
    fn letter(&self, language: Language) -> Letter<'_> {
        let danish = language == Language::Da;
        let say = |da: &str, en: &str| if danish { da.to_owned() } else { en.to_owned() };
        Letter {
            language,
            from: Sender::Institution {
                name: if danish { "Eksempel Universitet" } else { "Example University" },
                reply_to: &self.reply_to,
            },
            subject: say("Et brev – Datalogi 2026", "A letter – Computer Science 2026"),
            place: say("Datalogi 2026", "Computer Science 2026"),
            heading: say("Et brev", "A letter"),
            recipient: Some(&self.recipient),
            body: vec![
                Block::Paragraph(say("Det her er et afsnit.", "This is a paragraph.")),
                Block::People(vec![Person { name: &self.other, email: &self.address }]),
                Block::Heading(say("Og så", "And then")),
                Block::Points(vec![say("det ene", "the one"), say("det andet", "the other")]),
                Block::Button {
                    text: say("Bekræft", "Confirm"),
                    url: "https://portal.example.edu/c?a=1&b=2".to_owned(),
                },
                Block::Paragraph(say("Og slut.", "The end.")),
            ],
            small_print: vec![say("Med småt.", "Small print."), say("Mere endnu.", "And more.")],
        }
    }
}

fn whole(language: Language) -> Rendered {
    Fixture::of("Ane Holm", "Bo Kjær & Søn").letter(language).render().unwrap()
}

#[test]
fn m1_a_letter_in_danish() {
    let mail = whole(Language::Da);
    assert_eq!(mail.subject, "Et brev – Datalogi 2026");
    insta::assert_snapshot!("letter_da_text", mail.text);
    insta::assert_snapshot!("letter_da_html", mail.html);
}

#[test]
fn m1_a_letter_in_english() {
    let mail = whole(Language::En);
    insta::assert_snapshot!("letter_en_text", mail.text);
    insta::assert_snapshot!("letter_en_html", mail.html);
}

#[test]
fn m1_a_letter_to_an_institution_greets_nobody_and_is_answered_to_the_processor() {
    let fixture = Fixture::of("Ane Holm", "Bo");
    let mut letter = fixture.letter(Language::En);
    letter.recipient = None;
    letter.from = Sender::UniHelper;
    letter.small_print.clear();
    let mail = letter.render().unwrap();
    insta::assert_snapshot!("letter_en_institution_text", mail.text);
    assert!(!mail.html.contains("Hello") && !mail.html.contains("studie@example.dk"));
    assert!(!mail.html.contains(crate::style::SMALL));
}

#[test]
fn m1_no_text_of_a_letter_can_add_a_header_a_line_or_a_tag() {
    let evil = "x\r\nBcc: eve@example.dk\u{2028}<b onload=\"y\">\u{202e}";
    let fixture = Fixture::of(evil, evil);
    let mut letter = fixture.letter(Language::En);
    letter.subject = evil.to_owned();
    letter.place = evil.to_owned();
    letter.heading = evil.to_owned();
    letter.body.extend([
        Block::Paragraph(evil.to_owned()),
        Block::Heading(evil.to_owned()),
        Block::Points(vec![evil.to_owned()]),
        Block::Button { text: evil.to_owned(), url: evil.to_owned() },
    ]);
    letter.small_print = vec![evil.to_owned()];
    letter.from = Sender::Institution { name: evil, reply_to: &fixture.reply_to };
    let mail = letter.render().unwrap();
    assert_eq!(mail.subject, "x Bcc: eve@example.dk <b onload=\"y\">");
    assert!(!mail.text.lines().any(|line| line.to_lowercase().starts_with("bcc:")));
    assert!(!mail.html.contains("<b ") && !mail.html.contains("onload=\""));
    assert!(!mail.text.contains('\u{202e}') && !mail.html.contains('\u{202e}'));
}

#[test]
fn d10_a_letter_shows_nothing_in_a_debug_print() {
    assert_eq!(format!("{:?}", whole(Language::Da)), "Rendered(..)");
}
