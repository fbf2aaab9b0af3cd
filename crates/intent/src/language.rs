//! The languages whose vocabulary is built in.

macro_rules! languages {
    ($($(#[$doc:meta])* $name:ident $code:literal)*) => {
        /// A language that the recogniser knows. Japanese, Hindi, Arabic and Chinese have a small vocabulary only: the
        /// intents, but neither the moves inside a flow nor the claims of effect.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Language {
            $($(#[$doc])* $name,)*
        }

        impl Language {
            /// Every language; among several that fit a message equally well, the first is taken.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The ISO 639-1 code.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The language of an ISO 639-1 code; a region is ignored (`pt-BR` is Portuguese).
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                let code = code.split(['-', '_']).next().unwrap_or_default().trim().to_ascii_lowercase();
                Self::ALL.iter().copied().find(|language| language.code() == code)
            }

            /// Its English name.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }

            /// The language of an English name or a code.
            #[must_use]
            pub fn of(name: &str) -> Option<Self> {
                let named = Self::ALL.iter().copied().find(|language| language.name().eq_ignore_ascii_case(name));
                named.or_else(|| Self::from_code(name))
            }

            /// Its vocabulary, as it is written.
            pub(crate) fn source(self) -> &'static str {
                match self { $(Self::$name => include_str!(concat!("../data/", $code, ".txt")),)* }
            }
        }
    };
}

languages! {
    /// English.
    English "en"
    /// Spanish.
    Spanish "es"
    /// French.
    French "fr"
    /// German.
    German "de"
    /// Portuguese.
    Portuguese "pt"
    /// Italian.
    Italian "it"
    /// Dutch.
    Dutch "nl"
    /// Japanese.
    Japanese "ja"
    /// Hindi.
    Hindi "hi"
    /// Arabic.
    Arabic "ar"
    /// Chinese.
    Chinese "zh"
}
