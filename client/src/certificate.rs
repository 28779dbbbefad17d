//! What proves a certificate, fetched from a node and believed in nothing.

use countersign_contracts::{
    certificate::{State, state::Certificate},
    family::{self, FamilyName},
    world::{Record, SubjectKey},
};
use countersign_print::certificate::{Certified, Needed, NotCertified};
use countersign_record::{
    founding::Genesis,
    receipt::Receipt,
    state_proof::{Found, StateFault, StateProof, verify_parsed},
};

use crate::http::{Client, ClientFault};

/// What a node answers about a height whose state it does not keep any more.
const FORGOTTEN: u16 = 410;

/// Why a certificate could not be proven.
#[derive(Debug, thiserror::Error)]
pub enum NotProven {
    /// The node cannot answer.
    #[error("{0}")]
    Client(#[from] ClientFault),
    /// There is no such certificate, which is proven.
    #[error("there is no certificate {no} at height {height}")]
    Absent {
        /// The number.
        no: String,
        /// The height.
        height: u64,
    },
    /// What the node answered does not hold.
    #[error("the node's answer is not to be believed: {0}")]
    State(#[from] StateFault),
    /// What the node answered cannot be read.
    #[error("the node's answer cannot be read: {0}")]
    Unreadable(String),
    /// The proofs do not belong together.
    #[error("{0}")]
    Certificate(#[from] NotCertified),
}

/// A node, asked about certificates.
pub struct Certificates<'a> {
    /// The node.
    pub client: &'a Client,
    /// What its answers are held against.
    pub genesis: &'a Genesis,
}

impl Certificates<'_> {
    /// A certificate's record at a height, or as it is now.
    ///
    /// # Errors
    /// There is none, or no proof of it that holds.
    pub async fn record(&self, no: &str, at: Option<u64>) -> Result<Certificate, NotProven> {
        let key = SubjectKey::new(FamilyName::Certificate, format!("certificate:{no}"));
        let (_, proof) = self.state(&key, at).await?;
        let (height, found) = (proof.commit.header.height, proof.found.clone());
        let verified = verify_parsed(self.genesis, proof)?;
        verified.is_of(key.family.name(), &key.subject)?;
        let Found::Record(bytes) = found else {
            return Err(NotProven::Absent { no: no.into(), height });
        };
        let record = Record::parse(&bytes).map_err(|e| NotProven::Unreadable(e.0))?;
        match record.state {
            family::State::Certificate(State::Certificate(certificate)) => Ok(certificate.take()),
            _ => Err(NotProven::Unreadable(format!("the record of {key} is no certificate's"))),
        }
    }

    /// Everything that proves a certificate at a height, checked. Where none is given, at that of the
    /// last signature, when it became valid as it is; if the node proves that height no more, at the
    /// newest.
    ///
    /// # Errors
    /// There is none, it was not valid then, or the node does not prove it.
    pub async fn prove(&self, no: &str, at: Option<u64>) -> Result<Certified, NotProven> {
        let needed = Needed::of(no, &self.record(no, at).await?);
        let (mut files, mut signed) = (Vec::new(), 0);
        for entry in &needed.entries {
            let receipt = self.client.receipt(entry, false).await?;
            let read =
                Receipt::parse(&receipt).map_err(|e| NotProven::Unreadable(e.to_string()))?;
            signed = signed.max(read.commit.header.height);
            files.push(receipt);
        }
        let key = SubjectKey::new(FamilyName::Certificate, format!("certificate:{no}"));
        let (certificate, proof) = match self.state(&key, Some(at.unwrap_or(signed))).await {
            Err(NotProven::Client(ClientFault::Problem(problem)))
                if problem.status == FORGOTTEN && at.is_none() =>
            {
                self.state(&key, None).await?
            }
            other => other?,
        };
        let at = Some(proof.commit.header.height);
        files.push(certificate);
        files.push(self.state(&needed.office, at).await?.0);
        let (exporter, proof) = self.state(&needed.exporter, at).await?;
        files.push(match proof.found {
            Found::Record(_) => exporter,
            Found::Nothing | Found::Other(_) => self.state(&needed.enterprise, at).await?.0,
        });
        Ok(Certified::verify(self.genesis, &files)?)
    }

    async fn state(
        &self,
        key: &SubjectKey,
        at: Option<u64>,
    ) -> Result<(Vec<u8>, StateProof), NotProven> {
        let bytes = self.client.state_proof(key.family.name(), &key.subject, at).await?;
        let proof = StateProof::parse(&bytes).map_err(|e| NotProven::Unreadable(e.to_string()))?;
        Ok((bytes, proof))
    }
}
