//! The console's files are built into the program: what is built anew there is embedded anew.

fn main() -> std::io::Result<()> {
    use std::io::Write as _;
    writeln!(std::io::stdout(), "cargo::rerun-if-changed=../client/console/dist")
}
