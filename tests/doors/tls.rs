//! A node that speaks TLS itself, its tokens on the command line, and a certificate that is changed
//! while it runs.

use std::{
    fs,
    io::Read as _,
    net::TcpStream,
    path::Path,
    process::{Command, Output, Stdio},
    time::Duration,
};

use countersign::fleet::{Fleet, one_validator};
use countersign_client::http::{Client, ClientFault};
use countersign_node::limits;

use crate::support::{PATIENCE, set};

const EXE: &str = env!("CARGO_BIN_EXE_countersign");

/// A certificate for this machine that answers for itself, and its key.
fn certificate(config: &Path, name: &str) {
    let settings = "[req]\ndistinguished_name = dn\nx509_extensions = ext\nprompt = no\n[dn]\n\
                    CN = localhost\n[ext]\nsubjectAltName = IP:127.0.0.1,DNS:localhost\n\
                    basicConstraints = critical,CA:FALSE\n";
    let file = config.join("openssl.cnf");
    fs::write(&file, settings).unwrap();
    let path = |ending: &str| config.join(format!("{name}.{ending}"));
    let output = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"])
        .args(["-nodes", "-days", "2", "-config"])
        .arg(file)
        .arg("-keyout")
        .arg(path("key"))
        .arg("-out")
        .arg(path("crt"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A process that is ended when the test ends.
struct Running(std::process::Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _reaped = self.0.wait();
    }
}

fn countersign(arguments: &[&str]) -> Output {
    Command::new(EXE)
        .args(arguments)
        .env_remove("COUNTERSIGN_TOKEN")
        .env_remove("COUNTERSIGN_GENESIS")
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_go_over_tls_and_only_over_tls() {
    let folder = tempfile::tempdir().unwrap();
    let network = folder.path().join("network");
    let fleet = Fleet::found(Path::new(EXE), one_validator().unwrap(), &network).unwrap();
    let node = &fleet.nodes()[0];
    let config = node.home.join("config");
    certificate(&config, "api");
    set(
        &node.home,
        "api.certificate = \"config/api.crt\"\napi.certificate_key = \"config/api.key\"\n\
         api.requests_per_s_address = 1000000",
    );
    let mut command = Command::new(EXE);
    command.args(["node", "run", "--home"]).arg(&node.home);
    let _running = Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());

    let url = node.url.replace("http://", "https://");
    let authority = fs::read_to_string(config.join("api.crt")).unwrap();
    let client = Client::trusting(&url, Some(&authority)).unwrap();
    live(&client).await;
    // Whoever does not know the certificate does not talk to it.
    let stranger = Client::new(&url).unwrap().json("/v1/status").await;
    assert!(matches!(stranger, Err(ClientFault::Unreachable { .. })), "{stranger:?}");
    let headers = reqwest::Client::builder()
        .add_root_certificate(reqwest::Certificate::from_pem(authority.as_bytes()).unwrap())
        .build()
        .unwrap();
    let answer = headers.get(format!("{url}/v1/status")).send().await.unwrap();
    assert_eq!(answer.headers()["strict-transport-security"], "max-age=31536000");

    let path = |path: &Path| path.to_str().unwrap().to_owned();
    let (ca, genesis) = (path(&config.join("api.crt")), path(fleet.genesis_file()));
    let key = path(&network.join("bank/keys/entry.pem"));
    tokio::task::block_in_place(|| commands(folder.path(), &url, &ca, &genesis, &key));
    too_many_connections(&url);

    // Another certificate takes its place while the node runs.
    certificate(&config, "new");
    fs::rename(config.join("new.key"), config.join("api.key")).unwrap();
    fs::rename(config.join("new.crt"), config.join("api.crt")).unwrap();
    let authority = fs::read_to_string(config.join("api.crt")).unwrap();
    live(&Client::trusting(&url, Some(&authority)).unwrap()).await;
    // A broken one does not.
    fs::write(config.join("api.crt"), "nonsense").unwrap();
    live(&Client::trusting(&url, Some(&authority)).unwrap()).await;
}

async fn live(client: &Client) {
    let wait = async {
        while client.json("/v1/status").await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.expect("the node answers");
}

/// What a party types.
fn commands(folder: &Path, url: &str, ca: &str, genesis: &str, key: &str) {
    let shown = |token: &[&str]| {
        let asked = ["show", "parties", "--node", url, "--ca-file", ca];
        countersign(&[&asked[..], token].concat())
    };
    let without = shown(&[]);
    assert_eq!(without.status.code(), Some(1), "{}", said(&without));
    assert!(said(&without).contains("countersign token new"), "{}", said(&without));
    let made = countersign(&["token", "new", "--key", key, "--genesis", genesis]);
    assert_eq!(made.status.code(), Some(0), "{}", said(&made));
    let file = folder.join("token");
    fs::write(&file, &made.stdout).unwrap();
    let with = shown(&["--token-file", file.to_str().unwrap()]);
    assert_eq!(with.status.code(), Some(0), "{}", said(&with));
    assert!(said(&with).contains("91440101MA7DEM059P"));
    // Not without the founding document's word for which network it is.
    let none = countersign(&["token", "new", "--key", key]);
    assert_eq!((none.status.code(), said(&none).contains("--genesis")), (Some(2), true));
    let long = ["token", "new", "--key", key, "--genesis", genesis, "--hours", "25"];
    assert_eq!(countersign(&long).status.code(), Some(2));
    // Never over a line that others can read: nobody is asked at this address.
    let plain = ["show", "parties", "--node", "http://192.0.2.1:9", "--token-file"];
    let exposed = countersign(&[&plain[..], &[file.to_str().unwrap()]].concat());
    assert_eq!(exposed.status.code(), Some(2), "{}", said(&exposed));
    assert!(said(&exposed).contains("speaks no TLS"), "{}", said(&exposed));
}

/// One address has so many connections and no more.
fn too_many_connections(url: &str) {
    let address = url.strip_prefix("https://").unwrap();
    let connect = || TcpStream::connect(address).unwrap();
    let open: Vec<_> = (0..=limits::CONNECTIONS_PER_ADDRESS_MAX).map(|_| connect()).collect();
    // The node closes the one too many at once; the first still waits to shake hands.
    let is_closed = |mut stream: &TcpStream, wait: Duration| {
        stream.set_read_timeout(Some(wait)).unwrap();
        match stream.read(&mut [0]) {
            Ok(read) => read == 0,
            Err(e) => e.kind() == std::io::ErrorKind::ConnectionReset,
        }
    };
    assert!(is_closed(&open[open.len() - 1], limits::HANDSHAKE_MAX / 2), "one too many was let in");
    assert!(!is_closed(&open[0], Duration::from_millis(1)), "the first was closed");
}
