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
    /// An animal that comes and goes under guarantee letters, by its chip.
    Animal "animal";
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

    /// The office signs the certificate.
    Issue(Issue) "issue" ["certificate"] [Customs] [];
    /// The enterprise signs it.
    Countersign(Countersignature) "countersign" ["certificate"] [Declarant] [];
    /// A copy is printed.
    Print(Print) "print" ["certificate"] [Declarant] [];
    /// It is handed over, or sent.
    Deliver(Delivery) "deliver" ["certificate"] [Customs] [];
    /// The courier reports.
    CourierEvent(CourierEvent) "courier_event" ["certificate"] [Courier] [];
    /// It is used, in part or as a whole.
    Use(Use) "use" ["certificate"] [Customs] [];
    /// The animals of a vehicle are read at a gate.
    GateScan(GateScan) "gate_scan" ["certificate"] [Wharf, Customs] [];
    /// The office corrects it.
    Amend(Amendment) "amend" ["certificate"] [Customs] [];
    /// The other authority agrees.
    CountersignAmendment(Countersignature) "countersign_amendment" ["certificate"]
        [Customs, Authority] [];
    /// The office revokes it.
    Revoke(Revocation) "revoke" ["certificate"] [Customs] [];

    /// Customs files a guarantee letter.
    FileLetter(LetterFile) "file_letter" ["letter"] [Customs] [];
    /// Animals are back.
    AnimalsReturned(AnimalsReturned) "animals_returned" ["letter"] [Customs] [];

    /// A sealed copy of a declaration is printed.
    ArchivePrint(ArchivePrint) "archive_print" ["archive"] [Declarant] [];
}
