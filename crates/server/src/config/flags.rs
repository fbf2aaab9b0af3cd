//! The table as flags of the command line.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use figment::value::{Dict, Value};

use super::{Fallback, Group, SETTINGS, Setting};

/// The options that stood on the command line, as their texts.
#[derive(Debug, Clone, Default)]
pub struct Given(BTreeMap<&'static str, Vec<String>>);

impl Given {
    /// Adds one occurrence of a flag.
    pub fn push(&mut self, setting: &'static Setting, value: String) {
        self.0.entry(setting.name).or_default().push(value);
    }

    /// The value of a flag that is given once.
    pub fn one(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.first().map(String::as_str)
    }

    pub(super) fn values(&self) -> Dict {
        self.0.iter().map(|(name, texts)| ((*name).to_owned(), Value::from(texts.clone()))).collect()
    }
}

/// Names a [`Group`] in a type.
pub trait GroupMark {
    /// Whether its subcommands take the options of a group.
    fn takes(group: Group) -> bool;
}

macro_rules! marks {
    ($($(#[$doc:meta])* $mark:ident = $($group:ident)|+;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $mark;
        impl GroupMark for $mark {
            fn takes(group: Group) -> bool {
                matches!(group, $(Group::$group)|+)
            }
        }
    )*};
}
marks! {
    /// Flags of every subcommand.
    EveryGroup = Every;
    /// Flags of those that open the store.
    StoreGroup = Every | Store;
    /// Flags of those that tell address and primary key.
    AccountGroup = Every | Store | Account;
    /// Flags of `worker`.
    WorkerGroup = Every | Store | Worker;
    /// Flags of `serve`.
    ServeGroup = Every | Store | Account | Worker | Serve;
}

/// The table's flags for one group of subcommands, to be flattened into a subcommand's arguments.
#[derive(Debug, Clone)]
pub struct Flags<G> {
    /// What stood on the command line.
    pub given: Given,
    group: PhantomData<G>,
}

impl<G: GroupMark> Flags<G> {
    fn settings() -> impl Iterator<Item = &'static Setting> {
        SETTINGS.iter().filter(|setting| G::takes(setting.group))
    }
}

impl<G: GroupMark> Args for Flags<G> {
    fn augment_args(command: Command) -> Command {
        command.args(Self::settings().map(arg))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<G: GroupMark> FromArgMatches for Flags<G> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut given = Given::default();
        for setting in Self::settings() {
            for value in matches.get_many::<String>(setting.name).into_iter().flatten() {
                given.push(setting, value.clone());
            }
        }
        Ok(Self { given, group: PhantomData })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn arg(setting: &'static Setting) -> Arg {
    let fallback = match setting.fallback {
        Fallback::Value(value) => format!("default: {value}"),
        Fallback::Unset(words) => format!("default: {}", words.replace('`', "")),
    };
    let help = format!("{} [env: {}] [{fallback}]", setting.help.replace('`', ""), setting.variable());
    let action = if setting.many { ArgAction::Append } else { ArgAction::Set };
    Arg::new(setting.name).long(setting.name).value_name(setting.value).action(action).help(help)
}
