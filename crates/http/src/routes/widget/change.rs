//! What is to change in a widget.

use robofy_kernel::Op;
use robofy_kernel::codes::ThemeMode;
use robofy_store::agents::{
    Agent, WidgetBehaviour, WidgetBranding, WidgetHeader, WidgetLoader, WidgetPosition, WidgetResetModal,
    WidgetTab,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::tabs::{self, WholeTabIn};
use crate::ApiError;
use crate::check::{Checks, is_page_address};
use crate::openapi::codes;
use crate::wire::{nullable, text};

/// The most characters of a title or a label.
const LABEL: usize = 100;
/// The most characters of an agent's name.
const NAME: usize = 200;
/// The most characters of a sentence.
const SENTENCE: usize = 300;
/// The most texts that are shown while an answer is made.
const LOADERS: usize = 10;
/// The longest silence, in minutes: a day.
const LONGEST: i64 = 1440;

macro_rules! section {
    ($(#[$meta:meta])* $name:ident of $to:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Default, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name {
            $($(#[$field_meta])* #[serde(default, deserialize_with = "nullable")] $field: Option<Option<$type>>,)+
        }

        impl $name {
            fn apply(self, to: &mut $to) {
                $(if let Some(value) = self.$field { to.$field = value; })+
            }
        }
    };
}

/// What is to change; what is left out stays, `null` restores the default.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WidgetIn {
    /// The words at the top of the widget, and on its controls.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<HeaderIn>)]
    header: Option<Option<HeaderIn>>,
    /// Its colours, place and pictures.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<BrandingIn>)]
    branding: Option<Option<BrandingIn>>,
    /// What it does by itself.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<BehaviourIn>)]
    behaviour: Option<Option<BehaviourIn>>,
    /// What it shows while an answer is made.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<LoaderIn>)]
    loader: Option<Option<LoaderIn>>,
    /// What it asks before a conversation is begun anew.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<ResetModalIn>)]
    reset_modal: Option<Option<ResetModalIn>>,
    /// All of its tabs; `null` = none.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(max_items = 20, value_type = Option<Vec<WholeTabIn>>)]
    tabs: Option<Option<Vec<WholeTabIn>>>,
}

section! {
    /// The words at the top of the widget, and on its controls.
    HeaderIn of WidgetHeader {
        /// Its title; `null` = the agent's name.
        #[schema(min_length = 1, max_length = 200, value_type = Option<String>, examples("Bike help"))]
        title: String,
        /// Below the title; may be empty.
        #[schema(max_length = 300, value_type = Option<String>)]
        subtitle: String,
        /// The name of the conversation's tab.
        #[schema(min_length = 1, max_length = 100, value_type = Option<String>)]
        chat_tab_label: String,
        /// What the empty input says; may be empty.
        #[schema(max_length = 300, value_type = Option<String>)]
        input_placeholder: String,
        /// The control that saves the conversation.
        #[schema(min_length = 1, max_length = 100, value_type = Option<String>)]
        download_transcript_label: String,
        /// The control that ends the session.
        #[schema(min_length = 1, max_length = 100, value_type = Option<String>)]
        end_session_label: String,
    }
}

section! {
    /// The widget's colours, place and pictures.
    BrandingIn of WidgetBranding {
        /// Light, dark or as the device is.
        #[schema(schema_with = codes::taken::<ThemeMode>)]
        theme_mode: ThemeMode,
        /// `#` and six hexadecimal digits.
        #[schema(pattern = "^#[0-9A-Fa-f]{6}$", value_type = Option<String>, examples("#2563EB"))]
        theme_color: String,
        /// Whether it says whose software it is.
        #[schema(value_type = Option<bool>)]
        show_powered_by: bool,
        /// Its corner of the page.
        #[schema(pattern = "^(bottom-right|bottom-left|top-right|top-left)$", value_type = Option<String>, examples("bottom-right"))]
        widget_position: WidgetPosition,
        /// The picture on its button: an https address.
        #[schema(max_length = 2048, value_type = Option<String>)]
        widget_bubble_icon: String,
        /// Whose widget it is.
        #[schema(min_length = 1, max_length = 100, value_type = Option<String>)]
        brand_name: String,
    }
}

section! {
    /// What the widget does by itself.
    BehaviourIn of WidgetBehaviour {
        /// Whether it is open from the start.
        #[schema(value_type = Option<bool>)]
        open_on_page_load: bool,
        /// Whether it is there on small screens.
        #[schema(value_type = Option<bool>)]
        show_on_mobile: bool,
        /// Whether one can speak.
        #[schema(value_type = Option<bool>)]
        show_microphone: bool,
        /// After how many minutes of silence it closes; 0 = never.
        #[schema(minimum = 0, maximum = 1440, value_type = Option<i64>)]
        close_after_time: i64,
        /// Whether sources are shown.
        #[schema(value_type = Option<bool>)]
        enable_sources: bool,
        /// Whether it suggests questions.
        #[schema(value_type = Option<bool>)]
        enable_suggested_questions: bool,
    }
}

section! {
    /// What the widget shows while an answer is made.
    LoaderIn of WidgetLoader {
        /// These texts in turn, 1 to 10.
        #[schema(min_items = 1, max_items = 10, value_type = Option<Vec<String>>)]
        loader_texts: Vec<String>,
        /// Whether it shows them.
        #[schema(value_type = Option<bool>)]
        enable_loader: bool,
    }
}

section! {
    /// What the widget asks before a conversation is begun anew.
    ResetModalIn of WidgetResetModal {
        /// The question.
        #[schema(min_length = 1, max_length = 100, value_type = Option<String>)]
        reset_chat_modal_title: String,
        /// What happens; may be empty.
        #[schema(max_length = 300, value_type = Option<String>)]
        reset_chat_modal_description: String,
        /// Yes.
        #[schema(min_length = 1, max_length = 100, value_type = Option<String>)]
        confirm_label: String,
        /// No.
        #[schema(min_length = 1, max_length = 100, value_type = Option<String>)]
        cancel_label: String,
    }
}

/// A change that was checked.
#[derive(Debug)]
pub(super) struct Change {
    sections: WidgetIn,
    tabs: Option<Vec<WidgetTab>>,
}

impl WidgetIn {
    /// Checks what a widget is to be; new tabs get their ids.
    pub(super) fn checked(mut self, op: &Op) -> Result<Change, ApiError> {
        let mut checks = Checks::default();
        if let Some(Some(header)) = &self.header {
            header.check(&mut checks);
        }
        if let Some(Some(branding)) = &self.branding {
            branding.check(&mut checks);
        }
        if let Some(Some(behaviour)) = &self.behaviour {
            let silence = behaviour.close_after_time.flatten();
            checks.within("behaviour.close_after_time", silence, 0, LONGEST);
        }
        if let Some(Some(loader)) = &self.loader {
            loader.check(&mut checks);
        }
        if let Some(Some(modal)) = &self.reset_modal {
            modal.check(&mut checks);
        }
        let tabs = self.tabs.take().map(|tabs| tabs::read_all(tabs.unwrap_or_default(), op, &mut checks));
        checks.done()?;
        Ok(Change { sections: self, tabs })
    }
}

impl Change {
    /// Changes an agent's widget.
    pub(super) fn apply(self, agent: &mut Agent) {
        let WidgetIn { header, branding, behaviour, loader, reset_modal, tabs: _ } = self.sections;
        let to = &mut agent.widget.0;
        match header {
            None => {}
            Some(None) => to.header = WidgetHeader::default(),
            Some(Some(change)) => {
                let titled = change.title.is_some();
                change.apply(&mut to.header);
                // The usual title, sent back as it was read: it goes on to be the agent's name.
                if titled && to.header.title.as_ref() == Some(&agent.name) {
                    to.header.title = None;
                }
            }
        }
        match branding {
            None => {}
            Some(None) => to.branding = WidgetBranding::default(),
            Some(Some(change)) => change.apply(&mut to.branding),
        }
        match behaviour {
            None => {}
            Some(None) => to.behaviour = WidgetBehaviour::default(),
            Some(Some(change)) => change.apply(&mut to.behaviour),
        }
        match loader {
            None => {}
            Some(None) => to.loader = WidgetLoader::default(),
            Some(Some(change)) => change.apply(&mut to.loader),
        }
        match reset_modal {
            None => {}
            Some(None) => to.reset_modal = WidgetResetModal::default(),
            Some(Some(change)) => change.apply(&mut to.reset_modal),
        }
        if let Some(tabs) = self.tabs {
            agent.widget_tabs.0 = tabs;
        }
    }
}

/// Labels say something, in one line; sentences may be empty.
fn words(
    checks: &mut Checks,
    section: &str,
    labels: &[(&str, Option<&str>)],
    sentences: &[(&str, Option<&str>)],
) {
    for (name, label) in labels {
        // The title is the agent's name unless it is set.
        let most = if (section, *name) == ("header", "title") { NAME } else { LABEL };
        checks.name(&format!("{section}.{name}"), *label, most);
    }
    for (name, sentence) in sentences {
        checks.line(&format!("{section}.{name}"), *sentence, SENTENCE);
    }
}

impl HeaderIn {
    fn check(&self, checks: &mut Checks) {
        let labels = [
            ("title", text(&self.title)),
            ("chat_tab_label", text(&self.chat_tab_label)),
            ("download_transcript_label", text(&self.download_transcript_label)),
            ("end_session_label", text(&self.end_session_label)),
        ];
        let sentences =
            [("subtitle", text(&self.subtitle)), ("input_placeholder", text(&self.input_placeholder))];
        words(checks, "header", &labels, &sentences);
    }
}

impl BrandingIn {
    fn check(&self, checks: &mut Checks) {
        words(checks, "branding", &[("brand_name", text(&self.brand_name))], &[]);
        if text(&self.theme_color).is_some_and(|colour| !is_colour(colour)) {
            checks.wrong(
                "branding.theme_color",
                "invalid",
                "must be `#` and six hexadecimal digits, such as `#2563EB`",
            );
        }
        if text(&self.widget_bubble_icon).is_some_and(|url| !is_page_address(url)) {
            checks.wrong("branding.widget_bubble_icon", "invalid", tabs::ADDRESS);
        }
    }
}

impl LoaderIn {
    fn check(&self, checks: &mut Checks) {
        let Some(Some(texts)) = &self.loader_texts else { return };
        if texts.is_empty() {
            checks.wrong("loader.loader_texts", "required", "must have at least one text");
        }
        checks.few("loader.loader_texts", Some(texts), LOADERS);
        for (at, text) in texts.iter().enumerate().take(LOADERS) {
            checks.name(&format!("loader.loader_texts.{at}"), Some(text), LABEL);
        }
    }
}

impl ResetModalIn {
    fn check(&self, checks: &mut Checks) {
        let labels = [
            ("reset_chat_modal_title", text(&self.reset_chat_modal_title)),
            ("confirm_label", text(&self.confirm_label)),
            ("cancel_label", text(&self.cancel_label)),
        ];
        let sentences = [("reset_chat_modal_description", text(&self.reset_chat_modal_description))];
        words(checks, "reset_modal", &labels, &sentences);
    }
}

/// `#` and six hexadecimal digits.
fn is_colour(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
