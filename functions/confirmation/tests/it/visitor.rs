//! A student in a group, the mail with the link to their page, and a browser.

use std::cell::{Cell, RefCell};

use confirmation::Answer;
use domain::message::Message;
use domain::rights::RightsRequest;
use domain::student::Student;
use domain::student_page::Of;
use jiff::Timestamp;
use runtime::clock::Clock;
use serde_json::{Value, json};
use store::{MessagePlace, Store};

use crate::memory::Gate;
use crate::world::{APP, AUDIT, World, key, now, scope};

/// The message whose link the tests use.
pub(crate) const MAIL: &str = "msg_0192f0c1a2b37c4d8e5f60718293a4b5";

/// When links of the tests end.
pub(crate) fn until() -> Timestamp {
    "2026-09-17T12:00:00Z".parse().unwrap()
}

/// A browser with at most one cookie.
pub(crate) struct Visitor {
    pub(crate) world: World,
    pub(crate) clock: Cell<Clock>,
    /// What the browser keeps, as `name=value`.
    pub(crate) cookie: RefCell<Option<String>>,
    requests: Cell<u32>,
}

impl Visitor {
    /// A student whose group was published, with the mail that they asked for.
    pub(crate) fn new() -> Self {
        Self::with(&json!({}))
    }

    /// The same with the cohort's item changed.
    pub(crate) fn with(cohort: &Value) -> Self {
        let world = World::with(&json!({ "id": "rrq_other", "student": "stu_9" }));
        let mut item = World::cohort();
        item["mail_agreed"] = json!(true);
        item["published_formation"] = json!("for_1");
        item["questions"] = json!([{
            "id": "ambition", "refs": ["ambition"], "kind": { "scale": { "min": 1, "max": 5 } },
            "label": { "da": "Ambition & mål", "en": "Ambition & goals" },
        }]);
        for (name, part) in cohort.as_object().unwrap() {
            item[name] = part.clone();
        }
        world.put(&keys::cohort(&scope()), &item);
        let institution = json!({
            "id": scope().institution, "name": "Eksempel Universitet", "reply_to": "studie@example.dk",
        });
        world.put(&keys::institution(&scope().institution), &institution);
        for (id, name, email) in [
            ("stu_1", "Freja <Lund>", "freja.lund@example.edu"),
            ("stu_2", "Jonas Bæk", "jonas@example.edu"),
        ] {
            let student = json!({
                "id": id, "name": name, "email": email, "section": "a", "response": format!("token-{id}"),
                "submitted_at": "2026-09-01T07:31:05Z",
            });
            world.put(&keys::student(&scope(), &id.parse().unwrap()), &student);
        }
        let token = "token-stu_1".parse().unwrap();
        let response = json!({
            "token": token, "student": "stu_1", "section": "a", "submitted_at": "2026-09-01T07:31:05Z",
            "received_at": "2026-09-01T07:31:06Z",
            "profile": { "answers": { "ambition": { "scale": 4 } } },
        });
        world.put(&keys::response(&scope(), &token), &response);
        let group = json!({
            "formation": "for_1", "section": "a", "number": 7, "members": ["stu_2", "stu_1"], "score": 1,
            "scores": {}, "common_slots": [10, 11],
        });
        let (formation, section) = ("for_1".parse().unwrap(), "a".parse().unwrap());
        world.put(&keys::group(&scope(), &formation, &section, 7), &group);
        let formation_item = json!({
            "id": "for_1", "status": "published", "requested_by": "deadline",
            "requested_at": "2026-09-07T10:00:00Z", "seed": 1,
        });
        world.put(&keys::formation(&scope(), &formation), &formation_item);
        let visitor = Self {
            world,
            clock: Cell::new(now),
            cookie: RefCell::new(None),
            requests: Cell::new(0),
        };
        visitor.mail(&json!({}));
        visitor
    }

    /// Changes the mail's record.
    pub(crate) fn mail(&self, change: &Value) {
        mail(&self.world, change);
    }

    fn event(&self, method: &str, token: Option<&str>, query: &str, body: &str) -> Value {
        let number = self.requests.get();
        self.requests.set(number + 1);
        let mut parts = json!({
            "institution": scope().institution, "cohort": scope().cohort, "message": MAIL,
        });
        if let Some(token) = token {
            parts["token"] = json!(token);
        }
        let cookies: Vec<String> = self.cookie.borrow().iter().cloned().collect();
        json!({
            "requestContext": { "http": { "method": method }, "requestId": format!("request-{number}") },
            "pathParameters": parts, "rawQueryString": query, "body": body, "cookies": cookies,
            "headers": { "sec-fetch-site": "same-origin" },
        })
    }

    /// Sends an event; keeps the cookie that the answer sets.
    pub(crate) async fn sends(&self, event: &Value) -> Answer {
        let answer = self.world.gets(event, self.clock.get()).await;
        if let Some(set) = answer.cookies.first() {
            *self.cookie.borrow_mut() = Some(set.split(';').next().unwrap().to_owned());
        }
        answer
    }

    /// Opens the link or presses a button behind it.
    pub(crate) async fn link(&self, method: &str, token: &str, body: &str) -> Answer {
        self.sends(&self.event(method, Some(token), "", body)).await
    }

    /// Opens the page by its link and its button.
    pub(crate) async fn enters(&self) {
        let answer = self.link("POST", &token(), "do=open").await;
        assert_eq!(answer.status_code, 303);
    }

    /// Looks at the page.
    pub(crate) async fn looks(&self, query: &str) -> Answer {
        self.sends(&self.event("GET", None, query, "")).await
    }

    /// Sends a form as it is.
    pub(crate) async fn posts(&self, body: &str) -> Answer {
        self.sends(&self.event("POST", None, "", body)).await
    }

    /// Goes to the page that asks, and presses its button with these fields; answers the second.
    pub(crate) async fn acts(&self, act: &str, fields: &str) -> Answer {
        let asks = self.looks(&format!("do={act}")).await;
        assert_eq!(asks.status_code, 200, "{act}");
        self.posts(&format!("{}&{fields}", form_of(&asks.body, act))).await
    }

    pub(crate) fn store(&self) -> Store {
        Store::new(self.world.tables.client(&Gate::default()), APP)
    }

    pub(crate) async fn student(&self) -> Student {
        let found = self.store().student(&scope(), &"stu_1".parse().unwrap()).await;
        found.unwrap().unwrap()
    }

    pub(crate) async fn message(&self) -> Message {
        let (store, place) = (self.store(), MessagePlace::from(&scope()));
        store.message(&place, &MAIL.parse().unwrap()).await.unwrap().unwrap()
    }

    /// The student's requests.
    pub(crate) async fn requests(&self) -> Vec<RightsRequest> {
        let mut all = self.store().rights_requests(&scope()).await.unwrap();
        all.retain(|request| request.student.as_str() == "stu_1");
        all.sort_by_key(|request| request.kind.as_str());
        all
    }

    /// Action, actor and ids of each entry of the trail, in order.
    pub(crate) fn trail(&self) -> Vec<Value> {
        let entries = self.world.tables.plain(AUDIT).into_iter();
        entries.filter(|(key, _)| key.contains("ENTRY#")).map(|(_, entry)| entry).collect()
    }

    /// The words of the actions in the trail.
    pub(crate) fn actions(&self) -> Vec<String> {
        let trail = self.trail();
        trail.iter().map(|entry| entry["action"].as_str().unwrap().to_owned()).collect()
    }

    /// How many mails are on their way.
    pub(crate) fn letters(&self) -> usize {
        let mut queued = self.world.queued.lock().unwrap().clone();
        queued.sort_by_key(ToString::to_string);
        queued.dedup();
        queued.len()
    }
}

/// The token of the mail's link.
pub(crate) fn token() -> String {
    token_to("freja.lund@example.edu")
}

/// The token of the link that the mail carries when it goes to this address.
pub(crate) fn token_to(address: &str) -> String {
    let (cohort, message) = (scope().cohort, MAIL.parse().unwrap());
    let address = domain::Email::parse(address).unwrap();
    Of { cohort: &cohort, message: &message, address: &address }.link(&key(), until())
}

/// What a form of the page sends without its fields.
pub(crate) fn form_of(page: &str, act: &str) -> String {
    let value = |name: &str| {
        let mark = format!("name=\"{name}\" value=\"");
        page.rsplit(&mark).next().unwrap().split('"').next().unwrap().to_owned()
    };
    assert_eq!(value("do"), act);
    format!("do={act}&lang={}&form={}", value("lang"), value("form"))
}

/// Puts the mail's record as it was sent, changed as the test needs it.
pub(crate) fn mail(world: &World, change: &Value) {
    let mut message = json!({
        "id": MAIL, "kind": "page", "student": "stu_1", "day": "2026-09-10T00:00:00Z",
        "formation": "for_1", "section": "a", "group": 7, "erasure": "era_1", "status": "delivered", "status_at": "2026-09-10T12:00:00Z", "attempts": 1,
    });
    for (name, part) in change.as_object().unwrap() {
        message[name] = part.clone();
    }
    let place = MessagePlace::from(&scope());
    world.put(&keys::message(&place, &MAIL.parse().unwrap()), &message);
}
