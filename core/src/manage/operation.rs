//! The types of the table of operations.

/// An HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// `GET`
    Get,
    /// `POST`
    Post,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
}

/// An operation of the API.
pub(super) struct Spec {
    /// As in JavaScript and PHP, such as `webhooks.rotateSecret`.
    pub(super) name: &'static str,
    /// As in Python and Rust, such as `webhooks.rotate_secret`.
    pub(super) snake_name: &'static str,
    pub(super) method: Method,
    /// The path, with parameters in braces.
    pub(super) path: &'static str,
    pub(super) shape: Shape,
    pub(super) sandbox: bool,
    pub(super) unlimited: bool,
    pub(super) needs_one: bool,
    pub(super) parameters: &'static [Parameter],
}

/// The expected `data` of a response.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    /// Any value, or none.
    Anything,
    /// An object in which these fields are non-empty strings.
    Object(&'static [&'static str]),
    /// A list of objects.
    Page,
}

/// A parameter of an operation.
pub(super) struct Parameter {
    /// As it is sent.
    pub(super) name: &'static str,
    pub(super) place: Place,
    pub(super) kind: Kind,
    pub(super) required: bool,
    /// Whether null is sent. Otherwise it counts as absent.
    pub(super) nullable: bool,
}

/// Where a parameter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Path,
    Query,
    Body,
}

/// The type of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Id,
    Text,
    Url,
    Patterns,
    EventType,
    Flag,
    Limit,
    Whole,
    Choice(&'static [&'static str]),
    Object,
}

impl Method {
    /// The method as a request spells it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}
