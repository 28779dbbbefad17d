//! What a stranger's bytes do to every decoder that meets them: an answer, and never a panic. The
//! same functions run under libFuzzer (`contracts/fuzz`) and, on the committed seeds and on mutants
//! of them, in `cargo test`.

mod decoders;
mod mutants;
mod review;
mod seeds;

pub use self::{
    mutants::mutant,
    review::review_bytes,
    seeds::{Seed, seeds},
};

/// A decoder that meets foreign bytes.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name: that of the fuzz target and of its folder of seeds.
    pub name: &'static str,
    /// Reads the bytes and goes on with whatever it has read. Panics where something does not hold.
    pub run: fn(&[u8]),
}

/// The decoders of `record` and of the rules.
pub const TARGETS: [Target; 10] = [
    Target { name: "statement", run: decoders::statement },
    Target { name: "body", run: decoders::body },
    Target { name: "receipt", run: decoders::receipt },
    Target { name: "state_proof", run: decoders::state_proof },
    Target { name: "state_code", run: decoders::state_code },
    Target { name: "commit", run: decoders::commit },
    Target { name: "genesis", run: decoders::genesis },
    Target { name: "stored", run: decoders::stored },
    Target { name: "token", run: decoders::token },
    Target { name: "review", run: review_bytes },
];

/// Runs the target of that name; nothing where there is none.
pub fn run(name: &str, bytes: &[u8]) {
    if let Some(target) = TARGETS.iter().find(|target| target.name == name) {
        (target.run)(bytes);
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, env, format, fs, path::Path};

    use super::*;
    use crate::testing::dice::Dice;

    /// Mutants of each target's seeds; some seconds in all.
    const MUTANTS: u64 = 3000;

    #[test]
    fn the_committed_seeds_are_those_that_the_command_writes() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
        let mut known = BTreeSet::new();
        for Seed { target, name, bytes } in seeds() {
            let path = folder.join(target).join(&name);
            let kept = fs::read(&path).unwrap_or_default();
            assert!(kept == bytes, "{path:?}: cargo run --example corpus writes it anew");
            known.insert(path);
        }
        for Target { name, .. } in TARGETS {
            for entry in fs::read_dir(folder.join(name)).unwrap() {
                let path = entry.unwrap().path();
                assert!(known.contains(&path), "{path:?} is no seed any more");
            }
        }
    }

    #[test]
    fn every_decoder_answers_its_seeds_and_their_mutants() {
        let asked = |name: &str| env::var(name).ok().and_then(|n| n.parse::<u64>().ok());
        // The same in every build, unless another is asked for.
        let seed = asked("COUNTERSIGN_SEED").unwrap_or(1);
        let count = asked("COUNTERSIGN_MUTANTS").unwrap_or(MUTANTS);
        for Target { name, run } in TARGETS {
            let seeds: std::vec::Vec<_> =
                seeds().into_iter().filter(|s| s.target == name).map(|s| s.bytes).collect();
            assert!(!seeds.is_empty(), "{name} has no seeds");
            seeds.iter().for_each(|bytes| run(bytes));
            let mut dice = Dice::new(seed);
            for n in 0..count {
                let bytes = mutant(&mut dice, &seeds);
                let ended = std::panic::catch_unwind(|| run(&bytes));
                let shown: std::string::String = bytes.iter().map(|b| format!("{b:02x}")).collect();
                assert!(ended.is_ok(), "{name}: mutant {n} of seed {seed} panics: {shown}");
            }
        }
    }
}
