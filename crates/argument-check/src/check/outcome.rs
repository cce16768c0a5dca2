/// Three values, so that what was not checked is reported neither directly nor through its negation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Outcome {
    Fails,
    Unknown,
    Fits,
}

impl Outcome {
    pub fn and(self, other: Outcome) -> Outcome {
        self.min(other)
    }

    pub fn negated(self) -> Outcome {
        match self {
            Outcome::Fails => Outcome::Fits,
            Outcome::Unknown => Outcome::Unknown,
            Outcome::Fits => Outcome::Fails,
        }
    }
}

impl From<Option<bool>> for Outcome {
    fn from(fits: Option<bool>) -> Outcome {
        match fits {
            Some(true) => Outcome::Fits,
            Some(false) => Outcome::Fails,
            None => Outcome::Unknown,
        }
    }
}
