/// How assertions are signed (RFC 7518, section 3.1; RFC 8037, section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

impl Algorithm {
    /// Reads the name that JSON Web Signatures use.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Rs256, Self::Ps256, Self::Es256, Self::EdDsa].into_iter().find(|algorithm| algorithm.as_str() == name)
    }

    /// The name that JSON Web Signatures use: `RS256`, `PS256`, `ES256` or `EdDSA`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }
}
