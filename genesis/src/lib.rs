//! How a network is founded: the founding document, the keys of those who found it, and a home
//! folder for each of their nodes.
//!
//! `sample` or a file gives a [`Plan`]; [`init`] makes the keys and writes the document and the
//! homes; [`load_genesis`] reads the document back, in every node and in every verifier. The
//! digest of the document is the network's name.

pub mod ceremony;
pub mod clock;
pub mod home;
pub mod keyfile;
pub mod limits;
pub mod peer;
pub mod pkcs11;
pub mod reading;
pub mod sample;
pub mod signer;

pub use ceremony::{Founded, FoundingFault, Passphrases, Plan, init};
pub use clock::{BadShift, ClockShift};
pub use keyfile::KeyFault;
pub use reading::{GenesisFault, load_genesis, printed_digest};
