//! Who may ask, and in which session.

use std::sync::Arc;

use robofy_kernel::{ChatbotId, ErrorCode, Op, SessionId};
use robofy_store::accounts::AccountStatus;
use robofy_store::agents::AgentHead;
use robofy_store::chat::Channel;

use super::{Ask, TurnError, Turns};
use crate::answerer::AgentCard;

impl Turns {
    /// The turn's first read: whether the agent may answer, and whether what this node has cached is still right.
    pub(super) async fn head(&self, op: &Op, ask: &Ask) -> Result<AgentHead, TurnError> {
        if op
            .visitor()
            .is_some_and(|visitor| visitor.project != ask.project || !visitor.chatbots.contains(&ask.chatbot))
        {
            return Err(TurnError::Refused(
                ErrorCode::Forbidden,
                "This token is not for this agent and project.",
            ));
        }
        let head = self.0.store.find_agent_head(op.account, &ask.chatbot).await?;
        let Some(head) = head.filter(|head| head.project_id == ask.project) else {
            return Err(match self.0.store.find_project(op.account, ask.project).await? {
                Some(_) => {
                    TurnError::Refused(ErrorCode::ChatbotNotFound, "There is no such agent in this project.")
                }
                None => TurnError::Refused(
                    ErrorCode::ProjectNotFound,
                    "There is no such project in this account.",
                ),
            });
        };
        if head.status != AccountStatus::Active {
            return Err(TurnError::Refused(
                ErrorCode::Forbidden,
                "This account is suspended. Ask the operator.",
            ));
        }
        if !head.enabled {
            return Err(TurnError::Refused(ErrorCode::Forbidden, "This agent is switched off."));
        }
        Ok(head)
    }

    /// Which session is meant. A client token opens its own session, and older web sessions of the same agent.
    pub(super) async fn session(&self, op: &Op, ask: &Ask) -> Result<SessionId, TurnError> {
        let Some(visitor) = op.visitor() else {
            return Ok(ask.session.clone().unwrap_or_else(|| op.ids.web_session()));
        };
        match &ask.session {
            None => Ok(visitor.session.clone()),
            Some(session) if *session == visitor.session => Ok(session.clone()),
            Some(session) => {
                let known = session.is_uuid_v4()
                    && self.0.store.find_session(op, &ask.chatbot, Channel::Web, session).await?.is_some();
                known.then(|| session.clone()).ok_or(TurnError::Refused(
                    ErrorCode::SessionNotFound,
                    "There is no such session. Leave `session_id` out to use the token's own.",
                ))
            }
        }
    }

    pub(super) async fn card(
        &self,
        op: &Op,
        chatbot: &ChatbotId,
        head: AgentHead,
    ) -> Result<Arc<AgentCard>, TurnError> {
        if let Some(card) = self.0.cards.get(chatbot).filter(|card| card.agent.version >= head.version) {
            return Ok(card);
        }
        let found = self.0.store.find_agent_with_llm_key(op.account, chatbot).await?;
        let (agent, llm_key) =
            found.ok_or(TurnError::Refused(ErrorCode::ChatbotNotFound, "This agent was deleted."))?;
        let pairs = self.0.store.enabled_pairs(op.account, chatbot).await?;
        let card = Arc::new(AgentCard::new(agent, pairs, llm_key));
        self.0.cards.insert(chatbot.clone(), Arc::clone(&card));
        Ok(card)
    }
}
