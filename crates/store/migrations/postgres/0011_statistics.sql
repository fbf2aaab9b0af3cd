-- Statistics: what each turn, lead and booking adds, and the counters into which that is folded.
--
-- A quarter is a quarter of an hour, counted from 1970 in UTC. `chatbot_id` is empty for what belongs to a project
-- and to none of its agents.

-- What is not folded yet. Rows come and go with every turn, so that turns of one agent never wait for a counter.
CREATE TABLE stat_deltas (
    account_id UUID NOT NULL,
    project_id BIGINT NOT NULL,
    chatbot_id TEXT COLLATE "C" NOT NULL,
    delta_id UUID NOT NULL,
    quarter BIGINT NOT NULL,
    -- The quarter of the turn before in the session, -1 where there is none.
    before_quarter BIGINT NOT NULL,
    -- 1 where the turn is the session's first of its quarter.
    visits BIGINT NOT NULL,
    messages BIGINT NOT NULL,
    leads BIGINT NOT NULL,
    bookings BIGINT NOT NULL,
    handovers BIGINT NOT NULL,
    answered BIGINT NOT NULL,
    unanswered BIGINT NOT NULL,
    rated_up BIGINT NOT NULL,
    rated_down BIGINT NOT NULL,
    input_tokens BIGINT NOT NULL,
    output_tokens BIGINT NOT NULL,
    -- How many turns said something, and the sum of the times until they did.
    first_tokens BIGINT NOT NULL,
    first_token_ms BIGINT NOT NULL,
    PRIMARY KEY (account_id, project_id, chatbot_id, delta_id)
);

CREATE TABLE stat_counters (
    account_id UUID NOT NULL,
    project_id BIGINT NOT NULL,
    chatbot_id TEXT COLLATE "C" NOT NULL,
    quarter BIGINT NOT NULL,
    messages BIGINT NOT NULL,
    leads BIGINT NOT NULL,
    bookings BIGINT NOT NULL,
    handovers BIGINT NOT NULL,
    answered BIGINT NOT NULL,
    unanswered BIGINT NOT NULL,
    rated_up BIGINT NOT NULL,
    rated_down BIGINT NOT NULL,
    input_tokens BIGINT NOT NULL,
    output_tokens BIGINT NOT NULL,
    first_tokens BIGINT NOT NULL,
    first_token_ms BIGINT NOT NULL,
    PRIMARY KEY (account_id, project_id, chatbot_id, quarter),
    FOREIGN KEY (account_id, project_id) REFERENCES projects (account_id, project_id) ON DELETE CASCADE
);

-- How many sessions had a first turn in `quarter` after one in `before_quarter`.
CREATE TABLE stat_visits (
    account_id UUID NOT NULL,
    project_id BIGINT NOT NULL,
    chatbot_id TEXT COLLATE "C" NOT NULL,
    quarter BIGINT NOT NULL,
    before_quarter BIGINT NOT NULL,
    sessions BIGINT NOT NULL,
    PRIMARY KEY (account_id, project_id, chatbot_id, quarter, before_quarter),
    FOREIGN KEY (account_id, project_id) REFERENCES projects (account_id, project_id) ON DELETE CASCADE
);

-- Held by whoever folds an agent's deltas.
CREATE TABLE stat_gates (
    account_id UUID NOT NULL,
    project_id BIGINT NOT NULL,
    chatbot_id TEXT COLLATE "C" NOT NULL,
    taken_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, project_id, chatbot_id),
    FOREIGN KEY (account_id, project_id) REFERENCES projects (account_id, project_id) ON DELETE CASCADE
);

-- What was said before there were counters.
INSERT INTO stat_counters (account_id, project_id, chatbot_id, quarter, messages, leads, bookings, handovers, answered, unanswered, rated_up, rated_down,
                           input_tokens, output_tokens, first_tokens, first_token_ms)
SELECT account_id, project_id, chatbot_id, quarter, SUM(messages), SUM(leads), SUM(bookings), 0, SUM(answered), SUM(unanswered), SUM(rated_up), SUM(rated_down),
       SUM(input_tokens), SUM(output_tokens), SUM(first_tokens), SUM(first_token_ms)
  FROM (SELECT t.account_id, a.project_id, a.chatbot_id, t.started_at / 900000000 AS quarter,
               CASE WHEN t.status <> 'running' OR t.run > 1 THEN 1 ELSE 0 END AS messages, 0 AS leads, 0 AS bookings,
               CASE WHEN t.status IN ('done', 'stopped') AND (t.kind = 'pair' OR (t.citations <> '[]'::jsonb AND COALESCE(t.kind, 'answer') = 'answer')) THEN 1 ELSE 0 END AS answered,
               CASE WHEN t.status <> 'running' AND t.kind = 'not_found' THEN 1 ELSE 0 END AS unanswered,
               CASE WHEN t.rating > 0 THEN 1 ELSE 0 END AS rated_up, CASE WHEN t.rating < 0 THEN 1 ELSE 0 END AS rated_down,
               CASE WHEN t.status = 'running' THEN 0 ELSE COALESCE(t.input_tokens, 0) END AS input_tokens,
               CASE WHEN t.status = 'running' THEN 0 ELSE COALESCE(t.output_tokens, 0) END AS output_tokens,
               CASE WHEN t.status = 'running' OR t.first_token_ms IS NULL THEN 0 ELSE 1 END AS first_tokens,
               CASE WHEN t.status = 'running' THEN 0 ELSE COALESCE(t.first_token_ms, 0) END AS first_token_ms
          FROM turns t
          JOIN chat_sessions s ON s.account_id = t.account_id AND s.session_key = t.session_key
          JOIN agents a ON a.account_id = s.account_id AND a.chatbot_id = s.chatbot_id
         WHERE s.environment = 'live'
        UNION ALL
        SELECT l.account_id, a.project_id, a.chatbot_id, l.created_at / 900000000, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0
          FROM leads l JOIN agents a ON a.account_id = l.account_id AND a.chatbot_id = l.chatbot_id
         WHERE l.environment = 'live'
        UNION ALL
        SELECT b.account_id, b.project_id, COALESCE(a.chatbot_id, ''), b.created_at / 900000000, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0
          FROM bookings b LEFT JOIN agents a ON a.account_id = b.account_id AND a.chatbot_id = b.chatbot_id
         WHERE b.environment = 'live' AND (b.chatbot_id IS NULL OR a.chatbot_id IS NOT NULL)) old
 GROUP BY account_id, project_id, chatbot_id, quarter;

INSERT INTO stat_visits (account_id, project_id, chatbot_id, quarter, before_quarter, sessions)
SELECT t.account_id, a.project_id, a.chatbot_id, t.started_at / 900000000, COALESCE(p.started_at / 900000000, -1), COUNT(*)
  FROM turns t
  JOIN chat_sessions s ON s.account_id = t.account_id AND s.session_key = t.session_key
  JOIN agents a ON a.account_id = s.account_id AND a.chatbot_id = s.chatbot_id
  LEFT JOIN turns p ON p.account_id = t.account_id AND p.session_key = t.session_key AND p.number = t.number - 1
 WHERE s.environment = 'live' AND (t.status <> 'running' OR t.run > 1)
   AND (p.started_at IS NULL OR p.started_at / 900000000 < t.started_at / 900000000)
 GROUP BY t.account_id, a.project_id, a.chatbot_id, t.started_at / 900000000, COALESCE(p.started_at / 900000000, -1);

-- Questions that got the not-found answer, a row for each turn. `question_id` is made of the question's normal form, so
-- that equal questions have the same.
CREATE TABLE unanswered (
    account_id UUID NOT NULL,
    chatbot_id TEXT COLLATE "C" NOT NULL,
    environment TEXT COLLATE "C" NOT NULL CHECK (environment IN ('live', 'test')),
    question_id UUID NOT NULL,
    asked_at BIGINT NOT NULL,
    session_key UUID NOT NULL,
    number BIGINT NOT NULL,
    -- When its answer was stored.
    noted_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, chatbot_id, environment, question_id, asked_at, session_key, number),
    FOREIGN KEY (account_id, session_key, number) REFERENCES turns (account_id, session_key, number) ON DELETE CASCADE
);
CREATE INDEX unanswered_turn ON unanswered (account_id, session_key, number);
CREATE INDEX unanswered_list ON unanswered (account_id, chatbot_id, environment, question_id, asked_at) INCLUDE (noted_at);
