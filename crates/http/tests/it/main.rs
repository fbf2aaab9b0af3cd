//! The HTTP surface as a client meets it: the whole router over a real store.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail as a test does")]

mod server;

mod access;
mod account;
mod booking;
mod chat;
mod codes;
mod document;
mod envelope;
mod handshake;
mod inbox;
mod knowledge;
mod leads;
mod paging;
mod people;
mod projects;
mod prompts;
mod requests;
mod stats;
mod streams;
mod tokens;
mod visitor_journey;
mod whatsapp;
mod widget;
