//! The `robofy` program.
fn main() {}
