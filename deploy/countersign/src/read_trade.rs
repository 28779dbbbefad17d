//! How a node reads the trade's files that its members drop: as `countersign import` does.

use countersign_client::{
    cli::import_options::ImportOptions,
    import::{Dropped, import, plan},
};
use countersign_node::access::TradeReader;

/// The reader that a node is started with.
pub(crate) fn reader() -> TradeReader {
    TradeReader { read }
}

fn read(file: &[u8], asked: &[(String, String)]) -> Result<Vec<u8>, String> {
    let asked = ImportOptions::of_form(asked)?;
    let context = asked.context().map_err(|e| e.to_string())?;
    // Its name is known to whoever dropped it.
    let report = import("", file, &asked.reading());
    let plan = plan(&report, &context);
    serde_json::to_vec(&Dropped::new(report, plan)).map_err(|e| e.to_string())
}
