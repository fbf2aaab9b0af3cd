//! The kinds of answers that forms and bookings ask for.

use crate::text_enum;

text_enum! {
    /// What kind of answer a field of a form or a question of a service wants.
    #[derive(Default)]
    pub enum FieldType {
        /// A line of text.
        #[default]
        Text = "text",
        /// Text of several lines.
        LongText = "long_text",
        /// A person's name.
        Name = "name",
        /// An e-mail address.
        Email = "email",
        /// A telephone number.
        Phone = "phone",
        /// A company's name.
        Company = "company",
        /// A number.
        Number = "number",
        /// One of the options.
        Select = "select",
        /// Some of the options.
        MultiSelect = "multi_select",
        /// A date.
        Date = "date",
        /// The address of a page.
        Url = "url",
        /// A box to tick.
        Checkbox = "checkbox",
    }
}

impl FieldType {
    /// Whether it has options to choose from.
    #[must_use]
    pub const fn has_options(self) -> bool {
        matches!(self, Self::Select | Self::MultiSelect)
    }
}
