//! Every statement of the store, for the test that prepares them all on both engines.

use crate::{
    accounts, admin, agents, api_keys, assets, blobs, booking, chat, facts, jobs, leads, links, logins,
    maintenance, once, pairs, projects, requests, sites, statistics, texts, unanswered, users,
};

/// `(module, name, text)` of each statement.
pub fn all() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    [
        ("accounts", accounts::STATEMENTS),
        ("accounts::usage", accounts::usage::STATEMENTS),
        ("admin", admin::STATEMENTS),
        ("agents", agents::STATEMENTS),
        ("agents::prompts", agents::prompts::STATEMENTS),
        ("agents::sources", agents::sources::STATEMENTS),
        ("agents::widget", agents::widget::STATEMENTS),
        ("api_keys", api_keys::STATEMENTS),
        ("assets", assets::STATEMENTS),
        ("blobs", blobs::STATEMENTS),
        ("booking", booking::STATEMENTS),
        ("booking::blocks", booking::blocks::STATEMENTS),
        ("booking::bookings", booking::bookings::STATEMENTS),
        ("booking::holds", booking::holds::STATEMENTS),
        ("booking::lists", booking::lists::STATEMENTS),
        ("booking::resources", booking::resources::STATEMENTS),
        ("booking::services", booking::services::STATEMENTS),
        ("booking::sweep", booking::sweep::STATEMENTS),
        ("booking::taken", booking::taken::STATEMENTS),
        ("chat", chat::STATEMENTS),
        ("chat::erase", chat::erase::STATEMENTS),
        ("chat::inbox", chat::inbox::STATEMENTS),
        ("chat::known", chat::known::STATEMENTS),
        ("chat::stops", chat::stops::STATEMENTS),
        ("chat::tokens", chat::tokens::STATEMENTS),
        ("facts", facts::STATEMENTS),
        ("jobs", jobs::STATEMENTS),
        ("jobs::lease", jobs::LEASE_STATEMENTS),
        ("jobs::schedules", jobs::SCHEDULE_STATEMENTS),
        ("links", links::STATEMENTS),
        ("logins", logins::STATEMENTS),
        ("maintenance", maintenance::STATEMENTS),
        ("once", once::STATEMENTS),
        ("pairs", pairs::STATEMENTS),
        ("projects", projects::STATEMENTS),
        ("requests", requests::STATEMENTS),
        ("sites", sites::STATEMENTS),
        ("sites::pages", sites::pages::STATEMENTS),
        ("sites::runs", sites::runs::STATEMENTS),
        ("statistics", statistics::STATEMENTS),
        ("statistics::deltas", statistics::deltas::STATEMENTS),
        ("statistics::fold", statistics::fold::STATEMENTS),
        ("texts", texts::STATEMENTS),
        ("unanswered", unanswered::STATEMENTS),
        ("users", users::STATEMENTS),
    ]
    .into_iter()
    .chain(leads::STATEMENTS)
    .flat_map(|(module, list)| list.iter().map(move |(name, text)| (module, *name, *text)))
}
