//! Clients that keep a door waiting, over real sockets and with small bounds: each is cut off, and
//! beside him somebody who does what he should is answered.

use std::{path::Path, process::Command, sync::Mutex};

use axum::routing::get;
use bytes::Bytes;
use futures::stream;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    sync::oneshot,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{
        ClientConfig, RootCertStore, crypto,
        pki_types::{CertificateDer, ServerName, pem::PemObject as _},
    },
};

use super::*;
use crate::runtime::config::ApiConfig;

/// Until when something must have happened that takes a second on a fast machine.
const PATIENCE: Duration = Duration::from_secs(120);
/// What a test makes small.
const SHORT: Duration = Duration::from_secs(1);
/// No buffer between two sockets of one machine holds so much.
const CHUNKS: usize = 1024;
const CHUNK: Bytes = Bytes::from_static(&[b'x'; 64 * 1024]);

/// Told when an answer is given up, or has been sent.
struct Gone(Option<oneshot::Sender<()>>);

impl Drop for Gone {
    fn drop(&mut self) {
        if let Some(told) = self.0.take() {
            let _nobody_waits = told.send(());
        }
    }
}

/// A door with two routes: a word, and an answer of 64 MiB that tells when it is over.
async fn open(door: Door, bounds: Bounds) -> (SocketAddr, oneshot::Receiver<()>) {
    let (told, over) = oneshot::channel();
    let told = Arc::new(Mutex::new(Some(told)));
    let long = move || {
        let gone = Gone(told.lock().unwrap().take());
        async move {
            Body::from_stream(stream::unfold((CHUNKS, gone), |(left, gone)| async move {
                (left > 0).then(|| (Ok::<_, Infallible>(CHUNK), (left - 1, gone)))
            }))
        }
    };
    let router = Router::new().route("/word", get(|| async { "word" })).route("/long", get(long));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(accept(listener, Arc::new(door), router, bounds, CancellationToken::new()));
    (address, over)
}

fn request(path: &str, connection: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: {connection}\r\n\r\n").into_bytes()
}

/// Reads until the other side ends the connection, one way or the other; how many bytes came.
async fn read_all(stream: &mut (impl AsyncRead + Unpin)) -> usize {
    let (mut part, mut length) = (vec![0; 64 * 1024], 0);
    let reads = async {
        while let Ok(n @ 1..) = stream.read(&mut part).await {
            length += n;
        }
    };
    timeout(PATIENCE, reads).await.expect("the connection is ended");
    length
}

/// Whether a connection is answered: somebody else may hold the last place for a moment.
async fn is_answered(address: SocketAddr) -> bool {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(&request("/word", "close")).await.is_ok() && read_all(&mut stream).await > 0
}

#[tokio::test]
async fn who_does_not_read_his_answer_is_cut_off() {
    // Who reads is given the time that a slow machine needs.
    let (address, over) = open(Door::Open, Bounds::default()).await;
    let mut reader = TcpStream::connect(address).await.unwrap();
    reader.write_all(&request("/long", "close")).await.unwrap();
    assert!(read_all(&mut reader).await > CHUNKS * CHUNK.len());
    over.await.unwrap();

    let bounds = Bounds { write_stall: SHORT, ..Bounds::default() };
    let (address, over) = open(Door::Open, bounds).await;
    let mut staller = TcpStream::connect(address).await.unwrap();
    staller.write_all(&request("/long", "close")).await.unwrap();
    timeout(PATIENCE, over).await.expect("the answer is given up").unwrap();
    // What was under way is still there, the whole is not.
    assert!(read_all(&mut staller).await < CHUNKS * CHUNK.len());
}

#[tokio::test]
async fn who_says_nothing_after_an_answer_is_cut_off() {
    let (address, _) = open(Door::Open, Bounds { header: SHORT, ..Bounds::default() }).await;
    // On a slow machine one may be cut off before he has asked; not one after the other.
    let answered = async {
        loop {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let asked = stream.write_all(&request("/word", "keep-alive")).await.is_ok();
            // It ends although the client keeps the connection.
            if asked && read_all(&mut stream).await > 0 {
                return;
            }
        }
    };
    timeout(PATIENCE, answered).await.expect("an answer comes");
    // Nor has anybody longer who never began.
    assert_eq!(read_all(&mut TcpStream::connect(address).await.unwrap()).await, 0);
}

#[tokio::test]
async fn the_sum_of_connections_is_bounded_and_a_place_is_free_again() {
    let bounds = Bounds { connections: 2, ..Bounds::default() };
    let (address, _) = open(Door::Open, bounds).await;
    let connect = || async { TcpStream::connect(address).await.unwrap() };
    let mut held = [connect().await, connect().await];
    // Accepted in order: when the third is refused, the two before it have their places.
    assert_eq!(read_all(&mut connect().await).await, 0);
    for stream in &mut held {
        stream.write_all(&request("/word", "keep-alive")).await.unwrap();
        assert_eq!(timeout(PATIENCE, stream.read_u8()).await.unwrap().unwrap(), b'H');
    }
    assert!(!is_answered(address).await);
    drop(held);
    let freed = async {
        while !is_answered(address).await {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, freed).await.expect("the places are free again");
}

/// A certificate of this machine that answers for itself.
fn certificate(folder: &Path) {
    let settings = "[req]\ndistinguished_name = dn\nx509_extensions = ext\nprompt = no\n[dn]\n\
                    CN = localhost\n[ext]\nsubjectAltName = DNS:localhost\n\
                    basicConstraints = critical,CA:FALSE\n";
    std::fs::write(folder.join("cnf"), settings).unwrap();
    let mut openssl = Command::new("openssl");
    openssl.current_dir(folder).args(["req", "-x509", "-newkey", "ec", "-nodes", "-days", "2"]);
    openssl.args(["-pkeyopt", "ec_paramgen_curve:prime256v1", "-config", "cnf"]);
    let output = openssl.args(["-keyout", "api.key", "-out", "api.crt"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A door with this certificate.
fn door(folder: &Path) -> Door {
    let config = ApiConfig {
        certificate: Some("api.crt".into()),
        certificate_key: Some("api.key".into()),
        ..ApiConfig::default()
    };
    Door::of(&config, "127.0.0.1:1".parse().unwrap(), folder).unwrap()
}

#[tokio::test]
async fn who_does_not_finish_his_handshake_is_cut_off_however_he_draws_it_out() {
    let folder = tempfile::tempdir().unwrap();
    let bounds = Bounds { handshake: SHORT, ..Bounds::default() };
    certificate(folder.path());
    let (address, _) = open(door(folder.path()), bounds).await;
    let mut silent = TcpStream::connect(address).await.unwrap();
    assert_eq!(read_all(&mut silent).await, 0);
    // A record of a handshake of 8 KiB, a byte now and then: each byte is progress, the bound is on
    // the whole.
    let (mut reading, mut writing) = TcpStream::connect(address).await.unwrap().into_split();
    let drip = tokio::spawn(async move {
        let hello = [0x16, 3, 1, 0x20, 0, 1, 0, 0x1f, 0xfc].into_iter().chain(std::iter::repeat(0));
        for byte in hello {
            if writing.write_all(&[byte]).await.is_err() {
                return;
            }
            tokio::time::sleep(SHORT / 50).await;
        }
    });
    assert_eq!(read_all(&mut reading).await, 0);
    drip.abort();

    let (address, _) = open(door(folder.path()), Bounds::default()).await;
    let mut roots = RootCertStore::empty();
    let own = CertificateDer::from_pem_file(folder.path().join("api.crt")).unwrap();
    roots.add(own).unwrap();
    let client = ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let mut stream = TlsConnector::from(Arc::new(client)).connect(name, stream).await.unwrap();
    stream.write_all(&request("/word", "close")).await.unwrap();
    assert!(read_all(&mut stream).await > 0);
}
