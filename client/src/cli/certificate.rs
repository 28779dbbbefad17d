//! `countersign certificate`: rules of review tried before anything is signed, reviews repeated, and
//! pages printed.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail, ensure};
use clap::{Args, Subcommand};
use countersign_contracts::{
    certificate::{
        Action, ENGINE, Facts, State, Verdict,
        bodies::{KindRegistration, Outcome, RuleSet},
        require_fit, review, review_again,
        state::{Applied, Reviewed},
    },
    family::{self, FamilyName, body_from_json},
    guarantee::bodies::Grade,
    refusal::Refusal,
    world::Record,
};
use countersign_record::{
    founding::Genesis,
    state_proof::{Found, StateProof, verify},
    statement,
};
use serde_json::{Value, json};

use super::{
    Answer, Common, Language,
    entry::{now_ms, refused},
    output::{self, Table},
    paper::{self, PrintArgs},
    read_genesis,
    state::Asked,
};
use crate::http::{Client, ClientFault};

/// Commands about certificates.
#[derive(Debug, Subcommand)]
pub enum CertificateCommand {
    /// What a rule set makes of an application, before anything is signed
    Try(TryArgs),
    /// Review an application of the ledger again, by the rules of its day
    Review(ReviewArgs),
    /// Write a certificate's page as a PDF that carries its own proof
    Print(Box<PrintArgs>),
}

/// Arguments of `try`.
#[derive(Debug, Args)]
pub struct TryArgs {
    /// The rule set (JSON): the body of `register_rules`
    rules: PathBuf,
    /// The application (JSON): the body of `apply`
    application: PathBuf,
    /// The kind (JSON), to check what it asks for: the body of `register_kind`, or several by code
    #[arg(long, value_name = "FILE")]
    kind: Option<PathBuf>,
    /// The enterprise's credit grade: advanced, registered or discredited
    #[arg(long, default_value = "registered", value_parser = grade)]
    grade: Grade,
    /// The time of the submission, UTC milliseconds since 1970; now where it is not given
    #[arg(long, value_name = "MS")]
    time: Option<u64>,
}

/// Arguments of `review`.
#[derive(Debug, Args)]
pub struct ReviewArgs {
    /// The application's number
    application: String,
    /// As it stood after the batch of this height
    #[arg(long)]
    at: Option<u64>,
    /// Check what the node answers against this founding document
    #[arg(long, value_name = "FILE", env = "COUNTERSIGN_GENESIS")]
    genesis: Option<PathBuf>,
}

/// Runs a command.
///
/// # Errors
/// A file or an answer that cannot be read.
pub async fn run(command: CertificateCommand, common: &Common) -> anyhow::Result<Answer> {
    match command {
        CertificateCommand::Try(args) => try_rules(&args, common),
        CertificateCommand::Review(args) => repeat(&args, common).await,
        CertificateCommand::Print(args) => paper::print(&args, common).await,
    }
}

fn grade(name: &str) -> Result<Grade, String> {
    let names: Vec<&str> = Grade::ALL.iter().map(|g| g.name()).collect();
    let found = Grade::ALL.iter().copied().find(|g| g.name() == name);
    found.ok_or_else(|| format!("expected one of: {}", names.join(", ")))
}

fn try_rules(args: &TryArgs, common: &Common) -> anyhow::Result<Answer> {
    // The names of subjects do not matter here; bodies are checked as a node checks them.
    let rules = read_body(&args.rules, "register_rules", "ruleset:0000.TRY.1")?;
    let application = read_body(&args.application, "apply", "application:TRY")?;
    let (set, application) = match (rules, application) {
        (Ok(Action::RegisterRules { body: set, .. }), Ok(Action::Apply { body, .. })) => {
            (set, body)
        }
        (Err(no), _) | (_, Err(no)) => return Ok(refuse(&no, common)),
        _ => bail!("these files hold other bodies than asked for"),
    };
    if let Some(path) = &args.kind {
        let fits = match read_kind(path, &application.kind)? {
            Ok(kind) => require_fit(&kind, &application, args.grade),
            Err(no) => Err(no),
        };
        if let Err(no) = fits {
            return Ok(refuse(&no, common));
        }
    }
    let at = args.time.unwrap_or_else(now_ms);
    let facts = Facts { application: &application, sealed: &[], grade: args.grade, at };
    let verdict = review(&set, &facts);
    if common.json {
        output::json(&json!({ "engine": ENGINE, "outcome": verdict.outcome,
            "hits": hits(&set, &verdict.hits) }));
    } else {
        print_verdict(&set, verdict.outcome, &verdict.hits, common.lang);
    }
    Ok(Answer::Yes)
}

/// The checked action of a file that holds its body, or the rule that refuses it.
fn read_body(path: &Path, kind: &str, subject: &str) -> anyhow::Result<Result<Action, Refusal>> {
    let text = fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    encode(&text, kind, subject).with_context(|| path.display().to_string())
}

fn encode(json: &[u8], kind: &str, subject: &str) -> anyhow::Result<Result<Action, Refusal>> {
    let family = FamilyName::Certificate.name();
    let action = statement::Action {
        family: family.into(),
        kind: kind.into(),
        schema: 1,
        subject: subject.into(),
        body: body_from_json(family, kind, json)?,
        seen: None,
        sealed: None,
    };
    Ok(match family::Action::check(&action) {
        Ok(family::Action::Certificate(action)) => Ok(*action),
        Ok(_) => bail!("'{kind}' is of another family"),
        Err(no) => Err(no),
    })
}

/// The registration of a kind: the file's, or the one under its code in a file of several.
fn read_kind(path: &Path, code: &str) -> anyhow::Result<Result<KindRegistration, Refusal>> {
    let text = fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let value: Value =
        serde_json::from_slice(&text).with_context(|| format!("{} is no JSON", path.display()))?;
    let one = if value.get("number").is_some() { Some(&value) } else { value.get(code) };
    let one = one.with_context(|| format!("{} has no kind '{code}'", path.display()))?;
    let read = encode(one.to_string().as_bytes(), "register_kind", "kind:TRY");
    match read.with_context(|| path.display().to_string())? {
        Ok(Action::RegisterKind { body, .. }) => Ok(Ok(body)),
        Ok(_) => bail!("{} holds another body than asked for", path.display()),
        Err(no) => Ok(Err(no)),
    }
}

/// A rule's no is an answer.
fn refuse(no: &Refusal, common: &Common) -> Answer {
    if common.json {
        output::json(&json!({ "refused": no }));
    } else {
        let text = match common.lang {
            Language::En => no.english(),
            Language::Zh => no.chinese(),
        };
        output::line(format_args!("{} {text}", no.rule as u32));
    }
    Answer::No
}

/// The rows that hit, with what they say.
fn hits(set: &RuleSet, numbers: &[u32]) -> Vec<Value> {
    let rows = set.rows.iter().filter(|row| numbers.contains(&row.no));
    rows.map(|row| json!({ "row": row.no, "outcome": row.outcome, "reason": row.reason })).collect()
}

/// What an outcome means.
fn outcome_text(outcome: Outcome) -> (&'static str, &'static str) {
    match outcome {
        Outcome::Pass => ("pass: the certificate may be issued", "审核通过：可予签发"),
        Outcome::Return => ("return: back to the applicant", "退回修改"),
        Outcome::Manual => ("manual: an officer decides", "人工复核：由关员决定"),
        Outcome::Investigate => ("investigate: only an officer closes it", "调查：仅可由关员结案"),
    }
}

fn print_verdict(set: &RuleSet, outcome: Outcome, numbers: &[u32], lang: Language) {
    output::line(lang.pick(outcome_text(outcome)));
    let rows = set.rows.iter().filter(|row| numbers.contains(&row.no));
    let cells = rows.map(|row| {
        let reason = lang.pick((&row.reason.en, &row.reason.zh));
        vec![row.no.to_string(), row.outcome.name().to_owned(), reason.to_owned()]
    });
    let cells: Vec<Vec<String>> = cells.collect();
    if !cells.is_empty() {
        let headings = match lang {
            Language::En => ["row", "outcome", "reason"],
            Language::Zh => ["行", "结论", "原因"],
        };
        Table::new(&headings, cells).show();
    }
}

async fn repeat(args: &ReviewArgs, common: &Common) -> anyhow::Result<Answer> {
    let client = common.client()?;
    let genesis = args.genesis.as_deref().map(read_genesis).transpose()?;
    let ledger = Ledger { client: &client, genesis: genesis.as_ref(), at: args.at };
    let applied = match ledger.state(&format!("application:{}", args.application)).await {
        Ok(Some(State::Application(applied))) => applied.take(),
        Ok(_) => return Ok(absent(&args.application, common)),
        Err(e) => return refused_or(e, common),
    };
    let reviewed = applied.reviews.last().context("the application was never reviewed")?;
    ensure!(
        reviewed.engine == ENGINE,
        "it was reviewed by engine {}, and this program has engine {ENGINE}: use the program of \
         that day",
        reviewed.engine
    );
    let Some(name) = &reviewed.ruleset else {
        // Without rules in force an officer decides.
        let nothing = RuleSet { rows: Vec::new(), note: String::new() };
        let again = Verdict { outcome: Outcome::Manual, hits: Vec::new() };
        return Ok(compare(args, reviewed, &again, &nothing, common));
    };
    let set = match ledger.state(&format!("ruleset:{name}")).await {
        Ok(Some(State::Rules(rules))) => rules.take().set,
        Ok(_) => bail!("the ledger has no rule set {name}, which the review names"),
        Err(e) => return refused_or(e, common),
    };
    let again = again(&applied, &set)?;
    Ok(compare(args, reviewed, &again, &set, common))
}

fn again(applied: &Applied, set: &RuleSet) -> anyhow::Result<Verdict> {
    review_again(applied, set).context("the application was never reviewed")
}

fn refused_or(fault: anyhow::Error, common: &Common) -> anyhow::Result<Answer> {
    match fault.downcast::<ClientFault>() {
        Ok(fault) => refused(fault, common),
        Err(other) => Err(other),
    }
}

fn absent(number: &str, common: &Common) -> Answer {
    if common.json {
        output::json(&json!({ "application": number, "state": "absent" }));
    } else {
        let said = match common.lang {
            Language::En => format!("there is no application {number}"),
            Language::Zh => format!("没有申请 {number}"),
        };
        output::line(said);
    }
    Answer::No
}

/// Says whether a review comes out as it did on its day.
fn compare(
    args: &ReviewArgs,
    then: &Reviewed,
    now: &Verdict,
    set: &RuleSet,
    common: &Common,
) -> Answer {
    let same = then.outcome == now.outcome && then.hits == now.hits;
    let verified = args.genesis.is_some();
    if common.json {
        output::json(&json!({
            "application": args.application,
            "ruleset": then.ruleset,
            "engine": then.engine,
            "reviewed_at": then.at,
            "then": { "outcome": then.outcome, "hits": then.hits },
            "now": { "outcome": now.outcome, "hits": hits(set, &now.hits) },
            "same": same,
            "verified": verified,
        }));
    } else {
        let rules = then.ruleset.as_deref().unwrap_or("-");
        let (when, number) = (output::time(then.at), &args.application);
        output::line(match (common.lang, same) {
            (Language::En, true) => {
                format!("{number}: by {rules} the same as on {when}")
            }
            (Language::En, false) => format!(
                "{number}: by {rules} NOT as on {when}, when it was {} by rows {:?}",
                then.outcome.name(),
                then.hits
            ),
            (Language::Zh, true) => format!("{number}：按 {rules} 复审，与 {when} 的结论一致"),
            (Language::Zh, false) => format!(
                "{number}：按 {rules} 复审，与 {when} 的结论不一致（当时为 {}，规则行 {:?}）",
                then.outcome.name(),
                then.hits
            ),
        });
        print_verdict(set, now.outcome, &now.hits, common.lang);
        if !verified {
            output::line(common.lang.pick((
                "the node's answers are not checked: name the founding document with --genesis",
                "未核验节点的答复：请以 --genesis 指定创始文件",
            )));
        }
    }
    if same { Answer::Yes } else { Answer::No }
}

/// A node that is asked, and what its answers are held against.
struct Ledger<'a> {
    client: &'a Client,
    genesis: Option<&'a Genesis>,
    at: Option<u64>,
}

impl Ledger<'_> {
    /// The state of a subject of this family; nothing where there is none of that name.
    async fn state(&self, name: &str) -> anyhow::Result<Option<State>> {
        let family = FamilyName::Certificate.name();
        let bytes = self.client.state_proof(family, name, self.at).await?;
        let record = match self.genesis {
            Some(genesis) => {
                let state = verify(genesis, &bytes)?;
                let subject = Some((family.to_owned(), name.to_owned()));
                Asked { subject, height: self.at }.answered_by(&state)?;
                state.record().map(<[u8]>::to_vec)
            }
            None => {
                let proof = StateProof::parse(&bytes)?;
                ensure!(
                    (proof.family.as_str(), proof.subject.as_str()) == (family, name),
                    "{} answered about another subject",
                    self.client.url()
                );
                match proof.found {
                    Found::Record(record) => Some(record),
                    _ => None,
                }
            }
        };
        let Some(record) = record else { return Ok(None) };
        match Record::parse(&record)?.state {
            family::State::Certificate(state) => Ok(Some(state)),
            _ => bail!("{name} is of another family"),
        }
    }
}

#[cfg(test)]
mod tests {
    use countersign_contracts::certificate::bodies::Application;

    use super::*;

    const KINDS: &str = include_str!("../story/certificate/kinds.json");
    const APPLICATION: &str = include_str!("../story/certificate/application-form-e.json");
    const RULES: [&str; 2] = [
        include_str!("../story/certificate/rules-form-e.json"),
        include_str!("../story/certificate/rules-health-aquatic.json"),
    ];

    fn rules(json: &str) -> RuleSet {
        match encode(json.as_bytes(), "register_rules", "ruleset:5165.FORM_E.1").unwrap() {
            Ok(Action::RegisterRules { body, .. }) => body,
            other => panic!("{other:?}"),
        }
    }

    fn applied_for(application: &Value) -> Application {
        match encode(application.to_string().as_bytes(), "apply", "application:1").unwrap() {
            Ok(Action::Apply { body, .. }) => body,
            other => panic!("{other:?}"),
        }
    }

    fn verdict(application: &Value) -> (Outcome, Vec<u32>) {
        let application = applied_for(application);
        let facts = Facts {
            application: &application,
            sealed: &[],
            grade: Grade::Registered,
            at: 1_795_000_000_000,
        };
        let verdict = review(&rules(RULES[0]), &facts);
        (verdict.outcome, verdict.hits)
    }

    #[test]
    fn the_samples_are_what_a_node_accepts() {
        let kinds: Value = serde_json::from_str(KINDS).unwrap();
        for (code, kind) in kinds.as_object().unwrap() {
            let json = kind.to_string();
            let read = encode(json.as_bytes(), "register_kind", &format!("kind:{code}"));
            assert!(read.unwrap().is_ok(), "{code}");
        }
        RULES.iter().for_each(|set| assert!(!rules(set).rows.is_empty()));
    }

    #[test]
    fn the_sample_rules_make_the_four_outcomes() {
        let of: Value = serde_json::from_str(APPLICATION).unwrap();
        assert_eq!(verdict(&of), (Outcome::Manual, vec![40]));
        let mut pass = of.clone();
        pass["items"][0]["rvc_permyriad"] = json!(4000);
        assert_eq!(verdict(&pass), (Outcome::Pass, vec![]));
        let mut back = pass.clone();
        back["items"][0].as_object_mut().unwrap().remove("hs");
        assert_eq!(verdict(&back), (Outcome::Return, vec![10]));
        pass["producer_uscc"] = json!("91440113MA7DEM219B");
        assert_eq!(verdict(&pass), (Outcome::Investigate, vec![100]));
    }

    #[test]
    fn a_kind_is_read_alone_or_among_several() {
        let folder = std::env::temp_dir().join(format!("kinds-{}.json", std::process::id()));
        let all: Value = serde_json::from_str(KINDS).unwrap();
        fs::write(&folder, KINDS).unwrap();
        let among = read_kind(&folder, "FORM_E").unwrap().unwrap();
        assert!(read_kind(&folder, "FORM_Z").is_err());
        fs::write(&folder, all["FORM_E"].to_string()).unwrap();
        assert_eq!(read_kind(&folder, "ANY").unwrap().unwrap(), among);
        fs::remove_file(&folder).unwrap();
        let application = applied_for(&serde_json::from_str(APPLICATION).unwrap());
        assert_eq!(require_fit(&among, &application, Grade::Registered), Ok(()));
    }
}
