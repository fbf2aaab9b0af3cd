//! Permissions as types.

use std::marker::PhantomData;

use robofy_kernel::{Area, Scope};

/// What an operation asks of its caller.
pub trait Permission: Send + Sync + 'static {
    /// The scope that a key needs; `None` = any key.
    const SCOPE: Option<Scope>;
    /// Whether an API key opens it.
    const KEY: bool = true;
    /// Whether the session cookie of a person opens it.
    const PERSON: bool = true;
    /// Whether a client token opens it. This is the explicit mark of the chat routes: no path prefix ever decides.
    const VISITOR: bool = false;
}

/// An area as a type.
pub trait AreaName: Send + Sync + 'static {
    /// The area.
    const AREA: Area;
}

macro_rules! areas {
    ($($name:ident),+) => {$(
        #[doc = concat!("[`Area::", stringify!($name), "`] as a type.")]
        #[derive(Clone, Copy, Debug)]
        pub enum $name {}

        impl AreaName for $name {
            const AREA: Area = Area::$name;
        }
    )+};
}

areas!(Account, Agents, Bookings, Inbox, Keys, Knowledge, Leads, Stats);

/// Looking at an area.
#[derive(Debug)]
pub struct Read<A>(PhantomData<fn() -> A>);

/// Changing an area.
#[derive(Debug)]
pub struct Write<A>(PhantomData<fn() -> A>);

impl<A: AreaName> Permission for Read<A> {
    const SCOPE: Option<Scope> = Some(Scope::Read(A::AREA));
}

impl<A: AreaName> Permission for Write<A> {
    const SCOPE: Option<Scope> = Some(Scope::Write(A::AREA));
}

/// Talking to an agent: the routes that a client token opens.
#[derive(Clone, Copy, Debug)]
pub enum Chat {}

impl Permission for Chat {
    const SCOPE: Option<Scope> = Some(Scope::Chat);
    const VISITOR: bool = true;
}

/// Talking to an agent for somebody else, as a relay to another channel does: no client token opens it.
#[derive(Clone, Copy, Debug)]
pub enum Relay {}

impl Permission for Relay {
    const SCOPE: Option<Scope> = Some(Scope::Chat);
}

/// What only a visitor may do, with a client token.
#[derive(Clone, Copy, Debug)]
pub enum AsVisitor {}

impl Permission for AsVisitor {
    const SCOPE: Option<Scope> = Some(Scope::Chat);
    const KEY: bool = false;
    const PERSON: bool = false;
    const VISITOR: bool = true;
}

/// Anything that any key or person may know.
#[derive(Clone, Copy, Debug)]
pub enum AnyKey {}

impl Permission for AnyKey {
    const SCOPE: Option<Scope> = None;
}

/// What only a person who is logged in may do.
#[derive(Clone, Copy, Debug)]
pub enum Person {}

impl Permission for Person {
    const SCOPE: Option<Scope> = None;
    const KEY: bool = false;
}
