//! What each field can be: the one table that says which comparisons and values fit it.

use crate::{
    certificate::bodies::Field,
    limits::{
        AMOUNT_MINOR_MAX, ANIMALS_PER_VEHICLE_MAX, CODE_BYTES_MAX, DAYS_MAX, GROSS_G_MAX,
        ITEMS_PER_CERTIFICATE_MAX, QUANTITY_MILLI_MAX, RVC_PERMYRIAD_MAX, SAMPLES_MAX,
        TEXT_BYTES_MAX, TRANSPORT_MODE_MAX,
    },
};

/// What a field's values look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A text.
    Text(TextForm),
    /// A whole number.
    Number {
        /// The smallest.
        min: u64,
        /// The largest.
        max: u64,
    },
    /// Only whether it is there may be asked: it may be sealed.
    Presence,
}

/// What a text looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextForm {
    /// One of a few words.
    Grade,
    /// One of the origin criteria.
    Criterion,
    /// So many capital letters.
    Letters(usize),
    /// So many digits.
    Digits(usize),
    /// A unified social credit code.
    Uscc,
    /// A declaration number.
    Declaration,
    /// Any text of at most so many bytes.
    Free(usize),
}

impl Field {
    /// Whether it is looked at item by item.
    pub fn is_of_item(self) -> bool {
        matches!(
            self,
            Self::Hs
                | Self::Criterion
                | Self::Rvc
                | Self::Quantity
                | Self::Unit
                | Self::Gross
                | Self::Fob
                | Self::Marks
        )
    }

    /// Whether no application is without it; of a field of items, whether no item is.
    pub fn is_always_there(self) -> bool {
        matches!(
            self,
            Self::Enterprise
                | Self::Grade
                | Self::Country
                | Self::TransportMode
                | Self::ItemCount
                | Self::Quantity
                | Self::Unit
                | Self::Gross
                | Self::Marks
        )
    }

    /// What its values look like.
    pub fn form(self) -> Form {
        let number = |min: u64, max: u64| Form::Number { min, max };
        let count = |min: u64, max: usize| number(min, u64::try_from(max).unwrap_or(u64::MAX));
        match self {
            Self::Enterprise | Self::Producer => Form::Text(TextForm::Uscc),
            Self::Grade => Form::Text(TextForm::Grade),
            Self::Country | Self::InvoiceCurrency => Form::Text(TextForm::Letters(3)),
            Self::Hs => Form::Text(TextForm::Digits(6)),
            Self::Criterion => Form::Text(TextForm::Criterion),
            Self::Declaration => Form::Text(TextForm::Declaration),
            Self::InvoiceNo | Self::Unit | Self::Replaces => {
                Form::Text(TextForm::Free(CODE_BYTES_MAX))
            }
            Self::Route | Self::Marks => Form::Text(TextForm::Free(TEXT_BYTES_MAX)),
            Self::Consignee => Form::Presence,
            Self::TransportMode => number(0, TRANSPORT_MODE_MAX.into()),
            Self::InvoiceAgeDays | Self::DepartedDays => number(0, DAYS_MAX),
            Self::IsolationDays | Self::TermDays => number(1, DAYS_MAX),
            Self::InvoiceTotal | Self::Fob => number(1, AMOUNT_MINOR_MAX),
            // All items together.
            Self::FobTotal => number(1, AMOUNT_MINOR_MAX),
            Self::Quantity => number(1, QUANTITY_MILLI_MAX),
            Self::Gross => number(1, GROSS_G_MAX),
            Self::Rvc => number(0, RVC_PERMYRIAD_MAX.into()),
            Self::ItemCount => count(0, ITEMS_PER_CERTIFICATE_MAX),
            Self::SamplesFailed => count(0, SAMPLES_MAX),
            Self::AnimalCount => count(1, ANIMALS_PER_VEHICLE_MAX),
        }
    }
}
