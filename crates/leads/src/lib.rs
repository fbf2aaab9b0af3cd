//! Lead forms: typed fields, their normal forms, and picking them up from what a visitor says. No I/O at all.
//!
//! ```
//! use robofy_leads::{LeadForm, Region, pick};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let form = LeadForm::default(); // name, e-mail, phone
//! let region: Region = "GB".parse()?;
//!
//! let said = "Hi, I'm Ada Brook, my e-mail is ada at brook dot example, or ring 020 7946 0018";
//! let picked = pick(said, None, form.fields(), region);
//!
//! let email = picked.field("email").ok_or("no address")?;
//! assert_eq!(email.value.text(), "ada@brook.example");
//! assert_eq!(&said[email.range.clone()], "ada at brook dot example");
//! assert_eq!(picked.field("phone").ok_or("no number")?.value.text(), "+442079460018");
//! assert_eq!(picked.field("name").ok_or("no name")?.value.text(), "Ada Brook");
//! # Ok(()) }
//! ```
//!
//! # Rules
//!
//! **A value is what [`normalise`] makes of the visitor's own words.** Each comes with the byte range of these words in
//! the message, and normalising exactly this range gives the value again; a property test holds it for any text.
//!
//! **Only the visitor's own contact counts.** Addresses that are said to be old, wrong or another's, other people's names
//! and the numbers of orders, invoices and the like are left alone. What a message takes back does not count, and what it
//! takes back of earlier ones without giving another ("delete my number", "my name is not Rita") is told
//! ([`Picked::retracted`]).
//!
//! **No country is guessed.** Without a [`Region`], a telephone number needs its country code; one without is rejected when
//! a number was asked for.
//!
//! **The language is data.** The words by which things are recognised ("my name is", "invoice", "rather not") are in the
//! files of `data/`, one a language, over one engine; a message may mix languages.
//!
//! **No look-ups.** Telephone numbers are checked by libphonenumber's data, addresses by RFC 5321 and 6531; whether
//! anybody answers there is not asked.

mod address;
pub mod eval;
mod field;
mod follow;
mod form;
mod message;
mod normal;
mod phone;
mod pick;
mod region;
mod spoken;
mod text;
mod vocabulary;

pub use address::{email_key, suggest};
pub use field::Field;
pub use follow::{Heard, Knowledge, Known, follow};
pub use form::{LeadForm, LeadFormSettings, When};
pub use normal::{Invalid, Value, normalise};
pub use pick::{Found, Picked, Rejected, asked_in, pick};
pub use region::{DateOrder, Region, UnknownRegion};
pub use robofy_kernel::{FieldType, Mistakes};
