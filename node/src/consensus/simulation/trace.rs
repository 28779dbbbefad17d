//! What happened: a digest of every step, the last lines of the story, and the faults by kind.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt::{self, Debug, Write},
};

use sha2::{Digest as _, Sha256};

/// Lines of the story that are kept for a report.
const STORY_LINES: usize = 60;

pub(super) struct Trace {
    hash: Sha256,
    story: VecDeque<String>,
    /// Faults that were injected, by kind.
    pub(super) faults: BTreeMap<&'static str, u64>,
}

/// Writes text into a digest, so that no step is ever a string in memory.
struct Into<'a>(&'a mut Sha256);

impl Write for Into<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text.as_bytes());
        Ok(())
    }
}

impl Trace {
    pub(super) fn new() -> Self {
        Self { hash: Sha256::new(), story: VecDeque::new(), faults: BTreeMap::new() }
    }

    /// A step of a node: in the digest alone.
    pub(super) fn step(&mut self, now: u64, node: usize, what: &dyn Debug) {
        // Writing into a digest cannot fail.
        let _ = writeln!(Into(&mut self.hash), "{now} {node} {what:?}");
    }

    /// Something that a reader of a failure wants to know.
    pub(super) fn tell(&mut self, now: u64, what: String) {
        self.step(now, usize::MAX, &what);
        if self.story.len() == STORY_LINES {
            self.story.pop_front();
        }
        self.story.push_back(format!("{:>9.3} s  {what}", now as f64 / 1e6));
    }

    /// A fault that was injected.
    pub(super) fn fault(&mut self, kind: &'static str) {
        *self.faults.entry(kind).or_default() += 1;
    }

    pub(super) fn story(&self) -> String {
        self.story.iter().fold(String::new(), |all, line| all + line + "\n")
    }

    pub(super) fn digest(&self) -> String {
        hex::encode(self.hash.clone().finalize())
    }
}
