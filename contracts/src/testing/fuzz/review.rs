//! Rule sets and applications: read, checked, reviewed, and never a panic.

use alloc::{string::ToString, vec::Vec};

use countersign_record::{encoding, statement};

use crate::{
    certificate::{
        Action, Facts,
        bodies::{Application, RuleSet},
        check_rules, review,
    },
    family::body_from_json,
    guarantee::bodies::Grade,
    refusal::Refusal,
};

/// A rule set and an application, each in its encoding or as JSON: two bytes say how long the first
/// is, the second is the rest. Whatever can be read is checked as a node checks it and reviewed,
/// whether or not the check lets it in.
///
/// # Panics
/// A review does not come out the same again, or names a row that is not there. It never does.
pub fn review_bytes(data: &[u8]) {
    let (Some(length), Some(rest)) = (data.first_chunk::<2>(), data.get(2..)) else { return };
    let length = usize::from(u16::from_be_bytes(*length));
    let Some((set, application)) = rest.split_at_checked(length) else { return };
    let set = body("register_rules", set);
    let application = body("apply", application);
    // Refusals are answers; what matters is that there is one.
    let _refused = check("register_rules", "ruleset:5165.FORM_E.1", &set);
    let _refused = check("apply", "application:1", &application);
    let set = encoding::decode::<RuleSet>("set", &set);
    let application = encoding::decode::<Application>("application", &application);
    if let Ok(set) = &set {
        let _refused = check_rules(set);
    }
    let (Ok(set), Ok(application)) = (set, application) else { return };
    for (grade, at) in [(Grade::Registered, 0), (Grade::Discredited, u64::MAX)] {
        let facts = Facts { application: &application, sealed: &[7], grade, at };
        let verdict = review(&set, &facts);
        assert_eq!(verdict, review(&set, &facts));
        let known: Vec<u32> = set.rows.iter().map(|row| row.no).collect();
        assert!(verdict.hits.iter().all(|no| known.contains(no)));
    }
}

/// The encoding of a body that may be JSON.
fn body(kind: &str, bytes: &[u8]) -> Vec<u8> {
    body_from_json("certificate", kind, bytes).unwrap_or_else(|_| bytes.to_vec())
}

fn check(kind: &str, subject: &str, body: &[u8]) -> Result<Action, Refusal> {
    Action::check(&statement::Action {
        family: "certificate".into(),
        kind: kind.to_string(),
        schema: 1,
        subject: subject.to_string(),
        body: body.to_vec(),
        seen: None,
        sealed: None,
    })
}
