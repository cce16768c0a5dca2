/// A released version of MCP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProtocolVersion {
    /// Of servers only: over Streamable HTTP it is used like 2025-03-26.
    V2024_11_05,
    V2025_03_26,
    V2025_06_18,
    V2025_11_25,
    V2026_07_28,
}

/// How requests carry their context: `initialize` and sessions, or `_meta` in each request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Era {
    Legacy,
    Modern,
}

impl ProtocolVersion {
    /// Every version that is spoken with clients, newest first.
    pub const ALL: [Self; 4] = [Self::V2026_07_28, Self::V2025_11_25, Self::V2025_06_18, Self::V2025_03_26];

    /// What a server answers to an `initialize` that asks for a version it does not have.
    pub const LATEST_LEGACY: Self = Self::V2025_11_25;

    /// The newest version.
    pub const LATEST: Self = Self::V2026_07_28;

    /// Reads the date form that the protocol uses.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|version| version.as_str() == text)
    }

    /// The same for the version that a server names: the first one, too.
    pub fn parse_of_server(text: &str) -> Option<Self> {
        Self::parse(text).or_else(|| (text == Self::V2024_11_05.as_str()).then_some(Self::V2024_11_05))
    }

    /// The date form that the protocol uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V2024_11_05 => "2024-11-05",
            Self::V2025_03_26 => "2025-03-26",
            Self::V2025_06_18 => "2025-06-18",
            Self::V2025_11_25 => "2025-11-25",
            Self::V2026_07_28 => "2026-07-28",
        }
    }

    /// The era that it belongs to.
    pub fn era(self) -> Era {
        if self >= Self::V2026_07_28 { Era::Modern } else { Era::Legacy }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_reads_back() {
        for version in ProtocolVersion::ALL {
            assert_eq!(ProtocolVersion::parse(version.as_str()), Some(version));
            assert_eq!(ProtocolVersion::parse_of_server(version.as_str()), Some(version));
        }
        assert_eq!(ProtocolVersion::parse_of_server("2024-11-05"), Some(ProtocolVersion::V2024_11_05));
        assert_eq!(ProtocolVersion::V2024_11_05.era(), Era::Legacy);
        assert_eq!(ProtocolVersion::parse("2024-11-05"), None);
        assert_eq!(ProtocolVersion::LATEST_LEGACY.era(), Era::Legacy);
        assert_eq!(ProtocolVersion::LATEST.era(), Era::Modern);
    }
}
