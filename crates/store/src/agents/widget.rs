//! How an agent's widget looks and behaves. What is `None` was left to the default, which `http` knows: some of it is
//! made from the agent's name.

use robofy_kernel::{ChatbotId, Op, ProjectId, TabId, ThemeMode, text_enum};
use serde::{Deserialize, Serialize};

use super::{Agent, LlmKeyChange, lock};
use crate::engine::unit;
use crate::once::Answer;
use crate::{Lane, Once, Result, Store, StoreError};

statements! {
    SET_TABS = "UPDATE agents SET widget_tabs = $3 WHERE account_id = $1 AND chatbot_id = $2";
}

text_enum! {
    /// In which corner of the page the widget is.
    pub enum WidgetPosition {
        /// Below on the right.
        BottomRight = "bottom-right",
        /// Below on the left.
        BottomLeft = "bottom-left",
        /// Above on the right.
        TopRight = "top-right",
        /// Above on the left.
        TopLeft = "top-left",
    }
}

text_enum! {
    /// What a tab of the widget opens.
    pub enum TabKind {
        /// The conversation with the agent.
        Agent = "agent",
        /// A page, in a window of its own.
        Link = "link",
        /// A page, inside of the widget.
        Embed = "embed",
    }
}

macro_rules! settings {
    ($($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)+ })+) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct $name {
            $($(#[$field_meta])* #[serde(skip_serializing_if = "Option::is_none")] pub $field: Option<$type>,)+
        }
    )+};
}

settings! {
    /// The words at the top of the widget, and on its controls.
    WidgetHeader {
        /// Its title.
        title: String,
        /// Below the title.
        subtitle: String,
        /// The name of the conversation's tab.
        chat_tab_label: String,
        /// What the empty input says.
        input_placeholder: String,
        /// The control that saves the conversation.
        download_transcript_label: String,
        /// The control that ends the session.
        end_session_label: String,
    }

    /// Its colours, place and pictures.
    WidgetBranding {
        /// Light or dark.
        theme_mode: ThemeMode,
        /// `#` and six hexadecimal digits.
        theme_color: String,
        /// Whether it says whose software it is.
        show_powered_by: bool,
        /// Its corner.
        widget_position: WidgetPosition,
        /// The picture on its button.
        widget_bubble_icon: String,
        /// Whose widget it is.
        brand_name: String,
    }

    /// What it does by itself.
    WidgetBehaviour {
        /// Whether it is open from the start.
        open_on_page_load: bool,
        /// Whether it is there on small screens.
        show_on_mobile: bool,
        /// Whether one can speak.
        show_microphone: bool,
        /// After how many minutes of silence it closes; 0 = never.
        close_after_time: i64,
        /// Whether sources are shown.
        enable_sources: bool,
        /// Whether it suggests questions.
        enable_suggested_questions: bool,
    }

    /// What it shows while an answer is made.
    WidgetLoader {
        /// These texts in turn.
        loader_texts: Vec<String>,
        /// Whether it shows them.
        enable_loader: bool,
    }

    /// What it asks before a conversation is begun anew.
    WidgetResetModal {
        /// The question.
        reset_chat_modal_title: String,
        /// What happens.
        reset_chat_modal_description: String,
        /// Yes.
        confirm_label: String,
        /// No.
        cancel_label: String,
    }
}

/// How an agent's widget differs from the usual one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WidgetSettings {
    /// The words at the top of it.
    pub header: WidgetHeader,
    /// Its colours, place and pictures.
    pub branding: WidgetBranding,
    /// What it does by itself.
    pub behaviour: WidgetBehaviour,
    /// What it shows while an answer is made.
    pub loader: WidgetLoader,
    /// What it asks before a conversation is begun anew.
    pub reset_modal: WidgetResetModal,
}

/// A tab of the widget.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WidgetTab {
    /// Its id.
    pub id: TabId,
    /// What it opens.
    pub kind: TabKind,
    /// What it is called.
    pub label: String,
    /// The page that it opens; none for the conversation.
    pub url: Option<String>,
    /// Its place; the smallest comes first.
    pub sort_order: i64,
}

impl WidgetTab {
    /// The most tabs of a widget.
    pub const MOST: usize = 20;
}

impl Store {
    /// Adds a tab to an agent's widget, behind the others where no `sort_order` is given.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it has [`WidgetTab::MOST`] already; [`StoreError::NotFound`] when the agent is gone;
    /// or when the database is away.
    pub async fn add_widget_tab(
        &self,
        op: &Op,
        project: ProjectId,
        chatbot: &ChatbotId,
        tab: WidgetTab,
        sort_order: Option<i64>,
        answer: impl FnOnce(&WidgetTab) -> Answer + Send + 'static,
    ) -> Result<Once<WidgetTab>> {
        let (account, now, chatbot) = (op.account, op.now(), chatbot.clone());
        let unit = unit(move |mut tx| {
            Box::pin(async move {
                let agent = lock(&mut tx, account, (project, &chatbot), now).await?;
                let mut tabs = agent.ok_or(StoreError::NotFound("agent"))?.widget_tabs;
                if tabs.len() >= WidgetTab::MOST {
                    return Err(StoreError::Conflict("widget_tabs".into()));
                }
                let last = tabs.iter().map(|tab| tab.sort_order).max().unwrap_or(-1);
                let tab = WidgetTab { sort_order: sort_order.unwrap_or(last + 1), ..tab };
                tabs.push(tab.clone());
                tabs.sort_by_key(|tab| tab.sort_order);
                execute!(tx.conn(), SET_TABS, account, &chatbot, &tabs)?;
                Ok(tab)
            })
        });
        self.write_once(Lane::Conversation, op, unit, answer).await
    }

    /// Removes a tab from an agent's widget. Says whether there was one.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn delete_widget_tab(
        &self,
        op: &Op,
        project: ProjectId,
        chatbot: &ChatbotId,
        tab: TabId,
    ) -> Result<bool> {
        let change = move |agent: &mut Agent| {
            let before = agent.widget_tabs.len();
            agent.widget_tabs.retain(|other| other.id != tab);
            if agent.widget_tabs.len() < before { Ok(()) } else { Err(StoreError::NotFound("tab")) }
        };
        match self.try_update_agent(op, project, chatbot, LlmKeyChange::Keep, change).await {
            Ok(changed) => Ok(changed.is_some()),
            Err(StoreError::NotFound("tab")) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
