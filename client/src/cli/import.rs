//! `countersign import`: trade files into entries, with a report of everything that is in them.

use std::{
    collections::BTreeMap,
    fs,
    io::Read as _,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use countersign_contracts::combined_port::bodies::{Fullness, SealIssuer};
use countersign_record::verify::VerifiedOutcome;
use serde_json::{Value, json};

use super::{Answer, Common, GenesisArg, key::PassphraseArg, output};
use crate::{
    import::{
        self, Options, Report,
        actions::{self, Given, Plan, plan},
        limits::FILE_BYTES_MAX,
    },
    party::{NotFinal, Party},
};

/// Arguments of `import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// EDIFACT files: CODECO, COARRI
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Your key: sign and submit what the files say. Without it only the report is printed
    #[arg(long)]
    pub key: Option<PathBuf>,
    #[command(flatten)]
    pub passphrase: PassphraseArg,
    #[command(flatten)]
    pub genesis: GenesisArg,
    /// Your place, UNLOCODE/n4, for instance CNSHK/5304
    #[arg(long)]
    pub place: Option<String>,
    /// The bill of lading, for containers without RFF+BM; or CONTAINER=BILL for one of them
    #[arg(long)]
    pub bill: Vec<String>,
    /// The transfer plan of barge loads and discharges
    #[arg(long)]
    pub batch: Option<String>,
    /// Which leg loads and discharges belong to, where TDT+20 does not say it
    #[arg(long, value_enum)]
    pub leg: Option<LegArg>,
    /// UN and the IMO number, or the filed ship number, where TDT+20 does not say it
    #[arg(long)]
    pub ship: Option<String>,
    /// The voyage, where TDT+20 does not say it
    #[arg(long)]
    pub voyage: Option<String>,
    /// When it happened, UTC milliseconds since 1970, for moves without a time
    #[arg(long)]
    pub event_time: Option<u64>,
    /// How full containers are, where EQD does not say it
    #[arg(long, value_enum)]
    pub fullness: Option<FullnessArg>,
    /// Who put seals on, where SEL does not say it
    #[arg(long, value_enum)]
    pub seal_issuer: Option<IssuerArg>,
    /// The seals of one container: CONTAINER=NUMBER:ISSUER, where the file has no numbers
    #[arg(long)]
    pub seal: Vec<String>,
    /// The equipment receipt of one container: CONTAINER=NUMBER
    #[arg(long)]
    pub eir: Vec<String>,
    /// Put truck plates into gate entries, where every party reads them
    #[arg(long)]
    pub truck_plates: bool,
    /// Leave doubted movements out
    #[arg(long)]
    pub undoubted: bool,
    /// The sender's distance from UTC in minutes: EDIFACT times have no zone
    #[arg(long, default_value_t = 480, allow_negative_numbers = true)]
    pub utc_offset: i16,
}

/// A leg, as an option.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum LegArg {
    /// The river leg.
    Barge,
    /// The sea leg.
    Vessel,
}

/// How full, as an option.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum FullnessArg {
    /// Empty.
    Empty,
    /// Full.
    Full,
}

/// Who put a seal on, as an option.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum IssuerArg {
    /// The carrier.
    Ca,
    /// The shipper.
    Sh,
    /// Customs.
    Cu,
}

impl From<IssuerArg> for SealIssuer {
    fn from(issuer: IssuerArg) -> Self {
        match issuer {
            IssuerArg::Ca => Self::Carrier,
            IssuerArg::Sh => Self::Shipper,
            IssuerArg::Cu => Self::Customs,
        }
    }
}

impl ImportArgs {
    fn context(&self) -> anyhow::Result<actions::Context> {
        let mut containers: BTreeMap<String, Given> = BTreeMap::new();
        let mut bill_no = None;
        for bill in &self.bill {
            match bill.split_once('=') {
                None => bill_no = Some(bill.clone()),
                Some((container, bill)) => {
                    containers.entry(container.into()).or_default().bill_no = Some(bill.into());
                }
            }
        }
        for eir in &self.eir {
            let (container, number) =
                eir.split_once('=').with_context(|| format!("--eir {eir}: CONTAINER=NUMBER"))?;
            containers.entry(container.into()).or_default().eir_no = Some(number.into());
        }
        for seal in &self.seal {
            let (container, number, issuer) = read_seal(seal)
                .with_context(|| format!("--seal {seal}: CONTAINER=NUMBER:CA, SH or CU"))?;
            containers.entry(container).or_default().seals.push((number, issuer));
        }
        Ok(actions::Context {
            place: self.place.clone(),
            bill_no,
            batch_no: self.batch.clone(),
            leg: self.leg.map(|leg| match leg {
                LegArg::Barge => actions::Leg::Barge,
                LegArg::Vessel => actions::Leg::Vessel,
            }),
            conveyance_id: self.ship.clone(),
            voyage: self.voyage.clone(),
            event_time: self.event_time,
            fullness: self.fullness.map(|fullness| match fullness {
                FullnessArg::Empty => Fullness::Empty,
                FullnessArg::Full => Fullness::Full,
            }),
            seal_issuer: self.seal_issuer.map(Into::into),
            truck_plates: self.truck_plates,
            only_undoubted: self.undoubted,
            containers,
        })
    }
}

fn read_seal(text: &str) -> Option<(String, String, SealIssuer)> {
    let (container, seal) = text.split_once('=')?;
    let (number, issuer) = seal.rsplit_once(':')?;
    let issuer = SealIssuer::ALL.iter().copied().find(|i| i.name() == issuer)?;
    Some((container.into(), number.into(), issuer))
}

/// Runs the command. Exit code 1: something in the files was refused, or the ledger refused it.
pub async fn run(args: ImportArgs, common: &Common) -> anyhow::Result<Answer> {
    let context = args.context()?;
    let party = match &args.key {
        None => None,
        Some(key) => {
            let client = common.client()?;
            let genesis = args.genesis.load(&client).await?;
            Some(Party::new(genesis, client, Box::new(args.passphrase.open(key)?)))
        }
    };
    let options = Options { utc_offset_minutes: args.utc_offset };
    let (mut answer, mut reports) = (Answer::Yes, Vec::new());
    for file in &args.files {
        let bytes =
            read_bounded(file).with_context(|| format!("{} cannot be read", file.display()))?;
        let report = import::import(&file.display().to_string(), &bytes, &options);
        let plan = plan(&report, &context);
        if report.refused.is_some()
            || report.containers.refused + report.messages.refused > 0
            || (party.is_some() && !plan.left_out.is_empty())
        {
            answer = Answer::No;
        }
        if !common.json {
            print_report(&report, &plan, party.is_some(), common);
        }
        let mut sent = Vec::new();
        if let Some(party) = &party {
            let (ok, entries) = submit(party, &plan, common).await?;
            if !ok {
                answer = Answer::No;
            }
            sent = entries;
        }
        reports.push(json!({
            "report": report, "left_out": plan.left_out, "drafts": plan.drafts, "entries": sent,
        }));
    }
    if common.json {
        output::json(&json!({ "files": reports }));
    }
    Ok(answer)
}

/// Reads one byte more than the importer takes, which is enough for it to refuse the file.
fn read_bounded(file: &Path) -> std::io::Result<Vec<u8>> {
    let most = FILE_BYTES_MAX as u64 + 1;
    let mut bytes = Vec::new();
    fs::File::open(file)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn print_report(report: &Report, plan: &Plan, submits: bool, common: &Common) {
    let language = match common.lang {
        super::Language::En => import::Language::En,
        super::Language::Zh => import::Language::Zh,
    };
    output::line(report.display(language));
    for left in &plan.left_out {
        for reason in &left.reasons {
            output::line(format_args!("{}: {}", left.container, reason.text(language)));
        }
    }
    if !submits {
        let hint = (
            "nothing was submitted: give --key to sign and submit",
            "未提交：使用 --key 签署并提交",
        );
        output::line(common.lang.pick(hint));
    }
}

async fn submit(party: &Party, plan: &Plan, common: &Common) -> anyhow::Result<(bool, Vec<Value>)> {
    let (mut all, mut entries) = (true, Vec::new());
    for draft in &plan.drafts {
        match party.record(draft).await {
            Ok(receipt) => {
                let id = match receipt.outcome() {
                    VerifiedOutcome::Accepted(statement) => statement.id(),
                    VerifiedOutcome::Refused(record) => record.entry,
                };
                entries.push(json!({ "reference": draft.reference, "entry": id }));
                if !common.json {
                    let n = draft.actions.len();
                    let word = common
                        .lang
                        .pick(("actions, final, receipt verified", "项，已生效，回执已核验"));
                    output::line(format_args!("✓ {id}: {n} {word}"));
                }
            }
            Err(NotFinal::Client(crate::http::ClientFault::Problem(problem))) => {
                all = false;
                let refused = json!({ "reference": draft.reference, "refused": problem.refusal,
                    "detail": problem.detail, "action": problem.action });
                entries.push(refused);
                if !common.json {
                    super::entry::print_problem(&problem, common);
                }
            }
            Err(other) => return Err(other.into()),
        }
    }
    Ok((all, entries))
}
