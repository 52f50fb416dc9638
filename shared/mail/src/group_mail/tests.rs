use jiff::civil::date;

use super::*;

const CECILIE: &str = "Cecilie Østergård";

/// A group of four as everything that a mail borrows.
struct Fixture {
    recipient: PersonName,
    people: Vec<(PersonName, Email)>,
    reply_to: Email,
    slots: Vec<u16>,
}

impl Fixture {
    fn new() -> Self {
        let person =
            |name: &str, email: &str| (PersonName::new(name), Email::parse(email).unwrap());
        Self {
            recipient: PersonName::new("Ane Holm"),
            people: vec![
                person("Bo Kjær Nielsen", "bo.kjaer.nielsen@student.example.dk"),
                person(CECILIE, "cecilie+gruppe@example.dk"),
                person("Dariusz O’Hara", "d.ohara@example.edu"),
            ],
            reply_to: Email::parse("studiestart@example.dk").unwrap(),
            slots: vec![10, 11, 14, 15, 24 + 13, 3 * 24 + 9, 3 * 24 + 10, 3 * 24 + 11],
        }
    }

    fn others(&self) -> Vec<Member<'_>> {
        self.people.iter().map(|(name, email)| Member { name, email }).collect()
    }

    fn mail<'a>(&'a self, language: Language, others: &'a [Member<'a>]) -> GroupMail<'a> {
        let danish = language == Language::Da;
        GroupMail {
            language,
            institution: if danish { "Eksempel Universitet" } else { "Example University" },
            reply_to: &self.reply_to,
            cohort: if danish { "Datalogi 2026" } else { "Computer Science 2026" },
            section: Some("A"),
            group: 7,
            replaces: false,
            recipient: &self.recipient,
            others,
            writes_first: Some(0),
            common_slots: &self.slots,
            why: if danish {
                &["De fleste af jer har svaret nogenlunde det samme om »Ambition & mål«."]
            } else {
                &["Most of you gave much the same answer about “Ambition & goals”."]
            },
            first_meeting_from: date(2026, 9, 10),
            formed_at: "2026-09-07T08:00:00Z".parse().unwrap(),
            delete_on: date(2027, 5, 7),
            page: "https://portal.example.dk/student/ins_1/coh_1/msg_1/1789646400-0badcafe",
            uid: "for_1-A-7",
        }
    }
}

/// The mail in which the fixture's recipient reads of three others.
fn rendered(language: Language, change: impl Fn(&mut GroupMail<'_>)) -> Rendered {
    let fixture = Fixture::new();
    let others = fixture.others();
    let mut mail = fixture.mail(language, &others);
    change(&mut mail);
    render(&mail).unwrap()
}

#[test]
fn m1_danish_mail() {
    let mail = rendered(Language::Da, |_| {});
    assert_eq!(mail.subject, "Din studiegruppe: gruppe 7 – Datalogi 2026");
    insta::assert_snapshot!("group_da_text", mail.text);
    insta::assert_snapshot!("group_da_html", mail.html);
}

#[test]
fn m1_english_mail() {
    let mail = rendered(Language::En, |_| {});
    assert_eq!(mail.subject, "Your study group: group 7 – Computer Science 2026");
    insta::assert_snapshot!("group_en_text", mail.text);
    insta::assert_snapshot!("group_en_html", mail.html);
}

#[test]
fn m1_a_mail_about_later_groups_says_that_earlier_mails_count_no_more() {
    for (language, subject, sentence) in [
        (
            Language::Da,
            "Din nye studiegruppe: gruppe 7 – Datalogi 2026",
            "Har du fået mails om din studiegruppe før, gælder denne i stedet.",
        ),
        (
            Language::En,
            "Your new study group: group 7 – Computer Science 2026",
            "If you had mails about your study group before, this one counts instead.",
        ),
    ] {
        let first = rendered(language, |_| {});
        assert!(!first.text.contains(sentence) && !first.html.contains(sentence));
        let with_others = rendered(language, |mail| mail.replaces = true);
        let alone = rendered(language, |mail| (mail.replaces, mail.others) = (true, &[]));
        for later in [with_others, alone] {
            assert_eq!(later.subject, subject);
            assert!(later.html.contains(sentence));
            let paragraph = format!(" 7.\n\n{sentence}");
            assert!(later.text.contains(&paragraph), "{}", later.text);
            assert!(!later.text.contains("\n\n\n\n"), "no hole in the text");
        }
    }
}

#[test]
fn m1_without_a_common_slot_the_mail_says_so_and_brings_no_calendar() {
    for (language, sentence) in
        [(Language::Da, "fandt vi ingen fast tid"), (Language::En, "we found no regular time")]
    {
        let mail = rendered(language, |mail| mail.common_slots = &[]);
        assert!(mail.text.contains(sentence) && mail.html.contains(sentence));
        assert!(!mail.text.contains("alender") && !mail.text.contains("24-hour"));
        assert_eq!(mail.calendar, None);
    }
    insta::assert_snapshot!(
        "group_da_text_no_slots_first_writer",
        rendered(Language::Da, |mail| {
            mail.common_slots = &[];
            mail.writes_first = None;
        })
        .text
    );
}

#[test]
fn m1_the_mail_says_who_writes_first() {
    for (language, you, other) in [
        (Language::Da, "Du skriver først", "Cecilie Østergård skriver først"),
        (Language::En, "You write first", "Cecilie Østergård writes first"),
    ] {
        let first = rendered(language, |mail| mail.writes_first = None);
        assert!(first.text.contains(you) && first.html.contains(you));
        let second = rendered(language, |mail| mail.writes_first = Some(1));
        assert!(second.text.contains(other) && !second.text.contains(you));
        assert!(
            second.html.contains(&format!("<bdi>{CECILIE}</bdi>")) && !second.html.contains(you)
        );
    }
}

#[test]
fn m1_a_group_of_one_is_told_whom_to_ask() {
    for (language, sentence) in
        [(Language::Da, "ikke andre i din studiegruppe"), (Language::En, "nobody else in your")]
    {
        let mail = rendered(language, |mail| mail.others = &[]);
        assert!(mail.text.contains(sentence) && mail.html.contains(sentence));
        assert!(!mail.html.contains("class=\"button\" href"), "nobody to write to");
        assert_eq!(mail.calendar, None);
        assert!(mail.text.contains("studiestart@example.dk"));
        assert!(!mail.text.contains("\n\n\n\n"), "no hole in the text");
    }
}

#[test]
fn m1_names_are_escaped_in_html() {
    let mut fixture = Fixture::new();
    let hostile = "<script>alert(1)</script>\" onmouseover=\"x' & <b>";
    fixture.recipient = PersonName::new(hostile);
    fixture.people[0].0 = PersonName::new(hostile);
    let others = fixture.others();
    for language in [Language::Da, Language::En] {
        let mut mail = fixture.mail(language, &others);
        mail.institution = hostile;
        mail.cohort = hostile;
        mail.section = Some(hostile);
        let html = render(&mail).unwrap().html;
        for raw in ["<script", "<b>", "\" onmouseover", "x' &"] {
            assert!(!html.contains(raw), "{raw} came through");
        }
        assert!(html.contains("&#60;script&#62;"), "the name is still shown");
    }
}

#[test]
fn m1_no_value_can_add_a_line_to_the_subject_or_the_calendar() {
    let mail = rendered(Language::Da, |mail| {
        mail.cohort = "Datalogi\r\nBcc: alle@example.dk\u{2028}X";
        mail.institution = "Uni\nversitet";
        mail.section = Some("A\r\n\r\nB");
    });
    assert_eq!(mail.subject, "Din studiegruppe: gruppe 7 – Datalogi Bcc: alle@example.dk X");
    assert!(mail.text.starts_with("Datalogi Bcc: alle@example.dk X · Hold A B\n"));
    assert!(mail.text.contains("Uni versitet er dataansvarlig"));
    assert!(!mail.calendar.unwrap().contains("Bcc"));
}

#[test]
fn m1_a_section_is_called_a_class_once() {
    for (section, shown) in [("A", "Hold A"), ("hold-1", "hold-1"), ("Class 2", "Class 2")] {
        let text = rendered(Language::Da, |mail| mail.section = Some(section)).text;
        assert!(text.starts_with(&format!("Datalogi 2026 · {shown}\n")), "{section}");
    }
    let text = rendered(Language::Da, |mail| mail.section = None).text;
    assert!(text.starts_with("Datalogi 2026\n"));
}

#[test]
fn m1_links_write_to_the_members_and_nobody_else() {
    let mail = rendered(Language::En, |_| {});
    let to_all = "href=\"mailto:bo.kjaer.nielsen@student.example.dk,cecilie%2Bgruppe@example.dk,\
        d.ohara@example.edu?subject=Study%20group%207%20%E2%80%93%20Computer%20Science%202026\"";
    assert!(mail.html.contains(to_all));
    let link = mailto(&["a?bcc=x%&b@example.dk"], "");
    assert_eq!(link, "mailto:a%3Fbcc%3Dx%25%26b@example.dk");
}

#[test]
fn m1_nothing_is_loaded_from_elsewhere() {
    for language in [Language::Da, Language::En] {
        // The one address outside the mail is that of the recipient's page, and it is only led to.
        let html = rendered(language, |mail| mail.page = "PAGE").html;
        assert_eq!(html.matches("href=\"PAGE\"").count(), 1);
        for forbidden in ["http:", "https:", "<img", "url(", "@import", "<link", "src="] {
            assert!(!html.contains(forbidden), "{forbidden}");
        }
    }
}

#[test]
fn m1_the_language_is_declared() {
    assert!(rendered(Language::Da, |_| {}).html.contains("<html lang=\"da\""));
    assert!(rendered(Language::En, |_| {}).html.contains("<html lang=\"en\""));
}

#[test]
fn m1_the_calendar_file_suggests_a_weekly_meeting_in_danish_time() {
    let file = rendered(Language::Da, |_| {}).calendar.unwrap();
    insta::assert_snapshot!("group_da_calendar", file.replace('\r', ""));
    assert_eq!(file.matches("\r\n").count(), file.matches('\n').count(), "RFC 5545, 3.1: CRLF");
    assert!(file.lines().all(|line| line.len() <= 75), "RFC 5545, 3.1: 75 octets");
    for personal in ["@example", "@student", "Ane", "Cecilie", "ATTENDEE", "ORGANIZER"] {
        assert!(!file.contains(personal), "{personal} stands in the file");
    }
}

/// What stands in these files is read by another reader of calendars, too, which counts the meetings: the portal's
/// `tests/unit/calendar.test.ts`.
#[test]
fn m1_meetings_keep_their_hour_when_the_clocks_change() {
    for (name, language, from) in [
        ("group_da_calendar_autumn", Language::Da, date(2026, 10, 15)),
        ("group_en_calendar_spring", Language::En, date(2027, 3, 18)),
    ] {
        let mail = rendered(language, |mail| mail.first_meeting_from = from);
        insta::assert_snapshot!(name, mail.calendar.unwrap().replace('\r', ""));
    }
}

#[test]
fn m1_a_calendar_file_is_no_message_of_scheduling_and_has_what_each_entry_must_have() {
    let file = rendered(Language::En, |_| {}).calendar.unwrap();
    for once in ["UID:", "DTSTAMP:", "DTSTART;TZID=", "BEGIN:VEVENT", "BEGIN:VTIMEZONE", "PRODID:"]
    {
        assert_eq!(file.matches(&format!("\r\n{once}")).count(), 1, "{once}");
    }
    assert!(file.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") && file.ends_with("\r\n"));
    assert!(!file.contains("METHOD:"), "RFC 5546, 3.2.1: it would have to name an organizer");
}

#[test]
fn m1_the_same_group_gets_the_same_calendar_entry() {
    let one = rendered(Language::Da, |_| {}).calendar;
    let again = rendered(Language::Da, |mail| mail.writes_first = None).calendar;
    assert_eq!(one, again);
    let other = rendered(Language::Da, |mail| mail.uid = "for_1-A-8").calendar;
    assert_ne!(one, other);
}

#[test]
fn m1_a_member_without_a_name_is_listed_by_address() {
    let mut fixture = Fixture::new();
    fixture.people[1].0 = PersonName::new(" ");
    fixture.recipient = PersonName::new("");
    let others = fixture.others();
    let mail = render(&fixture.mail(Language::Da, &others)).unwrap();
    assert!(mail.text.contains("- cecilie+gruppe@example.dk, cecilie+gruppe@example.dk"));
    assert!(mail.text.contains("\nHej\n"));
}

#[test]
fn d10_debug_of_a_rendered_mail_says_nothing() {
    assert_eq!(format!("{:?}", rendered(Language::Da, |_| {})), "Rendered(..)");
}
