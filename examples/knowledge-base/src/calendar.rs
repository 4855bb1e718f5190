//! Which meetings of a calendar touch a day. Pure.
//!
//! Graph is asked for the day alone. What it answers is held against the day again: the stand-in of
//! `--local` does not heed queries, and an answer with other days in it must not pass for this one.

use chrono::{Days, NaiveDateTime, NaiveTime};
use grantc_runtime::{Date, DateTime, ErrorKind, ToolError};
use serde::Deserialize;

/// One page of a calendar, as Graph answers it.
#[derive(Clone, Debug, Deserialize)]
pub struct Page {
    /// Its events.
    pub value: Vec<Event>,
    /// Address of the following page.
    #[serde(rename = "@odata.nextLink")]
    pub next: Option<String>,
}

/// What is asked of an event.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// What it is about; some have none.
    pub subject: Option<String>,
    /// When it begins.
    pub start: Moment,
    /// When it ends.
    pub end: Moment,
    /// Whether it was called off.
    #[serde(default)]
    pub is_cancelled: bool,
}

/// A time of day somewhere.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Moment {
    /// Without an offset, with up to seven digits of a second.
    pub date_time: String,
    /// Where; UTC unless a request asks for another.
    pub time_zone: String,
}

/// What to prepare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appointment {
    /// What it is about; may be empty.
    pub subject: String,
    /// When it begins.
    pub starts: DateTime,
    /// When it ends.
    pub ends: DateTime,
}

/// Where Graph answers with what touches a day, from midnight to midnight in UTC.
///
/// # Errors
/// On the last day of the calendar.
pub fn path(day: Date) -> Result<String, ToolError> {
    let (from, to) = (day, following(day)?);
    Ok(format!(
        "/v1.0/me/calendarView?startDateTime={from}T00:00:00Z&endDateTime={to}T00:00:00Z\
         &$select=subject,start,end,isCancelled&$orderby=start/dateTime&$top=50"
    ))
}

/// The events that touch a day and were not called off, in the order they begin.
///
/// # Errors
/// When a time cannot be read.
pub fn on(day: Date, events: Vec<Event>) -> Result<Vec<Appointment>, ToolError> {
    let midnight = |day: Date| day.and_time(NaiveTime::MIN).and_utc();
    let (from, to) = (midnight(day), midnight(following(day)?));
    let mut found = Vec::new();
    for event in events.into_iter().filter(|event| !event.is_cancelled) {
        let (starts, ends) = (event.start.read()?, event.end.read()?);
        // A reminder has no duration and touches the day on which it is.
        if starts < to && (ends > from || starts >= from) {
            found.push(Appointment {
                subject: event.subject.unwrap_or_default(),
                starts,
                ends,
            });
        }
    }
    found.sort_by_key(|meeting| (meeting.starts, meeting.ends));
    Ok(found)
}

impl Moment {
    fn read(&self) -> Result<DateTime, ToolError> {
        let broken = || {
            let why = format!(
                "the calendar has a time that cannot be read: `{}` in `{}`",
                self.date_time, self.time_zone
            );
            ToolError::of(ErrorKind::Unavailable, why)
        };
        let read = NaiveDateTime::parse_from_str(&self.date_time, "%Y-%m-%dT%H:%M:%S%.f");
        let moment = read.ok().filter(|_| self.time_zone == "UTC");
        Ok(moment.ok_or_else(broken)?.and_utc().fixed_offset())
    }
}

fn following(day: Date) -> Result<Date, ToolError> {
    day.checked_add_days(Days::new(1))
        .ok_or_else(|| ToolError::of(ErrorKind::Arguments, format!("{day} has no day after it")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use grantc_runtime::json::{from_value, json};

    fn event(subject: &str, start: &str, end: &str) -> Event {
        from_value(json!({
            "subject": subject,
            "start": {"dateTime": start, "timeZone": "UTC"},
            "end": {"dateTime": end, "timeZone": "UTC"},
        }))
        .unwrap()
    }

    fn found(events: Vec<Event>) -> Vec<String> {
        let day = "2026-11-27".parse().unwrap();
        let found = on(day, events).unwrap();
        found.into_iter().map(|it| it.subject).collect()
    }

    #[test]
    fn the_day_is_asked_for_from_midnight_to_midnight() {
        let path = path("2026-12-31".parse().unwrap()).unwrap();
        assert!(
            path.contains("startDateTime=2026-12-31T00:00:00Z&endDateTime=2027-01-01T00:00:00Z"),
            "{path}"
        );
        assert!(super::path(Date::MAX).is_err());
    }

    #[test]
    fn what_touches_the_day_comes_in_order() {
        let events = vec![
            event(
                "late",
                "2026-11-27T23:30:00.0000000",
                "2026-11-28T00:30:00.0000000",
            ),
            event("early", "2026-11-27T08:00:00", "2026-11-27T09:00:00"),
            event("over night", "2026-11-26T23:00:00", "2026-11-27T00:30:00"),
            event("reminder", "2026-11-27T00:00:00", "2026-11-27T00:00:00"),
            event(
                "until midnight",
                "2026-11-26T22:00:00",
                "2026-11-27T00:00:00",
            ),
            event(
                "the day after",
                "2026-11-28T00:00:00",
                "2026-11-28T01:00:00",
            ),
        ];
        assert_eq!(found(events), ["over night", "reminder", "early", "late"]);
    }

    #[test]
    fn what_was_called_off_is_left_out_and_what_has_no_subject_is_not() {
        let mut off = event("off", "2026-11-27T08:00:00", "2026-11-27T09:00:00");
        off.is_cancelled = true;
        let mut blank = event("", "2026-11-27T08:00:00", "2026-11-27T09:00:00");
        blank.subject = None;
        assert_eq!(found(vec![off, blank]), [""]);
    }

    #[test]
    fn another_zone_is_refused_and_not_taken_for_utc() {
        let mut event = event("far", "2026-11-27T08:00:00", "2026-11-27T09:00:00");
        event.end.time_zone = "Tokyo Standard Time".to_owned();
        let error = on("2026-11-27".parse().unwrap(), vec![event]).unwrap_err();
        assert!(error.to_string().contains("Tokyo"), "{error}");
    }
}
