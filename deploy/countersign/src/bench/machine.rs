//! What the operating system says: the machine, the processes, the folders.

use std::{fs, path::Path};

use anyhow::Context as _;
use serde::Serialize;

/// Ticks in which Linux counts the time of processes: 100 a second on every machine that it
/// shows to programs.
const TICKS_PER_S: f64 = 100.0;

/// The machine that the figures belong to.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Machine {
    /// The processor as it names itself.
    pub(super) cpu: String,
    /// Cores that this process may use.
    pub(super) cores: usize,
    /// Memory, MiB.
    pub(super) memory_mib: u64,
    /// The kernel's version.
    pub(super) kernel: String,
    /// The file system under the nodes' data.
    pub(super) filesystem: String,
    /// Processes that wanted to run in the minute before: more than a little and the rates are
    /// those of a busy machine.
    pub(super) load_before: f64,
}

impl Machine {
    /// Looks at this machine; `folder` is where the nodes write.
    pub(super) fn look(folder: &Path) -> Self {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let cpu =
            value_of(&read("/proc/cpuinfo"), "model name").unwrap_or_else(|| "unknown".into());
        let load = read("/proc/loadavg");
        Self {
            cpu,
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_mib: kib_of(&read("/proc/meminfo"), "MemTotal").unwrap_or_default() / 1024,
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
            filesystem: filesystem_of(&read("/proc/self/mounts"), folder),
            load_before: load.split(' ').next().and_then(|l| l.parse().ok()).unwrap_or_default(),
        }
    }
}

impl std::fmt::Display for Machine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (cpu, cores, memory, kernel) = (&self.cpu, self.cores, self.memory_mib, &self.kernel);
        let (filesystem, load) = (&self.filesystem, self.load_before);
        write!(
            f,
            "{cpu}, {cores} cores, {memory} MiB, Linux {kernel}, {filesystem}, load {load} before"
        )
    }
}

/// The value of the first line `name : value`.
fn value_of(text: &str, name: &str) -> Option<String> {
    text.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(key, _)| key.trim() == name)
        .map(|(_, value)| value.trim().to_owned())
}

fn kib_of(text: &str, name: &str) -> Option<u64> {
    value_of(text, name)?.split(' ').next()?.parse().ok()
}

/// The type of the file system whose mount point is the longest beginning of the folder.
fn filesystem_of(mounts: &str, folder: &Path) -> String {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    mounts
        .lines()
        .filter_map(|line| {
            let mut fields = line.split(' ').skip(1);
            Some((fields.next()?, fields.next()?))
        })
        .filter(|(point, _)| folder.starts_with(point))
        .max_by_key(|(point, _)| point.len())
        .map_or_else(|| "unknown".into(), |(_, kind)| kind.to_owned())
}

/// Seconds of processor time that a process has used, user and system together.
///
/// # Errors
/// The process is gone, or this is not Linux.
pub(super) fn cpu_seconds(pid: u32) -> anyhow::Result<f64> {
    let path = format!("/proc/{pid}/stat");
    let text = fs::read_to_string(&path)
        .with_context(|| format!("{path} cannot be read: the benchmark needs Linux"))?;
    let ticks = ticks_of(&text).with_context(|| format!("{path} has another form"))?;
    Ok(ticks as f64 / TICKS_PER_S)
}

/// User and system ticks of a line of `/proc/PID/stat`. The name in parentheses may hold anything.
fn ticks_of(stat: &str) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(')')?;
    // What follows is the third field; the ticks are the fourteenth and the fifteenth.
    let mut ticks = fields.split_whitespace().skip(11).map(|f| f.parse::<u64>().ok());
    ticks.next()??.checked_add(ticks.next()??)
}

/// The processes that a process has started and that have not ended, and its ticks with those of the
/// ones that have.
struct Kin {
    parent: u32,
    own: u64,
    ended: u64,
}

impl Kin {
    fn of(pid: u32) -> Option<Self> {
        Self::read(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
    }

    fn read(stat: &str) -> Option<Self> {
        let (_, fields) = stat.rsplit_once(')')?;
        let fields: Vec<_> = fields.split_whitespace().collect();
        let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
        Some(Self {
            parent: u32::try_from(number(1)?).ok()?,
            own: number(11)?.checked_add(number(12)?)?,
            ended: number(13)?.checked_add(number(14)?)?,
        })
    }
}

/// The processes that a process has started and that have not ended.
pub(super) fn children(pid: u32) -> Vec<u32> {
    let Ok(items) = fs::read_dir("/proc") else { return Vec::new() };
    let all = items.flatten().filter_map(|i| i.file_name().to_str()?.parse().ok());
    all.filter(|child| Kin::of(*child).is_some_and(|k| k.parent == pid)).collect()
}

/// Seconds of processor time of a process and of all that it has ever started, ended or not. It is
/// right while none of them ends.
///
/// # Errors
/// The process is gone, or this is not Linux.
pub(super) fn family_cpu_seconds(pid: u32) -> anyhow::Result<f64> {
    let head = Kin::of(pid).with_context(|| format!("process {pid} is gone"))?;
    let live = children(pid).into_iter().filter_map(Kin::of).map(|k| k.own + k.ended);
    Ok((head.own + head.ended + live.sum::<u64>()) as f64 / TICKS_PER_S)
}

/// Nanoseconds that the calling thread was on a core: what a neighbour takes is not in it.
pub(super) fn thread_cpu_ns() -> Option<u64> {
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok()
}

/// The most memory that a process has had resident, MiB.
///
/// # Errors
/// The process is gone, or this is not Linux.
pub(super) fn peak_rss_mib(pid: u32) -> anyhow::Result<f64> {
    let path = format!("/proc/{pid}/status");
    let text = fs::read_to_string(&path).with_context(|| format!("{path} cannot be read"))?;
    let kib = kib_of(&text, "VmHWM").with_context(|| format!("{path} does not say VmHWM"))?;
    Ok(kib as f64 / 1024.0)
}

/// Bytes on disk, by what keeps them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Disk {
    /// Sorted tables of the ledgers.
    pub(super) tables: u64,
    /// The ledgers' write-ahead logs: reused, so their part of an entry shrinks as entries grow.
    pub(super) write_ahead: u64,
    /// The journals of consensus.
    pub(super) consensus: u64,
    /// Everything else: manifests, logs for people.
    pub(super) other: u64,
}

impl Disk {
    /// The length of all files in a folder and below it. Space that RocksDB reserves beyond the
    /// end of a file is not counted: it belongs to entries that are still to come.
    pub(super) fn of(folder: &Path) -> Self {
        let mut disk = Self::default();
        disk.add(folder);
        disk
    }

    fn add(&mut self, folder: &Path) {
        // Nodes at work remove files while they are being counted: what is gone takes no space.
        let Ok(items) = fs::read_dir(folder) else { return };
        for item in items.flatten() {
            let Ok(meta) = item.metadata() else { continue };
            let path = item.path();
            if meta.is_dir() {
                self.add(&path);
            } else {
                *self.slot(&path) += meta.len();
            }
        }
    }

    fn slot(&mut self, path: &Path) -> &mut u64 {
        let within = |name: &str| path.components().any(|c| c.as_os_str() == name);
        let ends = |end: &str| path.extension().is_some_and(|e| e == end);
        if within("consensus") {
            &mut self.consensus
        } else if within("ledger") && ends("sst") {
            &mut self.tables
        } else if within("ledger") && ends("log") {
            &mut self.write_ahead
        } else {
            &mut self.other
        }
    }

    /// All of it.
    pub(super) fn total(&self) -> u64 {
        self.tables + self.write_ahead + self.consensus + self.other
    }

    /// Both together.
    pub(super) fn plus(self, more: Self) -> Self {
        Self {
            tables: self.tables + more.tables,
            write_ahead: self.write_ahead + more.write_ahead,
            consensus: self.consensus + more.consensus,
            other: self.other + more.other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_found_behind_any_name() {
        let stat = "17 (a) b (c)) S 1 17 17 0 -1 4194560 500 0 0 0 250 50 0 0 20 0 9 0 100 1 2";
        assert_eq!(ticks_of(stat), Some(300));
        assert_eq!(ticks_of("17 (a) S 1"), None);
    }

    #[test]
    fn what_ended_children_used_is_found() {
        let stat = "17 (a) b (c)) S 9 17 17 0 -1 4194560 500 0 0 0 250 50 30 12 20 0 9 0 100 1 2";
        let kin = Kin::read(stat).expect("a line");
        assert_eq!((kin.parent, kin.own, kin.ended), (9, 300, 42));
        assert!(Kin::read("17 (a) S 9").is_none());
        let me = std::process::id();
        assert!(family_cpu_seconds(me).is_ok_and(|s| s >= 0.0));
        assert!(family_cpu_seconds(u32::MAX).is_err());
    }

    #[test]
    fn the_longest_mount_point_counts() {
        let mounts = "/dev/a / ext4 rw 0 0\ntmpfs /no-such-folder tmpfs rw 0 0\n";
        assert_eq!(filesystem_of(mounts, Path::new("/no-such-folder/x")), "tmpfs");
        assert_eq!(filesystem_of(mounts, Path::new("/no-such-folders")), "ext4");
    }

    #[test]
    fn memory_is_read_in_mib() {
        assert_eq!(kib_of("VmPeak:\t  99 kB\nVmHWM:\t  2048 kB\n", "VmHWM"), Some(2048));
    }

    #[test]
    fn this_process_can_be_looked_at() {
        let me = std::process::id();
        assert!(cpu_seconds(me).is_ok_and(|s| s >= 0.0));
        assert!(peak_rss_mib(me).is_ok_and(|m| m > 0.0));
        assert!(cpu_seconds(u32::MAX).is_err());
    }

    #[test]
    fn files_are_counted_by_what_keeps_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |path: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, [7; 10_000]).expect("a file");
        };
        write("data/ledger/000012.sst");
        write("data/ledger/000011.log");
        write("data/consensus/journal");
        write("data/node.log");
        let disk = Disk::of(folder.path());
        for bytes in [disk.tables, disk.write_ahead, disk.consensus, disk.other] {
            assert!(bytes >= 10_000, "{disk:?}");
        }
        assert_eq!(disk.plus(disk).total(), 2 * disk.total());
    }
}
