//! The door through which the engine talks to the network task: one small actor that passes on.

use async_trait::async_trait;
use malachitebft_engine::network::{Msg, NetworkRef};
use ractor::{Actor, ActorProcessingErr, ActorRef};
use tokio::{sync::mpsc, task::JoinHandle};

use crate::consensus::{boundary::Fault, context::Ledger};

struct Door;

struct Inside {
    commands: mpsc::Sender<Msg<Ledger>>,
    task: JoinHandle<()>,
}

#[async_trait]
impl Actor for Door {
    type Msg = Msg<Ledger>;
    type State = Inside;
    type Arguments = Inside;

    async fn pre_start(
        &self,
        _: ActorRef<Msg<Ledger>>,
        inside: Inside,
    ) -> Result<Inside, ActorProcessingErr> {
        Ok(inside)
    }

    /// An error here ends the actor and with it the engine: without its network it must not run.
    async fn handle(
        &self,
        _: ActorRef<Msg<Ledger>>,
        message: Msg<Ledger>,
        inside: &mut Inside,
    ) -> Result<(), ActorProcessingErr> {
        inside.commands.send(message).await.map_err(|_| "the network task has ended".into())
    }

    async fn post_stop(
        &self,
        _: ActorRef<Msg<Ledger>>,
        inside: &mut Inside,
    ) -> Result<(), ActorProcessingErr> {
        inside.task.abort();
        Ok(())
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(crate) async fn spawn(
    commands: mpsc::Sender<Msg<Ledger>>,
    task: JoinHandle<()>,
) -> Result<NetworkRef<Ledger>, Fault> {
    let (actor, _) = Actor::spawn(None, Door, Inside { commands, task })
        .await
        .map_err(|e| Fault(format!("the network could not be started: {e}")))?;
    Ok(actor)
}
