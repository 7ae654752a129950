//! What the table of operations is made of.

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

/// What is known of an operation.
pub(super) struct Spec {
    /// As JavaScript and PHP write it, such as `webhooks.rotateSecret`.
    pub(super) name: &'static str,
    /// As Python and Rust write it, such as `webhooks.rotate_secret`.
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

/// What `data` holds in the answer.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    /// Whatever it is, if it is there at all.
    Anything,
    /// An object in which these fields are texts that are not empty.
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
    /// Whether null is sent, rather than taken for absent.
    pub(super) nullable: bool,
}

/// Where a parameter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Path,
    Query,
    Body,
}

/// What a parameter can be.
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
    /// The method as it stands in a request.
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
