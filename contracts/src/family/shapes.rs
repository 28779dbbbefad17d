//! The shapes that every family is written in: bodies, records, word lists, tables of kinds.

/// Declares a body: its CBOR map, its JSON object without unknown fields, and its documentation.
/// Fields after the `;` are optional.
macro_rules! body {
    (
        $(#[$meta:meta])*
        $name:ident {
            $( $(#[$doc:meta])* $n:literal $field:ident: $ty:ty, )*
            $( ; $( $(#[$odoc:meta])* $on:literal $ofield:ident: $oty:ty, )* )?
        }
    ) => {
        $(#[$meta])*
        #[derive(
            Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode,
            serde::Serialize, serde::Deserialize,
        )]
        #[cbor(map)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $( $(#[$doc])* #[n($n)] pub $field: $ty, )*
            $( $(
                $(#[$odoc])*
                #[n($on)]
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub $ofield: Option<$oty>,
            )* )?
        }
    };
}

/// Declares a word list: its number in CBOR, its name in JSON.
macro_rules! words {
    (
        $(#[$meta:meta])*
        $name:ident { $( $(#[$doc:meta])* $n:literal $word:ident = $text:literal, )* }
    ) => {
        $(#[$meta])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, minicbor::Encode,
            minicbor::Decode, serde::Serialize, serde::Deserialize,
        )]
        #[cbor(index_only)]
        pub enum $name { $( $(#[$doc])* #[n($n)] #[serde(rename = $text)] $word, )* }

        impl $name {
            /// Every word.
            pub const ALL: &'static [Self] = &[ $( Self::$word, )* ];

            /// The word in documents.
            pub fn name(self) -> &'static str {
                match self { $( Self::$word => $text, )* }
            }
        }
    };
}
/// Declares a part of a record: its CBOR map and its JSON form. Fields after the `;` are optional.
macro_rules! part {
    (
        $(#[$meta:meta])*
        $name:ident {
            $( $(#[$doc:meta])* $n:literal $field:ident: $ty:ty, )*
            $( ; $( $(#[$odoc:meta])* $on:literal $ofield:ident: $oty:ty, )* )?
        }
    ) => {
        $(#[$meta])*
        #[derive(
            Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode, serde::Serialize,
        )]
        #[cbor(map)]
        pub struct $name {
            $( $(#[$doc])* #[n($n)] pub $field: $ty, )*
            $( $(
                $(#[$odoc])*
                #[n($on)]
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $ofield: Option<$oty>,
            )* )?
        }
    };
}

/// Declares kinds of mismatch or doubt: number, name, English, Chinese.
macro_rules! causes {
    ($(#[$meta:meta])* $name:ident { $( $n:literal $cause:ident $text:literal $en:literal $zh:literal; )* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode, serde::Serialize)]
        #[serde(rename_all = "snake_case")]
        #[cbor(index_only)]
        pub enum $name { $( #[doc = $en] #[n($n)] $cause, )* }

        impl $name {
            /// Every one.
            pub const ALL: &'static [Self] = &[ $( Self::$cause, )* ];

            /// The stable name.
            pub fn name(self) -> &'static str {
                match self { $( Self::$cause => $text, )* }
            }

            /// What it is about, in English and in Chinese.
            pub fn text(self) -> (&'static str, &'static str) {
                match self { $( Self::$cause => ($en, $zh), )* }
            }
        }
    };
}

/// Declares the business objects of a family. Written as `bill:…`, `box:…`.
macro_rules! names {
    ($( $(#[$doc:meta])* $variant:ident $prefix:literal; )*) => {
        /// The business objects of this family, each written as its kind, a colon and its name.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Subject { $( $(#[$doc])* $variant(alloc::string::String), )* }

        impl Subject {
            /// Reads a subject's name.
            pub fn parse(text: &str) -> Option<Self> {
                let (kind, name) = text.split_once(':')?;
                match kind {
                    $( $prefix => Some(Self::$variant(name.into())), )*
                    _ => None,
                }
            }

            /// The word before the colon.
            pub fn prefix(&self) -> &'static str {
                match self { $( Self::$variant(_) => $prefix, )* }
            }

            /// The name after the colon.
            pub fn name(&self) -> &str {
                match self { $( Self::$variant(name) => name, )* }
            }
        }

        impl core::fmt::Display for Subject {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, "{}:{}", self.prefix(), self.name())
            }
        }

        impl serde::Serialize for Subject {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }
    };
}

/// Declares the kinds of a family: `Body "kind" [subjects] [signers] [sealable fields]`. The family's
/// `bodies`, `Subject` and `SCHEMA` are those in scope where it is used, and so is
/// `Action::check_fields`, which looks at the fields of a body that was read.
macro_rules! kinds {
    ($( $(#[$doc:meta])* $variant:ident($body:ident) $name:literal [$($subject:literal),*]
        [$($role:ident),*] [$($sealable:literal),*]; )*) => {
        /// An action of this family with its body read and its own fields checked.
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
        #[serde(tag = "kind")]
        #[allow(
            clippy::large_enum_variant,
            reason = "actions of all families stand side by side, each as large as the largest"
        )]
        pub enum Action { $(
            $(#[$doc])*
            #[serde(rename = $name)]
            $variant {
                /// What it is about.
                subject: Subject,
                /// What was said.
                body: bodies::$body,
                /// Numbers of the fields that stand sealed beside the body.
                #[serde(skip_serializing_if = "alloc::vec::Vec::is_empty")]
                sealed: alloc::vec::Vec<u32>,
            },
        )* }

        /// Every kind.
        pub const KINDS: &[$crate::family::kind::Kind] = &[ $( $crate::family::kind::Kind {
            name: $name,
            subjects: &[$($subject),*],
            signers: &[$($crate::membership::Role::$role),*],
            sealable: &[$($sealable),*],
        }, )* ];

        impl Action {
            /// Reads the body of the kind that the action names.
            fn read(
                kind: &$crate::family::kind::Kind,
                subject: Subject,
                action: &countersign_record::statement::Action,
            ) -> Result<Self, $crate::refusal::Refusal>
            {
                let sealed = action.sealed.iter().flatten().map(|(field, _)| *field).collect();
                match kind.name {
                    $( $name => {
                        let body = $crate::family::read_body(action, SCHEMA)?;
                        Ok(Self::$variant { subject, body, sealed })
                    } )*
                    _ => Err($crate::family::kind::unknown(KINDS, kind.name)),
                }
            }

            /// The row of the table that this action belongs to.
            pub fn kind(&self) -> &'static $crate::family::kind::Kind {
                let name = match self { $( Self::$variant { .. } => $name, )* };
                // The same list makes both, so the first entry is never needed.
                KINDS.iter().find(|k| k.name == name).unwrap_or(&KINDS[0])
            }

            /// What it is about.
            pub fn subject(&self) -> &Subject {
                match self { $( Self::$variant { subject, .. } => subject, )* }
            }

            /// Reads a body and applies the checks that need no state.
            ///
            /// # Errors
            /// The first rule that is broken.
            pub fn check(
                action: &countersign_record::statement::Action,
            ) -> Result<Self, $crate::refusal::Refusal> {
                let kind = $crate::family::kind::find(KINDS, action)?;
                let subject = Subject::parse(&action.subject)
                    .filter(|s| kind.subjects.contains(&s.prefix()))
                    .ok_or_else(|| kind.wrong_subject(&action.subject))?;
                let read = Self::read(kind, subject, action)?;
                $crate::family::kind::check_not_both(action)?;
                read.check_fields()?;
                Ok(read)
            }

            /// The roles of which the signer needs one; none means any party that the rules then
            /// name.
            pub fn signers(&self) -> &'static [$crate::membership::Role] {
                self.kind().signers
            }
        }

        /// The one encoding of a body that is written as JSON; what clients sign.
        ///
        /// # Errors
        /// There is no such kind, or the line and column of the first thing that is wrong.
        pub fn body_from_json(
            kind: &str,
            json: &[u8],
        ) -> Result<alloc::vec::Vec<u8>, countersign_record::encoding::Malformed> {
            match kind {
                $( $name => $crate::family::encode_json::<bodies::$body>(json), )*
                other => Err($crate::family::kind::no_such(other)),
            }
        }

        /// A body as JSON.
        ///
        /// # Errors
        /// There is no such kind, or the first byte that is wrong.
        pub fn body_to_json(
            kind: &str,
            body: &[u8],
        ) -> Result<serde_json::Value, countersign_record::encoding::Malformed> {
            match kind {
                $( $name => $crate::family::kind::decode_json::<bodies::$body>(body), )*
                other => Err($crate::family::kind::no_such(other)),
            }
        }
    };
}

/// Declares a reader and an event builder for each kind of subject of a family: prefix of its name,
/// the two functions, the variant of `State` and `Event`, the record and the event.
macro_rules! readers {
    ($family:ident; $( $prefix:literal $find:ident $on:ident $State:ident $Type:ident $Event:ident; )*) => { $(
        /// The record of that name, or nothing.
        pub(super) fn $find(world: &World<'_>, name: &str) -> Result<Option<$crate::shared::Shared<$Type>>, Unreadable> {
            let subject = alloc::format!(concat!($prefix, ":{}"), name);
            let key = SubjectKey::new($crate::family::FamilyName::$family, subject);
            Ok(match world.record(&key)?.map(|r| r.state) {
                Some($crate::family::State::$family(State::$State(state))) => Some(state),
                _ => None,
            })
        }

        /// An event of the subject of that name.
        pub(super) fn $on(name: &str, event: $Event) -> (SubjectKey, $crate::family::Event) {
            let subject = alloc::format!(concat!($prefix, ":{}"), name);
            let event = $crate::family::Event::$family(Event::$State(event));
            (SubjectKey::new($crate::family::FamilyName::$family, subject), event)
        }
    )* };
}

pub(crate) use {body, causes, kinds, names, part, readers, words};
