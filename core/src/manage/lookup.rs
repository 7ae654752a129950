//! Public facts about an operation.

use super::api::Operation;
use super::operation::{Method, Shape};

impl Operation {
    /// The operation with a name, such as `webhooks.rotateSecret` or `webhooks.rotate_secret`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| {
            let spec = operation.spec();
            spec.name == name || spec.snake_name == name
        })
    }

    /// Its name, such as `webhooks.rotateSecret`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.spec().name
    }

    /// The method of its requests.
    #[must_use]
    pub const fn method(self) -> Method {
        self.spec().method
    }

    /// Its path with placeholders, such as `/v1/webhooks/{id}`: there are few of them, so metrics can be grouped by it.
    #[must_use]
    pub const fn route(self) -> &'static str {
        self.spec().path
    }

    /// Whether its responses are pages.
    #[must_use]
    pub const fn has_pages(self) -> bool {
        matches!(self.spec().shape, Shape::Page)
    }
}
