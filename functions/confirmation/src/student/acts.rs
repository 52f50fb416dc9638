//! What a student does on their page: each act is a request of theirs (D4), noted and confirmed as it is made.
//!
//! What protects the student, or what they alone decide, is fulfilled at once: a restriction, an objection and the
//! end of either, name and student number, their own data. An erasure is given to the processor with its clock.
//!
//! Safe to run twice and to die in between: a request's id follows from the mail, the right and how many of its kind
//! the student made, so pressing twice makes one; it is created confirmed, and taken further under the condition
//! that nothing changed it; its letter's id follows from its step. A second press finds in force what the first one
//! set, and only puts a letter on its way that a call which died had left behind.

use domain::cpr;
use domain::message::{About, Message, RightsStep};
use domain::rights::{Channel, Kind, RightsRequest, Status};
use domain::student::Student;
use domain::{PersonName, RightsRequestId, StudentNumber};
use handover::{Ask, Sources};
use store::MessagePlace;

use super::view::{self, Wrong};
use super::{Open, address, html};
use crate::answer::{self, Answer};
use crate::handler::{Confirmation, Error};

/// What a student may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Access,
    Rectification,
    Restriction,
    LiftRestriction,
    Objection,
    LiftObjection,
    Erasure,
    Close,
}

impl Act {
    const ALL: [Self; 8] = [
        Self::Access,
        Self::Rectification,
        Self::Restriction,
        Self::LiftRestriction,
        Self::Objection,
        Self::LiftObjection,
        Self::Erasure,
        Self::Close,
    ];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Rectification => "rectification",
            Self::Restriction => "restriction",
            Self::LiftRestriction => "lift-restriction",
            Self::Objection => "objection",
            Self::LiftObjection => "lift-objection",
            Self::Erasure => "erasure",
            Self::Close => "close",
        }
    }

    pub(super) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.as_str() == word)
    }
}

impl Confirmation {
    pub(super) async fn act(&self, open: &Open<'_>, act: Act) -> Result<Answer, Error> {
        match act {
            Act::Access => return self.hand_out(open).await,
            Act::Rectification => match self.rectify(open).await? {
                Ok(()) => {}
                Err(wrong) => return self.ask_again(open, act, &wrong),
            },
            Act::Restriction => self.set(open, Kind::Restriction).await?,
            Act::Objection => self.set(open, Kind::Objection).await?,
            Act::LiftRestriction => self.lift(open, Kind::Restriction).await?,
            Act::LiftObjection => self.lift(open, Kind::Objection).await?,
            Act::Erasure => self.ask_for_erasure(open).await?,
            Act::Close => {}
        }
        let (place, lang) = (address(open.known), open.words.tag());
        Ok(html::see(format!("{place}?lang={lang}&done={}", act.as_str())))
    }

    /// The student's own requests.
    pub(super) async fn requests(&self, open: &Open<'_>) -> Result<Vec<RightsRequest>, Error> {
        let mut all = self.store.rights_requests(&open.known.scope).await?;
        all.retain(|request| request.student == open.known.student.id);
        all.sort_by_key(|request| (request.received_at, request.id.to_string()));
        Ok(all)
    }

    /// The request that is made now: the one that a call which died has left confirmed, or else a new one.
    async fn made(
        &self,
        open: &Open<'_>,
        kind: Kind,
        known: &[RightsRequest],
    ) -> Result<RightsRequest, Error> {
        let ours = |request: &&RightsRequest| {
            request.channel == Channel::StudentPage
                && request.kind == kind
                && request.status == Status::Confirmed
        };
        if let Some(left) = known.iter().find(ours) {
            return Ok(left.clone());
        }
        let made = known.iter().filter(|request| request.kind == kind).count();
        self.make(open, kind, &made.to_string()).await
    }

    async fn make(&self, open: &Open<'_>, kind: Kind, which: &str) -> Result<RightsRequest, Error> {
        let (known, scope) = (open.known, &open.known.scope);
        let key = format!("page {} {} {which}", known.message.id, kind.as_str());
        let id = RightsRequestId::for_request(&scope.cohort, &key);
        self.note(open.asked, known, "rights.note", &[id.to_string()]).await?;
        let request = RightsRequest::on_page(id.clone(), kind, known.student.id.clone(), open.now);
        self.store.create_rights_request(scope, &request).await?;
        let stands = self.store.rights_request(scope, &id).await?;
        tracing::info!(
            institution = scope.institution.as_str(),
            cohort = scope.cohort.as_str(),
            request = id.as_str(),
            kind = kind.as_str(),
            "rights.on_page"
        );
        stands.ok_or(Error::Moved)
    }

    /// Takes a request a step further, with what becomes of the student, and tells them.
    async fn step(
        &self,
        open: &Open<'_>,
        (was, is): (&RightsRequest, &RightsRequest),
        action: &str,
        student: Option<&Student>,
        told: Option<RightsStep>,
    ) -> Result<(), Error> {
        self.note(open.asked, open.known, action, &[was.id.to_string()]).await?;
        let change = student.map(|after| (&open.known.student, after, None));
        if !self.store.take_rights_step(&open.known.scope, was, is, change).await? {
            // Pressed twice at once, or a questionnaire came in meanwhile: the next try reads anew.
            return Err(Error::Moved);
        }
        match told {
            Some(step) => self.tell_of(open, is, step).await,
            None => Ok(()),
        }
    }

    async fn tell_of(
        &self,
        open: &Open<'_>,
        request: &RightsRequest,
        step: RightsStep,
    ) -> Result<(), Error> {
        let about = About::Rights {
            student: request.student.clone(),
            request: request.id.clone(),
            step,
            number: 0,
        };
        let place = MessagePlace::from(&open.known.scope);
        let message = Message::queued(about, open.now);
        Ok(outbox::put_one(&self.store, &self.mails, &place, &message).await?)
    }

    /// Sets a restriction or an objection; one that is in force stays as it is.
    async fn set(&self, open: &Open<'_>, kind: Kind) -> Result<(), Error> {
        let requests = self.requests(open).await?;
        if in_force(&open.known.student, kind) {
            return self.told_before(open, &requests, kind, Status::Fulfilled).await;
        }
        let request = self.made(open, kind, &requests).await?;
        let Ok(next) = request.clone().fulfil(open.now) else { return Err(Error::Moved) };
        let mut after = open.known.student.clone();
        *since(&mut after, kind) = Some(open.now);
        let done = Some(RightsStep::Done);
        self.step(open, (&request, &next), "rights.restrict", Some(&after), done).await
    }

    /// Ends what is in force, whoever noted the request for it: it is the student's own.
    async fn lift(&self, open: &Open<'_>, kind: Kind) -> Result<(), Error> {
        let requests = self.requests(open).await?;
        let mut after = open.known.student.clone();
        *since(&mut after, kind) = None;
        // The first request that ends takes it off the student; a call that died after that has left others, which
        // the next one ends.
        let mut still = in_force(&open.known.student, kind).then_some(&after);
        let mut ended = false;
        for request in requests.iter().filter(|request| request.kind == kind) {
            let Ok(next) = request.clone().lift(open.now) else { continue };
            let lifted = Some(RightsStep::Lifted);
            self.step(open, (request, &next), "rights.lift", still.take(), lifted).await?;
            ended = true;
        }
        if ended { Ok(()) } else { self.told_before(open, &requests, kind, Status::Lifted).await }
    }

    /// Puts the letter of the last request on its way, which a call that died may have left behind; one that is on
    /// its way is not sent twice.
    async fn told_before(
        &self,
        open: &Open<'_>,
        requests: &[RightsRequest],
        kind: Kind,
        status: Status,
    ) -> Result<(), Error> {
        let step = if status == Status::Lifted { RightsStep::Lifted } else { RightsStep::Done };
        let ours = |request: &&RightsRequest| request.kind == kind && request.status == status;
        match requests.iter().rev().find(ours) {
            Some(request) => self.tell_of(open, request, step).await,
            None => Ok(()),
        }
    }

    /// Asks for the erasure; one that waits is not asked for twice.
    async fn ask_for_erasure(&self, open: &Open<'_>) -> Result<(), Error> {
        let requests = self.requests(open).await?;
        let waits = requests
            .iter()
            .find(|request| request.kind == Kind::Erasure && request.status == Status::Confirmed);
        let request = match waits {
            Some(request) => request.clone(),
            None => self.made(open, Kind::Erasure, &requests).await?,
        };
        self.tell_of(open, &request, RightsStep::Verified).await
    }

    /// Puts right what the student has written; says what is wrong with it otherwise.
    async fn rectify(&self, open: &Open<'_>) -> Result<Result<(), Wrong>, Error> {
        let wish = |name: &str| open.asked.field(name).unwrap_or_default();
        let (name, number) = (wish("name"), wish("number"));
        let hides = |text: &str| cpr::mask(text).1 > 0;
        let is = &open.known.student;
        let mut after = is.clone();
        after.name = PersonName::new(&name);
        // A number that was emptied is taken away: the page says that it is as the student wrote it.
        after.number = Some(StudentNumber::new(&number)).filter(|given| !given.is_empty());
        let written = after.number.as_ref().map_or("", StudentNumber::as_str);
        let wrong = Wrong {
            no_name: after.name.is_empty(),
            // As it would be kept: spaces between digits hide a number from whoever looks at what was typed.
            cpr_in_name: hides(after.name.as_str()) || hides(&name),
            cpr_in_number: hides(written) || hides(&number),
            name,
            number,
        };
        if wrong.is_any() {
            return Ok(Err(wrong));
        }
        let changed = [("name", after.name != is.name), ("number", after.number != is.number)];
        if changed.iter().all(|(_, changed)| !changed) {
            let requests = self.requests(open).await?;
            self.told_before(open, &requests, Kind::Rectification, Status::Fulfilled).await?;
            return Ok(Ok(()));
        }
        let requests = self.requests(open).await?;
        let request = self.made(open, Kind::Rectification, &requests).await?;
        let Ok(mut next) = request.clone().fulfil(open.now) else { return Err(Error::Moved) };
        next.changed =
            changed.iter().filter(|(_, is)| *is).map(|(name, _)| (*name).to_owned()).collect();
        let done = Some(RightsStep::Done);
        self.step(open, (&request, &next), "rights.rectify", Some(&after), done).await?;
        Ok(Ok(()))
    }

    /// Puts the student's data together and hands it out. It is one request per visit, however often it is fetched;
    /// each time is in the trail.
    async fn hand_out(&self, open: &Open<'_>) -> Result<Answer, Error> {
        let (known, scope) = (open.known, &open.known.scope);
        let request = self.make(open, Kind::Access, "").await?;
        let from = Sources {
            store: &self.store,
            objects: &self.objects,
            audit: &self.audit,
            key: &self.key,
        };
        let ask = Ask {
            scope,
            cohort: &known.cohort,
            student: &known.student,
            request: &request.id,
            now: open.now,
        };
        let files = handover::gather(from, &ask).await?.files(&known.cohort)?;
        let archive = handover::archive(&files)?;
        if let Ok(next) = request.clone().fulfil(open.now) {
            self.step(open, (&request, &next), "rights.fetch", None, None).await?;
        } else {
            let id = [request.id.to_string()];
            self.note(open.asked, known, "rights.fetch", &id).await?;
        }
        Ok(answer::archive(&format!("{}.zip", request.id), &archive))
    }

    fn ask_again(&self, open: &Open<'_>, act: Act, wrong: &Wrong) -> Result<Answer, Error> {
        let form = self.form(open, act);
        Ok(view::step(open, act, form, Some(wrong))?)
    }
}

fn in_force(student: &Student, kind: Kind) -> bool {
    match kind {
        Kind::Restriction => student.restricted.is_some(),
        _ => student.objected.is_some(),
    }
}

fn since(student: &mut Student, kind: Kind) -> &mut Option<jiff::Timestamp> {
    match kind {
        Kind::Restriction => &mut student.restricted,
        _ => &mut student.objected,
    }
}
