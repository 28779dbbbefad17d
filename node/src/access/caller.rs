//! Who asks. One middleware finds out, and every handler is handed the answer.
//!
//! On an open door everybody is the operator: only this machine reaches it. On a guarded door a
//! caller is whose key has signed the token that it shows, by the ledger's word of this moment; one
//! without a token is the public, to whom a certificate may be verified and little else.

use std::{net::IpAddr, sync::Arc};

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use countersign_contracts::{
    family::Asker,
    membership,
    world::{No, World},
};
use countersign_record::{limits::TOKEN_LIFE_S_MAX, token::Token};

use super::{Problem, Shared, console, door::Door, shares::Payer};
use crate::limits::TOKEN_AHEAD_S_MAX;

/// Who asks.
#[derive(Clone, Debug)]
pub(super) enum Caller {
    /// Whoever reaches an open door: everything is shown.
    Operator,
    /// A party of the network.
    Party(Session),
    /// Anybody else.
    Public,
}

/// A party, and the token that says so.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) asker: Arc<Asker>,
    token: Arc<Token>,
}

/// A caller that is not the public: what most routes ask for.
#[derive(Clone, Debug)]
pub(super) enum Member {
    /// Sees everything.
    Operator,
    /// Sees what concerns it.
    Party(Session),
}

/// The address that a request came from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub(super) IpAddr);

/// Finds out who asks, counts the request, and hands both on.
pub(super) async fn identify(
    State((node, door)): State<(Arc<Shared>, Arc<Door>)>,
    mut request: Request,
    next: Next,
) -> Response {
    let caller = match find(&node, &door, request.headers()) {
        Ok(caller) => caller,
        Err(problem) => return counted(&node, address(&door, &request), problem),
    };
    let payer = match &caller {
        Caller::Operator => None,
        Caller::Party(session) => Some(Payer::Party(session.asker.id().into())),
        Caller::Public => Some(Payer::Address(address(&door, &request))),
    };
    // A page that lacks one of its files is no page, and a whole office may stand behind one address.
    let enter = |payer| match console::is_file(request.uri().path()) {
        true => node.turnstile.stay(payer),
        false => node.turnstile.enter(payer),
    };
    let _share = match payer.map(enter).transpose() {
        Ok(share) => share,
        Err(problem) => return problem.into_response(),
    };
    request.extensions_mut().insert(caller);
    next.run(request).await
}

/// A wrong token counts as a request without one, so that trying tokens is slow.
fn counted(node: &Shared, address: IpAddr, problem: Problem) -> Response {
    match node.turnstile.enter(Payer::Address(address)) {
        Ok(_share) => problem.into_response(),
        Err(slower) => slower.into_response(),
    }
}

/// Behind a proxy the address is what the proxy has appended; what stands before it anybody may
/// have written.
pub(super) fn address(door: &Door, request: &Request) -> IpAddr {
    let peer = request.extensions().get::<Peer>().map(|peer| peer.0);
    let forwarded = || {
        let last = request.headers().get_all("x-forwarded-for").iter().next_back()?;
        last.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
    };
    let found = if door.is_behind_proxy() { forwarded().or(peer) } else { peer };
    found.unwrap_or(IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED))
}

fn find(node: &Shared, door: &Door, headers: &HeaderMap) -> Result<Caller, Problem> {
    if !door.is_guarded() {
        require_own_machine(headers)?;
        return Ok(Caller::Operator);
    }
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(Caller::Public) };
    let text = value.to_str().ok().and_then(|text| text.split_once(' '));
    let text = text.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let (_, text) =
        text.ok_or_else(|| Problem::bad_token("expected 'Authorization: Bearer' and a token"))?;
    let token = Token::parse_text(text.trim()).map_err(Problem::bad_token)?;
    Session::open(node, token).map(Caller::Party)
}

/// An open door is for this machine alone. A page in a browser reaches it too, by a name of its own
/// that it lets point here; and a proxy that somebody has put before it would open it to everybody.
pub(super) fn require_own_machine(headers: &HeaderMap) -> Result<(), Problem> {
    if headers.contains_key("x-forwarded-for") || headers.contains_key(header::FORWARDED) {
        return Err(Problem::forbidden(
            "a proxy stands before this node, and this door is open to whoever reaches it: say \
             api.behind_proxy = true in config/node.toml",
        ));
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let bracketed = host.strip_prefix('[').and_then(|rest| rest.split(']').next());
    let name = bracketed.unwrap_or_else(|| host.rsplit_once(':').map_or(host, |(name, _)| name));
    let local =
        name.parse::<IpAddr>().is_ok() || !name.contains('.') || name.ends_with(".localhost");
    if local {
        return Ok(());
    }
    Err(Problem::forbidden(format!(
        "this door is for this machine alone, and the request is for '{name}': use 127.0.0.1, or \
         give the node a certificate or a proxy (api.certificate and api.behind_proxy in \
         config/node.toml)"
    )))
}

impl Session {
    /// Checks a token against the ledger as it stands now. The cheap checks come first; what the
    /// ledger knows of the key's party is said to none but the holder of the key.
    fn open(node: &Shared, token: Token) -> Result<Self, Problem> {
        let session = |asker| Self { asker: Arc::new(asker), token: Arc::new(token.clone()) };
        check_claims(node, &token)?;
        let kid = token.kid();
        let key = node.ledger.key(&kid)?;
        let key = key.ok_or_else(|| {
            Problem::bad_token(format!("no party of this network has registered the key {kid}"))
        })?;
        if !token.is_signed_by(&key.key) {
            return Err(Problem::bad_token("the signature does not fit the key that it names"));
        }
        Ok(session(Self::asker(node, &token)?))
    }

    /// The party behind a token, if both may act now.
    fn asker(node: &Shared, token: &Token) -> Result<Asker, Problem> {
        let world = World::new(&*node.ledger);
        let (id, _) = membership::signer(&world, &token.kid()).map_err(|no| match no {
            No::Refused(refusal) => Problem::bad_token(refusal.english()),
            No::Unreadable(fault) => fault.into(),
        })?;
        Asker::find(&world, &id)?.ok_or_else(|| Problem::bad_token(format!("{id} may not act")))
    }

    /// The same session as it is now: its token has not ended, its key was not revoked.
    pub(super) fn renew(&self, node: &Shared) -> Result<Self, Problem> {
        check_claims(node, &self.token)?;
        let asker = Arc::new(Self::asker(node, &self.token)?);
        Ok(Self { asker, token: self.token.clone() })
    }
}

fn check_claims(node: &Shared, token: &Token) -> Result<(), Problem> {
    let (claims, now) = (token.claims(), node.clock.machine_ms() / 1000);
    let no = |why: String| Err(Problem::bad_token(why));
    if claims.network != node.ledger.network() {
        let (found, expected) = (claims.network, node.ledger.network());
        return no(format!("it is for the network {found}, and this is {expected}"));
    }
    if claims.expires_s.saturating_sub(claims.issued_s) > TOKEN_LIFE_S_MAX {
        return no(format!("it claims to be good for more than {TOKEN_LIFE_S_MAX} s"));
    }
    if claims.issued_s > now.saturating_add(TOKEN_AHEAD_S_MAX) {
        let ahead = claims.issued_s.saturating_sub(now);
        return no(format!("it was made {ahead} s in the future by this node's clock"));
    }
    if claims.expires_s < now {
        return no(format!(
            "it ended {} s ago; make a new one",
            now.saturating_sub(claims.expires_s)
        ));
    }
    Ok(())
}

impl Caller {
    /// The caller, if it is not the public.
    pub(super) fn member(self) -> Result<Member, Problem> {
        match self {
            Self::Operator => Ok(Member::Operator),
            Self::Party(session) => Ok(Member::Party(session)),
            Self::Public => Err(Problem::login_needed()),
        }
    }
}

impl FromRequestParts<Arc<Shared>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Shared>) -> Result<Self, Problem> {
        // The middleware stands before every route; one that it did not see is the public's.
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or(Self::Public))
    }
}

impl FromRequestParts<Arc<Shared>> for Member {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, node: &Arc<Shared>) -> Result<Self, Problem> {
        Caller::from_request_parts(parts, node).await?.member()
    }
}

/// Lets no one but members pass: stands before every route that is not the public's, so that one
/// whose handler forgets to ask is closed, not open.
pub(super) async fn members_only(request: Request, next: Next) -> Response {
    match request.extensions().get::<Caller>() {
        Some(Caller::Operator | Caller::Party(_)) => next.run(request).await,
        Some(Caller::Public) | None => Problem::login_needed().into_response(),
    }
}
