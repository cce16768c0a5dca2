use crate::refuse;
use contracts::registry::Purpose;
use http::{StatusCode, Uri};
use mcp_server::HttpResponse;

/// What the endpoint offers: Code Mode, or with `?mode=direct` the tools themselves.
#[derive(Debug, Clone, Copy)]
pub enum Mode {
    Code,
    Direct,
}

impl Mode {
    /// Reads the query of a request. Other parameters are none of ours.
    pub fn of(uri: &Uri) -> Result<Self, Box<HttpResponse>> {
        let parameters = uri.query().unwrap_or_default().split('&');
        match parameters.filter_map(|parameter| parameter.strip_prefix("mode=")).next_back() {
            None | Some("code") => Ok(Self::Code),
            Some("direct") => Ok(Self::Direct),
            Some(other) => {
                let message = format!("There is no mode {other:?}; mode is code (the default) or direct.");
                Err(Box::new(refuse(StatusCode::BAD_REQUEST, &message)))
            }
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
