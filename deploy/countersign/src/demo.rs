//! `countersign demo`: four validator processes, the story played through them by all parties.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use clap::Args;
use countersign::{
    fleet::{Fleet, own_folder},
    ledger_facts::{Facts, count, roots_equal},
};
use countersign_client::{
    cli::{Answer, Common, Language, entry::now_ms, output},
    http::Client,
    story::{ACCOUNT, BILL, GUARANTOR, SEAL_PHOTOGRAPH, Story, Told},
};
use countersign_genesis::sample;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// End everything when the story is through, instead of leaving the network running
    #[arg(long)]
    exit: bool,
    /// Where the network lives; a new folder under the system's temporary folder by default
    #[arg(long)]
    dir: Option<PathBuf>,
}

/// Plays the demonstration.
pub(crate) async fn run(args: DemoArgs, common: &Common) -> anyhow::Result<Answer> {
    let began = Instant::now();
    let (folder, made) = match args.dir {
        Some(folder) => (folder, false),
        None => (own_folder("demo"), true),
    };
    let exe = std::env::current_exe().context("this program does not find itself")?;
    let mut fleet = Fleet::found(&exe, sample::pearl_river()?, &folder)?;
    let played = play(&mut fleet, &folder, common).await;
    let (facts, verified, equal, printed) = match played {
        Ok(played) => played,
        Err(e) => {
            fleet.kill_all().await?;
            return Err(e.context(format!("the nodes' logs are in {}", folder.display())));
        }
    };
    conclude(&facts, verified, equal, &printed, began.elapsed(), common);
    if !common.json {
        show_printed(&printed, fleet.genesis_file(), common.lang);
    }
    if !args.exit {
        invite(&fleet, &folder, common);
        tokio::signal::ctrl_c().await?;
    }
    fleet.kill_all().await?;
    if made {
        clear(&folder, &[&printed, fleet.genesis_file()])?;
    }
    Ok(if equal { Answer::Yes } else { Answer::No })
}

/// Removes the network, and leaves the printed certificate with what it is checked against.
fn clear(folder: &Path, kept: &[&Path]) -> anyhow::Result<()> {
    let failed = || format!("{} cannot be cleared", folder.display());
    for entry in std::fs::read_dir(folder).with_context(failed)? {
        let path = entry.with_context(failed)?.path();
        if path.is_dir() {
            std::fs::remove_dir_all(&path).with_context(failed)?;
        } else if !kept.contains(&&*path) {
            std::fs::remove_file(&path).with_context(failed)?;
        }
    }
    Ok(())
}

async fn play(
    fleet: &mut Fleet,
    folder: &Path,
    common: &Common,
) -> anyhow::Result<(Facts, u64, bool, PathBuf)> {
    let bar = progress();
    bar.set_message(common.lang.pick(("starting four validators", "启动四个验证节点")).to_owned());
    fleet.start_all().await?;
    let lang = common.lang;
    let mut tell = |told: Told| show(&bar, lang, told);
    let mut story = Story::new(fleet.parties(None)?, folder, now_ms(), &mut tell)?;
    story.play().await?;
    let (verified, printed) = (story.receipts_verified(), story.printed());
    bar.finish_and_clear();
    let clients: Vec<Client> =
        fleet.nodes().iter().map(|n| Client::new(&n.url)).collect::<Result<_, _>>()?;
    let facts = count(&clients, BILL).await?;
    Ok((facts, verified, roots_equal(&clients).await?, printed))
}

fn progress() -> ProgressBar {
    let bar = ProgressBar::new(1);
    let template = "{spinner} [{bar:34}] {pos}/{len} {wide_msg}";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

fn show(bar: &ProgressBar, lang: Language, told: Told) {
    match told {
        Told::Scene(scene) => {
            bar.set_length(scene.of as u64);
            bar.set_position(scene.number as u64 - 1);
            let text = lang.pick((scene.en, scene.zh));
            bar.println(format!("{:>2}  {text}", scene.number));
            bar.set_message(text.to_owned());
        }
        Told::Recorded(id) => bar.set_message(format!("{id}")),
        Told::Refused { rule, en, zh } => {
            let text = lang.pick((&en, &zh)).to_owned();
            bar.println(format!("    ✗ {rule} {text}"));
        }
    }
}

fn conclude(
    facts: &Facts,
    verified: u64,
    equal: bool,
    printed: &Path,
    took: Duration,
    common: &Common,
) {
    if common.json {
        let mut line = json!(facts);
        line["receipts_verified"] = verified.into();
        line["roots_equal"] = equal.into();
        line["seconds"] = took.as_secs().into();
        line["certificate_pdf"] = printed.display().to_string().into();
        output::json(&line);
        return;
    }
    let equal = common.lang.pick(match equal {
        true => ("the same roots on all four nodes", "四个节点的根一致"),
        false => ("DIFFERENT roots", "节点的根不一致"),
    });
    let lang = common.lang;
    let over = if facts.used_over_limit_ever { ("YES", "是") } else { ("never", "否") };
    match lang {
        Language::En => output::line(format_args!(
            "\n{} entries accepted, {} refused, {} holds raised, {} cleared; {} boxes on board, \
             {} short; {:.3} t of oil written off, {} delivery disputed; {} draws accepted, {} \
             refused, over the limit: {}; {} certificates issued after {} reviews, {} uses refused; \
             {} batches, {verified} receipts verified, {equal}; {:.1} s",
            facts.accepted,
            facts.refused,
            facts.holds_raised,
            facts.holds_cleared,
            facts.boxes_loaded,
            facts.boxes_short,
            tonnes(facts.oil_written_off_kg),
            facts.deliveries_disputed,
            facts.draws_accepted,
            facts.draws_refused,
            lang.pick(over),
            facts.certificates_issued,
            facts.reviews.all(),
            facts.uses_refused,
            facts.batches,
            took.as_secs_f32()
        )),
        Language::Zh => output::line(format_args!(
            "\n接受 {} 条，拒绝 {} 条，扣留 {} 次，解除 {} 次；装船 {} 箱，短装 {} 箱；核销保税油 \
             {:.3} 吨，交付争议 {} 起；核扣成功 {} 次，被拒 {} 次，曾超额度：{}；审核 {} 次，签发证书 {} 份，\
             拒绝使用 {} 次；{} 批，核验回执 {verified} 份，{equal}；{:.1} 秒",
            facts.accepted,
            facts.refused,
            facts.holds_raised,
            facts.holds_cleared,
            facts.boxes_loaded,
            facts.boxes_short,
            tonnes(facts.oil_written_off_kg),
            facts.deliveries_disputed,
            facts.draws_accepted,
            facts.draws_refused,
            lang.pick(over),
            facts.reviews.all(),
            facts.certificates_issued,
            facts.uses_refused,
            facts.batches,
            took.as_secs_f32()
        )),
    }
}

/// Where the printed certificate lies, and how anybody checks it.
fn show_printed(printed: &Path, genesis: &Path, lang: Language) {
    output::line(
        lang.pick(("The printed certificate, to be checked offline:", "打印的证书，可离线核验：")),
    );
    let (printed, genesis) = (printed.display(), genesis.display());
    output::line(format_args!("  countersign verify {printed} --genesis {genesis}"));
}

fn tonnes(kg: u64) -> f64 {
    kg as f64 / 1000.0
}

/// Leaves the network to whoever started it.
fn invite(fleet: &Fleet, folder: &std::path::Path, common: &Common) {
    let Some(node) = fleet.nodes().first() else { return };
    let url = &node.url;
    let genesis = fleet.genesis_file().display();
    output::line(common.lang.pick((
        "\nThe network is running. Try, in another terminal:",
        "\n网络正在运行。请在另一个终端中尝试：",
    )));
    output::line(format_args!("  countersign --node {url} show box FCIU7042100"));
    output::line(format_args!("  countersign --node {url} show alerts"));
    output::line(format_args!("  countersign --node {url} show subject box:CBHU7022929 --history"));
    output::line(format_args!("  countersign --node {url} show exposure {GUARANTOR}"));
    output::line(format_args!("  countersign --node {url} show oil {ACCOUNT}"));
    let photograph = folder.join(SEAL_PHOTOGRAPH);
    let photograph = photograph.display();
    output::line(format_args!("  countersign --node {url} evidence check {photograph}"));
    output::line(format_args!("  {url}/verify"));
    output::line(format_args!("  {url}/v1/status   genesis: {genesis}"));
    output::line(common.lang.pick(("Ctrl-C ends it.", "按 Ctrl-C 结束。")));
}
