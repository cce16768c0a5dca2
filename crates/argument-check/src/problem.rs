use std::fmt;

/// One thing that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// As a script would write it: `args.items[0].name`, `args["n n"]`.
    pub path: String,
    /// What was expected and what came; values are cut.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.message)
    }
}

/// What does not fit in some arguments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    /// The first ones, five at most.
    pub first: Vec<Problem>,
    /// Whether there are more.
    pub more: bool,
}

impl Problems {
    pub fn is_empty(&self) -> bool {
        self.first.is_empty()
    }
}

/// `args.a: …; args.b: …; and more`
impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.first.iter().enumerate() {
            write!(f, "{}{problem}", if index > 0 { "; " } else { "" })?;
        }
        f.write_str(if self.more { "; and more" } else { "" })
    }
}
