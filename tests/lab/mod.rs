//! A network that is bad on purpose: each node in a network namespace of its own, whose only way
//! out is a TUN device, and this process between the devices, which delays, loses and holds back
//! packets. What is lost, the kernels' own TCP sends again. Needs the right to make namespaces.

use std::{
    fs::File,
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream},
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
        mpsc as blocking,
    },
    time::Duration,
};

use countersign::fleet::{Fleet, Place};
use nix::sched::{CloneFlags, setns};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinSet,
    time::{Instant, sleep_until},
};
use tokio_tun::Tun;

/// Largest packet on a line, bytes.
const MTU: usize = 1400;
/// Packets that may be under way to one node; a line holds no more.
const LINE_PACKETS: usize = 8192;

/// How the lines are now.
#[derive(Clone, Debug, Default)]
pub(crate) struct Weather {
    /// How long each packet takes.
    pub(crate) delay: Duration,
    /// Of a hundred packets, so many are lost.
    pub(crate) loss_percent: u32,
    /// The side that each node is on; nothing passes between two sides. Empty: one side.
    pub(crate) sides: Vec<usize>,
}

/// The namespaces and the lines between them. Everything ends with it.
pub(crate) struct Lab {
    spaces: Vec<Space>,
    weather: Arc<Mutex<Weather>>,
    tasks: JoinSet<()>,
}

/// A namespace, and the thread that lives in it.
struct Space {
    netns: String,
    host: Ipv4Addr,
    connect: blocking::Sender<Call>,
}

/// Somebody wants a connection to the loopback of a namespace.
type Call = (SocketAddr, oneshot::Sender<std::io::Result<TcpStream>>);

impl Lab {
    /// Namespaces for so many nodes, in good weather; `None`, and a line that says so, without the
    /// rights or the devices.
    pub(crate) fn build(nodes: usize, seed: u64) -> Option<Self> {
        match Self::try_build(nodes, seed) {
            Ok(lab) => Some(lab),
            Err(why) => {
                use std::io::Write as _;
                // Past the test harness, so that it is seen.
                let _unseen = writeln!(
                    std::io::stderr(),
                    "SKIPPED: a network of namespaces needs rights that are not here: {why}"
                );
                None
            }
        }
    }

    fn try_build(nodes: usize, seed: u64) -> Result<Self, String> {
        let mut lab = Self { spaces: Vec::new(), weather: Arc::default(), tasks: JoinSet::new() };
        let mut devices = Vec::new();
        for i in 0..nodes {
            // Whatever was made before a failure is taken away with the half-built lab.
            let (space, device) = Space::open(u8::try_from(i + 1).unwrap())?;
            lab.spaces.push(space);
            devices.push(Arc::new(device));
        }
        let mut lines = Vec::new();
        for device in &devices {
            let (line, packets) = mpsc::channel(LINE_PACKETS);
            lab.tasks.spawn(deliver(device.clone(), packets));
            lines.push(line);
        }
        for (from, device) in devices.into_iter().enumerate() {
            let rng = fastrand::Rng::with_seed(seed.wrapping_add(from as u64));
            lab.tasks.spawn(carry(from, device, lines.clone(), lab.weather.clone(), rng));
        }
        Ok(lab)
    }

    /// Where the nodes live.
    pub(crate) fn places(&self) -> Vec<Place> {
        let place =
            |space: &Space| Place { netns: space.netns.clone(), host: IpAddr::V4(space.host) };
        self.spaces.iter().map(place).collect()
    }

    /// Another weather from now on.
    pub(crate) fn set(&self, weather: Weather) {
        *self.weather.lock().unwrap() = weather;
    }

    /// Parts the nodes into sides.
    pub(crate) fn part(&self, sides: &[usize]) {
        self.weather.lock().unwrap().sides = sides.to_vec();
    }

    /// Puts the sides together again.
    pub(crate) fn heal(&self) {
        self.part(&[]);
    }

    /// Hands on what comes to the nodes' HTTP ports here to the loopbacks of their namespaces: an
    /// operator sits at the machine itself, whatever the weather between the machines.
    pub(crate) async fn open_doors(&mut self, fleet: &Fleet) {
        for (node, space) in fleet.nodes().iter().zip(&self.spaces) {
            let address: SocketAddr = node.url.replace("http://", "").parse().unwrap();
            let door = tokio::net::TcpListener::bind(address).await.unwrap();
            let connect = space.connect.clone();
            self.tasks.spawn(async move {
                while let Ok((caller, _)) = door.accept().await {
                    tokio::spawn(hand_on(caller, address, connect.clone()));
                }
            });
        }
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        self.tasks.abort_all();
        for space in &self.spaces {
            let _left_behind = ip(&["netns", "del", &space.netns]);
        }
    }
}

impl Space {
    fn open(number: u8) -> Result<(Self, Tun), String> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let made = MADE.fetch_add(1, Ordering::Relaxed);
        let netns = format!("countersign-{}-{made}", std::process::id());
        ip(&["netns", "add", &netns])?;
        let host = Ipv4Addr::new(10, 77, 0, number);
        let (connect, calls) = blocking::channel::<Call>();
        let space = Self { netns: netns.clone(), host, connect };
        let (made, device) = blocking::channel();
        let runtime = tokio::runtime::Handle::current();
        std::thread::spawn(move || {
            // The device is read by the runtime of the test.
            let entered_runtime = runtime.enter();
            let entered = enter(&netns).and_then(|()| wire(host));
            let ready = entered.is_ok();
            drop(entered_runtime);
            if made.send(entered).is_err() || !ready {
                return;
            }
            // A socket belongs to the namespace of the thread that made it, whoever uses it.
            for (address, answer) in calls {
                let _caller_gone = answer.send(TcpStream::connect(address));
            }
        });
        match device.recv() {
            Ok(Ok(device)) => Ok((space, device)),
            failed => {
                let _left_behind = ip(&["netns", "del", &space.netns]);
                Err(failed.map_err(|e| e.to_string()).and_then(|d| d.map(drop)).unwrap_err())
            }
        }
    }
}

/// Moves this thread into a namespace; what it starts from now on lives there as well.
fn enter(netns: &str) -> Result<(), String> {
    let file = File::open(format!("/run/netns/{netns}")).map_err(|e| e.to_string())?;
    setns(file, CloneFlags::CLONE_NEWNET).map_err(|e| format!("setns: {e}"))
}

/// The line of the namespace that this thread lives in.
fn wire(host: Ipv4Addr) -> Result<Tun, String> {
    let made = Tun::builder().name("line").build();
    let mut made = made.map_err(|e| format!("a TUN device: {e}"))?;
    let device = made.pop().ok_or("no TUN device was made")?;
    ip(&["link", "set", "lo", "up"])?;
    ip(&["addr", "add", &format!("{host}/24"), "dev", "line"])?;
    ip(&["link", "set", "line", "mtu", &MTU.to_string(), "up"])?;
    Ok(device)
}

fn ip(arguments: &[&str]) -> Result<(), String> {
    let output = Command::new("ip").args(arguments).output().map_err(|e| format!("ip: {e}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    output.status.success().then_some(()).ok_or_else(|| format!("ip {arguments:?}: {said}"))
}

/// Takes the packets of one node and decides what becomes of each.
async fn carry(
    from: usize,
    device: Arc<Tun>,
    lines: Vec<mpsc::Sender<(Instant, Vec<u8>)>>,
    weather: Arc<Mutex<Weather>>,
    mut rng: fastrand::Rng,
) {
    let mut buffer = vec![0; 2 * MTU];
    while let Ok(length) = device.recv(&mut buffer).await {
        let packet = &buffer[..length];
        // IPv4 alone is routed; the last byte of the destination is the node's number.
        if length < 20 || packet[0] >> 4 != 4 {
            continue;
        }
        let Some(to) = usize::from(packet[19]).checked_sub(1).filter(|to| *to < lines.len()) else {
            continue;
        };
        let now = weather.lock().unwrap().clone();
        let parted = now.sides.get(from) != now.sides.get(to);
        if !parted && rng.u32(0..100) >= now.loss_percent {
            let _full = lines[to].try_send((Instant::now() + now.delay, packet.to_vec()));
        }
    }
}

/// Hands packets to a node when they are due.
async fn deliver(device: Arc<Tun>, mut packets: mpsc::Receiver<(Instant, Vec<u8>)>) {
    while let Some((due, packet)) = packets.recv().await {
        sleep_until(due).await;
        let _lost = device.send(&packet).await;
    }
}

async fn hand_on(
    mut caller: tokio::net::TcpStream,
    address: SocketAddr,
    connect: blocking::Sender<Call>,
) {
    let (answer, connected) = oneshot::channel();
    // A node that does not run refuses, and the caller is let go.
    if connect.send((address, answer)).is_ok()
        && let Ok(Ok(stream)) = connected.await
        && stream.set_nonblocking(true).is_ok()
        && let Ok(mut node) = tokio::net::TcpStream::from_std(stream)
    {
        let _ended = tokio::io::copy_bidirectional(&mut caller, &mut node).await;
    }
}
