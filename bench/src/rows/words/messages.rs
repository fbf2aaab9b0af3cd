//! What visitors say, made up for these rows: in a few words, in a few sentences, and at the greatest length.

/// The length of the longest messages, in characters.
const LONGEST: usize = 4_000;

/// A message.
pub(super) struct Said {
    /// Its words.
    pub(super) text: String,
    /// Whether the visitor's own contact or name is in it.
    pub(super) contact: bool,
    /// Whether it names a time in English.
    pub(super) time: bool,
}

/// Messages of a length.
pub(super) struct Group {
    /// Which length.
    pub(super) name: &'static str,
    /// Whether it is told in the table of aims: the length that tells most.
    pub(super) is_usual: bool,
    /// The messages.
    pub(super) messages: Vec<Said>,
}

/// The words; whether there is a contact and a time in them.
type Line = (&'static str, bool, bool);

const SHORT: [Line; 24] = [
    ("Hello!", false, false),
    ("Do you repair gearboxes?", false, false),
    ("How much is a full service?", false, false),
    ("I would like to book an appointment", false, false),
    ("Can I come next Wednesday at 4 pm?", false, true),
    ("tomorrow morning would be best", false, true),
    ("Is Friday after 17:30 possible?", false, true),
    ("the 14th of December, half past ten", false, true),
    ("My name is Tessa Marlow", true, false),
    ("tessa.marlow@orchard.example", true, false),
    ("You can ring me on 020 7946 0123", true, false),
    ("sorry, it is tessa at orchard dot example", true, false),
    ("Yes, please", false, false),
    ("no thanks", false, false),
    ("I'd rather not say", false, false),
    ("forget it", false, false),
    ("the second one", false, false),
    ("I need to cancel my booking", false, false),
    ("Could we move it to Monday at noon instead?", false, true),
    ("May I speak to a person?", false, false),
    ("¿Cuánto cuesta la revisión?", false, false),
    ("Je voudrais prendre rendez-vous", false, false),
    ("Ich möchte einen Termin absagen", false, false),
    ("Quanto costa una riparazione?", false, false),
];

const LONG: [Line; 12] = [
    (
        "Hi there, my name is Owen Hartley and I ride to work every day. Last week the back wheel began to rub on one side. \
         Could somebody have a look at it next Tuesday at 9:30? You reach me at owen.hartley@lantern.example.",
        true,
        true,
    ),
    (
        "We are looking for somebody who looks after about thirty bicycles for our staff, twice a year, on our own yard. \
         What would that cost, and do you bring the parts with you or do we have to order them ourselves?",
        false,
        false,
    ),
    (
        "I tried to find out on your website whether you also sell child seats, but the page only shows the brand and not \
         which frames they fit. Mine is a steel frame from the nineties with a rather thin seat tube.",
        false,
        false,
    ),
    (
        "Please call me back on 020 7946 0877 when the brakes are done. I am in meetings until noon tomorrow, so the best \
         time would be tomorrow at 3 pm. The order number on my receipt is 4471-22, if that helps.",
        true,
        true,
    ),
    (
        "I have an appointment with Maria on Thursday but my train is late again. Could you please move it to Friday at \
         11:00, or, if she is not there, to any free time on Monday afternoon with somebody else?",
        false,
        true,
    ),
    (
        "Good evening! We would like to hire four bicycles for the weekend, two for adults and two for children of eight \
         and eleven years. Do you have helmets too, and is there a deposit? Send the offer to hire@familyfern.example please.",
        true,
        false,
    ),
    (
        "It says that the guarantee is two years, but the shop where I bought it has closed. Does it still count when I \
         bring the receipt, and would the repair then be free, or do I pay first and get the money back later?",
        false,
        false,
    ),
    (
        "Before I come round I would like to know three things: how long it takes to true a wheel, whether I can wait \
         for it in the shop, and whether you are open on 24 December 2026, because that is the only day that suits me.",
        false,
        true,
    ),
    (
        "My colleague told me that you fitted a new motor to her cargo bike. I own the same one, bought in the same month, \
         and it makes the same noise. I'm Petra Lindqvist, petra@northquay.example, and evenings are best for me.",
        true,
        false,
    ),
    (
        "Thanks for the quick answer. I don't want to change the date after all, everything stays as it is, I was only \
         worried because the message with the confirmation went to the wrong folder and I found it much later.",
        false,
        false,
    ),
    (
        "Buenos días, compré una bicicleta en su tienda hace un mes y la cadena salta cuando subo una cuesta. Quisiera \
         saber si la primera revisión es gratuita y si tengo que pedir cita o puedo pasar sin avisar.",
        false,
        false,
    ),
    (
        "Guten Tag, bei meinem Rad schleift die vordere Bremse, obwohl ich die Beläge erst im Sommer gewechselt habe. \
         Könnten Sie mir bitte sagen, was eine Einstellung kostet und wie lange das Rad bei Ihnen bleiben müsste?",
        false,
        false,
    ),
];

/// All messages.
pub(super) fn groups() -> [Group; 3] {
    let group = |name, messages| Group { name, is_usual: false, messages };
    [
        group("short", SHORT.iter().map(said).collect()),
        Group { is_usual: true, ..group("of some sentences", LONG.iter().map(said).collect()) },
        group("of 4,000 characters", (0..4).map(longest).collect()),
    ]
}

fn said(&(text, contact, time): &Line) -> Said {
    Said { text: text.to_owned(), contact, time }
}

/// All that is said in some sentences, from one of them on, again and again. The first has a contact and a time.
fn longest(number: usize) -> Said {
    let others = LONG.iter().cycle().skip(number * 3).map(|line| line.0);
    let sentences = std::iter::once(LONG[0].0).chain(others).flat_map(|text| [text, " "]);
    let text = sentences.flat_map(str::chars).take(LONGEST).collect();
    Said { text, contact: true, time: true }
}
