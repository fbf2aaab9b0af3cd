//! The page reader as a program of its own, for this crate's tests: `robofy extract` does the same.

use std::io;

use robofy_knowledge::extract::child::{ChildLimits, serve};

fn main() -> io::Result<()> {
    serve(ChildLimits::default(), io::stdin().lock(), io::stdout().lock())
}
