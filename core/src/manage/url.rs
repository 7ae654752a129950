//! Checking the URLs of webhooks and of the API.

use core::net::{Ipv4Addr, Ipv6Addr};

use super::refusal::Problem;

/// An absolute HTTP or HTTPS URL, parsed as far as it matters here.
pub(super) struct Url<'u> {
    text: &'u str,
    is_https: bool,
    host: &'u str,
}

impl<'u> Url<'u> {
    pub(super) fn parse(text: &'u str) -> Result<Self, Problem> {
        let forbidden = |c: char| c.is_whitespace() || c.is_control() || "\"<>\\^`{|}".contains(c);
        let (scheme, rest) = text.split_once("://").ok_or(Problem::NotUrl)?;
        let is_https = scheme.eq_ignore_ascii_case("https");
        if text.contains(forbidden) || !(is_https || scheme.eq_ignore_ascii_case("http")) {
            return Err(Problem::NotUrl);
        }
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains('@') {
            return Err(Problem::UrlWithCredentials);
        }
        let host = host(authority).ok_or(Problem::NotUrl)?;
        Ok(Self { text, is_https, host })
    }

    /// Checks the URL of a webhook.
    pub(super) fn check(text: &'u str, live: bool) -> Result<(), Problem> {
        let url = Self::parse(text)?;
        if live && !url.is_https { Err(Problem::UrlNotHttps) } else { Ok(()) }
    }

    /// Checks the base URL of the API, and returns it without slashes at its end. A live key leaves the machine only over HTTPS.
    pub(super) fn base(text: &'u str, live: bool) -> Result<&'u str, Problem> {
        let url = Self::parse(text)?;
        if !text.is_ascii() {
            return Err(Problem::NotUrl);
        }
        if text.contains(['?', '#']) {
            return Err(Problem::UrlWithQuery);
        }
        if live && !url.is_https && !url.is_loopback() {
            return Err(Problem::UrlNotHttps);
        }
        Ok(url.text.trim_end_matches('/'))
    }

    fn is_loopback(&self) -> bool {
        let address = self.host.trim_matches(['[', ']']);
        self.host.eq_ignore_ascii_case("localhost")
            || address.parse().is_ok_and(|address: Ipv4Addr| address.is_loopback())
            || address.parse().is_ok_and(|address: Ipv6Addr| address.is_loopback())
    }
}

/// The host of an authority without credentials, if host and port are well-formed (RFC 3986 §3.2).
fn host(authority: &str) -> Option<&str> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (address, port) = rest.split_once(']')?;
            address.parse::<Ipv6Addr>().ok()?;
            (authority.strip_suffix(port)?, port)
        }
        None => {
            let host = authority.split(':').next()?;
            let is_name = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c) || !c.is_ascii();
            if host.is_empty() || host.starts_with('.') || host.contains("..") || !host.chars().all(is_name) {
                return None;
            }
            (host, authority.strip_prefix(host)?)
        }
    };
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
    (port.is_empty() || port.strip_prefix(':').is_some_and(is_port)).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhook_has_an_absolute_url_without_credentials() {
        for good in [
            "https://yourapp.com/webhooks/payvost",
            "HTTPS://yourapp.com",
            "https://yourapp.com:8443/a?b=c#d",
            "https://[2001:db8::1]:8443/",
            "https://bücher.example/",
            "https://10.0.0.1",
        ] {
            assert_eq!(Url::check(good, true), Ok(()), "{good}");
        }
        for bad in [
            "",
            "yourapp.com",
            "/webhooks",
            "ftp://yourapp.com",
            "https://",
            "https:///path",
            "https://a b.com",
            "https://yourapp.com/\n",
            "https://yourapp.com:",
            "https://yourapp.com:0x50",
            "https://yourapp.com:65536",
            "https://[::1",
            "https://[zz]/",
            "https://.com",
            "https://a..b",
            "javascript:alert(1)",
            "https://your%61pp.com",
            " https://yourapp.com",
        ] {
            assert_eq!(Url::check(bad, true), Err(Problem::NotUrl), "{bad}");
        }
        assert_eq!(Url::check("https://a:b@yourapp.com/", true), Err(Problem::UrlWithCredentials));
        assert_eq!(Url::check("https://a@yourapp.com/", false), Err(Problem::UrlWithCredentials));
        assert_eq!(Url::check("http://yourapp.com/", true), Err(Problem::UrlNotHttps));
        assert_eq!(Url::check("http://localhost:3000/", false), Ok(()));
    }

    #[test]
    fn a_live_key_goes_over_https_or_stays_on_this_machine() {
        for local in
            ["http://localhost:4400/", "http://127.0.0.1:4400", "http://[::1]:4400", "http://LOCALHOST", "http://127.9.9.9"]
        {
            assert_eq!(Url::base(local, true), Ok(local.trim_end_matches('/')), "{local}");
        }
        for remote in
            ["http://api.payvost.com", "http://localhost.evil.example", "http://127.0.0.1.evil.example", "http://128.0.0.1"]
        {
            assert_eq!(Url::base(remote, true), Err(Problem::UrlNotHttps), "{remote}");
            assert_eq!(Url::base(remote, false), Ok(remote));
        }
        assert_eq!(Url::base("https://proxy.example/payvost/", true), Ok("https://proxy.example/payvost"));
        assert_eq!(Url::base("https://api.payvost.com/?a", true), Err(Problem::UrlWithQuery));
        assert_eq!(Url::base("https://bücher.example/", true), Err(Problem::NotUrl));
    }
}
