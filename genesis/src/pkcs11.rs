//! Keys in a hardware module, through PKCS#11: named by a URI (RFC 7512), never read out.
//!
//! `pkcs11:token=TOKEN;object=LABEL?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/run/pin`

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use countersign_record::keys::{PublicKey, SignatureBytes};
use cryptoki::{
    context::{CInitializeArgs, CInitializeFlags, Pkcs11},
    error::{Error, RvError},
    mechanism::{
        Mechanism,
        eddsa::{EddsaParams, EddsaSignatureScheme},
    },
    object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle},
    session::{Session, UserType},
    slot::Slot,
    types::AuthPin,
};
use percent_encoding::percent_decode_str;
use zeroize::Zeroizing;

use crate::keyfile::{KeyFault, first_line};

/// What a URI of a key begins with.
pub const SCHEME: &str = "pkcs11:";
/// Names the module where the URI does not.
const MODULE_VARIABLE: &str = "COUNTERSIGN_PKCS11_MODULE";
/// The curve by its name, as a PrintableString: `edwards25519`.
const CURVE: &[u8] = b"\x13\x0cedwards25519";
/// How an Ed25519 point stands in an OCTET STRING.
const POINT_PREFIX: [u8; 2] = [0x04, 0x20];

/// What a URI says; everything else in it is refused, so that no word is overlooked.
#[derive(Debug, Default, PartialEq, Eq)]
struct Uri {
    token: Option<String>,
    object: Option<String>,
    module: Option<PathBuf>,
    pin_file: Option<PathBuf>,
}

/// A key inside a token, in a session that is open and logged in.
pub struct TokenKey {
    uri: String,
    public: PublicKey,
    key: ObjectHandle,
    /// One signature at a time: a session has one operation open.
    session: Mutex<Session>,
}

/// Whether this names a key in a token rather than a file.
pub fn is_uri(name: &Path) -> bool {
    name.to_str().is_some_and(|name| name.starts_with(SCHEME))
}

impl TokenKey {
    /// Opens the token that a URI names. The PIN is the first line of the URI's `pin-source`, else
    /// `pin`.
    ///
    /// # Errors
    /// The URI, the module, the token, the PIN or the key is not what it should be.
    pub fn open(uri: &str, pin: Option<&str>) -> Result<Self, KeyFault> {
        let fault = |why: String| KeyFault::Token { uri: uri.to_owned(), why };
        let (parsed, session) = log_in(uri, pin, Access::ToSign)?;
        let (key, public) = find(&session, &parsed).map_err(&fault)?;
        Ok(Self { uri: uri.to_owned(), public, key, session: Mutex::new(session) })
    }

    /// Makes a key inside the token, under a label that is free. It never leaves it.
    ///
    /// # Errors
    /// The label is taken, or the token makes no Ed25519 keys.
    pub fn generate(uri: &str, pin: Option<&str>) -> Result<Self, KeyFault> {
        let fault = |why: String| KeyFault::Token { uri: uri.to_owned(), why };
        let (parsed, session) = log_in(uri, pin, Access::ToMake)?;
        let label = parsed.object.clone().ok_or_else(|| fault("name the key: object=…".into()))?;
        let label = Attribute::Label(label.into_bytes());
        let taken = session.find_objects(std::slice::from_ref(&label));
        let taken = taken.map_err(|e| fault(format!("it lists no keys: {e}")))?;
        if !taken.is_empty() {
            return Err(fault("there is a key of this label already".into()));
        }
        let curve = Attribute::EcParams(CURVE.to_vec());
        let public = [Attribute::Token(true), Attribute::Verify(true), curve, label.clone()];
        let private = [
            Attribute::Token(true),
            Attribute::Private(true),
            Attribute::Sensitive(true),
            Attribute::Extractable(false),
            Attribute::Sign(true),
            label,
        ];
        let made = session.generate_key_pair(&Mechanism::EccEdwardsKeyPairGen, &public, &private);
        made.map_err(|e| fault(format!("it makes no Ed25519 key: {e}")))?;
        drop(session);
        Self::open(uri, pin)
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        self.public
    }

    /// An Ed25519 signature, made inside the token.
    ///
    /// # Errors
    /// The token gives none, or none that verifies.
    pub fn sign(&self, message: &[u8]) -> Result<SignatureBytes, KeyFault> {
        let fault = |why: String| KeyFault::Token { uri: self.uri.clone(), why };
        let session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let how = Mechanism::Eddsa(EddsaParams::new(EddsaSignatureScheme::Ed25519));
        let given = session.sign(&how, self.key, message);
        let given = given.map_err(|e| fault(format!("it gives no signature: {e}")))?;
        let signature = <[u8; 64]>::try_from(given).map(SignatureBytes);
        let signature =
            signature.map_err(|g| fault(format!("a signature of {} bytes", g.len())))?;
        // Software that is not ours has made it: what others would refuse does not leave.
        if !self.public.verifies(message, &signature) {
            return Err(fault("its signature does not verify under its own public key".into()));
        }
        Ok(signature)
    }
}

impl Uri {
    fn parse(uri: &str) -> Result<Self, String> {
        let rest = uri.strip_prefix(SCHEME).ok_or("it does not begin with pkcs11:")?;
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut parsed = Self::default();
        let words = path.split(';').chain(query.split('&')).filter(|word| !word.is_empty());
        for word in words {
            let (name, value) =
                word.split_once('=').ok_or_else(|| format!("'{word}' is not name=value"))?;
            let value = percent_decode_str(value).decode_utf8();
            let value = value.map_err(|_| format!("'{name}' is not text"))?.into_owned();
            match name {
                "token" => parsed.token = Some(value),
                "object" => parsed.object = Some(value),
                "type" if value == "private" => {}
                "module-path" => parsed.module = Some(value.into()),
                "pin-source" => {
                    let file = value.strip_prefix("file:").unwrap_or(&value);
                    parsed.pin_file = Some(file.into());
                }
                "pin-value" => {
                    return Err(
                        "a PIN in the URI is seen by everybody who lists processes; put it \
                                into a file and say pin-source=file:…"
                            .into(),
                    );
                }
                other => return Err(format!("'{other}' is not understood")),
            }
        }
        Ok(parsed)
    }
}

/// What a session is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    ToSign,
    ToMake,
}

/// A session with the token of a URI, logged in.
fn log_in(uri: &str, pin: Option<&str>, access: Access) -> Result<(Uri, Session), KeyFault> {
    let fault = |why: String| KeyFault::Token { uri: uri.to_owned(), why };
    let parsed = Uri::parse(uri).map_err(&fault)?;
    let named = std::env::var_os(MODULE_VARIABLE).map(PathBuf::from);
    let module = parsed.module.clone().or(named).ok_or_else(|| {
        fault(format!(
            "which module? Name its library: ?module-path=/…/libsofthsm2.so in the URI, or \
             {MODULE_VARIABLE}"
        ))
    })?;
    let session = session(&parsed, &module, access).map_err(&fault)?;
    let from_file = parsed.pin_file.as_deref().map(first_line).transpose()?;
    let pin = from_file.or_else(|| pin.map(|pin| Zeroizing::new(pin.to_owned())));
    let pin = pin.ok_or_else(|| {
        fault("it needs its PIN: ?pin-source=file:… in the URI, or a passphrase".into())
    })?;
    match session.login(UserType::User, Some(&AuthPin::from(pin.to_string()))) {
        // Another key of this process is in the same token.
        Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok((parsed, session)),
        Err(e) => Err(fault(format!("it does not take the PIN: {e}"))),
    }
}

/// A session with the one token that is meant.
fn session(uri: &Uri, module: &Path, access: Access) -> Result<Session, String> {
    let failed = |e: Error| format!("the module {} fails: {e}", module.display());
    let library = Pkcs11::new(module).map_err(failed)?;
    match library.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        // Another key of this process uses the same module.
        Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
        Err(e) => return Err(failed(e)),
    }
    let slots = library.get_slots_with_initialized_token().map_err(failed)?;
    let wanted = |slot: &Slot| {
        let label = library.get_token_info(*slot).map(|info| info.label().trim_end().to_owned());
        uri.token.as_ref().is_none_or(|token| label.is_ok_and(|label| label == *token))
    };
    let found: Vec<Slot> = slots.into_iter().filter(wanted).collect();
    let [slot] = found[..] else {
        let count = found.len();
        return Err(format!("{count} tokens of this name are there, expected one"));
    };
    match access {
        Access::ToSign => library.open_ro_session(slot).map_err(failed),
        Access::ToMake => library.open_rw_session(slot).map_err(failed),
    }
}

/// The private key and its public half, under one label.
fn find(session: &Session, uri: &Uri) -> Result<(ObjectHandle, PublicKey), String> {
    let label = uri.object.as_ref().map(|label| Attribute::Label(label.clone().into_bytes()));
    let one = |class: ObjectClass, what: &str| {
        let mut wanted = vec![Attribute::Class(class), Attribute::KeyType(KeyType::EC_EDWARDS)];
        wanted.extend(label.clone());
        let found = session.find_objects(&wanted).map_err(|e| format!("it lists no keys: {e}"))?;
        let [object] = found[..] else {
            let count = found.len();
            return Err(format!("{count} Edwards-curve {what} keys of this label, expected one"));
        };
        Ok(object)
    };
    let key = one(ObjectClass::PRIVATE_KEY, "private")?;
    let public = one(ObjectClass::PUBLIC_KEY, "public")?;
    let told = session.get_attributes(public, &[AttributeType::EcPoint]);
    let told = told.map_err(|e| format!("it does not tell the public key: {e}"))?;
    let point = told.into_iter().find_map(|attribute| match attribute {
        Attribute::EcPoint(point) => Some(point),
        _ => None,
    });
    let point = point.ok_or("it does not tell the public key")?;
    // The standard wraps the point; some modules do not.
    let bare = point.strip_prefix(&POINT_PREFIX).unwrap_or(&point);
    let public = <[u8; 32]>::try_from(bare)
        .map(PublicKey)
        .map_err(|_| format!("a public key of {} bytes, expected Ed25519's 32", point.len()))?;
    Ok((key, public))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_says_what_it_says() {
        let uri = Uri::parse(
            "pkcs11:token=port%20keys;object=validator;type=private?module-path=/lib/x.so&pin-source=file:/run/pin",
        );
        let wanted = Uri {
            token: Some("port keys".into()),
            object: Some("validator".into()),
            module: Some("/lib/x.so".into()),
            pin_file: Some("/run/pin".into()),
        };
        assert_eq!(uri, Ok(wanted));
        assert_eq!(Uri::parse("pkcs11:"), Ok(Uri::default()));
    }

    #[test]
    fn what_a_uri_does_not_say_rightly_is_refused() {
        for (uri, why) in [
            ("token=x", "does not begin"),
            ("pkcs11:token", "is not name=value"),
            ("pkcs11:token=%ff", "is not text"),
            ("pkcs11:object=x?pin-value=1234", "everybody who lists processes"),
            ("pkcs11:slot-id=0", "is not understood"),
            ("pkcs11:type=cert", "is not understood"),
        ] {
            let said = Uri::parse(uri).unwrap_err();
            assert!(said.contains(why), "{uri}: {said}");
        }
    }
}
