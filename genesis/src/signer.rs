//! A private key, wherever it is: in a file, or in a module that never gives it away.

use std::path::Path;

use countersign_record::keys::{PublicKey, SignatureBytes, Signer};
use ed25519_dalek::SigningKey;

use crate::{
    keyfile::{self, KeyFault},
    pkcs11::{self, TokenKey},
};

/// A key that signs.
pub enum SecretKey {
    /// Read from a key file.
    File(SigningKey),
    /// Inside a hardware module.
    Token(TokenKey),
}

impl SecretKey {
    /// Opens a key file, or the token that a `pkcs11:` URI names. The passphrase opens the file, or
    /// is the token's PIN where the URI names no source for it.
    ///
    /// # Errors
    /// A sentence that says what to do.
    pub fn open(name: &Path, passphrase: Option<&str>) -> Result<Self, KeyFault> {
        match name.to_str() {
            Some(uri) if pkcs11::is_uri(name) => Ok(Self::Token(TokenKey::open(uri, passphrase)?)),
            _ => Ok(Self::File(keyfile::load(name, passphrase)?)),
        }
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        match self {
            Self::File(key) => key.public(),
            Self::Token(key) => key.public(),
        }
    }

    /// An Ed25519 signature over a message.
    ///
    /// # Errors
    /// The module that holds the key gives none.
    pub fn sign(&self, message: &[u8]) -> Result<SignatureBytes, KeyFault> {
        match self {
            Self::File(key) => Ok(Signer::sign(key, message)),
            Self::Token(key) => key.sign(message),
        }
    }
}

/// For what signs entries. What a token does not sign comes back as a signature that is none: who
/// signs so looks at it before it is used.
impl Signer for SecretKey {
    fn public(&self) -> PublicKey {
        self.public()
    }

    fn sign(&self, message: &[u8]) -> SignatureBytes {
        self.sign(message).unwrap_or(SignatureBytes([0; 64]))
    }
}

impl From<SigningKey> for SecretKey {
    fn from(key: SigningKey) -> Self {
        Self::File(key)
    }
}
