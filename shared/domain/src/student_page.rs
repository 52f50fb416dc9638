//! The page that a link in a mail opens for a student: what its link, its session and its forms are known by.
//!
//! Each is a keyed hash that nobody without the key can make, and none is stored. A link belongs to the
//! message that carried it and to the address that the message went to: once the student has another address, a
//! link in the former mailbox opens nothing, and a page that it had opened is closed. That a link was used is noted
//! with the message, and the session that begins then is a hash over that note. So there is one session per message,
//! and nothing to steal from the table.
//!
//! Only the mail that a student asked for opens the page. The mails about groups are replied to and passed on, so
//! their links do no more than have such a mail sent to the student.

use jiff::{SignedDuration, Timestamp};

use crate::ids::IdentityKey;
use crate::message::{About, Message, MessageStatus};
use crate::rights::same_token;
use crate::{CohortId, Email, MessageId};

/// How long the page stays open once a link has opened it.
pub const OPEN_MINUTES: i64 = 30;

/// How many mails with a link a student gets within a day at most.
pub const LINKS_A_DAY: u32 = 8;

/// When a page was opened and until when it stays open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    /// When the link was used.
    pub opened_at: Timestamp,
    /// The first instant at which the page is closed.
    pub until: Timestamp,
}

impl Visit {
    /// A visit that begins.
    pub fn begun(now: Timestamp) -> Self {
        let until = now.checked_add(SignedDuration::from_mins(OPEN_MINUTES));
        Self { opened_at: now, until: until.unwrap_or(Timestamp::MAX) }
    }

    /// The visit that a message's link began.
    pub fn of(message: &Message) -> Option<Self> {
        Some(Self { opened_at: message.opened_at?, until: message.open_until? })
    }
}

/// Whether a message carries a link to the page.
pub fn has_link(about: &About) -> bool {
    opens(about) || matches!(about, About::Group { .. } | About::GroupChanged { .. })
}

/// Whether a message's link opens the page; that of any other has a mail sent whose link does.
pub fn opens(about: &About) -> bool {
    matches!(about, About::Page { .. })
}

/// Whose page it is: the student's cohort, the message that led there and the address that it went to.
#[derive(Debug, Clone, Copy)]
pub struct Of<'a> {
    /// The cohort.
    pub cohort: &'a CohortId,
    /// The message.
    pub message: &'a MessageId,
    /// The address.
    pub address: &'a Email,
}

impl Of<'_> {
    fn hash(self, key: &IdentityKey, what: &str, more: &[&str]) -> String {
        let address = self.address.normalised();
        let known = [what, self.cohort.as_str(), self.message.as_str(), address.as_str()];
        key.hash(&[&known, more].concat())
    }

    /// The last part of a link: until when it can be used, in seconds, and a keyed hash over that and the message.
    pub fn link(self, key: &IdentityKey, until: Timestamp) -> String {
        let until = until.as_second().to_string();
        format!("{until}-{}", self.hash(key, "page link", &[&until]))
    }

    /// Until when a link can be used, if it is one of ours that went to this address.
    pub fn until(self, key: &IdentityKey, token: &str) -> Option<Timestamp> {
        let (until, _) = token.split_once('-')?;
        let until = Timestamp::from_second(until.parse().ok()?).ok()?;
        same_token(&self.link(key, until), token).then_some(until)
    }

    /// What a browser shows for as long as the page is open.
    pub fn session(self, key: &IdentityKey, visit: Visit) -> String {
        self.hash(key, "page session", &[&visit.opened_at.to_string()])
    }

    /// What a form of the page brings along, so that no other page can send one in the student's name.
    pub fn form(self, key: &IdentityKey, visit: Visit, act: &str) -> String {
        self.hash(key, "page form", &[&visit.opened_at.to_string(), act])
    }
}

/// The day that an instant lies in, by the world's clock.
pub fn day(now: Timestamp) -> Timestamp {
    let second = now.as_second() - now.as_second().rem_euclid(24 * 3600);
    Timestamp::from_second(second).unwrap_or(now)
}

/// Whether a mail with a link still does for whoever asks for one: it waits or arrived within the hour, and nobody
/// has used its link.
pub fn still_serves(message: &Message, now: Timestamp) -> bool {
    let lost = matches!(message.status, MessageStatus::Failed | MessageStatus::Bounced);
    let fresh = now.duration_since(message.status_at) < SignedDuration::from_hours(1);
    message.opened_at.is_none() && !lost && fresh
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> IdentityKey {
        IdentityKey::new(*b"0123456789abcdef0123456789abcdef")
    }

    fn ids() -> (CohortId, MessageId, Email) {
        (
            "coh_a".parse().unwrap(),
            "msg_a".parse().unwrap(),
            Email::parse("ida@example.edu").unwrap(),
        )
    }

    #[test]
    fn d4_a_link_is_known_by_its_hash_and_belongs_to_one_message_one_address_and_one_time() {
        let (cohort, message, address) = ids();
        let of = Of { cohort: &cohort, message: &message, address: &address };
        let until: Timestamp = "2026-09-17T12:00:00Z".parse().unwrap();
        let token = of.link(&key(), until);
        assert_eq!(of.until(&key(), &token), Some(until));
        let (_, hash) = token.split_once('-').unwrap();
        let later = format!("{}-{hash}", until.as_second() + 1);
        for wrong in [later, token.to_uppercase(), format!("{token}0"), hash.to_owned(), "-".into()]
        {
            assert_eq!(of.until(&key(), &wrong), None, "{wrong}");
        }
        let (other, elsewhere) = ("msg_b".parse().unwrap(), "coh_b".parse().unwrap());
        let stranger = Email::parse("ida@example.org").unwrap();
        for wrong in [
            Of { message: &other, ..of },
            Of { cohort: &elsewhere, ..of },
            Of { address: &stranger, ..of },
        ] {
            assert_eq!(wrong.until(&key(), &token), None, "{wrong:?}");
        }
        assert_eq!(of.until(&IdentityKey::new(*b"other"), &token), None);
        // Written another way it is the same mailbox.
        let same = Email::parse("Ida@Example.EDU").unwrap();
        assert_eq!(Of { address: &same, ..of }.until(&key(), &token), Some(until));
    }

    #[test]
    fn d4_link_session_and_each_form_are_apart() {
        let (cohort, message, address) = ids();
        let of = Of { cohort: &cohort, message: &message, address: &address };
        let stranger = Email::parse("ida@example.org").unwrap();
        let other = Of { address: &stranger, ..of };
        let visit = Visit::begun("2026-09-10T12:00:00.25Z".parse().unwrap());
        assert_eq!(visit.until, "2026-09-10T12:30:00.25Z".parse().unwrap());
        let later = Visit::begun("2026-09-10T12:00:00.26Z".parse().unwrap());
        let all = std::collections::BTreeSet::from([
            of.session(&key(), visit),
            of.session(&key(), later),
            other.session(&key(), visit),
            of.form(&key(), visit, "erasure"),
            of.form(&key(), visit, "objection"),
            of.form(&key(), later, "erasure"),
            other.form(&key(), visit, "erasure"),
        ]);
        assert_eq!(all.len(), 7);
    }

    #[test]
    fn d4_a_day_begins_at_its_midnight() {
        for (at, begins) in [
            ("2026-09-10T23:59:59.9Z", "2026-09-10T00:00:00Z"),
            ("2026-09-11T00:00:00Z", "2026-09-11T00:00:00Z"),
        ] {
            assert_eq!(day(at.parse().unwrap()), begins.parse().unwrap());
        }
    }

    #[test]
    fn d4_a_mail_with_a_link_serves_for_an_hour_unless_it_was_used_or_lost() {
        let at: Timestamp = "2026-09-10T12:00:00Z".parse().unwrap();
        let about = About::Page { student: "stu_a".parse().unwrap(), day: day(at) };
        let mail = Message::queued(about, at);
        let later = |minutes| at.checked_add(SignedDuration::from_mins(minutes)).unwrap();
        assert!(still_serves(&mail, later(59)) && !still_serves(&mail, later(60)));
        let used = Message { opened_at: Some(at), ..mail.clone() };
        assert!(!still_serves(&used, later(1)));
        for status in [MessageStatus::Failed, MessageStatus::Bounced] {
            let lost = Message { status, ..mail.clone() };
            assert!(!still_serves(&lost, later(1)), "{status:?}");
        }
    }
}
