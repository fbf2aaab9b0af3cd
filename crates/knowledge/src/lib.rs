//! From a file to a ranked passage: extract, chunk, analyse, index, search.

pub mod extract;
