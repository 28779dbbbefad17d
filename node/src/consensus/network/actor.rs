//! The door through which the engine talks to the network task: a small actor that passes on.

use async_trait::async_trait;
use malachitebft_app_channel::NetworkMsg;
use malachitebft_engine::network::{Msg, NetworkRef};
use ractor::{Actor, ActorProcessingErr, ActorRef};
use tokio::{sync::mpsc, task::JoinHandle};

use crate::consensus::{boundary::Fault, context::Ledger};

/// What engines are given of the network, one after the other. The network ends with it.
pub(crate) struct Door {
    pub(super) commands: mpsc::Sender<Msg<Ledger>>,
    pub(super) parts: mpsc::Sender<NetworkMsg<Ledger>>,
    pub(super) task: JoinHandle<()>,
}

impl Door {
    /// The network as an engine sees it.
    pub(crate) async fn actor(&self) -> Result<NetworkRef<Ledger>, Fault> {
        let (actor, _) = Actor::spawn(None, Porter, self.commands.clone())
            .await
            .map_err(|e| Fault(format!("the network could not be started: {e}")))?;
        Ok(actor)
    }

    /// Where the application's parts go, by way of the engine's channels.
    pub(crate) fn parts(&self) -> mpsc::Sender<NetworkMsg<Ledger>> {
        self.parts.clone()
    }

    /// Ends the network.
    pub(crate) fn close(&self) {
        self.task.abort();
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.close();
    }
}

struct Porter;

#[async_trait]
impl Actor for Porter {
    type Msg = Msg<Ledger>;
    type State = mpsc::Sender<Msg<Ledger>>;
    type Arguments = mpsc::Sender<Msg<Ledger>>;

    async fn pre_start(
        &self,
        _: ActorRef<Msg<Ledger>>,
        commands: Self::Arguments,
    ) -> Result<Self::State, ActorProcessingErr> {
        Ok(commands)
    }

    /// An error here ends the actor and with it the engine: without its network it must not run.
    async fn handle(
        &self,
        _: ActorRef<Msg<Ledger>>,
        message: Msg<Ledger>,
        commands: &mut Self::State,
    ) -> Result<(), ActorProcessingErr> {
        commands.send(message).await.map_err(|_| "the network task has ended".into())
    }
}
