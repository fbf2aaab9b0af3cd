//! What a message can want.

macro_rules! intents {
    ($($(#[$doc:meta])* $name:ident $code:literal)*) => {
        /// What a message wants: the most specific thing that it asks for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Intent {
            $($(#[$doc])* $name,)*
        }

        impl Intent {
            /// Every intent.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its name in data and logs.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The intent with a name.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|intent| intent.code() == code)
            }
        }
    };
}

intents! {
    /// A greeting and nothing else.
    Greeting "greeting"
    /// Thanks or praise.
    Thanks "thanks"
    /// A farewell.
    Goodbye "goodbye"
    /// Wants to talk to a person.
    Human "human"
    /// Is not content with what the business did.
    Complaint "complaint"
    /// Wants to book.
    Book "book"
    /// Wants another time for what is booked.
    Reschedule "reschedule"
    /// Wants to call off what is booked.
    Cancel "cancel"
    /// Asks what something costs.
    Price "price"
    /// Asks when the business is open.
    Hours "hours"
    /// Asks where the business is, or how to get there.
    Location "location"
    /// Yes.
    Affirm "affirm"
    /// No.
    Deny "deny"
    /// Asks who or what is answering.
    BotQuestion "bot_question"
    /// Asks what can be done here, or for help in general.
    Capabilities "capabilities"
    /// Any other question for the knowledge; also what could not be recognised.
    Question "question"
    /// Is rude to who answers.
    Insult "insult"
    /// Is no language.
    Gibberish "gibberish"
    /// Has nothing to do with any business.
    OffTopic "off_topic"
    /// Wants a quote.
    Offer "offer"
    /// Wants to be called back.
    CallBack "call_back"
    /// Wants to leave details or to be put on a list.
    Contact "contact"
    /// Asks for what he or she has booked.
    MyBookings "my_bookings"
}

impl Intent {
    /// Whether acting on it changes something: these cost most when mistaken.
    #[must_use]
    pub fn is_effect(self) -> bool {
        matches!(self, Self::Book | Self::Reschedule | Self::Cancel)
    }

    /// Whether a business is asked for it: what gibberish must not be taken for.
    #[must_use]
    pub fn is_business(self) -> bool {
        self.is_effect()
            || matches!(
                self,
                Self::Human
                    | Self::Complaint
                    | Self::Price
                    | Self::Hours
                    | Self::Location
                    | Self::Offer
                    | Self::CallBack
                    | Self::Contact
                    | Self::MyBookings
            )
    }

    /// The nearest intent of those that sets of messages usually have: a quote is about a price, a call back is for a
    /// person.
    #[must_use]
    pub fn coarse(self) -> Self {
        match self {
            Self::Offer => Self::Price,
            Self::CallBack | Self::Contact => Self::Human,
            Self::MyBookings => Self::Question,
            Self::Greeting
            | Self::Thanks
            | Self::Goodbye
            | Self::Human
            | Self::Complaint
            | Self::Book
            | Self::Reschedule
            | Self::Cancel
            | Self::Price
            | Self::Hours
            | Self::Location
            | Self::Affirm
            | Self::Deny
            | Self::BotQuestion
            | Self::Capabilities
            | Self::Question
            | Self::Insult
            | Self::Gibberish
            | Self::OffTopic => self,
        }
    }
}
