//! The calendar file: a suggested meeting each week for four weeks (RFC 5545).

use icalendar::{Calendar, Class, Component, Event, EventStatus, Property};
use jiff::Timestamp;
use jiff::civil::DateTime;

use crate::slots::Meeting;

/// How often the suggested meeting stands in the calendar, in weeks.
pub(crate) const WEEKS: u8 = 4;

/// The rules of Danish time since 1996 (directive 2000/84/EC): summer time from the last Sunday of
/// March to the last Sunday of October. Written out because the crate would stamp a time zone with
/// `DTSTAMP` and a random `UID`, which RFC 5545 (3.6.5) gives it none of.
const COPENHAGEN: &str = "BEGIN:VTIMEZONE\r\n\
    TZID:Europe/Copenhagen\r\n\
    BEGIN:DAYLIGHT\r\n\
    TZNAME:CEST\r\n\
    TZOFFSETFROM:+0100\r\n\
    TZOFFSETTO:+0200\r\n\
    DTSTART:19960331T020000\r\n\
    RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n\
    END:DAYLIGHT\r\n\
    BEGIN:STANDARD\r\n\
    TZNAME:CET\r\n\
    TZOFFSETFROM:+0200\r\n\
    TZOFFSETTO:+0100\r\n\
    DTSTART:19961027T030000\r\n\
    RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n\
    END:STANDARD\r\n\
    END:VTIMEZONE\r\n";

/// What a calendar entry says. It names nobody: calendars are shared more widely than mails.
pub(crate) struct Entry<'a> {
    /// Stable per formation and group, so that a file opened twice makes one entry.
    pub(crate) uid: &'a str,
    /// When the groups were formed; the entry's `DTSTAMP`.
    pub(crate) made_at: Timestamp,
    /// When to meet.
    pub(crate) meeting: Meeting,
    /// One line.
    pub(crate) summary: &'a str,
    /// What kind of suggestion this is.
    pub(crate) description: &'a str,
}

/// The file's text. It has no `METHOD`: with one it would be a message of scheduling, which must name an organizer
/// (RFC 5546, 3.2.1); it is a file to be opened, and names nobody.
pub(crate) fn file(entry: &Entry<'_>) -> String {
    let event = Event::new()
        .uid(&format!("{}@unihelper", entry.uid))
        .add_property("DTSTAMP", utc(entry.made_at))
        .append_property(local("DTSTART", entry.meeting.start))
        .append_property(local("DTEND", entry.meeting.end))
        .add_property("RRULE", format!("FREQ=WEEKLY;COUNT={WEEKS}"))
        .summary(entry.summary)
        .description(entry.description)
        .status(EventStatus::Tentative)
        .class(Class::Private)
        .sequence(0)
        .done();
    let text = Calendar::empty()
        .append_property(Property::new("VERSION", "2.0"))
        .append_property(Property::new("PRODID", "-//UniHelper//Group mail//EN"))
        .append_property(Property::new("CALSCALE", "GREGORIAN"))
        .push(event)
        .to_string();
    text.replacen("BEGIN:VEVENT", &format!("{COPENHAGEN}BEGIN:VEVENT"), 1)
}

fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn local(key: &str, at: DateTime) -> Property {
    Property::new(key, at.strftime("%Y%m%dT%H%M%S").to_string())
        .add_parameter("TZID", domain::retention::TIME_ZONE)
        .done()
}
