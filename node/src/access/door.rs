//! The door of the HTTP interface: who can reach it decides whether it has to be guarded.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig, crypto,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    },
};

use crate::runtime::config::{ApiConfig, Config};

/// An address that is listened on, and the door behind it.
pub(crate) struct Entrance {
    pub(crate) listener: TcpListener,
    pub(crate) address: SocketAddr,
    pub(crate) door: Arc<Door>,
}

impl Entrance {
    /// Takes the ports of the HTTP interface: `api_listen`, and beside a guarded one the operator's.
    ///
    /// # Errors
    /// A sentence: a port is taken, or the settings do not fit each other.
    pub(crate) async fn open(config: &Config, home: &Path) -> anyhow::Result<Vec<Self>> {
        let (listener, address) = listen(&config.api_listen).await?;
        let door = Arc::new(Door::of(&config.api, address, home)?);
        let mut entrances = vec![Self { listener, address, door }];
        if let Some(own) = &config.api.operator_listen {
            let (listener, address) = listen(own).await?;
            anyhow::ensure!(
                address.ip().is_loopback(),
                "api.operator_listen in config/node.toml is {address}; there is no login there, so \
                 it has to be a loopback address, for instance 127.0.0.1:26658"
            );
            entrances.push(Self { listener, address, door: Arc::new(Door::Open) });
        }
        Ok(entrances)
    }

    /// The address as a client writes it.
    pub(crate) fn url(&self) -> String {
        let scheme = if self.door.is_tls() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }
}

async fn listen(address: &str) -> anyhow::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("the HTTP interface cannot listen on {address}"))?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// How the interface is reached.
pub(crate) enum Door {
    /// By this machine alone: whoever comes is the operator.
    Open,
    /// By others, over TLS; each says who he is.
    Tls(Certificate),
    /// By others, through a proxy that ends TLS; each says who he is.
    Proxy,
}

impl Door {
    /// The door that `api` in the settings describes, of a node that listens on an address.
    ///
    /// # Errors
    /// A sentence: the address can be reached by others and nothing guards it, two ways are chosen
    /// at once, or the certificate cannot be used.
    pub(crate) fn of(config: &ApiConfig, listens: SocketAddr, home: &Path) -> anyhow::Result<Self> {
        let ways = usize::from(config.certificate.is_some())
            + usize::from(config.behind_proxy)
            + usize::from(config.operator_only);
        anyhow::ensure!(
            ways <= 1,
            "config/node.toml chooses more than one of api.certificate, api.behind_proxy and \
             api.operator_only; leave one"
        );
        match (&config.certificate, &config.certificate_key) {
            (Some(chain), Some(key)) => {
                return Certificate::open(home.join(chain), home.join(key)).map(Self::Tls);
            }
            (None, None) => {}
            _ => anyhow::bail!(
                "config/node.toml has one of api.certificate and api.certificate_key: a node that \
                 speaks TLS needs both"
            ),
        }
        if config.behind_proxy {
            return Ok(Self::Proxy);
        }
        anyhow::ensure!(
            listens.ip().is_loopback() || config.operator_only,
            "api_listen in config/node.toml is {listens}, which other machines can reach, and \
             nothing guards it. Set api.certificate and api.certificate_key (TLS), or \
             api.behind_proxy = true where a proxy ends TLS before this node; parties then log in \
             with tokens. Or listen on 127.0.0.1. Only where nobody but the operator reaches the \
             address, for instance in a container whose port is published on a loopback address: \
             api.operator_only = true"
        );
        Ok(Self::Open)
    }

    /// Whether a caller has to say who he is.
    pub(super) fn is_guarded(&self) -> bool {
        !matches!(self, Self::Open)
    }

    pub(super) fn is_behind_proxy(&self) -> bool {
        matches!(self, Self::Proxy)
    }

    pub(super) fn is_tls(&self) -> bool {
        matches!(self, Self::Tls(_))
    }

    /// What shakes hands with a client, where the node itself speaks TLS.
    pub(super) fn acceptor(&self) -> Option<TlsAcceptor> {
        match self {
            Self::Tls(certificate) => Some(certificate.acceptor()),
            Self::Open | Self::Proxy => None,
        }
    }
}

/// The certificate of a node: two files that are looked at again, so that a new certificate is taken
/// up while the node runs.
pub(crate) struct Certificate {
    chain: PathBuf,
    key: PathBuf,
    loaded: Mutex<Loaded>,
}

struct Loaded {
    acceptor: TlsAcceptor,
    written: [Option<SystemTime>; 2],
}

impl Certificate {
    fn open(chain: PathBuf, key: PathBuf) -> anyhow::Result<Self> {
        let written = written(&chain, &key);
        let acceptor = load(&chain, &key)?;
        Ok(Self { loaded: Mutex::new(Loaded { acceptor, written }), chain, key })
    }

    /// With the files as they are now; with those before them where the new ones cannot be used.
    fn acceptor(&self) -> TlsAcceptor {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        let now = written(&self.chain, &self.key);
        if now != loaded.written {
            loaded.written = now;
            match load(&self.chain, &self.key) {
                Ok(acceptor) => {
                    tracing::info!("the new certificate of the HTTP interface is in use");
                    loaded.acceptor = acceptor;
                }
                Err(e) => tracing::error!("the new certificate is not used: {e:#}"),
            }
        }
        loaded.acceptor.clone()
    }
}

fn written(chain: &Path, key: &Path) -> [Option<SystemTime>; 2] {
    [chain, key].map(|file| std::fs::metadata(file).and_then(|m| m.modified()).ok())
}

fn load(chain: &Path, key: &Path) -> anyhow::Result<TlsAcceptor> {
    let unreadable = |file: &Path| format!("{} cannot be read as PEM", file.display());
    let certificates = CertificateDer::pem_file_iter(chain)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .with_context(|| unreadable(chain))?;
    anyhow::ensure!(!certificates.is_empty(), "{} holds no certificate", chain.display());
    let private = PrivateKeyDer::from_pem_file(key).with_context(|| unreadable(key))?;
    let provider = Arc::new(crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(certificates, private)
        .with_context(|| format!("{} and {} do not fit", chain.display(), key.display()))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_others_reach_is_guarded_or_refused() {
        let (mine, others) = ("127.0.0.1:1", "192.0.2.1:1");
        let (plain, proxy, only) = (
            ApiConfig::default(),
            ApiConfig { behind_proxy: true, ..ApiConfig::default() },
            ApiConfig { operator_only: true, ..ApiConfig::default() },
        );
        let both = ApiConfig { operator_only: true, ..proxy.clone() };
        let half = ApiConfig { certificate: Some("x.pem".into()), ..ApiConfig::default() };
        let guarded = |config: &ApiConfig, listens: &str| {
            Door::of(config, listens.parse().unwrap(), Path::new("/nowhere"))
                .map(|door| door.is_guarded())
                .map_err(|e| e.to_string())
        };
        assert_eq!(guarded(&plain, mine), Ok(false));
        assert_eq!(guarded(&plain, "[::1]:1"), Ok(false));
        let no = guarded(&plain, others).unwrap_err();
        assert!(no.contains("192.0.2.1:1") && no.contains("behind_proxy = true"), "{no}");
        assert!(guarded(&plain, "0.0.0.0:1").is_err());
        assert_eq!(guarded(&proxy, others), Ok(true));
        // A proxy on the same machine opens a loopback address to the world.
        assert_eq!(guarded(&proxy, mine), Ok(true));
        assert_eq!(guarded(&only, others), Ok(false));
        assert!(guarded(&both, others).unwrap_err().contains("more than one"));
        assert!(guarded(&half, mine).unwrap_err().contains("needs both"));
    }
}
