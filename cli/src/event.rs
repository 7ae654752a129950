//! The event that a command shows or sends, and what the user changes about it.

use clap::Args;
use payvost_webhooks::{EVENT_TYPES, Timestamp, sample_event, sign, verify_webhook};

use crate::edit::{Edit, apply, quoted};
use crate::status::Failure;

/// Changes to an event.
#[derive(Debug, Clone, Args)]
pub(crate) struct EventArguments {
    /// Change a value: data.amount=10.00. The value is JSON or else text; a number in place of a text stays text, digit for digit.
    /// Can be repeated
    #[arg(long, value_name = "PATH=VALUE", value_parser = assignment)]
    set: Vec<(String, String)>,
    /// Add a member to an object: data.fee=0.30. Can be repeated
    #[arg(long, value_name = "PATH=VALUE", value_parser = assignment)]
    add: Vec<(String, String)>,
    /// Remove a member of an object: data.metadata. Can be repeated
    #[arg(long, value_name = "PATH")]
    remove: Vec<String>,
    /// The event's id
    #[arg(long)]
    pub(crate) id: Option<String>,
    /// The time in createdAt, such as 2025-11-01T10:00:00Z
    #[arg(long, value_name = "TIME", value_parser = time)]
    now: Option<String>,
    /// Set liveMode to true. Without it, a sample has liveMode false
    #[arg(long)]
    live: bool,
}

impl EventArguments {
    /// Whether nothing changes.
    pub(crate) fn is_empty(&self) -> bool {
        let Self { set, add, remove, id, now, live } = self;
        set.is_empty() && add.is_empty() && remove.is_empty() && id.is_none() && now.is_none() && !live
    }

    /// The sample of a documented type, changed.
    pub(crate) fn documented(&self, event_type: &str) -> Result<String, Failure> {
        let sample = sample_event(event_type).ok_or_else(|| {
            let nearest = nearest_type(event_type, usize::MAX).unwrap_or("payment.succeeded");
            Failure::usage(format!(
                "{event_type:?} is not a documented type. Did you mean {nearest}? payvost-webhooks events list shows them all."
            ))
        })?;
        self.change_sample(sample)
    }

    /// A new event of any type, at this time, changed. Of an undocumented type, `data` is an empty object.
    pub(crate) fn fresh(&self, event_type: &str, id: &str, now: &str) -> Result<String, Failure> {
        let text = match sample_event(event_type) {
            Some(sample) => {
                let text = changed(sample, "id", quoted(id))?;
                changed(&text, "createdAt", quoted(now))?
            }
            None => format!(
                r#"{{"id":{},"type":{},"createdAt":{},"liveMode":false,"data":{{}},"previousData":null}}"#,
                quoted(id),
                quoted(event_type),
                quoted(now)
            ),
        };
        self.change_sample(&text)
    }

    /// Changes an event, and refuses what each receiver would refuse. Without `--live`, `liveMode` stays as it is.
    pub(crate) fn change(&self, text: &str) -> Result<String, Failure> {
        let text = if self.live { changed(text, "liveMode", "true".to_owned())? } else { text.to_owned() };
        let text = self.edit(text)?;
        verified(&text)?;
        Ok(text)
    }

    /// Changes a sample, which belongs to test mode without `--live`.
    fn change_sample(&self, text: &str) -> Result<String, Failure> {
        self.change(&changed(text, "liveMode", "false".to_owned())?)
    }

    fn edit(&self, mut text: String) -> Result<String, Failure> {
        if let Some(id) = &self.id {
            text = changed(&text, "id", quoted(id))?;
        }
        if let Some(now) = &self.now {
            text = changed(&text, "createdAt", quoted(now))?;
        }
        let edits = self.set.iter().map(|(path, value)| Edit::Set(path.clone(), value.clone()));
        let edits = edits.chain(self.add.iter().map(|(path, value)| Edit::Add(path.clone(), value.clone())));
        for edit in edits.chain(self.remove.iter().cloned().map(Edit::Remove)) {
            let option = match edit {
                Edit::Set(..) => "--set",
                Edit::Add(..) => "--add",
                Edit::Remove(..) => "--remove",
            };
            text = apply(&text, &edit).map_err(|message| Failure::usage(format!("{option}: {message}")))?;
        }
        Ok(text)
    }
}

/// The documented type that is most like another text, within a number of letters.
pub(crate) fn nearest_type(event_type: &str, within: usize) -> Option<&'static str> {
    let distances = EVENT_TYPES.iter().map(|known| (strsim::levenshtein(known, event_type), *known));
    distances.min().filter(|(distance, _)| *distance <= within).map(|(_, known)| known)
}

/// A new id that no other event has.
pub(crate) fn fresh_id() -> Result<String, Failure> {
    use core::fmt::Write;
    let mut bytes = [0; 10];
    getrandom::fill(&mut bytes).map_err(|_| Failure::unreachable("the system gives no random bytes"))?;
    Ok(bytes.iter().fold("evt_".to_owned(), |mut id, byte| {
        // Writing to a `String` does not fail.
        let _ = write!(id, "{byte:02x}");
        id
    }))
}

/// The present in RFC 3339, to the millisecond.
pub(crate) fn now() -> String {
    humantime::format_rfc3339_millis(std::time::SystemTime::now()).to_string()
}

/// Id and type, if a receiver accepts this body with the right signature.
pub(crate) fn verified(text: &str) -> Result<(String, String), Failure> {
    const SECRET: &str = "whsec_check";
    let checked = sign(text, SECRET).and_then(|signature| {
        let event = verify_webhook(text.as_bytes(), &signature, SECRET)?;
        Ok((event.id().to_owned(), event.event_type().to_owned()))
    });
    checked.map_err(|error| {
        Failure::usage(format!("every receiver would reject this event: {error}. Use send --body to send it all the same."))
    })
}

fn changed(text: &str, member: &str, value: String) -> Result<String, Failure> {
    apply(text, &Edit::Set(member.to_owned(), value))
        .map_err(|message| Failure::usage(format!("this is not an event: {message}")))
}

fn assignment(text: &str) -> Result<(String, String), String> {
    let (path, value) = text.split_once('=').ok_or("a change is written as PATH=VALUE, such as data.amount=10.00")?;
    if path.is_empty() {
        return Err("the path before = is empty".to_owned());
    }
    Ok((path.to_owned(), value.to_owned()))
}

fn time(text: &str) -> Result<String, String> {
    Timestamp::parse_rfc3339(text)
        .map(|_| text.to_owned())
        .ok_or_else(|| "a time is written as in RFC 3339: 2025-11-01T10:00:00Z".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments() -> EventArguments {
        EventArguments { set: Vec::new(), add: Vec::new(), remove: Vec::new(), id: None, now: None, live: false }
    }

    #[test]
    fn every_documented_type_can_be_made_fresh() {
        for event_type in EVENT_TYPES.iter().chain(&["refund.created"]) {
            let text = arguments().fresh(event_type, "evt_1", "2026-01-02T03:04:05.678Z").unwrap();
            assert!(text.starts_with(r#"{"id":"evt_1""#), "{text}");
            assert!(text.contains(r#""createdAt":"2026-01-02T03:04:05.678Z","liveMode":false"#), "{text}");
        }
    }

    #[test]
    fn an_event_that_no_receiver_takes_is_refused() {
        let arguments = EventArguments { set: vec![("data".into(), "5".into())], ..arguments() };
        assert!(arguments.documented("payment.succeeded").is_err());
    }

    #[test]
    fn a_misspelled_type_is_recognized() {
        assert_eq!(nearest_type("payment.suceeded", 2), Some("payment.succeeded"));
        assert_eq!(nearest_type("refund.created", 2), None);
    }
}
