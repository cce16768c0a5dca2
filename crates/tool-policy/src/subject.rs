/// The tool that is asked about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'a> {
    /// The alias of its server, where names may begin with one.
    pub alias: Option<&'a str>,
    pub tool: &'a str,
}

impl<'a> Subject<'a> {
    /// Whether a name means this tool.
    ///
    /// Where names may begin with an alias, one with a `/` does. An alias has no `/`, so a server cannot slip under
    /// the rule of another one by the names that it gives to its tools.
    pub fn is_named(self, name: &str) -> bool {
        match (self.alias, split(name)) {
            (Some(alias), Some((server, tool))) => alias == server && self.tool == tool,
            _ => self.tool == name,
        }
    }
}

/// The server's and the tool's part of a name or pattern that has both.
pub(crate) fn split(text: &str) -> Option<(&str, &str)> {
    text.split_once('/')
}
