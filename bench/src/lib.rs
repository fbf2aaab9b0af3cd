//! Benchmarks: a load generator, the floor that every figure is held against, and the report.
//!
//! The server under test is the real `robofy serve`, a child process on a data folder of its own. The *floor* is a bare
//! axum server, a process of its own too, that does the least that such a request needs. Both are measured in turns, in
//! the same run, by the same generator; what is compared are medians of the turns' ratios, and their spread is printed.
//! Streamed answers of language models have a floor of their own: a bare relay, and behind it and behind the server the same
//! scripted model, which is also called directly.
//! Time of the processor per request is read from the process's own clock, because it is what other work on the machine moves least.

pub mod bare;
pub mod calls;
pub mod cases;
pub mod chart;
pub mod family;
pub mod floor;
pub mod load;
pub mod plain;
pub mod process;
pub mod readme;
pub mod report;
pub mod rows;
pub mod site;
pub mod stats;
pub mod streams;
pub mod subject;
pub mod texts;
