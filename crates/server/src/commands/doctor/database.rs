//! The database and the key that seals its secrets, looked at without changing either.

use std::os::unix::fs::PermissionsExt;

use robofy_store::admin::{Inspection, KeyFit, inspect};

use super::Finding;
use crate::opening::Place;

pub(super) async fn examine(place: &Place) -> Vec<(&'static str, Finding)> {
    let found = match inspect(&place.config, &place.key).await {
        Ok(Some(found)) => found,
        Ok(None) => {
            let finding = Finding::odd("there is none yet", "`robofy serve` and `robofy quickstart` make it");
            return vec![("database", finding)];
        }
        Err(error) => {
            let mend = if place.folder().is_some() {
                "If the file is damaged, restore it from your backup"
            } else {
                "Look at the address, the user's rights and whether the server runs"
            };
            return vec![("database", Finding::bad(format!("it does not open: {error}"), mend))];
        }
    };
    vec![("database", schema(&found)), ("master key", key(place, found.key))]
}

fn schema(found: &Inspection) -> Finding {
    let Inspection { schema, newest, .. } = found;
    if schema > newest {
        return Finding::bad(
            format!("its schema is version {schema}, this program knows {newest}"),
            "Start the newer program that wrote it",
        );
    }
    if schema < newest {
        return Finding::odd(
            format!("its schema is version {schema}, this program's {newest}"),
            "The server brings it up to date when it starts; `robofy migrate` does so now",
        );
    }
    Finding::Good(format!("opens, schema version {schema}"))
}

fn key(place: &Place, fit: KeyFit) -> Finding {
    let shown = place.key_file().map(|path| path.display().to_string()).unwrap_or_default();
    match fit {
        KeyFit::Refused(why) => return Finding::bad(why, "Nothing opens sealed secrets but that very key"),
        KeyFit::NothingSealed => return Finding::Good("nothing is sealed yet".to_owned()),
        KeyFit::Fits => {}
    }
    let mode = place.key_file().map(std::fs::metadata).map(|file| file.map(|file| file.permissions().mode()));
    match mode {
        Some(Ok(mode)) if mode & 0o077 != 0 => Finding::bad(
            format!("others may read {shown} (mode {:o})", mode & 0o777),
            format!("Close it: chmod 600 {shown}"),
        ),
        Some(Err(error)) => Finding::bad(format!("{shown}: {error}"), "Give this user the right to read it"),
        Some(Ok(_)) | None => Finding::Good(format!("{shown} fits the database")),
    }
}
