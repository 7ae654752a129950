//! The plain view of `forward`: a line for each attempt.

use std::io::Write;

use hyper::Uri;
use serde_json::json;

use crate::delivery::{Attempt, Delivery};
use crate::dispatch::line;
use crate::status::Failure;

pub(super) struct Lines {
    pub(super) json: bool,
    pub(super) is_endless: bool,
}

impl Lines {
    pub(super) fn begin(&self, source: &str, receivers: &str) -> Result<(), Failure> {
        print(&if self.json {
            json!({ "forwarding": { "from": source, "to": receivers } }).to_string()
        } else {
            format!("{source} → {receivers}{}", if self.is_endless { ". Ctrl-C ends it." } else { "" })
        })
    }

    pub(super) fn attempt(&self, delivery: &Delivery, attempt: &Attempt) -> Result<(), Failure> {
        let receiver = shown_url(&delivery.url);
        print(&if self.json {
            let mut value = attempt.as_json(delivery);
            if let Some(object) = value.as_object_mut() {
                object.insert("receiver".to_owned(), receiver.into());
            }
            value.to_string()
        } else {
            format!("{}  → {receiver}", line(delivery, attempt))
        })
    }

    pub(super) fn notice(&self, text: &str) {
        eprintln!("{text}");
    }
}

fn print(line: &str) -> Result<(), Failure> {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{line}")?;
    Ok(output.flush()?)
}

/// A URL without its query, which may hold a token.
pub(super) fn shown_url(url: &str) -> String {
    match url.parse::<Uri>() {
        Ok(uri) => {
            let authority = uri.authority().map_or("", |authority| authority.as_str());
            format!("{}://{authority}{}", uri.scheme_str().unwrap_or("http"), uri.path())
        }
        Err(_) => "?".to_owned(),
    }
}
