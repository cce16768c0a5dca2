use crate::{components::Components, refuse};
use code_mode::{CodeMode, DirectTools, State, settings::Settings};
use http::{StatusCode, Uri};
use mcp::Response;
use mcp_server::{Exchange, HttpResponse, Progress};

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

    /// Answers a request.
    pub async fn answer(
        self,
        exchange: &Exchange,
        state: &State<Components>,
        settings: Settings,
        progress: &dyn Progress,
    ) -> Response {
        match self {
            Self::Code => exchange.answer(&CodeMode { platform: &Components, state, settings }, progress).await,
            Self::Direct => exchange.answer(&DirectTools { platform: &Components, state }, progress).await,
        }
    }
}
