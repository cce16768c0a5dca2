//! Under which names calls are counted: those of tools and methods that there are. Others are the client's words, and may
//! be any.

use crate::{host::Host, registry::Registry};
use usage::{FailureKind, Outcome, UNKNOWN};

/// What is counted of HTTP where no message says more.
const HTTP_METHODS: [&str; 3] = ["GET", "POST", "DELETE"];

impl<H: Host> Registry<H> {
    /// The name under which a call is counted that ended so: that of its tool or method, or one name for all that there
    /// are not. Where this instance knows no list of the server's tools, what was sent to it has its name, but for
    /// notifications: no key can take room from others by it.
    pub(crate) fn label<'a>(&self, server: &str, subject: &'a str, outcome: Outcome) -> &'a str {
        let has_tool = self.known_upstream(server).and_then(|upstream| upstream.has_tool(subject));
        let is_method = mcp::is_method(subject) || HTTP_METHODS.contains(&subject);
        let is_known = is_method || has_tool.unwrap_or_else(|| seems_known(subject, outcome));
        if is_known { subject } else { UNKNOWN }
    }
}

/// Whether what a call that ended so was about may be a tool of the server.
fn seems_known(subject: &str, outcome: Outcome) -> bool {
    let is_refused = matches!(outcome, Outcome::Failed(FailureKind::Refused | FailureKind::UnknownServer));
    !is_refused && !subject.starts_with("notifications/")
}
