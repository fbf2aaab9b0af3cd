//! What a group of RTF inherits, and what groups are for.

/// Where text goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Destination {
    /// The document.
    Body,
    /// Nowhere.
    Nothing,
    /// The table of fonts.
    Fonts,
    /// The style sheet.
    Styles,
    /// The document's title.
    Title,
    /// A footnote or text box.
    Note,
    /// A header or footer.
    Edge,
    /// What stands before a list item.
    Mark,
}

/// What is in force.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub destination: Destination,
    /// True in the group that began a footnote, header or footer.
    pub opens_story: bool,
    /// How many characters stand for one that `\u` gives.
    pub unicode_skip: usize,
    pub font: i32,
    pub bold: bool,
    pub hidden: bool,
    pub style: Option<i32>,
    pub outline: Option<i32>,
    pub in_table: bool,
    pub is_item: bool,
    pub list_level: usize,
}

impl Default for State {
    fn default() -> Self {
        Self {
            destination: Destination::Body,
            opens_story: false,
            unicode_skip: 1,
            font: -1,
            bold: false,
            hidden: false,
            style: None,
            outline: None,
            in_table: false,
            is_item: false,
            list_level: 0,
        }
    }
}

impl State {
    /// What `\pard` does.
    pub fn reset_paragraph(&mut self) {
        (self.style, self.outline, self.in_table) = (None, None, false);
        (self.is_item, self.list_level) = (false, 0);
    }
}

/// What a group is for, by its first word; nothing if the word says nothing about that.
pub(super) fn destination(word: &[u8], is_optional: bool) -> Option<Destination> {
    Some(match word {
        b"fonttbl" => Destination::Fonts,
        b"stylesheet" => Destination::Styles,
        b"title" => Destination::Title,
        // A text box stands beside the paragraph that it is anchored in, as a footnote does.
        b"footnote" | b"shptxt" => Destination::Note,
        b"header" | b"headerl" | b"headerr" | b"headerf" | b"footer" | b"footerl" | b"footerr"
        | b"footerf" => Destination::Edge,
        b"listtext" | b"pntext" => Destination::Mark,
        // Text boxes stand inside an optional group.
        b"shpinst" | b"fldrslt" | b"result" => Destination::Body,
        b"colortbl" | b"pict" | b"nonshppict" | b"fldinst" | b"sp" | b"xe" | b"tc" | b"filetbl"
        | b"private" | b"objclass" | b"objname" | b"objdata" | b"nonesttables" | b"author" | b"operator"
        | b"company" | b"subject" | b"keywords" | b"doccomm" | b"comment" | b"category" | b"manager"
        | b"hlinkbase" | b"creatim" | b"revtim" | b"printim" | b"bkmkstart" | b"bkmkend" => {
            Destination::Nothing
        }
        _ if is_optional => Destination::Nothing,
        _ => return None,
    })
}
