//! How much anyone may ask for, and what else an open or a guarded door refuses, over real sockets.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpStream},
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

use countersign::fleet::{Fleet, one_validator};
use countersign_node::limits;

use crate::support::{Guarded, PATIENCE, set};

/// Sends bytes on a connection of its own and reads until the node closes it.
fn raw(node: &Guarded, bytes: &[u8]) -> String {
    let address = node.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    // What the node refuses early it does not read to the end.
    let _refused_early = stream.write_all(bytes);
    let mut answer = Vec::new();
    let mut part = [0; 4096];
    loop {
        match stream.read(&mut part) {
            Ok(0) => break,
            Ok(n) => answer.extend_from_slice(&part[..n]),
            Err(e) if e.kind() == std::io::ErrorKind::WouldBlock => panic!("still open: {e}"),
            Err(_) => break,
        }
    }
    let _closed = stream.shutdown(Shutdown::Both);
    String::from_utf8_lossy(&answer).into_owned()
}

fn request(lines: &str) -> Vec<u8> {
    format!("GET /livez HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n{lines}\r\n").into()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_gets_all_its_files_however_many_look_at_it() {
    let node = Guarded::start("api.requests_per_s_address = 1").await;
    let mut told_to_wait = 0;
    for _ in 0..40 {
        for file in ["/console/", "/console/seal.svg", "/console/customs"] {
            assert_eq!(node.get(file, None).await.0, 200, "{file}");
        }
        // What the page asks the node for counts as ever.
        told_to_wait += usize::from(node.get("/v1/genesis", None).await.0 == 429);
    }
    assert!(told_to_wait > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_too_often_is_told_when_to_come_back() {
    let rates = "api.requests_per_s_party = 1\napi.requests_per_s_address = 1";
    let node = Guarded::start(rates).await;
    let (bank, insurer) = (node.token("bank"), node.token("insurer"));
    let (http, url) = (node.http.clone(), node.url.clone());
    let ask = move |path: &'static str, address: &'static str, token: Option<String>| {
        let request = http.get(format!("{url}{path}"));
        let request = request.header("x-forwarded-for", address);
        let request = token.into_iter().fold(request, |r, token| r.bearer_auth(token));
        async move { request.send().await.unwrap() }
    };
    // Two may come at once; of many at once, most come too early whatever the machine.
    let many = |address: &'static str, token: Option<String>| {
        let ask = ask.clone();
        let asked = (0..40).map(move |_| ask("/v1/genesis", address, token.clone()));
        futures_all(asked)
    };
    for (address, token) in [("192.0.2.1", None), ("192.0.2.2", Some(bank.clone()))] {
        let answers = many(address, token).await;
        let taken = answers.iter().filter(|a| a.status() == 200).count();
        let refused: Vec<_> = answers.iter().filter(|a| a.status() == 429).collect();
        assert!(taken >= 1 && !refused.is_empty() && taken + refused.len() == 40, "{taken}");
        for answer in refused {
            let wait = answer.headers()["retry-after"].to_str().unwrap();
            assert!((1..=60).contains(&wait.parse::<u32>().unwrap()), "{wait}");
            assert_eq!(answer.headers()["content-type"], "application/problem+json");
        }
    }
    // Another address, another party: theirs is their own.
    assert_eq!(ask("/v1/genesis", "192.0.2.3", None).await.status(), 200);
    assert_eq!(ask("/v1/genesis", "192.0.2.2", Some(insurer)).await.status(), 200);
    // A party is the same party from wherever it asks; whoever tries tokens is an address.
    let answers = many("192.0.2.4", Some("00".into())).await;
    assert!(answers.iter().all(|a| [401, 429].contains(&a.status().as_u16())));
    assert!(answers.iter().any(|a| a.status() == 429));
    // What stands before the last address anybody may have written: it makes nobody another.
    let forged = (0..40).map(|i: u8| {
        let request = node.http.get(format!("{}/v1/genesis", node.url));
        let request = request.header("x-forwarded-for", format!("198.51.100.{i}, 192.0.2.5"));
        async move { request.send().await.unwrap() }
    });
    assert!(futures_all(forged).await.iter().any(|a| a.status() == 429));
}

/// All of these, at the same time.
async fn futures_all<T: Send + 'static>(
    all: impl Iterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let tasks: Vec<_> = all.map(tokio::spawn).collect();
    let mut done = Vec::new();
    for task in tasks {
        done.push(task.await.unwrap());
    }
    done
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_so_large_and_no_larger() {
    let node = Guarded::start("").await;
    let filler = |bytes: usize| format!("x-filler: {}\r\n", "a".repeat(bytes));
    let rows = [
        (filler(limits::HEADER_BYTES_MAX / 2), "200"),
        (filler(limits::HEADER_BYTES_MAX * 2), "431"),
        ("a: b\r\n".repeat(limits::HEADER_LINES_MAX / 2), "200"),
        ("a: b\r\n".repeat(limits::HEADER_LINES_MAX * 2), "431"),
    ];
    for (lines, status) in rows {
        let answer = tokio::task::block_in_place(|| raw(&node, &request(&lines)));
        // Whoever writes on while he is refused may lose the answer.
        let lost = status == "431" && answer.is_empty();
        let said = answer.starts_with(&format!("HTTP/1.1 {status}"));
        assert!(said || lost, "{status}: {answer:.200}");
    }
    let url = format!("{}/v1/entries", node.url);
    for (bytes, status) in [(limits::REQUEST_BYTES_MAX, 400), (limits::REQUEST_BYTES_MAX + 1, 413)]
    {
        let request = node.http.post(&url).header("content-type", "application/cose");
        let request = request.bearer_auth(node.token("bank")).body(vec![0; bytes]);
        assert_eq!(request.send().await.unwrap().status(), status, "{bytes} bytes");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_keeps_a_node_waiting_is_cut_off() {
    let node = Guarded::start("").await;
    tokio::task::block_in_place(|| {
        let whole = request("");
        assert!(raw(&node, &whole).starts_with("HTTP/1.1 200"));
        // A header that never ends: the node closes, or the read fails the test after a while.
        let begun = &whole[..whole.len() - 2];
        let answer = raw(&node, begun);
        assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn listeners_of_one_party_are_bounded() {
    let node = Guarded::start("").await;
    let listen = async |who: &str| {
        let request = node.http.get(format!("{}/v1/events", node.url));
        request.bearer_auth(node.token(who)).send().await.unwrap()
    };
    let mut open = Vec::new();
    for _ in 0..limits::LISTENERS_PER_PARTY_MAX {
        open.push(listen("bank").await);
    }
    assert!(open.iter().all(|r| r.status() == 200));
    assert_eq!(listen("bank").await.status(), 429);
    assert_eq!(listen("insurer").await.status(), 200);
    drop(open);
    // The node notices at its next word to them; batches come every few seconds.
    let again = async {
        while listen("bank").await.status() != 200 {
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(PATIENCE, again).await.expect("a place becomes free again");
}

#[tokio::test(flavor = "multi_thread")]
async fn sequences_of_one_party_are_bounded() {
    let node = Guarded::start("").await;
    let address = node.url.strip_prefix("http://").unwrap().to_owned();
    let begin = |who: &str| {
        let mut stream = TcpStream::connect(&address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let token = node.token(who);
        // A body that is announced and does not come.
        let head = format!(
            "POST /v1/entries/bulk HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {token}\r\n\
             content-type: application/cbor-seq\r\ncontent-length: 1\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream
    };
    let status = |stream: &mut TcpStream| {
        let mut line = [0; 12];
        stream.read_exact(&mut line).unwrap();
        String::from_utf8_lossy(&line).into_owned()
    };
    let finish = |mut stream: TcpStream| {
        // An empty text is a whole item, and no statement.
        stream.write_all(&[0x60]).unwrap();
        status(&mut stream)
    };
    tokio::task::block_in_place(|| {
        // They arrive in any order: of one too many, one is told to wait.
        let mut held: Vec<_> = (0..=limits::BULKS_PER_PARTY_MAX).map(|_| begin("bank")).collect();
        held.iter().for_each(|stream| stream.set_nonblocking(true).unwrap());
        let until = Instant::now() + PATIENCE;
        let told = loop {
            if let Some(told) = held.iter().position(|stream| stream.peek(&mut [0]).is_ok()) {
                break told;
            }
            assert!(Instant::now() < until, "nobody is told to wait");
            std::thread::yield_now();
        };
        held.iter().for_each(|stream| stream.set_nonblocking(false).unwrap());
        assert_eq!(status(&mut held.remove(told)), "HTTP/1.1 429");
        // Another party has its own, and whose are finished has them again.
        assert_eq!(finish(begin("insurer")), "HTTP/1.1 200");
        for stream in held {
            assert_eq!(finish(stream), "HTTP/1.1 200");
        }
        assert_eq!(finish(begin("bank")), "HTTP/1.1 200");
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_tells_a_browser_what_it_may_not_do() {
    let node = Guarded::start("").await;
    for (path, status) in [("/v1/genesis", 200), ("/verify", 200), ("/nowhere", 404)] {
        let (found, headers, _) = node.get(path, None).await;
        assert_eq!(found, status, "{path}");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["referrer-policy"], "no-referrer", "{path}");
        assert_eq!(headers["cache-control"], "no-store", "{path}");
        // Its own line has no TLS: the proxy is to say so.
        assert!(!headers.contains_key("strict-transport-security"), "{path}");
    }
    let url = format!("{}/v1/genesis", node.url);
    let answer = node.http.delete(url).send().await.unwrap();
    assert_eq!(answer.status(), 405);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    assert!(answer.headers().contains_key("allow"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_has_a_door_of_its_own_beside_a_guarded_one() {
    // A port that was free a moment ago.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let node = Guarded::start(&format!("api.operator_listen = \"{free}\"")).await;
    assert_eq!(node.get("/metrics", None).await.0, 401);
    let own = node.http.get(format!("http://{free}/metrics")).send().await.unwrap();
    assert_eq!(own.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_door_is_for_its_own_machine() {
    let folder = tempfile::tempdir().unwrap();
    let exe = Path::new(env!("CARGO_BIN_EXE_countersign"));
    let mut fleet =
        Fleet::found(exe, one_validator().unwrap(), &folder.path().join("network")).unwrap();
    fleet.start_all().await.unwrap();
    let (url, http) = (format!("{}/v1/parties", fleet.nodes()[0].url), reqwest::Client::new());
    let rows = [
        ("host", "127.0.0.1:1", 200),
        ("host", "localhost", 200),
        ("host", "[::1]:1", 200),
        ("host", "shunde-wharf:26657", 200),
        // A name in somebody's zone that points here: a page in a browser of this machine.
        ("host", "rebound.example:26657", 403),
        ("x-forwarded-for", "192.0.2.1", 403),
        ("forwarded", "for=192.0.2.1", 403),
        ("x-other", "192.0.2.1", 200),
    ];
    for (name, value, status) in rows {
        let answer = http.get(&url).header(name, value).send().await.unwrap();
        assert_eq!(answer.status(), status, "{name}: {value}");
    }
    let home = fleet.nodes()[0].home.clone();
    fleet.kill_all().await.unwrap();
    tokio::task::block_in_place(|| starts_guarded_or_not_at_all(exe, &home));
}

/// On an address that others reach: a sentence and exit code 2, or a door.
fn starts_guarded_or_not_at_all(exe: &Path, home: &Path) {
    let file = home.join("config/node.toml");
    let text = std::fs::read_to_string(&file).unwrap().replace("127.0.0.1:", "0.0.0.0:");

    std::fs::write(&file, text).unwrap();
    let run = || {
        let mut command = Command::new(exe);
        command.args(["node", "run", "--home"]).arg(home).stderr(Stdio::piped());
        command.stdout(Stdio::piped()).spawn().unwrap()
    };
    let output = run().wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    for word in ["api_listen", "api.certificate", "api.behind_proxy", "api.operator_only"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    set(home, "api.operator_only = true");
    let mut child = run();
    let mut line = [0; 9];
    child.stdout.as_mut().unwrap().read_exact(&mut line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(&line, b"listening");
}
