use super::*;

fn section(id: &str) -> SectionId {
    SectionId::parse(id).unwrap()
}

fn expected(id: &str, email: &str) -> Expected {
    let email = Email::parse(email).unwrap();
    let entry = Entry { email, section: section("a"), erasure: None, suppressed: None };
    Expected { student: StudentId::parse(id).unwrap(), entry }
}

fn answered(id: &str, email: &str) -> Answered {
    Answered {
        id: StudentId::parse(id).unwrap(),
        email: Email::parse(email).unwrap(),
        former: Vec::new(),
        name: PersonName::new("Ida"),
        section: section("a"),
        submitted_at: "2026-09-01T22:30:00Z".parse().unwrap(),
        erasure: None,
        suppressed: None,
    }
}

fn told(people: &[Attendee]) -> Vec<(&str, Presence)> {
    people.iter().map(|one| (one.id.as_str(), one.presence)).collect()
}

#[test]
fn q8_each_person_of_both_lists_stands_there_once() {
    let people = attendance(
        vec![expected("stu_1", "a@example.dk"), expected("stu_2", "b@example.dk")],
        vec![answered("stu_1", "A@example.dk"), answered("stu_3", "c@example.dk")],
    );
    assert_eq!(
        told(&people),
        [
            ("stu_1", Presence::Answered),
            ("stu_2", Presence::Waiting),
            ("stu_3", Presence::Unlisted)
        ]
    );
    let counts = counts(&people);
    assert_eq!(counts[&section("a")], Counts { expected: 2, answered: 1, unlisted: 1 });
}

#[test]
fn q8_an_address_that_was_put_right_is_the_students_in_both_spellings() {
    let mut typed_wrong = answered("stu_1", "ida@example.dk");
    typed_wrong.former = vec![Email::parse("idda@example.dk").unwrap()];
    for list in [
        vec![expected("stu_9", "IDA@example.dk")],
        vec![expected("stu_1", "idda@example.dk"), expected("stu_9", "ida@example.dk")],
    ] {
        let people = attendance(list, vec![typed_wrong.clone()]);
        assert_eq!(told(&people), [("stu_1", Presence::Answered)]);
    }
}

#[test]
fn q8_the_section_is_the_rosters_and_another_answer_is_told() {
    let mut elsewhere = answered("stu_1", "a@example.dk");
    elsewhere.section = section("b");
    let people = attendance(vec![expected("stu_1", "a@example.dk")], vec![elsewhere]);
    assert_eq!(people[0].section, section("a"));
    assert_eq!(people[0].answered_section, Some(section("b")));
    assert_eq!(counts(&people).keys().collect::<Vec<_>>(), [&section("a")]);
}

#[test]
fn d4_who_is_being_erased_is_on_neither_list() {
    let erasure = ErasureId::parse("era_1").unwrap();
    let mut gone = expected("stu_1", "a@example.dk");
    gone.entry.erasure = Some(erasure.clone());
    let mut going = answered("stu_2", "b@example.dk");
    going.erasure = Some(erasure);
    let people = attendance(vec![gone, expected("stu_2", "b@example.dk")], vec![going]);
    assert_eq!(told(&people), []);
    assert!(by_day(&people).is_empty());
}

#[test]
fn q8_days_are_those_of_copenhagen() {
    let people = attendance(
        vec![expected("stu_1", "a@example.dk"), expected("stu_9", "z@example.dk")],
        vec![answered("stu_1", "a@example.dk"), answered("stu_2", "b@example.dk")],
    );
    let day: Date = "2026-09-02".parse().unwrap();
    let counts = DayCounts { students: 2, listed: 1 };
    assert_eq!(by_day(&people), [(day, [(section("a"), counts)].into())].into());
}

#[test]
fn a_cell_that_would_be_a_formula_is_known() {
    for formula in ["=1", " +4512345678", "-a@example.dk", "@sum"] {
        assert!(is_formula(formula), "{formula}");
    }
    assert!(!is_formula("a=b@example.dk") && !is_formula(""));
}
