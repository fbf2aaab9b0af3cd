//! From a file to a ranked passage: extract, chunk, analyse, index, search.
//!
//! The search half is pure: [`analyse`] makes terms of text, [`segment`] makes chunks searchable, [`index`] keeps the
//! list of an agent's segments, [`search`] ranks. None of it knows SQL or HTTP. The [`library`] ties it to the store.

pub mod analyse;
pub mod chunk;
pub mod extract;
pub mod index;
pub mod library;
pub mod search;
pub mod segment;
pub mod site;
