//! `allowed_outbound_hosts`: `scheme://host[:port]`, each part possibly a wildcard.
//!
//! The rules are Spin's ("HTTP Outbound", in Spin's documentation of manifests). Of what it offers, networks in CIDR
//! notation, `self` and templates are not understood here and refused.

use http::Uri;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// Where a component may send requests.
#[derive(Clone, Debug, Default)]
pub struct AllowedHosts(Vec<AllowedHost>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct AllowedHost {
    scheme: Scheme,
    host: Host,
    ports: RangeInclusive<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Scheme {
    Any,
    Named(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Host {
    Any,
    /// A domain with its leading dot: every name below it, not the domain itself.
    Below(String),
    Named(String),
}

/// What allows a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Permission {
    /// An entry for every host, or every host below a domain.
    Wildcard,
    /// An entry that names this host.
    Named,
}

/// An entry of `allowed_outbound_hosts` that this host does not understand.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`allowed_outbound_hosts` has `{entry}`: {reason}")]
pub struct InvalidAllowedHost {
    entry: String,
    reason: &'static str,
}

impl AllowedHosts {
    /// Parses the entries of a manifest.
    pub fn parse(entries: &[String]) -> Result<Self, InvalidAllowedHost> {
        entries
            .iter()
            .map(|entry| entry.parse().map_err(|reason| InvalidAllowedHost { entry: entry.clone(), reason }))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether a request may go to `uri`, and by which kind of entry.
    pub fn permission(&self, uri: &Uri) -> Option<Permission> {
        let (scheme, host, port) = (uri.scheme_str()?, uri.host()?.to_ascii_lowercase(), port(uri)?);
        let matching = self.0.iter().filter(|allowed| {
            (match &allowed.scheme {
                Scheme::Any => true,
                Scheme::Named(named) => named == scheme,
            }) && (match &allowed.host {
                Host::Any => true,
                Host::Below(domain) => host.len() > domain.len() && host.ends_with(domain),
                Host::Named(named) => *named == host,
            }) && allowed.ports.contains(&port)
        });
        let by = |allowed: &AllowedHost| match allowed.host {
            Host::Named(_) => Permission::Named,
            Host::Any | Host::Below(_) => Permission::Wildcard,
        };
        matching.map(by).max()
    }
}

/// The entry that would allow a request to `uri`.
pub fn entry_for(uri: &Uri) -> String {
    let scheme = uri.scheme_str().unwrap_or("https");
    let host = uri.host().unwrap_or_default();
    match uri.port_u16() {
        Some(port) => format!("{scheme}://{host}:{port}"),
        None => format!("{scheme}://{host}"),
    }
}

fn port(uri: &Uri) -> Option<u16> {
    uri.port_u16().or_else(|| default_port(uri.scheme_str()?))
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    }
}

impl FromStr for AllowedHost {
    type Err = &'static str;

    fn from_str(entry: &str) -> Result<Self, Self::Err> {
        if entry.contains("{{") {
            return Err("this host fills no templates here");
        }
        let (scheme, authority) = entry.split_once("://").ok_or("write it as `scheme://host:port`")?;
        let authority = authority.strip_suffix('/').unwrap_or(authority);
        if authority.contains('/') {
            return Err("it may have no path, and networks such as `10.0.0.0/8` are not understood by this host");
        }
        let (host, port) = split_port(authority)?;
        let ports = match port {
            Some(port) => ports(port)?,
            None => {
                let port = default_port(scheme).ok_or("it needs a port, such as `:443` or `:*`")?;
                port..=port
            }
        };
        Ok(Self { scheme: self::scheme(scheme)?, host: self::host(host)?, ports })
    }
}

fn scheme(scheme: &str) -> Result<Scheme, &'static str> {
    match scheme {
        "*" => Ok(Scheme::Any),
        _ if scheme.is_empty() || !scheme.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()) => {
            Err("the scheme must be lower-case, such as `https`, or `*`")
        }
        _ => Ok(Scheme::Named(scheme.to_owned())),
    }
}

fn host(host: &str) -> Result<Host, &'static str> {
    let lower = host.to_ascii_lowercase();
    match lower.as_str() {
        "" => Err("it needs a host"),
        "*" => Ok(Host::Any),
        "self" | "self.alt" => Err("requests to the application itself are not offered by this host"),
        _ => match lower.strip_prefix('*') {
            Some(domain) if domain.starts_with('.') && domain.len() > 1 && !domain.contains('*') => {
                Ok(Host::Below(domain.to_owned()))
            }
            Some(_) => Err("`*` stands for the whole host or its first labels, as in `*.example.com`"),
            None if lower.contains('*') => {
                Err("`*` stands for the whole host or its first labels, as in `*.example.com`")
            }
            None => Ok(Host::Named(lower)),
        },
    }
}

/// Splits `host:port`, where the host may be an IPv6 address in brackets.
fn split_port(authority: &str) -> Result<(&str, Option<&str>), &'static str> {
    let host_end = match authority.strip_prefix('[') {
        Some(rest) => rest.find(']').ok_or("it has `[` without `]`")? + 2,
        None => authority.find(':').unwrap_or(authority.len()),
    };
    let (host, rest) = authority.split_at(host_end);
    match rest {
        "" => Ok((host, None)),
        _ => rest.strip_prefix(':').map(|port| (host, Some(port))).ok_or("it has something between `]` and the port"),
    }
}

fn ports(port: &str) -> Result<RangeInclusive<u16>, &'static str> {
    const REASON: &str = "the port must be a number, a range such as `8000..9000`, or `*`";
    let number = |text: &str| text.parse::<u16>().map_err(|_| REASON);
    match port.split_once("..") {
        _ if port == "*" => Ok(0..=u16::MAX),
        // As in Rust, the end of a range is not part of it.
        Some((first, end)) => Ok(number(first)?..=number(end)?.checked_sub(1).ok_or(REASON)?),
        None => number(port).map(|port| port..=port),
    }
}
