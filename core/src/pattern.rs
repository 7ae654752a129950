//! Patterns of event types: what a handler is registered for, and what a webhook subscribes to.

/// A pattern that can match a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pattern<'p> {
    /// One type, such as `payment.succeeded`.
    Type(&'p str),
    /// A family, by what stands before `.*`.
    Family(&'p str),
    /// `*`
    Everything,
}

impl<'p> Pattern<'p> {
    /// `None` when the text is none of the three forms, or has whitespace or control characters in it: it can match nothing.
    pub(crate) fn parse(pattern: &'p str) -> Option<Self> {
        if pattern == "*" {
            return Some(Self::Everything);
        }
        let (name, form): (_, fn(&'p str) -> Self) = match pattern.strip_suffix(".*") {
            Some(family) => (family, Self::Family),
            None => (pattern, Self::Type),
        };
        let is_name = |part: &str| !part.is_empty() && !part.chars().any(|c| c == '*' || c.is_whitespace() || c.is_control());
        name.split('.').all(is_name).then(|| form(name))
    }
}
