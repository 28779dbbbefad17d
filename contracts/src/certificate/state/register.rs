//! What is registered: kinds, exporters, rules of review.

use alloc::string::String;

use crate::{
    certificate::bodies::{ExporterFiling, KindRegistration, RuleSet},
    family::{desk::By, shapes::part},
};

part! {
    /// A kind of certificate as it stands.
    Kind {
        /// Who registered it last.
        1 by: By,
        /// What was registered.
        2 registered: KindRegistration,
    }
}

part! {
    /// An exporter's filing as it stands.
    Exporter {
        /// Who filed it last.
        1 by: By,
        /// What was filed.
        2 filed: ExporterFiling,
    }
}

part! {
    /// One version of an office's rules. Never changes.
    Rules {
        /// Who registered it.
        1 by: By,
        /// The rules.
        2 set: RuleSet,
    }
}

part! {
    /// By which rules an office reviews applications of a kind.
    Review {
        /// How many versions are registered; the next one is one more.
        1 registered: u32,
        /// The version in force; 0 for none.
        2 active: u32,
        ;
        /// The last activation.
        3 activated: Activated,
    }
}

part! {
    /// Who put a version in force, and why.
    Activated {
        /// Who.
        1 by: By,
        /// Why.
        2 reason: String,
    }
}
