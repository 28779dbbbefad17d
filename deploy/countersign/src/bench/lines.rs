//! Long lines between nodes of one machine: what one node sends reaches the other so much later.
//!
//! Each node dials the others at ports of this process, which hands the bytes on. A line delays; it
//! neither loses nor limits, and it never reorders. Needs no rights.

use std::{net::Ipv4Addr, time::Duration};

use anyhow::Context as _;
use countersign::fleet::Fleet;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::mpsc,
    task::JoinSet,
    time::{Instant, sleep_until},
};

/// Bytes that are taken from a node at a time.
const PIECE_BYTES: usize = 64 * 1024;
/// Most pieces that are on their way in one direction; more wait at the node that sends them.
const PIECES_MAX: usize = 1024;

/// The lines of a network. They end when this goes.
pub(super) struct Lines {
    ports: Vec<u16>,
    /// Kept for its end, which aborts everything in it.
    _accepting: JoinSet<()>,
}

impl Lines {
    /// Lays a line between each node and each other one, and writes it into their settings.
    ///
    /// # Errors
    /// No port is free, or the settings cannot be written.
    pub(super) async fn lay(fleet: &Fleet, one_way: Duration) -> anyhow::Result<Self> {
        let (mut ports, mut accepting) = (Vec::new(), JoinSet::new());
        for node in fleet.nodes() {
            let file = node.home.join("config/node.toml");
            let mut settings = std::fs::read_to_string(&file)?;
            for other in fleet.nodes().iter().filter(|o| o.p2p_port != node.p2p_port) {
                let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
                let port = listener.local_addr()?.port();
                settings = redirected(&settings, other.p2p_port, port)
                    .with_context(|| format!("{} does not name {}", file.display(), other.slug))?;
                accepting.spawn(accept(listener, other.p2p_port, one_way));
                ports.push(port);
            }
            std::fs::write(&file, settings)?;
        }
        Ok(Self { ports, _accepting: accepting })
    }

    /// The ports at which the lines begin.
    pub(super) fn ports(&self) -> &[u16] {
        &self.ports
    }
}

/// The settings with another port for one of the other nodes; none where they do not name it.
fn redirected(settings: &str, from: u16, to: u16) -> Option<String> {
    let (from, to) = (format!("/tcp/{from}/p2p/"), format!("/tcp/{to}/p2p/"));
    settings.contains(&from).then(|| settings.replace(&from, &to))
}

async fn accept(listener: TcpListener, to: u16, one_way: Duration) {
    let mut connections = JoinSet::new();
    while let Ok((near, _)) = listener.accept().await {
        // A node that is not there closes the line: who dialled tries again.
        let Ok(far) = TcpStream::connect((Ipv4Addr::LOCALHOST, to)).await else { continue };
        // What is small must not wait for more: the delay is all that this adds.
        if near.set_nodelay(true).and_then(|()| far.set_nodelay(true)).is_err() {
            continue;
        }
        let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
        connections.spawn(carry(near_in, far_out, one_way));
        connections.spawn(carry(far_in, near_out, one_way));
        while connections.try_join_next().is_some() {}
    }
}

/// Hands on what comes, each piece so long after it came, until one side closes.
async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, one_way: Duration) {
    let (send, mut due) = mpsc::channel::<(Instant, Vec<u8>)>(PIECES_MAX);
    let taking = async move {
        let mut piece = vec![0; PIECE_BYTES];
        while let Ok(n @ 1..) = from.read(&mut piece).await {
            if send.send((Instant::now() + one_way, piece[..n].to_vec())).await.is_err() {
                return;
            }
        }
    };
    let giving = async move {
        while let Some((at, piece)) = due.recv().await {
            sleep_until(at).await;
            if to.write_all(&piece).await.is_err() {
                return;
            }
        }
    };
    tokio::join!(taking, giving);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_port_that_is_dialled_changes() {
        let settings = "p2p_listen = \"/ip4/127.0.0.1/tcp/26656\"\n\
            peers = [\n \"/ip4/127.0.0.1/tcp/26666/p2p/12D3\",\n]\n";
        let new = redirected(settings, 26666, 7001).expect("it is named");
        assert!(new.contains("/tcp/7001/p2p/12D3") && new.contains("/tcp/26656\""));
        assert_eq!(redirected(settings, 26656, 7001), None);
    }

    #[tokio::test]
    async fn bytes_arrive_whole_in_order_and_not_before_their_time() {
        let far = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let near = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let (at, to) = (near.local_addr().expect("bound"), far.local_addr().expect("bound"));
        let one_way = Duration::from_millis(20);
        let _line = tokio::spawn(accept(near, to.port(), one_way));
        let began = Instant::now();
        let mut caller = TcpStream::connect(at).await.expect("a line");
        let (mut called, _) = far.accept().await.expect("the other end");
        let sent: Vec<u8> = (0..200_000_u32).map(|i| i as u8).collect();
        caller.write_all(&sent).await.expect("sent");
        let mut got = vec![0; sent.len()];
        called.read_exact(&mut got).await.expect("arrived");
        assert_eq!(got, sent);
        assert!(began.elapsed() >= one_way);
        called.write_all(b"yes").await.expect("answered");
        let mut answer = [0; 3];
        caller.read_exact(&mut answer).await.expect("the answer");
        assert!(&answer == b"yes" && began.elapsed() >= 2 * one_way);
    }
}
