//! Small parts of pages.

use maud::{Markup, html};
use payvost_webhooks::provide::{AttemptStatus, Health, Standing};

use crate::api::Shared;
use crate::events::rfc3339;
use crate::store::Webhook;

/// A moment: `2025-11-01 10:00:00.250`.
pub(super) fn time(ms: u64) -> Markup {
    let text = rfc3339(ms);
    html! { time datetime=(text) { (text.replace('T', " ").trim_end_matches('Z')) } }
}

/// How long something takes, in its three largest units: `1 h 36 min 5 s`.
pub(super) fn duration(ms: u64) -> String {
    match ms {
        0 => return "less than 1 ms".to_owned(),
        1..1_000 => return format!("{ms} ms"),
        _ => {}
    }
    let units = [("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1_000)];
    let mut rest = ms;
    let mut parts = Vec::new();
    for (name, length) in units {
        if rest >= length {
            parts.push(format!("{} {name}", rest / length));
            rest %= length;
        }
    }
    parts.truncate(3);
    parts.join(" ")
}

/// A moment to come, or one that has passed.
pub(super) fn distance(at: u64, now: u64) -> String {
    if at > now {
        format!("in {}", duration(at - now))
    } else if at == now {
        "now".to_owned()
    } else {
        format!("{} ago", duration(now - at))
    }
}

pub(super) fn standing_badge(standing: Standing) -> Markup {
    match standing {
        Standing::Pending => badge("pending", "Pending"),
        Standing::Delivered => badge("good", "Delivered"),
        Standing::Failed => badge("bad", "Failed"),
    }
}

pub(super) fn attempt_badge(status: AttemptStatus) -> Markup {
    match status {
        AttemptStatus::Pending => badge("pending", "In flight"),
        AttemptStatus::Succeeded => badge("good", "Succeeded"),
        AttemptStatus::Failed => badge("bad", "Failed"),
    }
}

pub(super) fn webhook_badge(webhook: &Webhook) -> Markup {
    match (webhook.enabled, webhook.failing_since) {
        (false, _) => badge("off", "Disabled"),
        (true, Some(_)) => badge("warn", "Failing"),
        (true, None) => badge("good", "Enabled"),
    }
}

pub(super) fn badge(kind: &str, text: &str) -> Markup {
    html! { span class=(format!("badge {kind}")) { (text) } }
}

/// Since when a webhook fails, and what follows from it.
pub(super) fn health(app: &Shared, webhook: &Webhook) -> Option<Markup> {
    let since = webhook.failing_since?;
    let now = app.clock.now();
    let failing = html! { "No delivery has succeeded since " (time(since)) " (" (distance(since, now)) ")." };
    if !webhook.enabled {
        return Some(failing);
    }
    let at = app.disable_after_ms.and_then(|after| Health { failing_since: Some(since) }.disabled_at(after));
    Some(html! {
        (failing) " "
        @match at {
            Some(at) if at > now => { "The endpoint will be disabled at " (time(at)) " (" (distance(at, now)) ") unless one succeeds before." },
            Some(_) => { "The endpoint will be disabled at the next failure." },
            None => { "The endpoint stays enabled, since the sandbox runs without " code { "--disable-after" } "." },
        }
    })
}

/// The patterns that a webhook subscribes to.
pub(super) fn patterns(events: &[String]) -> Markup {
    html! {
        @for (index, pattern) in events.iter().enumerate() {
            @if index > 0 { ", " }
            @if pattern == "*" { span .when { "All events" } } @else { code { (pattern) } }
        }
    }
}

/// Text to copy. The script adds a button.
pub(super) fn copyable(text: &str, name: &str) -> Markup {
    html! { code .copyable data-copy=(name) { (text) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_at_most_three_units() {
        for (ms, text) in [
            (0, "less than 1 ms"),
            (999, "999 ms"),
            (5_000, "5 s"),
            (65_000, "1 min 5 s"),
            (3_600_000, "1 h"),
            (5_765_000, "1 h 36 min 5 s"),
            (90_000_000, "1 d 1 h"),
            (86_400_000 + 5_000, "1 d 5 s"),
            (90_065_000, "1 d 1 h 1 min"),
        ] {
            assert_eq!(duration(ms), text);
        }
        assert_eq!(
            (distance(5, 5), distance(6_000, 1_000), distance(0, 250)),
            ("now".into(), "in 5 s".into(), "250 ms ago".into())
        );
    }
}
