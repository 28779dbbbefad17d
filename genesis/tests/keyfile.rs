//! Keys on disk: they read back, OpenSSL reads them, and every fault has its sentence.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::{
    fs::{self, Permissions},
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use countersign_genesis::keyfile::{self, KeyFault};
use pkcs8::{LineEnding, SecretDocument};
use tempfile::TempDir;

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("entry.pem");
    (folder, file)
}

fn put(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn a_key_reads_back_with_its_passphrase_only() {
    let (_folder, file) = folder();
    let key = keyfile::generate().unwrap();
    keyfile::write(&file, &key, Some("港口 passphrase")).unwrap();
    assert!(keyfile::is_encrypted(&file).unwrap());
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o7777, 0o600);
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));

    assert_eq!(keyfile::load(&file, Some("港口 passphrase")).unwrap(), key);
    let fault = keyfile::load(&file, Some("wrong")).unwrap_err();
    assert_eq!(fault.to_string(), format!("the passphrase does not open {}", file.display()));
    assert!(matches!(keyfile::load(&file, None), Err(KeyFault::PassphraseNeeded(_))));
}

/// Some wrong passphrases leave a padding that looks right: they must be told apart from damage.
#[test]
fn many_wrong_passphrases_are_all_called_wrong() {
    let (_folder, file) = folder();
    keyfile::write(&file, &keyfile::generate().unwrap(), Some("right")).unwrap();
    for i in 0..60 {
        let fault = keyfile::load(&file, Some(&format!("wrong {i}"))).unwrap_err();
        assert!(matches!(fault, KeyFault::WrongPassphrase(_)), "{fault}");
    }
}

/// Who spoilt a file would choose what opening it costs, and a cost of nothing is no number either.
#[test]
fn a_passphrase_that_asks_for_too_much_is_not_tried() {
    let (_folder, plain) = folder();
    keyfile::write(&plain, &keyfile::generate().unwrap(), None).unwrap();
    let sealed = |how: &[&str]| {
        let mut openssl = Command::new("openssl");
        openssl.args(["pkcs8", "-topk8", "-passout", "pass:open", "-in"]).arg(&plain).args(how);
        let output = openssl.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let open = |pem: &str| keyfile::parse(Path::new("x.pem"), pem, Some("open"));
    // The same file with one number in it changed.
    let changed = |pem: &str, from: &[u8], to: &[u8]| {
        let document = SecretDocument::from_pem(pem).unwrap().1;
        let mut der = document.as_bytes().to_vec();
        let at = der.windows(from.len()).position(|w| w == from).unwrap();
        der.splice(at..at + from.len(), to.iter().copied());
        let document = SecretDocument::try_from(&der[..]).unwrap();
        document.to_pem("ENCRYPTED PRIVATE KEY", LineEnding::LF).unwrap().to_string()
    };
    let cost = |n: &str| sealed(&["-scrypt", "-scrypt_N", n, "-scrypt_r", "8", "-scrypt_p", "1"]);
    let rounds = |n: &str| sealed(&["-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA256", "-iter", n]);
    let (usual, cheap, counted) = (cost("16384"), cost("2"), rounds("65536"));
    for pem in [&usual, &cheap, &counted] {
        assert!(open(pem).is_ok());
    }
    let (cost, blocks) = ([2, 2, 0x40, 0, 2, 1, 8], [2, 1, 2, 2, 1, 8]);
    for (pem, from, to, word) in [
        (&usual, &cost[..], &[2, 2, 0x40, 0, 2, 1, 0x7f][..], "asks scrypt for 266338304 bytes"),
        (&cheap, &blocks, &[2, 1, 0, 2, 1, 8], "asks scrypt for 0 bytes"),
        (&cheap, &blocks, &[2, 1, 3, 2, 1, 8], "a power of two"),
        (&counted, &[2, 3, 1, 0, 0], &[2, 3, 0x7f, 0, 0], "asks for 8323072 rounds"),
    ] {
        let fault = open(&changed(pem, from, to)).unwrap_err().to_string();
        assert!(fault.starts_with("x.pem is not a private key") && fault.contains(word), "{fault}");
    }
}

#[test]
fn a_plain_key_reads_back_with_and_without_a_passphrase() {
    let (_folder, file) = folder();
    let key = keyfile::generate().unwrap();
    keyfile::write(&file, &key, None).unwrap();
    assert!(!keyfile::is_encrypted(&file).unwrap());
    assert_eq!(keyfile::load(&file, None).unwrap(), key);
    assert_eq!(keyfile::load(&file, Some("not needed")).unwrap(), key);
}

#[test]
fn every_fault_has_its_sentence() {
    let (_folder, file) = folder();
    let key = keyfile::generate().unwrap();
    let sentence = |outcome: Result<_, KeyFault>| outcome.map(|_: ()| ()).unwrap_err().to_string();
    let load = || keyfile::load(&file, Some("p")).map(|_| ());

    assert!(sentence(load()).contains("there is no key file"));
    assert!(sentence(keyfile::write(&file, &key, Some(""))).contains("is empty"));
    assert!(!file.exists());
    keyfile::write(&file, &key, None).unwrap();
    assert!(sentence(keyfile::write(&file, &key, None)).contains("is not overwritten"));

    for mode in [0o604, 0o602, 0o644, 0o660, 0o666] {
        fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
        let fault = sentence(load());
        assert!(fault.contains("chmod 600") && fault.contains(&format!("{mode:04o}")), "{fault}");
    }
    for mode in [0o600, 0o400, 0o440, 0o640] {
        fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
        load().unwrap();
    }

    put(&file, "not a key");
    assert!(sentence(load()).contains("is not a private key in PKCS#8"));
    put(&file, "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n");
    assert!(sentence(load()).contains("found 'CERTIFICATE'"));
    put(&file, "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n");
    assert!(sentence(load()).contains("is not a private key in PKCS#8"));
    fs::write(&file, [0xff, 0xfe]).unwrap();
    assert!(sentence(load()).contains("it is not text"));
}

fn openssl(arguments: &[&str]) -> Option<std::process::Output> {
    Command::new("openssl").args(arguments).output().ok()
}

#[test]
fn openssl_reads_our_keys_and_we_read_its() {
    if openssl(&["version"]).is_none() {
        assert!(std::env::var("CI").is_err(), "openssl is needed in CI");
        // Past the harness, which hides what a passing test prints.
        std::io::stderr().write_all(b"SKIPPED: openssl is not on the PATH\n").unwrap();
        return;
    }
    let (folder, file) = folder();
    let key = keyfile::generate().unwrap();
    keyfile::write(&file, &key, Some("secret words")).unwrap();
    let input = file.to_str().unwrap();
    let public =
        ["pkey", "-in", input, "-passin", "pass:secret words", "-pubout", "-outform", "DER"];
    let read = openssl(&public).unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    assert_eq!(&read.stdout[read.stdout.len() - 32..], key.verifying_key().as_bytes());

    let path = |name: &str| folder.path().join(name);
    let theirs = |name: &str, arguments: &[&str]| {
        let out = path(name);
        let made = [arguments, &["-out", out.to_str().unwrap()]].concat();
        let made = openssl(&made).unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        fs::set_permissions(&out, Permissions::from_mode(0o600)).unwrap();
        out
    };
    let plain = theirs("plain.pem", &["genpkey", "-algorithm", "ed25519"]);
    let key = keyfile::load(&plain, None).unwrap();
    let encrypt = ["pkcs8", "-topk8", "-in", plain.to_str().unwrap(), "-passout", "pass:words"];
    let encrypted = theirs("encrypted.pem", &encrypt);
    assert_eq!(keyfile::load(&encrypted, Some("words")).unwrap(), key);
    let scrypt = theirs("scrypt.pem", &[&encrypt[..], &["-scrypt"]].concat());
    assert_eq!(keyfile::load(&scrypt, Some("words")).unwrap(), key);

    let other = theirs("x25519.pem", &["genpkey", "-algorithm", "x25519"]);
    let fault = keyfile::load(&other, None).unwrap_err();
    assert!(fault.to_string().contains("1.3.101.110, expected Ed25519"), "{fault}");
}
