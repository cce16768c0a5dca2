//! Which results are worth learning from: the first ones, and then one now and then, since the store has better things to
//! do than to write the same type again.
//!
//! What the store says decides, so that it makes no difference which instance serves a caller, and what others do there. An
//! instance only remembers it.

use std::{cell::RefCell, collections::HashMap};

/// So many lessons of a caller about a tool are all kept.
pub(super) const ALWAYS_LEARNED: u32 = 4;

/// After that, one is kept at most once in this time.
pub(super) const PAUSE_MS: u64 = 10_000;

/// Tools of which an instance remembers it for one caller.
const MAX_TOOLS: usize = 2_000;

/// Until when nothing more is to be learned, by server and tool. In milliseconds since 1970.
type Pauses = HashMap<(String, String), u64>;

/// The pauses of each caller.
#[derive(Default)]
pub(crate) struct Sampling {
    paused_until: RefCell<HashMap<String, Pauses>>,
}

impl Sampling {
    /// Whether a result that a tool of a server gives to a caller now is to be learned from, as far as is known.
    pub fn wants(&self, caller: &str, server: &str, tool: &str, now_ms: u64) -> bool {
        let paused_until = self.paused_until.borrow();
        let until = paused_until.get(caller).and_then(|tools| tools.get(&(server.to_string(), tool.to_string())));
        // A clock that was set back must not stop the learning.
        until.is_none_or(|until_ms| !(until_ms.saturating_sub(PAUSE_MS)..*until_ms).contains(&now_ms))
    }

    /// Remembers until when nothing more is to be learned.
    pub fn pause(&self, caller: &str, server: &str, tool: &str, until_ms: u64) {
        let mut paused_until = self.paused_until.borrow_mut();
        let tools = paused_until.entry(caller.to_string()).or_default();
        if tools.len() >= MAX_TOOLS {
            tools.clear();
        }
        tools.insert((server.to_string(), tool.to_string()), until_ms);
    }

    /// Forgets it of all tools of a server.
    pub fn forget(&self, server: &str) {
        let mut paused_until = self.paused_until.borrow_mut();
        paused_until.values_mut().for_each(|tools| tools.retain(|(other, _), _| other != server));
        paused_until.retain(|_, tools| !tools.is_empty());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_for_one_caller_and_one_tool() {
        let sampling = Sampling::default();
        sampling.pause("a", "s", "t", 20_000);
        assert!(!sampling.wants("a", "s", "t", 19_999));
        for (caller, server, tool, now_ms) in [
            ("a", "s", "t", 20_000),
            ("a", "s", "t", 9_999),
            ("b", "s", "t", 19_999),
            ("a", "r", "t", 19_999),
            ("a", "s", "u", 19_999),
        ] {
            assert!(sampling.wants(caller, server, tool, now_ms), "{caller} {server} {tool} {now_ms}");
        }
        sampling.forget("s");
        assert!(sampling.wants("a", "s", "t", 19_999));
    }

    #[test]
    fn a_caller_of_many_tools_does_not_make_others_forget() {
        let sampling = Sampling::default();
        sampling.pause("a", "s", "t", 20_000);
        (0..3 * MAX_TOOLS).for_each(|number| sampling.pause("b", "s", &number.to_string(), 20_000));
        assert!(!sampling.wants("a", "s", "t", 15_000));
        assert!(sampling.paused_until.borrow()["b"].len() <= MAX_TOOLS);
    }
}
