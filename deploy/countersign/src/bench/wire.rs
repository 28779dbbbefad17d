//! Bytes between the nodes, as the kernel counts them for each connection: `ss` of iproute2 shows
//! them to everybody, for every process.

use std::collections::BTreeSet;

use tokio::process::Command;

/// The connections between the nodes.
pub(super) struct Wire {
    /// Ports on which the nodes listen for each other.
    nodes: BTreeSet<u16>,
    /// Ports of what stands between two nodes and hands their bytes on: those were counted once.
    between: BTreeSet<u16>,
}

impl Wire {
    /// Between nodes that listen on these ports, and what stands in between listens on those.
    pub(super) fn new(
        nodes: impl IntoIterator<Item = u16>,
        between: impl IntoIterator<Item = u16>,
    ) -> Self {
        Self { nodes: nodes.into_iter().collect(), between: between.into_iter().collect() }
    }

    /// What has been sent through all connections that are open now, both ways, without the headers
    /// of TCP and IP; none where `ss` is not there.
    pub(super) async fn bytes(&self) -> Option<u64> {
        let output = Command::new("ss").args(["-H", "-t", "-n", "-i"]).output().await.ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        output.status.success().then(|| self.sum(&text))
    }

    /// Each connection is there twice, once for each of its ends, and each end says what it sent.
    fn sum(&self, text: &str) -> u64 {
        let (mut counts, mut sum) = (false, 0);
        for line in text.lines() {
            match line.starts_with([' ', '\t']) {
                true if counts => sum += sent(line).unwrap_or_default(),
                true => {}
                false => counts = self.is_between_nodes(line),
            }
        }
        sum
    }

    fn is_between_nodes(&self, line: &str) -> bool {
        let mut ports = line.split_whitespace().skip(3).take(2).map(port);
        let (Some(Some(own)), Some(Some(other))) = (ports.next(), ports.next()) else {
            return false;
        };
        let either = |of: &BTreeSet<u16>| of.contains(&own) || of.contains(&other);
        either(&self.nodes) && !either(&self.between)
    }
}

fn port(address: &str) -> Option<u16> {
    address.rsplit_once(':')?.1.parse().ok()
}

fn sent(line: &str) -> Option<u64> {
    line.split_whitespace().find_map(|word| word.strip_prefix("bytes_sent:"))?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOWN: &str = "\
ESTAB 0      0      127.0.0.1:26656 127.0.0.1:40002
\t cubic wscale:7,7 rto:204 bytes_sent:1000 bytes_acked:1001 bytes_received:70 segs_out:40
ESTAB 0      0      127.0.0.1:40002 127.0.0.1:26656
\t cubic wscale:7,7 rto:204 bytes_sent:70 bytes_acked:71 bytes_received:1000 segs_out:40
ESTAB 0      0      [::ffff:127.0.0.1]:26657 [::ffff:127.0.0.1]:50000
\t cubic wscale:7,7 rto:204 bytes_sent:5000
ESTAB 0      0      127.0.0.1:26656 127.0.0.1:9001
\t cubic wscale:7,7 rto:204 bytes_sent:400
";

    #[test]
    fn what_both_ends_sent_is_added_up() {
        assert_eq!(Wire::new([26656], []).sum(SHOWN), 1470);
        assert_eq!(Wire::new([26656], [9001]).sum(SHOWN), 1070);
        assert_eq!(Wire::new([26657], []).sum(SHOWN), 5000);
        assert_eq!(Wire::new([1], []).sum(SHOWN), 0);
        assert_eq!(Wire::new([26656], []).sum("what is this"), 0);
    }
}
