//! The one table of kinds: name, subject, body, who may sign, what may be sealed.

use super::bodies;
use crate::family::shapes::{kinds, names};

names! {
    /// A kind of certificate, by its code.
    Kind "kind";
    /// An exporter's filing, by its USCC.
    Exporter "exporter";
    /// One version of an office's rules for a kind: `DISTRICT.KIND.VERSION`.
    RuleSet "ruleset";
    /// Which version an office reviews a kind by: `DISTRICT.KIND`.
    Review "review";
    /// An application, by its number.
    Application "application";
    /// A certificate, by its number.
    Certificate "certificate";
    /// The guarantee letter of a temporary import, by its number.
    Letter "letter";
    /// The sealed copies of a declaration, by its number.
    Archive "archive";
    /// Which live certificate stands for which line of an invoice: `USCC.INVOICE_NO`.
    Invoice "invoice";
    /// The last number given under a number rule: what stands before the serial.
    Serial "serial";
    /// A printed page, by the SHA-256 of its PDF in hexadecimal.
    Paper "paper";
}

/// The version of every body's schema.
pub const SCHEMA: u32 = 1;

kinds! {
    /// Customs registers a kind of certificate.
    RegisterKind(KindRegistration) "register_kind" ["kind"] [Customs] [];
    /// Customs files an exporter.
    FileExporter(ExporterFiling) "file_exporter" ["exporter"] [Customs] [];
    /// An office registers rules of review.
    RegisterRules(RuleSet) "register_rules" ["ruleset"] [Customs] [];
    /// An office reviews by that version from now on.
    ActivateRules(RuleActivation) "activate_rules" ["review"] [Customs] [];

    /// An enterprise applies; the rules of the office review it at once.
    Apply(Application) "apply" ["application"] [Declarant] [7];
    /// It applies again after a return.
    Resubmit(Application) "resubmit" ["application"] [Declarant] [7];
    /// It takes the application back.
    Withdraw(Reason) "withdraw" ["application"] [Declarant] [];
    /// An officer decides where the rules leave it to a person.
    Rule(Ruling) "rule" ["application"] [Customs] [];
}
