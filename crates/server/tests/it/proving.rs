//! `prove booking` in small, and what it refuses. The whole proof is the suite `tests/prove`.

use std::path::Path;

use robofy_testkit::Engine;
use serde_json::Value;

use super::program::{robofy, text};

/// A small proof in a folder of its own; gives its figures.
fn prove(folder: &Path, environment: &[(&str, &str)]) -> Value {
    let temporary = folder.join("tmp");
    std::fs::create_dir(&temporary).unwrap();
    let arguments = ["prove", "booking", "--attempts", "300", "--concurrency", "16", "--seed", "7", "--json"];
    let environment = [environment, &[("TMPDIR", temporary.to_str().unwrap())]].concat();
    let output = robofy(folder, &arguments, &environment);
    assert_eq!(output.status.code(), Some(0), "{}{}", text(&output.stdout), text(&output.stderr));
    assert_eq!(std::fs::read_dir(&temporary).unwrap().count(), 0, "nothing is left behind");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn check(figures: &Value, engine: &str, processes: u64) {
    let figure = |name: &str| figures[name].as_u64().unwrap();
    assert_eq!((figures["engine"].as_str(), figure("processes")), (Some(engine), processes));
    assert_eq!((figure("attempts"), figure("starts")), (300, 100));
    assert_eq!((figure("twice"), figure("lost"), figure("orphans")), (0, 0, 0));
    assert_eq!(figures["violations"], serde_json::json!([]));
    // Something happened, and was fought for.
    for name in ["booked", "refused", "cancelled", "restarts", "sold"] {
        assert!(figure(name) > 0, "{name}: {figures}");
    }
    assert_eq!(figure("sold_out") + figure("excluded"), 100);
}

#[test]
fn a_folder_of_its_own_is_made_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    // What is named is not touched.
    check(&prove(folder.path(), &[("ROBOFY_DATA_DIR", "kept")]), "sqlite", 1);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "only the folder for temporary files");
}

#[test]
fn a_schema_of_its_own_is_made_and_dropped_and_what_is_in_use_is_refused() {
    robofy_testkit::run(Engine::Postgres, |fixture| async move {
        let robofy_store::StoreConfig::Postgres { url, .. } = &fixture.config else { panic!("{fixture:?}") };
        // The fixture's own database is in use.
        let environment = [("ROBOFY_DATABASE_URL", url.as_str())];
        let output = robofy(fixture.folder(), &["prove", "booking", "--attempts", "10"], &environment);
        assert_eq!(output.status.code(), Some(1), "{}", text(&output.stdout));
        assert!(text(&output.stderr).contains("is not empty (it has public."), "{}", text(&output.stderr));

        // The one that the tests' databases are made from is not.
        let url = std::env::var("ROBOFY_TEST_DATABASE_URL").unwrap();
        check(&prove(fixture.folder(), &[("ROBOFY_DATABASE_URL", &url)]), "postgresql", 3);
    });
}

#[test]
fn sizes_that_prove_nothing_are_exit_2() {
    let folder = tempfile::tempdir().unwrap();
    for wrong in [&["--attempts", "0"][..], &["--concurrency", "0"], &["--attempts", "many"], &["--wings"]] {
        let output = robofy(folder.path(), &[&["prove", "booking"], wrong].concat(), &[]);
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
    }
}
