//! `robofy-bench`: measures, and writes the report.
#![expect(clippy::print_stdout, reason = "the figures are what the program is for")]

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use robofy_bench::rows::{self, Bench, GROUPS, Sizes};
use robofy_bench::site::{self, Wish};
use robofy_bench::streams::{raise_files, relay, upstream};
use robofy_bench::subject::Programs;
use robofy_bench::{bare, cases, floor};

/// Measures Robofy against a bare server.
#[derive(Debug, Parser)]
#[command(name = "robofy-bench", version, max_term_width = 110)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Measure, and write report.md and its charts
    Run {
        /// The program under test
        #[arg(long)]
        robofy: PathBuf,
        /// Folder for the report
        #[arg(long)]
        out: PathBuf,
        /// Sizes so small that the figures mean nothing: to see that everything runs
        #[arg(long)]
        tiny: bool,
        /// Only these groups of rows; `robofy-bench groups` names them. Jobs and bookings are measured on PostgreSQL
        /// too, in an empty database, when ROBOFY_TEST_DATABASE_URL names one. Real pages and files are read where
        /// ROBOFY_CASES says, long documents where ROBOFY_DOCUMENTS does
        groups: Vec<String>,
    },
    /// Name the groups of rows, in the order of a whole run
    Groups,
    /// Serve the bare routes that figures are held against
    Floor {
        /// Address to listen on
        #[arg(long)]
        listen: SocketAddr,
        /// Folder for what is stored
        #[arg(long)]
        folder: PathBuf,
    },
    /// Answer queries of a database, without anything between
    Bare {
        /// Address to listen on
        #[arg(long)]
        listen: SocketAddr,
        /// The address of a PostgreSQL database, or the path of an SQLite file
        #[arg(long)]
        database: String,
    },
    /// Serve the website that is crawled
    Site {
        /// Address to listen on
        #[arg(long)]
        listen: SocketAddr,
        /// So many pages
        #[arg(long)]
        pages: usize,
        /// The generator's seed
        #[arg(long)]
        seed: u64,
        /// Folder of real cases, for pages of them
        #[arg(long)]
        cases: Option<PathBuf>,
    },
    /// Be the language model of the rows of streams
    Upstream {
        /// Address to listen on
        #[arg(long)]
        listen: SocketAddr,
    },
    /// Serve the bare relay that streams are held against
    Relay {
        /// Address to listen on
        #[arg(long)]
        listen: SocketAddr,
        /// Where the language model listens
        #[arg(long)]
        upstream: SocketAddr,
    },
}

fn main() -> anyhow::Result<()> {
    let command = Cli::parse().command;
    raise_files()?;
    match command {
        Command::Run { robofy, out, tiny, groups } => {
            let sizes = if tiny { Sizes::tiny() } else { Sizes::full() };
            let robofy = std::path::absolute(robofy)?;
            let bench = std::env::current_exe().context("cannot tell where this program is")?;
            let postgres = std::env::var("ROBOFY_TEST_DATABASE_URL").ok();
            let programs = Programs { robofy, bench };
            let (cases, documents) = (cases::folder(), cases::documents());
            let bench = Bench { programs, sizes, out, postgres, cases, documents };
            // One thread: the generator takes no more than one processor from the server.
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(Box::pin(run(&bench, &groups)))
        }
        Command::Groups => {
            println!("{}", GROUPS.join("\n"));
            Ok(())
        }
        Command::Floor { listen, folder } => {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            runtime.block_on(floor::serve(listen, &folder))
        }
        Command::Bare { listen, database } => {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            runtime.block_on(bare::serve(listen, &database))
        }
        Command::Site { listen, pages, seed, cases } => {
            let site = Wish { pages, seed, cases }.site()?;
            // One thread: the site takes no more than it must from who reads it.
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(site::serve(listen, &site))
        }
        Command::Upstream { listen } => {
            // One thread: the model takes no more than it must from the server.
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(upstream::serve(listen))
        }
        Command::Relay { listen, upstream } => {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            runtime.block_on(relay::serve(listen, upstream))
        }
    }
}

async fn run(bench: &Bench, groups: &[String]) -> anyhow::Result<()> {
    std::fs::create_dir_all(&bench.out).with_context(|| format!("cannot make {}", bench.out.display()))?;
    let groups: Vec<&str> =
        if groups.is_empty() { GROUPS.to_vec() } else { groups.iter().map(String::as_str).collect() };
    let mut sections = Vec::new();
    for group in groups {
        for section in
            rows::measure(bench, group).await.with_context(|| format!("in the rows of `{group}`"))?
        {
            println!("{}", section.markdown());
            sections.push(section);
        }
    }
    let report = rows::report(bench, sections);
    println!("\n{}", report.aims());
    let path = bench.out.join("report.md");
    std::fs::write(&path, report.markdown()).with_context(|| format!("cannot write {}", path.display()))
}
