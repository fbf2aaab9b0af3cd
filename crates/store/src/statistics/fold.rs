//! Folding deltas into counters, in the background and on any node.
//!
//! Deltas are deleted and counted in one transaction, under the gate of their agent: of several nodes one folds it at a
//! time, and nothing is counted twice or lost. Whoever adds a delta takes no part in that and waits for nobody. Whoever
//! deletes the agent takes the gate before it; what is added, or was about to be folded, after that is dropped.

use std::collections::BTreeMap;

use robofy_kernel::{AccountId, ProjectId, Timestamp};

use super::deltas::{self, Delta};
use super::{Counts, counts};
use crate::{Lane, Result, Store, Tx};

statements! {
    // Across accounts: the program itself asks.
    WAITING = "SELECT DISTINCT account_id, project_id, chatbot_id FROM stat_deltas ORDER BY account_id, project_id, chatbot_id";
    GATE = "INSERT INTO stat_gates (account_id, project_id, chatbot_id, taken_at)
            SELECT p.account_id, p.project_id, $3, $4 FROM projects p WHERE p.account_id = $1 AND p.project_id = $2
            ON CONFLICT (account_id, project_id, chatbot_id) DO UPDATE SET taken_at = excluded.taken_at";
    IS_THERE = "SELECT CAST(1 AS BIGINT) FROM projects p
                 WHERE p.account_id = $1 AND p.project_id = $2
                   AND (CAST($3 AS TEXT) = '' OR EXISTS (SELECT 1 FROM agents a WHERE a.account_id = p.account_id AND a.project_id = p.project_id AND a.chatbot_id = $3))";
    TAKE = concat!("DELETE FROM stat_deltas WHERE account_id = $1 AND project_id = $2 AND chatbot_id = $3
                       AND delta_id IN (SELECT d.delta_id FROM stat_deltas d WHERE d.account_id = $1 AND d.project_id = $2 AND d.chatbot_id = $3 LIMIT $4)
                    RETURNING quarter, before_quarter, visits, ", counts!());
    COUNT = concat!("INSERT INTO stat_counters (account_id, project_id, chatbot_id, quarter, ", counts!(), ")
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
                     ON CONFLICT (account_id, project_id, chatbot_id, quarter) DO UPDATE
                        SET messages = stat_counters.messages + excluded.messages, leads = stat_counters.leads + excluded.leads,
                            bookings = stat_counters.bookings + excluded.bookings, handovers = stat_counters.handovers + excluded.handovers,
                            answered = stat_counters.answered + excluded.answered, unanswered = stat_counters.unanswered + excluded.unanswered,
                            rated_up = stat_counters.rated_up + excluded.rated_up, rated_down = stat_counters.rated_down + excluded.rated_down,
                            input_tokens = stat_counters.input_tokens + excluded.input_tokens,
                            output_tokens = stat_counters.output_tokens + excluded.output_tokens,
                            first_tokens = stat_counters.first_tokens + excluded.first_tokens,
                            first_token_ms = stat_counters.first_token_ms + excluded.first_token_ms");
    VISIT = "INSERT INTO stat_visits (account_id, project_id, chatbot_id, quarter, before_quarter, sessions) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (account_id, project_id, chatbot_id, quarter, before_quarter) DO UPDATE SET sessions = stat_visits.sessions + excluded.sessions";
    // What an erased session leaves behind.
    NO_VISIT = "DELETE FROM stat_visits WHERE account_id = $1 AND project_id = $2 AND chatbot_id = $3 AND quarter = $4 AND before_quarter = $5 AND sessions = 0";
}

/// So many deltas are folded in one transaction: a short one.
const AT_ONCE: i64 = 500;

/// Whose deltas: the account's, the project's, the agent's or, where empty, no agent's.
type Whose = (AccountId, ProjectId, String);

impl Store {
    /// Folds what turns, leads and bookings have added to the statistics. Says how many deltas were folded.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn fold_statistics(&self, now: Timestamp) -> Result<u64> {
        self.fold_statistics_in_steps(now, AT_ONCE).await
    }

    /// The same with so many deltas at most in each transaction.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn fold_statistics_in_steps(&self, now: Timestamp, at_once: i64) -> Result<u64> {
        let mut folded = 0;
        for whose in fetch_all!(self.reader(), Whose, WAITING)? {
            loop {
                let whose = whose.clone();
                let unit = self.write(Lane::Ingestion, move |mut tx| {
                    Box::pin(async move { fold(&mut tx, &whose, now, at_once).await })
                });
                let some = unit.await?;
                folded += some;
                if some < at_once.unsigned_abs() {
                    break;
                }
            }
        }
        Ok(folded)
    }
}

/// Lets one unit at a time change an agent's counters.
pub(crate) async fn gate(
    tx: &mut Tx<'_>,
    (account, project, chatbot): (AccountId, ProjectId, &str),
    now: Timestamp,
) -> Result<()> {
    execute!(tx.conn(), GATE, account, project, chatbot, now).map(|_| ())
}

async fn fold(
    tx: &mut Tx<'_>,
    (account, project, chatbot): &Whose,
    now: Timestamp,
    at_once: i64,
) -> Result<u64> {
    let (account, project, chatbot) = (*account, *project, chatbot.as_str());
    gate(tx, (account, project, chatbot), now).await?;
    // Asked under the gate: the agent may have been deleted while this unit waited for it.
    if fetch_optional!(tx.conn(), (i64,), IS_THERE, account, project, chatbot)?.is_none() {
        return deltas::forget(tx, account, project, chatbot).await.map(|()| 0);
    }
    let deltas = fetch_all!(tx.conn(), Delta, TAKE, account, project, chatbot, at_once)?;
    let (mut counters, mut visits) = (BTreeMap::<i64, Counts>::new(), BTreeMap::<(i64, i64), i64>::new());
    for delta in &deltas {
        let sum = counters.entry(delta.quarter).or_default();
        *sum = sum.plus(1, delta.counts);
        *visits.entry((delta.quarter, delta.before_quarter)).or_default() += delta.visits;
    }
    for (quarter, sum) in counters {
        execute!(
            tx.conn(),
            COUNT,
            account,
            project,
            chatbot,
            quarter,
            sum.messages,
            sum.leads,
            sum.bookings,
            sum.handovers,
            sum.answered,
            sum.unanswered,
            sum.rated_up,
            sum.rated_down,
            sum.input_tokens,
            sum.output_tokens,
            sum.first_tokens,
            sum.first_token_ms
        )?;
    }
    for ((quarter, before), sessions) in visits.into_iter().filter(|(_, sessions)| *sessions != 0) {
        execute!(tx.conn(), VISIT, account, project, chatbot, quarter, before, sessions)?;
        if sessions < 0 {
            execute!(tx.conn(), NO_VISIT, account, project, chatbot, quarter, before)?;
        }
    }
    Ok(count(&deltas))
}

fn count(deltas: &[Delta]) -> u64 {
    u64::try_from(deltas.len()).unwrap_or(u64::MAX)
}
