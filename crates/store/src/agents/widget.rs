//! How an agent's widget looks and behaves. What is `None` was left to the default, which `http` knows: some of it is
//! made from the agent's name.

use robofy_kernel::{TabId, ThemeMode, text_enum};
use serde::{Deserialize, Serialize};

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
