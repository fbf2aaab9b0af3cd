//! The table as the document `docs/configuration.md`.

use super::{Fallback, Group, SETTINGS, Setting};

const HEAD: &str = "# Configuration

Every option is a flag, a name in the environment and a key of `robofy.toml`, which is read from the folder in
which the program is started. A flag outranks the environment, the environment the file, the file the default.
In the file an option that may be repeated is an array, in the environment its values are separated by commas.
An unknown key in the file is an error; an unknown `ROBOFY_` name in the environment is a warning in the log.

No secret is ever a flag, since any user of a machine can read the command lines of its processes: a
`--database-url` with a password in it is refused. The environment, `--database-url-file` and PostgreSQL's own
`PGPASSFILE` may hold one; a model's key comes from the environment or from `--llm-api-key-file`.

This page is made from the table in `crates/server/src/config.rs` by `make gen`.

| Flag and key | Environment | Default | Meaning | Taken as a flag by |
|---|---|---|---|---|
";

/// The whole document, as it stands in the repository.
pub fn document() -> String {
    let mut text = HEAD.to_owned();
    for setting in SETTINGS {
        row(&mut text, setting);
    }
    text
}

fn row(text: &mut String, setting: &Setting) {
    let fallback = match setting.fallback {
        Fallback::Value(value) => format!("`{value}`"),
        Fallback::Unset(words) => words.to_owned(),
    };
    let repeated = if setting.many { "; may be repeated" } else { "" };
    let by = match setting.group {
        Group::Every => "all",
        Group::Store => "all that open the store",
        Group::Account => "`serve`, `doctor`, `quickstart`",
        Group::Worker => "`serve`, `doctor`, `worker`",
        Group::Serve => "`serve`, `doctor`",
        Group::Environment => "none",
    };
    let flag = match setting.group {
        Group::Environment => "none".to_owned(),
        Group::Every | Group::Store | Group::Account | Group::Worker | Group::Serve => {
            format!("`--{} {}`", setting.name, setting.value.replace('|', "\\|"))
        }
    };
    *text +=
        &format!("| {flag} | `{}` | {fallback} | {}{repeated} | {by} |\n", setting.variable(), setting.help,);
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// With `UPDATE_SNAPSHOTS=1` the document is written instead of compared (`make gen`).
    #[test]
    fn the_snapshot_is_the_table() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/configuration.md");
        if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
            std::fs::write(&path, document()).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap();
        assert_eq!(committed, document(), "docs/configuration.md is out of date: run `make gen`");
    }
}
