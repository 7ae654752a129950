//! Who may use the API: not a web page of another origin, and nobody without the key.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use subtle::ConstantTimeEq;
use tokio::time::timeout;

use super::App;
use super::error::ApiError;
use crate::limiter::Count;
use crate::simulate::Strike;

/// The names under which the sandbox can be addressed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hosts {
    /// Beside loopback, in lower case.
    allowed: Vec<String>,
}

impl Hosts {
    pub(crate) fn new(allowed: &[String]) -> Self {
        Self { allowed: allowed.iter().map(|host| host.to_ascii_lowercase()).collect() }
    }

    /// Whether a `Host` header, with or without a port, names this sandbox. A rebound name of an attacker does not.
    fn allows(&self, authority: &str) -> bool {
        let host = host_of(authority).to_ascii_lowercase();
        let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback()) || self.allowed.contains(&host)
    }
}

fn host_of(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port))
            if port.bytes().all(|byte| byte.is_ascii_digit()) && (!host.starts_with('[') || host.ends_with(']')) =>
        {
            host
        }
        _ => authority,
    }
}

/// Refuses what a browser sends for another site's page: a name that is not ours, an origin that is not ours.
pub(super) async fn refuse_strangers(State(app): State<App>, request: Request, next: Next) -> Response {
    if let Err(error) = check_names(&app.hosts, request.headers()) {
        return error.into_response();
    }
    next.run(request).await
}

/// Whether the request names this sandbox, and comes from a page of its own or from no page at all.
pub(crate) fn check_names(hosts: &Hosts, headers: &HeaderMap) -> Result<(), ApiError> {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let host = text(header::HOST).unwrap_or_default();
    if !hosts.allows(host) {
        return Err(ApiError::forbidden("The Host header does not name this sandbox. Give the name with --allow-host."));
    }
    match text(header::ORIGIN) {
        None => Ok(()),
        Some(origin) if origin.split_once("://").is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host)) => Ok(()),
        Some(_) => Err(ApiError::forbidden("The request comes from a web page of another origin.")),
    }
}

/// Demands the API key, counts requests against the rate limit, and does what tests asked for.
pub(super) async fn authenticate(State(app): State<App>, request: Request, next: Next) -> Response {
    let given = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map_or("", |(_, key)| key.trim());
    if !bool::from(given.as_bytes().ct_eq(app.api_key.as_bytes())) {
        return ApiError::unauthenticated().into_response();
    }
    // What controls a test is never in its way.
    if request.uri().path().starts_with("/v1/testing/") {
        return next.run(request).await;
    }
    let now = crate::clock::machine_time();
    let mut count = app.limiter.as_ref().map(|limiter| limiter.count(now));
    let mut late_by = None;
    match app.simulations.request() {
        Some(Strike::RateLimited(seconds)) => count = Some(Count::refused(seconds, now)),
        Some(Strike::Late(seconds)) => late_by = Some(Duration::from_secs(seconds)),
        None => {}
    }
    let mut response = match count.and_then(|count| count.refused_for) {
        Some(seconds) => ApiError::too_many_requests(seconds).into_response(),
        None => next.run(request).await,
    };
    if let Some(late_by) = late_by {
        let mut stopped = app.stopped.clone();
        // A sandbox that stops does not wait.
        drop(timeout(late_by, stopped.wait_for(|stopped| *stopped)).await);
    }
    if let Some(count) = count {
        let headers = response.headers_mut();
        headers.insert("x-ratelimit-limit", count.limit.into());
        headers.insert("x-ratelimit-remaining", count.remaining.into());
        headers.insert("x-ratelimit-reset", count.reset.into());
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(host: &str, origin: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        check_names(&Hosts::new(&["Sandbox.Test".into()]), &headers).is_ok()
    }

    #[test]
    fn only_its_own_names() {
        for host in [
            "127.0.0.1:4400",
            "localhost:4400",
            "localhost",
            "LOCALHOST:1",
            "[::1]:4400",
            "[::1]",
            "127.9.9.9",
            "sandbox.test:4400",
        ] {
            assert!(check(host, None), "{host}");
        }
        for host in ["evil.example", "localhost.evil.example:4400", "10.0.0.1:4400", "", "127.0.0.1.evil.example", "[::2]:4400"]
        {
            assert!(!check(host, None), "{host}");
        }
    }

    #[test]
    fn only_its_own_origin() {
        assert!(check("localhost:4400", Some("http://localhost:4400")));
        for origin in ["null", "http://evil.example", "http://localhost:3000", "localhost:4400", "http://127.0.0.1:4400"] {
            assert!(!check("localhost:4400", Some(origin)), "{origin}");
        }
    }
}
