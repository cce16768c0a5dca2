use super::{
    body::{End, Watch},
    verdict::Verdict,
};
use crate::{happened::UnderWay, host::Host};
use http::{Response, StatusCode};
use mcp_client::TransportError;
use usage::{FailureKind, Outcome};

/// Writes down how a request ended whose answer passes through.
pub(super) struct Heard<H: Host> {
    under_way: UnderWay<H>,
    verdict: Option<Verdict>,
}

impl<H: Host> Heard<H> {
    /// An answer of the gateway's own, with an outcome.
    pub fn own(mut under_way: UnderWay<H>, outcome: Outcome) -> Self {
        under_way.outcome = outcome;
        Self { under_way, verdict: None }
    }

    /// The server's answer. Where a response is to come, nothing has come of the request until it is there.
    pub fn of_server<B>(mut under_way: UnderWay<H>, answer: &Response<B>, awaits_response: bool) -> Self {
        let is_success = answer.status().is_success();
        let verdict = Verdict::on(answer.headers()).filter(|_| awaits_response && is_success);
        under_way.outcome = match answer.status() {
            _ if verdict.is_some() => Outcome::Failed(FailureKind::Cancelled),
            _ if is_success => Outcome::Ok,
            status => Outcome::Failed(of_status(status)),
        };
        Self { under_way, verdict }
    }

    /// Whether it is still to be seen how the request ended.
    fn is_open(&self) -> bool {
        self.verdict.as_ref().is_some_and(|verdict| verdict.outcome().is_none())
    }
}

impl<H: Host> Watch for Heard<H> {
    fn received(&mut self, chunk: &[u8]) {
        self.under_way.received_bytes += chunk.len() as u64;
        if let Some(verdict) = &mut self.verdict {
            verdict.take(chunk);
            if let Some(outcome) = verdict.outcome() {
                self.under_way.outcome = outcome;
            }
        }
    }

    fn ended(&mut self, end: End<'_>) {
        let has_answered = self.verdict.is_some() && !self.is_open();
        let is_failure = !matches!(self.under_way.outcome, Outcome::Ok) && self.verdict.is_none();
        if has_answered || is_failure {
            return;
        }
        self.under_way.outcome = match end {
            End::Whole => Outcome::Ok,
            End::Taken => Outcome::Failed(FailureKind::Refused),
            End::Broken(TransportError::TooLate) => Outcome::Failed(FailureKind::TimedOut),
            End::Broken(_) => Outcome::Failed(FailureKind::Unreachable),
        };
    }
}

/// What a status that is no success says.
fn of_status(status: StatusCode) -> FailureKind {
    let is_of_gateway =
        matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS);
    if status.is_client_error() && !is_of_gateway { FailureKind::ClientStatus } else { FailureKind::HttpStatus }
}
