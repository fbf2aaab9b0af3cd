//! Lets cargo notice when the built pages change. They need npm, cargo does not: without them the server has a plain page.

fn main() {
    let pages = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/dist");
    // An empty folder stands for "not built"; where it cannot be made, the pages are simply never noticed.
    if let Err(error) = std::fs::create_dir_all(pages) {
        println!("cargo::warning=cannot make {pages}: {error}");
    }
    println!("cargo::rerun-if-changed={pages}");
    println!("cargo::rerun-if-changed=build.rs");
}
