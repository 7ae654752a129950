//! Adding an endpoint, and changing one.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use payvost_webhooks::EVENT_TYPES;
use serde_json::{Map, Value};

use super::form::Fields;
use super::layout::{Asked, Section, hidden};
use super::webhooks::{path, shown};
use crate::api::{ApiError, App, Parameters};
use crate::store::Webhook;

/// What the fields of the form hold.
#[derive(Debug, Default)]
struct Filled {
    url: String,
    description: String,
    patterns: Vec<String>,
}

impl Filled {
    fn of(webhook: &Webhook) -> Self {
        Self {
            url: webhook.url.clone(),
            description: webhook.description.clone().unwrap_or_default(),
            patterns: webhook.events.clone(),
        }
    }

    fn read(fields: &Fields) -> Self {
        let others = fields.text("others").split([',', ' ', '\n']).map(str::trim).filter(|pattern| !pattern.is_empty());
        let mut patterns: Vec<String> = Vec::new();
        for pattern in fields.all("events").chain(others) {
            if !patterns.iter().any(|known| known == pattern) {
                patterns.push(pattern.to_owned());
            }
        }
        Self { url: fields.text("url").to_owned(), description: fields.text("description").to_owned(), patterns }
    }

    fn parameters(&self) -> Parameters {
        let description = Some(self.description.as_str()).filter(|text| !text.is_empty());
        let mut parameters = Map::new();
        parameters.insert("url".into(), self.url.as_str().into());
        parameters.insert("events".into(), self.patterns.clone().into());
        parameters.insert("description".into(), description.map_or(Value::Null, Value::from));
        Parameters::of(parameters)
    }

    fn has(&self, pattern: &str) -> bool {
        self.patterns.iter().any(|known| known == pattern)
    }

    /// The patterns that no box stands for.
    fn others(&self) -> String {
        let is_other = |pattern: &&String| {
            pattern.as_str() != "*"
                && !EVENT_TYPES.contains(&pattern.as_str())
                && !families().iter().any(|family| **pattern == format!("{family}.*"))
        };
        self.patterns.iter().filter(is_other).map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}

/// The documented families, in the order of the guide.
fn families() -> Vec<&'static str> {
    let mut families: Vec<&str> =
        EVENT_TYPES.iter().filter_map(|name| name.split_once('.')).map(|(family, _)| family).collect();
    families.dedup();
    families
}

pub(super) async fn new(asked: Asked) -> Response {
    let filled = Filled { patterns: vec!["*".into()], ..Filled::default() };
    asked.page(Section::Webhooks, "Add endpoint", &adding(&asked.app, &filled, None))
}

pub(super) async fn create(State(app): State<App>, asked: Asked, fields: Fields) -> Response {
    let filled = Filled::read(&fields);
    match app.create(filled.parameters()).await {
        Err(error) if error.status() == StatusCode::BAD_REQUEST => {
            asked.page_with(error.status(), Section::Webhooks, "Add endpoint", &adding(&app, &filled, Some(&error)))
        }
        created => shown(&asked, created, "created"),
    }
}

pub(super) async fn edit(State(app): State<App>, Path(id): Path<String>, asked: Asked) -> Response {
    match app.webhook(id).await {
        Ok(webhook) => {
            let content = editing(&app, &webhook, &Filled::of(&webhook), None);
            asked.page(Section::Webhooks, "Edit endpoint", &content)
        }
        Err(error) => asked.refused(Section::Webhooks, &error),
    }
}

pub(super) async fn save(State(app): State<App>, Path(id): Path<String>, asked: Asked, fields: Fields) -> Response {
    let webhook = match app.webhook(id).await {
        Ok(webhook) => webhook,
        Err(error) => return asked.refused(Section::Webhooks, &error),
    };
    let filled = Filled::read(&fields);
    match app.update(webhook.id.clone(), filled.parameters()).await {
        Err(error) if error.status() == StatusCode::BAD_REQUEST => {
            let content = editing(&app, &webhook, &filled, Some(&error));
            asked.page_with(error.status(), Section::Webhooks, "Edit endpoint", &content)
        }
        saved => shown(&asked, saved, "saved"),
    }
}

fn adding(app: &App, filled: &Filled, error: Option<&ApiError>) -> Markup {
    html! {
        p .crumbs { a href="/dashboard/webhooks" { "Webhooks" } " / " }
        h1 { "Add endpoint" }
        (fields(app, "/dashboard/webhooks", "/dashboard/webhooks", filled, error))
    }
}

fn editing(app: &App, webhook: &Webhook, filled: &Filled, error: Option<&ApiError>) -> Markup {
    let path = path(webhook);
    html! {
        p .crumbs { a href="/dashboard/webhooks" { "Webhooks" } " / " a href=(path) { (webhook.url) } " / " }
        h1 { "Edit endpoint" }
        (fields(app, &format!("{path}/edit"), &path, filled, error))
    }
}

fn fields(app: &App, to: &str, back: &str, filled: &Filled, error: Option<&ApiError>) -> Markup {
    // A pattern in the list is named with its place in it, such as `events[0]`.
    let is_wrong = |field: &str| error.and_then(ApiError::field).is_some_and(|named| named.starts_with(field));
    let checkbox = |pattern: &str, label: &Markup| {
        html! { label .check { input type="checkbox" name="events" value=(pattern) checked[filled.has(pattern)]; " " (label) } }
    };
    html! {
        @if let Some(error) = error { p .problem #problem role="alert" { (error.message()) } }
        form .stack method="post" action=(to) {
            (hidden(app))
            label for="url" { "Endpoint URL" }
            input #url name="url" type="url" required autocomplete="off" spellcheck="false" autofocus value=(filled.url)
                placeholder="http://127.0.0.1:3000/webhooks/payvost" aria-describedby=(described("url-hint", is_wrong("url")))
                aria-invalid=[is_wrong("url").then_some("true")];
            p .hint #url-hint { "Deliveries go to this machine. Start the sandbox with " code { "--deliver-to HOST" } " to reach another one." }
            label for="description" { "Description " span .quiet { "optional" } }
            input #description name="description" autocomplete="off" value=(filled.description);
            fieldset aria-describedby=[is_wrong("events").then_some("problem")] {
                legend { "Events" }
                (checkbox("*", &html! { "All events" }))
                div .families {
                    @for family in families() {
                        fieldset {
                            legend { (title(family)) }
                            (checkbox(&format!("{family}.*"), &html! { "All " (family) " events" }))
                            @for name in EVENT_TYPES.iter().filter(|name| name.split_once('.').is_some_and(|(of, _)| of == family)) {
                                (checkbox(name, &html! { code { (name) } }))
                            }
                        }
                    }
                }
                label for="others" { "Other types or families " span .quiet { "optional" } }
                input #others name="others" autocomplete="off" spellcheck="false" value=(filled.others()) placeholder="refund.created, dispute.*";
            }
            div .actions { button .primary { "Save" } a .button href=(back) { "Cancel" } }
        }
    }
}

fn described(hint: &str, is_wrong: bool) -> String {
    if is_wrong { format!("{hint} problem") } else { hint.to_owned() }
}

fn title(family: &str) -> String {
    let mut characters = family.chars();
    characters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(characters).collect()
}
