//! What a member's frames, a stranger's requests and spoilt files do to a node: an answer or a drop,
//! bounded memory, and never a panic. The same functions run under libFuzzer (`node/fuzz`, with the
//! feature `fuzz`) and, on the committed seeds and on mutants of them, in `cargo test`.
//!
//! Statements, tokens, commit proofs and records are targets of the rules (`contracts/fuzz`); what
//! is asked of a running node by HTTP is played against it (`tests/doors`).

use countersign_record::statement::Statement;

use crate::{access, batch::Batch, consensus, ledger, runtime::config::Config};

#[cfg(test)]
mod tests;

/// A decoder: the name of its fuzz target and of its folder of seeds, and what runs it.
pub type Target = (&'static str, fn(&[u8]));

/// The decoders of a node.
pub const TARGETS: [Target; 12] = [
    ("consensus", consensus::fuzz::consensus),
    ("liveness", consensus::fuzz::liveness),
    ("part", consensus::fuzz::part),
    ("entries", consensus::fuzz::entries),
    ("frame", consensus::fuzz::frame),
    ("sync", consensus::fuzz::sync),
    ("guard", consensus::fuzz::guard),
    ("batch", batch),
    ("row", ledger::fuzz::row),
    ("snapshot", ledger::fuzz::snapshot),
    ("request", access::fuzz::request),
    ("settings", settings),
];

/// Runs the target of that name; nothing where there is none.
pub fn run(name: &str, bytes: &[u8]) {
    if let Some((_, run)) = TARGETS.iter().find(|(known, _)| *known == name) {
        run(bytes);
    }
}

/// A proposal's body.
fn batch(bytes: &[u8]) {
    let Ok(batch) = Batch::parse(bytes) else { return };
    assert_eq!(batch.bytes(), bytes, "read in another form than its one");
    for statement in &batch.statements {
        let _statement = Statement::parse(statement).is_ok();
    }
}

/// `config/node.toml`.
fn settings(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(config) = toml::from_str::<Config>(text) {
        consensus::fuzz::peers(&config.peers);
    }
}
