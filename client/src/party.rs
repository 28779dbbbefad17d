//! One party at work: its key, its node, and what it says.

use std::sync::Arc;

use countersign_record::{
    Digest,
    founding::Genesis,
    keys::Signer,
    statement::{EntryId, Statement},
    verify::{NotVerified, VerifiedReceipt, verify},
};

use crate::{
    draft::{BadDraft, Draft},
    http::{Client, ClientFault, Submitted},
    login::Login,
};

/// Why an entry did not become final and proven.
#[derive(Debug, thiserror::Error)]
pub enum NotFinal {
    /// The draft cannot be encoded.
    #[error("{0}")]
    Draft(#[from] BadDraft),
    /// The node says no, or cannot be reached.
    #[error("{0}")]
    Client(#[from] ClientFault),
    /// The node's receipt does not prove what it should.
    #[error("the node's receipt is not to be believed: {0}")]
    Receipt(#[from] NotVerified),
    /// The entry is still on its way.
    #[error("the entry {0} was taken in and is not final yet; ask for its receipt later")]
    Waiting(EntryId),
}

/// A party with its key, and the node that it trusts with nothing but delivery.
pub struct Party {
    genesis: Genesis,
    network: Digest,
    client: Client,
    key: Arc<dyn Signer + Send + Sync>,
}

impl Party {
    /// A party that submits through a node. Where the node wants to know who asks and the client
    /// brings no token, the party makes its own with its key.
    pub fn new(genesis: Genesis, client: Client, key: Box<dyn Signer + Send + Sync>) -> Self {
        let (network, key) = (genesis.network(), Arc::from(key));
        let client = match client.has_login() {
            true => client,
            false => client.with_login(Login::with_key(Arc::clone(&key), network)),
        };
        Self { network, genesis, client, key }
    }

    /// Its node.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The founding document that it holds every answer against.
    pub fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    /// Encodes and signs.
    ///
    /// # Errors
    /// The first action that does not fit its kind.
    pub fn sign(&self, draft: &Draft) -> Result<Statement, BadDraft> {
        draft.sign(self.network, &*self.key)
    }

    /// Signs, submits, waits until the entry is final, and verifies the receipt against the
    /// founding document: nothing that the node says is taken on trust.
    ///
    /// # Errors
    /// The refusal, or why it is not final.
    pub async fn record(&self, draft: &Draft) -> Result<VerifiedReceipt, NotFinal> {
        let statement = self.sign(draft)?;
        match self.client.submit(statement.bytes(), true).await? {
            Submitted::Final(receipt) => Ok(verify(&self.genesis, &receipt)?),
            Submitted::Waiting => Err(NotFinal::Waiting(statement.id())),
        }
    }
}
