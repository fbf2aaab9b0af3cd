//! The classes of words and phrases that rules speak of. What they hold is data, language by language.

macro_rules! classes {
    ($($(#[$doc:meta])* $name:ident $code:literal)*) => {
        /// A class of words or phrases.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum Class {
            $($(#[$doc])* $name,)*
        }

        impl Class {
            #[cfg(test)]
            pub(crate) const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The class of a heading in a file of vocabulary.
            pub(crate) fn named(name: &str) -> Option<Self> {
                match name {
                    $($code => Some(Self::$name),)*
                    _ => None,
                }
            }

            #[cfg(test)]
            pub(crate) fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }
        }
    };
}

classes! {
    // Words without weight.
    /// Words that say nothing of their own in small talk.
    Filler "filler"
    /// Other common words: they tell the language, and that it is one.
    Word "word"
    /// Negations.
    Not "not"
    /// Signs of a number, found without a vocabulary.
    Number "number"

    // Small talk: a message that these and fillers cover is nothing else.
    Greeting "greeting"
    Thanks "thanks"
    Goodbye "goodbye"
    /// Yes.
    Yes "yes"
    /// Consent that may also be a mere "I see".
    Fine "fine"
    No "no"

    // Who is talking.
    /// People that one may ask for.
    Person "person"
    /// Verbs for reaching them.
    Reach "reach"
    /// Whole requests for a person.
    Human "human"
    /// Whole questions about the bot.
    Bot "bot"
    /// Words for a bot.
    Machine "machine"
    /// Asks for help in general.
    Help "help"
    /// Rude by itself.
    Insult "insult"
    /// Rude when said to somebody.
    Rude "rude"
    /// Says a thing to whoever answers.
    You "you"
    Complaint "complaint"

    // Shapes.
    /// Begins a question.
    Ask "ask"
    /// Asks how a thing is done, or whether it can be in general.
    HowTo "how_to"
    /// Has to do it: with a question mark, whether one has to.
    Must "must"
    /// Speaks of rules, terms and fees.
    Policy "policy"
    /// A condition.
    If "if"
    /// A question whether something can be cancelled at another time or in some case.
    Eventual "eventual"
    /// Whole conditions that are mere courtesy: "if possible".
    Courtesy "courtesy"
    /// Begins a condition, beside a question.
    Condition "condition"
    /// What somebody else says or wants.
    Reported "reported"
    /// An effect that is told as past.
    Done "done"
    /// Wishes and polite requests.
    Want "want"

    // Booking.
    /// Verbs of booking, in forms in which they ask for it.
    Book "book"
    /// What is booked.
    Appointment "appointment"
    /// Free places and times.
    Free "free"
    /// Coming to a place.
    Come "come"
    /// Days and times.
    Time "time"
    /// For so many people.
    People "people"
    /// Verbs that move a booking.
    Move "move"
    /// Verbs that change anything; they need an object.
    Change "change"
    /// One time in place of another.
    Instead "instead"
    /// Cannot come.
    Unable "unable"
    /// Does not need it any more.
    Unneeded "unneeded"
    Cancel "cancel"
    /// What was booked, as the visitor's own.
    Held "held"

    // What is asked for.
    Price "price"
    Hours "hours"
    Location "location"
    Quote "quote"
    CallBack "call_back"
    Contact "contact"
    /// Asks for one's own bookings.
    Mine "mine"
    /// What no business is asked.
    Topic "topic"

    // Moves inside a flow.
    /// "Book it": consent to a booking that says nothing else.
    Deed "deed"
    Skip "skip"
    Abandon "abandon"
    Correct "correct"
    Another "another"
    Earlier "earlier"
    Later "later"
    /// Comes before a name: "with".
    With "with"
    /// Any person or resource will do.
    Any "any"
    /// "Option", "number": a number follows.
    Option "option"
    First "first"
    Second "second"
    Third "third"
    Fourth "fourth"
    Fifth "fifth"
    Sixth "sixth"
    Last "last"
    One "one"
    Two "two"
    Three "three"
    Four "four"
    Five "five"
    Six "six"

    // Claims of effect.
    /// "I have", "we just": what follows was done.
    Did "did"
    /// "Is", "has been": what follows is so.
    Is "is"
    /// What a visitor has booked or left, as a subject.
    Subject "subject"
    /// Participles.
    Booked "booked"
    Moved "moved"
    Cancelled "cancelled"
    Saved "saved"
    Sent "sent"
    /// Mails and confirmations.
    Mail "mail"
    ClaimBooked "claim_booked"
    ClaimMoved "claim_moved"
    ClaimCancelled "claim_cancelled"
    ClaimSaved "claim_saved"
    ClaimSent "claim_sent"
    /// Conditions, offers, questions, general statements: before a claim they make it none.
    General "general"
    /// Conjunctions of a condition or a time to come.
    Unless "unless"
}

/// A set of classes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Classes(u128);

impl Classes {
    pub(crate) const fn of(classes: &[Class]) -> Self {
        let mut bits = 0;
        let mut index = 0;
        while index < classes.len() {
            bits |= 1 << classes[index] as u8;
            index += 1;
        }
        Self(bits)
    }

    pub(crate) fn add(&mut self, class: Class) {
        self.0 |= 1 << class as u8;
    }

    pub(crate) fn has(self, class: Class) -> bool {
        self.0 & (1 << class as u8) != 0
    }

    pub(crate) fn any(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl FromIterator<Class> for Classes {
    fn from_iter<T: IntoIterator<Item = Class>>(classes: T) -> Self {
        let mut set = Self::default();
        classes.into_iter().for_each(|class| set.add(class));
        set
    }
}
