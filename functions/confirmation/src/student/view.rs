//! What the pages show.

use domain::StudentId;
use domain::formation::Group;
use domain::institution::Institution;
use domain::message::About;
use domain::profile::Answer as Given;
use domain::retention::date_in_copenhagen;
use domain::rights::RightsRequest;
use domain::student::{Response, Student};
use futures::future::try_join_all;
use mail::group_mail::{class, mailto};
use mail::letter::date;

use super::acts::Act;
use super::html::{Block, Field, Form, Page, Person, Section};
use super::words::{Both, DOOR_TEXTS, Words};
use super::{Open, address};
use crate::answer::Answer;
use crate::handler::{Confirmation, Error};

/// What is wrong with what the student wrote, and what they wrote.
pub(super) struct Wrong {
    pub(super) no_name: bool,
    pub(super) cpr_in_name: bool,
    pub(super) cpr_in_number: bool,
    pub(super) name: String,
    pub(super) number: String,
}

impl Wrong {
    pub(super) fn is_any(&self) -> bool {
        self.no_name || self.cpr_in_name || self.cpr_in_number
    }
}

/// A page that knows nobody: in Danish and English, one below the other.
fn both(status: u16, texts: &Both, press: Option<&'static str>) -> Result<Answer, askama::Error> {
    let section = |language, [heading, text, button]: [&'static str; 3]| {
        let mut blocks = vec![Block::Paragraph(text.to_owned())];
        blocks.extend(press.map(|act| {
            Block::Form(Form {
                hidden: vec![("do", act.to_owned())],
                button: button.to_owned(),
                ..Form::default()
            })
        }));
        Section { lang: Some(language), heading: heading.to_owned(), blocks }
    };
    let page = Page {
        lang: "da",
        title: "UniHelper".to_owned(),
        sections: vec![section("da", texts.da), section("en", texts.en)],
        ..Page::default()
    };
    page.answer(status)
}

/// What a link that can be used shows, whoever opens it.
pub(super) fn door() -> Result<Answer, askama::Error> {
    both(200, &DOOR_TEXTS.door, Some("open"))
}

/// What the link of a mail about a group shows, whoever opens it.
pub(super) fn way_in() -> Result<Answer, askama::Error> {
    both(200, &DOOR_TEXTS.way_in, Some("renew"))
}

/// The one page that tells nothing.
pub(super) fn closed(at_the_door: bool) -> Result<Answer, askama::Error> {
    let texts = if at_the_door { &DOOR_TEXTS.closed } else { &DOOR_TEXTS.over };
    both(410, texts, at_the_door.then_some("renew"))
}

/// What asking for another link is answered with, whoever asks.
pub(super) fn renewed() -> Result<Answer, askama::Error> {
    both(200, &DOOR_TEXTS.renewed, None)
}

/// What closing the page shows.
pub(super) fn left(open: &Open<'_>) -> Result<Answer, askama::Error> {
    let words = open.words;
    let page = Page {
        lang: words.tag(),
        title: words.left().0.to_owned(),
        blocks: vec![Block::Paragraph(words.left().1.to_owned())],
        ..Page::default()
    };
    page.answer(200)
}

/// A page in the student's language, with the way to the other one.
fn page(open: &Open<'_>, title: String, act: Option<Act>) -> Page {
    let words = open.words;
    let other = words.other();
    let act = act.map(|act| format!("&do={}", act.as_str())).unwrap_or_default();
    Page {
        lang: words.tag(),
        switch: format!("{}?lang={}{act}", address(open.known), other.tag()),
        switch_label: words.say("Sprog", "Language"),
        other: other.tag(),
        other_name: other.say("På dansk", "In English"),
        place: open.known.cohort.settings.name.get(words.0).to_owned(),
        title,
        ..Page::default()
    }
}

/// Where an act is asked about.
fn way(open: &Open<'_>, act: Act) -> (String, String) {
    let (place, lang) = (address(open.known), open.words.tag());
    let label = open.words.act(act).label.to_owned();
    (format!("{place}?lang={lang}&do={}", act.as_str()), label)
}

fn hidden(open: &Open<'_>, act: Act, form: String) -> Vec<(&'static str, String)> {
    let lang = open.words.tag().to_owned();
    vec![("do", act.as_str().to_owned()), ("lang", lang), ("form", form)]
}

/// Whether the student takes no part for another reason than the one that ends.
fn other_goes_on(ends: Act, student: &Student) -> bool {
    match ends {
        Act::LiftRestriction => student.objected.is_some(),
        Act::LiftObjection => student.restricted.is_some(),
        _ => false,
    }
}

/// The page that asks whether the student is sure.
pub(super) fn step(
    open: &Open<'_>,
    act: Act,
    form: String,
    wrong: Option<&Wrong>,
) -> Result<Answer, askama::Error> {
    let (words, student) = (open.words, &open.known.student);
    let said = words.act(act);
    let mut page = page(open, said.title.to_owned(), Some(act));
    if let Some(wrong) = wrong.filter(|wrong| wrong.is_any()) {
        let no_name = wrong_with(wrong.no_name, false, words);
        let cpr = wrong_with(false, wrong.cpr_in_name || wrong.cpr_in_number, words);
        let all: Vec<&str> = no_name.into_iter().chain(cpr).collect();
        page.blocks.push(Block::Alert(all.join(" ")));
    }
    let still = [words.still(act)];
    let text = if other_goes_on(act, student) { &still[..] } else { said.text };
    page.blocks.extend(text.iter().map(|text| Block::Paragraph((*text).to_owned())));
    let mut fields = Vec::new();
    if act == Act::Rectification {
        let number = || student.number.as_ref().map(|number| number.as_str().to_owned());
        fields.push(Field {
            name: "name",
            label: words.say("Navn", "Name"),
            value: wrong.map_or_else(|| student.name.as_str().to_owned(), |it| it.name.clone()),
            longest: 200,
            autocomplete: "name",
            problem: wrong.and_then(|it| wrong_with(it.no_name, it.cpr_in_name, words)),
        });
        fields.push(Field {
            name: "number",
            label: words.say("Studienummer", "Student number"),
            value: wrong.map_or_else(|| number().unwrap_or_default(), |it| it.number.clone()),
            longest: 64,
            autocomplete: "off",
            problem: wrong.and_then(|it| wrong_with(false, it.cpr_in_number, words)),
        });
    }
    page.blocks.push(Block::Form(Form {
        hidden: hidden(open, act, form),
        fields,
        button: said.button.to_owned(),
        grave: act == Act::Erasure,
        quiet: false,
    }));
    if act == Act::Rectification {
        page.blocks.push(Block::Heading(words.say("Din mailadresse", "Your address").to_owned()));
        page.blocks.push(Block::Paragraph(words.address(student.email.as_str())));
    }
    let back = format!("{}?lang={}", address(open.known), words.tag());
    let label = words.say("Nej, tilbage til min side", "No, back to my page").to_owned();
    page.blocks.push(Block::Links(vec![(back, label)]));
    page.answer(if wrong.is_some() { 400 } else { 200 })
}

fn wrong_with(no_name: bool, cpr: bool, words: Words) -> Option<&'static str> {
    if no_name {
        return Some(words.say("Skriv dit navn.", "Write your name."));
    }
    cpr.then(|| words.say("Skriv ikke CPR-numre her.", "Do not write CPR numbers here."))
}

/// The group as the mail about it shows it.
struct Shown {
    group: Group,
    members: Vec<Student>,
}

impl Confirmation {
    /// The page that asks whether the student is sure, of whatever is asked for.
    pub(super) async fn ask(&self, open: &Open<'_>, act: Act) -> Result<Answer, Error> {
        self.note_seen(open, &[]).await?;
        Ok(step(open, act, self.form(open, act), None)?)
    }

    /// The group, the data and what can be done.
    pub(super) async fn show(&self, open: &Open<'_>) -> Result<Answer, Error> {
        let known = open.known;
        let institution = self.store.institution(&known.scope.institution).await?;
        let Some(institution) = institution else { return Ok(closed(false)?) };
        let group = self.group(open).await?;
        let response = self.store.response(&known.scope, &known.student.response).await?;
        let requests = self.requests(open).await?;
        let others: Vec<String> =
            group.iter().flat_map(|it| others(it, &known.student.id)).collect();
        self.note_seen(open, &others).await?;
        let words = open.words;
        let mut page = page(open, words.say("Din side", "Your page").to_owned(), None);
        page.said = open.asked.asked("done").and_then(|act| Act::parse(&act)).map(|act| {
            let goes_on = other_goes_on(act, &open.known.student);
            if goes_on { words.still(act) } else { words.act(act).done }
        });
        page.sections = vec![
            group_section(open, &institution, group.as_ref()),
            data_section(open, response.as_ref(), &requests),
            acts_section(open),
        ];
        let close = Form {
            hidden: hidden(open, Act::Close, self.form(open, Act::Close)),
            button: words.say("Luk siden", "Close the page").to_owned(),
            quiet: true,
            ..Form::default()
        };
        page.sections.push(Section {
            lang: None,
            heading: words.say("Færdig?", "Done?").to_owned(),
            blocks: vec![Block::Paragraph(words.closes().to_owned()), Block::Form(close)],
        });
        Ok(page.answer(200)?)
    }

    /// The student's group, by the rule of the mail about it: published, agreed to, and they take part.
    async fn group(&self, open: &Open<'_>) -> Result<Option<Shown>, Error> {
        let known = open.known;
        let Some(formation) = known.cohort.published_formation.clone() else { return Ok(None) };
        let groups = self.store.all_groups(&known.scope, &formation).await?;
        let mine = groups.into_iter().find(|group| group.members.contains(&known.student.id));
        let Some(group) = mine else { return Ok(None) };
        let about = About::Group {
            student: known.student.id.clone(),
            formation,
            section: group.section.clone(),
            group: group.number,
        };
        // An address that gets no mail may still be told on a page.
        let reached = Student { suppressed: None, ..known.student.clone() };
        if about.obstacle(&known.cohort, Some(&reached)).is_some() {
            return Ok(None);
        }
        let members = group.members.iter().map(|id| self.store.student(&known.scope, id));
        // Whoever left or asked not to be used since the group was made is shown to nobody.
        let members = try_join_all(members).await?.into_iter().flatten();
        let members = members.filter(Student::takes_part).collect();
        Ok(Some(Shown { group, members }))
    }
}

fn others(shown: &Shown, student: &StudentId) -> Vec<String> {
    let ids = shown.members.iter().map(|member| &member.id).filter(|id| *id != student);
    ids.map(ToString::to_string).collect()
}

fn group_section(open: &Open<'_>, institution: &Institution, shown: Option<&Shown>) -> Section {
    let (words, known) = (open.words, open.known);
    let heading = words.say("Min gruppe", "My group").to_owned();
    let Some(Shown { group, members }) = shown else {
        let text = if known.student.takes_part() {
            words.no_group(&institution.name)
        } else {
            words.takes_no_part().to_owned()
        };
        return Section { lang: None, heading, blocks: vec![Block::Paragraph(text)] };
    };
    let mut named = format!("{} {}", words.say("Gruppe", "Group"), group.number);
    if known.cohort.settings.sections.len() > 1 {
        named = format!("{named} · {}", class(words.0, group.section.as_str()));
    }
    let people: Vec<Person> = members
        .iter()
        .filter(|member| member.id != known.student.id)
        .map(|member| {
            let email = member.email.as_str().to_owned();
            let name = member.name.as_str();
            Person {
                name: if name.is_empty() { email.clone() } else { name.to_owned() },
                link: mailto(&[&email], ""),
                email,
            }
        })
        .collect();
    let mut blocks = vec![Block::Paragraph(named)];
    if people.is_empty() {
        blocks.push(Block::Paragraph(words.alone(&institution.name)));
        return Section { lang: None, heading, blocks };
    }
    blocks.push(Block::People(people));
    blocks.push(Block::Heading(words.say("Hvornår kan I mødes?", "When can you meet?").to_owned()));
    let times = mail::slots::in_words(words.0, &group.common_slots);
    if times.is_empty() {
        blocks.push(Block::Paragraph(words.no_times().to_owned()));
    } else {
        blocks.push(Block::Paragraph(words.times().to_owned()));
        blocks.push(Block::Points(times));
    }
    Section { lang: None, heading, blocks }
}

fn data_section(
    open: &Open<'_>,
    response: Option<&Response>,
    requests: &[RightsRequest],
) -> Section {
    let (words, student, cohort) = (open.words, &open.known.student, &open.known.cohort);
    let day = |at| date(words.0, date_in_copenhagen(at));
    let mut facts = vec![
        (words.say("Navn", "Name"), student.name.as_str().to_owned()),
        (words.say("Mailadresse", "Address"), student.email.as_str().to_owned()),
    ];
    let former = student.former.iter().map(|email| email.as_str().to_owned());
    facts.extend(former.map(|email| (words.say("Tidligere mailadresse", "Former address"), email)));
    if let Some(number) = &student.number {
        facts.push((words.say("Studienummer", "Student number"), number.as_str().to_owned()));
    }
    facts.push((words.say("Hold", "Class"), student.section.as_str().to_owned()));
    facts.push((words.say("Besvaret", "Answered"), day(student.submitted_at)));
    if let Some(at) = student.restricted {
        facts.push((words.say("Begrænset siden", "Restricted since"), day(at)));
    }
    if let Some(at) = student.objected {
        facts.push((words.say("Uden for grupper siden", "Out of groups since"), day(at)));
    }
    let facts = facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let mut blocks = vec![Block::Facts(facts)];
    let answers = response.map(|response| answers(open, response)).unwrap_or_default();
    if !answers.is_empty() {
        let heading = words.say("Dine svar", "Your answers");
        blocks.push(Block::Heading(heading.to_owned()));
        blocks.push(Block::Facts(answers));
    }
    let criteria = cohort.settings.criteria.iter();
    if criteria.filter(|criterion| criterion.names(&student.id)).count() > 0 {
        blocks.push(Block::Paragraph(words.named_by_rules().to_owned()));
    }
    if !requests.is_empty() {
        let heading = words.say("Dine anmodninger", "Your requests");
        blocks.push(Block::Heading(heading.to_owned()));
        let lines = requests.iter().map(|request| words.request(request)).collect();
        blocks.push(Block::Points(lines));
    }
    blocks.push(Block::Heading(words.say("Hvor længe?", "For how long?").to_owned()));
    blocks.push(Block::Paragraph(words.deleted_by(&date(words.0, cohort.delete_on))));
    blocks.push(Block::Links(vec![way(open, Act::Access)]));
    let heading = words.say("Mine oplysninger", "My data").to_owned();
    Section { lang: None, heading, blocks }
}

/// The answers that count, by what their questions are called.
fn answers(open: &Open<'_>, response: &Response) -> Vec<(String, String)> {
    let words = open.words;
    let questions = &open.known.cohort.settings.questions;
    let answers = response.profile.answers.iter().map(|(id, given)| {
        let known = questions.iter().find(|known| known.id == *id);
        let label = known.map_or(id.as_str(), |known| known.label.get(words.0)).to_owned();
        let value = match given {
            Given::Scale(number) => number.to_string(),
            Given::Choice(code) => code.clone(),
            Given::Choices(codes) => codes.iter().cloned().collect::<Vec<_>>().join(", "),
            Given::Slots(hours) => {
                let hours: Vec<u16> = hours.iter().copied().collect();
                mail::slots::in_words(words.0, &hours).join("; ")
            }
            Given::Students(named) => words.named(named.len()),
            Given::Text(text) => text.clone(),
        };
        (label, value)
    });
    answers.collect()
}

fn acts_section(open: &Open<'_>) -> Section {
    let student = &open.known.student;
    let restriction =
        if student.restricted.is_some() { Act::LiftRestriction } else { Act::Restriction };
    let objection = if student.objected.is_some() { Act::LiftObjection } else { Act::Objection };
    let acts = [Act::Rectification, objection, restriction, Act::Erasure];
    let words = open.words;
    Section {
        lang: None,
        heading: words.say("Det kan du gøre", "What you can do").to_owned(),
        blocks: vec![
            Block::Paragraph(words.before_acts().to_owned()),
            Block::Links(acts.map(|act| way(open, act)).to_vec()),
        ],
    }
}
