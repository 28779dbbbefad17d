//! How a client says who it is: with a token that it was given, or with one that it makes of its
//! key whenever a node asks for one.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use countersign_record::{
    Digest,
    keys::Signer,
    token::{Claims, Token},
};

/// How long a token is good that a client makes for itself, seconds. Short: one costs nothing.
const OWN_LIFE_S: u64 = 15 * 60;
/// How long before its end it is not used any more, seconds: clocks differ.
const MARGIN_S: u64 = 60;

/// Seconds since 1970 by this machine's clock.
pub fn now_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// A token for the nodes of a network, good from now on for so long.
pub fn token(key: &dyn Signer, network: Digest, life_s: u64) -> Token {
    let now = now_s();
    let claims = Claims { network, issued_s: now, expires_s: now.saturating_add(life_s) };
    Token::sign(claims, key)
}

/// A way to say who asks.
#[derive(Clone)]
pub enum Login {
    /// With this token.
    Token(String),
    /// With tokens made of this key, once a node has asked for one.
    Key {
        /// The party's entry key.
        key: Arc<dyn Signer + Send + Sync>,
        /// The network for whose nodes they are.
        network: Digest,
        /// The last one that was made, and its end.
        made: Arc<Mutex<Option<(String, u64)>>>,
    },
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Token(_) => "Login::Token",
            Self::Key { .. } => "Login::Key",
        })
    }
}

impl Login {
    /// With tokens made of a key.
    pub fn with_key(key: Arc<dyn Signer + Send + Sync>, network: Digest) -> Self {
        Self::Key { key, network, made: Arc::default() }
    }

    /// What goes with a request: nothing until a node has asked.
    pub(crate) fn bearer(&self) -> Option<String> {
        match self {
            Self::Token(token) => Some(token.clone()),
            Self::Key { made, .. } => {
                let made = made.lock().unwrap_or_else(PoisonError::into_inner);
                let good = made.as_ref().filter(|(_, end)| now_s() + MARGIN_S < *end);
                good.map(|(token, _)| token.clone())
            }
        }
    }

    /// What goes with a request that a node has asked to be repeated with a token; nothing where
    /// there is no better one than before.
    pub(crate) fn asked(&self) -> Option<String> {
        match self {
            Self::Token(_) => None,
            Self::Key { key, network, made } => {
                let new = token(&**key, *network, OWN_LIFE_S);
                let text = new.to_text();
                let mut made = made.lock().unwrap_or_else(PoisonError::into_inner);
                *made = Some((text.clone(), new.claims().expires_s));
                Some(text)
            }
        }
    }
}
