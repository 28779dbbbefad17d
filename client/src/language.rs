//! The language in which people are told something.

use clap::ValueEnum;

/// The language of what is printed for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// English.
    En,
    /// 简体中文.
    Zh,
}

impl Language {
    /// The text of this language.
    pub fn pick<'a>(self, (en, zh): (&'a str, &'a str)) -> &'a str {
        match self {
            Self::En => en,
            Self::Zh => zh,
        }
    }
}
