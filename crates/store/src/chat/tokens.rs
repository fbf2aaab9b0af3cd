//! How many tokens an agent's turns cost in a month.

use robofy_kernel::{ChatbotId, Op, Timestamp};

use super::{TakenTurn, Tokens};
use crate::{Result, Store, Tx};

statements! {
    // The session tells the agent; test sessions cost nothing that is counted.
    COUNT = "INSERT INTO token_counts (account_id, chatbot_id, month, shard, input_tokens, output_tokens)
             SELECT account_id, chatbot_id, CAST($3 AS TEXT), CAST($4 AS BIGINT), CAST($5 AS BIGINT), CAST($6 AS BIGINT)
               FROM chat_sessions WHERE account_id = $1 AND session_key = $2 AND environment = 'live'
             ON CONFLICT (account_id, chatbot_id, month, shard) DO UPDATE
                SET input_tokens = token_counts.input_tokens + excluded.input_tokens,
                    output_tokens = token_counts.output_tokens + excluded.output_tokens";
    SUM = "SELECT CAST(COALESCE(SUM(input_tokens), 0) AS BIGINT) AS input, CAST(COALESCE(SUM(output_tokens), 0) AS BIGINT) AS output
             FROM token_counts WHERE account_id = $1 AND chatbot_id = $2 AND month = $3";
}

/// An agent's count is kept in so many rows.
const SHARDS: u64 = 8;

impl Store {
    /// What the agent's live turns have cost in this month (UTC) so far.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn tokens_this_month(&self, op: &Op, chatbot: &ChatbotId) -> Result<Tokens> {
        fetch_one!(self.reader(), Tokens, SUM, op.account, chatbot, month(op.now()))
    }
}

/// Adds what a turn cost; a step of the unit that ends it, behind all that may wait for others: the turns of an agent
/// share these few rows, which are held until the commit.
pub(super) async fn count(tx: &mut Tx<'_>, op: &Op, turn: &TakenTurn, cost: Tokens) -> Result<()> {
    let (_, random) = turn.session_key.0.as_u64_pair();
    let shard = i64::try_from(random % SHARDS).unwrap_or(0);
    let (account, session, month) = (op.account, turn.session_key, month(op.now()));
    execute!(tx.conn(), COUNT, account, session, month, shard, cost.input, cost.output).map(|_| ())
}

/// `YYYY-MM`.
fn month(now: Timestamp) -> String {
    now.documented().chars().take(7).collect()
}
