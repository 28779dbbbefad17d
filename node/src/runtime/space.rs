//! Room on the disk that holds the data folder: a mark below which this node keeps still, so that a
//! write does not fail in the middle of something.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde::Serialize;

use super::metrics::Metrics;
use crate::limits;

const MIB: u64 = 1024 * 1024;

/// How much room there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Room {
    /// Bytes that this process may still write; nothing where the system does not say.
    pub free_bytes: u64,
    /// Whether the node keeps still because of it.
    pub full: bool,
}

/// The disk under the data folder; where its parts lie on several, the one with the least room.
pub struct Space {
    folders: Vec<PathBuf>,
    /// Bytes that have to stay free.
    reserve: u64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    room: Room,
    /// A write failed for want of room: the node has to begin anew, and is full until then.
    failed: bool,
}

impl Space {
    /// The disk that holds these folders, of which so many MiB have to stay free.
    pub fn new(folders: Vec<PathBuf>, reserve_mib: u64) -> Self {
        let reserve = reserve_mib.saturating_mul(MIB);
        let space = Self { folders, reserve, state: Mutex::default() };
        space.look();
        space
    }

    /// Looks at the disk. A disk that does not say how full it is counts as having room: a write
    /// to it will tell.
    pub fn look(&self) -> Room {
        let found = self.folders.iter().filter_map(free).min();
        let mut state = self.lock();
        let was_full = state.room.full;
        let wanted = if was_full { self.comfort() } else { self.reserve };
        let full = state.failed || found.is_some_and(|free| free < wanted);
        state.room = Room { free_bytes: found.unwrap_or_default(), full };
        if full != was_full {
            self.say(state.room);
        }
        state.room
    }

    /// What was found when the disk was looked at last.
    pub fn room(&self) -> Room {
        self.lock().room
    }

    /// A write has failed for want of room: from now on the disk counts as full, whatever it says,
    /// until the process has begun anew.
    pub(crate) fn write_failed(&self) {
        let mut state = self.lock();
        state.failed = true;
        state.room.full = true;
    }

    /// Whether want of room has ended this node's agreement: a write to the ledger failed, or so
    /// little is left that the engine's journal could not be written.
    pub(crate) fn has_run_out(&self) -> bool {
        let free = self.look().free_bytes;
        let mut state = self.lock();
        state.failed |= free < limits::DISK_RESTART_BYTES;
        state.room.full |= state.failed;
        state.failed
    }

    /// Returns when there is room enough to begin anew.
    pub(crate) async fn wait_for_room(&self) {
        let wanted = self.comfort().max(limits::DISK_RESTART_BYTES);
        loop {
            // First a pause: a disk that is full only now and then must not make this node spin.
            tokio::time::sleep(limits::DISK_RETRY_EVERY).await;
            if self.look().free_bytes >= wanted {
                return;
            }
        }
    }

    /// Why nothing is taken in, in English and Chinese.
    pub fn why_full(&self) -> (String, String) {
        let (free, reserve) = (self.room().free_bytes / MIB, self.reserve / MIB);
        let folder = self.name();
        (
            format!(
                "the disk that holds {folder} is full: {free} MiB are free, {reserve} MiB are kept \
                 in reserve (disk_reserve_mib in config/node.toml). This node takes in nothing and \
                 does not vote until there is room; its operator can make some outside that folder"
            ),
            format!(
                "存放 {folder} 的磁盘已满：剩余 {free} MiB，须保留 {reserve} MiB（config/node.toml \
                 中的 disk_reserve_mib）。有空间之前，本节点不接收报文、不投票；请其运维人员在该目录之外\
                 腾出空间"
            ),
        )
    }

    /// Room again is somewhat more than was missing, so that a node does not waver.
    fn comfort(&self) -> u64 {
        self.reserve.saturating_add(self.reserve / 4)
    }

    /// The folder, as sentences name it.
    fn name(&self) -> String {
        self.folders.first().map(|f| f.display().to_string()).unwrap_or_default()
    }

    fn say(&self, room: Room) {
        let free_mib = room.free_bytes / MIB;
        let reserve_mib = self.reserve / MIB;
        let folder = self.name();
        if room.full {
            tracing::error!(
                free_mib,
                reserve_mib,
                "the disk that holds {folder} is full: this node takes in nothing and does not vote \
                 until there is room. Make some outside that folder; nothing is lost"
            );
        } else {
            tracing::info!(free_mib, reserve_mib, "there is room on the disk again: going on");
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Only whole values are stored; what is there is good.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Bytes that may still be written where a folder lies; none left where no file can be made.
fn free(folder: &PathBuf) -> Option<u64> {
    let found = rustix::fs::statvfs(folder).ok()?;
    let no_more_files = found.f_files > 0 && found.f_favail == 0;
    Some(if no_more_files { 0 } else { found.f_bavail.saturating_mul(found.f_frsize) })
}

/// Looks at the disk again and again, and notes what it finds for those who measure.
pub(super) async fn watch(space: Arc<Space>, metrics: Arc<Metrics>) {
    loop {
        let looked = space.clone();
        // A disk of the network may take its time.
        let room = tokio::task::spawn_blocking(move || looked.look()).await;
        if let Ok(room) = room {
            metrics.disk(room);
        }
        tokio::time::sleep(limits::DISK_LOOK_EVERY).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_full_below_its_reserve_and_only_there() {
        let folder = tempfile::tempdir().unwrap();
        let free = free(&folder.path().to_path_buf()).unwrap();
        assert!(free > 0, "the tests need a disk with room");
        let roomy = Space::new(vec![folder.path().into()], 0);
        assert!(!roomy.look().full);
        let short = Space::new(vec![folder.path().into()], u64::MAX);
        let room = short.look();
        assert!(room.full && room.free_bytes > 0, "{room:?}");
        let (english, chinese) = short.why_full();
        assert!(english.contains("disk_reserve_mib") && chinese.contains("disk_reserve_mib"));
    }

    #[test]
    fn after_a_write_that_failed_the_disk_is_full_whatever_it_says() {
        let folder = tempfile::tempdir().unwrap();
        let space = Space::new(vec![folder.path().into()], 0);
        assert!(!space.has_run_out(), "the tests need a disk with room");
        space.write_failed();
        assert!(space.room().full && space.look().full && space.has_run_out());
    }

    #[test]
    fn a_disk_that_does_not_answer_is_left_to_the_writes() {
        let folder = tempfile::tempdir().unwrap();
        let space = Space::new(vec![folder.path().join("missing")], u64::MAX);
        assert!(!space.look().full);
    }
}
