//! The page of a student: their group, what is stored of them, and their rights
//! ([decision 22](../../../docs/adr/0022-a-students-page-is-opened-by-a-mail-and-closes-by-itself.md)).
//!
//! **Link.** Mails carry it ([`domain::student_page`]). Opening it (GET) changes nothing, because programs that
//! look for harmful mail open every link. The link in a mail about a group has one button, which mails the student a
//! link that opens the page: whoever else got hold of the mail gains nothing by it. That link's button (POST) notes
//! with the message that it was used, under the condition that it was not, and the browser gets a cookie that is good
//! for half an hour. A link that is used or old, that went to a former address, of somebody who is gone, or none of
//! ours leads to one and the same page. Its button mails the student of a link of ours a new one, unless one that
//! still serves was mailed within the hour, a few a day at most, and says the same to whoever presses it.
//!
//! **Page.** What is seen is in the audit trail once a visit and each act before it is answered. An act is asked about on a page of
//! its own, whose form brings a keyed hash along; what it does is in [`acts`].
//!
//! Safe to run twice: a link's second use finds it used; a mail that is asked for twice is one message, whose id
//! follows from the one before it; for acts see there. A call that died after the link was noted as used has opened no page: the student
//! asks for another link.

mod acts;
mod html;
mod view;
mod words;

use domain::audit::{Actor, AuditEntry};
use domain::cohort::Cohort;
use domain::institution::Language;
use domain::message::{About, Message};
use domain::rights::same_token;
use domain::student::Student;
use domain::student_page::{self, LINKS_A_DAY, Of, Visit};
use domain::{CohortId, InstitutionId, MessageId};
use runtime::clock::today;
use runtime::web::Request;
use store::{MessagePlace, Scope};

use crate::answer::Answer;
use crate::handler::{Confirmation, Error};
use acts::Act;
use words::Words;

/// The cookie that keeps the page open. The prefix makes browsers take it over TLS alone and from this host alone.
const COOKIE: &str = "__Host-student";

/// Whose page is asked for.
struct Known {
    scope: Scope,
    cohort: Cohort,
    message: Message,
    student: Student,
}

impl Known {
    /// Whose page it is, as seen by whoever reads the student's mailbox now.
    fn of(&self) -> Of<'_> {
        let (cohort, message) = (&self.scope.cohort, &self.message.id);
        Of { cohort, message, address: &self.student.email }
    }
}

/// A page that is open.
struct Open<'a> {
    known: &'a Known,
    visit: Visit,
    words: Words,
    asked: &'a Request,
    now: jiff::Timestamp,
}

impl Confirmation {
    /// Answers a request for a student's page.
    pub(crate) async fn student_page(&self, asked: &Request) -> Result<Answer, Error> {
        let at_the_door = !asked.part("token").is_empty();
        let posts = asked.method() == "POST";
        if posts && asked.is_from_elsewhere() {
            return Ok(view::closed(at_the_door)?);
        }
        let known = self.known(asked).await?;
        if at_the_door && posts && asked.field("do").as_deref() == Some("renew") {
            if let Some(known) = &known {
                self.renew(asked, known).await?;
            }
            return Ok(view::renewed()?);
        }
        match known {
            Some(known) if at_the_door => self.at_the_door(asked, &known).await,
            Some(known) => self.inside(asked, &known).await,
            None => Ok(view::closed(at_the_door)?),
        }
    }

    /// The student whom the message went to, if they and their cohort are there.
    async fn known(&self, asked: &Request) -> Result<Option<Known>, Error> {
        let (Ok(institution), Ok(cohort), Ok(id)) = (
            InstitutionId::parse(asked.part("institution")),
            CohortId::parse(asked.part("cohort")),
            MessageId::parse(asked.part("message")),
        ) else {
            return Ok(None);
        };
        let scope = Scope::new(institution, cohort);
        let cohort = self.store.cohort(&scope, today((self.clock)())).await?;
        let message = self.store.message(&MessagePlace::from(&scope), &id).await?;
        let (Some(cohort), Some(message)) = (cohort, message) else { return Ok(None) };
        let Some(student) =
            message.about.student().filter(|_| student_page::has_link(&message.about))
        else {
            return Ok(None);
        };
        let student = self.store.student(&scope, student).await?;
        Ok(student.map(|student| Known { scope, cohort, message, student }))
    }

    /// Whether the link is one of ours, whichever of the student's addresses it went to.
    fn is_ours(&self, asked: &Request, known: &Known) -> bool {
        let token = asked.part("token");
        known
            .student
            .addresses()
            .any(|address| Of { address, ..known.of() }.until(&self.key, token).is_some())
    }

    async fn at_the_door(&self, asked: &Request, known: &Known) -> Result<Answer, Error> {
        let now = (self.clock)();
        let until = known.of().until(&self.key, asked.part("token"));
        if !student_page::opens(&known.message.about) {
            return Ok(if until.is_some() { view::way_in()? } else { view::closed(true)? });
        }
        let usable = known.message.opened_at.is_none() && until.is_some_and(|until| now < until);
        if !usable {
            return Ok(view::closed(true)?);
        }
        if asked.method() != "POST" {
            return Ok(view::door()?);
        }
        let visit = Visit::begun(now);
        self.note(asked, known, "student.open", &[]).await?;
        let place = MessagePlace::from(&known.scope);
        if !self.store.open_page(&place, &known.message.id, visit).await? {
            return Ok(view::closed(true)?);
        }
        let session = known.of().session(&self.key, visit);
        let seconds = student_page::OPEN_MINUTES * 60;
        let mut answer = html::see(address(known));
        answer.cookies = vec![cookie(&session, seconds)];
        Ok(answer)
    }

    /// Puts a mail with a link on its way to the student, for a link of ours: the next of the day, unless the one
    /// before it still serves. Only one that is new is noted in the trail, which nothing is ever taken out of.
    async fn renew(&self, asked: &Request, known: &Known) -> Result<(), Error> {
        if !self.is_ours(asked, known) {
            return Ok(());
        }
        let now = (self.clock)();
        let day = student_page::day(now);
        let place = MessagePlace::from(&known.scope);
        let mut next = Message::queued(About::Page { student: known.student.id.clone(), day }, now);
        for _ in 0..LINKS_A_DAY {
            let known_by_now = self.store.message(&place, &next.id).await?;
            let last = match known_by_now {
                None => {
                    let unique = format!("student.link {}", next.id);
                    self.note_once(asked, known, "student.link", &[], &unique).await?;
                    next
                }
                Some(last) if student_page::still_serves(&last, now) => last,
                Some(last) => {
                    next = last.once_more(now);
                    continue;
                }
            };
            return Ok(outbox::put_one(&self.store, &self.mails, &place, &last).await?);
        }
        Ok(())
    }

    async fn inside(&self, asked: &Request, known: &Known) -> Result<Answer, Error> {
        let now = (self.clock)();
        let Some(visit) = self.visit(asked, known, now) else { return Ok(view::closed(false)?) };
        let posts = asked.method() == "POST";
        let given = |name: &str| if posts { asked.field(name) } else { asked.asked(name) };
        let language = match given("lang").as_deref() {
            Some("da") => Language::Da,
            Some("en") => Language::En,
            _ => known.cohort.settings.language,
        };
        let open = Open { known, visit, words: Words(language), asked, now };
        let act = given("do").and_then(|word| Act::parse(&word));
        if !posts {
            return match act {
                Some(act) => self.ask(&open, act).await,
                None => self.show(&open).await,
            };
        }
        let Some(act) = act else { return Ok(view::closed(false)?) };
        let expected = self.form(&open, act);
        if !same_token(&expected, &asked.field("form").unwrap_or_default()) {
            return Ok(view::closed(false)?);
        }
        if act == Act::Close {
            self.note(asked, known, "student.close", &[]).await?;
            let place = MessagePlace::from(&known.scope);
            self.store.close_page(&place, &known.message.id, now).await?;
            let mut answer = view::left(&open)?;
            answer.cookies = vec![cookie("", 0)];
            return Ok(answer);
        }
        self.act(&open, act).await
    }

    /// The visit that the browser's cookie belongs to, while it lasts.
    fn visit(&self, asked: &Request, known: &Known, now: jiff::Timestamp) -> Option<Visit> {
        let visit = Visit::of(&known.message).filter(|visit| now < visit.until)?;
        let session = known.of().session(&self.key, visit);
        same_token(&session, asked.cookie(COOKIE)?).then_some(visit)
    }

    /// What the form of an act brings along.
    fn form(&self, open: &Open<'_>, act: Act) -> String {
        open.known.of().form(&self.key, open.visit, act.as_str())
    }

    /// Notes in the audit trail what the student does, before it is done.
    async fn note(
        &self,
        asked: &Request,
        known: &Known,
        action: &str,
        more: &[String],
    ) -> Result<(), Error> {
        let unique = format!("{action} {} {} {}", known.message.id, asked.id(), more.join(" "));
        self.note_once(asked, known, action, more, &unique).await
    }

    /// Notes in the audit trail what the student sees, once a visit: the same again is no other entry.
    async fn note_seen(&self, open: &Open<'_>, others: &[String]) -> Result<(), Error> {
        let (known, action) = (open.known, "student.show");
        let (since, others_seen) = (open.visit.opened_at, others.join(" "));
        let unique = format!("{action} {} {since} {others_seen}", known.message.id);
        self.note_once(open.asked, known, action, others, &unique).await
    }

    async fn note_once(
        &self,
        asked: &Request,
        known: &Known,
        action: &str,
        more: &[String],
        unique: &str,
    ) -> Result<(), Error> {
        let mut about = vec![known.student.id.to_string()];
        about.extend_from_slice(more);
        let people = about.iter().filter(|id| id.starts_with(domain::StudentId::PREFIX)).count();
        let entry = AuditEntry::new(
            &known.scope.institution,
            (self.clock)(),
            Actor::Student(known.student.id.clone()),
            action,
            asked.id(),
        );
        let entry = entry.in_cohort(Some(&known.scope.cohort)).touching(people).about(about);
        Ok(self.audit.append(&entry, unique).await?)
    }
}

/// Where the page is: ids alone.
fn address(known: &Known) -> String {
    let Scope { institution, cohort, .. } = &known.scope;
    format!("/student/{institution}/{cohort}/{}", known.message.id)
}

fn cookie(value: &str, seconds: i64) -> String {
    format!("{COOKIE}={value}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Strict")
}
