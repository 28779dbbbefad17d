//! What EDIFACT does not say and an entry needs: the options of `countersign import`, and of whoever
//! drops a file at a node.

use std::collections::BTreeMap;

use anyhow::Context as _;
use clap::{ArgAction, Args, Parser, ValueEnum};
use countersign_contracts::combined_port::bodies::{Fullness, SealIssuer};

use crate::import::{
    Options,
    actions::{self, Given},
};

/// What is given with a file.
#[derive(Debug, Args)]
pub struct ImportOptions {
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
    /// Leave this container out
    #[arg(long, value_name = "CONTAINER")]
    pub without: Vec<String>,
    /// Put truck plates into gate entries, where every party reads them
    #[arg(long, action = ArgAction::Set, num_args = 0..=1, require_equals = true,
        default_value_t = false, default_missing_value = "true")]
    pub truck_plates: bool,
    /// Leave doubted movements out
    #[arg(long, action = ArgAction::Set, num_args = 0..=1, require_equals = true,
        default_value_t = false, default_missing_value = "true")]
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

/// The options alone, without a command before them.
#[derive(Debug, Parser)]
#[command(no_binary_name = true, disable_help_flag = true)]
struct Alone {
    #[command(flatten)]
    asked: ImportOptions,
}

impl ImportOptions {
    /// From the names and values of a form: those of the command line, `_` for `-`. A field that
    /// was left empty says nothing.
    ///
    /// # Errors
    /// A sentence: which option is not known, or cannot be read.
    pub fn of_form(fields: &[(String, String)]) -> Result<Self, String> {
        let given = fields.iter().filter(|(_, value)| !value.is_empty());
        let words = given.map(|(name, value)| format!("--{}={value}", name.replace('_', "-")));
        match Alone::try_parse_from(words) {
            Ok(Alone { asked }) => Ok(asked),
            Err(no) => {
                let text = no.to_string();
                let sentence = text.split("\n\n").next().unwrap_or_default();
                let words: Vec<_> =
                    sentence.trim_start_matches("error: ").split_whitespace().collect();
                Err(words.join(" "))
            }
        }
    }

    /// How the file is read.
    pub fn reading(&self) -> Options {
        Options { utc_offset_minutes: self.utc_offset }
    }

    /// What its movements get beside what it says.
    ///
    /// # Errors
    /// Something that is given for one container has another form than its option says.
    pub fn context(&self) -> anyhow::Result<actions::Context> {
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
        for container in &self.without {
            containers.entry(container.clone()).or_default().left_out = true;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn form(fields: &[(&str, &str)]) -> Result<ImportOptions, String> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        ImportOptions::of_form(&fields.iter().map(owned).collect::<Vec<_>>())
    }

    #[test]
    fn a_form_says_what_the_command_line_says() {
        let asked = form(&[
            ("place", "CNSUD/5150"),
            ("bill", "SD1"),
            ("bill", "CBHU7022929=SD2"),
            ("seal_issuer", "ca"),
            ("truck_plates", "true"),
            ("undoubted", "false"),
            ("utc_offset", "-60"),
            ("without", "CBHU6192031"),
            ("voyage", ""),
        ])
        .unwrap();
        assert_eq!(asked.reading().utc_offset_minutes, -60);
        let context = asked.context().unwrap();
        assert_eq!(context.place.as_deref(), Some("CNSUD/5150"));
        assert_eq!(context.bill_no.as_deref(), Some("SD1"));
        assert_eq!(context.containers["CBHU7022929"].bill_no.as_deref(), Some("SD2"));
        assert!(context.containers["CBHU6192031"].left_out);
        assert_eq!(context.seal_issuer, Some(SealIssuer::Carrier));
        assert!(context.truck_plates && !context.only_undoubted);
        assert_eq!(context.voyage, None, "what was left empty is not given");
    }

    #[test]
    fn what_a_form_cannot_say_is_refused_in_a_sentence() {
        for (field, value, says) in [
            ("key", "keys/entry.pem", "--key"),
            ("leg", "raft", "'raft'"),
            ("utc_offset", "east", "'east'"),
            ("truck_plates", "perhaps", "'perhaps'"),
            ("", "x", "--"),
        ] {
            let no = form(&[(field, value)]).unwrap_err();
            assert!(no.contains(says) && !no.contains('\n') && !no.contains("--help"), "{no}");
        }
        assert!(form(&[("seal", "CBHU7022929")]).unwrap().context().is_err());
        assert!(form(&[("seal", "CBHU7022929=1:CA")]).unwrap().context().is_ok());
    }
}
