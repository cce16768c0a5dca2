//! Reading private keys: PKCS#8 (RFC 5958) in PEM (RFC 7468).

use crate::algorithm::Algorithm;
use pkcs8::der::asn1::{BitStringRef, ContextSpecific, OctetStringRef, UintRef};
use pkcs8::der::{Decode, Header, Reader, SliceReader, TagNumber};
use pkcs8::{ObjectIdentifier, PrivateKeyInfo, SecretDocument};
use ring::{rand::SystemRandom, rsa, signature};
use std::fmt;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// What RSA keys may have, in bits. The shortest is what RFC 7518, section 3.3, asks for.
const RSA_BITS: [u32; 3] = [2048, 3072, 4096];

/// A private key of a kind that assertions are signed with.
pub(crate) enum PrivateKey {
    Rsa(rsa::KeyPair),
    P256(signature::EcdsaKeyPair),
    Ed25519(signature::Ed25519KeyPair),
}

/// The kinds of private keys that assertions are signed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KindOfKey {
    Rsa,
    P256,
    Ed25519,
}

impl KindOfKey {
    /// What such a key signs with; the first where nothing speaks for another.
    pub(crate) fn algorithms(self) -> &'static [Algorithm] {
        match self {
            Self::Rsa => &[Algorithm::Rs256, Algorithm::Ps256],
            Self::P256 => &[Algorithm::Es256],
            Self::Ed25519 => &[Algorithm::EdDsa],
        }
    }
}

impl fmt::Display for KindOfKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Rsa => "RSA",
            Self::P256 => "P-256",
            Self::Ed25519 => "Ed25519",
        })
    }
}

/// Why a text is no key to sign with. Holds nothing of the text but the length of an RSA key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSigningKey {
    /// It is no private key in PEM.
    #[error("it is no private key in PEM and PKCS#8, which begins with -----BEGIN PRIVATE KEY-----")]
    NotPkcs8,
    /// It is in a form of OpenSSL's own: PKCS#1 (RFC 8017) or SEC 1 (RFC 5915).
    #[error("the private key is not in PKCS#8 (BEGIN PRIVATE KEY); openssl pkcs8 -topk8 -nocrypt makes that of it")]
    Traditional,
    /// It is in OpenSSH's own form.
    #[error("the private key is in the form of OpenSSH; ssh-keygen -p -m PKCS8 -N \"\" makes PKCS#8 of it")]
    OpenSsh,
    /// It is encrypted with a passphrase.
    #[error("the private key is encrypted; openssl pkcs8 -topk8 -nocrypt takes the passphrase off")]
    Encrypted,
    /// It is a public key, or a certificate, which holds one.
    #[error("this is the public key; the private one is needed")]
    Public,
    /// It is of a kind that nothing here signs with.
    #[error(
        "the private key is of a kind that is not supported: RSA (openssl genpkey -algorithm RSA), P-256 and Ed25519 are"
    )]
    UnknownKind,
    /// It is of another kind than the algorithm needs.
    #[error("{kind} keys, such as this one, do not sign with {}", .algorithm.as_str())]
    OtherKind { kind: KindOfKey, algorithm: Algorithm },
    /// It is an RSA key of a length that is not used.
    #[error(
        "the RSA key has {bits} bits, and it must have 2048, 3072 or 4096: openssl genpkey -algorithm RSA -pkeyopt \
         rsa_keygen_bits:2048 makes one"
    )]
    RsaLength { bits: u32 },
    /// It is a P-256 key without its public part, which RFC 5915 allows.
    #[error(
        "the P-256 key comes without its public part, as Java writes it; openssl genpkey -algorithm EC -pkeyopt \
         ec_paramgen_curve:P-256 makes a key that has it"
    )]
    NoPublicPart,
    /// It is a P-256 key with its public part compressed.
    #[error("the P-256 key has its public part compressed; openssl pkey -ec_conv_form uncompressed expands it")]
    Compressed,
    /// It cannot be read, or its parts do not belong together.
    #[error(
        "the {kind} key is damaged{}",
        if *kind == KindOfKey::Rsa { ", or its public exponent is under 65537, or it has more than two primes" } else { "" }
    )]
    Damaged { kind: KindOfKey },
    /// There is not even to be seen what kind of key it is.
    #[error("the private key is damaged")]
    Unreadable,
}

impl PrivateKey {
    /// Reads a private key in PEM and PKCS#8.
    pub fn from_pkcs8_pem(pem: &str) -> Result<Self, InvalidSigningKey> {
        let pem = pem.trim();
        match pem.lines().next().unwrap_or_default().trim_end() {
            "-----BEGIN PRIVATE KEY-----" => {}
            "-----BEGIN ENCRYPTED PRIVATE KEY-----" => return Err(InvalidSigningKey::Encrypted),
            // `openssl ecparam -genkey` writes the parameters before the key.
            "-----BEGIN RSA PRIVATE KEY-----" | "-----BEGIN EC PRIVATE KEY-----" | "-----BEGIN EC PARAMETERS-----" => {
                return Err(InvalidSigningKey::Traditional);
            }
            "-----BEGIN OPENSSH PRIVATE KEY-----" => return Err(InvalidSigningKey::OpenSsh),
            "-----BEGIN PUBLIC KEY-----" | "-----BEGIN RSA PUBLIC KEY-----" | "-----BEGIN CERTIFICATE-----" => {
                return Err(InvalidSigningKey::Public);
            }
            _ => return Err(InvalidSigningKey::NotPkcs8),
        }
        let (_, document) = SecretDocument::from_pem(pem).map_err(|_| InvalidSigningKey::Unreadable)?;
        let document = document.as_bytes();
        let info = PrivateKeyInfo::try_from(document).map_err(|_| InvalidSigningKey::Unreadable)?;
        let kind = match (info.algorithm.oid, info.algorithm.parameters_oid()) {
            (RSA, _) => KindOfKey::Rsa,
            (EC, Ok(P256)) => KindOfKey::P256,
            (ED25519, _) => KindOfKey::Ed25519,
            _ => return Err(InvalidSigningKey::UnknownKind),
        };
        let key = match kind {
            KindOfKey::Rsa => rsa::KeyPair::from_der(info.private_key).map(Self::Rsa),
            KindOfKey::P256 => {
                let form = &signature::ECDSA_P256_SHA256_FIXED_SIGNING;
                signature::EcdsaKeyPair::from_pkcs8(form, document, &SystemRandom::new()).map(Self::P256)
            }
            KindOfKey::Ed25519 => signature::Ed25519KeyPair::from_pkcs8_maybe_unchecked(document).map(Self::Ed25519),
        };
        key.map_err(|_| reason(kind, info.private_key))
    }

    pub fn kind(&self) -> KindOfKey {
        match self {
            Self::Rsa(_) => KindOfKey::Rsa,
            Self::P256(_) => KindOfKey::P256,
            Self::Ed25519(_) => KindOfKey::Ed25519,
        }
    }
}

/// Why a key cannot be used, by what of it can be read.
fn reason(kind: KindOfKey, key: &[u8]) -> InvalidSigningKey {
    match kind {
        KindOfKey::Rsa => match rsa_bits(key) {
            Ok(bits) if !RSA_BITS.contains(&bits) => InvalidSigningKey::RsaLength { bits },
            _ => InvalidSigningKey::Damaged { kind },
        },
        KindOfKey::P256 => match public_point(key) {
            Ok(None) => InvalidSigningKey::NoPublicPart,
            Ok(Some([0x02 | 0x03, ..])) => InvalidSigningKey::Compressed,
            _ => InvalidSigningKey::Damaged { kind },
        },
        KindOfKey::Ed25519 => InvalidSigningKey::Damaged { kind },
    }
}

/// How long the modulus of an `RSAPrivateKey` is (RFC 8017, appendix A.1.2).
fn rsa_bits(key: &[u8]) -> pkcs8::der::Result<u32> {
    let mut reader = SliceReader::new(key)?;
    Header::decode(&mut reader)?;
    u8::decode(&mut reader)?;
    let modulus = UintRef::decode(&mut reader)?;
    let bytes = modulus.as_bytes();
    let unused = bytes.first().map_or(0, |byte| byte.leading_zeros());
    Ok((bytes.len() as u32 * 8).saturating_sub(unused))
}

/// The public part of an `ECPrivateKey` (RFC 5915, section 3).
fn public_point(key: &[u8]) -> pkcs8::der::Result<Option<&[u8]>> {
    SliceReader::new(key)?.sequence(|fields| {
        u8::decode(fields)?;
        OctetStringRef::decode(fields)?;
        ContextSpecific::<ObjectIdentifier>::decode_explicit(fields, TagNumber::N0)?;
        let point = ContextSpecific::<BitStringRef<'_>>::decode_explicit(fields, TagNumber::N1)?;
        Ok(point.map(|point| point.value.raw_bytes()))
    })
}
