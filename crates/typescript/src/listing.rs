//! The declarations of many tools as one text.

use crate::{Declaration, Detail, Tool};

/// Declarations that are collected into one text, as long as they fit a budget.
#[derive(Debug)]
pub struct Listing {
    detail: Detail,
    budget_bytes: usize,
    text: String,
    /// The last block, to which tools of the same server are added.
    open: Option<Declaration>,
    has_unknown_result: bool,
    overflowed: bool,
}

impl Listing {
    /// An empty listing.
    pub fn new(detail: Detail, budget_bytes: usize) -> Self {
        let (text, open) = (String::new(), None);
        Listing { detail, budget_bytes, text, open, has_unknown_result: false, overflowed: false }
    }

    /// Adds a tool; false, and nothing more is done, when the budget is used up. Tools of one server that
    /// follow each other share a namespace block.
    pub fn add(&mut self, tool: &Tool) -> bool {
        if self.overflowed {
            return false;
        }
        let declaration = Declaration::new(tool, self.detail);
        self.has_unknown_result |= declaration.has_unknown_result;
        match &mut self.open {
            Some(before) if before.shares_a_block_with(&declaration) => before.body += &declaration.body,
            open => self.text.extend(open.replace(declaration).map(|before| before.text())),
        }
        let length = self.text.len() + self.open.as_ref().map_or(0, |last| last.body.len());
        self.overflowed = length > self.budget_bytes;
        !self.overflowed
    }

    /// The whole text, with the advice of [`crate::UNKNOWN_RESULT`] in front where it applies; `None` when it
    /// is longer than the budget.
    pub fn text(mut self) -> Option<String> {
        self.text.extend(self.open.take().map(|last| last.text()));
        if self.has_unknown_result {
            self.text.insert_str(0, &format!("// {}\n", crate::UNKNOWN_RESULT));
        }
        (!self.overflowed && self.text.len() <= self.budget_bytes).then_some(self.text)
    }
}
