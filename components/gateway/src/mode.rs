//! `?mode=`: what the endpoint `/mcp` offers.

use crate::refusal::Refusal;
use contracts::registry::Purpose;
use http::Uri;

/// What the endpoint offers: Code Mode, or with `?mode=direct` the tools themselves.
#[derive(Debug, Clone, Copy)]
pub enum Mode {
    Code,
    Direct,
}

impl Mode {
    /// Reads the query of a request. Other parameters are none of ours.
    pub fn of(uri: &Uri) -> Result<Self, Refusal> {
        let parameters = uri.query().unwrap_or_default().split('&');
        match parameters.filter_map(|parameter| parameter.strip_prefix("mode=")).next_back() {
            None | Some("code") => Ok(Self::Code),
            Some("direct") => Ok(Self::Direct),
            Some(other) => Err(Refusal::UnknownMode(other.to_string())),
        }
    }

    /// What the servers are wanted for.
    pub fn purpose(self) -> Purpose {
        match self {
            Self::Code => Purpose::CodeMode,
            Self::Direct => Purpose::Direct,
        }
    }
}
