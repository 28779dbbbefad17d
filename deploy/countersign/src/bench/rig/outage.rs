//! One node dies under load and comes back: what the others do without it, and how soon it is level
//! with them again.

use std::time::{Duration, Instant};

use anyhow::ensure;
use countersign_client::http::Client;
use serde::Serialize;

use super::{LOOK_EVERY, Rig};
use crate::bench::{figures::ratio, load::Network};

/// How long a node may take to be level again.
const LEVEL_MAX: Duration = Duration::from_secs(300);

/// What the outage of one node came to.
#[derive(Clone, Copy, Debug, Serialize)]
pub(in crate::bench) struct Outage {
    /// Entries that were accepted without it.
    pub(in crate::bench) accepted: u64,
    /// Entries that were not.
    pub(in crate::bench) failed: u64,
    /// Entries a second without it, as a part of those with it.
    pub(in crate::bench) throughput_left: f64,
    /// From the start of its process after `kill -9` to its first answer, seconds.
    pub(in crate::bench) start_s: f64,
    /// From there until it was as high as the others were at its start, seconds.
    pub(in crate::bench) level_s: f64,
    /// How many times faster it caught up than it had fallen behind.
    pub(in crate::bench) catch_up_ratio: f64,
}

impl Rig {
    /// Kills the last node, drives the others as before, starts it again and waits for it.
    ///
    /// # Errors
    /// A node does not come up, or does not catch up.
    pub(in crate::bench) async fn outage(
        &mut self,
        submitters: usize,
        with_all_per_s: f64,
        time: Duration,
    ) -> anyhow::Result<Outage> {
        let last = self.validators() - 1;
        let entries = self.prepare((with_all_per_s * time.as_secs_f64() * 1.2) as usize)?;
        self.say("one node is dead");
        self.fleet.kill(last).await?;
        let others = self.clients[..last].to_vec();
        let network = Network::new(others, self.fleet.genesis().clone())?;
        let tally = network.closed(entries, submitters, 1, time).await;
        let accepted = tally.latencies.len();
        self.first_failure = self.first_failure.take().or(tally.first_failure);

        self.say("it comes back");
        let wanted = self.status(&self.clients[0], "height").await?;
        let began = Instant::now();
        self.fleet.start(last).await?;
        let start_s = began.elapsed().as_secs_f64();
        let back = self.clients[last].clone();
        self.reaches(&back, wanted).await?;
        let level_s = began.elapsed().as_secs_f64() - start_s;
        let away_s = tally.took.as_secs_f64();
        Ok(Outage {
            accepted: accepted as u64,
            failed: tally.failed,
            throughput_left: ratio(ratio(accepted as f64, away_s), with_all_per_s),
            start_s,
            level_s,
            catch_up_ratio: ratio(away_s, level_s),
        })
    }

    async fn reaches(&self, client: &Client, height: u64) -> anyhow::Result<()> {
        let until = Instant::now() + LEVEL_MAX;
        while self.status(client, "height").await? < height {
            ensure!(Instant::now() < until, "{} stays behind height {height}", client.url());
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Ok(())
    }
}
