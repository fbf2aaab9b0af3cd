//! The widget as pages see it: an agent's settings, and the defaults for whatever was left to them.

use robofy_kernel::codes::ThemeMode;
use robofy_store::agents::{Agent, TabKind, WidgetPosition, WidgetTab};
use serde::Serialize;
use utoipa::ToSchema;

use crate::openapi::codes;

/// How an agent's widget looks and behaves.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WidgetOut {
    /// The words at the top of it, and on its controls.
    header: HeaderOut,
    /// Its colours, place and pictures.
    branding: BrandingOut,
    /// What it does by itself.
    behaviour: BehaviourOut,
    /// What it shows while an answer is made.
    loader: LoaderOut,
    /// What it asks before a conversation is begun anew.
    reset_modal: ResetModalOut,
    /// Its tabs beside the conversation, in order.
    tabs: Vec<TabOut>,
}

/// The words at the top of the widget, and on its controls.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct HeaderOut {
    /// Its title; the agent's name, unless set.
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

/// The widget's colours, place and pictures.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BrandingOut {
    /// Light, dark or as the device is.
    #[schema(schema_with = codes::shown::<ThemeMode>)]
    theme_mode: ThemeMode,
    /// `#` and six hexadecimal digits.
    #[schema(examples("#2563EB"))]
    theme_color: String,
    /// Whether it says whose software it is.
    show_powered_by: bool,
    /// `bottom-right`, `bottom-left`, `top-right` or `top-left`.
    #[schema(value_type = String, examples("bottom-right"))]
    widget_position: WidgetPosition,
    /// The picture on its button; `null` = the usual one.
    widget_bubble_icon: Option<String>,
    /// Whose widget it is.
    brand_name: String,
}

/// What the widget does by itself.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BehaviourOut {
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

/// What the widget shows while an answer is made.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LoaderOut {
    /// These texts in turn.
    loader_texts: Vec<String>,
    /// Whether it shows them.
    enable_loader: bool,
}

/// What the widget asks before a conversation is begun anew.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ResetModalOut {
    /// The question.
    reset_chat_modal_title: String,
    /// What happens.
    reset_chat_modal_description: String,
    /// Yes.
    confirm_label: String,
    /// No.
    cancel_label: String,
}

/// A tab of the widget.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TabOut {
    /// Its id.
    #[schema(format = Uuid)]
    id: String,
    /// `agent`: the conversation; `link`: a page in a window of its own; `embed`: a page inside of the widget.
    #[schema(value_type = String, examples("link"))]
    kind: TabKind,
    /// What it is called.
    label: String,
    /// The page that it opens; `null` for the conversation.
    url: Option<String>,
    /// Its place; the smallest comes first.
    sort_order: i64,
}

impl From<&WidgetTab> for TabOut {
    fn from(tab: &WidgetTab) -> Self {
        Self {
            id: tab.id.to_string(),
            kind: tab.kind,
            label: tab.label.clone(),
            url: tab.url.clone(),
            sort_order: tab.sort_order,
        }
    }
}

impl From<&Agent> for WidgetOut {
    fn from(agent: &Agent) -> Self {
        fn or(set: &Option<String>, usual: &str) -> String {
            set.clone().unwrap_or_else(|| usual.to_owned())
        }
        let set = &agent.widget.0;
        let (header, branding, behaviour) = (&set.header, &set.branding, &set.behaviour);
        let (loader, modal) = (&set.loader, &set.reset_modal);
        Self {
            header: HeaderOut {
                title: or(&header.title, &agent.name),
                subtitle: or(&header.subtitle, "Ask me anything"),
                chat_tab_label: or(&header.chat_tab_label, "Chat"),
                input_placeholder: or(&header.input_placeholder, "Type your question"),
                download_transcript_label: or(&header.download_transcript_label, "Download transcript"),
                end_session_label: or(&header.end_session_label, "End session"),
            },
            branding: BrandingOut {
                theme_mode: branding.theme_mode.unwrap_or_default(),
                theme_color: or(&branding.theme_color, "#2563EB"),
                show_powered_by: branding.show_powered_by.unwrap_or(true),
                widget_position: branding.widget_position.unwrap_or(WidgetPosition::BottomRight),
                widget_bubble_icon: branding.widget_bubble_icon.clone(),
                brand_name: or(&branding.brand_name, "Robofy"),
            },
            behaviour: BehaviourOut {
                open_on_page_load: behaviour.open_on_page_load.unwrap_or(false),
                show_on_mobile: behaviour.show_on_mobile.unwrap_or(true),
                show_microphone: behaviour.show_microphone.unwrap_or(true),
                close_after_time: behaviour.close_after_time.unwrap_or(60),
                enable_sources: behaviour.enable_sources.unwrap_or(true),
                enable_suggested_questions: behaviour.enable_suggested_questions.unwrap_or(true),
            },
            loader: LoaderOut {
                loader_texts: loader
                    .loader_texts
                    .clone()
                    .unwrap_or_else(|| vec!["Looking for the answer".to_owned()]),
                enable_loader: loader.enable_loader.unwrap_or(true),
            },
            reset_modal: ResetModalOut {
                reset_chat_modal_title: or(&modal.reset_chat_modal_title, "Start a new conversation?"),
                reset_chat_modal_description: or(
                    &modal.reset_chat_modal_description,
                    "This conversation ends, and a new one begins.",
                ),
                confirm_label: or(&modal.confirm_label, "Start new"),
                cancel_label: or(&modal.cancel_label, "Keep this one"),
            },
            tabs: agent.widget_tabs.iter().map(TabOut::from).collect(),
        }
    }
}
