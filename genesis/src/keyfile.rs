//! Private keys on disk: encrypted PKCS#8 that OpenSSL reads, made once and never overwritten.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use ed25519_dalek::SigningKey;
use pkcs8::{
    AlgorithmIdentifierRef, EncryptedPrivateKeyInfoRef, LineEnding, ObjectIdentifier,
    PrivateKeyInfoRef, SecretDocument,
    der::asn1::OctetStringRef,
    pkcs5::{EncryptionScheme, pbes2, scrypt},
};
use zeroize::Zeroizing;

use crate::limits;

/// Ed25519 (RFC 8410).
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
/// The 32 bytes of a private key are wrapped once more as an OCTET STRING (RFC 8410 section 7).
const SEED_PREFIX: [u8; 2] = [0x04, 0x20];
const PLAIN_LABEL: &str = "PRIVATE KEY";
const ENCRYPTED_LABEL: &str = "ENCRYPTED PRIVATE KEY";
/// scrypt with 2^14 rounds of 8 blocks takes 16 MiB and some 50 ms. OpenSSL refuses to spend more
/// than 32 MiB, so twice as much could not be read there.
const SCRYPT_LOG_ROUNDS: u8 = 14;
const SCRYPT_BLOCKS: u32 = 8;

/// Why a private key was not read or written.
#[derive(Debug, thiserror::Error)]
pub enum KeyFault {
    /// There is no such file.
    #[error("there is no key file {}; `countersign key new` makes one", .0.display())]
    NotFound(PathBuf),
    /// There is a file already.
    #[error("{} exists already and is not overwritten: a lost key cannot be made again", .0.display())]
    Exists(PathBuf),
    /// Everybody on the machine could read it.
    #[error(
        "{} may be used by everybody on this machine (mode {mode:04o}); its owner runs `chmod 600` on it",
        path.display()
    )]
    OpenToOthers {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file is encrypted and no passphrase was given.
    #[error("the key {} is encrypted and needs its passphrase", .0.display())]
    PassphraseNeeded(PathBuf),
    /// The passphrase does not open it.
    #[error("the passphrase does not open {}", .0.display())]
    WrongPassphrase(PathBuf),
    /// An empty passphrase protects nothing.
    #[error("the passphrase for {} is empty; give one, or ask for an unencrypted key", .0.display())]
    EmptyPassphrase(PathBuf),
    /// The key is of another kind.
    #[error("{} holds a key of the kind {found}, expected Ed25519", path.display())]
    NotEd25519 {
        /// The file.
        path: PathBuf,
        /// The object identifier that was found.
        found: String,
    },
    /// It is not a private key in PKCS#8.
    #[error("{} is not a private key in PKCS#8 (PEM): {why}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What the reader met.
        why: String,
    },
    /// The system refused.
    #[error("{} cannot be read or written: {error}", path.display())]
    System {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// A key in a hardware module cannot be used.
    #[error("the key {uri} cannot be used: {why}")]
    Token {
        /// How it was named.
        uri: String,
        /// What is wrong.
        why: String,
    },
    /// The system gave no random bytes.
    #[error("the system gave no random bytes, so that no key can be made: {0}")]
    NoRandomness(getrandom::Error),
}

/// Makes a key out of the system's randomness.
///
/// # Errors
/// The system gave none.
pub fn generate() -> Result<SigningKey, KeyFault> {
    let seed = Zeroizing::new(random::<32>()?);
    Ok(SigningKey::from_bytes(&seed))
}

/// Writes a key into a new file that only its owner may read. Without a passphrase it is not
/// encrypted: for demonstrations, and for machines whose disk is protected otherwise.
///
/// # Errors
/// The file exists, cannot be written, or the passphrase is empty.
pub fn write(path: &Path, key: &SigningKey, passphrase: Option<&str>) -> Result<(), KeyFault> {
    let pem = to_pem(path, key, passphrase)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let system = |error| KeyFault::System { path: path.to_path_buf(), error };
    let mut file = options.open(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => KeyFault::Exists(path.to_path_buf()),
        _ => system(error),
    })?;
    // A key that is used before it is durable is lost with the machine: its entries then have an
    // owner who can sign no more.
    file.write_all(pem.as_bytes()).and_then(|()| file.sync_all()).map_err(system)
}

/// Reads a key. The passphrase is not looked at where the file is not encrypted.
///
/// # Errors
/// A sentence that says what to do.
pub fn load(path: &Path, passphrase: Option<&str>) -> Result<SigningKey, KeyFault> {
    parse(path, &read(path)?, passphrase)
}

/// Reads a key from the text of its file; the path names it in faults.
///
/// # Errors
/// A sentence that says what to do.
pub fn parse(path: &Path, pem: &str, passphrase: Option<&str>) -> Result<SigningKey, KeyFault> {
    let malformed = |why: String| KeyFault::Malformed { path: path.to_path_buf(), why };
    let (label, document) = SecretDocument::from_pem(pem).map_err(|e| malformed(format!("{e}")))?;
    match label {
        PLAIN_LABEL => from_der(path, document.as_bytes()),
        ENCRYPTED_LABEL => {
            let passphrase =
                passphrase.ok_or_else(|| KeyFault::PassphraseNeeded(path.to_path_buf()))?;
            let encrypted = EncryptedPrivateKeyInfoRef::try_from(document.as_bytes())
                .map_err(|e| malformed(format!("{e}")))?;
            check_cost(&encrypted.encryption_algorithm).map_err(malformed)?;
            // One wrong passphrase in 256 leaves a padding that looks right: what comes out then
            // is no key, which means the same to whoever typed it.
            let wrong = || KeyFault::WrongPassphrase(path.to_path_buf());
            let plain = match encrypted.decrypt(passphrase) {
                Ok(plain) => plain,
                Err(pkcs8::Error::EncryptedPrivateKey(
                    e @ (pkcs8::pkcs5::Error::UnsupportedAlgorithm { .. }
                    | pkcs8::pkcs5::Error::NoPbes1CryptSupport
                    | pkcs8::pkcs5::Error::AlgorithmParametersInvalid { .. }),
                )) => return Err(malformed(format!("{e}"))),
                Err(_) => return Err(wrong()),
            };
            match from_der(path, plain.as_bytes()) {
                Err(KeyFault::Malformed { .. }) => Err(wrong()),
                outcome => outcome,
            }
        }
        other => Err(malformed(format!("found '{other}', expected '{PLAIN_LABEL}'"))),
    }
}

/// Whether the key in this file needs a passphrase: ask a person for it only then.
///
/// # Errors
/// The file cannot be read, or is open to others.
pub fn is_encrypted(path: &Path) -> Result<bool, KeyFault> {
    Ok(read(path)?.contains(ENCRYPTED_LABEL))
}

/// The first line of a file that holds a passphrase or a PIN.
///
/// # Errors
/// It cannot be read.
pub fn first_line(path: &Path) -> Result<Zeroizing<String>, KeyFault> {
    let system = |error| KeyFault::System { path: path.to_path_buf(), error };
    let text = fs::read_to_string(path).map(Zeroizing::new).map_err(system)?;
    Ok(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned()))
}

/// Whether others on this machine than its owner may read a file that should be secret; not known
/// where there is none.
pub fn is_open_to_others(path: &Path) -> bool {
    #[cfg(unix)]
    if let Ok(status) = fs::metadata(path) {
        return std::os::unix::fs::PermissionsExt::mode(&status.permissions()) & 0o077 != 0;
    }
    false
}

fn read(path: &Path) -> Result<Zeroizing<String>, KeyFault> {
    let fault = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => KeyFault::NotFound(path.to_path_buf()),
        io::ErrorKind::InvalidData => {
            KeyFault::Malformed { path: path.to_path_buf(), why: "it is not text".into() }
        }
        _ => KeyFault::System { path: path.to_path_buf(), error },
    };
    #[cfg(unix)]
    {
        // Orchestrators hand secrets to a group; nobody hands them to everybody.
        let status = fs::metadata(path).map_err(fault)?;
        let mode = std::os::unix::fs::PermissionsExt::mode(&status.permissions()) & 0o7777;
        if mode & 0o027 != 0 {
            return Err(KeyFault::OpenToOthers { path: path.to_path_buf(), mode });
        }
    }
    fs::read_to_string(path).map(Zeroizing::new).map_err(fault)
}

/// Whether a passphrase can be tried in bounded memory and time.
fn check_cost(scheme: &EncryptionScheme) -> Result<(), String> {
    match scheme.pbes2().map(|parameters| &parameters.kdf) {
        Some(pbes2::Kdf::Scrypt(asked)) => {
            let (cost, blocks) = (asked.cost_parameter, u64::from(asked.block_size));
            let bytes = cost.saturating_mul(blocks).saturating_mul(128);
            let passes = asked.parallelization;
            let bounded = bytes <= limits::SCRYPT_BYTES_MAX && passes <= limits::SCRYPT_PASSES_MAX;
            if cost > 1 && cost.is_power_of_two() && bounded {
                return Ok(());
            }
            Err(format!(
                "its passphrase asks scrypt for {bytes} bytes, {passes} times; at most {}, {} times, \
                 are given, and the cost is a power of two",
                limits::SCRYPT_BYTES_MAX,
                limits::SCRYPT_PASSES_MAX
            ))
        }
        Some(pbes2::Kdf::Pbkdf2(asked)) if asked.iteration_count > limits::PBKDF2_ROUNDS_MAX => {
            Err(format!(
                "its passphrase asks for {} rounds, at most {} are given",
                asked.iteration_count,
                limits::PBKDF2_ROUNDS_MAX
            ))
        }
        // What no kind of encryption here opens is told by whoever tries.
        _ => Ok(()),
    }
}

fn from_der(path: &Path, der: &[u8]) -> Result<SigningKey, KeyFault> {
    let malformed = |why: String| KeyFault::Malformed { path: path.to_path_buf(), why };
    let info = PrivateKeyInfoRef::try_from(der).map_err(|e| malformed(format!("{e}")))?;
    if info.algorithm.oid != ED25519 {
        let found = info.algorithm.oid.to_string();
        return Err(KeyFault::NotEd25519 { path: path.to_path_buf(), found });
    }
    let seed = info.private_key.as_bytes().strip_prefix(&SEED_PREFIX);
    let seed = seed
        .and_then(|s| <&[u8; 32]>::try_from(s).ok())
        .ok_or_else(|| malformed("expected a private key of 32 bytes".into()))?;
    let key = SigningKey::from_bytes(seed);
    let beside = info.public_key.and_then(|p| p.as_bytes());
    if beside.is_some_and(|public| public != key.verifying_key().as_bytes()) {
        return Err(malformed("the public key beside it belongs to another key".into()));
    }
    Ok(key)
}

fn to_pem(
    path: &Path,
    key: &SigningKey,
    passphrase: Option<&str>,
) -> Result<Zeroizing<String>, KeyFault> {
    let fault = |why: String| KeyFault::Malformed { path: path.to_path_buf(), why };
    let mut wrapped = Zeroizing::new([0; 34]);
    wrapped[..2].copy_from_slice(&SEED_PREFIX);
    wrapped[2..].copy_from_slice(key.as_bytes());
    let private_key = OctetStringRef::new(&*wrapped).map_err(|e| fault(format!("{e}")))?;
    let algorithm = AlgorithmIdentifierRef { oid: ED25519, parameters: None };
    // Without the public key this is version 1, which OpenSSL 3.0 reads; it refuses version 2.
    let info = PrivateKeyInfoRef::new(algorithm, private_key);
    let (label, document) = match passphrase {
        None => (PLAIN_LABEL, SecretDocument::encode_msg(&info).map_err(pkcs8::Error::from)),
        Some("") => return Err(KeyFault::EmptyPassphrase(path.to_path_buf())),
        Some(passphrase) => {
            let rounds = scrypt::Params::new(SCRYPT_LOG_ROUNDS, SCRYPT_BLOCKS, 1)
                .map_err(|e| fault(format!("{e}")))?;
            let (salt, iv) = (random::<16>()?, random::<16>()?);
            let scheme = pbes2::Parameters::generate_scrypt_aes256cbc(rounds, &salt, iv)
                .map_err(|e| fault(format!("{e}")))?;
            (ENCRYPTED_LABEL, info.encrypt_with_params(scheme, passphrase))
        }
    };
    document
        .and_then(|d| d.to_pem(label, LineEnding::LF).map_err(pkcs8::Error::from))
        .map_err(|e| fault(format!("{e}")))
}

fn random<const N: usize>() -> Result<[u8; N], KeyFault> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(KeyFault::NoRandomness)?;
    Ok(bytes)
}
