//! The founding of the network under test: how many vote, and how far apart they are.

use std::{path::Path, time::Duration};

use anyhow::{Context as _, ensure};
use countersign::fleet::Fleet;
use countersign_client::{cli::entry::now_ms, http::Client};
use countersign_genesis::{Plan, ceremony::PlannedNode, sample};
use indicatif::{ProgressBar, ProgressStyle};

use super::{
    super::{lines::Lines, load::Network, wire::Wire, workload::Workload},
    Rig,
};

impl Rig {
    /// Founds a network of so many validators, each of which hears the others so much later. No node
    /// runs yet.
    ///
    /// # Errors
    /// The folder cannot be used, or the sample has not so many parties.
    pub(in crate::bench) async fn found(
        folder: &Path,
        validators: usize,
        one_way: Duration,
        bar: ProgressBar,
    ) -> anyhow::Result<Self> {
        let exe = std::env::current_exe().context("this program does not find itself")?;
        let fleet = Fleet::found(&exe, plan_of(validators)?, folder)?;
        let nodes = fleet.nodes().iter();
        let clients: Vec<Client> = nodes.map(|n| Client::new(&n.url)).collect::<Result<_, _>>()?;
        let lines = match one_way.is_zero() {
            true => None,
            false => Some(Lines::lay(&fleet, one_way).await?),
        };
        let between = lines.as_ref().map(|l| l.ports().to_vec()).unwrap_or_default();
        let wire = Wire::new(fleet.nodes().iter().map(|n| n.p2p_port), between);
        Ok(Self {
            network: Network::new(clients.clone(), fleet.genesis().clone())?,
            workload: Workload::new(fleet.parties(None)?, now_ms()),
            fleet,
            folder: folder.to_path_buf(),
            lines,
            wire,
            clients,
            checks: Vec::new(),
            first_failure: None,
            bar,
        })
    }

    /// The progress display of so many steps.
    pub(in crate::bench) fn bar(steps: u64) -> ProgressBar {
        let bar = ProgressBar::new(steps);
        if let Ok(style) = ProgressStyle::with_template("{spinner} [{bar:22}] {wide_msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        bar
    }
}

/// The sample network with so many validators of one vote each: the founders first, then others of
/// its parties.
fn plan_of(validators: usize) -> anyhow::Result<Plan> {
    let mut plan = sample::pearl_river()?;
    let founders = plan.parties.iter().filter(|p| p.node.is_some()).count();
    let host = std::net::Ipv4Addr::LOCALHOST.into();
    let others = plan.parties.iter_mut().filter(|p| p.node.is_none());
    for party in others.take(validators.saturating_sub(founders)) {
        party.node = Some(PlannedNode { power: 1, host, operator_only: false });
    }
    let nodes = plan.parties.iter().filter(|p| p.node.is_some()).count();
    ensure!(
        nodes == validators,
        "the sample network has {founders} to {} validators, not {validators}",
        plan.parties.len()
    );
    Ok(plan)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_has_as_many_validators_as_asked_for() {
        for validators in [4, 7, 16, 24] {
            let plan = plan_of(validators).expect("a plan");
            let powers: Vec<_> = plan.parties.iter().filter_map(|p| p.node.as_ref()).collect();
            assert_eq!(powers.len(), validators);
            assert!(powers.iter().all(|n| n.power == 1));
        }
        assert!(plan_of(3).is_err());
        assert!(plan_of(25).is_err());
    }
}
