//! `countersign membership follow`: who votes, followed from the founding and kept, so that proofs
//! need not carry every change there ever was.

use std::{fs, io::ErrorKind, path::Path};

use anyhow::{Context as _, ensure};
use countersign_record::{founding::Genesis, succession::Succession};
use serde_json::json;

use super::{Answer, Common, Language, output};
use crate::http::Client;

/// The validator set that its reader has followed before, or nothing where there is no such file.
pub(super) fn read_kept(genesis: &Genesis, file: &Path) -> anyhow::Result<Option<Succession>> {
    let bytes = match fs::read(file) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(e).with_context(|| format!("{} cannot be read", file.display())),
    };
    let kept = Succession::parse(genesis, &bytes);
    Ok(Some(kept.with_context(|| {
        format!("{}: remove it and follow again from the founding", file.display())
    })?))
}

/// The validator set that `verify --trusted` begins at: there must be one.
pub(super) fn read_trusted(
    genesis: &Genesis,
    file: Option<&Path>,
) -> anyhow::Result<Option<Succession>> {
    let Some(file) = file else { return Ok(None) };
    let kept = read_kept(genesis, file)?;
    ensure!(
        kept.is_some(),
        "{} is not there; `countersign membership follow` makes it",
        file.display()
    );
    Ok(kept)
}

/// Asks a node for the changes and checks each; the node need not be trusted. What was checked is
/// kept after each page, so that a long way need not be gone twice.
pub(super) async fn follow(
    genesis: &Genesis,
    file: &Path,
    until: Option<u64>,
    common: &Common,
) -> anyhow::Result<Answer> {
    let client = common.client()?;
    let mut known = match read_kept(genesis, file)? {
        Some(kept) => kept,
        None => Succession::founders(genesis)?,
    };
    let mut followed = 0_u64;
    while let Some(more) = follow_page(&client, &mut known, until).await? {
        followed += more;
        keep(file, &known)?;
    }
    keep(file, &known)?;
    say(file, &known, followed, common);
    Ok(Answer::Yes)
}

/// One page of changes; how many there were, or nothing where the end is reached.
async fn follow_page(
    client: &Client,
    known: &mut Succession,
    until: Option<u64>,
) -> anyhow::Result<Option<u64>> {
    let links = client.validator_changes(known.since()).await?;
    let mut followed = 0;
    for link in &links {
        if until.is_some_and(|until| link.commit.header.height >= until) {
            break;
        }
        let at = link.commit.header.height;
        known.follow(link).with_context(|| {
            format!("{} answered with a change at height {at} that does not hold", client.url())
        })?;
        followed += 1;
    }
    Ok((followed > 0).then_some(followed))
}

/// Beside the file first: a crash leaves the old one or the new one.
fn keep(file: &Path, known: &Succession) -> anyhow::Result<()> {
    let beside = file.with_extension("new");
    fs::write(&beside, known.to_bytes())
        .and_then(|()| fs::rename(&beside, file))
        .with_context(|| format!("{} cannot be written", file.display()))
}

fn say(file: &Path, known: &Succession, followed: u64, common: &Common) {
    let parties: Vec<&str> = known.set().validators().iter().map(|v| v.party.as_str()).collect();
    if common.json {
        output::json(&json!({
            "followed": followed, "since": known.since(), "validators": parties,
            "file": file,
        }));
        return;
    }
    let (since, file, who) = (known.since(), file.display(), parties.join(", "));
    output::line(match common.lang {
        Language::En => format!(
            "{followed} changes followed, each signed by more than two thirds of the set before\n\
             {file}: the validators after height {since}: {who}"
        ),
        Language::Zh => format!(
            "已核对 {followed} 次变更，每次均由此前验证人集合超过三分之二签名\n\
             {file}：高度 {since} 之后的验证人：{who}"
        ),
    });
}
